//! What a moderator decides about a comment.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpResponse, web};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::body::Fields;
use super::super::error::PageError;
use super::super::page;
use super::super::state::Shared;
use super::desk::Done;
use super::session::{SignedIn, way_back};
use crate::comments::{Refused, Ruling};

/// A reason and a way back; nothing here is longer.
const BODY_MAX: usize = 16 * 1024;

/// How long a ban can last: the value in the form and the days. The one without days lasts until it is lifted.
const LENGTHS: [(&str, Option<i64>); 4] =
    [("day", Some(1)), ("week", Some(7)), ("month", Some(30)), ("lifted", None)];

/// Publishes, hides or deletes a comment. Readers see it at once.
pub async fn rule(
    state: Shared,
    id: web::Path<String>,
    signed_in: SignedIn,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let id = read(&id)?;
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let (ruling, done) =
        [(Ruling::Publish, Done::Published), (Ruling::Hide, Done::Hidden), (Ruling::Delete, Done::Deleted)]
            .into_iter()
            .find(|(ruling, _)| ruling.id() == fields.text("ruling"))
            .ok_or(PageError::Rejected(
                StatusCode::UNPROCESSABLE_ENTITY,
                "Publish, hide or delete: one of these.",
            ))?;
    let comment = signed_in.comments.set_status(id, ruling, &signed_in.name, state.now()).await?;
    state.refresh(&comment.slug).await;
    Ok(page::see_other(&done.at(way_back(fields.text("back")))))
}

/// Shuts out the network that a comment came from.
pub async fn ban(
    state: Shared,
    id: web::Path<String>,
    signed_in: SignedIn,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let id = read(&id)?;
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let now = state.now();
    let until = until(fields.text("length"), now)?;
    let banned = signed_in.comments.ban(id, fields.text("reason"), until, &signed_in.name, now).await;
    let done = match banned {
        Ok(_) => Done::Banned,
        Err(Refused::NoSuchComment) => Done::NotBanned,
        Err(other) => return Err(other.into()),
    };
    Ok(page::see_other(&done.at(way_back(fields.text("back")))))
}

fn until(length: &str, now: Timestamp) -> Result<Option<Timestamp>, PageError> {
    let (_, days) = LENGTHS
        .into_iter()
        .find(|(name, _)| *name == length)
        .ok_or(PageError::Rejected(StatusCode::UNPROCESSABLE_ENTITY, "Choose how long the ban lasts."))?;
    Ok(days.and_then(|days| now.checked_add(SignedDuration::from_hours(24 * days)).ok()))
}

fn read(id: &str) -> Result<Uuid, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}
