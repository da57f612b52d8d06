//! Comments as data: read, post, change, delete, say that one helped.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::ToSchema;

use super::super::client::Client;
use super::super::meter::Door;
use super::super::state::Shared;
use super::description::{
    AlreadyThere, BodyRefused, DatabaseAway, NoRight, NotTaken, NotThere, QueryRefused, TooOften,
};
use super::input::{Fields, Parameters, comment_id};
use super::problem::Problem;
use super::types::{
    Changed, CommentList, CommentView, Helped, OutcomeId, Posted, StatusId, Tally, Thread, moment,
};
use crate::comments::{Comment, Draft, FINDINGS_MAX, FillTime, NewComment, Outcome};
use crate::redact::SecretKind;

/// The largest body: the longest comment takes a tenth of it.
const BODY_MAX: usize = 256 * 1024;
/// How many threads are given when nobody says, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;

/// A comment to post.
#[derive(Debug, ToSchema)]
pub struct PostComment {
    /// The name to show; none is fine.
    #[schema(required = false, nullable, max_length = 60, example = "Ada")]
    author: String,
    /// Markdown. Secrets in it are masked before it is stored.
    #[schema(
        min_length = 3,
        max_length = 8000,
        example = "`chronyd` was not running on the node. After starting it the token was accepted."
    )]
    body: String,
    /// Whether the article helped. `note` when not said.
    #[schema(required = false, nullable, value_type = OutcomeId, example = "fixed")]
    outcome: String,
    /// The id of the comment that this answers.
    #[schema(required = false, nullable, format = "uuid", example = json!(null))]
    parent: String,
    /// The ids of the findings of the diagnosis that led here. They make the ranking better for the next reader.
    #[schema(required = false, nullable, max_items = 40, example = json!([]))]
    findings: Vec<String>,
}

/// What to change of a comment. What is not sent stays; a name that is `null` is taken away (RFC 7396).
#[derive(Debug, ToSchema)]
pub struct EditComment {
    /// The name to show.
    #[schema(required = false, nullable, max_length = 60)]
    author: Option<String>,
    /// Markdown. Secrets in it are masked before it is stored.
    #[schema(
        min_length = 3,
        max_length = 8000,
        nullable = false,
        example = "`chronyd` was stopped on one node. After starting it the token was accepted."
    )]
    body: Option<String>,
    /// Whether the article helped.
    #[schema(value_type = Option<OutcomeId>, nullable = false)]
    outcome: Option<String>,
}

impl PostComment {
    fn read(mut fields: Fields) -> Result<Draft, Problem> {
        let sent = PostComment {
            author: fields.text("author").unwrap_or_default(),
            body: fields.text("body").unwrap_or_default(),
            outcome: fields.text("outcome").unwrap_or_default(),
            parent: fields.text("parent").unwrap_or_default(),
            findings: fields.texts("findings", FINDINGS_MAX),
        };
        fields.done()?;
        let PostComment { author, body, outcome, parent, findings } = sent;
        Ok(Draft { author, body, outcome, parent, findings, trap: String::new() })
    }
}

impl EditComment {
    /// What the comment becomes.
    fn read(mut fields: Fields, comment: &Comment) -> Result<Draft, Problem> {
        let without_name = fields.has("author");
        let sent = EditComment {
            author: fields.text("author"),
            body: fields.text("body"),
            outcome: fields.text("outcome"),
        };
        fields.done()?;
        let kept = if without_name { None } else { comment.author.clone() };
        Ok(Draft {
            author: sent.author.or(kept).unwrap_or_default(),
            body: sent.body.unwrap_or_else(|| comment.body.clone()),
            outcome: sent.outcome.unwrap_or_else(|| Outcome::id(comment.outcome).to_owned()),
            ..Draft::default()
        })
    }
}

/// List the comments under an article
///
/// By thread, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/articles/{slug}/comments",
    operation_id = "listComments",
    tag = "Comments",
    params(
        ("slug" = String, Path, description = "The article's name", example = "clock-skew"),
        ("after" = Option<String>, Query, format = "uuid", description = "The `next` of the page before"),
        ("limit" = Option<usize>, Query, description = "The most threads to give; 50 when not said", minimum = 1, maximum = 200),
    ),
    responses((status = 200, description = "A page of threads", body = CommentList), QueryRefused, NotThere, DatabaseAway),
)]
pub async fn list(
    state: Shared,
    request: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut parameters = Parameters::of(&request);
    let after = parameters.id("after");
    let limit = parameters.number("limit", 1..=MOST).unwrap_or(USUAL);
    parameters.done()?;
    state.site().library.article(&slug).ok_or_else(Problem::no_article)?;
    let comments = state.comments()?;
    let page = comments.threads_after(&slug, after, limit).await?;
    let tally = comments.tallies().await?.get(slug.as_str()).copied().unwrap_or_default();
    let list = CommentList {
        comments: page.items.iter().map(Thread::new).collect(),
        next: page.next,
        tally: Tally::from(tally),
    };
    super::shared(&request, &list)
}

