//! The program: parses the command line and hands over.

use std::process::ExitCode;

use clap::Parser;
use fix401::cli::Cli;
use mimalloc::MiMalloc;

/// A diagnosis makes and drops thousands of small values, a page a few: the system's allocator takes a tenth of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    fix401::cli::run(Cli::parse())
}
