//! What a diagnosis says, put for people: the heading, the marked lines, the causes with their reasons, the link to share.

use std::collections::HashMap;

use super::comments::{self, Ask};
use super::diagnose::{PASTE_MAX, QuestionShown};
use super::discussion;
use super::findings;
use super::marked::{self, Marked};
use super::page;
use super::sent::Carried;
use crate::cause::Cause;
use crate::comments::Tally;
use crate::diagnosis::learnt::Readers;
use crate::diagnosis::other::NotThis;
use crate::diagnosis::settle::{Said, Settle};
use crate::diagnosis::view::{About, Excerpt, band};
use crate::diagnosis::{Diagnosis, Question, Ranked};
use crate::library::{Article, Library};
use crate::markdown::Html;

/// How many causes are shown in full.
const IN_FULL: usize = 3;
/// A cause below this is not shown in full, whatever its place.
const WORTH_SHOWING: f64 = 0.04;
/// How many of the others are listed.
const LISTED: usize = 8;

/// How many reasons of a cause stand in the open; the rest folds away.
const REASONS: usize = 4;

/// What readers said of each article.
pub type Tallies = HashMap<String, Tally>;

/// What a diagnosis says.
pub struct Verdict<'a> {
    /// Whether the first cause can be named as the answer.
    pub conclusive: bool,
    /// What the paste shows when it is no 401.
    pub other: Option<OtherShown<'a>>,
    /// The marked paste; nothing when nothing was pasted.
    pub marked: Option<Marked>,
    /// Whether only excerpts of it are shown.
    pub is_large: bool,
    pub causes: Vec<CauseShown<'a>>,
    /// What would settle it.
    pub settle: Option<SettleShown<'a>>,
    /// What else it may be, less likely.
    pub others: Vec<&'a Article>,
    /// The kinds of secrets that were masked, in words.
    pub masked: Vec<&'static str>,
    /// The address that rebuilds this from finding ids.
    pub permalink: Option<String>,
    pub next: Option<Next>,
}

/// What a paste shows in the place of a 401.
pub struct OtherShown<'a> {
    pub kind: NotThis,
    pub excerpt: Excerpt,
    pub article: Option<&'a Article>,
    /// Whether the causes of a 401 stay in sight: the paste speaks of a login, or leads to one of them anyway.
    pub may_be_one: bool,
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
    /// Its whole page, with what was found, so that the question there carries it.
    pub page: String,
    /// Where to say more about it than one click does; what was found goes along.
    pub say_so: String,
    /// What readers with the same findings said, where that moved it.
    pub readers: Option<String>,
    /// The question whether it was this; there is none while answers can't be stored.
    pub ask: Option<Ask>,
}

/// Why, or why not.
pub struct Reason {
    /// The number of its mark in the paste.
    pub number: Option<usize>,
    pub says: String,
    pub detail: Option<String>,
    /// The address of what it means and what else it points to.
    pub meaning: String,
    /// The reader's own line; nothing for an answer or a finding from a link.
    pub excerpt: Option<Excerpt>,
}

/// One observation that would settle it, with the articles that its outcomes lead to.
pub struct SettleShown<'a> {
    pub check: &'a Settle,
    pub outcomes: Vec<(&'a Said, Option<&'a Article>)>,
    /// What comes next in line, when the observation does not say what else it is.
    pub next: Option<&'a Article>,
}

