//! Saying what fixed it: comment, preview, answer, change, delete; with scripts and without.

use crate::driver::{Browser, DESKTOP, Look, NO_SCRIPTS, PHONE};
use crate::support::TestApp;

const ARTICLE: &str = "/articles/clock-skew";

/// Fills in the form that is shown and presses a button of it.
async fn write(browser: &Browser, outcome: &str, text: &str, button: &str) {
    browser.click(&format!(".comment-form label:has([value='{outcome}'])")).await;
    browser.fill(".comment-form textarea", text).await;
    browser.click(&format!(".comment-form button[value='{button}']")).await;
}

/// Comment, look at it, answer it, change it, delete it.
async fn comments_answers_changes_and_deletes(look: Look) {
    let app = TestApp::start();
    let browser = Browser::open(look).await;
    browser.goto(&app.url(ARTICLE)).await;
    browser.fill("#comment-author", "Ada").await;
    write(&browser, "fixed", "Starting `chronyd` did it.", "preview").await;
    browser.reads("h1", "Say what happened").await;
    browser.reads("#preview code", "chronyd").await;
    assert_eq!(browser.count("#comments").await, 0);
    browser.click(".comment-form button[value='post']").await;
    browser.reads("h1", "Thank you, it is published").await;
    let own = browser.path().await;
    browser.click(".back a").await;
    browser.reads(".comments .worked", "Worked for 1").await;
    browser.reads(".comments .thread", "Ada").await;

    browser.click(".thread footer a").await;
    browser.reads("#answered", "You answer Ada").await;
    app.pass(30);
    write(&browser, "question", "On which host?", "post").await;
    browser.reads("h1", "Thank you, it is published").await;
    browser.click(".back a").await;
    browser.reads(".replies", "On which host?").await;
    browser.click(".thread > .comment footer button").await;
    browser.reads(".thread > .comment .count", "1").await;

    browser.goto(&app.url(&own)).await;
    browser.click("#change summary").await;
    write(&browser, "partly", "Starting `ntpd` did it.", "post").await;
    browser.reads("h1", "Your change is published").await;
    browser.click(".back a").await;
    browser.reads(".thread > .comment", "Starting ntpd did it.").await;
    browser.reads(".comments .worked", "Worked partly for 1").await;

    browser.goto(&app.url(&own)).await;
    browser.click("#delete summary").await;
    browser.click("#delete button").await;
    browser.reads("h1", "Your comment is deleted").await;
    browser.goto(&app.url(ARTICLE)).await;
    browser.reads(".thread > .comment", "This comment was taken away.").await;
    browser.reads(".replies", "On which host?").await;
    assert_eq!(browser.console_errors().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_comments_answers_changes_and_deletes() {
    comments_answers_changes_and_deletes(DESKTOP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_works_where_no_script_runs() {
    comments_answers_changes_and_deletes(NO_SCRIPTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_follows_the_typing() {
    let app = TestApp::start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url(ARTICLE)).await;
    browser.fill("#comment-body", "It was the **clock**.").await;
    browser.reads("#preview strong", "clock").await;
    browser.reads("[role=status]", "A preview stands under the text.").await;
    browser.fill("#comment-body", "password=correct-horse-battery-staple").await;
    browser.reads("#preview .wrong", "a password is masked").await;
    assert_eq!(browser.path().await, ARTICLE);
    assert_eq!(browser.console_errors().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_has_the_focus_and_leads_to_its_field() {
    for look in [DESKTOP, NO_SCRIPTS] {
        let app = TestApp::start();
        let browser = Browser::open(look).await;
        browser.goto(&app.url(&format!("{ARTICLE}/comments/new"))).await;
        browser.fill("#comment-author", "Ada").await;
        browser.click(".comment-form button[value='post']").await;
        browser.reads("#problems", "Please write something.").await;
        assert_eq!(browser.run("return document.activeElement.id").await, "problems");
        browser.click("#problems a[href='#comment-body']").await;
        assert_eq!(browser.run("return location.hash").await, "#comment-body");
        assert_eq!(browser.run("return document.querySelector('#comment-author').value").await, "Ada");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unseen_field_is_out_of_reach_of_the_keyboard_and_of_readers_aloud() {
    let app = TestApp::start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url(ARTICLE)).await;
    let script =
        "const trap = document.querySelector('[name=website]'); const box = trap.getBoundingClientRect();
        return [trap.tabIndex, trap.closest('[aria-hidden=true]') !== null,
            document.elementFromPoint(box.x + 1, box.y + 1) === trap]";
    assert_eq!(browser.run(script).await, serde_json::json!([-1, true, false]));
}

/// The pages that show comments, each in the state in which most stands on it.
async fn check(look: Look) {
    let app = TestApp::start();
    let browser = Browser::open(look).await;
    let mut objections = Vec::new();
    let long = "x".repeat(200);
    browser.goto(&app.url(ARTICLE)).await;
    write(&browser, "fixed", &format!("It was `{long}`.\n\n> quoted\n\n- one\n- {long}"), "post").await;
    browser.reads("h1", "Thank you").await;
    let own = browser.path().await;
    browser.goto(&app.url(ARTICLE)).await;
    browser.click(".thread footer a").await;
    app.pass(30);
    write(&browser, "not-fixed", "Not here: api_key=sk_live_4eC39HqLyjWDarjtT1zdp7dc", "preview").await;
    browser.reads("#preview", "is masked").await;
    look_at(&browser, "a preview", &mut objections).await;
    browser.click(".comment-form button[value='post']").await;
    browser.reads("h1", "Thank you").await;
    browser.goto(&app.url(&format!("{ARTICLE}/comments/new?f=jwt.expired"))).await;
    browser.fill("#comment-author", &long).await;
    browser.click(".comment-form button[value='post']").await;
    browser.find("#problems").await;
    look_at(&browser, "a refusal", &mut objections).await;
    for page in [ARTICLE, "/comments", own.as_str(), "/moderate/sign-in"] {
        browser.goto(&app.url(page)).await;
        browser.run("document.querySelectorAll('main details').forEach((one) => { one.open = true })").await;
        look_at(&browser, page, &mut objections).await;
    }
    assert!(objections.is_empty(), "{look:?}\n{}", objections.join("\n"));
}

async fn look_at(browser: &Browser, page: &str, objections: &mut Vec<String>) {
    let found = browser.accessibility_violations().await;
    objections.extend(found.into_iter().map(|violation| format!("{page}: {violation}")));
    if browser.run("return document.documentElement.scrollWidth - innerWidth").await != 0 {
        objections.push(format!("{page}: scrolls sideways"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_objects_to_no_page_with_comments_in_daylight() {
    check(DESKTOP).await;
    check(Look { dark: false, width: 320, ..PHONE }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_objects_to_no_page_with_comments_in_the_dark() {
    check(Look { dark: true, ..DESKTOP }).await;
    check(PHONE).await;
}
