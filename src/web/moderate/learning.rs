//! What readers' answers changed about each cause, and switching that off.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::body::Fields;
use super::super::error::PageError;
use super::super::page::{self, Frame};
use super::super::state::Shared;
use super::desk::{self, Desk, Done, Tab};
use super::session::SignedIn;
use crate::cause::Cause;
use crate::diagnosis::learnt::Account;

const BODY_MAX: usize = 4 * 1024;
const HERE: &str = "/moderate/learning";

#[derive(Template)]
#[template(path = "moderate/learning.html")]
struct Learning {
    frame: Frame,
    desk: Desk,
    /// Whether all is switched off.
    all_off: bool,
    causes: Vec<CauseShown>,
}

struct CauseShown {
    id: &'static str,
    title: String,
    account: Account,
    /// Whether this cause is switched off by itself.
    is_off: bool,
}

impl CauseShown {
    /// By how much the cause alone is moved, in nats, with its sign.
    fn shift(&self) -> String {
        signed(self.account.shift)
    }

    /// The findings with which it is moved most.
    fn most(&self) -> Vec<String> {
        self.account.most.iter().map(|(id, shift)| format!("{id} {}", signed(*shift))).collect()
    }

    fn confirmed(&self) -> String {
        format!("{:.1}", self.account.heard.confirmed)
    }

    fn expected(&self) -> String {
        format!("{:.1}", self.account.heard.expected)
    }
}

fn signed(shift: f64) -> String {
    format!("{}{:.2}", if shift < 0.0 { "−" } else { "+" }, shift.abs())
}

/// What was changed for each cause that somebody answered about, the most moved first.
pub async fn show(
    state: Shared,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    let site = state.site();
    let learnt = state.learnt();
    let switches = signed_in.comments.switches().await?;
    let is_off = |slug: &str| switches.iter().any(|switch| switch.slug == slug && !switch.is_on);
    let mut causes: Vec<CauseShown> = Cause::ALL
        .iter()
        .map(|cause| CauseShown {
            id: cause.id(),
            title: site.library.cause(*cause).title.clone(),
            account: learnt.account(*cause),
            is_off: is_off(cause.id()),
        })
        .filter(|cause| cause.account.heard.answers() > 0 || cause.is_off)
        .collect();
    causes.sort_by(|one, other| other.account.shift.abs().total_cmp(&one.account.shift.abs()));
    let page = Learning {
        frame: desk::frame(&state, Tab::Learning.name()),
        desk: Desk::of(&signed_in, &request, Tab::Learning).await?,
        all_off: is_off(""),
        causes,
    };
    page::answer(&request, StatusCode::OK, &page)
}

/// Switches what answers change off or on: for a cause, or without one for all.
pub async fn switch(state: Shared, signed_in: SignedIn, body: Payload) -> Result<HttpResponse, PageError> {
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let slug = fields.text("cause");
    if !slug.is_empty() && slug.parse::<Cause>().is_err() {
        return Err(PageError::NotFound);
    }
    let (is_on, done) = match fields.text("state") {
        "on" => (true, Done::SwitchedOn),
        "off" => (false, Done::SwitchedOff),
        _ => {
            return Err(PageError::Rejected(StatusCode::UNPROCESSABLE_ENTITY, "On or off: one of these."));
        }
    };
    signed_in.comments.switch(slug, is_on, &signed_in.name, state.now()).await?;
    state.learn().await;
    Ok(page::see_other(&done.at(HERE)))
}
