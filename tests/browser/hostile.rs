//! What has been tried on other sites, as a comment, as a name and as an answer: nothing of it becomes markup that runs, loads or
//! leads anywhere but out.

use crate::driver::{Browser, DESKTOP};
use crate::support::TestApp;

const COMMENTS: &str = "/api/v1/articles/clock-skew/comments";

/// What no comment may become, as a script that lists what it finds.
const INERT: &str = "
    const found = [];
    const allowed = new Set(['A', 'BLOCKQUOTE', 'BR', 'CODE', 'DEL', 'EM', 'HR', 'LI', 'OL', 'P', 'PRE', 'STRONG', 'UL']);
    for (const element of document.querySelectorAll('.comment .prose *')) {
        if (!allowed.has(element.tagName)) found.push(element.outerHTML);
        for (const { name, value } of element.attributes) {
            const fine = name === 'href' ? /^(https?:\\/\\/|mailto:)/.test(value) : ['rel', 'start'].includes(name);
            if (!fine) found.push(element.outerHTML);
        }
    }
    for (const name of document.querySelectorAll('.comment header b')) {
        if (name.children.length > 0) found.push(name.outerHTML);
    }
    // A comment that breaks out of its place takes the rest of the page with it.
    if (document.querySelectorAll('main').length !== 1 || !document.querySelector('main ~ footer, body > footer')) {
        found.push('the page is broken');
    }
    return [found, document.querySelectorAll('.comment .prose').length];";

/// Posts through the API, each from a network of its own. What can be no comment or name at all is refused.
fn send(app: &TestApp, number: usize, comment: &serde_json::Value) -> Option<String> {
    let address = format!("10.{}.{}.1", number / 250, number % 250);
    let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", address.as_str())];
    let answer = app.request("POST", COMMENTS, &headers, Some(&comment.to_string()));
    assert!(answer.status == 201 || answer.status == 422, "{} {}", answer.status, answer.body);
    (answer.status == 201).then(|| answer.json()["id"].as_str().expect("an id").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_hostile_runs_as_a_comment_a_name_or_an_answer() {
    let app = TestApp::start_with(|config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    });
    app.add_moderator("ada", "correct horse battery");
    let inputs: Vec<String> = serde_json::from_str(include_str!("../hostile/inputs.json")).expect("a list");
    let question = serde_json::json!({ "body": "What about these?", "outcome": "question" });
    let question = send(&app, 0, &question).expect("it is taken");
    let mut taken = 0;
    for (number, input) in inputs.iter().enumerate() {
        let name: String = input.chars().take(60).collect();
        let top = serde_json::json!({ "body": input, "author": name, "outcome": "note" });
        let answer =
            serde_json::json!({ "body": format!("{input} "), "outcome": "note", "parent": question });
        taken += usize::from(send(&app, 2 * number + 1, &top).is_some());
        taken += usize::from(send(&app, 2 * number + 2, &answer).is_some());
    }
    assert!(taken >= 600, "{taken} of {} were taken", 2 * inputs.len());

    let browser = Browser::open(DESKTOP).await;
    browser.goto(&app.url("/moderate/comments")).await;
    browser.fill("#name", "ada").await;
    browser.fill("#password", "correct horse battery").await;
    browser.click(".sign-in button").await;
    browser.reads("h1", "All comments").await;
    browser.console_errors().await;
    let mut seen = 0;
    let mut pages =
        vec![app.url("/articles/clock-skew"), app.url("/comments"), app.url("/moderate/comments")];
    pages.extend((2..=9).map(|page| app.url(&format!("/articles/clock-skew?thread={question}&page={page}"))));
    pages.extend((2..=22).map(|page| app.url(&format!("/articles/clock-skew?page={page}"))));
    while let Some(page) = pages.pop() {
        browser.goto(&page).await;
        let answer = browser.run(INERT).await;
        assert_eq!(answer[0], serde_json::json!([]), "{page}");
        // The pages of moderators show those that are held, too: from one to the next.
        if page.contains("/moderate/") {
            seen += answer[1].as_u64().expect("a number");
            let next = browser.run("return document.querySelector('.pager .next')?.href").await;
            pages.extend(next.as_str().map(str::to_owned));
        }
        let errors = browser.console_errors().await;
        assert!(errors.is_empty(), "{page}: {errors:?}");
    }
    assert_eq!(seen, taken as u64 + 1, "every comment was looked at");
}
