//! The table of what the guide says and where the library says it: nothing left out, no dead link.

use std::collections::BTreeSet;
use std::path::Path;

use fix401::library::{self, Kind, Library};

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

/// A row of the table: the point, and the files and anchors that cover it, as they are linked.
struct Row {
    point: String,
    covered: Vec<String>,
}

fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide-coverage.md");
    let text = std::fs::read_to_string(path).expect("the table");
    let cells = text.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    cells
        .map(|line| {
            let cells: Vec<&str> = line.split(" | ").collect();
            let links = cells[3].split("](").skip(1).filter_map(|rest| rest.split(')').next());
            Row { point: cells[1].trim_matches('`').to_owned(), covered: links.map(str::to_owned).collect() }
        })
        .collect()
}

fn library() -> Library {
    Library::parse(library::embedded().articles()).expect("the content is good")
}

#[test]
fn every_point_of_the_guide_has_its_row_and_no_row_is_of_something_else() {
    let points: Vec<String> = rows().into_iter().map(|row| row.point).collect();
    assert_eq!(points, POINTS);
    assert_eq!(points.iter().collect::<BTreeSet<_>>().len(), points.len(), "a point stands twice");
}

#[test]
fn every_row_leads_to_a_section_of_an_article() {
    let library = library();
    let mut dead = Vec::new();
    for row in rows() {
        assert!(!row.covered.is_empty(), "{} is covered nowhere", row.point);
        for target in &row.covered {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let slug = Path::new(file).file_stem().expect("a file").to_string_lossy().into_owned();
            let article =
                library.article(&slug).filter(|article| file == format!("../content/{}", article.path()));
            let leads = article
                .is_some_and(|article| article.sections.iter().any(|section| section.anchor == anchor));
            if !leads {
                dead.push(format!("{}: {target}", row.point));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn the_seven_steps_and_the_six_examples_are_articles_of_their_own() {
    let library = library();
    assert_eq!(library.of_kind(Kind::Fix).count(), 7);
    assert_eq!(library.of_kind(Kind::Example).count(), 6);
    assert_eq!(library.of_kind(Kind::Cause).count(), 45);
}
