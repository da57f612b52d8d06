//! What an article can show besides text. The article is one of the test's own, among those of the library.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::driver::{Browser, DESKTOP, Look, NO_SCRIPTS, PHONE};
use crate::support::TestApp;

const PAGE: &str = "/articles/figures";

/// A server that has the article besides all others.
fn start() -> (TestApp, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), folder.path());
    fs::write(folder.path().join("guide/figures.md"), include_str!("content/figures.md")).expect("written");
    let app = TestApp::start_with(|config| config.content = Some(folder.path().to_owned()));
    (app, folder)
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            fs::create_dir(&target).expect("made");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// The names of the tabs that are open.
async fn open(browser: &Browser) -> serde_json::Value {
    let names =
        "[...document.querySelectorAll('.tabs details[open] > summary')].map(name => name.innerText.trim())";
    browser.run(&format!("return {names}")).await
}

/// How many pixels of the contents of tabs can be seen, one number for each tab.
async fn heights(browser: &Browser) -> Vec<f64> {
    let boxes = "[...document.querySelectorAll('.tabs details > div')].map(inside => inside.checkVisibility({ contentVisibilityAuto: true }) ? inside.getBoundingClientRect().height : 0)";
    serde_json::from_value(browser.run(&format!("return {boxes}")).await).expect("numbers")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tab_of_a_group_is_open_and_another_takes_its_place() {
    let (app, _folder) = start();
    for look in [NO_SCRIPTS, PHONE] {
        let browser = Browser::open(look).await;
        browser.goto(&app.url(PAGE)).await;
        browser.click(".tabs summary:has(+ #express)").await;
        browser.find(".tabs details[open] > #express").await;
        if look.scripts {
            assert_eq!(open(&browser).await, serde_json::json!(["Express", "curl"]));
            let seen: Vec<bool> = heights(&browser).await.into_iter().map(|height| height > 0.0).collect();
            assert_eq!(seen, [false, true, false, true, false]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tabs_stand_side_by_side_where_there_is_room_and_the_keyboard_opens_them() {
    let (app, _folder) = start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url(PAGE)).await;
    let tops = "return new Set([...document.querySelectorAll('.tabs')[0].querySelectorAll('summary')].map(name => name.getBoundingClientRect().top)).size";
    assert_eq!(browser.run(tops).await, 1);
    browser.run("document.querySelector('.tabs summary:has(+ #spring-security)').focus()").await;
    browser.press("\u{E007}").await;
    assert_eq!(open(&browser).await, serde_json::json!(["Spring Security", "curl"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_into_a_tab_opens_it() {
    let (app, _folder) = start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url(PAGE)).await;
    browser.click("a[href='#express']").await;
    assert_eq!(open(&browser).await, serde_json::json!(["Express", "curl"]));
    browser.goto(&app.url("/causes")).await;
    browser.goto(&app.url(&format!("{PAGE}#requests"))).await;
    assert_eq!(open(&browser).await, serde_json::json!(["nginx", "requests"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_paper_every_tab_is_open() {
    let (app, _folder) = start();
    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url(PAGE)).await;
    browser.print_look().await;
    assert!(heights(&browser).await.into_iter().all(|height| height > 10.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_objects_to_nothing_that_an_article_can_show() {
    let (app, _folder) = start();
    for look in [DESKTOP, PHONE, Look { width: 320, dark: false, ..PHONE }] {
        let browser = Browser::open(look).await;
        browser.goto(&app.url(PAGE)).await;
        assert_eq!(browser.accessibility_violations().await, [""; 0], "{look:?}");
        assert_eq!(browser.run("return document.documentElement.scrollWidth - innerWidth").await, 0);
        assert_eq!(browser.console_errors().await, [""; 0]);
    }
}
