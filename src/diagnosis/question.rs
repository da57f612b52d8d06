//! The questions of the form, and which one to ask next: the one whose answer is expected to tell the most.

use serde::Deserialize;
use toml::Spanned;

use super::Input;
use super::catalogue::{Catalogue, line_of};
use super::finding::Finding;
use super::rank::Weights;
use crate::cause::Cause;
use crate::problem::Problem;

/// A question of the symptom form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub id: String,
    pub text: String,
    /// What it takes to answer: 1 where one knows by heart, 2 where one has to look, 3 where one has to try something.
    #[serde(default = "by_heart")]
    pub effort: u8,
    #[serde(rename = "answer")]
    pub answers: Vec<Answer>,
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub id: String,
    pub text: String,
    /// What the answer says, as a finding id; "I don't know" says nothing.
    #[serde(default)]
    pub finding: Option<String>,
}

fn by_heart() -> u8 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    question: Vec<Spanned<Question>>,
}

/// Below this gain for its effort, in nats, a question is not worth asking.
const WORTH_ASKING: f64 = 0.02;

/// Reads `questions.toml`.
pub(super) fn read(
    path: &str,
    text: &str,
    catalogue: &Catalogue,
    problems: &mut Vec<Problem>,
) -> Vec<Question> {
    let raw = match toml::from_str::<RawFile>(text) {
        Ok(raw) => raw,
        Err(error) => {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            let what = format!("{}; write it as the entries around it are written", error.message());
            problems.push(Problem::new(path, line, what));
            return Vec::new();
        }
    };
    let mut questions: Vec<Question> = Vec::new();
    for question in raw.question {
        let line = line_of(text, question.span().start);
        let question = question.into_inner();
        let mut problem = |what: String| problems.push(Problem::new(path, line, what));
        if questions.iter().any(|known| known.id == question.id) {
            problem(format!("the question `{}` stands twice; give each an id of its own", question.id));
        }
        for (index, answer) in question.answers.iter().enumerate() {
            if question.answers.iter().take(index).any(|known| known.id == answer.id) {
                problem(format!("the answer `{}` stands twice; give each an id of its own", answer.id));
            }
            if let Some(finding) = &answer.finding
                && catalogue.meaning(finding).is_none()
            {
                problem(format!("`{finding}` is no finding; name one of the findings files or rules"));
            }
        }
        questions.push(question);
    }
    questions
}

/// The questions that are neither answered nor implied by what was found.
pub(super) fn open<'q>(
    questions: &'q [Question],
    input: &Input<'_>,
    findings: &[Finding],
) -> impl Iterator<Item = &'q Question> {
    let implied = |question: &Question| {
        let mut ids = question.answers.iter().filter_map(|answer| answer.finding.as_ref());
        ids.any(|answer| findings.iter().any(|finding| finding.meaning.id == *answer))
    };
    let answered = |question: &Question| input.answers.iter().any(|(id, _)| *id == question.id);
    questions.iter().filter(move |question| !answered(question) && !implied(question))
}

/// The question with the greatest expected gain in information for its effort.
pub(super) fn best<'q>(
    open: impl Iterator<Item = &'q Question>,
    probabilities: &[f64; Cause::COUNT],
    weights: &Weights,
    catalogue: &Catalogue,
) -> Option<&'q Question> {
    let mut best: Option<(&Question, f64)> = None;
    for question in open {
        let gain = gain(question, probabilities, weights, catalogue) / f64::from(question.effort.max(1));
        if gain > best.map_or(WORTH_ASKING, |(_, most)| most) {
            best = Some((question, gain));
        }
    }
    best.map(|(question, _)| question)
}

/// How much knowing the answer is expected to narrow the causes, in nats: the mutual information of answer and cause,
/// where an answer is the likelier given a cause the more strongly it points to it.
fn gain(question: &Question, causes: &[f64; Cause::COUNT], weights: &Weights, catalogue: &Catalogue) -> f64 {
    let answers: Vec<[f64; Cause::COUNT]> = question
        .answers
        .iter()
        .map(|answer| {
            let meaning = answer.finding.as_ref().and_then(|id| catalogue.meaning(id));
            let mut likelihoods = [1.0; Cause::COUNT];
            for (cause, weight) in meaning.iter().flat_map(|meaning| &meaning.points_to) {
                if let Some(likelihood) = likelihoods.get_mut(cause.index()) {
                    *likelihood = weights.strength(*weight).exp();
                }
            }
            likelihoods
        })
        .collect();
    // P(answer | cause): each cause shares itself out over the answers.
    let mut per_cause = [0.0; Cause::COUNT];
    for likelihoods in &answers {
        for (sum, likelihood) in per_cause.iter_mut().zip(likelihoods) {
            *sum += likelihood;
        }
    }
    let mut gain = 0.0;
    for likelihoods in &answers {
        let given: Vec<f64> = likelihoods.iter().zip(&per_cause).map(|(one, all)| one / all).collect();
        let overall: f64 = given.iter().zip(causes).map(|(given, cause)| given * cause).sum();
        for (given, cause) in given.iter().zip(causes) {
            if *given > 0.0 && overall > 0.0 {
                gain += cause * given * (given / overall).ln();
            }
        }
    }
    gain
}
