//! Measures the questions: how many it takes until the right cause stands first, asked by expected gain or in the order of
//! the form.
//!
//! Who answers is simulated. An answer whose finding is seen in the case's resolution is given; failing that, the one whose
//! finding speaks most for the cause; failing that, "I don't know". That is a reader who knows more than most, for both ways alike.

use std::fmt;

use jiff::Timestamp;

use super::case::Case;
use super::finding::Weight;
use super::question;
use super::{Answer, Diagnoser, Input, Question};

/// Which question is asked next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    ByGain,
    AsListed,
}

/// What asking one way came to.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// For each report the number of questions until an accepted cause stood first; nothing if it never did.
    pub questions: Vec<Option<usize>>,
}

/// Both ways of asking, on the same reports with the same answers.
#[derive(Clone, Debug)]
pub struct Simulation {
    pub by_gain: Asked,
    pub as_listed: Asked,
    /// How many questions there are.
    pub of: usize,
}

/// Asks until an accepted cause stands first or no question is left. `now` is the time of reading, the same for all.
pub fn simulate(diagnoser: &Diagnoser, cases: &[Case], now: Timestamp) -> Simulation {
    let asked =
        |order| Asked { questions: cases.iter().map(|case| ask(diagnoser, case, order, now)).collect() };
    Simulation {
        by_gain: asked(Order::ByGain),
        as_listed: asked(Order::AsListed),
        of: diagnoser.questions().len(),
    }
}

fn ask(diagnoser: &Diagnoser, case: &Case, order: Order, now: Timestamp) -> Option<usize> {
    let told = Input { text: &case.resolution, ..Input::default() };
    let told = diagnoser.look(&told, now, Some(&case.id)).findings;
    let is_told =
        |answer: &Answer| told.iter().any(|finding| Some(&finding.meaning.id) == answer.finding.as_ref());
    let mut answers: Vec<(String, String)> = Vec::new();
    loop {
        let input = Input { text: &case.report, answers: &answers, ..Input::default() };
        let diagnosis = diagnoser.diagnose_without(&input, now, Some(&case.id));
        if diagnosis.causes.first().is_some_and(|first| case.accepts(first.cause)) {
            return Some(answers.len());
        }
        let next = match order {
            Order::ByGain => diagnosis.question,
            Order::AsListed => {
                question::open(diagnoser.questions(), &input, &diagnosis.findings).next().cloned()
            }
        };
        let question = next?;
        let told = question.answers.iter().find(|answer| is_told(answer));
        let answer = told.or_else(|| fitting(diagnoser, &question, case))?;
        answers.push((question.id.clone(), answer.id.clone()));
    }
}

/// The answer that speaks most for the case's cause, or else the one that says nothing.
fn fitting<'q>(diagnoser: &Diagnoser, question: &'q Question, case: &Case) -> Option<&'q Answer> {
    let weight = |answer: &Answer| diagnoser.meaning(answer.finding.as_ref()?)?.weight(case.cause);
    let for_it =
        question.answers.iter().filter(|answer| weight(answer).is_some_and(|one| one != Weight::Against));
    for_it
        .min_by_key(|answer| weight(answer))
        .or_else(|| question.answers.iter().find(|answer| answer.finding.is_none()))
}

impl Asked {
    /// The share of reports with an accepted cause in the first place after at most this many questions, 0 to 1.
    pub fn within(&self, most: usize) -> f64 {
        let there = self.questions.iter().filter(|asked| asked.is_some_and(|asked| asked <= most)).count();
        there as f64 / self.questions.len().max(1) as f64
    }

    /// The mean number of questions until the right cause stands first; one that never does counts as `never`.
    pub fn mean(&self, never: usize) -> f64 {
        let sum: usize = self.questions.iter().map(|asked| asked.unwrap_or(never)).sum();
        sum as f64 / self.questions.len().max(1) as f64
    }
}

impl fmt::Display for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<24}{:>6}{:>10}{:>10}{:>10}{:>10}",
            "questions asked", "mean", "after 0", "after 1", "after 2", "after 3"
        )?;
        for (name, asked) in [("by expected gain", &self.by_gain), ("in the form's order", &self.as_listed)] {
            write!(f, "{name:<24}{:>6.2}", asked.mean(self.of))?;
            for most in 0..=3 {
                write!(f, "{:>8.1} %", 100.0 * asked.within(most))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
