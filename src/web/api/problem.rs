//! Refusals of the API as problem details (RFC 9457). What broke on our side is logged once and never told.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::error::PageError;
use crate::comments::{FieldProblem, Refused, Unavailable};

/// The type of a problem's body (RFC 9457, section 3).
pub const PROBLEM: &str = "application/problem+json";

/// A kind of problem. Its address is its place on the reference page.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The end of its address.
    pub id: &'static str,
    pub status: StatusCode,
    pub title: &'static str,
    /// What to do about it, for the reference.
    pub remedy: &'static str,
}

/// The kinds of problems, by status.
pub const KINDS: [&Kind; 14] = [
    &PARAMETERS,
    &MALFORMED,
    &TOKEN,
    &FORBIDDEN,
    &NOT_FOUND,
    &METHOD,
    &DUPLICATE,
    &TOO_LARGE,
    &MEDIA_TYPE,
    &FIELDS,
    &TOO_MANY,
    &INTERNAL,
    &BUSY,
    &UNAVAILABLE,
];

macro_rules! kinds {
    ($($name:ident = $status:ident, $id:literal, $title:literal, $remedy:literal;)+) => {
        $(pub const $name: Kind = Kind { id: $id, status: StatusCode::$status, title: $title, remedy: $remedy };)+
    };
}

kinds! {
    PARAMETERS = BAD_REQUEST, "invalid-parameters", "A part of the address cannot be used",
        "`errors` names each parameter and says what it takes.";
    MALFORMED = BAD_REQUEST, "malformed", "The request cannot be read",
        "`detail` says where the body stops being JSON. `jq -Rs '{text: .}'` makes good JSON of any text.";
    TOKEN = UNAUTHORIZED, "edit-token", "The edit token is missing or wrong",
        "Send the token that came with the comment: `Authorization: Bearer TOKEN`.";
    FORBIDDEN = FORBIDDEN, "forbidden", "This is not allowed",
        "`detail` says why: the time to edit is over, the network is shut out, or a page of another site sent this.";
    NOT_FOUND = NOT_FOUND, "not-found", "There is nothing here",
        "Check the slug or the id; `GET /api/v1/articles` lists every slug.";
    METHOD = METHOD_NOT_ALLOWED, "wrong-method", "This address does not take that method",
        "`Allow` lists the methods that it takes.";
    DUPLICATE = CONFLICT, "duplicate", "This comment is already there",
        "The same text was posted from the same network within a day. A retry whose first try went through ends here.";
    TOO_LARGE = PAYLOAD_TOO_LARGE, "too-large", "That is too much at once",
        "Cut it down to the request that failed and its answer.";
    MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE, "not-json", "The body is not marked as JSON",
        "Send `Content-Type: application/json`.";
    FIELDS = UNPROCESSABLE_ENTITY, "invalid-fields", "A field cannot be taken",
        "`errors` names each field and says what to do about it.";
    TOO_MANY = TOO_MANY_REQUESTS, "too-many", "That was a lot in a short time",
        "Wait for the seconds in `Retry-After`.";
    INTERNAL = INTERNAL_SERVER_ERROR, "internal", "Something broke on our side",
        "It was noted. `X-Request-Id` helps whoever runs this server to find it.";
    BUSY = SERVICE_UNAVAILABLE, "busy", "Too many large texts at once",
        "Several are being read. Try again after `Retry-After` seconds, or send only the request that failed and its answer.";
    UNAVAILABLE = SERVICE_UNAVAILABLE, "unavailable", "The comments cannot be reached",
        "The database does not answer; all that needs no comments still works. Try again after `Retry-After` seconds.";
}

/// One field or parameter that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The name of the field or parameter, with dots where one stands in another: `answers.where`.
    pub field: String,
    /// A sentence that says what to do.
    pub message: String,
}

