//! The command line: one file for each subcommand, this one for what they share.

mod carry;
mod check;
mod diagnose;
mod evaluate;
mod moderator;
mod search;
mod serve;
mod train;

use std::io::{self, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app;
use crate::cause::Cause;
use crate::comments::{self, Comments};
use crate::config::{Config, Secret, Settings};
use crate::diagnosis::Case;
use crate::diagnosis::text::Colour;
use crate::diagnosis::view::About;
use crate::library::{Kind, Library};
use crate::search::Query;

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
        /// Also count the questions until the right cause stands first
        #[arg(long)]
        questions: bool,
        /// Also play half of the reports in as confirmed by readers, and measure the other half
        #[arg(long)]
        learning: bool,
        #[command(flatten)]
        library: LibraryArgs,
    },
    /// Make the numbers of the diagnosis's model from the labelled reports that are shipped
    #[command(
        after_help = "Prints how good they are on reports that they were not made from (ten-fold cross-validation). The \
        same knowledge gives the same file, byte for byte."
    )]
    Train {
        /// Write the numbers into this file, which is content/weights.toml
        #[arg(long, value_name = "FILE")]
        write: Option<PathBuf>,
        #[command(flatten)]
        library: LibraryArgs,
    },
    /// Copy the database while it is in use (SQLite; PostgreSQL has pg_dump)
    Backup {
        /// File to write; there must be none of that name
        file: PathBuf,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Write all comments and all that moderators did as JSON Lines
    #[command(
        after_help = "The same content gives the same bytes, on SQLite and on PostgreSQL. The keys and the hashes of \
        passwords are among them: keep the file as safe as the database."
    )]
    Export {
        /// File to write, of which there must be none; standard output when it is left out
        file: Option<PathBuf>,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Store what export wrote: all of it, or nothing
    #[command(
        after_help = "Each line that is wrong is named: FILE:line: what, and what to do. What is there already stays as \
        it is, so that an import can be repeated."
    )]
    Import {
        /// File to read
        file: PathBuf,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Add, list and remove those who moderate comments
    Moderator {
        #[command(subcommand)]
        action: ModeratorAction,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(Debug, clap::Subcommand)]
enum ModeratorAction {
    /// Make an account; asks for its password, or reads it from standard input
    Add {
        name: String,
        /// What it may do: moderator (decides about comments) or admin (everything)
        #[arg(long, default_value = "admin")]
        role: String,
    },
    /// Give an account another role: moderator or admin
    Role { name: String, role: String },
    /// Take away the second factor of an account whose holder lost it
    ResetCode { name: String },
    /// Give an account another password and sign it out everywhere
    Password { name: String },
    /// List the accounts
    List,
    /// Take an account away and end its sessions
    Remove { name: String },
}

/// Which database a command works on.
#[derive(Debug, clap::Args)]
struct DatabaseArgs {
    /// Folder with the database [default: ./data]
    #[arg(long, global = true, env = "FIX401_DATA", value_name = "FOLDER", hide_env_values = true)]
    data: Option<PathBuf>,
    /// Database, as for serve [default: SQLite in the data folder]
    #[arg(long, global = true, env = "FIX401_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<Secret>,
    /// File with settings [default: fix401.toml, if there is one]
    #[arg(long, global = true, env = "FIX401_CONFIG", value_name = "FILE", hide_env_values = true)]
    config: Option<PathBuf>,
}

/// Which library a command reads.
#[derive(Debug, clap::Args)]
struct LibraryArgs {
    /// Folder with the articles [default: the library inside the program]
    #[arg(long, env = "FIX401_CONTENT", value_name = "FOLDER", hide_env_values = true)]
    content: Option<PathBuf>,
}

/// Runs what the command line asks for. What goes wrong is said on standard error.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        None => serve::run(cli.settings),
        Some(command) => command.run(),
    };
    outcome.unwrap_or_else(|error| {
        // A reader such as `head` that has seen enough is no failure.
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        eprintln!("fix401: {error:#}");
        ExitCode::FAILURE
    })
}

/// Says what is wrong with a command line: a value that can't be read in one line, as every other wrong setting, whether it
/// came by a flag or by a variable; all else, help included, as the parser says it.
pub fn refuse(error: &clap::Error) -> ExitCode {
    let said = |kind| match error.get(kind) {
        Some(ContextValue::String(said)) => said.as_str(),
        _ => "",
    };
    if error.kind() != ErrorKind::ValueValidation {
        error.exit();
    }
    let (given, argument) = (said(ContextKind::InvalidValue), said(ContextKind::InvalidArg));
    let why = std::error::Error::source(error).map(|why| format!(": {why}")).unwrap_or_default();
    eprintln!("fix401: {argument}: {given:?} can't be read{why}");
    ExitCode::FAILURE
}

