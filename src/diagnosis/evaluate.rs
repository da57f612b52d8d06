//! Measures the diagnosis on labelled reports. A report that is in the case base is left out of it while it is measured.

use std::fmt;

use jiff::Timestamp;

use super::case::{Answerable, Case};
use super::{Diagnoser, Input};
use crate::cause::Cause;

/// How many bins the calibration is counted in.
const BINS: usize = 10;

/// One measured report.
#[derive(Clone, Debug)]
pub struct Measured {
    pub id: String,
    pub cause: Cause,
    pub answerable: Answerable,
    /// The place, from 1, of the first cause that counts as right.
    pub rank: usize,
    /// The first place, and what it was given.
    pub first: Cause,
    pub probability: f64,
    pub conclusive: bool,
}

/// Shares of reports, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    pub count: usize,
    pub top_1: f64,
    pub top_3: f64,
    pub top_5: f64,
    /// Mean reciprocal rank.
    pub mrr: f64,
}

/// The outcome of a measurement.
#[derive(Clone, Debug)]
pub struct Evaluation {
    pub cases: Vec<Measured>,
}

/// Measures every report. `now` is the time of reading, the same for all.
pub fn evaluate(diagnoser: &Diagnoser, cases: &[Case], now: Timestamp) -> Evaluation {
    let measure = |case: &Case| {
        let input = Input { text: &case.report, ..Input::default() };
        let diagnosis = diagnoser.diagnose_without(&input, now, Some(&case.id));
        let place = diagnosis.causes.iter().position(|ranked| case.accepts(ranked.cause));
        let first = diagnosis.causes.first();
        Measured {
            id: case.id.clone(),
            cause: case.cause,
            answerable: case.answerable,
            rank: place.unwrap_or(Cause::COUNT) + 1,
            first: first.map_or(case.cause, |first| first.cause),
            probability: first.map_or(0.0, |first| first.probability),
            conclusive: diagnosis.conclusive,
        }
    };
    Evaluation { cases: cases.iter().map(measure).collect() }
}

impl Evaluation {
    /// The figures over all reports that `which` chooses.
    pub fn figures(&self, which: impl Fn(&Measured) -> bool) -> Figures {
        let ranks: Vec<usize> = self.cases.iter().filter(|case| which(case)).map(|case| case.rank).collect();
        let count = ranks.len().max(1) as f64;
        let within = |most: usize| ranks.iter().filter(|rank| **rank <= most).count() as f64 / count;
        Figures {
            count: ranks.len(),
            top_1: within(1),
            top_3: within(3),
            top_5: within(5),
            mrr: ranks.iter().map(|rank| 1.0 / *rank as f64).sum::<f64>() / count,
        }
    }

    /// Expected calibration error, 0 to 1: how far the probability of the first place is from how often it is right, on
    /// average over `BINS` equal bins of probability (Naeini and others, 2015).
    pub fn calibration_error(&self) -> f64 {
        let mut bins = [(0usize, 0.0, 0.0); BINS];
        for case in &self.cases {
            let bin = ((case.probability * BINS as f64) as usize).min(BINS - 1);
            if let Some((count, probability, right)) = bins.get_mut(bin) {
                *count += 1;
                *probability += case.probability;
                *right += f64::from(u8::from(case.rank == 1));
            }
        }
        let gaps: f64 =
            bins.iter().map(|(_, probability, right): &(usize, f64, f64)| (probability - right).abs()).sum();
        gaps / self.cases.len().max(1) as f64
    }
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<12}{:>6}{:>9}{:>9}{:>9}{:>8}", "", "cases", "top-1", "top-3", "top-5", "MRR")?;
        let kinds = [
            ("direct", Some(Answerable::Direct)),
            ("inferable", Some(Answerable::Inferable)),
            ("hard", Some(Answerable::Hard)),
            ("all", None),
        ];
        for (name, kind) in kinds {
            let figures = self.figures(|case| kind.is_none_or(|kind| case.answerable == kind));
            writeln!(
                f,
                "{name:<12}{:>6}{:>7.1} %{:>7.1} %{:>7.1} %{:>8.3}",
                figures.count,
                100.0 * figures.top_1,
                100.0 * figures.top_3,
                100.0 * figures.top_5,
                figures.mrr,
            )?;
        }
        let conclusive: Vec<&Measured> = self.cases.iter().filter(|case| case.conclusive).collect();
        let right = conclusive.iter().filter(|case| case.rank == 1).count();
        writeln!(f, "\nconclusive: {} of {}, of which {right} right", conclusive.len(), self.cases.len())?;
        writeln!(f, "expected calibration error: {:.3}", self.calibration_error())
    }
}
