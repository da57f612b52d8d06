//! The command line: one file for each subcommand, this one for what they share.

mod check;
pub mod moderator;
mod search;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::config::Settings;

/// The command line as it is typed.
#[derive(Debug, clap::Parser)]
#[command(name = "fix401", version, args_conflicts_with_subcommands = true)]
#[command(about = "A knowledge base for one problem: an HTTP 401", after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

const EXAMPLES: &str = "Without a subcommand it serves.

Examples:
  fix401                                       serve on http://127.0.0.1:8401
  curl -sv https://api.example.com 2>&1 | fix401 diagnose
  fix401 search token expired";

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Serve the site (the default)
    Serve(Box<Settings>),
    /// Say what a report of a 401 points to
    #[command(
        after_help = "Reads curl -v output, raw HTTP, headers, error bodies, tokens, logs and plain words, mixed. \
        Nothing is stored or sent anywhere; secrets are masked in what is shown."
    )]
    Diagnose {
        /// File with the report; standard input when there is none, or for -
        file: Option<PathBuf>,
        /// Print the answer of the JSON API
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        library: LibraryArgs,
    },
    /// Search the articles
    Search {
        /// What to look for
        #[arg(required = true)]
        words: Vec<String>,
        /// Only one kind of article: causes, fixes, examples, guide, stacks, services
        #[arg(long)]
        kind: Option<String>,
        /// How many hits to show
        #[arg(long, default_value_t = 10)]
        limit: usize,
        #[command(flatten)]
        library: LibraryArgs,
    },
    /// Check the articles, findings and questions
    #[command(
        after_help = "Each problem is a line: path:line: what, and what to do. Exits with 1 when there is one."
    )]
    Check {
        #[command(flatten)]
        library: LibraryArgs,
    },
    /// Measure the diagnosis on labelled reports
    #[command(
        after_help = "Prints how often an accepted cause stands first, among three and among five, the mean \
        reciprocal rank, and how far the probabilities can be trusted."
    )]
    Evaluate {
        /// Reports with their causes, one JSON object a line
        cases: PathBuf,
        /// Print each case with the rank of its cause
        #[arg(long)]
        each: bool,
        #[command(flatten)]
        library: LibraryArgs,
    },
}

/// Which library a command reads.
#[derive(Debug, clap::Args)]
struct LibraryArgs {
    /// Folder with the articles [default: the library inside the program]
    #[arg(long, env = "FIX401_CONTENT", value_name = "FOLDER", hide_env_values = true)]
    content: Option<PathBuf>,
}

/// Runs what the command line asks for. What goes wrong is said in one line on standard error.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        None => serve::run(cli.settings),
        Some(Command::Serve(settings)) => serve::run(*settings),
        Some(_) => todo!(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("fix401: {error:#}");
        ExitCode::FAILURE
    })
}
