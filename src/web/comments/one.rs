//! The page of one comment: everybody sees it when it is published; its author sees how it stands, and may change or
//! delete it for a while. What is seen here depends on the visitor, so it is never kept anywhere.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::super::body::Fields;
use super::super::client::Client;
use super::super::discussion::{CommentShown, Moment};
use super::super::error::PageError;
use super::super::page::{self, Frame, Place};
use super::super::state::{Shared, State};
use super::form::{Form, Preview, Sent};
use super::post::WritePage;
use super::rights::Rights;
use super::{BODY_MAX, Refusal};
use crate::comments::{Comment, Comments, Edited, NewComment, Refused, Status};
use crate::library::Article;
use crate::redact::SecretKind;

#[derive(Template)]
#[template(path = "comment.html")]
struct OnePage<'a> {
    frame: Frame,
    heading: &'static str,
    /// Its article, if that is still there.
    article: Option<&'a Article>,
    comment: CommentShown,
    status: Status,
    /// What only its author sees.
    own: Option<Own>,
    /// The kinds of secrets that were masked just now, in words.
    masked: String,
}

/// What only the author sees.
struct Own {
    /// The form to change it, while that is possible.
    form: Option<Form>,
    /// Until when that is possible.
    until: Moment,
    /// The address that gives the right to change it to whoever has it.
    link: String,
    /// The edit token, when it did not come by the cookie.
    right: String,
}

/// What was done just before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Posted,
    Saved,
    Deleted,
}

impl Done {
    const ALL: [Done; 3] = [Done::Posted, Done::Saved, Done::Deleted];

    const fn id(self) -> &'static str {
        match self {
            Done::Posted => "posted",
            Done::Saved => "saved",
            Done::Deleted => "deleted",
        }
    }
}

/// The address of a comment's own page after something was done to it. The kinds of secrets that were masked go along by
/// name; the right to change it only where it came in the address before.
pub fn place(id: Uuid, done: Done, masked: &[SecretKind], right: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if !right.is_empty() {
        query.append_pair("token", right);
    }
    query.append_pair("done", done.id());
    query.extend_pairs(masked.iter().map(|kind| ("masked", page::anchor(kind.name()))));
    format!("/comments/{id}?{}", query.finish())
}

/// The page of one comment.
pub async fn show(
    state: Shared,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let id = read(&id)?;
    let query = Fields::of(request.query_string());
    let comments = state.comments()?;
    let comment = comments.get(id).await?.ok_or(PageError::NotFound)?;
    let right = Right::of(&state, &request, id, query.text("token"));
    let is_author = comments.is_author(id, &right.token);
    if !is_author && !comment.is_published() {
        return Err(PageError::NotFound);
    }
    let done = Done::ALL.into_iter().find(|done| is_author && done.id() == query.text("done"));
    let masked: Vec<String> = if done.is_some() { query.texts("masked") } else { Vec::new() };
    let masked: Vec<SecretKind> = SecretKind::ALL
        .into_iter()
        .filter(|kind| masked.iter().any(|name| *name == page::anchor(kind.name())))
        .collect();
    let site = state.site();
    let article = site.library.article(&comment.slug);
    let own = is_author.then(|| Own::of(&state, &comments, &comment, right));
    let heading = heading(done, comment.status, own.is_some());
    let title = match article {
        Some(article) => format!("{heading}: {}", article.title),
        None => heading.to_owned(),
    };
    let shown = match comment.status {
        Status::Published | Status::Held => CommentShown::whole(&comment),
        Status::Hidden | Status::Deleted => CommentShown::of(&comment),
    };
    let page = OnePage {
        frame: Frame::unlisted(&state, Place::Elsewhere, &title, "A reader’s comment."),
        heading,
        article,
        comment: shown,
        status: comment.status,
        own,
        masked: super::in_words(&masked),
    };
    page::answer(&request, StatusCode::OK, &page)
}

fn heading(done: Option<Done>, status: Status, is_own: bool) -> &'static str {
    match (done, status) {
        (_, Status::Deleted) => "Your comment is deleted",
        (_, Status::Hidden) => "A moderator took your comment down",
        (Some(Done::Posted), Status::Published) => "Thank you, it is published",
        (Some(Done::Posted), Status::Held) => "Thank you, a moderator will look at it",
        (Some(Done::Saved), Status::Published) => "Your change is published",
        (Some(Done::Saved), Status::Held) => "Your change is saved, a moderator will look at it",
        (_, Status::Held) => "Your comment waits for a moderator",
        _ if is_own => "Your comment",
        _ => "A comment",
    }
}