/// Post a comment
///
/// Anybody may, a few in ten minutes. What looks like a secret is masked before the comment is stored; `masked` says what
/// was. What looks like spam is held until a moderator has seen it.
#[utoipa::path(
    post,
    path = "/api/v1/articles/{slug}/comments",
    operation_id = "postComment",
    tag = "Comments",
    params(("slug" = String, Path, description = "The article's name", example = "clock-skew")),
    request_body = PostComment,
    responses(
        (status = 201, description = "Posted", body = Posted, headers(
            ("Location" = String, description = "The address of the comment in this API, relative to this site"),
        )),
        BodyRefused, NotThere, NotTaken, AlreadyThere, TooOften, DatabaseAway,
    ),
)]
pub async fn post(
    state: Shared,
    request: HttpRequest,
    slug: web::Path<String>,
    client: Client,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    state.site().library.article(&slug).ok_or_else(Problem::no_article)?;
    let new = NewComment::parse(PostComment::read(Fields::read(&request, body, BODY_MAX).await?)?)?;
    let comments = state.comments()?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await?;
    let posted = comments.post(&slug, new, &visitor, FillTime::NoForm, now).await?;
    let comment = &posted.comment;
    state.meter.commented(Door::Api, comment.outcome, comment.status);
    let view = CommentView::new(comment);
    let answer = Posted {
        id: comment.id,
        status: StatusId(comment.status),
        edit_token: posted.edit_token,
        editable_until: moment(now.saturating_add(comments.settings().edit_window).unwrap_or(now)),
        url: view.url,
        masked: names(&posted.masked),
    };
    let mut response = super::fresh(&request, StatusCode::CREATED, &answer)?;
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/comments/{}", comment.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Read one comment
///
/// Everybody gets a published one. One that is held is given to its author only: send the edit token.
#[utoipa::path(
    get,
    path = "/api/v1/comments/{id}",
    operation_id = "getComment",
    tag = "Comments",
    params(("id" = String, Path, format = "uuid", description = "The comment's id")),
    security((), ("edit-token" = [])),
    responses((status = 200, description = "The comment", body = CommentView), NotThere, DatabaseAway),
)]
pub async fn one(
    state: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = comment_id(&id)?;
    let comments = state.comments()?;
    let comment = comments.get(id).await?.ok_or_else(Problem::no_comment)?;
    if comment.is_published() {
        return super::shared(&request, &CommentView::new(&comment));
    }
    let is_author = token(request.headers()).is_some_and(|token| comments.is_author(id, token));
    if !is_author || comment.status != crate::comments::Status::Held {
        return Err(Problem::no_comment());
    }
    super::fresh(&request, StatusCode::OK, &CommentView::new(&comment))
}

/// Change a comment
///
/// With its edit token, for a day after it was posted. What is not sent stays as it is; what the comment answers and its
/// findings can't be changed. A published comment that now looks like spam is held again.
#[utoipa::path(
    patch,
    path = "/api/v1/comments/{id}",
    operation_id = "editComment",
    tag = "Comments",
    params(("id" = String, Path, format = "uuid", description = "The comment's id")),
    request_body = EditComment,
    security(("edit-token" = [])),
    responses(
        (status = 200, description = "The comment as it is now", body = Changed),
        BodyRefused, NoRight, NotThere, NotTaken, TooOften, DatabaseAway,
    ),
)]
pub async fn edit(
    state: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    client: Client,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let id = comment_id(&id)?;
    let token = token(request.headers()).ok_or_else(Problem::no_token)?;
    let fields = Fields::read(&request, body, BODY_MAX).await?;
    let comments = state.comments()?;
    let comment = comments.get(id).await?.ok_or_else(Problem::no_comment)?;
    if !comments.is_author(id, token) {
        return Err(crate::comments::Refused::NotYours.into());
    }
    let new = NewComment::parse(EditComment::read(fields, &comment)?)?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await?;
    let edited = comments.edit(id, token, new, &visitor, now).await?;
    let answer = Changed { comment: CommentView::new(&edited.comment), masked: names(&edited.masked) };
    super::fresh(&request, StatusCode::OK, &answer)
}

/// Delete a comment
///
/// With its edit token, for a day after it was posted. Name, text and findings are gone for good. When there are answers
/// under it, its place stays.
#[utoipa::path(
    delete,
    path = "/api/v1/comments/{id}",
    operation_id = "deleteComment",
    tag = "Comments",
    params(("id" = String, Path, format = "uuid", description = "The comment's id")),
    security(("edit-token" = [])),
    responses((status = 204, description = "Deleted"), NoRight, NotThere, NotTaken, DatabaseAway),
)]
pub async fn delete(
    state: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = comment_id(&id)?;
    let token = token(request.headers()).ok_or_else(Problem::no_token)?;
    state.comments()?.delete(id, token, state.now()).await?;
    let mut answer = HttpResponse::build(StatusCode::NO_CONTENT);
    answer.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    Ok(answer.finish())
}

/// Say that a comment helped
///
/// Counted once for each network. Answers with how many it helped.
#[utoipa::path(
    post,
    path = "/api/v1/comments/{id}/helped",
    operation_id = "sayHelped",
    tag = "Comments",
    params(("id" = String, Path, format = "uuid", description = "The comment's id")),
    responses((status = 200, description = "Counted, now or before", body = Helped), NotThere, NotTaken, DatabaseAway),
)]
pub async fn helped(
    state: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    client: Client,
) -> Result<HttpResponse, Problem> {
    let id = comment_id(&id)?;
    let comments = state.comments()?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await?;
    let helped = comments.helped(id, &visitor, now).await?;
    super::fresh(&request, StatusCode::OK, &Helped { helped })
}

/// The edit token that was sent, as a bearer token (RFC 6750, section 2.1).
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn names(kinds: &[SecretKind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.name()).collect()
}
