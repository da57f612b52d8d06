//! What a reader sees when something is not as it should be, and that nothing of what was sent comes back as it was.

use std::collections::BTreeSet;

use crate::support::{Answer, TestApp, shared};

const BROWSER: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

/// A page for people: the status, a way onward, the number of the request, and nothing to keep.
#[track_caller]
fn check_page(answer: &Answer, status: u16) {
    assert_eq!((answer.status, answer.header("content-type")), (status, "text/html; charset=utf-8"));
    assert!(answer.body.contains("<a href=\"/\""), "a way onward");
    assert!(answer.body.contains("action=\"/search\""), "another way onward");
    assert!(answer.body.contains(answer.header("x-request-id")), "the number of the request");
    assert_eq!(answer.body.matches("<h1").count(), 1);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'; "));
}

/// Problem details for programs.
#[track_caller]
fn check_problem(answer: &Answer, status: u16) {
    assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    for name in ["type", "title", "detail"] {
        assert!(problem[name].as_str().is_some_and(|text| !text.is_empty()), "{name} in {problem}");
    }
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-request-id").len(), 36);
}

#[test]
fn a_mistyped_article_leads_to_the_right_one() {
    let app = shared();
    for typed in ["clokc-skew", "clock_skew", "Clock-Skew", "clock-skews"] {
        let answer = app.get_with(&format!("/articles/{typed}"), &[BROWSER]);
        check_page(&answer, 404);
        assert!(answer.body.contains("Did you mean"), "{typed}");
        assert!(answer.body.contains("href=\"/articles/clock-skew\""), "{typed}");
    }
    let answer = app.get_with("/articles/zzzzzz", &[BROWSER]);
    check_page(&answer, 404);
    assert!(!answer.body.contains("Did you mean"), "nothing is like that");
}

#[test]
fn an_unknown_address_says_so_and_leads_onward() {
    let answer = shared().get_with("/nowhere", &[BROWSER]);
    check_page(&answer, 404);
    let main = answer.text_in("<main");
    insta::assert_snapshot!(main.replace(answer.header("x-request-id"), "ID"), @r"
    There is no page here
    The address may be mistyped, or the page has moved. The search finds it by its words.
    Search the library
    Search
    Or go on to the
    symptom form
    , the
    causes
    or
    all articles
    .
    Request
    ID
    ");
}

#[test]
fn a_terminal_gets_its_errors_as_text() {
    let app = shared();
    for headers in [&[("Accept", "*/*")][..], &[]] {
        let answer = app.get_with("/nowhere", headers);
        assert_eq!((answer.status, answer.header("content-type")), (404, "text/plain; charset=utf-8"));
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.body.replace(answer.header("x-request-id"), "ID"), @r"
            There is no page here.
            The address may be mistyped, or the page has moved. The search finds it by its words.
            Request ID
            ");
        }
    }
}

