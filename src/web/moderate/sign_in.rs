//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::body::Fields;
use super::super::client::Client;
use super::super::cookies::Jar;
use super::super::error::{self, PageError};
use super::super::page::{self, Frame, Place};
use super::super::state::Shared;
use super::session::{way_back, who};
use crate::comments::Refused;

/// A name and a password; nothing here is longer.
const BODY_MAX: usize = 16 * 1024;

#[derive(Template)]
#[template(path = "moderate/sign-in.html")]
struct SignInPage<'a> {
    frame: Frame,
    name: &'a str,
    back: &'a str,
    problem: Option<String>,
}

/// The form. Who is signed in already is sent on.
pub async fn form(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = Fields::of(request.query_string());
    let back = way_back(query.text("to"));
    if who(&request).await?.is_some() {
        return Ok(page::see_other(back));
    }
    let page = SignInPage { frame: frame(&state), name: "", back, problem: None };
    page::answer(&request, StatusCode::OK, &page)
}

/// Signs in. Whether it is the name or the password that is wrong is not told, and takes the same time.
pub async fn sign_in(
    state: Shared,
    request: HttpRequest,
    client: Client,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let back = way_back(fields.text("to"));
    let comments = state.comments()?;
    let now = state.now();
    let visitor = client.visitor(&comments, now).await?;
    let (status, wait, problem) = match comments
        .sign_in(fields.text("name"), fields.text("password"), fields.text("code"), &visitor, now)
        .await
    {
        Ok(Some(token)) => {
            let mut answer = page::see_other(back);
            answer.add_cookie(&Jar::Moderator.fill(&state, token, None)).map_err(PageError::from)?;
            return Ok(answer);
        }
        // Not 401, which would have to name a scheme that a browser can answer with (RFC 9110, section 15.5.2).
        Ok(None) => (
            StatusCode::FORBIDDEN,
            None,
            "Name and password do not match, or the code is missing or used.".to_owned(),
        ),
        Err(refused @ Refused::Limited { retry_after }) => {
            (StatusCode::TOO_MANY_REQUESTS, Some(error::seconds(retry_after)), refused.to_string())
        }
        Err(other) => return Err(other.into()),
    };
    let page = SignInPage { frame: frame(&state), name: fields.text("name"), back, problem: Some(problem) };
    let mut answer = page::answer(&request, status, &page)?;
    if let Some(seconds) = wait {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(answer)
}

/// Signs out: the session ends here, not only in the browser.
pub async fn sign_out(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    if let Some(token) = Jar::Moderator.open(&state, &request) {
        state.comments()?.sign_out(&token).await?;
    }
    let mut answer = page::see_other("/moderate/sign-in");
    answer.add_cookie(&Jar::Moderator.empty(&state)).map_err(PageError::from)?;
    Ok(answer)
}

fn frame(state: &Shared) -> Frame {
    Frame::unlisted(state, Place::Elsewhere, "Sign in to moderate", "For those who look after the comments.")
}
