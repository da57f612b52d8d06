//! Every page, fetched over HTTP: that it is there, whole, harmless, quick to serve again, and that every link on it leads
//! somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::support::{Answer, TestApp, shared};

/// Every page and file that can be come upon from the first page, fetched once.
struct Crawl {
    origin: String,
    /// By path, with the query.
    answers: BTreeMap<String, Answer>,
    /// Links: from which page, to which address here.
    links: Vec<(String, String)>,
}

static CRAWL: LazyLock<Crawl> = LazyLock::new(Crawl::new);

impl Crawl {
    fn new() -> Crawl {
        let app = shared();
        let mut crawl = Crawl { origin: app.origin.clone(), answers: BTreeMap::new(), links: Vec::new() };
        let mut waiting = vec!["/".to_owned(), "/sitemap.xml".to_owned()];
        while let Some(path) = waiting.pop() {
            if crawl.answers.contains_key(&path) {
                continue;
            }
            let answer = app.get(&path);
            let found = if is_page(&answer) { addresses(&answer.body) } else { Vec::new() };
            for address in found {
                let Some(target) = crawl.inside(&path, &address) else { continue };
                let page = target.split('#').next().unwrap_or_default().to_owned();
                crawl.links.push((path.clone(), target));
                waiting.push(page);
            }
            crawl.answers.insert(path, answer);
        }
        crawl
    }

    /// The address on this site that a link on a page leads to.
    fn inside(&self, page: &str, link: &str) -> Option<String> {
        let link = link.strip_prefix(&self.origin).unwrap_or(link);
        match link.chars().next() {
            Some('#') => Some(format!("{page}{link}")),
            Some('/') => Some(link.to_owned()),
            _ => None,
        }
    }

    fn pages(&self) -> impl Iterator<Item = (&str, &Answer)> {
        let pages = self.answers.iter().filter(|(_, answer)| is_page(answer));
        pages.map(|(path, answer)| (path.as_str(), answer))
    }
}

/// The pages that search engines may list: the same for everybody.
fn listed(app: &TestApp) -> Vec<String> {
    let map = app.get("/sitemap.xml").body;
    let addresses = map.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next());
    addresses.map(|address| address.trim_start_matches(app.origin.as_str()).to_owned()).collect()
}

fn is_page(answer: &Answer) -> bool {
    answer.header("content-type").starts_with("text/html")
}

/// An opening tag: its name, and its attributes as they are written.
struct Tag<'p> {
    name: &'p str,
    attributes: &'p str,
}

impl Tag<'_> {
    /// The value of an attribute, without its escapes.
    fn get(&self, attribute: &str) -> Option<String> {
        let (_, rest) = self.attributes.split_once(&format!(" {attribute}=\""))?;
        let value = rest.split('"').next()?;
        Some(value.replace("&#38;", "&").replace("&amp;", "&"))
    }

    /// The names of its attributes: what stands before each `=`, and those without a value.
    fn names(&self) -> impl Iterator<Item = &str> {
        let outside_of_quotes = self.attributes.split('"').step_by(2);
        outside_of_quotes.flat_map(str::split_whitespace).map(|name| name.trim_end_matches('='))
    }
}

/// The opening tags of a page. Our pages escape `<` wherever it is text, so each `<` and a letter is a tag.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let pieces = page.split('<').skip(1).filter(|piece| piece.starts_with(|c: char| c.is_ascii_alphabetic()));
    let tag = |piece| -> Tag<'_> {
        let inside: &str = until_tag_ends(piece);
        let end = inside.find([' ', '\n', '/']).unwrap_or(inside.len());
        Tag { name: &inside[..end], attributes: &inside[end..] }
    };
    pieces.map(tag).collect()
}

/// Up to the `>` that stands in no quotes.
fn until_tag_ends(piece: &str) -> &str {
    let mut quoted = false;
    let end = piece.find(|c: char| {
        quoted ^= c == '"';
        c == '>' && !quoted
    });
    &piece[..end.unwrap_or(piece.len())]
}

/// Where a page leads to, and what it loads.
fn addresses(page: &str) -> Vec<String> {
    let of_tag = |tag: &Tag<'_>| ["href", "src"].iter().filter_map(|name| tag.get(name)).collect::<Vec<_>>();
    tags(page).iter().flat_map(of_tag).collect()
}

