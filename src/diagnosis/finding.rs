//! The finding: the one currency of text, form, questions, links, comments and learning.

use std::sync::Arc;

use crate::cause::Cause;
use crate::report::Span;

/// How much a finding says about a cause. The numbers behind the names stand in `rank.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Practically proves the cause.
    Decisive,
    /// Makes the cause a leading candidate.
    Strong,
    /// Raises the cause a little.
    Weak,
    /// Speaks against the cause.
    Against,
}

/// What a finding id means. One exists for each id, however the finding is made: by a rule, a signature, an answer or a link.
#[derive(Debug)]
pub struct Meaning {
    /// `area.kebab-case`, stable for good.
    pub id: String,
    /// One sentence on what was seen, never on the cause.
    pub says: String,
    /// The causes it speaks for or against.
    pub points_to: Vec<(Cause, Weight)>,
}

/// Something noticed about a report.
#[derive(Clone, Debug)]
pub struct Finding {
    pub meaning: Arc<Meaning>,
    /// Where in the paste it was seen; nothing for an answer or a finding from a link.
    pub span: Option<Span>,
    /// What was captured, in words, with secrets already masked: `exp is 14 minutes before the answer's Date`.
    pub detail: Option<String>,
}

impl Meaning {
    /// How much it says about a cause, if anything.
    pub fn weight(&self, cause: Cause) -> Option<Weight> {
        self.points_to.iter().find(|(about, _)| *about == cause).map(|(_, weight)| *weight)
    }
}
