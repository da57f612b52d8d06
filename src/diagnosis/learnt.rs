//! What readers' answers to "did this fix it?" change in the ranking: counts, each trusted only so far, become a bounded shift
//! of a cause's score. Knows no store, no clock and no article.
//!
//! For a finding and a cause, and for a cause alone, it compares how often readers confirmed the cause with how often the
//! ranking, given the same findings and no words, expected it. Both counts begin at the same prior, so that nothing moves as
//! long as nobody answered, and a few answers move little. Who says that it did not help adds to what was expected and to
//! nothing else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::Diagnoser;
use super::finding::Finding;
use super::prose::{Prose, Words};
use super::rank;
use crate::cause::Cause;

/// How it went for a reader who tried what an article says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Went {
    Fixed,
    Partly,
    NotFixed,
}

/// How much one answer is trusted, before its age and its company are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trust {
    /// Sent by a program, or by a form that was filled in faster than anybody reads.
    Bare,
    /// One click on a form of ours.
    Clicked,
    /// Said in a comment that everybody can see.
    Published,
    /// Said in a comment that a moderator has seen and published.
    Approved,
}

impl Trust {
    /// How many voices one such answer is.
    const fn voices(self) -> f64 {
        match self {
            Trust::Bare => 0.4,
            Trust::Clicked => 0.8,
            Trust::Published => 0.9,
            Trust::Approved => 1.0,
        }
    }
}

/// One answer of a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub cause: Cause,
    pub went: Went,
    /// The ids of what the diagnosis had found.
    pub findings: Vec<String>,
    /// What tells one network from another; nothing once it is forgotten.
    pub network: Option<[u8; 32]>,
    pub at: Timestamp,
    pub trust: Trust,
}

/// After so many days an answer counts half: services change what they answer with.
const HALF_LIFE_DAYS: f64 = 180.0;
/// The most voices of one network for one cause, whatever it says on how many days.
pub const NETWORK_MOST: f64 = 1.0;
/// The most voices of one day (UTC) for one cause, from however many networks.
pub const DAY_MOST: f64 = 3.0;
/// How many voices stand on both sides before anybody answers, for a finding and a cause.
pub const PRIOR: f64 = 8.0;
/// The same for a cause alone, which every answer about it moves.
pub const PRIOR_ALONE: f64 = 12.0;
/// Findings of one report are seldom independent: each further one counts by this factor less than the one before.
pub const DAMPING: f64 = 0.5;
/// How much of what the counts say is taken over: what was expected is guessed without the words of the report.
pub const SHARE: f64 = 0.5;
/// The most that all answers together move a cause in a diagnosis, in nats: less than one strong finding.
pub const SHIFT_MOST: f64 = 1.5;
/// The most that a flood within one day can move a cause in any diagnosis, in nats. It changes each count by DAY_MOST voices at
/// most, so each logarithm by ln(1 + DAY_MOST / prior), of which SHARE counts; the damped sum over findings is at most twice
/// the largest, and there is one for each sign.
pub const DAY_SHIFT_MOST: f64 = 0.8;
/// The most that a single network can move a cause in any diagnosis, in nats, whatever it says for however long: one voice of
/// its own in each count, and one that its presence takes off others on days that are full.
pub const NETWORK_SHIFT_MOST: f64 = 0.6;
/// The least shift that is worth a word beside the cause, in nats.
const WORTH_A_WORD: f64 = 0.05;

/// What was heard of a cause, alone or with one finding.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heard {
    /// How often it was confirmed, in voices.
    pub confirmed: f64,
    /// How often it was expected to be, in voices.
    pub expected: f64,
    /// How many readers it worked for, each network once a day.
    pub fixed: u32,
    pub partly: u32,
    pub not_fixed: u32,
}

impl Heard {
    fn shift(&self, prior: f64) -> f64 {
        SHARE * ((self.confirmed + prior) / (self.expected + prior)).ln()
    }

    fn hear(&mut self, went: Went) {
        *match went {
            Went::Fixed => &mut self.fixed,
            Went::Partly => &mut self.partly,
            Went::NotFixed => &mut self.not_fixed,
        } += 1;
    }

