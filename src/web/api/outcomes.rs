//! Whether an article fixed it, said by a program.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::client::Client;
use super::super::state::Shared;
use super::comments::token;
use super::description::{BodyRefused, DatabaseAway, NoRight, NotTaken, NotThere};
use super::input::{Fields, comment_id};
use super::problem::Problem;
use super::types::{OutcomeId, moment};
use crate::comments::{FINDINGS_MAX, FillTime, NewAnswer};

const BODY_MAX: usize = 64 * 1024;

/// How it went.
#[derive(Debug, ToSchema)]
pub struct PostOutcome {
    /// `fixed`, `partly` or `not-fixed`.
    #[schema(value_type = OutcomeId, example = "fixed")]
    #[expect(dead_code, reason = "describes what is read field by field")]
    outcome: String,
    /// The ids of the findings of the diagnosis that led here. They make the ranking better for the next reader.
    #[schema(required = false, nullable, max_items = 40, example = json!(["message.expired"]))]
    #[expect(dead_code, reason = "describes what is read field by field")]
    findings: Vec<String>,
}

/// An answer that counts now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostedOutcome {
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    pub outcome: OutcomeId,
    /// The right to take it back. Shown this once; keep it to yourself.
    #[schema(example = "ApRwYkuOwewbQNmdA1zoVKOLL6YbX7fN1NBg7G9oNgM")]
    pub edit_token: String,
    /// Until when the token is of use.
    #[schema(value_type = String, format = DateTime)]
    pub editable_until: jiff::Timestamp,
}

/// Say whether an article fixed it
///
/// Counted once a day for each network and article: who answers again that day changes the answer. Together with comments
/// it moves the causes of later diagnoses with the same findings, a little and within bounds.
#[utoipa::path(
    post,
    path = "/api/v1/articles/{slug}/outcome",
    operation_id = "sayOutcome",
    tag = "Comments",
    params(("slug" = String, Path, description = "The article's name", example = "clock-skew")),
    request_body = PostOutcome,
    responses((status = 201, description = "Counted", body = PostedOutcome), BodyRefused, NotThere, NotTaken, DatabaseAway),
)]
pub async fn post(
    state: Shared,
    request: HttpRequest,
    slug: web::Path<String>,
    client: Client,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    state.site().library.article(&slug).ok_or_else(Problem::no_article)?;
    let mut fields = Fields::read(&request, body, BODY_MAX).await?;
    let outcome = fields.text("outcome").unwrap_or_default();
    let findings = fields.texts("findings", FINDINGS_MAX);
    fields.done()?;
    let new = NewAnswer::parse(&outcome, findings)?;
    let comments = state.comments()?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await?;
    let answered = comments.answer(&slug, new, &visitor, FillTime::NoForm, now).await?;
    state.refresh(&slug).await;
    state.learn().await;
    let answer = PostedOutcome {
        id: answered.answer.id,
        outcome: OutcomeId(answered.answer.outcome),
        edit_token: answered.token,
        editable_until: moment(now.saturating_add(comments.settings().edit_window).unwrap_or(now)),
    };
    super::fresh(&request, StatusCode::CREATED, &answer)
}

/// Take an answer back
///
/// With its edit token, for a day after it was given.
#[utoipa::path(
    delete,
    path = "/api/v1/outcomes/{id}",
    operation_id = "takeOutcomeBack",
    tag = "Comments",
    params(("id" = String, Path, format = "uuid", description = "The answer's id")),
    security(("edit-token" = [])),
    responses((status = 204, description = "Taken back"), NoRight, NotThere, NotTaken, DatabaseAway),
)]
pub async fn delete(
    state: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = comment_id(&id)?;
    let token = token(request.headers()).ok_or_else(Problem::no_token)?;
    let answer = state.comments()?.take_back(id, token, state.now()).await?;
    state.refresh(&answer.slug).await;
    state.learn().await;
    let mut answer = HttpResponse::build(StatusCode::NO_CONTENT);
    answer.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    Ok(answer.finish())
}