#[test]
fn a_wrong_method_is_refused_with_the_right_ones() {
    let app = shared();
    let own = ("Sec-Fetch-Site", "same-origin");
    let mut table = String::new();
    for (method, path) in [
        ("POST", "/"),
        ("POST", "/causes"),
        ("POST", "/articles"),
        ("POST", "/articles/clock-skew"),
        ("POST", "/search"),
        ("POST", "/comments"),
        ("POST", "/sitemap.xml"),
        ("POST", "/static/style.css"),
        ("PUT", "/diagnose"),
        ("DELETE", "/articles/clock-skew/comments"),
        ("DELETE", "/articles/clock-skew"),
        ("PATCH", "/feed.atom"),
        ("POST", "/healthz"),
    ] {
        let answer = app.request(method, path, &[own, BROWSER], None);
        table += &format!("{method} {path}: {} {}\n", answer.status, answer.header("allow"));
        if answer.status == 405 {
            check_page(&answer, 405);
        }
    }
    insta::assert_snapshot!(table, @r"
    POST /: 405 GET, HEAD
    POST /causes: 405 GET, HEAD
    POST /articles: 405 GET, HEAD
    POST /articles/clock-skew: 405 GET, HEAD
    POST /search: 405 GET, HEAD
    POST /comments: 405 GET, HEAD
    POST /sitemap.xml: 405 GET, HEAD
    POST /static/style.css: 405 GET, HEAD
    PUT /diagnose: 405 GET, HEAD, POST
    DELETE /articles/clock-skew/comments: 405 GET, HEAD, POST
    DELETE /articles/clock-skew: 405 GET, HEAD
    PATCH /feed.atom: 405 GET, HEAD
    POST /healthz: 405 GET, HEAD
    ");
    let api = app.request("DELETE", "/api/v1/causes", &[], None);
    check_problem(&api, 405);
    assert_eq!(api.header("allow"), "GET, HEAD, OPTIONS");
}

#[test]
fn what_does_not_parse_ends_in_the_same_page() {
    let app = shared();
    for path in ["/search?from=minus", "/search?from=1&from=2", "/search?q=1&q=2"] {
        let answer = app.get_with(path, &[BROWSER]);
        check_page(&answer, 400);
        assert!(answer.body.contains("This request cannot be read"), "{path}");
        for parsers_words in ["invalid digit", "duplicate field", "deserialize"] {
            assert!(!answer.body.contains(parsers_words), "{path}: the parser's own words");
        }
    }
}

#[test]
fn broken_percent_signs_are_no_trouble() {
    let app = shared();
    for path in [
        "/%",
        "/%zz",
        "/%2",
        "/articles/%",
        "/articles/%ff%fe",
        "/articles/%00",
        "/articles/clock-skew%00",
        "/articles/..%2f..%2fetc%2fpasswd",
        "/articles/clock%2dskew/",
        "//articles/clock-skew",
        "/comments/%ff",
        "/static/%ff%00",
    ] {
        let answer = app.raw(&format!("GET {path} HTTP/1.1\r\nAccept: text/html"));
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.contains('\0') && !answer.body.contains('\u{fffd}'), "{path} comes back");
    }
    assert_eq!(
        app.raw("GET /articles/clock%2Dskew HTTP/1.1").status,
        200,
        "the same address, written otherwise"
    );
    for path in [
        "/search?q=%",
        "/search?q=%zz%ff%fe",
        "/search?%=%&&==",
        "/diagnose?f=%ff&f=%",
        "/diagnose?q.%00=%00",
    ] {
        let answer = app.raw(&format!("GET {path} HTTP/1.1\r\nAccept: text/html"));
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.body.contains('\0'), "{path}");
    }
}

#[test]
fn requests_that_are_too_long_or_no_http_are_refused() {
    let app = shared();
    let long = "x".repeat(60_000);
    assert_eq!(app.raw(&format!("GET /search?q={long} HTTP/1.1")).status, 200, "a long query is cut");
    assert_eq!(app.raw(&format!("GET /articles/{long} HTTP/1.1")).status, 404);
    for head in [
        "NONSENSE",
        "GET",
        "GET / HTTP/9.9",
        "GET /\0 HTTP/1.1",
        "GET http:// HTTP/1.1",
        "GET / HTTP/1.1\r\nA\0: b",
    ] {
        let answer = app.raw(head);
        assert!(matches!(answer.status, 400 | 404 | 505), "{head:?}: {}", answer.status);
    }
    assert_eq!(app.get("/healthz").status, 200, "and it still lives");
}

#[test]
fn a_form_with_nul_or_broken_text_is_answered() {
    let app = shared();
    let form = "application/x-www-form-urlencoded";
    for body in [
        &b"text=401%00Unauthorized"[..],
        b"text=%ff%fe%80",
        b"text=\xff\xfe\x80 401",
        b"text=401&q.client=%00&q.%ff=%ff&f=%00",
        b"text=%",
        b"=&=&&&text=401",
        b"text=401&text=402&text=403",
        b"\0\0\0\0",
    ] {
        let answer = app.post_bytes("/diagnose", form, body);
        assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(body));
        assert!(!answer.body.contains('\0'), "{:?}", String::from_utf8_lossy(body));
    }
}

