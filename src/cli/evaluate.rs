//! `fix401 evaluate`: measures the diagnosis on labelled reports.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::diagnosis::learning::Known;
use crate::diagnosis::{Case, Diagnoser, evaluate, learning, simulate};

/// What is printed besides the figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Print {
    /// A line for each report that did not come first.
    pub each: bool,
    /// How many questions it takes until the right cause stands first.
    pub questions: bool,
    /// What learning from readers' answers is worth, and what lies cost.
    pub learning: bool,
}

/// Measures `cases` and writes the figures.
///
/// # Errors
/// When `out` cannot be written to.
pub fn evaluate(
    diagnoser: &Diagnoser,
    cases: &[Case],
    print: Print,
    now: Timestamp,
    out: &mut impl Write,
) -> io::Result<()> {
    let evaluation = evaluate::evaluate(diagnoser, cases, now);
    if print.each {
        for case in evaluation.cases.iter().filter(|case| case.rank > 1) {
            writeln!(out, "{:>3}  {}  (first: {})  {}", case.rank, case.cause, case.first, case.id)?;
        }
        writeln!(out)?;
    }
    write!(out, "{evaluation}")?;
    if print.questions {
        write!(out, "{}", simulate::simulate(diagnoser, cases, now))?;
    }
    if print.learning {
        for (name, known) in [
            ("Beside all that is shipped", Known::AsShipped),
            ("As if no report had been labelled", Known::WithoutReports),
        ] {
            write!(out, "\n{name}: {}", learning::measure(diagnoser, cases, known, now))?;
        }
    }
    Ok(())
}
