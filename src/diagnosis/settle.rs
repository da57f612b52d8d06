//! What would settle it: one observation that tells the first cause from the runner-up, written for the case at hand. The
//! observations are content (`checks.toml`); here they are read, chosen and filled in. Knows no page and no article.

pub mod facts;
mod shell;

use std::fmt;

use serde::Deserialize;
use toml::Spanned;

use super::catalogue::line_of;
use super::rank::Ranked;
use crate::cause::Cause;
use crate::problem::Problem;
use facts::{Facts, Need};

/// What a reader fills in, and what it stands for. Nothing else may stand behind a `$` in a command.
const VARIABLES: &[(&str, &str)] = &[
    ("AUTHORIZATION", "the whole value of the Authorization header"),
    ("BASIC", "the text after Basic in the Authorization header"),
    ("CLIENT_ID", "the client's id"),
    ("CLIENT_SECRET", "the client's secret"),
    ("COOKIE", "the Cookie header's value, from the network panel"),
    ("DIRECT_URL", "the same path at the application itself, past every proxy"),
    ("FILE", "the file that the value is read from"),
    ("HEADER_LINE", "name and value as the documentation has them, such as X-Api-Key: …"),
    ("ISSUER", "the address of the identity provider"),
    ("KEY", "the key or secret as the program has it"),
    ("KEY_ID", "the id of the key"),
    ("NAME", "the user name"),
    ("NO_SUCH_URL", "an address on the same server that surely does not exist"),
    ("ORIGIN", "scheme and host of the page, such as https://app.example.com"),
    ("OTHER_URL", "the same path in the other environment"),
    ("OWN_ORIGIN", "the origin that the server takes for its own"),
    ("PLAIN_URL", "an address of the same service that needs no right, such as your own account"),
    ("PRINCIPAL", "your Kerberos name, such as ada@EXAMPLE.COM"),
    ("REFRESH_TOKEN", "the refresh token"),
    ("REGION", "the region that the request is signed for"),
    ("REMOTE_URL", "the address that `git remote -v` shows"),
    ("SECRET", "the part of the address that is secret"),
    ("SERVICE", "the service that the request is signed for"),
    ("STRING_TO_SIGN", "the text that is signed"),
    ("TOKEN", "the token itself, without a word before it"),
    ("TOKEN_URL", "the token endpoint"),
    ("URL", "the address that answers 401"),
];

/// What may stand in a command as `{name}`.
const PLACEHOLDERS: &[&str] =
    &["url", "start", "redirect", "site", "method", "credential", "origin", "asked-method", "metadata"];

/// Below this a first cause that nothing speaks for but the wording is not looked into.
const WORTH_SETTLING: f64 = 0.15;

/// A text with words in it that stand as code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(pub Vec<Words>);

/// Words of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    pub is_code: bool,
}

/// As plain text.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|words| f.write_str(&words.text))
    }
}

/// One observation, written for the case at hand.
#[derive(Clone, Debug)]
pub struct Settle {
    /// What to look at, or what the command does.
    pub look: Said,
    /// A command for a POSIX shell. It holds no secret.
    pub run: Option<String>,
    /// What the reader has to fill in: names of variables, and what they stand for.
    pub variables: Vec<(&'static str, &'static str)>,
    /// The method, when the command sends again what may change something.
    pub sends_again: Option<String>,
    /// What each outcome means, and the cause it leads to, if it leads to one.
    pub outcomes: [(Said, Option<Cause>); 2],
    /// What comes next in line when it is not the first cause and the observation does not say what else.
    pub next: Option<Cause>,
}

/// All observations.
#[derive(Debug, Default)]
pub(super) struct Checks(Vec<Check>);

#[derive(Debug)]
struct Check {
    cause: Cause,
    against: Vec<Cause>,
    needs: Vec<Need>,
    look: String,
    run: Option<String>,
    yes: String,
    no: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    check: Vec<Spanned<RawCheck>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    cause: String,
    #[serde(default)]
    against: Vec<String>,
    #[serde(default)]
    needs: Vec<Need>,
    look: String,
    #[serde(default)]
    run: Option<String>,
    yes: String,
    no: String,
}

