//! "Did this fix it?", answered with one click: the question, its answer, and taking it back.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::super::body::Fields;
use super::super::client::Client;
use super::super::error::PageError;
use super::super::page::{self, Frame, Place};
use super::super::state::{Shared, State};
use super::post::address;
use super::rights::Rights;
use crate::comments::{Comments, FINDINGS_MAX, NewAnswer, Outcome, Refused};
use crate::library::Article;

/// A signature and forty ids take a tenth of it.
const BODY_MAX: usize = 64 * 1024;

/// The question under a cause.
pub struct Ask {
    /// Where it is sent.
    pub action: String,
    /// When the form was handed out, signed.
    pub issued: String,
    /// The ids of what the diagnosis found.
    pub findings: Vec<String>,
}

impl Ask {
    /// The question about an article, after a diagnosis that found this.
    pub fn new(slug: &str, issued: String, findings: &[&str]) -> Ask {
        let findings = findings.iter().take(FINDINGS_MAX).map(|id| (*id).to_owned()).collect();
        Ask { action: format!("/articles/{slug}/outcome"), issued, findings }
    }

    /// The question under an article whose page is the same for everybody: its form carries no time.
    pub fn under_article(comments: &Comments, slug: &str) -> Ask {
        Ask::new(slug, comments.form_token(slug, jiff::Timestamp::UNIX_EPOCH), &[])
    }

    /// The answers: id and words.
    pub fn choices(&self) -> [(&'static str, &'static str); 3] {
        [
            (Outcome::Fixed.id(), "It fixed it"),
            (Outcome::Partly.id(), "Partly"),
            (Outcome::NotFixed.id(), "It did not"),
        ]
    }
}

/// The address of an article's page whose question carries what was found.
pub fn asking(slug: &str, findings: &[&str]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(findings.iter().take(FINDINGS_MAX).map(|id| ("f", id)));
    match query.finish().as_str() {
        "" => format!("/articles/{slug}"),
        query => format!("/articles/{slug}?{query}"),
    }
}

#[derive(Template)]
#[template(path = "outcome.html")]
struct OutcomePage<'a> {
    frame: Frame,
    article: &'a Article,
    is_gone: bool,
    /// What was answered, in words.
    said: &'static str,
    /// Where to say more.
    comment: String,
    /// Where to take it back, for who answered.
    take_back: Option<String>,
}

/// Stores an answer.
pub async fn answer(
    state: Shared,
    slug: web::Path<String>,
    request: HttpRequest,
    client: Client,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let site = state.site();
    let article = site.library.article(&slug).ok_or(PageError::NotFound)?;
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let mut findings = fields.texts("f");
    findings.retain(|id| site.diagnoser.meaning(id).is_some());
    findings.truncate(FINDINGS_MAX);
    let refused = |_| {
        let says = "Say whether it fixed it, partly or not: one of these.";
        PageError::Rejected(StatusCode::UNPROCESSABLE_ENTITY, says)
    };
    let new = NewAnswer::parse(fields.text("outcome"), findings).map_err(refused)?;
    let comments = state.comments()?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await?;
    let fill = comments.fill_time(&article.slug, fields.text("issued"), now);
    let answered = comments.answer(&article.slug, new, &visitor, fill, now).await?;
    // The notice of the change does the same, a moment later: who answered must not miss it now.
    state.refresh(&article.slug).await;
    state.learn().await;
    let id = answered.answer.id;
    let rights = Rights::of(&state, &request).with(id, answered.token);
    let mut response = page::see_other(&format!("/outcomes/{id}"));
    response.add_cookie(&rights.cookie(&state)).map_err(PageError::from)?;
    Ok(response)
}

/// Thanks, and what can be done next.
pub async fn answered(
    state: Shared,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    let site = state.site();
    let comments = state.comments()?;
    let answer = comments.answered(id).await?.ok_or(PageError::NotFound)?;
    let article = site.library.article(&answer.slug).ok_or(PageError::NotFound)?;
    let rights = Rights::of(&state, &request);
    // What somebody answered is nobody else's business.
    let token = rights.token(id).filter(|token| comments.is_author(id, token)).ok_or(PageError::NotFound)?;
    let may = comments.may_take_back(&answer, token, state.now());
    let found: Vec<&str> = answer.findings.iter().map(String::as_str).collect();
    let page = OutcomePage {
        frame: frame(&state, "Thank you, it counts"),
        article,
        is_gone: false,
        said: match answer.outcome {
            Outcome::Fixed => "You said that it fixed it",
            Outcome::Partly => "You said that it helped in part",
            _ => "You said that it did not fix it",
        },
        comment: saying(address(&answer.slug, &found), answer.outcome),
        take_back: may.then(|| format!("/outcomes/{id}/take-back")),
    };
    page::answer(&request, StatusCode::OK, &page)
}

/// Takes an answer back.
pub async fn take_back(
    state: Shared,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    let site = state.site();
    let rights = Rights::of(&state, &request);
    let token = rights.token(id).ok_or(Refused::NotYours)?;
    let answer = state.comments()?.take_back(id, token, state.now()).await?;
    state.refresh(&answer.slug).await;
    state.learn().await;
    let article = site.library.article(&answer.slug).ok_or(PageError::NotFound)?;
    let page = OutcomePage {
        frame: frame(&state, "Your answer is taken back"),
        article,
        is_gone: true,
        said: "",
        comment: String::new(),
        take_back: None,
    };
    page::answer(&request, StatusCode::OK, &page)
}

/// The address of the form for a comment with the outcome chosen.
fn saying(address: String, outcome: Outcome) -> String {
    let join = if address.contains('?') { '&' } else { '?' };
    format!("{address}{join}outcome={}", outcome.id())
}

fn frame(state: &State, title: &str) -> Frame {
    Frame::unlisted(state, Place::Elsewhere, title, "Whether an article fixed a 401.")
}