    /// How many answers there are.
    pub fn answers(&self) -> u32 {
        self.fixed + self.partly + self.not_fixed
    }

    /// For how many it worked: "it worked for 14, not for 3".
    fn in_words(&self) -> String {
        let mut said = Vec::new();
        for (count, word) in
            [(self.fixed, "it worked for"), (self.partly, "partly for"), (self.not_fixed, "not for")]
        {
            if count > 0 {
                said.push(match (said.is_empty(), word) {
                    (true, "partly for") => format!("it worked partly for {count}"),
                    (true, "not for") => format!("it did not work for {count}"),
                    _ => format!("{word} {count}"),
                });
            }
        }
        said.join(", ")
    }
}

/// What answers change about one cause, for the people who watch over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    pub heard: Heard,
    /// How many networks answered that can still be told apart.
    pub networks: usize,
    /// On how many days (UTC) somebody answered.
    pub days: usize,
    /// What the cause alone is moved by, in nats, were nothing switched off.
    pub shift: f64,
    /// The findings with which it is moved most, and by how much, in nats.
    pub most: Vec<(String, f64)>,
    /// Whether a moderator switched it off.
    pub is_off: bool,
}

/// What readers with the same finding said, where it moved the cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Readers {
    /// By how much the score is moved, in nats.
    pub shift: f64,
    /// The place among the findings of the one that they share, if it is one that moved the cause.
    pub finding: Option<usize>,
    pub heard: Heard,
}

impl Readers {
    /// One sentence.
    pub fn says(&self) -> String {
        let who = if self.finding.is_some() { "Readers with the same sign" } else { "Readers so far" };
        format!("{who}: {}.", self.heard.in_words())
    }
}

/// What is learnt from all answers. Made by [`Diagnoser::learn`]; empty until somebody answers.
#[derive(Clone, Debug, Default)]
pub struct Learnt {
    /// By cause.
    alone: Vec<Heard>,
    /// By finding, then by cause.
    with: HashMap<String, Vec<Heard>>,
    /// By cause.
    accounts: Vec<Account>,
    off: BTreeSet<Cause>,
}

impl Learnt {
    /// Whether anybody answered.
    pub fn is_empty(&self) -> bool {
        self.alone.is_empty()
    }

    /// What the answers change about a cause.
    pub fn account(&self, cause: Cause) -> Account {
        let account = self.accounts.get(cause.index()).cloned().unwrap_or_default();
        Account { is_off: self.off.contains(&cause), ..account }
    }

    /// What the score of each cause is moved by, given these findings, in nats; and what readers said where it matters.
    pub(super) fn shifts(&self, findings: &[Finding]) -> [(f64, Option<Readers>); Cause::COUNT] {
        let mut shifts = [const { (0.0, None) }; Cause::COUNT];
        if self.is_empty() {
            return shifts;
        }
        let mut seen = BTreeSet::new();
        let known: Vec<(usize, &Vec<Heard>)> = findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| seen.insert(finding.meaning.id.as_str()))
            .filter_map(|(index, finding)| Some((index, self.with.get(&finding.meaning.id)?)))
            .collect();
        for ((cause, alone), shift) in Cause::ALL.iter().zip(&self.alone).zip(&mut shifts) {
            if self.off.contains(cause) {
                continue;
            }
            let with: Vec<(usize, &Heard)> =
                known.iter().filter_map(|(index, heard)| Some((*index, heard.get(cause.index())?))).collect();
            *shift = together(alone, &with);
        }
        shifts
    }
}

