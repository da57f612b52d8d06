//! What a reader sees when something is not as it should be.

use crate::support::TestApp;

const BROWSER: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[test]
fn a_mistyped_article_leads_to_the_right_one() {
    let app = TestApp::start();
    let answer = app.get_with("/articles/clokc-skew", &[BROWSER]);
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("Did you mean"));
    assert!(answer.body.contains("href=\"/articles/clock-skew\""));
}

#[test]
fn an_unknown_address_has_a_way_onward_and_the_number_of_the_request() {
    let app = TestApp::start();
    let answer = app.get_with("/nowhere", &[BROWSER]);
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("There is no page here"));
    assert!(answer.body.contains("action=\"/search\""));
    assert!(answer.body.contains(answer.header("x-request-id")));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn a_terminal_gets_its_errors_as_text() {
    let app = TestApp::start();
    let answer = app.get_with("/nowhere", &[("Accept", "*/*")]);
    assert_eq!((answer.status, answer.header("content-type")), (404, "text/plain; charset=utf-8"));
    assert!(answer.body.starts_with("There is no page here.\n"));
}

#[test]
fn what_does_not_parse_ends_in_the_same_page() {
    let app = TestApp::start();
    let answer = app.get_with("/search?from=minus", &[BROWSER]);
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("This request cannot be read"));
    assert!(!answer.body.contains("invalid digit"), "nothing of the parser's own words");
}

#[test]
fn a_page_that_is_only_read_takes_no_form() {
    let app = TestApp::start();
    let answer = app.post_form_with("/causes", &[], &[BROWSER, ("Sec-Fetch-Site", "same-origin")]);
    assert_eq!(answer.status, 405);
    assert!(answer.body.contains("This page does not take that"));
}

#[test]
fn a_form_from_another_site_is_refused() {
    let app = TestApp::start();
    for headers in [
        [("Sec-Fetch-Site", "cross-site"), BROWSER],
        [("Sec-Fetch-Site", "same-site"), BROWSER],
        [("Origin", "https://evil.example"), BROWSER],
        [("Origin", "null"), BROWSER],
    ] {
        let answer = app.post_form_with("/diagnose", &[("text", "401")], &headers);
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(answer.body.contains("Forms are only taken from pages of this site."));
    }
    let own = app.origin.clone();
    assert_eq!(app.post_form_with("/diagnose", &[("text", "401")], &[("Origin", &own)]).status, 200);
}
