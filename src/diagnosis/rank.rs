//! From findings and words to an order of all causes with probabilities. The only place that knows what a strength amounts to.
//!
//! The model is log-linear: what each term adds stands in `weights.toml`, which `fix401 train` makes from the labelled reports.

use serde::Deserialize;

use super::catalogue::line_of;
use super::finding::{Finding, Weight};
use super::learnt::Readers;
use super::prose::Words;
use crate::cause::Cause;
use crate::problem::Problem;

/// A cause with its probability and the findings for and against it.
#[derive(Clone, Debug)]
pub struct Ranked {
    pub cause: Cause,
    /// 0 to 1; all 45 sum to 1.
    pub probability: f64,
    /// Indices into the findings that speak for it, strongest first.
    pub because: Vec<usize>,
    /// Indices into the findings that speak against it.
    pub against: Vec<usize>,
    /// What readers with the same findings said, where that moved it.
    pub readers: Option<Readers>,
}

/// The numbers of the model, in nats unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Weights {
    /// What a finding adds to the score of a cause that it practically proves.
    pub decisive: f64,
    /// What one adds that makes the cause a leading candidate.
    pub strong: f64,
    /// What one adds that raises the cause a little.
    pub weak: f64,
    /// What one takes away that speaks against the cause.
    pub against: f64,
    /// Findings about one cause are rarely independent: each further one counts by this factor less than the one before.
    pub damping: f64,
    /// How much the nearest texts count.
    pub nearest: f64,
    /// How much the word counts by cause count.
    pub words: f64,
    /// How much the log of the prior frequency counts.
    pub prior: f64,
    /// Divides the scores before they become probabilities, so that these fit how often the first cause is right. A
    /// factor: it changes no order.
    pub temperature: f64,
}

/// Where training begins, and what the model is without a `weights.toml`: what the names are meant to say, set by hand.
impl Default for Weights {
    fn default() -> Weights {
        Weights {
            decisive: 3.8,
            strong: 2.5,
            weak: 1.0,
            against: 1.2,
            damping: 0.7,
            nearest: 4.0,
            words: 1.0,
            prior: 0.8,
            temperature: 1.1,
        }
    }
}

/// How many findings of each strength speak of a cause, in the order of [`Weight`].
pub(super) type Counts = [usize; 4];

/// Adds a finding of this strength.
pub(super) fn count(counts: &mut Counts, weight: Weight) {
    let [decisive, strong, weak, against] = counts;
    *match weight {
        Weight::Decisive => decisive,
        Weight::Strong => strong,
        Weight::Weak => weak,
        Weight::Against => against,
    } += 1;
}

/// The least probability of a first place that is given as a conclusion.
const CONCLUSIVE: f64 = 0.58;
/// The same where something seen practically proves the cause, and nothing proves another.
const PROVEN: f64 = 0.35;

impl Weights {
    /// Reads `weights.toml`; an empty text stands for the numbers set by hand.
    pub fn read(path: &str, text: &str, problems: &mut Vec<Problem>) -> Weights {
        if text.is_empty() {
            return Weights::default();
        }
        match toml::from_str(text) {
            Ok(weights) => weights,
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(text, span.start));
                let what = format!("{}; let `fix401 train` write the file again", error.message());
                problems.push(Problem::new(path, line, what));
                Weights::default()
            }
        }
    }

    /// What a strength adds to a cause's score.
    pub fn strength(&self, weight: Weight) -> f64 {
        match weight {
            Weight::Decisive => self.decisive,
            Weight::Strong => self.strong,
            Weight::Weak => self.weak,
            Weight::Against => -self.against,
        }
    }

    /// What several findings amount to together: the strongest in full, each further one damped; what speaks against is
    /// added up by itself.
    pub fn evidence(&self, counts: &Counts) -> f64 {
        let [decisive, strong, weak, against] = *counts;
        let damped = |steps: &[(usize, f64)]| {
            let mut sum = 0.0;
            let mut factor = 1.0;
            for (count, strength) in steps {
                for _ in 0..*count {
                    sum += factor * strength;
                    factor *= self.damping;
                }
            }
            sum
        };
        damped(&[(decisive, self.decisive), (strong, self.strong), (weak, self.weak)])
            - damped(&[(against, self.against)])
    }

    /// The score of each cause, up to a constant.
    pub fn score(&self, evidence: &[Counts; Cause::COUNT], words: &Words) -> [f64; Cause::COUNT] {
        let mut scores = [0.0; Cause::COUNT];
        let terms = words.log_prior.iter().zip(&words.nearest).zip(&words.bayes).zip(evidence);
        for (score, (((prior, nearest), bayes), counts)) in scores.iter_mut().zip(terms) {
            *score = self.prior * prior + self.nearest * nearest + self.words * bayes + self.evidence(counts);
        }
        scores
    }

    /// Probabilities from scores.
    pub fn softmax(&self, scores: &[f64; Cause::COUNT]) -> [f64; Cause::COUNT] {
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers = scores.map(|score| ((score - top) / self.temperature).exp());
        let sum: f64 = powers.iter().sum();
        powers.map(|power| power / sum)
    }
}

