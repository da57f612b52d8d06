//! Measures what learning from answers is worth, and what hostile answers cost: half of the labelled reports is played in as
//! confirmed by readers, the other half is measured. By chance, but the same chance each time.

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::learnt::{Learnt, Told, Trust, Went};
use super::prose::{Prose, Words};
use super::rank::{self, Counts};
use super::{Diagnoser, Finding, Input};
use crate::cause::Cause;

/// How many random halves are measured.
const HALVES: u64 = 10;
/// Over how many days the honest answers are spread.
const DAYS: u64 = 60;
/// How many hostile answers are sent.
const HOSTILE: u64 = 1000;

/// What one half came to, in shares of its reports, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    pub top_1: f64,
    pub top_3: f64,
}

/// One way to send hostile answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attack {
    pub networks: u64,
    pub days: u64,
}

/// From how many networks, and on how many days.
pub const ATTACKS: [Attack; 4] = [
    Attack { networks: 1, days: 1 },
    Attack { networks: 1, days: 20 },
    Attack { networks: 50, days: 1 },
    Attack { networks: 50, days: 20 },
];

/// One random half.
#[derive(Clone, Debug)]
pub struct Half {
    /// How many reports were measured.
    pub reports: usize,
    pub without: Share,
    pub with: Share,
    /// As [`ATTACKS`].
    pub attacked: [Share; ATTACKS.len()],
}

/// All halves.
#[derive(Clone, Debug)]
pub struct Learning {
    pub halves: Vec<Half>,
}

/// Chance that is the same each time: SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Chance(pub u64);

