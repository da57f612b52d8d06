//! What code sees in a report: absence, two messages compared, decoding, time. One file for each thing looked at.
//!
//! A rule says what was seen. What it means for the causes stands beside it as named strengths.

mod absence;
mod authorization;
mod basic;
mod browser;
mod challenge;
mod cookies;
mod digest;
mod exchanges;
mod jwt;
mod keys;
mod negotiate;
mod signed;
mod sigv4;
mod token_kinds;

use std::sync::Arc;

use jiff::Timestamp;

use super::catalogue::Catalogue;
use super::finding::{Finding, Meaning, Weight};
use crate::cause::Cause;
use crate::report::{Report, Request, Span};

/// One thing that code looks for.
pub(super) struct Rule {
    /// `area.kebab-case`, stable for good.
    pub id: &'static str,
    /// One sentence on what was seen, never on the cause.
    pub says: &'static str,
    pub points_to: &'static [(Cause, Weight)],
    /// Looks at the report and adds what it saw.
    pub find: fn(&Report<'_>, &mut Findings),
}

/// Every list of rules, in the order in which they run. Rules over what others found come last.
const LISTS: &[&[Rule]] = &[
    absence::RULES,
    authorization::RULES,
    basic::RULES,
    browser::RULES,
    challenge::RULES,
    cookies::RULES,
    digest::RULES,
    exchanges::RULES,
    jwt::RULES,
    keys::RULES,
    negotiate::RULES,
    signed::RULES,
    sigv4::RULES,
    token_kinds::RULES,
];

/// Every rule.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    LISTS.iter().flat_map(|list| list.iter())
}

/// Runs every rule.
pub(super) fn run(report: &Report<'_>, catalogue: &Catalogue, findings: &mut Findings) {
    for rule in all() {
        findings.running = catalogue.meaning(rule.id).cloned();
        (rule.find)(report, findings);
    }
    findings.running = None;
}

/// What was found so far.
pub(super) struct Findings {
    now: Timestamp,
    list: Vec<Finding>,
    /// The meaning of the rule that is running.
    running: Option<Arc<Meaning>>,
}

impl Findings {
    /// Nothing found yet; `now` is the time of reading.
    pub fn new(now: Timestamp) -> Findings {
        Findings { now, list: Vec::new(), running: None }
    }

    /// The time of reading.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Adds what the running rule saw. Seen again, it stays where it was seen first.
    pub fn add(&mut self, span: Option<Span>) {
        self.add_with(span, None);
    }

    /// Adds what the running rule saw, with a detail in words that holds no secret.
    pub fn add_with(&mut self, span: Option<Span>, detail: Option<String>) {
        if let Some(meaning) = self.running.clone() {
            self.add_meaning(&meaning, span, detail);
        }
    }

    /// Adds a finding by its meaning.
    pub fn add_meaning(&mut self, meaning: &Arc<Meaning>, span: Option<Span>, detail: Option<String>) {
        match self.list.iter_mut().find(|finding| finding.meaning.id == meaning.id) {
            // What was given in words is shown where it is seen.
            Some(known) if known.span.is_none() => {
                known.span = span;
                known.detail = detail;
            }
            Some(_) => {}
            None => self.list.push(Finding { meaning: Arc::clone(meaning), span, detail }),
        }
    }

    /// The findings in the order of the paste; those without a place come last.
    pub fn into_list(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| finding.span.map_or(usize::MAX, |span| span.start));
        self.list
    }
}

/// Every request of the report.
fn requests<'r, 't>(report: &'r Report<'t>) -> impl Iterator<Item = &'r Request<'t>> {
    report.exchanges.iter().filter_map(|exchange| exchange.request.as_ref())
}

/// The host that a request goes to, without its port: from its target or its fields.
fn host<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let target =
        request.target.as_ref().map(|target| target.text.as_ref()).filter(|target| target.contains("://"));
    let named = || ["Host", ":authority"].iter().find_map(|name| request.headers.first(name));
    let address = target.or_else(|| named().map(|header| header.value.text.as_ref()))?;
    Some(jwt::host_name(address)).filter(|host| !host.is_empty())
}

/// Whether a host is this one or lies under it.
fn under(host: &str, site: &str) -> bool {
    let rest = host.len().checked_sub(site.len()).and_then(|at| host.split_at_checked(at));
    rest.is_some_and(|(before, end)| {
        end.eq_ignore_ascii_case(site) && (before.is_empty() || before.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::catalogue::Catalogue;

    /// Twelve o'clock on the day on which all these pastes are read.
    pub(super) fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn found(rules: &[Rule], text: &str) -> Vec<Finding> {
        let (catalogue, _) = Catalogue::read(&[], &mut Vec::new());
        let report = Report::read(text);
        let mut findings = Findings::new(now());
        for rule in rules {
            findings.running = catalogue.meaning(rule.id).cloned();
            assert!(findings.running.is_some(), "{} is in no list of rules/mod.rs", rule.id);
            (rule.find)(&report, &mut findings);
        }
        findings.into_list()
    }

    /// The ids that these rules find.
    pub(super) fn ids(rules: &[Rule], text: &str) -> Vec<String> {
        found(rules, text).into_iter().map(|finding| finding.meaning.id.clone()).collect()
    }

    /// The details of what these rules find.
    pub(super) fn details(rules: &[Rule], text: &str) -> Vec<String> {
        found(rules, text).into_iter().filter_map(|finding| finding.detail).collect()
    }

    /// Carets under a line say what these rules find there; nothing else may be found.
    #[track_caller]
    pub(super) fn check(rules: &[Rule], marked: &str) {
        let mut text = String::new();
        let mut line_start = 0;
        let mut expected = Vec::new();
        for line in marked.trim_start_matches('\n').split_inclusive('\n') {
            let rest = line.trim_start_matches(' ');
            if rest.starts_with('^') {
                let indent = line.len() - rest.len();
                let carets = rest.bytes().take_while(|byte| *byte == b'^').count();
                let start = line_start + indent;
                expected.push((start, start + carets, rest.trim_start_matches('^').trim().to_owned()));
            } else {
                line_start = text.len();
                text.push_str(line);
            }
        }
        let mut seen: Vec<(usize, usize, String)> = found(rules, &text)
            .into_iter()
            .map(|finding| {
                let span = finding.span.unwrap_or_default();
                (span.start, span.end, finding.meaning.id.clone())
            })
            .collect();
        seen.sort();
        expected.sort();
        assert_eq!(seen, expected, "in\n{text}");
    }

    #[test]
    fn every_rule_has_an_id_of_its_own_and_one_sentence() {
        let mut ids: Vec<&str> = all().map(|rule| rule.id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for rule in all() {
            assert!(rule.says.ends_with('.') && rule.says.starts_with(char::is_uppercase), "{}", rule.id);
            assert!(!rule.points_to.is_empty(), "{}", rule.id);
        }
    }
}
