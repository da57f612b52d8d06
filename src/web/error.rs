//! What can go wrong while a page is made, and the page that says so. Causes are logged here once and never shown.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use jiff::SignedDuration;

use super::api;
use super::page::{self, Frame, Place};
use super::state::State;
use crate::comments::{Refused, Unavailable};
use crate::library::Article;

/// Why there is no page.
#[derive(Debug)]
pub enum PageError {
    /// Nothing has this address.
    NotFound,
    /// The request is not one that can be answered; the sentence says why and what to do.
    Rejected(StatusCode, &'static str),
    /// Whoever asks may not do this; the sentence says who may.
    NotAllowed(&'static str),
    /// Too many requests in a short time.
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The database is away. What does not need it still works.
    Unavailable,
    /// As many large files are being read as there is room for.
    Busy,
    /// A fault of ours.
    Internal(anyhow::Error),
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.heading())
    }
}

/// What a comment is refused for has a page of its own; any other error is a fault of ours.
impl<E: Into<anyhow::Error>> From<E> for PageError {
    fn from(error: E) -> PageError {
        let error = match error.into().downcast::<Refused>() {
            Ok(refused) => return PageError::of_refused(refused),
            Err(other) => other,
        };
        match error.downcast::<Unavailable>() {
            Ok(unavailable) => PageError::away(unavailable),
            Err(other) => PageError::Internal(other),
        }
    }
}

impl PageError {
    fn of_refused(refused: Refused) -> PageError {
        match refused {
            Refused::Limited { retry_after } => PageError::TooMany { retry_after: seconds(retry_after) },
            Refused::Banned => {
                PageError::NotAllowed("Comments from your network are not taken at the moment.")
            }
            Refused::Locked { .. } => {
                PageError::NotAllowed("Nothing can be written under this article at the moment.")
            }
            Refused::NotYours | Refused::TooLate { .. } => PageError::NotAllowed(
                "This comment can’t be changed from here. Its author can, for a while after posting it, in the same browser.",
            ),
            Refused::NoSuchParent | Refused::NoSuchComment => PageError::NotFound,
            Refused::Duplicate { .. } => {
                PageError::Rejected(StatusCode::CONFLICT, "This comment is already there.")
            }
            Refused::Unavailable(error) => PageError::away(error),
        }
    }

    fn away(error: Unavailable) -> PageError {
        tracing::error!(error = format!("{:#}", anyhow::Error::new(error)), "the database does not answer");
        PageError::Unavailable
    }

    fn heading(&self) -> &'static str {
        match self {
            PageError::NotFound => "There is no page here",
            PageError::Rejected(status, _) => match *status {
                StatusCode::FORBIDDEN => "This request did not come from this site",
                StatusCode::CONFLICT => "Once is enough",
                StatusCode::METHOD_NOT_ALLOWED => "This page does not take that",
                StatusCode::PAYLOAD_TOO_LARGE => "That is too much at once",
                _ => "This request cannot be read",
            },
            PageError::NotAllowed(_) => "You can’t do this from here",
            PageError::TooMany { .. } => "That was a lot in a short time",
            PageError::Unavailable => "The comments cannot be reached",
            PageError::Busy => "Too many large files at once",
            PageError::Internal(_) => "Something broke on our side",
        }
    }

    fn sentence(&self) -> String {
        match self {
            PageError::NotFound => {
                "The address may be mistyped, or the page has moved. The search finds it by its words.".into()
            }
            PageError::Rejected(_, why) | PageError::NotAllowed(why) => (*why).into(),
            PageError::TooMany { retry_after } => {
                let wait = usize::try_from(*retry_after).unwrap_or(usize::MAX);
                format!("Please wait {} and try again.", page::count(wait, "second", "seconds"))
            }
            PageError::Unavailable => {
                "The database does not answer. Articles, search and diagnosis still work; please try this again in a minute.".into()
            }
            PageError::Busy => {
                "Several are being read at the moment. Please send yours again in half a minute, or paste only the request that failed and its answer.".into()
            }
            PageError::Internal(_) => {
                "It was noted and is not your fault. If it happens again, the number below helps whoever runs this site to find it.".into()
            }
        }
    }
}