impl Checks {
    /// Reads `checks.toml`. Without the file there are none.
    pub fn read(path: &str, text: &str, problems: &mut Vec<Problem>) -> Checks {
        let raw = match toml::from_str::<RawFile>(text) {
            Ok(raw) => raw,
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(text, span.start));
                let what = format!("{}; write it as the entries around it are written", error.message());
                problems.push(Problem::new(path, line, what));
                return Checks::default();
            }
        };
        let mut checks: Vec<Check> = Vec::new();
        for entry in raw.check {
            let line = line_of(text, entry.span().start);
            let mut problem = |what: String| problems.push(Problem::new(path, line, what));
            let Some(check) = Check::read(entry.into_inner(), &mut problem) else { continue };
            if let Some(earlier) = checks.iter().find(|earlier| earlier.hides(&check)) {
                problem(format!(
                    "this is never taken, since an entry for `{}` above it always is",
                    earlier.cause
                ));
            }
            checks.push(check);
        }
        let has = |cause: Cause| {
            checks
                .iter()
                .any(|check| check.cause == cause && check.against.is_empty() && check.needs.is_empty())
        };
        for cause in Cause::ALL.iter().filter(|cause| !text.trim().is_empty() && !has(**cause)) {
            let what = format!("`{cause}` has no check without `needs` and `against`; write one");
            problems.push(Problem::new(path, 1, what));
        }
        Checks(checks)
    }

    /// The observation for a ranking: between the first two, or for the first alone when it is conclusive.
    pub fn choose(&self, ranked: &[Ranked], conclusive: bool, facts: &Facts) -> Option<Settle> {
        let first = ranked.first()?;
        // Of causes that only come first because one has to, none is worth a look of its own.
        if first.because.is_empty() && first.probability < WORTH_SETTLING {
            return None;
        }
        let first = first.cause;
        let second = ranked.get(1).map(|ranked| ranked.cause).filter(|_| !conclusive);
        let can = |check: &&Check| check.needs.iter().all(|need| facts.has(*need));
        let pair = second
            .and_then(|second| self.0.iter().filter(can).find(|check| check.tells_apart(first, second)));
        let check = pair.or_else(|| {
            self.0.iter().filter(can).find(|check| check.cause == first && check.against.is_empty())
        })?;
        let other = if check.cause == first { second } else { Some(first) };
        Some(check.fill(facts, other.filter(|_| pair.is_some()), second.filter(|_| pair.is_none())))
    }
}

impl Check {
    fn read(raw: RawCheck, problem: &mut impl FnMut(String)) -> Option<Check> {
        let mut cause = |id: &str| {
            let cause = id.parse::<Cause>();
            if cause.is_err() {
                problem(format!("`{id}` is no cause; take an id from the list of causes"));
            }
            cause.ok()
        };
        let of = cause(&raw.cause);
        let against: Vec<Cause> = raw.against.iter().filter_map(|id| cause(id)).collect();
        for text in [&raw.look, &raw.yes, &raw.no] {
            if !text.starts_with(char::is_uppercase) || !text.ends_with('.') {
                problem(format!("{text:?} is no sentence; begin with a capital and end with a full stop"));
            }
            for name in braced(text) {
                match sentence_word(name, &Facts::default()) {
                    Some(Filled::Value(_)) | None => {
                        problem(format!(
                            "`{{{name}}}` stands for nothing in a sentence; see the list on top"
                        ));
                    }
                    Some(Filled::Missing(need)) if !raw.needs.contains(&need) => {
                        problem(format!("`{{{name}}}` is not always known; add it to `needs`"));
                    }
                    Some(_) => {}
                }
            }
        }
        for text in [&raw.yes, &raw.no] {
            if !text.starts_with("If ") {
                problem(format!("{text:?} names no outcome; begin with `If`"));
            }
        }
        if let Some(run) = &raw.run {
            for name in placeholders(run).filter(|name| !PLACEHOLDERS.contains(name)) {
                problem(format!("`{{{name}}}` is no placeholder of a command; see the list on top"));
            }
            for name in variables(run).filter(|name| !VARIABLES.iter().any(|(known, _)| known == name)) {
                problem(format!("`${name}` is no variable that is explained; see src/diagnosis/settle.rs"));
            }
        }
        let run = raw.run.map(|run| run.trim().to_owned());
        Some(Check { cause: of?, against, needs: raw.needs, look: raw.look, run, yes: raw.yes, no: raw.no })
    }

    /// Whether a later entry can't be taken wherever this one can.
    fn hides(&self, later: &Check) -> bool {
        let is_for_the_same = match (self.against.is_empty(), later.against.is_empty()) {
            (true, true) => self.cause == later.cause,
            (false, false) => later.against.iter().any(|other| self.tells_apart(later.cause, *other)),
            _ => false,
        };
        is_for_the_same && self.needs.iter().all(|need| later.needs.contains(need))
    }

    fn tells_apart(&self, one: Cause, other: Cause) -> bool {
        (self.cause == one && self.against.contains(&other))
            || (self.cause == other && self.against.contains(&one))
    }

