//! Ranks causes from findings. Values in, values out: no files, no clock, no HTML.
//!
//! A paste becomes findings (`signatures`, `rules`, answers to [`Question`]s), findings and the words of the prose
//! become a ranking of all causes (`rank`), and the ranking picks the question that would tell the best apart.
#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, clippy::panic)
)]

mod case;
mod catalogue;
#[cfg(test)]
mod content_tests;
pub mod evaluate;
mod finding;
pub mod learning;
pub mod learnt;
pub mod other;
mod prose;
mod question;
mod rank;
mod rules;
pub mod settle;
mod signatures;
pub mod simulate;
pub mod text;
pub mod train;
pub mod view;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

pub use case::{Answerable, Case};
pub use finding::{Finding, Meaning, Weight};
pub use question::{Answer, Question};
pub use rank::Ranked;

use crate::cause::Cause;
use crate::problem::Problem;
use crate::report::Report;
use catalogue::Catalogue;
use learnt::Learnt;
use prose::Prose;
use rank::Weights;
use rules::Findings;
use signatures::Signatures;

/// Everything that the diagnosis knows and that people write: handed in as text, so that no file is read here.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Path and text of each `findings/*.toml`.
    pub findings: Vec<(String, String)>,
    /// Path and text of `questions.toml`.
    pub questions: (String, String),
    /// Path and text of `checks.toml`.
    pub checks: (String, String),
    /// Path and text of `weights.toml`; an empty text stands for the numbers set by hand.
    pub weights: (String, String),
    /// The text of each cause's article, for the words of the prose.
    pub cause_texts: Vec<(Cause, String)>,
    /// Labelled reports: priors and the words of the prose.
    pub cases: Vec<Case>,
    /// Whether the samples of the signatures are known to hold, as those inside of the program are by its tests. What
    /// else is handed in is proven first.
    pub proven: bool,
}

/// The diagnosis, compiled once from [`Knowledge`]: findings, rules, questions and the prose model.
#[derive(Debug)]
pub struct Diagnoser {
    catalogue: Catalogue,
    signatures: Signatures,
    questions: Vec<Question>,
    checks: settle::Checks,
    prose: Prose,
    /// What `prose` was counted from: kept to measure what is known without a part of it.
    texts: Texts,
    weights: Weights,
}

/// The texts whose words say something about a cause.
#[derive(Debug)]
struct Texts {
    articles: Vec<(Cause, String)>,
    descriptions: Vec<(Cause, String)>,
    cases: Vec<Case>,
}

impl Texts {
    /// Counts their words.
    fn count(&self) -> Prose {
        Prose::new(&self.articles, &self.descriptions, &self.cases)
    }

    /// Counts the words of all but the labelled reports.
    fn count_without_cases(&self) -> Prose {
        Prose::new(&self.articles, &self.descriptions, &[])
    }
}

/// What was noticed about a report, before it is weighed.
struct Seen<'t> {
    report: Report<'t>,
    /// In the order of the paste.
    findings: Vec<Finding>,
    words: prose::Words,
}

/// What a reader gave: a paste, answers (`question id`, `answer id`), and finding ids from a shared link.
/// Ids that are not known are ignored, since links outlive catalogues.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    pub text: &'a str,
    pub answers: &'a [(String, String)],
    pub findings: &'a [String],
}

/// What was seen, what it may come from, and what to ask next.
#[derive(Clone, Debug, Default)]
pub struct Diagnosis {
    /// What was noticed, in the order of the paste; answers and findings from a link come last.
    pub findings: Vec<Finding>,
    /// All causes, best first.
    pub causes: Vec<Ranked>,
    /// The question whose answer would tell the most, if any is left that tells something.
    pub question: Option<Question>,
    /// Whether the evidence carries the first place. If not, say so and ask.
    pub conclusive: bool,
    /// Where secrets stand in the text, so that no excerpt shows them.
    pub secrets: Vec<crate::redact::Secret>,
    /// The one observation that would settle it.
    pub settle: Option<settle::Settle>,
    /// What the paste shows when it is no 401.
    pub other: Option<other::Other>,
}

impl Diagnosis {
    /// The ids of what was found, each once: what a shared link carries.
    pub fn finding_ids(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        self.findings
            .iter()
            .map(|finding| finding.meaning.id.as_str())
            .filter(|id| seen.insert(*id))
            .collect()
    }

    /// The path that rebuilds this diagnosis from its findings. It carries nothing of the paste.
    pub fn permalink(&self) -> String {
        let ids: Vec<String> = self.finding_ids().iter().map(|id| format!("f={id}")).collect();
        if ids.is_empty() { "/diagnose".to_owned() } else { format!("/diagnose?{}", ids.join("&")) }
    }
}

