//! What whoever runs the server asks it: does it live, is it ready, what did it count.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::page;
use super::state::{Shared, State};

/// How long the database is waited for. Whoever asks has a patience of its own, of a few seconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether it is ready, and for what.
#[derive(Serialize)]
struct Readiness {
    /// `ready`; `degraded` when only the comments are away; `not ready` when nothing can be read.
    status: &'static str,
    database: &'static str,
    index: &'static str,
    content: &'static str,
}

/// Answers as long as the server does. Looks at nothing else, so that nobody restarts it for the fault of a database.
pub async fn alive(request: HttpRequest) -> HttpResponse {
    page::fresh(&request, StatusCode::OK, "text/plain; charset=utf-8", b"ok\n".to_vec())
}

/// Whether readers can be sent here. Without the database articles, search and diagnosis still serve: that is degraded, and
/// ready all the same.
pub async fn ready(state: Shared, request: HttpRequest) -> HttpResponse {
    let site = state.site();
    let database = database_answers(&state).await;
    let index = !site.search.is_empty();
    let content = !site.library.articles().is_empty();
    let word = |good: bool, otherwise: &'static str| if good { "ok" } else { otherwise };
    let readiness = Readiness {
        status: match (content && index, database) {
            (false, _) => "not ready",
            (true, false) => "degraded",
            (true, true) => "ready",
        },
        database: word(database, "away"),
        index: word(index, "empty"),
        content: word(content, "empty"),
    };
    let status = if content && index { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_vec(&readiness).unwrap_or_default();
    page::fresh(&request, status, "application/json", body)
}

/// The counters. They hold nothing of readers, but they are nobody's business either: a proxy in front should not pass
/// this address on.
pub async fn metrics(state: Shared, request: HttpRequest) -> HttpResponse {
    let database = database_answers(&state).await;
    let text = state.meter.text(database, state.site().library.articles().len());
    page::fresh(&request, StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text.into_bytes())
}

async fn database_answers(state: &State) -> bool {
    let Ok(comments) = state.comments() else { return false };
    tokio::time::timeout(PATIENCE, comments.ready()).await.is_ok_and(|answer| answer.is_ok())
}