/// Problem details (RFC 9457): the body of every answer that refuses something.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/api#problem-invalid-fields",
    "title": "A field cannot be taken",
    "status": 422,
    "detail": "The field body cannot be taken as it is.",
    "errors": [{ "field": "body", "message": "Please write something." }],
}))]
pub struct Problem {
    /// The kind of problem: an address, relative to this site, where it is explained.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    pub kind: String,
    /// The kind of problem in words; always the same for one type.
    pub title: &'static str,
    /// The status code of the answer.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong this time. Nothing of what was sent is repeated.
    pub detail: String,
    /// Each field at fault; not there when no field is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// Seconds to wait.
    #[serde(skip)]
    retry_after: Option<u32>,
    /// What `WWW-Authenticate` says (RFC 6750, section 3).
    #[serde(skip)]
    challenge: Option<&'static str>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Problem {
    /// A problem of a kind, with what is wrong this time.
    pub fn new(kind: &Kind, detail: impl Into<String>) -> Problem {
        Problem {
            kind: format!("/api#problem-{}", kind.id),
            title: kind.title,
            status: kind.status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            challenge: None,
        }
    }

    /// There is no such article.
    pub fn no_article() -> Problem {
        Problem::new(&NOT_FOUND, "There is no article with this slug.")
    }

    /// There is no such comment, or nobody but its author may know of it.
    pub fn no_comment() -> Problem {
        Problem::new(&NOT_FOUND, Refused::NoSuchComment.to_string())
    }

    /// Nobody said who they are. As RFC 6750, section 3.1 has it, the challenge then names no error.
    pub fn no_token() -> Problem {
        let challenge = Some(r#"Bearer realm="fix401 comments""#);
        Problem {
            challenge,
            ..Problem::new(&TOKEN, "Send the comment's edit token: `Authorization: Bearer TOKEN`.")
        }
    }

    /// The token is no token of this comment.
    fn wrong_token() -> Problem {
        let challenge = Some(r#"Bearer realm="fix401 comments", error="invalid_token""#);
        Problem { challenge, ..Problem::new(&TOKEN, "This edit token is not the one of this comment.") }
    }

    /// Parameters or fields that cannot be taken.
    pub fn of_fields(kind: &Kind, errors: Vec<FieldError>) -> Problem {
        let names: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        let what = if *kind == PARAMETERS { "parameter" } else { "field" };
        let detail = match names.as_slice() {
            [one] => format!("The {what} {one} cannot be taken as it is."),
            many => format!("The {what}s {} cannot be taken as they are.", many.join(", ")),
        };
        Problem { errors, ..Problem::new(kind, detail) }
    }

    /// A fault of ours.
    fn internal(error: &anyhow::Error) -> Problem {
        tracing::error!(error = format!("{error:#}"), "a request failed");
        Problem::new(&INTERNAL, "It was noted and is not your fault.")
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        answer
            .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM)))
            .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        if let Some(seconds) = self.retry_after {
            answer.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(challenge) = self.challenge {
            answer.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        }
        if self.status == MEDIA_TYPE.status.as_u16() {
            // RFC 9110, section 15.5.16: what would have been taken.
            answer.insert_header((header::ACCEPT, HeaderValue::from_static("application/json")));
        }
        answer.body(serde_json::to_vec(self).unwrap_or_default())
    }
}

