//! A moderator's own account: where they are signed in, and the second factor.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::super::body::Fields;
use super::super::discussion::Moment;
use super::super::error::PageError;
use super::super::page::{self, Frame};
use super::super::state::{Shared, State};
use super::desk::{self, Desk, Done, Tab};
use super::session::SignedIn;
use crate::comments::SecondFactor;

/// A secret and a code; nothing here is longer.
const BODY_MAX: usize = 4 * 1024;
const HERE: &str = "/moderate/account";

#[derive(Template)]
#[template(path = "moderate/account.html")]
struct Account {
    frame: Frame,
    desk: Desk,
    sessions: Vec<SessionShown>,
    /// How many codes that are good once are left; nothing without a second factor.
    left: Option<i64>,
    /// The second factor that is being set up.
    proposed: Option<SecondFactor>,
    /// Codes that are good once, shown only now.
    codes: Vec<String>,
    problem: Option<&'static str>,
}

struct SessionShown {
    id: String,
    created: Moment,
    seen: Moment,
    is_this: bool,
}

/// The page.
pub async fn show(
    state: Shared,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    page::answer(&request, StatusCode::OK, &account(&state, &request, &signed_in).await?)
}

/// Sets the second factor up, step by step, or takes it away.
pub async fn second_factor(
    state: Shared,
    request: HttpRequest,
    signed_in: SignedIn,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let (comments, name, code, now) =
        (&signed_in.comments, &signed_in.name, fields.text("code"), state.now());
    if fields.text("action") == "drop" {
        let dropped = comments.drop_second_factor(name, code, now).await?;
        return Ok(page::see_other(&if dropped { Done::FactorDropped } else { Done::CodeWrong }.at(HERE)));
    }
    let page = account(&state, &request, &signed_in).await?;
    // Who has one drops it first, with a code: a browser left open is not enough to put another in its place.
    if page.left.is_some() {
        return Ok(page::see_other(HERE));
    }
    let secret = fields.text("secret");
    let Some(proposed) = comments.second_factor(name, secret) else {
        let proposed = Some(comments.propose_second_factor(name)?);
        return page::answer(&request, StatusCode::OK, &Account { proposed, ..page });
    };
    match comments.set_second_factor(name, secret, code, now).await? {
        Some(codes) => {
            let page = Account { codes, ..account(&state, &request, &signed_in).await? };
            page::answer(&request, StatusCode::OK, &page)
        }
        None => {
            let problem = Some("That is not the code of now. Is the clock of the phone right?");
            let page = Account { proposed: Some(proposed), problem, ..page };
            page::answer(&request, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Signs out somewhere else.
pub async fn end(id: web::Path<String>, signed_in: SignedIn) -> Result<HttpResponse, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    signed_in.comments.end_session(&signed_in.name, id).await?;
    Ok(page::see_other(&Done::SessionEnded.at(HERE)))
}

async fn account(state: &State, request: &HttpRequest, signed_in: &SignedIn) -> Result<Account, PageError> {
    let sessions = signed_in.comments.sessions(&signed_in.name, state.now()).await?;
    Ok(Account {
        frame: desk::frame(state, Tab::Account.name()),
        desk: Desk::of(signed_in, request, Tab::Account).await?,
        sessions: sessions
            .into_iter()
            .map(|session| SessionShown {
                is_this: session.id == signed_in.session,
                id: session.id.to_string(),
                created: Moment::of(session.created),
                seen: Moment::of(session.seen),
            })
            .collect(),
        left: signed_in.comments.second_factor_of(&signed_in.name).await?,
        proposed: None,
        codes: Vec::new(),
        problem: None,
    })
}
