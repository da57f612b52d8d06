//! A labelled report: what a person had in hand, and what it turned out to be. Knows nothing of how it is used.

use serde::Deserialize;

use crate::cause::Cause;
use crate::problem::Problem;

/// One line of a `.jsonl` of labelled reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub id: String,
    /// What the person had before the cause was known.
    pub report: String,
    /// What it turned out to be, in a sentence.
    pub resolution: String,
    pub cause: Cause,
    /// Causes that count as right too.
    pub also: Vec<Cause>,
    pub answerable: Answerable,
}

/// How much of the cause can be told from the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answerable {
    /// The evidence points to the cause.
    Direct,
    /// An expert would have the cause among three guesses.
    Inferable,
    /// It could not be told from the report.
    Hard,
}

/// The line as it is written, before the ids are checked. Keys that only people read are not named here.
#[derive(Deserialize)]
struct Raw {
    id: String,
    report: String,
    #[serde(default)]
    resolution: String,
    cause: String,
    #[serde(default)]
    also: Vec<String>,
    answerable: Answerable,
}

impl Case {
    /// Reads labelled reports, one JSON object a line.
    ///
    /// # Errors
    /// A [`Problem`] for each line that is no such object or names a cause that does not exist.
    pub fn read_all(path: &str, text: &str) -> Result<Vec<Case>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut cases = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match Case::read(line) {
                Ok(case) => cases.push(case),
                Err(what) => problems.push(Problem::new(path, index + 1, what)),
            }
        }
        if problems.is_empty() { Ok(cases) } else { Err(problems) }
    }

    fn read(line: &str) -> Result<Case, String> {
        let raw: Raw = serde_json::from_str(line)
            .map_err(|error| format!("this is no labelled report ({error}); give one JSON object a line"))?;
        let cause = |id: &String| {
            id.parse().map_err(|_| format!("`{id}` is no cause; take an id from the list of causes"))
        };
        Ok(Case {
            cause: cause(&raw.cause)?,
            also: raw.also.iter().map(cause).collect::<Result<_, _>>()?,
            id: raw.id,
            report: raw.report,
            resolution: raw.resolution,
            answerable: raw.answerable,
        })
    }

    /// Whether naming this cause is right.
    pub fn accepts(&self, cause: Cause) -> bool {
        self.cause == cause || self.also.contains(&cause)
    }
}
