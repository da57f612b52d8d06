//! Measures the diagnosis on labelled reports. A report that is in the case base is left out of it while it is measured.

use std::fmt;

use jiff::Timestamp;

use super::case::{Answerable, Case};
use super::rank::Ranked;
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

impl Measured {
    /// What a ranking of all causes is worth for a report.
    pub(super) fn of(case: &Case, causes: &[Ranked], conclusive: bool) -> Measured {
        let place = causes.iter().position(|ranked| case.accepts(ranked.cause));
        let first = causes.first();
        Measured {
            id: case.id.clone(),
            cause: case.cause,
            answerable: case.answerable,
            rank: place.unwrap_or(Cause::COUNT) + 1,
            first: first.map_or(case.cause, |first| first.cause),
            probability: first.map_or(0.0, |first| first.probability),
            conclusive,
        }
    }
}

/// How often the first place was right where it was given a probability between `from` and `to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    pub from: f64,
    pub to: f64,
    pub count: usize,
    /// The mean probability that was given, 0 to 1.
    pub given: f64,
    /// The share that was right, 0 to 1.
    pub right: f64,
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
        Measured::of(case, &diagnosis.causes, diagnosis.conclusive)
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

    /// How the probabilities of the first places compare with how often these were right, over `BINS` equal bins; empty
    /// bins are left out.
    pub fn reliability(&self) -> Vec<Bin> {
        let bin_of = |case: &&Measured| ((case.probability * BINS as f64) as usize).min(BINS - 1);
        let bins = (0..BINS).map(|bin| {
            let cases: Vec<&Measured> = self.cases.iter().filter(|case| bin_of(case) == bin).collect();
            let count = cases.len().max(1) as f64;
            Bin {
                from: bin as f64 / BINS as f64,
                to: (bin + 1) as f64 / BINS as f64,
                count: cases.len(),
                given: cases.iter().map(|case| case.probability).sum::<f64>() / count,
                right: cases.iter().filter(|case| case.rank == 1).count() as f64 / count,
            }
        });
        bins.filter(|bin| bin.count > 0).collect()
    }

    /// Expected calibration error, 0 to 1: how far the probability of the first place is from how often it is right, on
    /// average over the bins of [`Evaluation::reliability`] (Naeini and others, 2015).
    pub fn calibration_error(&self) -> f64 {
        let gaps = self.reliability().into_iter().map(|bin| bin.count as f64 * (bin.given - bin.right).abs());
        gaps.sum::<f64>() / self.cases.len().max(1) as f64
    }

    /// Of the diagnoses that were called conclusive, or of the others: how many, and the share whose first cause is right.
    pub fn concluded(&self, conclusive: bool) -> (usize, f64) {
        let of: Vec<&Measured> = self.cases.iter().filter(|case| case.conclusive == conclusive).collect();
        let right = of.iter().filter(|case| case.rank == 1).count();
        (of.len(), right as f64 / of.len().max(1) as f64)
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
        for (name, conclusive) in [("conclusive", true), ("not conclusive", false)] {
            let (count, right) = self.concluded(conclusive);
            write!(
                f,
                "{}{name}: {count}, first cause right in {:.1} %",
                if conclusive { "\n" } else { "; " },
                100.0 * right
            )?;
        }
        writeln!(f, "\n\nprobability of the first cause, and how often it is right")?;
        for bin in self.reliability() {
            writeln!(
                f,
                "{:>3.0} to {:>3.0} %{:>6}{:>9.1} %{:>7.1} %",
                100.0 * bin.from,
                100.0 * bin.to,
                bin.count,
                100.0 * bin.given,
                100.0 * bin.right,
            )?;
        }
        writeln!(f, "expected calibration error: {:.3}", self.calibration_error())
    }
}
