//! The finding catalogue: a page for each area, a place for each finding, a filter, and the same through the API and search.

use std::collections::BTreeSet;

use crate::support::{Answer, TestApp, shared, site, text_of};

fn areas() -> BTreeSet<String> {
    let area = |id: &str| id.split('.').next().unwrap_or_default().to_owned();
    site().diagnoser.meanings().map(|meaning| area(&meaning.id)).collect()
}

/// The links of an answer into the catalogue.
fn links(answer: &Answer) -> Vec<String> {
    let links = answer.body.split("href=\"/findings/").skip(1);
    links.filter_map(|rest| rest.split('"').next()).map(|rest| format!("/findings/{rest}")).collect()
}

#[test]
fn every_area_has_a_page_and_every_finding_a_place_on_it() {
    let app = TestApp::start();
    let index = app.get("/findings");
    let listed: BTreeSet<String> = links(&index).into_iter().collect();
    assert_eq!(listed, areas().iter().map(|area| format!("/findings/{area}")).collect());
    for area in areas() {
        let page = app.get(&format!("/findings/{area}"));
        assert_eq!(page.status, 200, "{area}");
        let shown = text_of(&page.body);
        let site = site();
        for meaning in
            site.diagnoser.meanings().filter(|meaning| meaning.id.split('.').next() == Some(&*area))
        {
            assert!(page.body.contains(&format!("<li id=\"{}\">", meaning.id)), "{}", meaning.id);
            assert!(shown.contains(&meaning.says), "{}: {}", meaning.id, meaning.says);
            for (cause, _) in &meaning.points_to {
                assert!(
                    page.body.contains(&format!("href=\"/articles/{cause}\"")),
                    "{}: {cause}",
                    meaning.id
                );
            }
        }
    }
}

#[test]
fn a_finding_shows_what_it_points_to_how_strongly_an_example_and_the_answer_that_says_it() {
    let page = shared().get("/findings/jwt");
    let entry = page.body.split("<li id=\"jwt.audience-refused\">").nth(1).expect("its place");
    let entry = text_of(entry.split("<li id=").next().expect("its end"));
    insta::assert_snapshot!(entry.lines().take(5).collect::<Vec<_>>().join("\n"), @r"
    The answer says that the token's audience is not accepted.
    Seen in:
    IDX10214: Audience validation failed
    Practically proves
    The token was issued for another API
    ");
    assert!(
        entry.contains("The answer “aud names something else than this API” to “What do the claims"),
        "{entry}"
    );
}

#[test]
fn the_areas_are_pages_that_are_kept_and_listed() {
    let app = shared();
    for path in ["/findings", "/findings/jwt"] {
        let page = app.get(path);
        let tag = page.header("etag").to_owned();
        assert!(!tag.is_empty(), "{path}");
        assert_eq!(app.get_with(path, &[("If-None-Match", &tag)]).status, 304, "{path}");
        assert_eq!(app.head(path).status, 200, "{path}");
    }
    let sitemap = app.get("/sitemap.xml").body;
    assert!(sitemap.contains("/findings</loc>") && sitemap.contains("/findings/jwt</loc>"));
}

#[test]
fn an_area_that_there_is_not_is_not_found() {
    let app = shared();
    for path in ["/findings/teapot", "/findings/jwt.expired-claim", "/findings/JWT", "/findings/%3Cscript%3E"]
    {
        assert_eq!(app.get(path).status, 404, "{path}");
    }
}

#[test]
fn the_filter_finds_by_all_words_wherever_they_stand() {
    let app = shared();
    let found = app.get("/findings?q=audience+ACCEPTED");
    assert_eq!(found.status, 200);
    assert!(links(&found).contains(&"/findings/jwt#jwt.audience-refused".to_owned()));
    let by_id = app.get("/findings?q=doubled-scheme");
    assert!(links(&by_id).contains(&"/findings/authorization#authorization.doubled-scheme".to_owned()));
    let by_example = app.get("/findings?q=IDX10214");
    assert!(links(&by_example).contains(&"/findings/jwt#jwt.audience-refused".to_owned()));
    let by_cause = app.get("/findings?q=the+clocks+differ");
    assert!(!links(&by_cause).is_empty());
}

#[test]
fn a_filter_without_a_match_says_so_and_shows_what_was_typed_as_text() {
    let answer = shared().get("/findings?q=%3Cscript%3Ealert(401)%3C/script%3E%22%26");
    assert_eq!((answer.status, links(&answer).len()), (200, 0));
    assert!(!answer.body.contains("<script>alert"));
    assert!(
        text_of(&answer.body).contains("0 findings for “<script>alert(401)</script>\"&”"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("href=\"/search?q=%3Cscript%3Ealert%28401%29%3C%2Fscript%3E%22%26\""));
    let blank = shared().get("/findings?q=+");
    assert!(blank.body.contains("id=\"areas\""), "without words it is the list of areas");
}

#[test]
fn a_reason_leads_to_what_it_means() {
    let app = shared();
    let text = "> GET / HTTP/1.1\n> Authorization: Bearer Bearer abc\n>\n< HTTP/1.1 401 Unauthorized\n";
    let verdict = app.post_form("/diagnose", &[("text", text)]);
    let links = links(&verdict);
    assert!(links.contains(&"/findings/authorization#authorization.doubled-scheme".to_owned()), "{links:?}");
    for link in links {
        let (path, anchor) = link.split_once('#').expect("a place");
        assert!(app.get(path).body.contains(&format!("id=\"{anchor}\"")), "{link}");
    }
}

#[test]
fn the_search_shows_findings_beside_the_articles() {
    let app = shared();
    let answer = app.get("/search?q=IDX10214");
    let also = answer.body.split("id=\"findings\"").nth(1).expect("findings");
    assert!(also.contains("href=\"/findings/jwt#jwt.audience-refused\""), "{also}");
    let answer = app.get("/search?q=audience");
    let also = answer.body.split("id=\"findings\"").nth(1).expect("findings");
    assert!(also.contains("href=\"/findings?q=audience\""), "there are more");
    assert!(
        !app.get("/search?q=audience&kind=cause").body.contains("id=\"findings\""),
        "a filter is for articles"
    );
    assert!(!app.get("/search").body.contains("id=\"findings\""));
}

#[test]
fn the_api_lists_the_same_findings_with_their_places() {
    let app = shared();
    let listed = app.get("/api/v1/findings").json();
    let listed = listed["findings"].as_array().expect("findings");
    assert_eq!(listed.len(), site().diagnoser.meanings().count());
    let one = listed.iter().find(|one| one["id"] == "jwt.audience-refused").expect("it is there");
    assert_eq!(one["url"], "/findings/jwt#jwt.audience-refused");
    assert_eq!(one["example"], "IDX10214: Audience validation failed");
    let with_example = listed.iter().filter(|one| one["example"].is_string()).count();
    assert!(10 * with_example >= 8 * listed.len(), "{with_example} of {} have an example", listed.len());
}
