//! Who is signed in: a handler that asks for [`SignedIn`] is only reached by moderators; all others are sent to the
//! sign-in, with the way back.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use uuid::Uuid;

use super::super::cookies::Jar;
use super::super::error::PageError;
use super::super::page;
use super::super::state::State;
use crate::comments::{Comments, Role};

/// A moderator, and what moderators work on.
pub struct SignedIn {
    pub name: String,
    pub role: Role,
    /// Which session this is.
    pub session: Uuid,
    pub comments: Arc<Comments>,
}

impl SignedIn {
    /// Lets only admins pass.
    ///
    /// # Errors
    /// When this is none.
    pub fn as_admin(&self) -> Result<(), PageError> {
        match self.role {
            Role::Admin => Ok(()),
            Role::Moderator => Err(PageError::NotAllowed("Only an admin can do this. Ask one of them.")),
        }
    }
}

/// Why a handler was not reached.
#[derive(Debug)]
pub enum Stopped {
    /// Nobody is signed in. The way back is a path of this folder.
    SignInFirst(String),
    /// It could not be found out.
    Failed(PageError),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopped::SignInFirst(_) => f.write_str("sign in first"),
            Stopped::Failed(error) => error.fmt(f),
        }
    }
}

impl ResponseError for Stopped {
    fn status_code(&self) -> StatusCode {
        match self {
            Stopped::SignInFirst(_) => StatusCode::SEE_OTHER,
            Stopped::Failed(error) => error.status_code(),
        }
    }

    /// Written out, because the default body is `Display`.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        match self {
            Stopped::SignInFirst(back) => page::see_other(&sign_in(back)),
            Stopped::Failed(error) => error.error_response(),
        }
    }
}

impl FromRequest for SignedIn {
    type Error = Stopped;
    type Future = Pin<Box<dyn Future<Output = Result<SignedIn, Stopped>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let back = match *request.method() {
                Method::GET | Method::HEAD => request.uri().to_string(),
                // What was sent is gone; the page it came from is not known.
                _ => HOME.to_owned(),
            };
            who(&request).await.map_err(Stopped::Failed)?.ok_or(Stopped::SignInFirst(back))
        })
    }
}

/// Who sent a request, if it is a moderator.
///
/// # Errors
/// When the database does not answer.
pub async fn who(request: &HttpRequest) -> Result<Option<SignedIn>, PageError> {
    let Some(state) = request.app_data::<web::Data<State>>() else { return Ok(None) };
    let Some(token) = Jar::Moderator.open(state, request) else { return Ok(None) };
    let comments = state.comments()?;
    let session = comments.session(&token, state.now()).await?;
    Ok(session.map(|session| SignedIn {
        name: session.moderator,
        role: session.role,
        session: session.id,
        comments,
    }))
}

/// The first page of a moderator.
pub const HOME: &str = "/moderate";

/// The address of the sign-in with a way back.
fn sign_in(back: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if back != HOME {
        query.append_pair("to", back);
    }
    match query.finish().as_str() {
        "" => "/moderate/sign-in".to_owned(),
        query => format!("/moderate/sign-in?{query}"),
    }
}

/// A way back that leads to a page of moderators, whatever was sent.
pub fn way_back(sent: &str) -> &str {
    let leads_here = match sent.strip_prefix(HOME) {
        Some(rest) => rest.is_empty() || rest.starts_with(['/', '?']),
        None => false,
    };
    if leads_here && sent.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') { sent } else { HOME }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leads_out_of_the_moderators_pages() {
        assert_eq!(
            way_back("/moderate/comments?status=held&text=a%20b"),
            "/moderate/comments?status=held&text=a%20b"
        );
        for outside in [
            "",
            "https://evil.example/moderate",
            "//evil.example",
            "/moderatex",
            "/articles",
            "/moderate\\x",
            "/moderate/\r\nSet-Cookie: a",
        ] {
            assert_eq!(way_back(outside), HOME, "{outside:?}");
        }
    }
}
