//! Every page, fetched over HTTP: that it is there, whole, quick to serve again, and that every link on it leads somewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Answer, TestApp};

/// The pages that are the same for everybody and not articles.
const PAGES: &[&str] = &[
    "/",
    "/articles",
    "/causes",
    "/fixes",
    "/examples",
    "/guide",
    "/stacks",
    "/services",
    "/privacy",
    "/search",
    "/diagnose",
];

/// The values of an attribute in a page, as they are written.
fn values<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let start = format!(" {attribute}=\"");
    page.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The addresses of the articles, from the page that lists them all.
fn articles(app: &TestApp) -> Vec<String> {
    let page = app.get("/articles").body;
    let links: BTreeSet<&str> =
        values(&page, "href").into_iter().filter(|href| href.starts_with("/articles/")).collect();
    links.into_iter().map(str::to_owned).collect()
}

/// What every page has to have, whatever it is about.
#[track_caller]
fn check_page(path: &str, answer: &Answer) {
    let page = &answer.body;
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
    assert_eq!(page.matches("<h1").count(), 1, "{path} has one heading of the first level");
    for part in ["<html lang=\"en\">", "<title>", "<main id=\"main\"", "class=\"skip\"", "role=\"search\""] {
        assert!(page.contains(part), "{path} lacks {part}");
    }
    for inline in [" style=\"", "<style", " onclick=", "javascript:", "src=\"http", "url(http"] {
        assert!(!page.contains(inline), "{path} has {inline}, which the policy forbids");
    }
    for script in page.split("<script").skip(1) {
        let is_data = script.starts_with(" type=\"application/ld+json\"");
        assert!(is_data || script.starts_with(" src=\"/static/"), "{path} has a script of its own");
    }
}

#[test]
fn every_page_is_there_and_whole() {
    let app = TestApp::start();
    let articles = articles(&app);
    assert!(articles.len() >= 45, "each cause has an article");
    for path in PAGES.iter().copied().chain(articles.iter().map(String::as_str)) {
        let answer = app.get(path);
        assert_eq!(answer.status, 200, "{path}");
        check_page(path, &answer);
        assert_eq!(app.head(path).status, 200, "HEAD {path}");
    }
}

#[test]
fn every_link_on_every_page_leads_somewhere() {
    let app = TestApp::start();
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    let mut waiting: Vec<(String, String)> = vec![("the start".into(), "/".into())];
    let mut dead = BTreeSet::new();
    while let Some((from, link)) = waiting.pop() {
        let (path, fragment) = link.split_once('#').unwrap_or((&link, ""));
        if !pages.contains_key(path) {
            // The font is no text, and what a file has in it is no page.
            let answer = if path.starts_with("/static/") { app.head(path) } else { app.get(path) };
            if answer.status != 200 {
                dead.insert(format!("{from}: {path} answers {}", answer.status));
            }
            let is_page = answer.header("content-type").starts_with("text/html");
            let links = if is_page { values(&answer.body, "href") } else { Vec::new() };
            // A search leads to searches; the first is enough.
            let links = links.into_iter().filter(|href| !href.starts_with("/search?"));
            waiting.extend(links.filter_map(|href| {
                let href = href.replace("&#38;", "&").replace("&amp;", "&");
                let inside = href.strip_prefix(&app.origin).unwrap_or(&href);
                let inside =
                    if inside.starts_with('#') { format!("{path}{inside}") } else { inside.to_owned() };
                inside.starts_with('/').then(|| (path.to_owned(), inside))
            }));
            pages.insert(path.to_owned(), answer.body);
        }
        let target = format!(" id=\"{fragment}\"");
        if !fragment.is_empty() && pages.get(path).is_some_and(|page| !page.contains(&target)) {
            dead.insert(format!("{from}: {path} has no place #{fragment}"));
        }
    }
    assert_eq!(dead, BTreeSet::new());
}

#[test]
fn a_reader_who_has_the_page_gets_no_second_copy() {
    let app = TestApp::start();
    let first = app.get("/causes");
    let tag = first.header("etag");
    assert!(tag.starts_with('"'), "the tag is strong: {tag}");
    let second = app.get_with("/causes", &[("If-None-Match", tag)]);
    assert_eq!((second.status, second.body.as_str()), (304, ""));
    assert_eq!(second.header("etag"), tag);
}

#[test]
fn the_page_comes_in_the_encoding_that_was_asked_for() {
    let app = TestApp::start();
    for (accept, encoding) in [("br", "br"), ("gzip", "gzip"), ("identity", ""), ("br;q=0.1, gzip", "gzip")] {
        let answer = app.get_with("/causes", &[("Accept-Encoding", accept)]);
        assert_eq!(answer.header("content-encoding"), encoding, "{accept}");
        assert_eq!(answer.header("vary"), "Accept-Encoding");
    }
}

#[test]
fn a_static_file_may_be_kept_for_good_and_its_address_carries_its_hash() {
    let app = TestApp::start();
    let page = app.get("/").body;
    let style = values(&page, "href").into_iter().find(|href| href.ends_with(".css")).expect("a style sheet");
    let answer = app.get(style);
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(app.get("/static/style.css").status, 404, "no address without a hash");
}

#[test]
fn every_answer_carries_the_headers_that_protect_the_reader() {
    let app = TestApp::start();
    for path in ["/", "/nowhere", "/static/nothing.css", "/robots.txt"] {
        let answer = app.get(path);
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'; "), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "not without TLS");
    }
}

#[test]
fn transport_security_is_asked_for_where_readers_come_over_tls() {
    let app = TestApp::start_with(|config| {
        config.public_url = "https://fix401.example".parse().expect("an address");
    });
    assert_eq!(app.get("/").header("strict-transport-security"), "max-age=31536000");
    let article = app.get("/articles/clock-skew").body;
    assert!(article.contains(r#"<link rel="canonical" href="https://fix401.example/articles/clock-skew">"#));
}

#[test]
fn a_search_marks_what_was_looked_for_and_keeps_the_query_in_the_field() {
    let app = TestApp::start();
    let page = app.get("/search?q=clock+skew").body;
    assert!(page.contains(r#"value="clock skew""#));
    assert!(page.contains("<mark>"));
    assert!(page.contains("href=\"/articles/clock-skew"));
    let page = app.get("/search?q=%3Cscript%3E").body;
    assert!(!page.contains("“<script>”"), "what was typed is text");
}

#[test]
fn a_search_without_results_leads_to_the_form() {
    let app = TestApp::start();
    let page = app.get("/search?q=qqqqzzzz").body;
    assert!(page.contains("Nothing has these words"));
    assert!(page.contains("<a href=\"/\">form</a>"));
}
