//! Describing a 401 and getting an answer.

use crate::driver::{Browser, DESKTOP, NO_SCRIPTS, PHONE};
use crate::support::TestApp;

/// What somebody pastes: two layers each added the scheme.
const PASTE: &str = "> GET /v1/me HTTP/1.1\n> Host: api.example.com\n> Authorization: Bearer Bearer s3cr3t-t0ken-0f-mine\n\
    < HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Bearer realm=\"api\"\n";

async fn pastes_and_reads_the_answer(browser: &Browser, app: &TestApp) {
    browser.goto(&app.url("/")).await;
    browser.fill("textarea[name=text]", PASTE).await;
    browser.click("form[action='/diagnose'] button.button").await;
    browser.reads("h1", "Authorization").await;
    browser.reads("main", "The scheme stands twice").await;
    assert!(browser.count("main a[href^='/articles/malformed-authorization-header']").await >= 1);
    let page = browser.source().await;
    assert!(!page.contains("s3cr3t-t0ken"), "the token is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paste_is_answered_on_the_readers_own_lines() {
    let app = TestApp::start();
    let browser = Browser::open(DESKTOP).await;
    pastes_and_reads_the_answer(&browser, &app).await;
    assert_eq!(browser.console_errors().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paste_is_answered_on_a_phone_without_scrolling_sideways() {
    let app = TestApp::start();
    let browser = Browser::open(PHONE).await;
    pastes_and_reads_the_answer(&browser, &app).await;
    let overflow = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
    assert_eq!(overflow, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paste_is_answered_where_no_script_runs() {
    let app = TestApp::start();
    let browser = Browser::open(NO_SCRIPTS).await;
    pastes_and_reads_the_answer(&browser, &app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_and_the_ranking_follows() {
    for look in [DESKTOP, NO_SCRIPTS] {
        let app = TestApp::start();
        let browser = Browser::open(look).await;
        browser.goto(&app.url("/diagnose")).await;
        browser.fill("textarea[name=text]", "I get a 401.").await;
        browser.click("form[action='/diagnose'] button.button").await;
        browser.reads("h1", "tell yet").await;
        let question = browser.find("section.ask h2").await.text().await.expect("it is asked");
        browser.click("section.ask .choices button").await;
        browser.gone("section.ask h2", &question).await;
        assert!(browser.count("main a[href^='/articles/']").await >= 3, "the causes are named");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_link_shows_the_causes_again_without_the_paste() {
    let app = TestApp::start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url("/diagnose?f=authorization.doubled-scheme")).await;
    browser.reads("h1", "Authorization").await;
}
