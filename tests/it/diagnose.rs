//! The symptom form over HTTP: marks, masks, questions, links, and the answer for a terminal.

use crate::support::TestApp;

const TOKEN: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

/// A paste with a doubled scheme and a token in it.
fn paste() -> String {
    format!(
        "> GET /v1/me HTTP/1.1\n> Host: api.example.com\n> Authorization: Bearer Bearer {TOKEN}\n>\n\
         < HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Bearer realm=\"api\"\n"
    )
}

#[test]
fn the_readers_own_line_is_marked_and_the_note_stands_beside_it() {
    let app = TestApp::start();
    let answer = app.post_form("/diagnose", &[("text", &paste())]);
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("<mark>Bearer Bearer</mark>"), "{}", answer.body);
    assert!(answer.body.contains("The scheme stands twice in the Authorization header."));
    assert!(answer.body.contains("href=\"/articles/malformed-authorization-header\""));
}

#[test]
fn a_secret_is_nowhere_on_the_page_and_neither_is_a_cache() {
    let app = TestApp::start();
    let answer = app.post_form("/diagnose", &[("text", &paste())]);
    assert!(!answer.body.contains(TOKEN));
    assert!(answer.body.contains("ghp_[masked]"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("etag"), "");
}

#[test]
fn a_paste_is_text_whatever_stands_in_it() {
    let app = TestApp::start();
    let answer =
        app.post_form("/diagnose", &[("text", "</textarea><script>alert(401)</script> 401 Unauthorized")]);
    assert!(!answer.body.contains("<script>alert"));
}

#[test]
fn a_terminal_gets_text_whatever_type_curl_names() {
    let app = TestApp::start();
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let answer = app.send("POST", "/diagnose", kind, &paste());
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; charset=utf-8"));
        assert!(answer.body.contains("1. The Authorization header is malformed"), "{}", answer.body);
        assert!(!answer.body.contains(TOKEN));
    }
}

#[test]
fn a_shared_link_rebuilds_the_diagnosis_without_the_paste() {
    let app = TestApp::start();
    let page = app.post_form("/diagnose", &[("text", &paste())]).body;
    let link = page.split("class=\"address\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
    let link = link.expect("a link to share").replace("&#38;", "&");
    assert!(link.contains("f=authorization.doubled-scheme"), "{link}");
    let shared = app.get(&link);
    assert_eq!(shared.status, 200);
    assert!(shared.body.contains("without the paste"));
    assert!(shared.body.contains("The Authorization header is malformed"));
}

#[test]
fn answers_are_carried_along_from_question_to_question() {
    let app = TestApp::start();
    let page = app.post_form("/diagnose", &[("text", "I get a 401"), ("q.client", "browser")]).body;
    assert!(page.contains(r#"name="q.client" value="browser""#));
}

#[test]
fn thin_evidence_is_said_to_be_thin_and_a_question_is_asked_first() {
    let app = TestApp::start();
    let page = app.post_form("/diagnose", &[("text", "I get a 401")]).body;
    let title = page.find("I can’t tell yet").expect("no conclusion");
    let question = page.find("class=\"ask\"").expect("a question");
    let causes = page.find("id=\"causes\"").expect("causes");
    assert!(title < question && question < causes);
}

#[test]
fn an_empty_form_comes_back_with_the_reason() {
    let app = TestApp::start();
    let answer = app.post_form("/diagnose", &[("text", "  \n")]);
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("There is nothing to look at yet."));
}

#[test]
fn a_paste_that_is_too_large_comes_back_shortened() {
    let app = TestApp::start();
    let large = format!("the beginning {}", "x".repeat(1 << 20));
    let answer = app.post_form("/diagnose", &[("text", &large)]);
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("That is more than 1 MB."));
    assert!(answer.body.contains("the beginning xxx"));
    assert!(answer.body.len() < 100_000);
}

#[test]
fn finding_ids_that_nobody_knows_are_passed_over() {
    let app = TestApp::start();
    assert_eq!(app.get("/diagnose?f=no.such-thing&f=%00&q.none=x").status, 200);
}
