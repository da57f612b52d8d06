//! What readers searched for in vain: the articles that are missing, or the words that a synonym should lead to.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::discussion::Moment;
use super::super::error::PageError;
use super::super::page::{self, Frame};
use super::super::state::Shared;
use super::desk::{self, Desk, Tab};
use super::session::SignedIn;

const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "moderate/searches.html")]
struct Searches {
    frame: Frame,
    desk: Desk,
    missed: Vec<Missed>,
}

struct Missed {
    words: String,
    times: i64,
    latest: Moment,
}

/// What was searched for in vain, the most frequent first.
pub async fn show(
    state: Shared,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    let missed = signed_in.comments.missed_searches(LISTED).await?;
    let page = Searches {
        frame: desk::frame(&state, Tab::Searches.name()),
        desk: Desk::of(&signed_in, &request, Tab::Searches).await?,
        missed: missed
            .into_iter()
            .map(|search| Missed {
                words: search.words,
                times: search.times,
                latest: Moment::of(search.latest),
            })
            .collect(),
    };
    page::answer(&request, StatusCode::OK, &page)
}
