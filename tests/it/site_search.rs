//! The page of results: what is found, marked, filtered and suggested, and what a search must withstand.

use crate::support::{Answer, shared, text_of};

fn results(answer: &Answer) -> &str {
    answer.body.split("<main").nth(1).unwrap_or_default()
}

#[test]
fn a_search_marks_what_was_looked_for_and_keeps_the_query_in_the_field() {
    let answer = shared().get("/search?q=clock+skew");
    let found = results(&answer);
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("value=\"clock skew\""));
    assert!(found.contains("<mark>clock</mark>"), "{}", text_of(found));
    assert!(found.contains("href=\"/articles/clock-skew"));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn a_filter_leaves_one_kind_of_article() {
    let app = shared();
    let everything = app.get("/search?q=token");
    let fixes = app.get("/search?q=token&kind=fix");
    assert!(results(&everything).contains("href=\"/search?q=token&#38;kind=fix\""), "{}", everything.body);
    let of_fixes = [
        "verify-credentials",
        "refresh-or-obtain-a-new-token",
        "update-permission-settings",
        "correct-authentication-headers",
        "address-server-side-issues",
        "debug-and-test",
        "contact-support",
    ];
    let hits: Vec<&str> = results(&fixes)
        .split("href=\"/articles/")
        .skip(1)
        .filter_map(|rest| rest.split(['"', '#', '/']).next())
        .collect();
    assert!(!hits.is_empty());
    for hit in hits {
        assert!(of_fixes.contains(&hit), "{hit} is no fix");
    }
    assert_eq!(app.get("/search?q=token&kind=nonsense").status, 200, "a kind that nobody knows is no filter");
}

#[test]
fn a_misspelt_word_gets_a_suggestion_that_finds_something() {
    let app = shared();
    let answer = app.get("/search?q=clokc+skew");
    let text = text_of(results(&answer));
    assert!(text.contains("Did you mean"), "{text}");
    assert!(results(&answer).contains("href=\"/search?q=clock+skew\""));
}

#[test]
fn a_search_without_results_leads_to_the_form() {
    let answer = shared().get("/search?q=qqqqzzzz");
    assert_eq!(answer.status, 200);
    assert!(results(&answer).contains("Nothing has these words"));
    assert!(results(&answer).contains("<a href=\"/\">form</a>"));
}

#[test]
fn an_empty_search_is_a_field_and_no_error() {
    let app = shared();
    for path in ["/search", "/search?q=", "/search?q=+++", "/search?q=%00", "/search?kind=cause"] {
        let answer = app.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.contains("name=\"q\""), "{path}");
        assert!(!results(&answer).contains("<mark>"), "{path}");
    }
}

#[test]
fn a_query_is_text_whatever_stands_in_it() {
    let app = shared();
    for query in [
        "<script>alert(401)</script>",
        "\"><img src=x onerror=alert(401)>",
        "' onfocus='alert(401)",
        "</title><svg/onload=alert(401)>",
        "{{1337*7331}}${1337*7331}",
        "title:token AND (body:\"x\" OR -[a TO b]) ^2 ~ * ?",
        "((((((((((",
        "\"unclosed",
        "token' OR 1=1--",
        "日本語 пароль كلمة",
        "\u{202e}drowssap",
        "a\r\nSet-Cookie: x=1",
    ] {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for path in [format!("/search?q={encoded}"), format!("/search?q=token&kind={encoded}")] {
            let answer = app.get(&path);
            assert_eq!(answer.status, 200, "{query}");
            assert_eq!(answer.header("set-cookie"), "", "{query}");
            for harm in ["<script>alert", "<img src=x", "<svg/onload", "' onfocus='", "9801547"] {
                assert!(!answer.body.contains(harm), "{query} came through as {harm}");
            }
        }
    }
}

#[test]
fn a_very_long_query_is_cut_and_sent_to_the_diagnosis() {
    let app = shared();
    let answer = app.get(&format!("/search?q={}", "token+".repeat(10_000 / 6)));
    assert_eq!(answer.status, 200);
    assert!(answer.body.len() < 200_000, "the query is not given back over and over");
    assert!(text_of(results(&answer)).contains("paste"), "{}", text_of(results(&answer)));
    let words = "%F0%9F%98%80".repeat(2_500);
    assert_eq!(app.get(&format!("/search?q={words}")).status, 200, "10,000 bytes of four-byte characters");
}

#[test]
fn pages_of_results_follow_one_another_and_end() {
    let app = shared();
    let first = app.get("/search?q=token");
    assert!(results(&first).contains("from=20"), "{}", text_of(results(&first)));
    assert_eq!(app.get("/search?q=token&from=20").status, 200);
    let far = app.get("/search?q=token&from=18446744073709551615");
    assert_eq!(far.status, 200, "further than anybody reads");
    assert_eq!(app.get("/search?q=token&from=18446744073709551616").status, 400, "no number that fits");
}