impl Chance {
    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`; 0 when that is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end.max(1)
    }

    /// One of these.
    pub fn one_of<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        of.get(usize::try_from(self.below(of.len() as u64)).unwrap_or(0))
    }
}

/// A labelled report, looked at once.
struct Example<'c> {
    case: &'c Case,
    findings: Vec<Finding>,
    evidence: [Counts; Cause::COUNT],
    words: Words,
}

/// What the ranking knows before anybody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// All that is shipped, the labelled reports among it. What readers confirm of these is known already, in part.
    AsShipped,
    /// All but the labelled reports, as if each were new to the world.
    WithoutReports,
}

/// Measures. `now` is the time of reading, the same for all.
pub fn measure(diagnoser: &Diagnoser, cases: &[Case], known: Known, now: Timestamp) -> Learning {
    let bare = diagnoser.texts.count_without_cases();
    let prose = if known == Known::AsShipped { &diagnoser.prose } else { &bare };
    let examples: Vec<Example<'_>> = cases
        .iter()
        .map(|case| {
            let input = Input { text: &case.report, ..Input::default() };
            let seen = diagnoser.look_beside(prose, &input, now, Some(&case.id));
            let evidence = rank::evidence(&seen.findings);
            Example { case, findings: seen.findings, evidence, words: seen.words }
        })
        .collect();
    Learning { halves: (0..HALVES).map(|seed| half(diagnoser, prose, &examples, seed, now)).collect() }
}

fn half(diagnoser: &Diagnoser, prose: &Prose, examples: &[Example<'_>], seed: u64, now: Timestamp) -> Half {
    let mut chance = Chance(seed);
    let mut order: Vec<(u64, &Example<'_>)> = examples.iter().map(|one| (chance.draw(), one)).collect();
    order.sort_unstable_by_key(|(place, _)| *place);
    let (played, measured) = order.split_at(order.len() / 2);
    let measured: Vec<&Example<'_>> = measured.iter().map(|(_, example)| *example).collect();
    let honest: Vec<Told> = (1..)
        .zip(played)
        .map(|(reader, (_, example))| Told {
            cause: example.case.cause,
            went: Went::Fixed,
            findings: example.ids(),
            network: Some(network(reader)),
            at: ago(now, chance.below(DAYS)),
            trust: Trust::Clicked,
        })
        .collect();
    let share = |told: &[Told]| {
        let learnt = diagnoser.learn_beside(prose, told, BTreeSet::new(), now);
        share(diagnoser, &measured, &learnt)
    };
    Half {
        reports: measured.len(),
        without: share(&[]),
        with: share(&honest),
        attacked: ATTACKS.map(|attack| {
            let mut all = honest.clone();
            all.extend(hostile(attack, &measured, &mut chance, now));
            share(&all)
        }),
    }
}

/// Answers of somebody who knows the very reports that are measured: for each the right cause is said not to have helped, or
/// another one to have.
fn hostile(attack: Attack, measured: &[&Example<'_>], chance: &mut Chance, now: Timestamp) -> Vec<Told> {
    let lie = |number: u64| {
        let example = chance.one_of(measured)?;
        let wrong = chance.one_of(Cause::ALL).filter(|cause| !example.case.accepts(**cause));
        let (cause, went) = match wrong {
            Some(wrong) if number.is_multiple_of(2) => (*wrong, Went::Fixed),
            _ => (example.case.cause, Went::NotFixed),
        };
        Some(Told {
            cause,
            went,
            findings: example.ids(),
            // Not among the readers.
            network: Some(network(1_000_000 + number % attack.networks)),
            at: ago(now, number / attack.networks % attack.days),
            trust: Trust::Clicked,
        })
    };
    (0..HOSTILE).filter_map(lie).collect()
}

fn network(number: u64) -> [u8; 32] {
    let mut network = [0; 32];
    network.iter_mut().zip(number.to_be_bytes()).for_each(|(byte, from)| *byte = from);
    network
}

fn ago(now: Timestamp, days: u64) -> Timestamp {
    let hours = i64::try_from(days).unwrap_or(0) * 24;
    now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(now)
}

fn share(diagnoser: &Diagnoser, measured: &[&Example<'_>], learnt: &Learnt) -> Share {
    let place = |example: &&Example<'_>| {
        let mut scores = diagnoser.weights.score(&example.evidence, &example.words);
        let shifts = learnt.shifts(&example.findings);
        scores.iter_mut().zip(&shifts).for_each(|(score, (shift, _))| *score += shift);
        let ranked = rank::rank(&diagnoser.weights.softmax(&scores), &example.findings);
        ranked.iter().position(|ranked| example.case.accepts(ranked.cause)).unwrap_or(Cause::COUNT)
    };
    let places: Vec<usize> = measured.iter().map(place).collect();
    let within = |most: usize| {
        places.iter().filter(|place| **place < most).count() as f64 / places.len().max(1) as f64
    };
    Share { top_1: within(1), top_3: within(3) }
}

impl Example<'_> {
    fn ids(&self) -> Vec<String> {
        self.findings.iter().map(|finding| finding.meaning.id.clone()).collect()
    }
}

impl Learning {
    /// The mean over all halves of something of each.
    pub fn mean(&self, of: impl Fn(&Half) -> f64) -> f64 {
        self.halves.iter().map(of).sum::<f64>() / self.halves.len().max(1) as f64
    }
}

impl fmt::Display for Learning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "one half confirmed by readers, the other measured; {HALVES} random halves\n")?;
        writeln!(f, "{:<34}{:>8}{:>10}", "", "top-1", "top-3")?;
        let line = |f: &mut fmt::Formatter<'_>, name: &str, of: &dyn Fn(&Half) -> Share| {
            let (first, third) = (self.mean(|half| of(half).top_1), self.mean(|half| of(half).top_3));
            writeln!(f, "{name:<34}{:>6.2} %{:>8.2} %", 100.0 * first, 100.0 * third)
        };
        line(f, "without answers", &|half| half.without)?;
        line(f, "with honest answers", &|half| half.with)?;
        for (place, attack) in ATTACKS.iter().enumerate() {
            let name = format!(
                "and {HOSTILE} lies, {} network{}, {} day{}",
                attack.networks,
                if attack.networks == 1 { "" } else { "s" },
                attack.days,
                if attack.days == 1 { "" } else { "s" }
            );
            line(f, &name, &|half| half.attacked.get(place).copied().unwrap_or_default())?;
        }
        writeln!(f, "\ngain in each half, in points (top-1, top-3)")?;
        for half in &self.halves {
            writeln!(
                f,
                "{:>+8.2}{:>+8.2}   of {} reports",
                100.0 * (half.with.top_1 - half.without.top_1),
                100.0 * (half.with.top_3 - half.without.top_3),
                half.reports
            )?;
        }
        Ok(())
    }
}
