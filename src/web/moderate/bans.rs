//! What is closed: networks that are shut out, with letting them in again, muted words and locked articles.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::super::discussion::Moment;
use super::super::error::PageError;
use super::super::page::{self, Frame};
use super::super::state::Shared;
use super::desk::{self, Desk, Done, Tab};
use super::session::SignedIn;
use crate::comments::{ArticleLock, Ban, MutedWord};

#[derive(Template)]
#[template(path = "moderate/bans.html")]
struct Bans {
    frame: Frame,
    desk: Desk,
    bans: Vec<BanShown>,
    words: Vec<MutedWord>,
    locks: Vec<ArticleLock>,
}

struct BanShown {
    id: String,
    reason: String,
    by: String,
    created: Moment,
    until: Option<Moment>,
}

impl BanShown {
    fn of(ban: Ban) -> BanShown {
        BanShown {
            id: ban.id.to_string(),
            reason: if ban.reason.is_empty() { "No reason given".to_owned() } else { ban.reason },
            by: ban.by,
            created: Moment::of(ban.created),
            until: ban.until.map(Moment::of),
        }
    }
}

/// The bans that hold now.
pub async fn show(
    state: Shared,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    let bans = signed_in.comments.bans(state.now()).await?;
    let page = Bans {
        frame: desk::frame(&state, Tab::Bans.name()),
        desk: Desk::of(&signed_in, &request, Tab::Bans).await?,
        words: signed_in.comments.muted().await?,
        locks: signed_in.comments.locks(None).await?,
        bans: bans.into_iter().map(BanShown::of).collect(),
    };
    page::answer(&request, StatusCode::OK, &page)
}

/// Lifts a ban. One that is lifted already, by somebody else or by time, is fine.
pub async fn lift(
    state: Shared,
    id: web::Path<String>,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    signed_in.as_admin()?;
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    signed_in.comments.unban(id, &signed_in.name, state.now()).await?;
    Ok(page::see_other(&Done::Lifted.at("/moderate/bans")))
}