#[test]
fn json_with_nul_or_broken_text_is_answered_or_refused_as_a_problem() {
    let app = shared();
    for (body, status) in [
        (&br#"{"text": "401 \u0000 Unauthorized"}"#[..], 200),
        (b"{\"text\": \"401 \0\"}", 400),
        (b"{\"text\": \"\xff\xfe\"}", 400),
        (br#"{"text": "\ud800"}"#, 400),
        (b"{", 400),
        (b"", 400),
        (b"[]", 400),
        (br#"{"text": 401}"#, 422),
        (br#"{"text": "x", "limit": 1e99}"#, 422),
        (br#"{"text": "401", "findings": ["no.such-thing", "\u0000"], "answers": {"none": "x"}}"#, 200),
    ] {
        let answer = app.post_bytes("/api/v1/diagnose", "application/json", body);
        match status {
            200 => assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(body)),
            status => check_problem(&answer, status),
        }
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read_in_full() {
    let app = TestApp::start_with(|config| config.upload_max = 1 << 20);
    let megabytes = "x".repeat(4 << 20);
    let text = app.send("POST", "/diagnose", "text/plain", &megabytes);
    assert_eq!((text.status, text.header("content-type")), (413, "text/plain; charset=utf-8"));
    assert!(text.body.starts_with("That is more than 1 MB."));
    check_problem(
        &app.send("POST", "/api/v1/diagnose", "application/json", &format!("{{\"text\":\"{megabytes}\"}}")),
        413,
    );
    let comment = app.post_form_with(
        "/articles/clock-skew/comments",
        &[("body", &megabytes)],
        &[BROWSER, ("Sec-Fetch-Site", "same-origin")],
    );
    assert_eq!(comment.status, 413);
    assert!(comment.body.len() < 200_000);
}

/// Every address that takes a form.
const FORMS: &[&str] = &[
    "/diagnose",
    "/articles/clock-skew/comments",
    "/comments/0198f0f0-0000-7000-8000-000000000000",
    "/comments/0198f0f0-0000-7000-8000-000000000000/delete",
    "/comments/0198f0f0-0000-7000-8000-000000000000/helped",
    "/moderate/sign-in",
    "/moderate/sign-out",
];

#[test]
fn a_form_from_another_site_is_refused() {
    let app = shared();
    for path in FORMS {
        for header in [
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
            ("Sec-Fetch-Site", ""),
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
            ("Origin", ""),
            ("Origin", "http://127.0.0.1.evil.example"),
        ] {
            let answer = app.post_form_with(path, &[("text", "401"), ("body", "hello")], &[header, BROWSER]);
            check_page(&answer, 403);
            assert!(
                answer.body.contains("Forms are only taken from pages of this site."),
                "{path}, {header:?}"
            );
        }
        let both = [("Sec-Fetch-Site", "cross-site"), ("Origin", app.origin.as_str()), BROWSER];
        assert_eq!(app.post_form_with(path, &[("text", "401")], &both).status, 403, "{path}");
    }
    for header in [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")] {
        let headers = [header, ("Content-Type", "application/json")];
        check_problem(&app.request("POST", "/api/v1/diagnose", &headers, Some("{\"text\":\"401\"}")), 403);
    }
    let own = app.origin.clone();
    for header in [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none")] {
        assert_eq!(app.post_form_with("/diagnose", &[("text", "401")], &[header]).status, 200, "{header:?}");
    }
}

#[test]
fn a_form_that_says_nothing_of_where_it_comes_from_is_taken_where_nothing_is_kept_only() {
    let app = shared();
    for path in FORMS {
        let answer = app.post_form_with(path, &[("text", "401"), ("body", "hello")], &[BROWSER]);
        assert_eq!(answer.status, if *path == "/diagnose" { 200 } else { 403 }, "{path}");
    }
}

#[test]
fn head_answers_errors_as_get_does_without_the_body() {
    let app = shared();
    for path in [
        "/nowhere",
        "/articles/nothing",
        "/static/nothing.css",
        "/search?from=x",
        "/api/v1/nothing",
        "/comments/x",
    ] {
        let headers = [BROWSER];
        let get = app.request("GET", path, &headers, None);
        let head = app.request("HEAD", path, &headers, None);
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.bytes.len(), 0, "{path}");
        for name in ["content-type", "cache-control", "content-security-policy", "x-content-type-options"] {
            assert_eq!(head.header(name), get.header(name), "{path}, {name}");
        }
    }
}

#[test]
fn each_request_has_a_number_of_its_own_and_cannot_choose_it() {
    let app = shared();
    let mut numbers = BTreeSet::new();
    for path in ["/", "/", "/nowhere", "/api/v1/nothing", "/static/nothing"] {
        let answer = app.get_with(path, &[("X-Request-Id", "mine")]);
        assert!(numbers.insert(answer.header("x-request-id").to_owned()), "{path}");
    }
    assert!(!numbers.contains("mine"));
}

#[test]
fn the_api_answers_with_problems_and_pages_with_pages_whatever_is_asked_for() {
    let app = shared();
    for accept in ["text/html", "application/json", "*/*"] {
        check_problem(&app.get_with("/api/v1/nothing", &[("Accept", accept)]), 404);
        check_problem(&app.get_with("/api/v1/articles/nothing", &[("Accept", accept)]), 404);
    }
    let page = app.get_with("/nowhere", &[("Accept", "application/json")]);
    assert_eq!((page.status, page.header("content-type")), (404, "text/plain; charset=utf-8"));
}

#[test]
fn nothing_of_a_request_comes_back_as_markup() {
    let app = shared();
    let script = "%3Cscript%3Ealert(401)%3C/script%3E";
    let quote = "%22%3E%3Cimg%20src=x%20onerror=alert(401)%3E";
    for hostile in [script, quote] {
        for path in [
            format!("/{hostile}"),
            format!("/articles/{hostile}"),
            format!("/articles/clock-skew/{hostile}"),
            format!("/static/{hostile}"),
            format!("/search?from={hostile}"),
            format!("/search?q={hostile}"),
            format!("/search?kind={hostile}"),
            format!("/diagnose?f={hostile}&q.client={hostile}&q.{hostile}=x"),
            format!("/comments/{hostile}"),
            format!("/comments?before={hostile}&page={hostile}"),
            format!("/articles/clock-skew/comments/new?f={hostile}&to={hostile}&outcome={hostile}"),
            format!("/moderate/{hostile}"),
            format!("/api/v1/{hostile}"),
            format!("/api/v1/search?kind={hostile}"),
        ] {
            let answer = app.get_with(&path, &[BROWSER]);
            assert!(answer.status < 500, "{path}: {}", answer.status);
            for markup in ["<script>alert", "<img src=x"] {
                let is_page = answer.header("content-type").starts_with("text/html");
                assert!(!is_page || !answer.body.contains(markup), "{path} comes back as markup");
            }
            for line in answer.header_lines() {
                assert!(!line.contains("alert(401)"), "{path} comes back in {line}");
            }
        }
    }
}

#[test]
fn a_server_without_a_database_says_so_where_it_matters_and_serves_the_rest() {
    let app = TestApp::start_with(|config| {
        // Nobody listens there: the discard port.
        config.database_url = "postgres://nobody@127.0.0.1:9/none".parse().expect("any text is a secret");
    });
    for path in [
        "/",
        "/causes",
        "/articles/clock-skew",
        "/search?q=token",
        "/diagnose?f=jwt.expired-claim",
        "/sitemap.xml",
    ] {
        assert_eq!(app.get(path).status, 200, "{path}");
    }
    let posted = app.post_form_with(
        "/articles/clock-skew/comments",
        &[("body", "It was the clock."), ("outcome", "fixed")],
        &[BROWSER, ("Sec-Fetch-Site", "same-origin")],
    );
    assert_eq!((posted.status, posted.header("retry-after")), (503, "30"));
    assert!(posted.body.contains("It was the clock."), "the text is kept in the form");
    check_problem(&app.get("/api/v1/articles/clock-skew/comments"), 503);
}
