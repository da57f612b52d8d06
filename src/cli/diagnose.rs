//! `fix401 diagnose`: a paste in, the likeliest causes out. Reads no file and asks no clock: both are handed in.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::cause::Cause;
use crate::diagnosis::text::{Colour, text};
use crate::diagnosis::view::{About, View};
use crate::diagnosis::{Diagnoser, Input};

/// What the command line asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Print the API's JSON instead of text.
    pub json: bool,
    pub colour: Colour,
    /// Answers to questions: question id, answer id.
    pub answers: &'a [(String, String)],
    /// The most causes in the JSON; all without it.
    pub limit: Option<usize>,
    /// What links begin with, without a slash at the end.
    pub public_url: &'a str,
}

/// Diagnoses `paste` and writes the outcome. `about` says what the library knows of a cause.
///
/// # Errors
/// When `out` cannot be written to.
pub fn diagnose(
    diagnoser: &Diagnoser,
    paste: &str,
    options: &Options<'_>,
    now: Timestamp,
    about: impl Fn(Cause) -> About,
    out: &mut impl Write,
) -> io::Result<()> {
    let input = Input { text: paste, answers: options.answers, findings: &[] };
    let diagnosis = diagnoser.diagnose(&input, now);
    let permalink = format!("{}{}", options.public_url, diagnosis.permalink());
    let view = View::new(&diagnosis, paste, options.limit, permalink, options.public_url, about);
    if options.json {
        serde_json::to_writer_pretty(&mut *out, &view)?;
        writeln!(out)
    } else {
        out.write_all(text(&view, options.colour).as_bytes())
    }
}
