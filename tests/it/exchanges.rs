//! The exchanges in the causes' articles, run through the diagnosis with all that it knows: each failing one leads to its
//! cause, and each fixed one no longer shows what led there.

use std::collections::BTreeSet;

use fix401::cause::Cause;
use fix401::diagnosis::{Diagnosis, Input, Weight};
use fix401::library::Article;
use jiff::Timestamp;

use crate::support::site;

/// Findings that a fixed exchange shares with the failing one because they name what is in use and not what is wrong with
/// it: each is strong evidence for where to look, and the server, product or method is the same after the cure. The list
/// may only shrink.
const IN_USE: &[(&str, &str)] = &[
    ("credential-wrong-place", "place.custom-header"),
    ("header-stripped-by-proxy", "product.apache"),
    ("header-stripped-by-proxy", "product.cgi"),
    ("header-stripped-by-proxy", "proxy.cgi-or-fpm"),
    ("wrong-environment", "situation.place-named"),
    ("cors-preflight", "cors.named"),
    ("cors-preflight", "situation.options-only"),
    ("refresh-failed", "circumstance.refresh-named"),
    ("wrong-issuer", "product.keycloak"),
    ("origin-or-csrf-check", "message.csrf"),
    ("digest-mismatch", "digest.named"),
    ("digest-mismatch", "digest.parameters"),
    ("negotiate-failure", "negotiate.named"),
    ("request-signature-mismatch", "signature.request-signed"),
    ("auth-middleware-misconfigured", "product.aspnet"),
];

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
    let mut shown = BTreeSet::new();
    for cause in Cause::ALL {
        let article = site().library.cause(*cause).clone();
        let failing = telling(&diagnose(&exchange(&article, true)), *cause);
        let fixed = telling(&diagnose(&exchange(&article, false)), *cause);
        shown.extend(failing.intersection(&fixed).map(|finding| (cause.id(), finding.clone())));
    }
    let expected: BTreeSet<_> =
        IN_USE.iter().map(|(cause, finding)| (*cause, (*finding).to_owned())).collect();
    assert_eq!(shown, expected);
}

#[test]
fn no_fixed_exchange_shows_anything_that_proves_its_cause() {
    for cause in Cause::ALL {
        let diagnosis = diagnose(&exchange(site().library.cause(*cause), false));
        let mut findings = diagnosis.findings.iter();
        let proof = findings.find(|finding| {
            let is_in_use = IN_USE.contains(&(cause.id(), finding.meaning.id.as_str()));
            finding.meaning.weight(*cause) == Some(Weight::Decisive) && !is_in_use
        });
        assert!(proof.is_none(), "{cause}: {:?}", proof.map(|finding| &finding.meaning.id));
    }
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
