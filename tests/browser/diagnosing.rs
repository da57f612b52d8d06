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

/// An archive of a refused preflight, in a folder of the test's own.
fn archive(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("page.har");
    let filler = "nothing to see here ".repeat(80_000);
    let text = format!(
        "{{\"log\": {{\"entries\": [\n{{\"request\": {{\"method\": \"GET\", \"url\": \"https://api.example.com/ok\", \"headers\": []}}, \"response\": {{\"status\": 200, \"headers\": [], \"content\": {{\"text\": \"{filler}\"}}}}}},\n{{\"request\": {{\"method\": \"OPTIONS\", \"url\": \"https://api.example.com/users\", \"headers\": []}}, \"response\": {{\"status\": 401, \"headers\": []}}}}\n]}}}}"
    );
    std::fs::write(&path, text).expect("a file for the test");
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_attached_and_answered_by_its_telling_lines() {
    for look in [DESKTOP, NO_SCRIPTS] {
        let app = TestApp::start();
        let folder = tempfile::tempdir().expect("a folder");
        let browser = Browser::open(look).await;
        browser.goto(&app.url("/")).await;
        browser.attach("input[type=file]", &archive(folder.path())).await;
        browser.click("form[action='/diagnose'] button.button").await;
        browser.reads("h1", "preflight").await;
        browser.reads("main", "The lines that matter").await;
        browser.reads("main", "The file was not kept").await;
        assert!(browser.source().await.len() < 200_000, "the file comes back");
        assert_eq!(browser.console_errors().await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_401_is_said_and_the_causes_unfold_on_demand() {
    let app = TestApp::start();
    let browser = Browser::open(NO_SCRIPTS).await;
    browser.goto(&app.url("/diagnose")).await;
    browser.fill("textarea[name=text]", "HTTP/1.1 403 Forbidden\nServer: nginx\n").await;
    browser.click("form[action='/diagnose'] button.button").await;
    browser.reads("h1", "This is a 403, not a 401").await;
    browser.click("details.anyway > summary").await;
    browser.reads("details.anyway h3", " ").await;
}