impl Own {
    fn of(state: &State, comments: &Comments, comment: &Comment, right: Right) -> Own {
        let now = state.now();
        let can_change = matches!(comment.status, Status::Published | Status::Held)
            && comments.may_edit(comment, &right.token, now);
        let carried = right.carried();
        let until = comment.created.saturating_add(comments.settings().edit_window);
        Own {
            form: can_change.then(|| Form::edit(comment, &carried)),
            until: Moment::of(until.unwrap_or(comment.created)),
            link: format!("{}/comments/{}?token={}", state.origin(), comment.id, right.token),
            right: carried,
        }
    }
}

/// Changes a comment, or shows what it would look like.
pub async fn edit(
    state: Shared,
    id: web::Path<String>,
    request: HttpRequest,
    client: Client,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let id = read(&id)?;
    let (fields, is_whole) = Fields::read(body, BODY_MAX).await?;
    let sent = Sent::of(&fields);
    let right = Right::of(&state, &request, id, &sent.right);
    let site = state.site();
    let writing = |article, form| WritePage::new(&state, "Change your comment", article, form);
    let again = || Form::edit_again(id, &sent);
    // Without the database nobody knows under which article it stands; the text must not be lost for that.
    let known = match state.comments() {
        Ok(comments) => comments.get(id).await.map_err(Refused::from).map_err(Refusal::from),
        Err(away) => Err(away.into()),
    };
    let comment = match known {
        Ok(comment) => comment.ok_or(PageError::NotFound)?,
        Err(refusal) => return writing(None, again().refused(&refusal)).refusing(&request, &refusal),
    };
    let article = site.library.article(&comment.slug);
    if !is_whole {
        let refusal = Refusal::too_large();
        return writing(article, again().refused(&refusal)).refusing(&request, &refusal);
    }
    let new = match sent.parse() {
        Ok(new) => new,
        Err(problems) => {
            let page = writing(article, again().with_problems(problems));
            return page::answer(&request, StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    if sent.is_preview {
        let page = WritePage { preview: Some(Preview::of(&new, &sent.outcome)), ..writing(article, again()) };
        return page::answer(&request, StatusCode::OK, &page);
    }
    match save(&state, &comment, &right, new, client).await {
        Ok(edited) => Ok(page::see_other(&place(id, Done::Saved, &edited.masked, &right.carried()))),
        Err(refusal) => writing(article, again().refused(&refusal)).refusing(&request, &refusal),
    }
}

async fn save(
    state: &State,
    comment: &Comment,
    right: &Right,
    new: NewComment,
    client: Client,
) -> Result<Edited, Refusal> {
    let comments = state.comments()?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await.map_err(Refused::from)?;
    let edited = comments.edit(comment.id, &right.token, new, &visitor, now).await?;
    if comment.is_published() {
        state.refresh(&comment.slug).await;
    }
    Ok(edited)
}

/// Deletes a comment.
pub async fn delete(
    state: Shared,
    id: web::Path<String>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let id = read(&id)?;
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let right = Right::of(&state, &request, id, fields.text("token"));
    let comments = state.comments()?;
    match comments.delete(id, &right.token, state.now()).await {
        Ok(deleted) => state.refresh(&deleted.slug).await,
        // The button was pressed twice: it is gone, as its author wants it.
        Err(Refused::NoSuchComment) if comments.is_author(id, &right.token) => {}
        Err(refused) => return Err(refused.into()),
    }
    Ok(page::see_other(&place(id, Done::Deleted, &[], &right.carried())))
}

/// Notes that a comment helped whoever sends this.
pub async fn helped(state: Shared, id: web::Path<String>, client: Client) -> Result<HttpResponse, PageError> {
    let id = read(&id)?;
    let comments = state.comments()?;
    let comment = comments.get(id).await?.ok_or(PageError::NotFound)?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await?;
    // Who presses again makes no page anew.
    if comments.helped(id, &visitor, now).await? != comment.helped {
        state.refresh(&comment.slug).await;
    }
    Ok(page::see_other(&CommentShown::of(&comment).href()))
}

fn read(id: &str) -> Result<Uuid, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

/// The edit token that came with a request, and how.
struct Right {
    token: String,
    by_cookie: bool,
}

impl Right {
    fn of(state: &State, request: &HttpRequest, id: Uuid, sent: &str) -> Right {
        if !sent.is_empty() {
            return Right { token: sent.to_owned(), by_cookie: false };
        }
        let token = Rights::of(state, request).token(id).map(str::to_owned).unwrap_or_default();
        Right { token, by_cookie: true }
    }

    /// What forms and addresses have to carry on.
    fn carried(&self) -> String {
        if self.by_cookie { String::new() } else { self.token.clone() }
    }
}
