//! Writing a comment: the form on a page of its own, the preview, and the posting.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::super::body::Fields;
use super::super::client::Client;
use super::super::discussion::CommentShown;
use super::super::error::PageError;
use super::super::meter::Door;
use super::super::page::{self, Frame, Place};
use super::super::state::{Shared, State};
use super::form::{Form, Preview, Sent};
use super::rights::Rights;
use super::{BODY_MAX, Refusal, one};
use crate::comments::{FINDINGS_MAX, NewComment, Outcome, Posted, Refused};
use crate::library::Article;

/// A page with the form on it, alone or with what it is about.
#[derive(Template)]
#[template(path = "comment-write.html")]
pub struct WritePage<'a> {
    pub frame: Frame,
    pub heading: &'static str,
    /// What it is about, where that is known.
    pub article: Option<&'a Article>,
    /// What it answers.
    pub parent: Option<CommentShown>,
    pub preview: Option<Preview>,
    pub form: Form,
}

impl<'a> WritePage<'a> {
    pub fn new(
        state: &State,
        heading: &'static str,
        article: Option<&'a Article>,
        form: Form,
    ) -> WritePage<'a> {
        // Whoever hears the title first hears what matters first.
        let title = if form.is_wrong() { format!("Not done yet: {heading}") } else { heading.to_owned() };
        let description = "Say whether it worked, for the next reader with the same 401.";
        let frame = Frame::unlisted(state, Place::Elsewhere, &title, description);
        WritePage { frame, heading, article, parent: None, preview: None, form }
    }

    /// The page as an answer that refuses.
    pub(super) fn refusing(
        self,
        request: &HttpRequest,
        refusal: &Refusal,
    ) -> Result<HttpResponse, PageError> {
        let mut answer = page::answer(request, refusal.status, &self)?;
        if let Some(seconds) = refusal.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        Ok(answer)
    }
}

/// The form on a page of its own: to answer a comment (`?parent=ID`), or after a diagnosis (`?f=FINDING&f=FINDING`).
pub async fn new(
    state: Shared,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let site = state.site();
    let article = site.library.article(&slug).ok_or(PageError::NotFound)?;
    let comments = state.comments()?;
    let query = Fields::of(request.query_string());
    let sent = Sent {
        parent: query.text("parent").to_owned(),
        findings: query.texts("f"),
        outcome: query.text("outcome").to_owned(),
        issued: comments.form_token(&slug, state.now()),
        ..Sent::default()
    };
    let form = Form::again(&slug, &sent, &site.diagnoser);
    if sent.parent.is_empty() {
        return page::answer(&request, StatusCode::OK, &writing(&state, article, form));
    }
    match answered(&state, article, &sent.parent).await? {
        Some(parent) => {
            let page =
                WritePage { parent: Some(parent), ..writing(&state, article, form.choosing(Outcome::Note)) };
            page::answer(&request, StatusCode::OK, &page)
        }
        None => {
            let refusal = Refusal { status: StatusCode::NOT_FOUND, ..Refused::NoSuchParent.into() };
            let form = form.without_parent().refused(&refusal);
            writing(&state, article, form).refusing(&request, &refusal)
        }
    }
}

/// Where somebody lands who reloads the address of a form that was sent: at the comments of the article.
pub async fn under(slug: web::Path<String>) -> HttpResponse {
    page::see_other(&format!("/articles/{}#comments", page::anchor(&slug)))
}

/// Posts a comment, or shows what it would look like.
pub async fn post(
    state: Shared,
    slug: web::Path<String>,
    request: HttpRequest,
    client: Client,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let site = state.site();
    let article = site.library.article(&slug).ok_or(PageError::NotFound)?;
    let (fields, is_whole) = Fields::read(body, BODY_MAX).await?;
    let sent = Sent::of(&fields);
    let again = || Form::again(&slug, &sent, &site.diagnoser);
    if !is_whole {
        let refusal = Refusal::too_large();
        return writing(&state, article, again().refused(&refusal)).refusing(&request, &refusal);
    }
    let new = match sent.parse() {
        Ok(new) => new,
        Err(problems) => {
            let page = about(&state, article, &sent, again().with_problems(problems)).await;
            return page::answer(&request, StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    if sent.is_preview {
        let page = about(&state, article, &sent, again()).await;
        let page = WritePage { preview: Some(Preview::of(&new, &sent.outcome)), ..page };
        return page::answer(&request, StatusCode::OK, &page);
    }
    match store(&state, article, &sent, new, client).await {
        Ok(Stored::New(posted)) => {
            state.meter.commented(Door::Page, posted.comment.outcome, posted.comment.status);
            let place = one::place(posted.comment.id, one::Done::Posted, &posted.masked, "");
            let rights = Rights::of(&state, &request).with(posted.comment.id, posted.edit_token);
            let mut answer = page::see_other(&place);
            answer.add_cookie(&rights.cookie(&state)).map_err(PageError::from)?;
            Ok(answer)
        }
        Ok(Stored::Before(id)) => Ok(page::see_other(&format!("/comments/{id}"))),
        Err(refusal) => {
            let form = again().refused(&refusal);
            let is_orphan = refusal.status == StatusCode::UNPROCESSABLE_ENTITY;
            let form = if is_orphan { form.without_parent() } else { form };
            about(&state, article, &sent, form).await.refusing(&request, &refusal)
        }
    }
}

/// A comment that is there now.
enum Stored {
    New(Box<Posted>),
    /// The same was there already: the button was pressed twice.
    Before(uuid::Uuid),
}

/// Posts the comment, and makes the pages that show it.
async fn store(
    state: &State,
    article: &Article,
    sent: &Sent,
    new: NewComment,
    client: Client,
) -> Result<Stored, Refusal> {
    let comments = state.comments()?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await.map_err(Refused::from)?;
    let fill = comments.fill_time(&article.slug, &sent.issued, now);
    match comments.post(&article.slug, new, &visitor, fill, now).await {
        Ok(posted) => {
            if posted.comment.is_published() {
                // The notice of the change does the same, a moment later: its writer must not miss it now.
                state.refresh(&article.slug).await;
            }
            Ok(Stored::New(Box::new(posted)))
        }
        Err(Refused::Duplicate { of }) => Ok(Stored::Before(of)),
        Err(refused) => Err(refused.into()),
    }
}

fn writing<'a>(state: &State, article: &'a Article, form: Form) -> WritePage<'a> {
    let heading = if form.is_answer() { "Answer" } else { "Say what happened" };
    WritePage::new(state, heading, Some(article), form)
}

/// The page with what is answered, if something is. It is not worth an error when that can't be read.
async fn about<'a>(state: &State, article: &'a Article, sent: &Sent, form: Form) -> WritePage<'a> {
    let parent = answered(state, article, &sent.parent).await.ok().flatten();
    WritePage { parent, ..writing(state, article, form) }
}

/// The comment with this id, when it can be answered under this article.
async fn answered(state: &State, article: &Article, id: &str) -> Result<Option<CommentShown>, PageError> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let parent = state.comments()?.get(id).await?;
    let parent = parent.filter(|parent| parent.slug == article.slug && parent.is_published());
    Ok(parent.as_ref().map(CommentShown::of))
}

/// The address of the form on a page of its own, with the findings that it carries.
pub fn address(slug: &str, findings: &[&str]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(findings.iter().take(FINDINGS_MAX).map(|id| ("f", id)));
    match query.finish().as_str() {
        "" => format!("/articles/{slug}/comments/new"),
        query => format!("/articles/{slug}/comments/new?{query}"),
    }
}
