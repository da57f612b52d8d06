//! What readers write: the form under an article, the page of one comment with what its author may do, and the newest
//! comments of all articles. Pages that show comments to everybody are made elsewhere and only told to make themselves
//! anew.

mod form;
mod one;
mod outcome;
mod post;
mod recent;
mod report;
mod rights;

use actix_web::http::StatusCode;

use super::error::{self, PageError};
use crate::comments::Refused;
use crate::redact::SecretKind;

pub use form::Form;
pub use one::{delete, edit, helped, show};
pub use outcome::{Ask, answer, answered, asking, take_back};
pub use post::{address, new, post, under};
pub use recent::recent;
pub use report::{form as report_form, report};

/// The largest body of a form, in bytes. The longest comment takes at most 96,000 in a form.
const BODY_MAX: usize = 256 * 1024;

/// What is said when the database is away while somebody holds a text that must not be lost.
const AWAY: &str =
    "The database does not answer. Your text is not lost: it stands below. Please try again in a moment.";
const TOO_LARGE: &str = "That is far more than a comment can have; only its beginning stands below. Please keep the lines that matter.";

/// Why something was not done, as a page says it beside the text that was sent.
struct Refusal {
    status: StatusCode,
    says: String,
    /// Seconds to wait, where waiting helps.
    retry_after: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, says: impl Into<String>) -> Refusal {
        Refusal { status, says: says.into(), retry_after: None }
    }

    fn too_large() -> Refusal {
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE)
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Refusal {
        let says = refused.to_string();
        match refused {
            Refused::Limited { retry_after } => Refusal {
                retry_after: Some(error::seconds(retry_after)),
                ..Refusal::new(StatusCode::TOO_MANY_REQUESTS, says)
            },
            Refused::NoSuchParent => Refusal::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("{says} Post it again to put it under the article itself."),
            ),
            Refused::NoSuchComment => Refusal::new(StatusCode::NOT_FOUND, says),
            Refused::Banned | Refused::Locked { .. } | Refused::NotYours | Refused::TooLate { .. } => {
                Refusal::new(StatusCode::FORBIDDEN, says)
            }
            Refused::Duplicate { .. } => Refusal::new(StatusCode::CONFLICT, says),
            Refused::Unavailable(error) => {
                tracing::error!(
                    error = format!("{:#}", anyhow::Error::new(error)),
                    "a comment was not stored"
                );
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, says).after(30)
            }
        }
    }
}

impl From<PageError> for Refusal {
    /// All that a page can be refused for between reading a form and storing it is that the database is away.
    fn from(_: PageError) -> Refusal {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, AWAY).after(30)
    }
}

impl Refusal {
    fn after(self, seconds: u64) -> Refusal {
        Refusal { retry_after: Some(seconds), ..self }
    }
}

/// The kinds of secrets in words: "a cookie, a password and a GitHub token".
fn in_words(kinds: &[SecretKind]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_secrets_are_listed_as_people_do() {
        use SecretKind::{Cookie, GitHub, Password};
        assert_eq!(in_words(&[]), "");
        assert_eq!(in_words(&[Cookie]), "a cookie");
        assert_eq!(in_words(&[Cookie, Password, GitHub]), "a cookie, a password and a GitHub token");
    }
}
