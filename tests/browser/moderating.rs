//! Looking after the comments: sign in, publish, hide, shut out, sign out; with scripts and without.

use fix401::config::Moderation;

use crate::driver::{Browser, DESKTOP, Look, NO_SCRIPTS, PHONE};
use crate::support::TestApp;

const ARTICLE: &str = "/articles/clock-skew";
const PASSWORD: &str = "correct horse battery";

fn start() -> TestApp {
    let app = TestApp::start_with(|config| config.moderation = Moderation::All);
    app.add_moderator("ada", PASSWORD);
    app
}

async fn post(browser: &Browser, app: &TestApp, text: &str) {
    browser.goto(&app.url(ARTICLE)).await;
    browser.click(".comment-form label:has([value='fixed'])").await;
    browser.fill(".comment-form textarea", text).await;
    browser.click(".comment-form button[value='post']").await;
    browser.reads("h1", "a moderator will look at it").await;
}

async fn sign_in(browser: &Browser, password: &str) {
    browser.fill("#name", "ada").await;
    browser.fill("#password", password).await;
    browser.click(".sign-in button").await;
}

async fn looks_after_comments(look: Look) {
    let app = start();
    let browser = Browser::open(look).await;
    post(&browser, &app, "The clock was off.").await;
    post(&browser, &app, "Buy watches.").await;
    browser.goto(&app.url("/moderate/comments?status=held")).await;
    sign_in(&browser, "wrong").await;
    browser.reads("#problems", "do not match").await;
    sign_in(&browser, PASSWORD).await;
    browser.reads("h1", "All comments").await;
    assert_eq!(browser.path().await, "/moderate/comments?status=held");

    browser.click("nav a[href='/moderate']").await;
    browser.reads("h1", "2 comments waiting").await;
    browser.reads(".item", "The clock was off.").await;
    browser.click(".item button[value='publish']").await;
    browser.reads(".done", "Published.").await;
    browser.reads(".item", "Buy watches.").await;
    browser.click(".item .rulings details:last-child summary").await;
    browser.fill(".ban input[name='reason']", "Sells watches").await;
    browser.click(".ban button").await;
    browser.reads(".done", "shut out").await;
    browser.click(".item .rulings details summary").await;
    browser.click(".item button[value='delete']").await;
    browser.reads("h1", "Nothing waits").await;

    browser.goto(&app.url(ARTICLE)).await;
    browser.reads(".comments", "The clock was off.").await;
    assert!(!browser.source().await.contains("Buy watches"));
    browser.goto(&app.url("/moderate/bans")).await;
    browser.reads(".item h2", "Sells watches").await;
    browser.click(".item button").await;
    browser.reads(".done", "The ban is lifted.").await;
    browser.click("nav a[href='/moderate/log']").await;
    browser.reads(".deeds", "shut out the network of a comment").await;
    browser.click(".signed-in button").await;
    browser.reads("h1", "Sign in to moderate").await;
    browser.goto(&app.url("/moderate")).await;
    browser.reads("h1", "Sign in to moderate").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_publishes_shuts_out_and_deletes() {
    looks_after_comments(DESKTOP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_needs_no_scripts() {
    looks_after_comments(NO_SCRIPTS).await;
}

async fn check(look: Look) {
    let app = start();
    let browser = Browser::open(look).await;
    post(&browser, &app, &format!("It was `{}`.", "x".repeat(200))).await;
    post(&browser, &app, "Another one.").await;
    browser.goto(&app.url("/moderate")).await;
    sign_in(&browser, PASSWORD).await;
    browser.reads("h1", "2 comments waiting").await;
    browser.click(".item button[value='publish']").await;
    browser.reads(".done", "Published.").await;
    let one = browser.run("return document.querySelector('.standing a').getAttribute('href')").await;
    let one = one.as_str().expect("an address").to_owned();
    browser.goto(&app.url("/search?q=zzyzx+quux")).await;
    let mut objections = Vec::new();
    for page in [
        "/moderate",
        "/moderate/comments",
        &one,
        "/moderate/bans",
        "/moderate/log",
        "/moderate/searches",
        "/moderate/account",
    ] {
        browser.goto(&app.url(page)).await;
        browser.run("document.querySelectorAll('main details').forEach((one) => { one.open = true })").await;
        let found = browser.accessibility_violations().await;
        objections.extend(found.into_iter().map(|violation| format!("{page}: {violation}")));
        if browser.run("return document.documentElement.scrollWidth - innerWidth").await != 0 {
            objections.push(format!("{page}: scrolls sideways"));
        }
    }
    assert!(objections.is_empty(), "{look:?}\n{}", objections.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_objects_to_no_page_of_moderators() {
    check(DESKTOP).await;
    check(Look { width: 320, ..PHONE }).await;
}
