//! Makes the numbers of the model from labelled reports, and says what they are worth on reports they were not made from.
//!
//! Ten numbers against several hundred reports: little can be learnt by heart. Each report is read as if it were not in the
//! case base itself. The search is plain coordinate descent from the numbers set by hand, with a fixed number of steps, no
//! chance and no clock, so that it ends the same each time.

use std::fmt::{self, Write as _};

use jiff::Timestamp;

use super::case::Case;
use super::evaluate::{Evaluation, Measured};
use super::prose::Words;
use super::rank::{self, Counts, Weights};
use super::{Diagnoser, Finding, Input};
use crate::cause::Cause;

/// In how many parts the reports are cut: each is measured with the numbers made from the others.
const FOLDS: usize = 10;
/// How often all numbers are gone through.
const ROUNDS: usize = 40;
/// How strongly a number is held to where it began: doubling it must save this much of the mean log loss.
const PULL: f64 = 0.004;

/// A labelled report, as the model sees it.
struct Example<'c> {
    case: &'c Case,
    findings: Vec<Finding>,
    evidence: [Counts; Cause::COUNT],
    words: Words,
}

/// What training gave.
#[derive(Clone, Debug)]
pub struct Trained {
    weights: Weights,
    /// How many reports they were made from.
    reports: usize,
    /// Each report measured with numbers that were made without its tenth.
    pub cross_validated: Evaluation,
}

/// Makes the numbers from these reports. `now` is the time of reading, the same for all.
pub fn train(diagnoser: &Diagnoser, cases: &[Case], now: Timestamp) -> Trained {
    let examples: Vec<Example<'_>> = cases
        .iter()
        .map(|case| {
            let input = Input { text: &case.report, ..Input::default() };
            let seen = diagnoser.look(&input, now, Some(&case.id));
            let evidence = rank::evidence(&seen.findings);
            Example { case, findings: seen.findings, evidence, words: seen.words }
        })
        .collect();
    let mut measured: Vec<(usize, Measured)> = Vec::new();
    for fold in 0..FOLDS {
        let part = |held_out: bool| {
            examples.iter().enumerate().filter(move |(at, _)| (at % FOLDS == fold) == held_out)
        };
        let others: Vec<&Example<'_>> = part(false).map(|(_, example)| example).collect();
        let weights = fit(&others);
        measured.extend(part(true).map(|(at, example)| (at, example.measure(&weights))));
    }
    measured.sort_by_key(|(at, _)| *at);
    Trained {
        weights: fit(&examples.iter().collect::<Vec<_>>()),
        reports: cases.len(),
        cross_validated: Evaluation { cases: measured.into_iter().map(|(_, case)| case).collect() },
    }
}

impl Example<'_> {
    fn probabilities(&self, weights: &Weights) -> [f64; Cause::COUNT] {
        weights.softmax(&weights.score(&self.evidence, &self.words))
    }

    fn measure(&self, weights: &Weights) -> Measured {
        let causes = rank::rank(&self.probabilities(weights), &self.findings);
        Measured::of(self.case, &causes, rank::conclusive(&causes, &self.findings))
    }

    /// The probability that the model gives to the causes that count as right.
    fn accepted(&self, weights: &Weights) -> f64 {
        let probabilities = self.probabilities(weights);
        let right = Cause::ALL.iter().zip(probabilities).filter(|(cause, _)| self.case.accepts(**cause));
        right.map(|(_, probability)| probability).sum()
    }

    /// The probability of the first cause, and whether it counts as right.
    fn first(&self, weights: &Weights) -> (f64, bool) {
        let all = Cause::ALL.iter().zip(self.probabilities(weights));
        let first = all.max_by(|(_, one), (_, other)| one.total_cmp(other));
        first.map_or((0.0, false), |(cause, probability)| (probability, self.case.accepts(*cause)))
    }
}

/// Coordinate descent on the mean log loss of the right causes; then the temperature by itself, on how well the probability
/// of the first place says whether it is right.
fn fit(examples: &[&Example<'_>]) -> Weights {
    let start = Weights { temperature: 1.0, ..Weights::default() };
    let count = examples.len().max(1) as f64;
    let loss = |weights: &Weights| {
        let mean = examples.iter().map(|one| -one.accepted(weights).max(1e-9).ln()).sum::<f64>() / count;
        let pulls = FITTED.iter().map(|number| (value(*number, weights) / value(*number, &start)).ln());
        mean + PULL * pulls.map(|pull| pull * pull).sum::<f64>()
    };
    let weights = descend(start, &FITTED, loss);
    let doubt = |weights: &Weights| {
        let one = |example: &&Example<'_>| {
            let (probability, right) = example.first(weights);
            -(if right { probability } else { 1.0 - probability }).max(1e-9).ln()
        };
        examples.iter().map(one).sum::<f64>() / count
    };
    rounded(descend(weights, &[|weights| &mut weights.temperature], doubt))
}

/// One number of the model.
type Number = fn(&mut Weights) -> &mut f64;

fn value(number: Number, weights: &Weights) -> f64 {
    *number(&mut weights.clone())
}

/// The numbers that decide the order.
const FITTED: [Number; 8] = [
    |weights| &mut weights.decisive,
    |weights| &mut weights.strong,
    |weights| &mut weights.weak,
    |weights| &mut weights.against,
    |weights| &mut weights.damping,
    |weights| &mut weights.nearest,
    |weights| &mut weights.words,
    |weights| &mut weights.prior,
];

fn descend(start: Weights, numbers: &[Number], loss: impl Fn(&Weights) -> f64) -> Weights {
    let mut best = start;
    let mut least = loss(&best);
    let mut step = 1.3;
    for _ in 0..ROUNDS {
        let mut is_better = false;
        for number in numbers {
            for factor in [step, 1.0 / step] {
                let mut tried = best;
                *number(&mut tried) *= factor;
                tried.damping = tried.damping.min(0.95);
                let tried_loss = loss(&tried);
                if tried_loss < least - 1e-7 {
                    (best, least, is_better) = (tried, tried_loss, true);
                }
            }
        }
        if !is_better {
            step = step.sqrt();
        }
    }
    best
}

/// To as many digits as the file says, so that what is measured is what is shipped.
fn rounded(mut weights: Weights) -> Weights {
    let round = |number: &mut f64| *number = (*number * 100.0).round() / 100.0;
    FITTED.iter().for_each(|number| round(number(&mut weights)));
    round(&mut weights.temperature);
    weights
}

impl Trained {
    /// The text of `weights.toml`.
    pub fn file(&self) -> String {
        let mut text = String::from(
            "# The numbers of the diagnosis's model: what each name adds to the score of a cause, in nats (factors: damping,\n\
             # temperature). Written by `fix401 train`; what they mean stands in docs/diagnosis.md.\n",
        );
        let Weights { decisive, strong, weak, against, damping, nearest, words, prior, temperature } =
            self.weights;
        let lines = [
            ("decisive", decisive),
            ("strong", strong),
            ("weak", weak),
            ("against", against),
            ("damping", damping),
            ("nearest", nearest),
            ("words", words),
            ("prior", prior),
            ("temperature", temperature),
        ];
        for (name, number) in lines {
            let _ = writeln!(text, "{name} = {number:.2}");
        }
        text
    }
}

impl fmt::Display for Trained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} reports, each measured with numbers made without its tenth:\n", self.reports)?;
        write!(f, "{}", self.cross_validated)
    }
}