impl Command {
    fn run(self) -> anyhow::Result<ExitCode> {
        let mut out = io::stdout().lock();
        let is_well = match self {
            Command::Serve(settings) => return serve::run(*settings),
            Command::Diagnose { file, json, library } => {
                let paste = read_paste(file.as_deref())?;
                if paste.trim().is_empty() {
                    anyhow::bail!("there is nothing to look at; give a file, or pipe in what you have");
                }
                let site = app::open_site(library.content.as_deref())?;
                let colour = if colours() { Colour::Yes } else { Colour::No };
                let options =
                    diagnose::Options { json, colour, public_url: SITE, ..diagnose::Options::default() };
                let about = |cause| about(&site.library, cause);
                diagnose::diagnose(&site.diagnoser, &paste, &options, Timestamp::now(), about, &mut out)?;
                true
            }
            Command::Search { words, kind, limit, library } => {
                let kind = kind
                    .map(|kind| kind.parse::<Kind>().with_context(|| format!("--kind {kind}")))
                    .transpose()?;
                let site = app::open_site(library.content.as_deref())?;
                let query = Query { text: &words.join(" "), kind, limit, offset: 0 };
                search::search(&site.search, &query, SITE, colours(), &mut out)?
            }
            Command::Check { library } => {
                let files = app::read_files(library.content.as_deref())?;
                let folder = library.content.unwrap_or_default();
                let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
                check::check(&files, &folder.to_string_lossy(), today, &mut out)?
            }
            Command::Evaluate { cases, each, questions, learning, library } => {
                let cases = read_cases(&cases)?;
                let site = app::open_site(library.content.as_deref())?;
                let print = evaluate::Print { each, questions, learning };
                evaluate::evaluate(&site.diagnoser, &cases, print, Timestamp::now(), &mut out)?;
                true
            }
            Command::Train { write, library } => {
                let site = app::open_site(library.content.as_deref())?;
                let cases = app::labelled_reports()?;
                train::train(&site.diagnoser, &cases, write.as_deref(), Timestamp::now(), &mut out)?;
                true
            }
            Command::Backup { file, database } => database.run(async |comments| {
                carry::backup(comments, &file, &mut out).await?;
                Ok(true)
            })?,
            Command::Export { file, database } => database.run(async |comments| {
                carry::export(comments, file.as_deref(), &mut out).await?;
                Ok(true)
            })?,
            Command::Import { file, database } => {
                database.run(async |comments| carry::import(comments, &file, &mut out).await)?
            }
            Command::Moderator { action, database } => database.run(async |comments| {
                moderate(action, comments, &mut out).await?;
                Ok(true)
            })?,
        };
        out.flush()?;
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl DatabaseArgs {
    /// Opens the comments, does something with them, and closes them.
    fn run(self, work: impl AsyncFnOnce(&Comments) -> anyhow::Result<bool>) -> anyhow::Result<bool> {
        let DatabaseArgs { data, database_url, config } = self;
        let config = Config::load(Settings::of_database(data, database_url, config))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let comments = Comments::open(config.database_url.expose(), comments::Settings::default());
            let comments = comments.await.with_context(|| config.database())?;
            let done = work(&comments).await?;
            comments.close().await;
            Ok(done)
        })
    }
}

async fn moderate(action: ModeratorAction, comments: &Comments, out: &mut impl Write) -> anyhow::Result<()> {
    // The database is open by now: nobody should type a password to learn that it is away.
    match action {
        ModeratorAction::Add { name, role } => {
            let role = moderator::role(&role)?;
            let password = moderator::new_password()?;
            moderator::add(comments, &name, &password, Timestamp::now(), out).await?;
            Ok(comments.set_role(&name, role).await?)
        }
        ModeratorAction::Role { name, role } => {
            let role = moderator::role(&role)?;
            comments.set_role(&name, role).await?;
            Ok(writeln!(out, "{name} is now: {}.", role.id())?)
        }
        ModeratorAction::ResetCode { name } => {
            comments.reset_second_factor(&name).await?;
            Ok(writeln!(out, "{name} signs in with name and password only.")?)
        }
        ModeratorAction::Password { name } => {
            moderator::password(comments, &name, &moderator::new_password()?, out).await
        }
        ModeratorAction::List => moderator::list(comments, out).await,
        ModeratorAction::Remove { name } => moderator::remove(comments, &name, out).await,
    }
}

/// Where articles are read after a command: the address that `fix401` alone serves on.
const SITE: &str = "http://127.0.0.1:8401";

fn colours() -> bool {
    io::stdout().is_terminal()
}

fn read_paste(file: Option<&Path>) -> anyhow::Result<String> {
    let bytes = match file {
        Some(path) if path != Path::new("-") => {
            std::fs::read(path).with_context(|| path.display().to_string())?
        }
        _ => {
            if io::stdin().is_terminal() {
                eprintln!("Paste what you have, then press Ctrl-D:");
            }
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).context("standard input")?;
            bytes
        }
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn read_cases(path: &Path) -> anyhow::Result<Vec<Case>> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| shown.clone())?;
    Case::read_all(&shown, &text).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the cases can't be read:\n{}", lines.join("\n"))
    })
}

/// What the library says of a cause. How many it fixed stands in the comments, which are not read here.
fn about(library: &Library, cause: Cause) -> About {
    let article = library.cause(cause);
    About {
        title: article.title.clone(),
        url: format!("{SITE}{}", article.url()),
        check: article.check(),
        fixed_for: 0,
    }
}