/// How many findings of each strength speak of each cause.
pub(super) fn evidence(findings: &[Finding]) -> [Counts; Cause::COUNT] {
    let mut evidence = [Counts::default(); Cause::COUNT];
    for (cause, weight) in findings.iter().flat_map(|finding| &finding.meaning.points_to) {
        if let Some(counts) = evidence.get_mut(cause.index()) {
            count(counts, *weight);
        }
    }
    evidence
}

/// All causes, best first; ties stand in the order of the list.
pub(super) fn rank(probabilities: &[f64; Cause::COUNT], findings: &[Finding]) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = Cause::ALL
        .iter()
        .zip(probabilities)
        .map(|(cause, probability)| {
            let weight =
                |index: &usize| findings.get(*index).and_then(|finding| finding.meaning.weight(*cause));
            let (against, mut because): (Vec<usize>, Vec<usize>) = (0..findings.len())
                .filter(|index| weight(index).is_some())
                .partition(|index| weight(index) == Some(Weight::Against));
            because.sort_by_key(weight);
            Ranked { cause: *cause, probability: *probability, because, against, readers: None }
        })
        .collect();
    ranked.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    ranked
}

/// Whether the first place is carried by evidence: something seen speaks for it, and it is likely enough; where something seen
/// practically proves it, and nothing seen practically proves another, less is enough.
pub(super) fn conclusive(ranked: &[Ranked], findings: &[Finding]) -> bool {
    let Some(first) = ranked.first() else { return false };
    let proven = |ranked: &Ranked| {
        let strongest = ranked.because.first().and_then(|index| findings.get(*index));
        strongest.and_then(|finding| finding.meaning.weight(ranked.cause)) == Some(Weight::Decisive)
    };
    let least = if proven(first) && !ranked.iter().skip(1).any(proven) { PROVEN } else { CONCLUSIVE };
    !first.because.is_empty() && first.probability >= least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_further_finding_about_a_cause_counts_less() {
        let weights = Weights { decisive: 4.0, strong: 2.0, weak: 1.0, damping: 0.5, ..Weights::default() };
        assert_eq!(weights.evidence(&[1, 0, 0, 0]), 4.0);
        assert_eq!(weights.evidence(&[1, 2, 0, 0]), 4.0 + 1.0 + 0.5);
        assert_eq!(weights.evidence(&[0, 0, 3, 0]), 1.0 + 0.5 + 0.25);
    }

    #[test]
    fn what_speaks_against_takes_away() {
        let weights = Weights { strong: 2.0, against: 1.0, damping: 0.5, ..Weights::default() };
        assert_eq!(weights.evidence(&[0, 1, 0, 2]), 2.0 - 1.5);
    }

    #[test]
    fn a_wrong_line_of_the_weights_is_named() {
        let mut problems = Vec::new();
        Weights::read("weights.toml", "decisive = 3.0\nstrnog = 2.0\n", &mut problems);
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(
            problems.iter().any(|problem| problem.starts_with("weights.toml:2: unknown field")),
            "{problems:?}"
        );
    }
}
