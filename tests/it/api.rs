//! The JSON API over HTTP: the contract, the refusals, and the description held against what the server does.

use std::net::TcpListener;

use fix401::config::Moderation;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// A paste with a secret in it.
const PASTE: &str = "> GET /v1/me HTTP/1.1
> Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The token expired\"
";

#[track_caller]
fn send(app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
    app.request(method, path, &[JSON], Some(&body.to_string()))
}

#[track_caller]
fn diagnose(app: &TestApp, body: &Value) -> Value {
    let answer = send(app, "POST", "/api/v1/diagnose", body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// Posts a comment under the article on clocks and gives its id and its edit token.
#[track_caller]
fn post(app: &TestApp, body: &str) -> (String, String) {
    let answer = send(
        app,
        "POST",
        "/api/v1/articles/clock-skew/comments",
        &json!({ "body": body, "outcome": "fixed" }),
    );
    assert_eq!(answer.status, 201, "{}", answer.body);
    let posted = answer.json();
    (text(&posted["id"]), text(&posted["edit_token"]))
}

#[track_caller]
fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Checks that a request is refused: with this status, as a problem, and with these fields named.
#[track_caller]
fn check_refused(answer: &Answer, status: u16, fields: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    for member in ["type", "title", "detail"] {
        assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {problem}");
    }
    let named: Vec<&str> = problem["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["field"].as_str())
        .collect();
    assert_eq!(named, fields, "{problem}");
}

#[test]
fn a_diagnosis_ranks_all_causes_and_shows_why_with_secrets_masked() {
    let app = TestApp::start();
    let answer = send(&app, "POST", "/api/v1/diagnose", &json!({ "text": PASTE }));
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.body.contains("dozjgNryP4J3"), "the token is masked");
    let diagnosis = answer.json();

    let causes = diagnosis["causes"].as_array().expect("causes");
    assert_eq!(causes.len(), 45);
    assert!(causes.is_sorted_by(|a, b| a["probability"].as_f64() >= b["probability"].as_f64()));
    let first = &causes[0];
    assert_eq!(first["id"], "token-expired");
    assert_eq!(first["url"], "/articles/token-expired");
    assert_eq!(first["fixed_for"], 0);
    assert!(text(&first["check"]).starts_with("Read the token and the clock:\nprintf"), "{}", first["check"]);
    assert!(!first["because"].as_array().expect("reasons").is_empty());

    for finding in diagnosis["findings"].as_array().expect("findings") {
        let (Some(start), Some(end)) = (finding["start"].as_u64(), finding["end"].as_u64()) else { continue };
        assert!(PASTE.get(start as usize..end as usize).is_some(), "{finding} lies in the text");
    }
    let permalink = text(&diagnosis["permalink"]);
    let path = permalink.strip_prefix(&app.origin).expect("a whole address");
    assert!(path.starts_with("/diagnose?f="));
    assert_eq!(app.get(path).status, 200);
}

#[test]
fn a_permalink_carries_enough_to_rebuild_the_ranking_and_nothing_of_the_text() {
    let app = TestApp::start();
    let diagnosis = diagnose(&app, &json!({ "text": PASTE, "limit": 1 }));
    assert_eq!(diagnosis["causes"].as_array().map(Vec::len), Some(1));
    let permalink = text(&diagnosis["permalink"]);
    let ids: Vec<&str> =
        permalink.split(['?', '&']).skip(1).filter_map(|part| part.strip_prefix("f=")).collect();
    let known = app.get("/api/v1/findings").json();
    let known: Vec<&str> =
        known["findings"].as_array().expect("findings").iter().filter_map(|one| one["id"].as_str()).collect();
    assert!(!ids.is_empty() && ids.iter().all(|id| known.contains(id)), "{ids:?}");
    let again = diagnose(&app, &json!({ "findings": ids }));
    assert!(again["findings"].as_array().is_some_and(|found| found.iter().all(|one| one["start"].is_null())));
}

#[test]
fn an_answered_question_is_not_asked_again_and_its_answer_counts() {
    let app = TestApp::start();
    let first = diagnose(&app, &json!({ "text": "I get a 401" }));
    assert_eq!(first["conclusive"], false);
    let question = text(&first["question"]["id"]);
    let answer = text(&first["question"]["answers"][0]["id"]);
    let second = diagnose(&app, &json!({ "text": "I get a 401", "answers": { &question: answer } }));
    assert_ne!(second["question"]["id"], *question);
    assert_ne!(second["causes"], first["causes"]);
    let asked = app.get("/api/v1/questions").json();
    assert!(asked["questions"].as_array().expect("questions").iter().any(|one| one["id"] == *question));
}

#[test]
fn what_cannot_be_diagnosed_is_refused_with_the_reason() {
    let app = TestApp::start_with(|config| config.upload_max = 1 << 20);
    let at = "/api/v1/diagnose";
    check_refused(&send(&app, "POST", at, &json!({})), 422, &["text"]);
    check_refused(&send(&app, "POST", at, &json!({ "text": " \n" })), 422, &["text"]);
    check_refused(&send(&app, "POST", at, &json!({ "text": "401", "limit": 0 })), 422, &["limit"]);
    check_refused(&send(&app, "POST", at, &json!({ "text": "401", "limit": 1.5 })), 422, &["limit"]);
    check_refused(&send(&app, "POST", at, &json!(["401"])), 400, &[]);
    check_refused(&app.request("POST", at, &[JSON], Some("")), 400, &[]);
    check_refused(&app.request("POST", at, &[], Some("{}")), 415, &[]);
    check_refused(&app.request("POST", at, &[("Content-Type", "text/plain")], Some("401")), 415, &[]);
    let large = "x".repeat((1 << 20) + 1);
    check_refused(&send(&app, "POST", at, &json!({ "text": large })), 413, &[]);
    let larger = "x".repeat(3 << 20);
    check_refused(&send(&app, "POST", at, &json!({ "text": larger })), 413, &[]);
}

#[test]
fn a_mistake_in_the_json_is_shown_by_its_place_and_never_by_its_words() {
    let app = TestApp::start();
    let answer = app.request("POST", "/api/v1/diagnose", &[JSON], Some("{\"text\": hunter2}"));
    check_refused(&answer, 400, &[]);
    assert_eq!(answer.json()["detail"], "The body is not JSON: expected value at line 1 column 10.");
    assert!(!answer.body.contains("hunter2"));
}

#[test]
fn a_search_gives_sections_with_the_words_marked() {
    let app = TestApp::start();
    let answer = app.get("/api/v1/search?q=clock+skew&limit=3");
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let found = answer.json();
    let hits = found["hits"].as_array().expect("hits");
    assert_eq!(hits.len(), 3);
    assert!(found["total"].as_u64() >= Some(3));
    assert_eq!(hits[0]["slug"], "clock-skew");
    let pieces: String =
        hits[0]["fragments"].as_array().expect("pieces").iter().map(|one| text(&one["text"])).collect();
    assert_eq!(hits[0]["snippet"], *pieces);
    let next = app.get("/api/v1/search?q=clock+skew&limit=3&offset=3").json();
    assert_ne!(next["hits"][0], found["hits"][0]);
    let of_kind = app.get("/api/v1/search?q=token&kind=fix").json();
    assert!(of_kind["hits"].as_array().expect("hits").iter().all(|hit| hit["kind"] == "fix"));
    assert_eq!(app.get("/api/v1/search?q=tokne").json()["suggestion"], "token");
}

#[test]
fn suggestions_are_few_and_begin_like_what_is_typed() {
    let app = TestApp::start();
    let found = app.get("/api/v1/suggest?q=clock").json();
    let suggestions = found["suggestions"].as_array().expect("suggestions");
    assert!((1..=8).contains(&suggestions.len()));
    assert!(suggestions.iter().all(|one| text(&one["url"]).starts_with("/articles/")));
}

#[test]
fn a_parameter_that_cannot_be_used_is_named() {
    let app = TestApp::start();
    check_refused(&app.get("/api/v1/search"), 400, &["q"]);
    check_refused(&app.get("/api/v1/search?q=%20"), 400, &["q"]);
    check_refused(
        &app.get("/api/v1/search?q=a&kind=teapot&limit=51&offset=-1"),
        400,
        &["kind", "limit", "offset"],
    );
    check_refused(&app.get(&format!("/api/v1/suggest?q={}", "a".repeat(301))), 400, &["q"]);
    check_refused(&app.get("/api/v1/articles?kind=teapot"), 400, &["kind"]);
    check_refused(&app.get("/api/v1/articles?kind="), 400, &["kind"]);
    check_refused(&app.get("/api/v1/articles/clock-skew/comments?after=x&limit=0"), 400, &["after", "limit"]);
    let answer = app.get("/api/v1/articles?kind=hunter2");
    assert!(!answer.body.contains("hunter2"));
}

#[test]
fn articles_are_listed_by_kind_and_given_whole() {
    let app = TestApp::start();
    let all = app.get("/api/v1/articles").json();
    let causes = app.get("/api/v1/articles?kind=cause").json();
    assert_eq!(causes["total"], 45);
    assert!(all["total"].as_u64() > Some(45));
    assert_eq!(app.get("/api/v1/causes").json()["causes"].as_array().map(Vec::len), Some(45));

    let article = app.get("/api/v1/articles/clock-skew").json();
    assert_eq!(article["kind"], "cause");
    assert!(text(&article["markdown"]).starts_with("## What you see"));
    assert!(text(&article["html"]).contains("<h2 id=\"what-you-see\""));
    assert_eq!(article["sections"][2]["url"], "/articles/clock-skew#how-to-be-sure");
    assert_eq!(article["tally"], json!({ "fixed": 0, "partly": 0, "not_fixed": 0, "comments": 0 }));
    check_refused(&app.get("/api/v1/articles/no-such-article"), 404, &[]);
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    let app = TestApp::start();
    let first = app.get("/api/v1/articles/clock-skew");
    let tag = first.header("etag");
    assert!(!tag.is_empty());
    assert_eq!(first.header("cache-control"), "public, no-cache");
    let again = app.get_with("/api/v1/articles/clock-skew", &[("If-None-Match", tag)]);
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    post(&app, "The clock of the node was wrong.");
    let changed = app.get_with("/api/v1/articles/clock-skew", &[("If-None-Match", tag)]);
    assert_eq!(changed.status, 200);
    assert_eq!(changed.json()["tally"]["fixed"], 1);
}

#[test]
fn a_comment_is_posted_shown_changed_and_deleted() {
    let app = TestApp::start();
    let under = "/api/v1/articles/clock-skew/comments";
    let sent = json!({
        "author": "Ada",
        "body": "My token was ghp_abcdefghijklmnopqrstuvwxyz0123456789. Starting *chronyd* fixed it.",
        "outcome": "fixed",
        "findings": ["message.expired"],
    });
    let answer = send(&app, "POST", under, &sent);
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"));
    let posted = answer.json();
    let id = text(&posted["id"]);
    let address = format!("/api/v1/comments/{id}");
    assert_eq!(answer.header("location"), address);
    assert_eq!(posted["status"], "published");
    assert_eq!(posted["masked"], json!(["a GitHub token"]));

    let comment = app.get(&address).json();
    assert_eq!(comment["author"], "Ada");
    assert!(!text(&comment["body"]).contains("abcdefghijkl"));
    assert!(text(&comment["html"]).contains("<em>chronyd</em>"));
    assert_eq!(comment["findings"], json!(["message.expired"]));

    let reply = send(&app, "POST", under, &json!({ "body": "Thank you, that was it.", "parent": id }));
    assert_eq!(reply.status, 201, "{}", reply.body);
    let list = app.get(under).json();
    assert_eq!(list["comments"][0]["id"], *id);
    assert_eq!(list["comments"][0]["replies"][0]["parent"], *id);
    assert_eq!(list["tally"]["comments"], 2);
    let fixed = diagnose(&app, &json!({ "text": "clock skew" }));
    let cause = fixed["causes"].as_array().expect("causes").iter().find(|cause| cause["id"] == "clock-skew");
    assert_eq!(cause.map(|cause| &cause["fixed_for"]), Some(&json!(1)));

    let token = format!("Bearer {}", text(&posted["edit_token"]));
    let own = [JSON, ("Authorization", token.as_str())];
    let edited = app.request("PATCH", &address, &own, Some(r#"{"outcome": "partly", "author": null}"#));
    assert_eq!(edited.status, 200, "{}", edited.body);
    let edited = edited.json();
    assert_eq!(
        (&edited["outcome"], &edited["author"], &edited["body"]),
        (&json!("partly"), &json!(null), &comment["body"])
    );
    assert_eq!(app.get(&address).json()["edited"], edited["edited"]);

    assert_eq!(app.request("DELETE", &address, &own, None).status, 204);
    check_refused(&app.get(&address), 404, &[]);
    check_refused(&app.request("DELETE", &address, &own, None), 404, &[]);
    let list = app.get(under).json();
    assert_eq!(list["comments"][0]["status"], "deleted");
    assert_eq!(list["comments"][0]["body"], "");
}

#[test]
fn comments_come_in_pages() {
    let app = TestApp::start();
    let ids: Vec<String> = (1..=3).map(|number| post(&app, &format!("Comment number {number}.")).0).collect();
    let under = "/api/v1/articles/clock-skew/comments";
    let first = app.get(&format!("{under}?limit=2")).json();
    assert_eq!(first["next"], *ids[1]);
    let second = app.get(&format!("{under}?limit=2&after={}", ids[1])).json();
    assert_eq!(second["comments"][0]["id"], *ids[2]);
    assert_eq!(second["next"], Value::Null);
}

#[test]
fn a_comment_that_cannot_be_taken_is_refused_with_the_fields_at_fault() {
    let app = TestApp::start();
    let under = "/api/v1/articles/clock-skew/comments";
    check_refused(&send(&app, "POST", under, &json!({})), 422, &["body"]);
    let wrong = json!({ "author": "x".repeat(61), "body": " ", "outcome": "great", "parent": "x" });
    check_refused(&send(&app, "POST", under, &wrong), 422, &["author", "body", "outcome", "parent"]);
    let orphan = json!({ "body": "An answer.", "parent": "0199e7a2-5b1c-7c3e-9f21-6f1d2b7a9c44" });
    check_refused(&send(&app, "POST", under, &orphan), 422, &["parent"]);
    check_refused(
        &send(&app, "POST", "/api/v1/articles/nothing/comments", &json!({ "body": "Hello." })),
        404,
        &[],
    );
    post(&app, "The same text twice, as after a lost answer.");
    let again = json!({ "body": "The same text twice, as after a lost answer.", "outcome": "fixed" });
    check_refused(&send(&app, "POST", under, &again), 409, &[]);
}

#[test]
fn only_the_edit_token_of_a_comment_gives_the_right_to_change_it() {
    let app = TestApp::start();
    let (one, _) = post(&app, "The first comment.");
    let (_, token_of_other) = post(&app, "The second comment.");
    let address = format!("/api/v1/comments/{one}");
    for method in ["PATCH", "DELETE"] {
        let body = (method == "PATCH").then_some("{\"body\": \"Taken over.\"}");
        let without = app.request(method, &address, &[JSON], body);
        check_refused(&without, 401, &[]);
        assert_eq!(without.header("www-authenticate"), "Bearer realm=\"fix401 comments\"");
        let token = format!("Bearer {token_of_other}");
        let wrong = app.request(method, &address, &[JSON, ("Authorization", &token)], body);
        check_refused(&wrong, 401, &[]);
        assert_eq!(
            wrong.header("www-authenticate"),
            "Bearer realm=\"fix401 comments\", error=\"invalid_token\""
        );
        let nobody = app.request(method, "/api/v1/comments/no-id", &[JSON, ("Authorization", &token)], body);
        check_refused(&nobody, 404, &[]);
    }
    assert_eq!(app.get(&address).json()["body"], "The first comment.");
}

#[test]
fn a_comment_that_is_held_is_shown_to_its_author_only() {
    let app = TestApp::start_with(|config| config.moderation = Moderation::All);
    let (id, token) = post(&app, "This waits for a moderator.");
    let address = format!("/api/v1/comments/{id}");
    check_refused(&app.get(&address), 404, &[]);
    let own = app.get_with(&address, &[("Authorization", &format!("Bearer {token}"))]);
    assert_eq!((own.status, own.header("cache-control")), (200, "no-store"));
    assert_eq!(own.json()["status"], "held");
    assert_eq!(app.get("/api/v1/articles/clock-skew/comments").json()["comments"], json!([]));
}

#[test]
fn a_comment_helped_each_network_once() {
    let app = TestApp::start();
    let (id, _) = post(&app, "This may help somebody.");
    let address = format!("/api/v1/comments/{id}/helped");
    for _ in 0..2 {
        let answer = app.request("POST", &address, &[], None);
        assert_eq!((answer.status, answer.json()), (200, json!({ "helped": 1 })));
    }
    let nobody =
        app.request("POST", "/api/v1/comments/0199e7a2-5b1c-7c3e-9f21-6f1d2b7a9c44/helped", &[], None);
    check_refused(&nobody, 404, &[]);
}

/// Posts until it is too much and gives what was answered last.
#[track_caller]
fn post_too_much(app: &TestApp, forwarded: &str, mark: &str) -> Answer {
    let under = "/api/v1/articles/clock-skew/comments";
    for number in 0..5 {
        let body = json!({ "body": format!("Comment {mark} {number}.") }).to_string();
        let answer = app.request("POST", under, &[JSON, ("X-Forwarded-For", forwarded)], Some(&body));
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let body = json!({ "body": format!("Comment {mark}, one too many.") }).to_string();
    app.request("POST", under, &[JSON, ("X-Forwarded-For", forwarded)], Some(&body))
}

#[test]
fn too_many_comments_from_one_client_are_refused_with_the_time_to_wait() {
    let app = TestApp::start();
    let refused = post_too_much(&app, "198.51.100.1", "a");
    check_refused(&refused, 429, &[]);
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=600).contains(&wait));
    // Nobody here is a proxy, so claiming to be somebody else helps nobody.
    let body = r#"{"body": "From somebody else, or so it says."}"#;
    let other = [JSON, ("X-Forwarded-For", "198.51.100.2")];
    check_refused(&app.request("POST", "/api/v1/articles/clock-skew/comments", &other, Some(body)), 429, &[]);
}

#[test]
fn behind_a_trusted_proxy_each_client_is_counted_apart() {
    let app = TestApp::start_with(|config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    });
    check_refused(&post_too_much(&app, "198.51.100.1", "a"), 429, &[]);
    check_refused(&post_too_much(&app, "198.51.100.1, 203.0.113.5, 127.0.0.3", "b"), 429, &[]);
}

#[test]
fn without_the_database_what_needs_no_comments_still_answers() {
    // A port that was free a moment ago: nobody listens there.
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let app = TestApp::start_with(|config| {
        config.database_url =
            format!("postgres://nobody@127.0.0.1:{port}/none").parse().expect("any text is a secret");
    });
    assert_eq!(app.get("/api/v1/articles/clock-skew").json()["tally"], Value::Null);
    assert_eq!(app.get("/api/v1/search?q=token").status, 200);
    assert_eq!(diagnose(&app, &json!({ "text": PASTE, "limit": 1 }))["causes"][0]["fixed_for"], 0);
    let away = app.get("/api/v1/articles/clock-skew/comments");
    check_refused(&away, 503, &[]);
    assert_eq!(away.header("retry-after"), "30");
    check_refused(
        &send(&app, "POST", "/api/v1/articles/clock-skew/comments", &json!({ "body": "Hello." })),
        503,
        &[],
    );

    let ready = app.get("/readyz");
    assert_eq!(ready.status, 200);
    assert_eq!(
        ready.json(),
        json!({ "status": "degraded", "database": "away", "index": "ok", "content": "ok" })
    );
    assert!(app.get("/metrics").body.contains("fix401_database_up 0"));
    assert_eq!(app.get("/feed.atom").status, 503);
    assert_eq!(app.get("/sitemap.xml").status, 200);
}

#[test]
fn pages_of_other_sites_may_read_and_nothing_else() {
    let app = TestApp::start();
    let foreign = ("Origin", "https://elsewhere.example");
    for path in ["/api/v1/articles", "/api/v1/suggest?q=clock", "/api/v1/nothing", "/api/openapi.json"] {
        assert_eq!(app.get_with(path, &[foreign]).header("access-control-allow-origin"), "*", "{path}");
    }
    let body = json!({ "text": "401" }).to_string();
    for header in [foreign, ("Sec-Fetch-Site", "cross-site")] {
        let answer = app.request("POST", "/api/v1/diagnose", &[JSON, header], Some(&body));
        check_refused(&answer, 403, &[]);
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    let own = [JSON, ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(app.request("POST", "/api/v1/diagnose", &own, Some(&body)).status, 200);
    let asked = [
        foreign,
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type"),
    ];
    let preflight = app.request("OPTIONS", "/api/v1/diagnose", &asked, None);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET, HEAD");
}

/// The operations of the description: method, path with its parameters filled in, and what is said of it.
fn operations(app: &TestApp, id: &str) -> Vec<(String, String, Value)> {
    let description = app.get("/api/openapi.json").json();
    let paths = description["paths"].as_object().expect("paths").clone();
    let operations = paths.into_iter().flat_map(|(path, item)| {
        let path = path.replace("{slug}", "clock-skew").replace("{id}", id);
        let methods = item.as_object().expect("operations").clone();
        methods.into_iter().map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation))
    });
    operations.collect()
}

#[test]
fn each_address_says_which_methods_it_takes_and_refuses_the_others() {
    let app = TestApp::start();
    let operations = operations(&app, "0199e7a2-5b1c-7c3e-9f21-6f1d2b7a9c44");
    for (_, path, _) in &operations {
        let mut expected: Vec<&str> = Vec::new();
        for method in ["GET", "HEAD", "POST", "PATCH", "DELETE"] {
            let described = if method == "HEAD" { "GET" } else { method };
            if operations.iter().any(|(known, at, _)| known == described && at == path) {
                expected.push(method);
            }
        }
        expected.push("OPTIONS");
        let asked = app.request("OPTIONS", path, &[], None);
        assert_eq!((asked.status, asked.header("allow")), (204, expected.join(", ").as_str()), "{path}");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if !expected.contains(&method) {
                let refused = app.request(method, path, &[], None);
                check_refused(&refused, 405, &[]);
                assert_eq!(refused.header("allow"), expected.join(", "), "{method} {path}");
            }
        }
    }
}

#[test]
fn head_answers_as_get_does_without_the_body() {
    let app = TestApp::start();
    let (id, _) = post(&app, "A comment to look at.");
    for (method, path, operation) in operations(&app, &id) {
        if method == "GET" {
            let path = with_query(&path, &operation);
            let (get, head) = (app.get(&path), app.head(&path));
            assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
            assert_eq!(head.header("etag"), get.header("etag"), "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        }
    }
    assert_eq!(app.head("/api").status, 200);
    assert_eq!(app.head("/api/openapi.json").status, 200);
}

/// The path with the example of each parameter of the query.
fn with_query(path: &str, operation: &Value) -> String {
    let parameters =
        operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query");
    let pairs: Vec<String> = parameters
        .filter_map(|one| {
            Some(format!("{}={}", text(&one["name"]), shown(one.get("example")?).replace(' ', "+")))
        })
        .collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Checks that two values have the same members, all the way down. What is null or empty in one of them says nothing.
#[track_caller]
fn check_same_shape(described: &Value, answered: &Value, at: &str) {
    match (described, answered) {
        (Value::Object(one), Value::Object(other)) => {
            let names = |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(one), names(other), "{at}");
            for (name, value) in one {
                check_same_shape(value, &other[name], &format!("{at}.{name}"));
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            if let (Some(one), Some(other)) = (one.first(), other.first()) {
                check_same_shape(one, other, &format!("{at}[0]"));
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (one, other) => assert_eq!(
            std::mem::discriminant(one),
            std::mem::discriminant(other),
            "{at}: {one} is described, {other} was answered"
        ),
    }
}

#[test]
fn every_example_of_the_description_can_be_sent_and_is_answered_as_described() {
    let app = TestApp::start();
    let (id, token) = post(&app, "A comment to try everything on.");
    let token = format!("Bearer {token}");
    let mut operations = operations(&app, &id);
    // What deletes comes last.
    operations.sort_by_key(|(method, _, _)| method == "DELETE");
    let body = json!({ "outcome": "fixed" }).to_string();
    let outcome = app.request("POST", "/api/v1/articles/clock-skew/outcome", &[JSON], Some(&body)).json();
    let outcome_token = format!("Bearer {}", text(&outcome["edit_token"]));
    for (method, path, operation) in operations {
        let body =
            operation["requestBody"]["content"]["application/json"].get("example").map(Value::to_string);
        // An answer has an id and a token of its own.
        let is_outcome = path.starts_with("/api/v1/outcomes/");
        let path = if is_outcome { path.replace(&id, &text(&outcome["id"])) } else { path };
        let token = if is_outcome { &outcome_token } else { &token };
        let headers = match body {
            Some(_) => vec![JSON, ("Authorization", token.as_str())],
            None => vec![("Authorization", token.as_str())],
        };
        let answer = app.request(&method, &with_query(&path, &operation), &headers, body.as_deref());
        let described = &operation["responses"][answer.status.to_string()];
        assert!(
            (200..300).contains(&answer.status) && !described.is_null(),
            "{method} {path}: {}",
            answer.body
        );
        if let Some(example) = described["content"]["application/json"].get("example") {
            assert_eq!(answer.header("content-type"), "application/json");
            check_same_shape(example, &answer.json(), &format!("{method} {path}"));
        }
    }
}

#[test]
fn every_field_of_every_described_body_is_looked_at() {
    let app = TestApp::start();
    let (id, token) = post(&app, "A comment whose fields are tried.");
    let token = format!("Bearer {token}");
    let schemas = app.get("/api/openapi.json").json()["components"]["schemas"].clone();
    for (method, path, operation) in operations(&app, &id) {
        let reference = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(name) = reference.as_str().and_then(|reference| reference.rsplit('/').next()) else {
            continue;
        };
        for field in schemas[name]["properties"].as_object().expect("fields").keys() {
            let body = json!({ field: true }).to_string();
            let answer = app.request(&method, &path, &[JSON, ("Authorization", &token)], Some(&body));
            check_refused(&answer, 422, &[field]);
        }
    }
}

#[test]
fn the_reference_shows_every_operation_and_every_problem_without_scripts() {
    let app = TestApp::start();
    let page = app.get("/api");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let description = app.get("/api/openapi.json").json();
    assert_eq!(description["openapi"], "3.1.0");
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            assert!(
                page.body.contains(&format!("<code>{} {path}</code>", method.to_uppercase())),
                "{method} {path}"
            );
            assert!(operation["operationId"].is_string(), "{method} {path} has a name");
        }
    }
    let kinds: Vec<String> = description["paths"]
        .to_string()
        .split("/api#")
        .skip(1)
        .map(|rest| {
            rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
        })
        .collect();
    assert!(kinds.len() > 20);
    for kind in kinds {
        assert!(page.body.contains(&format!("id=\"{kind}\"")), "{kind} is explained");
    }
}

#[test]
fn the_names_of_the_operations_and_of_the_schemas_are_unique_and_lead_somewhere() {
    let app = TestApp::start();
    let description = app.get("/api/openapi.json").json();
    let mut names: Vec<String> =
        operations(&app, "").iter().map(|(_, _, operation)| text(&operation["operationId"])).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
    for reference in description.to_string().split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().expect("a reference");
        assert!(description.pointer(pointer).is_some(), "{pointer}");
    }
}
