//! What other programs fetch by themselves: feeds, the site map, security.txt, robots.txt.

use serde_json::json;

use crate::support::{Answer, TestApp};

#[track_caller]
fn comment(app: &TestApp, slug: &str, author: &str, body: &str) {
    let sent = json!({ "author": author, "body": body, "outcome": "fixed" }).to_string();
    let path = format!("/api/v1/articles/{slug}/comments");
    let answer = app.send("POST", &path, "application/json", &sent);
    assert_eq!(answer.status, 201, "{}", answer.body);
}

/// Checks that a document is well-formed XML, as far as this site's templates use it, and gives the texts of its elements
/// by their paths.
#[track_caller]
fn read_xml(answer: &Answer) -> Vec<(String, String)> {
    let mut rest =
        answer.body.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").expect("an XML declaration");
    let mut open: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    while let Some((before, after)) = rest.split_once('<') {
        check_references(before);
        let (tag, after) = after.split_once('>').expect("each tag ends");
        check_references(tag);
        assert!(tag.matches('"').count() % 2 == 0, "quotes in <{tag}>");
        if let Some(name) = tag.strip_prefix('/') {
            texts.push((open.join("/"), before.to_owned()));
            assert_eq!(open.pop().as_deref(), Some(name), "the order of the tags");
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().expect("a name").to_owned());
        }
        rest = after;
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest:?}");
    texts
}

/// An ampersand stands only where a reference begins.
#[track_caller]
fn check_references(text: &str) {
    for after in text.split('&').skip(1) {
        let name = after.split(';').next().unwrap_or_default();
        let known = ["amp", "lt", "gt", "quot", "apos"].contains(&name);
        assert!(known || (name.starts_with('#') && name.len() > 1), "&{name}");
    }
}

#[track_caller]
fn texts_of<'a>(texts: &'a [(String, String)], path: &str) -> Vec<&'a str> {
    texts.iter().filter(|(known, _)| known == path).map(|(_, text)| text.as_str()).collect()
}

#[test]
fn the_feed_has_the_newest_comments_first_with_what_they_are_about() {
    let app = TestApp::start();
    comment(&app, "clock-skew", "Ada", "Starting chronyd fixed it.");
    comment(&app, "token-expired", "", "A new token fixed it.");
    let answer = app.get("/feed.atom");
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/atom+xml; charset=utf-8"));
    let texts = read_xml(&answer);
    let titles = texts_of(&texts, "feed/entry/title");
    assert_eq!(titles, ["This fixed it: The token has expired", "This fixed it: The clocks differ"]);
    assert_eq!(texts_of(&texts, "feed/entry/author/name"), ["Anonymous", "Ada"]);
    assert!(texts_of(&texts, "feed/entry/id").iter().all(|id| id.starts_with("urn:uuid:")));
    assert_eq!(texts_of(&texts, "feed/updated")[0], texts_of(&texts, "feed/entry/updated")[0]);
    assert!(answer.body.contains(&format!(
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}/feed.atom\"/>",
        app.origin
    )));
}

#[test]
fn an_article_has_a_feed_of_its_own_with_an_id_of_its_own() {
    let app = TestApp::start();
    comment(&app, "clock-skew", "", "Starting chronyd fixed it.");
    comment(&app, "token-expired", "", "A new token fixed it.");
    let texts = read_xml(&app.get("/articles/clock-skew/feed.atom"));
    assert_eq!(texts_of(&texts, "feed/title"), ["fix401: comments on The clocks differ"]);
    assert_eq!(texts_of(&texts, "feed/entry/id").len(), 1);
    let everything = read_xml(&app.get("/feed.atom"));
    assert_ne!(texts_of(&texts, "feed/id"), texts_of(&everything, "feed/id"));
    assert_eq!(app.get("/articles/no-such-article/feed.atom").status, 404);
}

#[test]
fn a_feed_without_comments_is_a_feed_all_the_same() {
    let app = TestApp::start();
    let texts = read_xml(&app.get("/feed.atom"));
    assert_eq!(texts_of(&texts, "feed/updated").len(), 1);
    assert_eq!(texts_of(&texts, "feed/entry/id").len(), 0);
}

#[test]
fn what_a_reader_writes_cannot_break_out_of_the_feed() {
    let app = TestApp::start();
    comment(
        &app,
        "clock-skew",
        "</name><evil/> & \"co\"",
        "a `<b>` & ]]> <script>alert(1)</script> &lt;i&gt; \u{fffe}",
    );
    let answer = app.get("/feed.atom");
    let texts = read_xml(&answer);
    assert_eq!(texts_of(&texts, "feed/entry/author/name").len(), 1);
    assert!(!answer.body.contains("<script") && !answer.body.contains("<evil"));
    assert!(!answer.body.contains('\u{fffe}'));
}

#[test]
fn a_feed_that_did_not_change_is_not_sent_again() {
    let app = TestApp::start();
    let first = app.get("/feed.atom");
    let again = app.get_with("/feed.atom", &[("If-None-Match", first.header("etag"))]);
    assert_eq!(again.status, 304);
    comment(&app, "clock-skew", "", "Starting chronyd fixed it.");
    assert_eq!(app.get_with("/feed.atom", &[("If-None-Match", first.header("etag"))]).status, 200);
    assert_eq!(app.head("/feed.atom").status, 200);
}

#[test]
fn the_site_map_lists_pages_that_are_there_with_the_day_of_their_review() {
    let app = TestApp::start();
    let answer = app.get("/sitemap.xml");
    assert_eq!(answer.header("content-type"), "application/xml; charset=utf-8");
    let texts = read_xml(&answer);
    let pages = texts_of(&texts, "urlset/url/loc");
    let articles = app.get("/api/v1/articles").json()["total"].as_u64().expect("a number") as usize;
    assert_eq!(texts_of(&texts, "urlset/url/lastmod").len(), articles);
    assert!(pages.len() > articles);
    for page in pages {
        let path = page.strip_prefix(&app.origin).expect("a page of this site");
        assert_eq!(app.head(path).status, 200, "{path}");
    }
    assert!(app.get("/robots.txt").body.contains(&format!("Sitemap: {}/sitemap.xml", app.origin)));
}

#[test]
fn security_txt_is_there_when_somebody_is_named() {
    assert_eq!(TestApp::start().get("/.well-known/security.txt").status, 404);
    let contact = "mailto:security@fix401.example";
    let app = TestApp::start_with(|config| config.security_contact = Some(contact.to_owned()));
    let answer = app.get("/.well-known/security.txt");
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; charset=utf-8"));
    assert!(answer.body.starts_with(&format!("Contact: {contact}\nExpires: ")));
}
