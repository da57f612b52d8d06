//! What a diagnosis says, put for people: the heading, the marked lines, the causes with their reasons, the link to share.

use std::collections::HashMap;

use super::comments;
use super::diagnose::QuestionShown;
use super::discussion;
use super::marked::{self, Marked};
use super::page;
use super::sent::Carried;
use crate::comments::Tally;
use crate::diagnosis::view::band;
use crate::diagnosis::{Diagnosis, Question, Ranked};
use crate::library::{Article, Library};
use crate::markdown::Html;

/// How many causes are shown in full.
const IN_FULL: usize = 3;
/// A cause below this is not shown in full, whatever its place.
const WORTH_SHOWING: f64 = 0.04;
/// How many of the others are listed.
const LISTED: usize = 8;

/// What a diagnosis says.
pub struct Verdict<'a> {
    /// Whether the first cause can be named as the answer.
    pub conclusive: bool,
    /// The marked paste; nothing when nothing was pasted.
    pub marked: Option<Marked>,
    pub causes: Vec<CauseShown<'a>>,
    /// What else it may be, less likely.
    pub others: Vec<&'a Article>,
    /// The kinds of secrets that were masked, in words.
    pub masked: Vec<&'static str>,
    /// The address that rebuilds this from finding ids.
    pub permalink: Option<String>,
    pub next: Option<Next>,
}

/// The next question, with all that the form must send along.
pub struct Next {
    pub question: QuestionShown,
    pub text: String,
    pub carried: Vec<Carried>,
}

/// A cause with its reasons.
pub struct CauseShown<'a> {
    pub article: &'a Article,
    /// How likely, in words.
    pub band: &'static str,
    pub percent: u32,
    /// How many readers its article helped.
    pub fixed: usize,
    pub because: Vec<Reason>,
    pub against: Vec<Reason>,
    pub check: Option<Html>,
    pub fix: Option<Html>,
    /// Where to say whether it was this; what was found goes along.
    pub say_so: String,
}

/// Why, or why not.
pub struct Reason {
    /// The number of its mark in the paste.
    pub number: Option<usize>,
    pub says: String,
    pub detail: Option<String>,
}

impl<'a> Verdict<'a> {
    /// Puts a diagnosis of this text for people.
    pub fn new(
        library: &'a Library,
        tallies: &HashMap<String, Tally>,
        text: &str,
        diagnosis: &Diagnosis,
    ) -> Verdict<'a> {
        let was_pasted = !text.trim().is_empty();
        let is_worth =
            |(place, ranked): &(usize, &Ranked)| *place == 0 || ranked.probability >= WORTH_SHOWING;
        let first: Vec<&Ranked> = diagnosis
            .causes
            .iter()
            .enumerate()
            .take(IN_FULL)
            .filter(is_worth)
            .map(|(_, ranked)| ranked)
            .collect();
        // Only what says something about a cause on the page is marked; the rest would be noise.
        let matters = |index: usize| {
            first.iter().any(|one| one.because.contains(&index) || one.against.contains(&index))
        };
        let marked = was_pasted.then(|| marked::mark(text, &diagnosis.findings, matters, &diagnosis.secrets));
        let number =
            |index: usize| marked.as_ref().and_then(|marked| marked.numbers.get(index).copied().flatten());
        let found = diagnosis.finding_ids();
        let reason = |index: &usize| -> Option<Reason> {
            let finding = diagnosis.findings.get(*index)?;
            let says = finding.meaning.says.clone();
            Some(Reason { number: number(*index), says, detail: finding.detail.clone() })
        };
        let shown = |ranked: &Ranked| -> Option<CauseShown<'a>> {
            let article = library.article(ranked.cause.id())?;
            Some(CauseShown {
                article,
                fixed: discussion::fixed(tallies, &article.slug),
                // Nothing is called unlikely as long as nothing else is likely.
                band: if diagnosis.conclusive {
                    band(ranked.probability)
                } else {
                    band(ranked.probability.max(0.15))
                },
                percent: (ranked.probability * 100.0).round() as u32,
                because: ranked.because.iter().filter_map(reason).collect(),
                against: ranked.against.iter().filter_map(reason).collect(),
                check: article.html.section("how-to-be-sure"),
                fix: article.html.section("how-to-fix-it"),
                say_so: comments::address(&article.slug, &found),
            })
        };
        let causes: Vec<CauseShown> = first.iter().filter_map(|ranked| shown(ranked)).collect();
        let rest = diagnosis.causes.iter().skip(causes.len()).take(LISTED);
        let others = rest.filter_map(|ranked| library.article(ranked.cause.id())).collect();
        let mut masked: Vec<&'static str> =
            diagnosis.secrets.iter().map(|secret| secret.kind.name()).collect();
        masked.sort_unstable();
        masked.dedup();
        let permalink = permalink(&found);
        Verdict { conclusive: diagnosis.conclusive, marked, causes, others, masked, permalink, next: None }
    }

    /// Adds the next question, with what its form must send along.
    pub fn asking(self, text: &str, question: Option<&Question>, carried: Vec<Carried>) -> Verdict<'a> {
        let next = question.map(|question| Next {
            question: QuestionShown::of(question, &[]),
            text: text.to_owned(),
            carried,
        });
        Verdict { next, ..self }
    }

    /// The answer in one line.
    pub fn heading(&self) -> String {
        match self.causes.first() {
            Some(first) if self.conclusive => format!("{}: {}", capital(first.band), first.article.title),
            _ => "I can’t tell yet".to_owned(),
        }
    }

    /// The answer in one more sentence.
    pub fn lead(&self) -> String {
        let seen = match self.marked.as_ref().map(|marked| marked.numbers.iter().flatten().count()) {
            None => "This is rebuilt from what was found, without the paste.".to_owned(),
            Some(0) => "Nothing in it gives the cause away by itself.".to_owned(),
            Some(1) => "One thing in what you pasted says something about the cause.".to_owned(),
            Some(number) => format!("{} in what you pasted say something about the cause.", things(number)),
        };
        match (self.conclusive, self.next.is_some()) {
            (true, _) => seen,
            (false, true) => {
                format!("{seen} One answer would help most; below it are the causes that fit so far.")
            }
            (false, false) => format!("{seen} These are the causes that fit best so far."),
        }
    }
}

impl CauseShown<'_> {
    /// How likely, with a capital.
    pub fn likely(&self) -> String {
        capital(self.band)
    }

    /// The address of how to be sure.
    pub fn check_url(&self) -> String {
        format!("{}#how-to-be-sure", self.article.url())
    }
}

fn things(number: usize) -> String {
    const WORDS: [&str; 8] = ["Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    match number.checked_sub(2).and_then(|place| WORDS.get(place)) {
        Some(word) => format!("{word} things"),
        None => page::count(number, "thing", "things"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The address, relative to this site, that rebuilds a diagnosis from finding ids.
pub fn permalink(ids: &[&str]) -> Option<String> {
    if ids.is_empty() {
        return None;
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for id in ids {
        query.append_pair("f", id);
    }
    Some(format!("/diagnose?{}", query.finish()))
}