    /// Writes it for a case. `other` is the cause that the second outcome leads to.
    fn fill(&self, facts: &Facts, other: Option<Cause>, next: Option<Cause>) -> Settle {
        let run = self.run.as_ref().map(|run| fill_command(run, facts));
        let names: Vec<&str> = run.as_deref().map(|run| variables(run).collect()).unwrap_or_default();
        let repeats = self.run.as_ref().is_some_and(|run| placeholders(run).any(|name| name == "method"));
        Settle {
            look: fill_sentence(&self.look, facts),
            variables: VARIABLES.iter().filter(|(name, _)| names.contains(name)).copied().collect(),
            sends_again: facts.changing_method().filter(|_| repeats).map(str::to_owned),
            run,
            outcomes: [
                (fill_sentence(&self.yes, facts), Some(self.cause)),
                (fill_sentence(&self.no, facts), other),
            ],
            next,
        }
    }
}

/// A placeholder of a sentence, looked up.
enum Filled {
    /// From the report.
    Value(String),
    /// What is said in its place.
    Default(&'static str),
    /// The report does not have it, and nothing can be said in its place.
    Missing(Need),
}

fn sentence_word(name: &str, facts: &Facts) -> Option<Filled> {
    let or = |value: &Option<String>, default: &'static str| {
        value.clone().map_or(Filled::Default(default), Filled::Value)
    };
    let or_missing =
        |value: &Option<String>, need: Need| value.clone().map_or(Filled::Missing(need), Filled::Value);
    Some(match name {
        "host" => or(&facts.host, "the server"),
        "address" => or(&facts.address, "the address that answers 401"),
        "header" => or(&facts.header, "Authorization"),
        "redirect" => or_missing(&facts.redirect, Need::Redirect),
        "asked" => or_missing(&facts.asked, Need::Asked),
        "scheme" => or_missing(&facts.scheme, Need::Scheme),
        "aud" => or_missing(&facts.aud, Need::Aud),
        "iss" => or_missing(&facts.iss, Need::Iss),
        "exp" => or_missing(&facts.exp, Need::Exp),
        _ => return None,
    })
}

/// Fills in a sentence. Backticks mark code; a value from the report is code by itself, whatever stands in it.
fn fill_sentence(text: &str, facts: &Facts) -> Said {
    let mut said: Vec<Words> = Vec::new();
    let mut add = |text: &str, is_code: bool| match said.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.is_code == is_code => last.text.push_str(text),
        _ => said.push(Words { text: text.to_owned(), is_code }),
    };
    for (index, piece) in text.split('`').enumerate() {
        let is_code = index % 2 == 1;
        let mut rest = piece;
        while let Some((before, after)) = rest.split_once('{') {
            let filled =
                after.split_once('}').and_then(|(name, after)| Some((sentence_word(name, facts)?, after)));
            match filled {
                Some((Filled::Value(value), after)) => {
                    add(before, is_code);
                    add(&value, true);
                    rest = after;
                }
                Some((Filled::Default(value), after)) => {
                    add(before, is_code);
                    add(value, is_code);
                    rest = after;
                }
                _ => {
                    add(before, is_code);
                    add("{", is_code);
                    rest = after;
                }
            }
        }
        add(rest, is_code);
    }
    Said(said)
}

/// Puts the words of a case in the place of the placeholders. One that stands for nothing takes its space along.
fn fill_command(run: &str, facts: &Facts) -> String {
    let mut out = String::with_capacity(run.len());
    let mut rest = run;
    while let Some((name, start)) = placeholder_places(rest).next() {
        let end = start + name.len() + 2;
        out.push_str(rest.get(..start).unwrap_or_default());
        let words = facts.words(name).unwrap_or_default();
        rest = rest.get(end..).unwrap_or_default();
        if words.is_empty() {
            rest = rest.strip_prefix(' ').unwrap_or(rest);
        }
        out.push_str(&words);
    }
    out.push_str(rest);
    out
}

/// The placeholders of a command with their places: `{name}`, a word by itself.
fn placeholder_places(run: &str) -> impl Iterator<Item = (&str, usize)> {
    run.match_indices('{').filter_map(|(start, _)| {
        let is_open = run.get(..start)?.chars().next_back().is_none_or(char::is_whitespace);
        let (name, after) = run.get(start + 1..)?.split_once('}')?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        let is_closed = after.chars().next().is_none_or(|next| next.is_whitespace() || next == ';');
        (is_open && is_name && is_closed).then_some((name, start))
    })
}

fn placeholders(run: &str) -> impl Iterator<Item = &str> {
    placeholder_places(run).map(|(name, _)| name)
}

/// The names in braces of a sentence.
fn braced(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// The variables of a command: `$NAME`, `${#NAME}`.
fn variables(run: &str) -> impl Iterator<Item = &str> {
    run.split('$').skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches(['{', '#']);
        let end = rest.find(|letter: char| !(letter.is_ascii_uppercase() || letter == '_'));
        rest.get(..end.unwrap_or(rest.len())).filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests;
