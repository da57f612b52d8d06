//! axe-core on every kind of page, in the light and in the dark, wide and on a phone; and the page at 320 pixels.

use crate::driver::{Browser, DESKTOP, Look, PHONE};
use crate::support::TestApp;

/// One address for each kind of page.
const PAGES: &[&str] = &[
    "/",
    "/causes",
    "/fixes",
    "/guide",
    "/stacks",
    "/articles",
    "/articles/token-expired",
    "/articles/debug-and-test",
    "/search",
    "/search?q=token+expired",
    "/search?q=zzzzzz",
    "/diagnose",
    "/diagnose?f=authorization.doubled-scheme",
    "/findings",
    "/findings?q=audience",
    "/findings/jwt",
    "/privacy",
    "/no-such-page",
];

async fn check(look: Look) {
    let app = TestApp::start();
    let browser = Browser::open(look).await;
    let mut objections = Vec::new();
    for page in PAGES {
        browser.goto(&app.url(page)).await;
        let found = browser.accessibility_violations().await;
        objections.extend(found.into_iter().map(|violation| format!("{page}: {violation}")));
    }
    assert!(objections.is_empty(), "{look:?}\n{}", objections.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_objects_to_no_page_in_daylight() {
    check(DESKTOP).await;
    check(Look { dark: false, ..PHONE }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_objects_to_no_page_in_the_dark() {
    check(Look { dark: true, ..DESKTOP }).await;
    check(PHONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_scrolls_sideways_at_320_pixels() {
    let app = TestApp::start();
    let browser = Browser::open(Look { width: 320, ..PHONE }).await;
    for page in PAGES {
        browser.goto(&app.url(page)).await;
        let overflow = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
        assert_eq!(overflow, 0, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_reaches_the_paste_box_and_the_button() {
    let app = TestApp::start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url("/diagnose")).await;
    browser.tab().await;
    assert_eq!(browser.run("return document.activeElement.className").await, "skip");
    for _ in 0..40 {
        if browser.run("return document.activeElement.name").await == "text" {
            browser.press("It worked until this morning, now I get a 401 and 'jwt expired'.").await;
            for _ in 0..6 {
                browser.tab().await;
                if browser.run("return document.activeElement.tagName").await == "BUTTON" {
                    browser.press("\u{E007}").await;
                    return browser.reads("h1", "expired").await;
                }
            }
        }
        browser.tab().await;
    }
    panic!("the paste box can't be reached with the tabulator");
}