impl<'a> Verdict<'a> {
    /// Puts a diagnosis of this text for people.
    /// `issued` signs the forms; nothing while the database is away.
    pub fn new(
        library: &'a Library,
        tallies: &Tallies,
        text: &str,
        diagnosis: &'a Diagnosis,
        issued: impl Fn(&str) -> Option<String>,
    ) -> Verdict<'a> {
        let was_pasted = !text.trim().is_empty();
        let is_large = text.len() > PASTE_MAX;
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
        let marked = was_pasted
            .then(|| marked::mark(text, &diagnosis.findings, matters, &diagnosis.secrets, is_large));
        let number =
            |index: usize| marked.as_ref().and_then(|marked| marked.numbers.get(index).copied().flatten());
        let found = diagnosis.finding_ids();
        let reason = |index: &usize| -> Option<Reason> {
            let finding = diagnosis.findings.get(*index)?;
            Some(Reason {
                number: number(*index),
                says: finding.meaning.says.clone(),
                detail: finding.detail.clone(),
                meaning: findings::address(&finding.meaning.id),
                excerpt: finding.span.map(|span| Excerpt::new(text, &diagnosis.secrets, span)),
            })
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
                check: article.part("how-to-be-sure"),
                fix: article.part("how-to-fix-it"),
                page: comments::asking(&article.slug, &found),
                say_so: comments::address(&article.slug, &found),
                readers: ranked.readers.as_ref().map(Readers::says),
                ask: issued(&article.slug).map(|issued| Ask::new(&article.slug, issued, &found)),
            })
        };
        let causes: Vec<CauseShown> = first.iter().filter_map(|ranked| shown(ranked)).collect();
        let rest = diagnosis.causes.iter().skip(causes.len()).take(LISTED);
        let others = rest.filter_map(|ranked| library.article(ranked.cause.id())).collect();
        let leads_to = causes.first().map(|first| first.article.slug.as_str());
        let other = diagnosis.other.map(|other| OtherShown {
            kind: other.kind,
            excerpt: Excerpt::new(text, &diagnosis.secrets, other.span),
            article: library.article(other.kind.article()),
            may_be_one: other.may_be_one || leads_to == Some(other.kind.article()),
        });
        Verdict {
            conclusive: diagnosis.conclusive,
            other,
            marked,
            is_large,
            causes,
            settle: diagnosis.settle.as_ref().map(|settle| SettleShown::new(settle, library)),
            others,
            masked: masked(diagnosis),
            permalink: permalink(&found),
            next: None,
        }
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

    /// The first cause, with what would settle it.
    pub fn first(&self) -> Option<&CauseShown<'a>> {
        self.causes.first()
    }

    /// The causes after the first that are shown in full.
    pub fn further(&self) -> &[CauseShown<'a>] {
        self.causes.get(1..).unwrap_or_default()
    }

    /// Whether the paste is another thing than a 401, so that the causes of one step back.
    pub fn is_other(&self) -> bool {
        self.other.as_ref().is_some_and(|other| !other.may_be_one)
    }

    /// Whether anything was found that says something about a cause of a 401.
    pub fn has_reasons(&self) -> bool {
        self.causes.iter().any(|cause| !cause.because.is_empty())
    }

    /// The answer in one line.
    pub fn heading(&self) -> String {
        match (&self.other, self.causes.first()) {
            (Some(other), _) if self.is_other() => other.kind.heading().to_owned(),
            (_, Some(first)) if self.conclusive => {
                format!("{}: {}", capital(first.band), first.article.title)
            }
            _ => "I can’t tell yet".to_owned(),
        }
    }

    /// The answer in one more sentence.
    pub fn lead(&self) -> String {
        if let Some(other) = self.other.as_ref().filter(|_| self.is_other()) {
            return other.kind.says().to_owned();
        }
        const REBUILT: &str = "This is rebuilt from what was found, without the paste.";
        let seen = match self.marked.as_ref().map(|marked| marked.numbers.iter().flatten().count()) {
            None => REBUILT.to_owned(),
            Some(0) => "Nothing in it gives the cause away by itself.".to_owned(),
            Some(1) => "One thing in what you sent says something about the cause.".to_owned(),
            Some(number) => format!("{} in what you sent say something about the cause.", things(number)),
        };
        match (self.conclusive, self.next.is_some()) {
            (true, _) => {
                let summary = self.first().map(|first| first.article.summary.as_str()).unwrap_or_default();
                if self.marked.is_some() { summary.to_owned() } else { format!("{summary} {REBUILT}") }
            }
            (false, true) => {
                format!("{seen} One answer would help most; below it are the causes that fit so far.")
            }
            (false, false) => format!("{seen} These are the causes that fit best so far."),
        }
    }
}

impl<'a> SettleShown<'a> {
    fn new(check: &'a Settle, library: &'a Library) -> SettleShown<'a> {
        let article = |cause: Cause| library.article(cause.id());
        let outcomes = check.outcomes.iter().map(|(says, cause)| (says, cause.and_then(article))).collect();
        SettleShown { check, outcomes, next: check.next.and_then(article) }
    }
}

/// The kinds of secrets that were masked, each once.
fn masked(diagnosis: &Diagnosis) -> Vec<&'static str> {
    let mut masked: Vec<&'static str> = diagnosis.secrets.iter().map(|secret| secret.kind.name()).collect();
    masked.sort_unstable();
    masked.dedup();
    masked
}

/// What a terminal is told of secrets.
pub fn masked_line(diagnosis: &Diagnosis) -> String {
    match masked(diagnosis) {
        masked if masked.is_empty() => String::new(),
        masked => {
            format!("Secrets were seen in what you sent: {}. They were not kept.\n", masked.join(", "))
        }
    }
}

/// What the library and its readers say of a cause; `origin` is what stands before its path.
pub fn about(library: &Library, tallies: &Tallies, origin: &str, cause: Cause) -> About {
    let article = library.cause(cause);
    About {
        title: article.title.clone(),
        url: format!("{origin}{}", article.url()),
        check: article.check(),
        fixed_for: u64::try_from(discussion::fixed(tallies, &article.slug)).unwrap_or(0),
    }
}

impl CauseShown<'_> {
    /// How likely, with a capital.
    pub fn likely(&self) -> String {
        capital(self.band)
    }

    /// The reasons for it that stand in the open, and those that fold away.
    pub fn reasons(&self) -> (&[Reason], &[Reason]) {
        self.because.split_at(self.because.len().min(REASONS))
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
