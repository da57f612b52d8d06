//! What a moderator decides about a comment.

use std::collections::BTreeSet;

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

/// Does with a comment what was decided. Readers see it at once.
pub async fn rule(
    state: Shared,
    id: web::Path<String>,
    signed_in: SignedIn,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    let id = read(&id)?;
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let ruling = ruling(&fields, &signed_in)?;
    let comment = signed_in.comments.rule(id, ruling, &signed_in.name, state.now()).await?;
    state.refresh(&comment.slug).await;
    Ok(page::see_other(&Done::of(ruling).at(way_back(fields.text("back")))))
}

/// Does the same with several comments. One that is gone in the meantime is passed over.
pub async fn rule_many(state: Shared, signed_in: SignedIn, body: Payload) -> Result<HttpResponse, PageError> {
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let ruling = ruling(&fields, &signed_in)?;
    let mut slugs = BTreeSet::new();
    for id in fields.texts("id") {
        match signed_in.comments.rule(read(&id)?, ruling, &signed_in.name, state.now()).await {
            Ok(comment) => slugs.extend([comment.slug]),
            Err(Refused::NoSuchComment) => {}
            Err(other) => return Err(other.into()),
        }
    }
    for slug in &slugs {
        state.refresh(slug).await;
    }
    let done = if slugs.is_empty() { Done::Nothing } else { Done::of(ruling) };
    Ok(page::see_other(&done.at(way_back(fields.text("back")))))
}

fn ruling(fields: &Fields, signed_in: &SignedIn) -> Result<Ruling, PageError> {
    let ruling = Ruling::ALL.into_iter().find(|ruling| ruling.id() == fields.text("ruling"));
    let ruling = ruling.ok_or(PageError::Rejected(
        StatusCode::UNPROCESSABLE_ENTITY,
        "Choose one of the buttons: publish, hide, spam, delete and the like.",
    ))?;
    // What is deleted can't be brought back.
    if ruling == Ruling::Delete {
        signed_in.as_admin()?;
    }
    Ok(ruling)
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

/// Erases all that was written from the network of a comment.
pub async fn erase(
    state: Shared,
    id: web::Path<String>,
    signed_in: SignedIn,
    body: Payload,
) -> Result<HttpResponse, PageError> {
    signed_in.as_admin()?;
    let id = read(&id)?;
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let done = match signed_in.comments.erase_all_of(id, &signed_in.name, state.now()).await {
        Ok(erased) => {
            let slugs: BTreeSet<String> = erased.into_iter().map(|comment| comment.slug).collect();
            for slug in &slugs {
                state.refresh(slug).await;
            }
            Done::Erased
        }
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
