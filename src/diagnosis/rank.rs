//! From findings and words to an order of all causes with probabilities. The only place with numbers for strengths.

use super::finding::{Finding, Weight};
use super::prose::Words;
use crate::cause::Cause;

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
}

/// What a strength adds to a cause's score, in nats.
pub(super) const fn strength(weight: Weight) -> f64 {
    match weight {
        Weight::Decisive => 3.8,
        Weight::Strong => 2.5,
        Weight::Weak => 1.0,
        Weight::Against => -1.2,
    }
}

/// Findings about one cause are rarely independent: each further one counts by this factor less than the one before.
const DAMPING: f64 = 0.7;
/// How much the nearest texts count.
const NEAREST: f64 = 4.0;
/// How much the word counts by cause count.
const BAYES: f64 = 1.0;
/// How much the log prior counts.
const PRIOR: f64 = 0.8;
/// Softmax temperature, chosen so that the probabilities fit the labelled cases.
const TEMPERATURE: f64 = 1.15;
/// The least probability of a first place that is given as a conclusion.
const CONCLUSIVE: f64 = 0.5;

/// The same where something seen practically proves the cause, and nothing proves another.
const PROVEN: f64 = 0.2;

/// The score of each cause, in nats, up to a constant.
pub(super) fn score(findings: &[Finding], words: &Words) -> [f64; Cause::COUNT] {
    let mut scores = [0.0; Cause::COUNT];
    let terms = words.log_prior.iter().zip(&words.nearest).zip(&words.bayes);
    for (score, ((prior, nearest), bayes)) in scores.iter_mut().zip(terms) {
        *score = PRIOR * prior + NEAREST * nearest + BAYES * bayes;
    }
    for cause in Cause::ALL {
        if let Some(score) = scores.get_mut(cause.index()) {
            *score += evidence(findings.iter().filter_map(|finding| finding.meaning.weight(*cause)));
        }
    }
    scores
}

/// What several strengths amount to together: the strongest in full, each further one damped; what speaks against is
/// added up by itself.
pub(super) fn evidence(weights: impl Iterator<Item = Weight>) -> f64 {
    let (mut against, mut weights): (Vec<f64>, Vec<f64>) = weights.map(strength).partition(|one| *one < 0.0);
    weights.sort_by(|one, other| other.total_cmp(one));
    against.sort_by(f64::total_cmp);
    let damped =
        |strengths: Vec<f64>| strengths.iter().rev().fold(0.0, |sum, strength| strength + DAMPING * sum);
    damped(weights) + damped(against)
}

/// Probabilities from scores.
pub(super) fn softmax(scores: &[f64; Cause::COUNT]) -> [f64; Cause::COUNT] {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers = scores.map(|score| ((score - top) / TEMPERATURE).exp());
    let sum: f64 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// All causes, best first; ties stand in the order of the list.
pub(super) fn rank(scores: &[f64; Cause::COUNT], findings: &[Finding]) -> Vec<Ranked> {
    let probabilities = softmax(scores);
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
            Ranked { cause: *cause, probability, because, against }
        })
        .collect();
    ranked.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    ranked
}

/// Whether the first place is carried by evidence: something seen speaks for it more than weakly and it is likely enough; or
/// something seen practically proves it, and nothing seen practically proves another.
pub(super) fn conclusive(ranked: &[Ranked], findings: &[Finding]) -> bool {
    let Some(first) = ranked.first() else { return false };
    let strongest = |ranked: &Ranked| {
        let weights =
            ranked.because.iter().filter_map(|index| findings.get(*index)?.meaning.weight(ranked.cause));
        weights.min()
    };
    match strongest(first) {
        Some(Weight::Decisive) => {
            let contested = ranked.iter().skip(1).any(|other| strongest(other) == Some(Weight::Decisive));
            first.probability >= if contested { CONCLUSIVE } else { PROVEN }
        }
        Some(Weight::Strong) => first.probability >= CONCLUSIVE,
        _ => false,
    }
}
