//! "Report this": a reader asks the moderators to look at a comment.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::super::body::Fields;
use super::super::client::Client;
use super::super::discussion::CommentShown;
use super::super::error::PageError;
use super::super::page::{self, Frame, Place};
use super::super::state::{Shared, State};
use crate::comments::{Comment, ReportReason};

/// A reason; nothing here is longer.
const BODY_MAX: usize = 4 * 1024;

#[derive(Template)]
#[template(path = "comment-report.html")]
struct ReportPage {
    frame: Frame,
    comment: CommentShown,
    reasons: [ReportReason; 5],
    problem: Option<&'static str>,
    done: bool,
}

/// The form.
pub async fn form(
    state: Shared,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let comment = published(&state, &id).await?;
    let done = Fields::of(request.query_string()).text("done") == "reported";
    page::answer(&request, StatusCode::OK, &page_of(&state, &comment, None, done))
}

/// Takes a report. Who reports twice is thanked twice, and counted once.
pub async fn report(
    state: Shared,
    id: web::Path<String>,
    request: HttpRequest,
    client: Client,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let comment = published(&state, &id).await?;
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let Ok(reason) = fields.text("reason").parse() else {
        let page = page_of(&state, &comment, Some("Choose what is wrong with it."), false);
        return page::answer(&request, StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let comments = state.comments()?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await?;
    comments.report(comment.id, reason, &visitor, now).await?;
    Ok(page::see_other(&format!("/comments/{}/report?done=reported", comment.id)))
}

fn page_of(state: &State, comment: &Comment, problem: Option<&'static str>, done: bool) -> ReportPage {
    let title = if done { "Thank you" } else { "Report a comment" };
    let frame = Frame::unlisted(state, Place::Elsewhere, title, "A moderator looks at what is reported.");
    ReportPage { frame, comment: CommentShown::of(comment), reasons: ReportReason::ALL, problem, done }
}

async fn published(state: &State, id: &str) -> Result<Comment, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    state.comments()?.get(id).await?.filter(Comment::is_published).ok_or(PageError::NotFound)
}