/// What a cause is moved by: by itself, and by what was heard with each finding.
fn together(alone: &Heard, with: &[(usize, &Heard)]) -> (f64, Option<Readers>) {
    let single: Vec<f64> = with.iter().map(|(_, heard)| heard.shift(PRIOR)).collect();
    // The two signs apart: so the sum changes no faster than its parts, which the bounds rest on.
    let up = damped(single.iter().copied().filter(|shift| *shift > 0.0));
    let down = damped(single.iter().map(|shift| -shift).filter(|shift| *shift > 0.0));
    let shift = (alone.shift(PRIOR_ALONE) + up - down).clamp(-SHIFT_MOST, SHIFT_MOST);
    if shift.abs() < WORTH_A_WORD {
        return (shift, None);
    }
    let told =
        with.iter().zip(&single).filter(|((_, heard), one)| heard.answers() > 0 && **one * shift > 0.0);
    let told = told.max_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()));
    let readers = match told {
        Some(((index, heard), _)) => Some(Readers { shift, finding: Some(*index), heard: **heard }),
        None if alone.answers() > 0 => Some(Readers { shift, finding: None, heard: *alone }),
        // Moved only by what was confirmed of other causes: there is nothing to say of this one.
        None => None,
    };
    (shift, readers)
}

/// The largest in full, each further one damped.
fn damped(shifts: impl Iterator<Item = f64>) -> f64 {
    let mut shifts: Vec<f64> = shifts.collect();
    shifts.sort_unstable_by(|one, other| other.total_cmp(one));
    let mut factor = 1.0;
    let mut sum = 0.0;
    for shift in shifts {
        sum += factor * shift;
        factor *= DAMPING;
    }
    sum
}

/// An answer with what it adds to each cause, in voices.
struct Weighed<'t> {
    told: &'t Told,
    day: i64,
    confirmed: [f64; Cause::COUNT],
    expected: [f64; Cause::COUNT],
}

impl Diagnoser {
    /// Learns from answers; the causes of `off` stay as they are without them. `now` is what their age is counted from.
    pub fn learn(&self, told: &[Told], off: BTreeSet<Cause>, now: Timestamp) -> Learnt {
        self.learn_beside(&self.prose, told, off, now)
    }

    /// The same beside other texts than those that are shipped.
    pub(super) fn learn_beside(
        &self,
        prose: &Prose,
        told: &[Told],
        off: BTreeSet<Cause>,
        now: Timestamp,
    ) -> Learnt {
        let mut weighed = self.weigh(prose, told, now);
        if weighed.is_empty() {
            return Learnt { off, ..Learnt::default() };
        }
        // The networks first: one that speaks every day then crowds out no more than one voice of others.
        let networks: Vec<Option<[u8; 32]>> = weighed.iter().map(|one| one.told.network).collect();
        hold(&mut weighed, NETWORK_MOST, |index| networks.get(index).copied().flatten());
        let days: Vec<i64> = weighed.iter().map(|one| one.day).collect();
        hold(&mut weighed, DAY_MOST, |index| days.get(index).copied());
        Learnt::of(&weighed, off)
    }

    /// One voice for each network, cause and day, the last; with what the ranking expected.
    fn weigh<'t>(&self, prose: &Prose, told: &'t [Told], now: Timestamp) -> Vec<Weighed<'t>> {
        let day_of = |time: Timestamp| time.as_second().div_euclid(24 * 3600);
        let mut last: BTreeMap<(Cause, i64, [u8; 32]), &Told> = BTreeMap::new();
        let mut kept: Vec<&Told> = Vec::new();
        for one in told {
            let Some(network) = one.network else {
                kept.push(one);
                continue;
            };
            let known = last.entry((one.cause, day_of(one.at), network)).or_insert(one);
            if known.at <= one.at {
                *known = one;
            }
        }
        kept.extend(last.into_values());
        let nothing = prose.read([], None);
        kept.into_iter().map(|told| self.weigh_one(&nothing, told, day_of(told.at), now)).collect()
    }

    fn weigh_one<'t>(&self, nothing: &Words, told: &'t Told, day: i64, now: Timestamp) -> Weighed<'t> {
        let age = (now.as_second() - told.at.as_second()).max(0) as f64 / (24.0 * 3600.0);
        let voices = told.trust.voices() * (-age / HALF_LIFE_DAYS).exp2();
        let mut confirmed = [0.0; Cause::COUNT];
        let mut expected = [0.0; Cause::COUNT];
        let right = match told.went {
            Went::Fixed => voices,
            Went::Partly => voices / 2.0,
            Went::NotFixed => 0.0,
        };
        if right > 0.0 {
            let guessed = self.expected(nothing, &told.findings);
            expected.iter_mut().zip(guessed).for_each(|(sum, probability)| *sum = right * probability);
        }
        if let Some(sum) = confirmed.get_mut(told.cause.index()) {
            *sum += right;
        }
        if let Some(sum) = expected.get_mut(told.cause.index()) {
            *sum += voices - right;
        }
        Weighed { told, day, confirmed, expected }
    }

    /// The probabilities of all causes, given these findings and not a word.
    fn expected(&self, nothing: &Words, ids: &[String]) -> [f64; Cause::COUNT] {
        let findings: Vec<Finding> = ids
            .iter()
            .filter_map(|id| self.catalogue.meaning(id))
            .map(|meaning| Finding { meaning: meaning.clone(), span: None, detail: None })
            .collect();
        self.weights.softmax(&self.weights.score(&rank::evidence(&findings), nothing))
    }
}