/// What the frame of an error page needs; the guard turns it into the page, since it knows the request.
#[derive(Clone, Debug)]
struct Failure {
    heading: &'static str,
    sentence: String,
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        match self {
            PageError::NotFound => StatusCode::NOT_FOUND,
            PageError::Rejected(status, _) => *status,
            PageError::NotAllowed(_) => StatusCode::FORBIDDEN,
            PageError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            PageError::Unavailable | PageError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            PageError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Written out, because the default body is `Display`.
    fn error_response(&self) -> HttpResponse {
        if let PageError::Internal(error) = self {
            tracing::error!(error = format!("{error:#}"), "a request failed");
        }
        let mut answer = HttpResponse::build(self.status_code());
        let wait = match self {
            PageError::TooMany { retry_after } => Some(*retry_after),
            PageError::Unavailable | PageError::Busy => Some(30),
            _ => None,
        };
        if let Some(seconds) = wait {
            answer.insert_header((header::RETRY_AFTER, seconds));
        }
        let mut answer = answer.finish();
        answer.extensions_mut().insert(Failure { heading: self.heading(), sentence: self.sentence() });
        answer
    }
}

/// Rounded up: whoever waits exactly this long is let in.
pub fn seconds(wait: SignedDuration) -> u64 {
    let seconds = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
    u64::try_from(seconds).unwrap_or(1).max(1)
}

/// Answers at an address that nothing is registered for.
pub async fn unknown_address() -> Result<HttpResponse, PageError> {
    Err(PageError::NotFound)
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    heading: &'a str,
    sentence: &'a str,
    request_id: &'a str,
    suggestions: Vec<&'a Article>,
}

/// Gives an answer that failed its page. What is an answer of its own already (JSON, text) stays as it is.
pub fn dress(answer: ServiceResponse<BoxBody>, request_id: &str) -> ServiceResponse<BoxBody> {
    if api::problem::is_of_the_api(answer.request()) {
        return api::problem::dress(answer);
    }
    let status = answer.status();
    let ours = answer.response().extensions().get::<Failure>().cloned();
    let bare = answer.response().error().is_some() || !answer.headers().contains_key(header::CONTENT_TYPE);
    if !(status.is_client_error() || status.is_server_error()) || (ours.is_none() && !bare) {
        return answer;
    }
    let failure = ours.unwrap_or_else(|| of_framework(status));
    let (request, old) = answer.into_parts();
    let body = match wants_html(&request) {
        true => error_page(&request, &failure, request_id),
        false => None,
    };
    let mut new = match body {
        Some(body) => page::fresh(&request, status, page::HTML, body),
        None => {
            let text = format!("{}.\n{}\nRequest {request_id}\n", failure.heading, failure.sentence);
            page::fresh(&request, status, "text/plain; charset=utf-8", text.into_bytes())
        }
    };
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = old.headers().get(&name) {
            new.headers_mut().insert(name, HeaderValue::clone(value));
        }
    }
    ServiceResponse::new(request, new)
}

/// The words for what the framework itself refuses: forms, paths and bodies that do not parse, methods nobody registered.
fn of_framework(status: StatusCode) -> Failure {
    let error = match status {
        StatusCode::NOT_FOUND => PageError::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => {
            PageError::Rejected(status, "Nothing can be sent to this address in this way.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            PageError::Rejected(status, "Please shorten it to the part that matters.")
        }
        status if status.is_client_error() => PageError::Rejected(
            status,
            "A part of it is not written as it should be. Going back and trying again may help.",
        ),
        _ => PageError::Internal(anyhow::anyhow!("the framework answered {status}")),
    };
    Failure { heading: error.heading(), sentence: error.sentence() }
}

/// A browser says that it takes HTML; `curl` says `*/*`.
fn wants_html(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn error_page(request: &HttpRequest, failure: &Failure, request_id: &str) -> Option<Vec<u8>> {
    let state = request.app_data::<web::Data<State>>()?;
    let site = state.site();
    let slug = request.path().strip_prefix("/articles/").unwrap_or_default();
    let page = ErrorPage {
        frame: Frame::unlisted(state, Place::Elsewhere, failure.heading, &failure.sentence),
        heading: failure.heading,
        sentence: &failure.sentence,
        request_id,
        suggestions: if slug.is_empty() { Vec::new() } else { nearest(site.library.articles(), slug) },
    };
    page.render().ok().map(String::into_bytes)
}

/// The articles whose address is most like the one that was typed, at most three.
fn nearest<'a>(articles: &'a [Article], typed: &str) -> Vec<&'a Article> {
    let typed = typed.to_ascii_lowercase();
    // A longer address is not one that somebody mistyped.
    if typed.len() > 80 {
        return Vec::new();
    }
    let mut near: Vec<(f64, &Article)> = articles
        .iter()
        .map(|article| (likeness(&article.slug, &typed), article))
        .filter(|(likeness, _)| *likeness > 0.45)
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0));
    near.into_iter().take(3).map(|(_, article)| article).collect()
}

/// How alike two names are: the share of pairs of neighbouring letters that they have in common (Dice, 1945).
fn likeness(one: &str, other: &str) -> f64 {
    let pairs =
        |text: &str| -> Vec<[u8; 2]> { text.as_bytes().windows(2).map(|pair| [pair[0], pair[1]]).collect() };
    let (one, mut other) = (pairs(one), pairs(other));
    let all = one.len() + other.len();
    let mut common = 0;
    for pair in one {
        if let Some(place) = other.iter().position(|candidate| *candidate == pair) {
            other.swap_remove(place);
            common += 1;
        }
    }
    if all == 0 { 0.0 } else { f64::from(2 * common) / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_is_near_the_right_one_and_far_from_others() {
        assert!(likeness("clock-skew", "clokc-skew") > 0.6);
        assert!(likeness("token-expired", "expired-token") > 0.6);
        assert!(likeness("clock-skew", "wrong-password") < 0.2);
        assert!(likeness("", "") < 0.1);
    }

    #[test]
    fn an_answer_never_tells_what_broke() {
        let error = PageError::Internal(anyhow::anyhow!("disk /dev/sda1 is full"));
        assert_eq!(error.to_string(), "Something broke on our side");
        assert!(!error.sentence().contains("sda1"));
    }
}
