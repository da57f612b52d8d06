//! The program: parses the command line and hands over.

use std::process::ExitCode;

use clap::Parser;
use fix401::cli::Cli;

fn main() -> ExitCode {
    fix401::cli::run(Cli::parse())
}