/// Scales down what answers of the same group add to a cause, so that it is no more than `most` on either side.
fn hold<K: Ord + Copy>(weighed: &mut [Weighed<'_>], most: f64, group: impl Fn(usize) -> Option<K>) {
    let mut sums: BTreeMap<K, ([f64; Cause::COUNT], [f64; Cause::COUNT])> = BTreeMap::new();
    for (index, one) in weighed.iter().enumerate() {
        let Some(key) = group(index) else { continue };
        let (confirmed, expected) = sums.entry(key).or_insert(([0.0; Cause::COUNT], [0.0; Cause::COUNT]));
        confirmed.iter_mut().zip(one.confirmed).for_each(|(sum, voices)| *sum += voices);
        expected.iter_mut().zip(one.expected).for_each(|(sum, voices)| *sum += voices);
    }
    for (index, one) in weighed.iter_mut().enumerate() {
        let Some((confirmed, expected)) = group(index).and_then(|key| sums.get(&key)) else { continue };
        let sums = confirmed.iter().zip(expected);
        for ((confirmed, expected), (all, all_expected)) in
            one.confirmed.iter_mut().zip(&mut one.expected).zip(sums)
        {
            let scale = (most / all.max(*all_expected)).min(1.0);
            *confirmed *= scale;
            *expected *= scale;
        }
    }
}

impl Learnt {
    fn of(weighed: &[Weighed<'_>], off: BTreeSet<Cause>) -> Learnt {
        let mut alone = vec![Heard::default(); Cause::COUNT];
        let mut with: HashMap<String, Vec<Heard>> = HashMap::new();
        for one in weighed {
            one.add_to(&mut alone);
            let ids: BTreeSet<&String> = one.told.findings.iter().collect();
            for id in ids {
                let heard = with.entry(id.clone()).or_insert_with(|| vec![Heard::default(); Cause::COUNT]);
                one.add_to(heard);
            }
        }
        let accounts = Cause::ALL.iter().map(|cause| account(*cause, weighed, &alone, &with)).collect();
        Learnt { alone, with, accounts, off }
    }
}

impl Weighed<'_> {
    fn add_to(&self, heard: &mut [Heard]) {
        for ((heard, confirmed), expected) in heard.iter_mut().zip(self.confirmed).zip(self.expected) {
            heard.confirmed += confirmed;
            heard.expected += expected;
        }
        if let Some(heard) = heard.get_mut(self.told.cause.index()) {
            heard.hear(self.told.went);
        }
    }
}

/// How many findings an account names.
const NAMED: usize = 3;

fn account(
    cause: Cause,
    weighed: &[Weighed<'_>],
    alone: &[Heard],
    with: &HashMap<String, Vec<Heard>>,
) -> Account {
    let own = || weighed.iter().filter(|one| one.told.cause == cause);
    let networks: BTreeSet<[u8; 32]> = own().filter_map(|one| one.told.network).collect();
    let days: BTreeSet<i64> = own().map(|one| one.day).collect();
    let heard = alone.get(cause.index()).copied().unwrap_or_default();
    let shift = |heard: &Vec<Heard>| heard.get(cause.index()).map_or(0.0, |heard| heard.shift(PRIOR));
    let mut most: Vec<(String, f64)> = with.iter().map(|(id, heard)| (id.clone(), shift(heard))).collect();
    most.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()).then_with(|| one.0.cmp(&other.0)));
    most.retain(|(_, shift)| shift.abs() >= WORTH_A_WORD);
    most.truncate(NAMED);
    Account {
        heard,
        networks: networks.len(),
        days: days.len(),
        shift: heard.shift(PRIOR_ALONE),
        most,
        is_off: false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::learning::Chance;
    use super::super::{Input, Knowledge};
    use super::*;

    const FINDINGS: &str = r#"
[[finding]]
id = "message.late"
says = "It says that it is late."
points-to = [["token-expired", "strong"]]

[[finding.signature]]
part = "any"
matches = 'late'
hits = ['late']
misses = ['early']

[[finding]]
id = "message.clock"
says = "It speaks of a clock."
points-to = [["clock-skew", "weak"], ["token-expired", "weak"]]

[[finding.signature]]
part = "any"
matches = 'clock'
hits = ['clock']
misses = ['watch']
"#;

    fn diagnoser() -> Diagnoser {
        let findings = vec![("findings/test.toml".to_owned(), FINDINGS.to_owned())];
        Diagnoser::new(Knowledge { findings, ..Knowledge::default() }).expect("the findings are good")
    }

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn told(network: u8, days_ago: i64, cause: Cause, went: Went) -> Told {
        Told {
            cause,
            went,
            findings: vec!["message.late".to_owned(), "message.clock".to_owned()],
            network: Some([network; 32]),
            at: now() - jiff::SignedDuration::from_hours(24 * days_ago),
            trust: Trust::Approved,
        }
    }

    fn learn(diagnoser: &Diagnoser, told: &[Told]) -> Learnt {
        diagnoser.learn(told, BTreeSet::new(), now())
    }

    /// What each cause is moved by in a report with both findings.
    fn shifts(diagnoser: &Diagnoser, told: &[Told]) -> Vec<f64> {
        let seen = diagnoser.diagnose(&Input { text: "late clock", ..Input::default() }, now());
        learn(diagnoser, told).shifts(&seen.findings).iter().map(|(shift, _)| *shift).collect()
    }

    #[test]
    fn without_answers_the_ranking_is_the_same_to_the_last_digit() {
        let diagnoser = diagnoser();
        let input = Input { text: "late clock", ..Input::default() };
        let places = |diagnosis: super::super::Diagnosis| -> Vec<(Cause, f64)> {
            diagnosis.causes.iter().map(|ranked| (ranked.cause, ranked.probability)).collect()
        };
        let knowing = diagnoser.diagnose_knowing(&input, now(), &learn(&diagnoser, &[]));
        assert_eq!(places(diagnoser.diagnose(&input, now())), places(knowing));
    }

    #[test]
    fn what_readers_confirm_rises_and_what_did_not_help_falls_with_the_reason_in_words() {
        let diagnoser = diagnoser();
        let mut all: Vec<Told> =
            (0..14).map(|n| told(n, i64::from(n), Cause::ClockSkew, Went::Fixed)).collect();
        all.extend((20..23).map(|n| told(n, i64::from(n), Cause::ClockSkew, Went::NotFixed)));
        all.extend((30..36).map(|n| told(n, i64::from(n), Cause::TokenExpired, Went::NotFixed)));
        let input = Input { text: "late clock", ..Input::default() };
        let before = diagnoser.diagnose(&input, now());
        let after = diagnoser.diagnose_knowing(&input, now(), &learn(&diagnoser, &all));
        let of = |diagnosis: &super::super::Diagnosis, cause| {
            diagnosis
                .causes
                .iter()
                .find(|ranked| ranked.cause == cause)
                .expect("all causes are there")
                .clone()
        };
        assert!(of(&after, Cause::ClockSkew).probability > of(&before, Cause::ClockSkew).probability);
        assert!(of(&after, Cause::TokenExpired).probability < of(&before, Cause::TokenExpired).probability);
        let readers = of(&after, Cause::ClockSkew).readers.expect("readers said something");
        assert_eq!(readers.says(), "Readers with the same sign: it worked for 14, not for 3.");
        let readers = of(&after, Cause::TokenExpired).readers.expect("readers said something");
        assert_eq!(readers.says(), "Readers with the same sign: it did not work for 6.");
    }

    #[test]
    fn a_cause_that_is_switched_off_stays_where_it_was() {
        let diagnoser = diagnoser();
        let all: Vec<Told> = (0..14).map(|n| told(n, 1, Cause::ClockSkew, Went::Fixed)).collect();
        let learnt = diagnoser.learn(&all, [Cause::ClockSkew].into(), now());
        let seen = diagnoser.diagnose(&Input { text: "late clock", ..Input::default() }, now());
        let (shift, readers) = &learnt.shifts(&seen.findings)[Cause::ClockSkew.index()];
        assert_eq!((*shift, readers), (0.0, &None));
        assert!(learnt.account(Cause::ClockSkew).shift > 0.0, "moderators see what it would be");
        assert!(learnt.account(Cause::ClockSkew).is_off);
    }

    #[test]
    fn a_network_has_one_voice_a_day_for_a_cause_and_the_last_counts() {
        let diagnoser = diagnoser();
        let mut all = vec![told(1, 0, Cause::ClockSkew, Went::NotFixed); 9];
        let mut last = told(1, 0, Cause::ClockSkew, Went::Fixed);
        last.at += jiff::SignedDuration::from_hours(1);
        all.push(last.clone());
        assert_eq!(shifts(&diagnoser, &all), shifts(&diagnoser, &[last]));
    }

    #[test]
    fn an_old_answer_counts_less_than_a_new_one() {
        let diagnoser = diagnoser();
        let shift = |days| {
            shifts(&diagnoser, &[told(1, days, Cause::ClockSkew, Went::Fixed)])[Cause::ClockSkew.index()]
        };
        assert!(shift(0) > shift(180) && shift(180) > shift(720) && shift(720) > 0.0);
    }

    /// What anybody may have said before, by chance.
    fn history(chance: &mut Chance) -> Vec<Told> {
        let count = chance.below(120);
        (0..count).map(|_| any(chance, 1, 40, 60)).collect()
    }

    fn any(chance: &mut Chance, network: u8, networks: u64, days: u64) -> Told {
        let network = network + u8::try_from(chance.below(networks)).unwrap();
        let went = *chance.one_of(&[Went::Fixed, Went::Partly, Went::NotFixed]).unwrap();
        let cause = *chance.one_of(&[Cause::ClockSkew, Cause::TokenExpired, Cause::WrongAudience]).unwrap();
        told(network, i64::try_from(chance.below(days)).unwrap(), cause, went)
    }

    #[track_caller]
    fn check_bound(most: f64, lies: impl Fn(&mut Chance) -> Vec<Told>) {
        let diagnoser = diagnoser();
        for seed in 0..60 {
            let mut chance = Chance(seed);
            let before = history(&mut chance);
            let mut after = before.clone();
            after.extend(lies(&mut chance));
            let moved = shifts(&diagnoser, &before).into_iter().zip(shifts(&diagnoser, &after));
            let moved = moved.map(|(before, after)| (after - before).abs()).fold(0.0, f64::max);
            assert!(moved <= most, "history {seed}: moved by {moved}");
        }
    }

    #[test]
    fn no_single_network_moves_a_cause_by_more_than_the_set_amount() {
        check_bound(NETWORK_SHIFT_MOST, |chance| (0..300).map(|_| any(chance, 200, 1, 60)).collect());
        check_bound(NETWORK_SHIFT_MOST, |_| {
            (0..60).map(|day| told(200, day, Cause::ClockSkew, Went::Fixed)).collect()
        });
    }

    #[test]
    fn no_flood_within_a_day_moves_a_cause_by_more_than_the_set_amount() {
        check_bound(DAY_SHIFT_MOST, |chance| (0..300).map(|_| any(chance, 100, 150, 1)).collect());
        check_bound(DAY_SHIFT_MOST, |_| {
            (100..250).map(|network| told(network, 3, Cause::ClockSkew, Went::Fixed)).collect()
        });
    }
}
