//! `fix401 train`: makes the numbers of the diagnosis's model from the labelled reports that are shipped.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;

use crate::diagnosis::{Case, Diagnoser, train};

/// Trains and writes what the numbers are worth, cross-validated; with `file`, the numbers into it.
///
/// # Errors
/// When `file` or `out` cannot be written to.
pub fn train(
    diagnoser: &Diagnoser,
    cases: &[Case],
    file: Option<&Path>,
    now: Timestamp,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let trained = train::train(diagnoser, cases, now);
    write!(out, "{trained}")?;
    match file {
        Some(file) => {
            fs::write(file, trained.file()).with_context(|| format!("{} can't be written", file.display()))
        }
        None => Ok(write!(out, "\n{}", trained.file())?),
    }
}
