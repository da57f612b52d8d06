//! What happens to what readers paste and write.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::address::Address;
use super::error::PageError;
use super::page::{self, Frame, Place};
use super::state::{Made, Shared, State};

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    frame: Frame,
    /// After how many days what nobody sees is erased.
    unseen_days: Option<u32>,
}

/// The page.
pub async fn show(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    state.serve(&request, Address::Privacy).await
}

pub(super) fn make(state: &State) -> Result<Made, PageError> {
    let description = "Nothing you paste is stored, logged, or shown unmasked. What is kept of a comment, and for how long.";
    let frame =
        Frame::new(state, "/privacy", Place::Elsewhere, "What happens to what you paste", description);
    Ok(Made {
        html: page::render(&Privacy { frame, unseen_days: state.config.keep_unseen_days })?,
        lasting: true,
    })
}
