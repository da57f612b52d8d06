//! What of the published guide stands where: docs/guide-coverage.md, held against the articles.

use std::collections::BTreeSet;

use fix401::library::{Article, Kind};

use crate::support::site;

const TABLE: &str = include_str!("../../docs/guide-coverage.md");

/// Every heading, bullet and example of the guide that the library grew from.
const POINTS: &[&str] = &[
    "intro.why",
    "what.definition",
    "what.plain-words",
    "what.versus-403",
    "causes",
    "causes.1.invalid-credentials",
    "causes.2.missing-token",
    "causes.3.expired-credentials",
    "causes.4.insufficient-permissions",
    "causes.5.method-errors",
    "identify",
    "identify.error-messages",
    "identify.server-logs",
    "identify.debugging-tools",
    "fixing",
    "fixing.1",
    "fixing.1.user-login",
    "fixing.1.api-authentication",
    "fixing.1.third-party-logins",
    "fixing.2",
    "fixing.2.token-expiry",
    "fixing.2.session-management",
    "fixing.2.revoked-tokens",
    "fixing.3",
    "fixing.3.access-rights",
    "fixing.3.access-rights.levels",
    "fixing.3.role-verification",
    "fixing.4",
    "fixing.4.header-formatting",
    "fixing.4.header-formatting.basic",
    "fixing.4.header-formatting.bearer",
    "fixing.4.all-necessary-headers",
    "fixing.5",
    "fixing.5.misconfigurations",
    "fixing.5.update-software",
    "fixing.5.error-logs",
    "fixing.5.firewall-rate-limiting",
    "fixing.6",
    "fixing.6.api-testing-tools",
    "fixing.6.api-testing-tools.curl",
    "fixing.6.api-testing-tools.postman",
    "fixing.6.api-testing-tools.insomnia",
    "fixing.6.browser-developer-tools",
    "fixing.6.logs-and-monitoring",
    "fixing.7",
    "fixing.7.what-to-provide",
    "fixing.summary",
    "avoiding",
    "avoiding.secure-methods",
    "avoiding.update-credentials",
    "avoiding.monitor-failures",
    "avoiding.monitor-failures.alerts",
    "examples",
    "examples.login",
    "examples.login.shop",
    "examples.rest-api",
    "examples.rest-api.mobile-app",
    "examples.protected",
    "examples.protected.premium-article",
    "examples.oauth",
    "examples.oauth.social-app",
    "examples.session-expiry",
    "examples.session-expiry.project-tool",
    "examples.misconfigured",
    "examples.misconfigured.new-application",
    "examples.summary",
    "conclusion",
    "invitation.question",
    "invitation.help-others",
];

/// The seven steps of the guide, in their order.
const STEPS: &[&str] = &[
    "verify-credentials",
    "refresh-or-obtain-a-new-token",
    "update-permission-settings",
    "correct-authentication-headers",
    "address-server-side-issues",
    "debug-and-test",
    "contact-support",
];

/// The six examples of the guide, in their order.
const EXAMPLES: &[&str] = &[
    "login-errors-in-a-web-application",
    "rest-api-token-authentication",
    "protected-resources",
    "oauth-failures",
    "session-expiry",
    "misconfigured-authentication",
];

/// A row: number, point, and the places that cover it.
struct Row {
    number: usize,
    point: String,
    /// Article and anchor.
    places: Vec<(String, String)>,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| line.starts_with("| ")).skip(2);
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells.len() >= 4, "a row with too few cells: {line}");
        let links = line.split("](../content/").skip(1).filter_map(|rest| rest.split(')').next());
        let place = |link: &str| {
            let (path, anchor) =
                link.split_once('#').unwrap_or_else(|| panic!("a link without a place: {line}"));
            (path.to_owned(), anchor.to_owned())
        };
        Row {
            number: cells[0].parse().unwrap_or_else(|_| panic!("a row without a number: {line}")),
            point: cells[1].trim_matches('`').to_owned(),
            places: links.map(place).collect(),
        }
    };
    lines.map(row).collect()
}

fn article_at(path: &str) -> Article {
    let site = site();
    let article = site.library.articles().iter().find(|article| article.path() == path);
    article.unwrap_or_else(|| panic!("there is no content/{path}")).clone()
}

#[test]
fn every_point_of_the_guide_is_covered_once() {
    let rows = rows();
    for (place, row) in rows.iter().enumerate() {
        assert_eq!(row.number, place + 1, "the rows are numbered in order");
        assert!(!row.places.is_empty(), "{} is covered nowhere", row.point);
    }
    let points: Vec<&str> = rows.iter().map(|row| row.point.as_str()).collect();
    assert_eq!(points, POINTS);
    assert_eq!(points.iter().collect::<BTreeSet<_>>().len(), points.len(), "a point stands twice");
}

#[test]
fn every_place_that_covers_a_point_is_there_and_says_something() {
    for row in rows() {
        for (path, anchor) in &row.places {
            let article = article_at(path);
            let section = article.sections.iter().find(|section| section.anchor == *anchor);
            let section = section.unwrap_or_else(|| panic!("{}: content/{path} has no #{anchor}", row.point));
            let below = article.sections.iter().skip_while(|other| other.anchor != *anchor).nth(1);
            let says = section.text.len() + below.map_or(0, |below| below.text.len());
            assert!(says > 60, "{}: content/{path}#{anchor} says next to nothing", row.point);
        }
    }
}

#[test]
fn each_of_the_seven_steps_has_its_article_which_says_when_it_is_yours_and_leads_to_the_next() {
    for (place, slug) in STEPS.iter().enumerate() {
        let article = article_at(&format!("fixes/{slug}.md"));
        assert!(article.title.starts_with(&format!("Step {}: ", place + 1)), "{}", article.title);
        assert!(article.sections.iter().any(|section| section.anchor == "is-this-your-step"), "{slug}");
        if let Some(next) = STEPS.get(place + 1) {
            assert!(
                article.html.as_str().contains(&format!("/articles/{next}")),
                "{slug} does not lead to {next}"
            );
        }
    }
    assert_eq!(site().library.of_kind(Kind::Fix).count(), STEPS.len());
}

#[test]
fn each_of_the_six_examples_has_its_article_with_an_exchange() {
    for slug in EXAMPLES {
        let article = article_at(&format!("examples/{slug}.md"));
        assert!(article.sections.iter().any(|section| section.anchor == "the-exchange"), "{slug}");
        assert!(article.html.as_str().contains("401"), "{slug}");
    }
    let covered: BTreeSet<String> =
        rows().into_iter().flat_map(|row| row.places).map(|(path, _)| path).collect();
    for path in STEPS.iter().map(|slug| format!("fixes/{slug}.md")) {
        assert!(covered.contains(&path), "no point of the guide leads to {path}");
    }
    for path in EXAMPLES.iter().map(|slug| format!("examples/{slug}.md")) {
        assert!(covered.contains(&path), "no point of the guide leads to {path}");
    }
}
