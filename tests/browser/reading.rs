//! Finding and reading an article.

use crate::driver::{Browser, DESKTOP, NO_SCRIPTS};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_gets_from_the_first_page_to_a_cause_and_its_fix() {
    let app = TestApp::start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url("/")).await;
    browser.click("main a[href='/articles/clock-skew']").await;
    browser.reads("h1", "clocks").await;
    browser.click("nav a[href='#how-to-fix-it']").await;
    assert_eq!(browser.run("return location.hash").await, "#how-to-fix-it");
    assert_eq!(browser.console_errors().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slash_puts_the_cursor_into_the_search_and_enter_finds() {
    let app = TestApp::start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url("/causes")).await;
    browser.press("/").await;
    browser.press("aadsts50011\u{E007}").await;
    browser.reads("h1", "aadsts50011").await;
    browser.click("main .results a").await;
    browser.reads("main", "AADSTS50011").await;
    assert_eq!(browser.console_errors().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_appear_while_typing_and_the_arrow_keys_choose_one() {
    let app = TestApp::start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url("/causes")).await;
    browser.press("/").await;
    browser.press("clocks differ").await;
    // The first letters have suggestions of their own.
    browser.reads("[role=listbox] [role=option]", "The clocks differ").await;
    browser.press("\u{E015}\u{E007}").await;
    browser.reads("h1", "The clocks differ").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn search_works_where_no_script_runs() {
    let app = TestApp::start();
    let browser = Browser::open(NO_SCRIPTS).await;
    browser.goto(&app.url("/")).await;
    browser.fill("header input[type=search]", "preflight options\u{E007}").await;
    browser.click("main .results a[href*='cors-preflight']").await;
    browser.reads("h1", "preflight").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_findings_are_filtered_where_no_script_runs() {
    let app = TestApp::start();
    let browser = Browser::open(NO_SCRIPTS).await;
    browser.goto(&app.url("/findings")).await;
    browser.fill("input#sift", "doubled-scheme").await;
    browser.click("form.sift button").await;
    browser.reads("h2#found", "for “doubled-scheme”").await;
    browser.click("ul.index a[href='/findings/authorization#authorization.doubled-scheme']").await;
    browser.reads("h1", "The Authorization header").await;
    assert_eq!(browser.path().await, "/findings/authorization");
}
