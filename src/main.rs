//! The program: parses the command line and hands over.

use std::process::ExitCode;

use clap::Parser;
use fix401::cli::Cli;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => fix401::cli::run(cli),
        Err(error) => fix401::cli::refuse(&error),
    }
}
