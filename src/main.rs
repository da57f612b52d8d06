//! The program: parses the command line and hands over.

use std::process::ExitCode;

use clap::Parser;
use fix401::cli::Cli;
use mimalloc::MiMalloc;

/// A diagnosis makes and drops thousands of small values. What this is worth stands in docs/performance.md.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    fix401::cli::run(Cli::parse())
}
