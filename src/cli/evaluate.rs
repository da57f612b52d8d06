//! `fix401 evaluate`: measures the diagnosis on labelled reports.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::diagnosis::{Case, Diagnoser, evaluate};

/// Measures `cases` and writes the figures; with `each`, also a line for each report that did not come first.
///
/// # Errors
/// When `out` cannot be written to.
pub fn evaluate(
    diagnoser: &Diagnoser,
    cases: &[Case],
    each: bool,
    now: Timestamp,
    out: &mut impl Write,
) -> io::Result<()> {
    let evaluation = evaluate::evaluate(diagnoser, cases, now);
    if each {
        for case in evaluation.cases.iter().filter(|case| case.rank > 1) {
            writeln!(out, "{:>3}  {}  (first: {})  {}", case.rank, case.cause, case.first, case.id)?;
        }
        writeln!(out)?;
    }
    write!(out, "{evaluation}")
}