impl Diagnoser {
    /// Compiles the knowledge.
    ///
    /// # Errors
    /// Every problem of every file: an unknown cause, an id that stands twice, a regex that does not compile, a sample
    /// that does not match.
    pub fn new(knowledge: Knowledge) -> Result<Diagnoser, Vec<Problem>> {
        let mut problems = Vec::new();
        let (catalogue, written) = Catalogue::read(&knowledge.findings, &mut problems);
        let signatures = Signatures::read(written.signatures, !knowledge.proven, &mut problems);
        let (path, text) = &knowledge.questions;
        let questions = question::read(path, text, &catalogue, &mut problems);
        let (path, text) = &knowledge.checks;
        let checks = settle::Checks::read(path, text, &mut problems);
        let (path, text) = &knowledge.weights;
        let weights = Weights::read(path, text, &mut problems);
        if !problems.is_empty() {
            problems.sort();
            return Err(problems);
        }
        let texts = Texts {
            articles: knowledge.cause_texts,
            descriptions: written.descriptions,
            cases: knowledge.cases,
        };
        let prose = texts.count();
        Ok(Diagnoser { catalogue, signatures, questions, checks, prose, texts, weights })
    }

    /// Looks at what a reader gave and ranks the causes. `now` stands in for the time of the answer where the paste has
    /// no `Date`.
    pub fn diagnose(&self, input: &Input<'_>, now: Timestamp) -> Diagnosis {
        self.diagnose_without(input, now, None)
    }

    /// As [`Diagnoser::diagnose`], with what was learnt from readers' answers. While nothing was, it is the same.
    pub fn diagnose_knowing(&self, input: &Input<'_>, now: Timestamp, learnt: &Learnt) -> Diagnosis {
        self.conclude(input, self.look(input, now, None), learnt)
    }

    /// As [`Diagnoser::diagnose`], as if the labelled case of this id were not known: how a case is measured that is itself
    /// in the case base.
    pub(crate) fn diagnose_without(
        &self,
        input: &Input<'_>,
        now: Timestamp,
        case: Option<&str>,
    ) -> Diagnosis {
        self.conclude(input, self.look(input, now, case), &Learnt::default())
    }

    /// Weighs what was noticed.
    fn conclude(&self, input: &Input<'_>, seen: Seen<'_>, learnt: &Learnt) -> Diagnosis {
        let Seen { report, findings, words } = seen;
        let mut scores = self.weights.score(&rank::evidence(&findings), &words);
        let shifts = learnt.shifts(&findings);
        scores.iter_mut().zip(&shifts).for_each(|(score, (shift, _))| *score += shift);
        let probabilities = self.weights.softmax(&scores);
        let mut causes = rank::rank(&probabilities, &findings);
        for ranked in &mut causes {
            ranked.readers = shifts.get(ranked.cause.index()).and_then(|(_, readers)| readers.clone());
        }
        let question = self.next_question(input, &probabilities, &findings).cloned();
        let conclusive = rank::conclusive(&causes, &findings);
        let secrets = crate::redact::secrets(input.text);
        let facts = settle::facts::Facts::of(&report, &secrets);
        let settle = self.checks.choose(&causes, conclusive, &facts);
        let other = other::look(&report);
        Diagnosis { findings, causes, question, conclusive, secrets, settle, other }
    }

    /// Notices what there is to notice, without weighing it.
    fn look<'t>(&self, input: &Input<'t>, now: Timestamp, case: Option<&str>) -> Seen<'t> {
        self.look_beside(&self.prose, input, now, case)
    }

    /// The same beside other texts than those that are shipped.
    fn look_beside<'t>(
        &self,
        prose: &Prose,
        input: &Input<'t>,
        now: Timestamp,
        case: Option<&str>,
    ) -> Seen<'t> {
        let report = Report::read(input.text);
        let mut findings = Findings::new(now);
        self.signatures.find(&report, |meaning, span| findings.add_meaning(meaning, Some(span), None));
        for meaning in self.given(input).filter_map(|id| self.catalogue.meaning(id)) {
            findings.add_meaning(meaning, None, None);
        }
        rules::run(&report, &self.catalogue, &mut findings);
        let words = prose.read(prose::telling(&report), case);
        Seen { findings: findings.into_list(), words, report }
    }

    /// The open question with the greatest expected gain for its effort.
    fn next_question(
        &self,
        input: &Input<'_>,
        probabilities: &[f64; Cause::COUNT],
        findings: &[Finding],
    ) -> Option<&Question> {
        let open = question::open(&self.questions, input, findings);
        question::best(open, probabilities, &self.weights, &self.catalogue)
    }

    /// The finding ids that the reader gave by answers and links.
    fn given<'a>(&'a self, input: &Input<'a>) -> impl Iterator<Item = &'a str> {
        let answered = input.answers.iter().filter_map(|(question, answer)| {
            let question = self.questions.iter().find(|known| known.id == *question)?;
            let answer = question.answers.iter().find(|known| known.id == *answer)?;
            answer.finding.as_deref()
        });
        answered.chain(input.findings.iter().map(String::as_str))
    }

    /// What a finding id means, if it is known.
    pub fn meaning(&self, id: &str) -> Option<&Arc<Meaning>> {
        self.catalogue.meaning(id)
    }

    /// A line in which a finding is seen, when a signature of its own says one.
    pub fn example(&self, id: &str) -> Option<&str> {
        self.catalogue.example(id)
    }

    /// What an area, the part of an id before the dot, is called, if it has a name; and whether any report may show what is
    /// in it, or only those about one product.
    pub fn area(&self, id: &str) -> (Option<&str>, bool) {
        self.catalogue.area(id)
    }

    /// Every meaning, in the order of the ids.
    pub fn meanings(&self) -> impl Iterator<Item = &Arc<Meaning>> {
        self.catalogue.meanings()
    }

    /// The questions of the form, in their order.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }
}
