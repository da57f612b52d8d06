//! What is closed to readers: muted words and locked articles. Networks that are shut out stand on the same page.

use actix_web::HttpResponse;
use actix_web::web::Payload;

use super::super::body::Fields;
use super::super::error::PageError;
use super::super::page;
use super::super::state::Shared;
use super::desk::Done;
use super::session::SignedIn;
use actix_web::http::StatusCode;

/// A word or a name, and a reason; nothing here is longer.
const BODY_MAX: usize = 16 * 1024;
const HERE: &str = "/moderate/bans";

/// Mutes a word, or lets it pass again.
pub async fn word(state: Shared, signed_in: SignedIn, body: Payload) -> Result<HttpResponse, PageError> {
    signed_in.as_admin()?;
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let (word, now) = (fields.text("word"), state.now());
    if fields.text("action") == "unmute" {
        signed_in.comments.unmute(word, &signed_in.name, now).await?;
        return Ok(page::see_other(&Done::Unmuted.at(HERE)));
    }
    let muted = signed_in.comments.mute(word, &signed_in.name, now).await?;
    Ok(page::see_other(&if muted { Done::Muted } else { Done::NotMuted }.at(HERE)))
}

/// Locks an article, or opens it again. Readers see it at once.
pub async fn article(state: Shared, signed_in: SignedIn, body: Payload) -> Result<HttpResponse, PageError> {
    signed_in.as_admin()?;
    let (fields, _) = Fields::read(body, BODY_MAX).await?;
    let (typed, now) = (fields.text("article").trim(), state.now());
    // Whoever copies the address of an article means the article.
    let slug = typed.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let done = if fields.text("action") == "unlock" {
        signed_in.comments.unlock(slug, &signed_in.name, now).await?;
        Done::Unlocked
    } else {
        if state.site().library.article(slug).is_none() {
            return Err(PageError::Rejected(
                StatusCode::UNPROCESSABLE_ENTITY,
                "There is no article with this name. Its name is the last part of its address.",
            ));
        }
        signed_in.comments.lock(slug, fields.text("reason"), &signed_in.name, now).await?;
        Done::Locked
    };
    state.refresh(slug).await;
    Ok(page::see_other(&done.at(HERE)))
}
