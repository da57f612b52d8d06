//! What whoever runs the server asks it.

use serde_json::json;

use crate::support::TestApp;

#[test]
fn it_lives_and_is_ready() {
    let app = TestApp::start();
    let alive = app.get("/healthz");
    assert_eq!((alive.status, alive.body.as_str(), alive.header("cache-control")), (200, "ok\n", "no-store"));
    let ready = app.get("/readyz");
    assert_eq!(ready.status, 200);
    assert_eq!(ready.json(), json!({ "status": "ready", "database": "ok", "index": "ok", "content": "ok" }));
}

#[test]
fn the_metrics_count_routes_and_outcomes_and_nothing_of_readers() {
    let app = TestApp::start();
    app.get("/articles/clock-skew");
    app.get("/articles/hunter2");
    app.get("/search?q=hunter2");
    app.get("/hunter2");
    app.send("POST", "/api/v1/diagnose", "application/json", r#"{"text": "hunter2 401"}"#);
    let sent = r#"{"body": "hunter2 fixed it.", "outcome": "fixed"}"#;
    app.send("POST", "/api/v1/articles/clock-skew/comments", "application/json", sent);
    let answer = app.get("/metrics");
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let has =
        |line: &str| assert!(answer.body.lines().any(|known| known == line), "{line} in\n{}", answer.body);
    has(r#"http_requests_total{method="GET",route="/articles/{slug}",status="200"} 1"#);
    has(r#"http_requests_total{method="GET",route="/articles/{slug}",status="404"} 1"#);
    has(r#"http_requests_total{method="GET",route="(none)",status="404"} 1"#);
    has(r#"fix401_searches_total{door="page",found="no"} 1"#);
    has(r#"fix401_diagnoses_total{door="api",conclusive="no"} 1"#);
    has(r#"fix401_comments_total{door="api",outcome="fixed",status="published"} 1"#);
    has("fix401_database_up 1");
    assert!(!answer.body.contains("hunter2"));
}