#[test]
fn every_link_and_every_anchor_leads_somewhere() {
    let mut dead = BTreeSet::new();
    for (path, answer) in &CRAWL.answers {
        if answer.status != 200 {
            dead.insert(format!("{path} answers {}", answer.status));
        }
    }
    for (from, link) in &CRAWL.links {
        let Some((path, fragment)) = link.split_once('#') else { continue };
        let target = format!(" id=\"{fragment}\"");
        if !fragment.is_empty() && !CRAWL.answers[path].body.contains(&target) {
            dead.insert(format!("{from}: {path} has no place #{fragment}"));
        }
    }
    assert_eq!(dead, BTreeSet::new());
}

#[test]
fn every_listed_page_can_be_come_upon_from_the_first_one() {
    let app = shared();
    let listed = listed(&app);
    assert!(listed.len() > 64, "each cause, fix and example has a page");
    for path in listed {
        assert!(CRAWL.links.iter().any(|(_, link)| *link == path) || path == "/", "nothing leads to {path}");
    }
}

#[test]
fn every_page_has_one_heading_a_title_of_its_own_and_a_frame() {
    let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
    for (path, answer) in CRAWL.pages() {
        let page = &answer.body;
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(page.matches("<h1").count(), 1, "{path} has one heading of the first level");
        for part in [
            "<!doctype html>\n<html lang=\"en\">\n",
            "<meta charset=\"utf-8\">",
            "<main id=\"main\"",
            "<a class=\"skip\" href=\"#main\">",
            "role=\"search\"",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
        ] {
            assert_eq!(page.matches(part).count(), 1, "{path} has {part} once");
        }
        let title = page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
        let title =
            title.and_then(|title| title.strip_suffix(" – fix401")).expect("a title with the site's name");
        assert!(title.chars().count() > 3, "{path} has the title {title:?}");
        let description = page.split("<meta name=\"description\" content=\"").nth(1);
        assert!(description.is_some_and(|text| text.find('"') > Some(20)), "{path} lacks a description");
        if page.contains("<link rel=\"canonical\"")
            && let Some(other) = titles.insert(title, path)
        {
            panic!("{path} and {other} have the same title: {title}");
        }
    }
}

#[test]
fn every_listed_page_names_its_own_address_and_the_others_ask_not_to_be_listed() {
    let app = shared();
    let mut listed: BTreeSet<String> = listed(&app).into_iter().collect();
    // It may be listed, but changes too often to be in the site map.
    listed.insert("/comments".to_owned());
    for (path, answer) in CRAWL.pages() {
        let canonical = format!("<link rel=\"canonical\" href=\"{}{path}\">", CRAWL.origin);
        assert_eq!(
            answer.body.contains(&canonical),
            listed.contains(path),
            "the canonical address of {path}"
        );
        let is_unlisted = answer.body.contains("<meta name=\"robots\" content=\"noindex\">");
        assert_ne!(is_unlisted, listed.contains(path), "{path}");
    }
}

#[test]
fn no_page_runs_or_loads_anything_but_the_files_of_this_site() {
    for (path, answer) in CRAWL.pages() {
        for tag in tags(&answer.body) {
            let written = format!("{path}: <{}{}>", tag.name, tag.attributes);
            assert!(tag.get("style").is_none() && tag.name != "style", "a style of its own in {written}");
            assert!(!tag.names().any(|name| name.starts_with("on")), "a handler in {written}");
            for name in ["src", "srcset", "action", "formaction", "poster", "data"] {
                let Some(address) = tag.get(name) else { continue };
                let is_here = address.starts_with('/') && !address.starts_with("//");
                assert!(is_here, "something from elsewhere in {written}");
            }
            let is_here = |address: &str| address.starts_with('/') || address.starts_with(&CRAWL.origin);
            match tag.name {
                "link" => assert!(tag.get("href").is_some_and(|href| is_here(&href)), "{written}"),
                "script" if tag.get("src").is_none() => {
                    assert_eq!(
                        tag.get("type").as_deref(),
                        Some("application/ld+json"),
                        "a script in {written}"
                    );
                }
                "a" => {
                    let scheme = tag.get("href").unwrap_or_default();
                    let is_good =
                        ["/", "#", "https://", "http://"].iter().any(|start| scheme.starts_with(start));
                    assert!(is_good, "no link: {written}");
                    assert!(tag.get("target").is_none(), "a window nobody asked for: {written}");
                }
                "iframe" | "object" | "embed" | "base" => panic!("{written}"),
                "meta" => assert!(tag.get("http-equiv").is_none(), "{written}"),
                _ => {}
            }
        }
    }
}

