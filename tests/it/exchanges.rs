//! The exchanges in the causes' articles, run through the diagnosis with all that it knows: each failing one leads to its
//! cause, and each fixed one no longer shows what led there.

use std::collections::BTreeSet;

use fix401::cause::Cause;
use fix401::diagnosis::{Diagnosis, Input, Weight};
use fix401::library::Article;
use jiff::Timestamp;

use crate::support::site;

/// Fixed exchanges that still show a strong finding for their cause, with the reason. The list may only shrink.
const STILL_SHOWN: &[(&str, &str)] = &[];

fn diagnose(text: &str) -> Diagnosis {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().expect("a time");
    site().diagnoser.diagnose(&Input { text, ..Input::default() }, now)
}

fn exchange(article: &Article, failing: bool) -> String {
    let mut fences = article.exchanges.iter().filter(|fence| fence.failing == failing);
    let text = fences.next().map(|fence| fence.text.clone());
    assert!(fences.next().is_none(), "{} has one exchange of each kind", article.path());
    text.unwrap_or_else(|| panic!("{} lacks an exchange", article.path()))
}

/// What a diagnosis saw that points to a cause strongly.
fn telling(diagnosis: &Diagnosis, cause: Cause) -> BTreeSet<String> {
    let findings = diagnosis.findings.iter();
    let strong = findings
        .filter(|finding| matches!(finding.meaning.weight(cause), Some(Weight::Decisive | Weight::Strong)));
    strong.map(|finding| finding.meaning.id.clone()).collect()
}

#[test]
fn each_failing_exchange_ranks_its_own_cause_first() {
    let mut wrong = Vec::new();
    for cause in Cause::ALL {
        let diagnosis = diagnose(&exchange(site().library.cause(*cause), true));
        let first = &diagnosis.causes[0];
        if first.cause != *cause {
            let rank = diagnosis.causes.iter().position(|ranked| ranked.cause == *cause);
            wrong.push(format!(
                "{cause} comes after {} at {:.2} (place {:?}); seen: {:?}",
                first.cause,
                first.probability,
                rank.map(|rank| rank + 1),
                diagnosis.finding_ids()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_failing_exchange_shows_something_that_points_to_its_cause() {
    for cause in Cause::ALL {
        let diagnosis = diagnose(&exchange(site().library.cause(*cause), true));
        assert!(!telling(&diagnosis, *cause).is_empty(), "{cause}: {:?}", diagnosis.finding_ids());
    }
}

#[test]
fn no_fixed_exchange_shows_what_led_to_its_cause() {
    let mut shown = Vec::new();
    for cause in Cause::ALL {
        let article = site().library.cause(*cause).clone();
        let failing = telling(&diagnose(&exchange(&article, true)), *cause);
        let fixed = telling(&diagnose(&exchange(&article, false)), *cause);
        let both: Vec<&String> = failing.intersection(&fixed).collect();
        let is_excepted = STILL_SHOWN.iter().any(|(id, _)| *id == cause.id());
        if both.is_empty() == is_excepted {
            let what = if is_excepted { "is fixed: take it off the list" } else { "still shows" };
            shown.push(format!("{cause} {what} {both:?}"));
        }
    }
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn a_fixed_exchange_ends_in_success() {
    let mut others = Vec::new();
    for cause in Cause::ALL {
        let text = exchange(site().library.cause(*cause), false);
        let statuses: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("< HTTP/"))
            .filter_map(|line| line.split(' ').nth(1))
            .collect();
        if statuses.last().is_none_or(|status| *status == "401" || *status == "407") {
            others.push(format!("{cause}: {statuses:?}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}