impl From<Vec<FieldProblem>> for Problem {
    fn from(problems: Vec<FieldProblem>) -> Problem {
        let error =
            |problem: FieldProblem| FieldError { field: problem.field.to_owned(), message: problem.message };
        Problem::of_fields(&FIELDS, problems.into_iter().map(error).collect())
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Problem {
        let detail = error.to_string();
        tracing::error!(error = format!("{:#}", anyhow::Error::from(error)), "the database failed a request");
        Problem { retry_after: Some(30), ..Problem::new(&UNAVAILABLE, detail) }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        let says = refused.to_string();
        match refused {
            Refused::Limited { retry_after } => {
                // Rounded up: whoever waits exactly this long is let in.
                let seconds = retry_after.as_secs() + i64::from(retry_after.subsec_nanos() > 0);
                Problem { retry_after: u32::try_from(seconds).ok(), ..Problem::new(&TOO_MANY, says) }
            }
            Refused::Banned | Refused::Locked { .. } | Refused::TooLate { .. } => {
                Problem::new(&FORBIDDEN, says)
            }
            Refused::Duplicate { .. } => Problem::new(&DUPLICATE, says),
            Refused::NoSuchParent => {
                Problem::of_fields(&FIELDS, vec![FieldError { field: "parent".to_owned(), message: says }])
            }
            Refused::NoSuchComment => Problem::no_comment(),
            Refused::NotYours => Problem::wrong_token(),
            Refused::Unavailable(error) => error.into(),
        }
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Problem {
        match error {
            PageError::NotFound => {
                Problem::new(&NOT_FOUND, "Nothing of the API has this address; /api lists all that does.")
            }
            PageError::Rejected(status, why) => Problem::new(of_status(status), why),
            PageError::NotAllowed(why) => Problem::new(&FORBIDDEN, why),
            PageError::TooMany { retry_after } => {
                let detail = "Please wait and try again.";
                Problem { retry_after: u32::try_from(retry_after).ok(), ..Problem::new(&TOO_MANY, detail) }
            }
            PageError::Unavailable => {
                let detail = "The database does not answer. Articles, search and diagnosis still work.";
                Problem { retry_after: Some(30), ..Problem::new(&UNAVAILABLE, detail) }
            }
            PageError::Busy => {
                let detail = "Several large texts are being read at the moment.";
                Problem { retry_after: Some(30), ..Problem::new(&BUSY, detail) }
            }
            PageError::Internal(error) => Problem::internal(&error),
        }
    }
}

/// The kind that a bare status stands for.
fn of_status(status: StatusCode) -> &'static Kind {
    // The general kind of 400 stands behind the one of parameters.
    let found = KINDS.into_iter().rev().find(|kind| kind.status == status);
    found.unwrap_or(if status.is_server_error() { &INTERNAL } else { &MALFORMED })
}

/// Makes a problem of what was refused before a handler of the API was reached: by the guard, or by the framework.
pub fn dress(answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let status = answer.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    let is_problem = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM);
    if !is_refusal || is_problem {
        return answer;
    }
    let problem = match status {
        StatusCode::FORBIDDEN => Problem::new(
            &FORBIDDEN,
            "A page of another site sent this. Programs send no Origin; pages may only read.",
        ),
        StatusCode::NOT_FOUND => PageError::NotFound.into(),
        status => Problem::new(of_status(status), of_status(status).title.to_owned() + "."),
    };
    let (request, old) = answer.into_parts();
    let mut new = problem.error_response();
    if let Some(allow) = old.headers().get(header::ALLOW) {
        new.headers_mut().insert(header::ALLOW, allow.clone());
    }
    ServiceResponse::new(request, new)
}

/// Answers at an address under `/api/` that nothing is registered for.
pub async fn unknown_address() -> Result<HttpResponse, Problem> {
    Err(PageError::NotFound.into())
}

/// Whether an address belongs to the API, whose refusals are problems and not pages.
pub fn is_of_the_api(request: &HttpRequest) -> bool {
    request.path().starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_an_address_of_its_own() {
        let mut ids: Vec<&str> = KINDS.iter().map(|kind| kind.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), KINDS.len());
    }

    #[test]
    fn the_kinds_stand_in_the_order_of_their_status() {
        assert!(KINDS.is_sorted_by_key(|kind| kind.status.as_u16()));
    }

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        let refused = Refused::Limited { retry_after: jiff::SignedDuration::from_millis(1001) };
        assert_eq!(Problem::from(refused).retry_after, Some(2));
    }

    #[test]
    fn a_fault_of_ours_is_not_told() {
        let problem = Problem::from(PageError::Internal(anyhow::anyhow!("disk /dev/sda1 is full")));
        assert!(!serde_json::to_string(&problem).unwrap().contains("sda1"));
    }
}