#[test]
fn the_facts_for_search_engines_are_json() {
    let mut seen = 0;
    for (path, answer) in CRAWL.pages() {
        for facts in answer.body.split("<script type=\"application/ld+json\">").skip(1) {
            let facts = facts.split("</script>").next().unwrap_or_default();
            let facts: serde_json::Value =
                serde_json::from_str(facts).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(facts["@context"], "https://schema.org", "{path}");
            seen += 1;
        }
    }
    assert!(seen > 45, "each cause has facts");
}

#[test]
fn ids_are_unique_and_what_refers_to_one_finds_it() {
    for (path, answer) in CRAWL.pages() {
        let tags = tags(&answer.body);
        let mut ids = BTreeSet::new();
        for id in tags.iter().filter_map(|tag| tag.get("id")) {
            assert!(ids.insert(id.clone()), "{path} has the id {id} twice");
        }
        let refer = ["for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form"];
        let names = tags.iter().flat_map(|tag| refer.iter().filter_map(|attribute| tag.get(attribute)));
        for name in names.flat_map(|names| names.split(' ').map(str::to_owned).collect::<Vec<_>>()) {
            assert!(ids.contains(&name), "{path} refers to {name}, which is not there");
        }
    }
}

#[test]
fn every_element_is_closed_where_it_should_be() {
    const VOID: &[&str] = &["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"];
    for (path, answer) in CRAWL.pages() {
        let mut open: Vec<&str> = Vec::new();
        for piece in answer.body.split('<').skip(1).map(until_tag_ends) {
            if let Some(name) = piece.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "{path}: </{name}> closes something else");
            } else if piece.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let name = piece.split([' ', '\n']).next().unwrap_or_default();
                if !VOID.contains(&name.trim_end_matches('/')) && !piece.ends_with('/') {
                    open.push(name);
                }
            }
        }
        assert_eq!(open, Vec::<&str>::new(), "{path} leaves elements open");
    }
}

#[test]
fn every_answer_carries_the_headers_that_protect_the_reader() {
    let app = shared();
    let protecting = |answer: &Answer| -> String {
        // The API lets pages of other sites read; its own tests hold that.
        let changing =
            ["content-", "date", "etag", "x-request-id", "vary", "cache-control", "access-control-"];
        let of_csp = "content-security-policy";
        let lines = answer
            .header_lines()
            .into_iter()
            .filter(|line| line.starts_with(of_csp) || !changing.iter().any(|name| line.starts_with(name)));
        lines.collect::<Vec<_>>().join("\n")
    };
    let first = protecting(&app.get("/"));
    insta::assert_snapshot!(first, @r"
    content-security-policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
    cross-origin-opener-policy: same-origin
    cross-origin-resource-policy: same-origin
    permissions-policy: camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()
    referrer-policy: same-origin
    x-content-type-options: nosniff
    x-frame-options: DENY
    ");
    for (path, answer) in &CRAWL.answers {
        assert_eq!(protecting(answer), first, "{path}");
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
    }
    for path in ["/nowhere", "/static/nothing.css", "/articles/nothing", "/search?from=x"] {
        assert_eq!(protecting(&app.get(path)), first, "{path}");
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
    assert!(app.get("/sitemap.xml").body.contains("<loc>https://fix401.example/articles/clock-skew</loc>"));
    assert!(app.get("/robots.txt").body.contains("Sitemap: https://fix401.example/sitemap.xml"));
}

/// What can be fetched and needs no sign-in, an address of each sort.
const FILES: &[&str] = &[
    "/",
    "/articles",
    "/causes",
    "/fixes",
    "/examples",
    "/guide",
    "/stacks",
    "/services",
    "/privacy",
    "/comments",
    "/search",
    "/search?q=token",
    "/diagnose",
    "/diagnose?f=jwt.expired-claim",
    "/articles/clock-skew",
    "/articles/clock-skew/comments/new",
    "/articles/clock-skew/feed.atom",
    "/feed.atom",
    "/sitemap.xml",
    "/robots.txt",
    "/opensearch.xml",
    "/manifest.webmanifest",
    "/favicon.ico",
    "/api",
    "/api/openapi.json",
    "/api/v1/articles",
    "/api/v1/articles/clock-skew",
    "/api/v1/articles/clock-skew/comments",
    "/api/v1/causes",
    "/api/v1/findings",
    "/api/v1/questions",
    "/api/v1/search?q=token",
    "/api/v1/suggest?q=tok",
    "/healthz",
    "/readyz",
    "/metrics",
];

#[test]
fn every_address_says_what_it_sends_and_how_long_it_may_be_kept() {
    let app = shared();
    let mut table = String::new();
    for path in FILES {
        let answer = app.get(path);
        let (kind, keep) = (answer.header("content-type"), answer.header("cache-control"));
        table += &format!("{path}  {}  {kind}  {keep}\n", answer.status);
    }
    insta::assert_snapshot!(table, @r"
    /  200  text/html; charset=utf-8  public, no-cache
    /articles  200  text/html; charset=utf-8  public, no-cache
    /causes  200  text/html; charset=utf-8  public, no-cache
    /fixes  200  text/html; charset=utf-8  public, no-cache
    /examples  200  text/html; charset=utf-8  public, no-cache
    /guide  200  text/html; charset=utf-8  public, no-cache
    /stacks  200  text/html; charset=utf-8  public, no-cache
    /services  200  text/html; charset=utf-8  public, no-cache
    /privacy  200  text/html; charset=utf-8  public, no-cache
    /comments  200  text/html; charset=utf-8  public, no-cache
    /search  200  text/html; charset=utf-8  no-store
    /search?q=token  200  text/html; charset=utf-8  no-store
    /diagnose  200  text/html; charset=utf-8  no-store
    /diagnose?f=jwt.expired-claim  200  text/html; charset=utf-8  no-store
    /articles/clock-skew  200  text/html; charset=utf-8  public, no-cache
    /articles/clock-skew/comments/new  200  text/html; charset=utf-8  no-store
    /articles/clock-skew/feed.atom  200  application/atom+xml; charset=utf-8  public, no-cache
    /feed.atom  200  application/atom+xml; charset=utf-8  public, no-cache
    /sitemap.xml  200  application/xml; charset=utf-8  public, no-cache
    /robots.txt  200  text/plain; charset=utf-8  public, max-age=86400
    /opensearch.xml  200  application/opensearchdescription+xml; charset=utf-8  public, max-age=86400
    /manifest.webmanifest  200  application/manifest+json  public, max-age=86400
    /favicon.ico  200  image/x-icon  public, max-age=86400
    /api  200  text/html; charset=utf-8  public, no-cache
    /api/openapi.json  200  application/json  public, no-cache
    /api/v1/articles  200  application/json  public, no-cache
    /api/v1/articles/clock-skew  200  application/json  public, no-cache
    /api/v1/articles/clock-skew/comments  200  application/json  public, no-cache
    /api/v1/causes  200  application/json  public, no-cache
    /api/v1/findings  200  application/json  public, no-cache
    /api/v1/questions  200  application/json  public, no-cache
    /api/v1/search?q=token  200  application/json  no-store
    /api/v1/suggest?q=tok  200  application/json  no-store
    /healthz  200  text/plain; charset=utf-8  no-store
    /readyz  200  application/json  no-store
    /metrics  200  text/plain; version=0.0.4; charset=utf-8  no-store
    ");
}

#[test]
fn head_answers_with_the_header_of_get_and_nothing_else() {
    let app = shared();
    let articles = listed(&app);
    let static_files = CRAWL.answers.keys().filter(|path| path.starts_with("/static/"));
    let paths = FILES.iter().copied().chain(articles.iter().map(String::as_str));
    for path in paths.chain(static_files.map(String::as_str)) {
        let (get, head) = (app.get(path), app.head(path));
        let lasting = |answer: &Answer| -> Vec<String> {
            let changing =
                ["date", "x-request-id", if path == "/metrics" { "content-length" } else { "date" }];
            let lines = answer.header_lines().into_iter();
            lines.filter(|line| !changing.iter().any(|name| line.starts_with(name))).collect()
        };
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(lasting(&head), lasting(&get), "{path}");
        assert_eq!(head.bytes.len(), 0, "{path}");
    }
}

#[test]
fn a_reader_who_has_a_page_gets_no_second_copy() {
    let app = shared();
    let static_files = CRAWL.answers.keys().filter(|path| path.starts_with("/static/")).cloned();
    let others = [
        "/feed.atom",
        "/sitemap.xml",
        "/robots.txt",
        "/opensearch.xml",
        "/manifest.webmanifest",
        "/favicon.ico",
    ];
    let paths = listed(&app).into_iter().chain(static_files).chain(others.map(str::to_owned));
    for path in paths {
        for encoding in ["identity", "gzip", "br"] {
            let accept = ("Accept-Encoding", encoding);
            let first = app.get_with(&path, &[accept]);
            let tag = first.header("etag");
            assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: the tag is strong: {tag}");
            let known = format!("W/\"other\", {tag}");
            let second = app.get_with(&path, &[accept, ("If-None-Match", &known)]);
            assert_eq!((second.status, second.bytes.len()), (304, 0), "{path}, {encoding}");
            assert_eq!(second.header("content-type"), "", "{path}, {encoding}");
            for name in ["etag", "cache-control", "vary"] {
                assert_eq!(second.header(name), first.header(name), "{path}, {encoding}, {name}");
            }
            let third = app.get_with(&path, &[accept, ("If-None-Match", "\"other\"")]);
            assert_eq!((third.status, &third.bytes), (200, &first.bytes), "{path}, {encoding}");
        }
    }
}

#[test]
fn every_page_says_the_same_in_each_encoding() {
    let app = shared();
    let static_files = CRAWL.answers.keys().filter(|path| path.starts_with("/static/")).cloned();
    let others =
        FILES.iter().filter(|path| !["/metrics", "/readyz"].contains(path)).map(|path| (*path).to_owned());
    for path in listed(&app).into_iter().chain(static_files).chain(others) {
        let plain = app.get_with(&path, &[("Accept-Encoding", "identity")]);
        assert_eq!(plain.header("content-encoding"), "", "{path}");
        for encoding in ["gzip", "br"] {
            let packed = app.get_with(&path, &[("Accept-Encoding", encoding)]);
            assert!(packed.decoded() == plain.bytes, "{path} says something else in {encoding}");
            assert!(packed.bytes.len() <= plain.bytes.len(), "{path} is larger in {encoding}");
            assert_eq!(packed.header("vary"), plain.header("vary"), "{path}");
            let is_packed = !packed.header("content-encoding").is_empty();
            assert!(!is_packed || packed.header("vary").contains("Accept-Encoding"), "{path} lacks Vary");
            let length = packed.bytes.len().to_string();
            assert_eq!(packed.header("content-length"), length, "{path}, {encoding}");
        }
    }
}

#[test]
fn a_page_comes_in_the_encoding_that_was_asked_for() {
    let app = shared();
    for (accept, encoding) in [
        ("br", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("identity", ""),
        ("", ""),
        ("zstd", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.1, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("*;q=0", ""),
        ("gzip;q=nonsense", ""),
    ] {
        let answer = app.get_with("/causes", &[("Accept-Encoding", accept)]);
        assert_eq!((answer.status, answer.header("content-encoding")), (200, encoding), "{accept}");
        assert_eq!(answer.header("vary"), "Accept-Encoding");
    }
    assert_eq!(app.get("/causes").header("content-encoding"), "", "who names nothing gets it as it is");
}

#[test]
fn no_page_sets_a_cookie_on_who_only_reads() {
    for (path, answer) in &CRAWL.answers {
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
}

#[test]
fn a_page_is_the_same_whoever_asks_for_it() {
    let app = shared();
    for path in ["/", "/causes", "/articles/clock-skew", "/guide"] {
        let plain = app.get(path);
        let dressed = app.get_with(
            path,
            &[
                ("Cookie", "__Host-fix401-author=x.y; theme=dark"),
                ("Accept-Language", "de"),
                ("User-Agent", "<script>alert(1)</script>"),
                ("X-Forwarded-Host", "evil.example"),
                ("X-Forwarded-Proto", "https"),
                ("Forwarded", "host=evil.example"),
            ],
        );
        assert_eq!(dressed.body, plain.body, "{path}");
        assert_eq!(dressed.header("etag"), plain.header("etag"), "{path}");
    }
}
