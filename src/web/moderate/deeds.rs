//! Who did what.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use uuid::Uuid;

use super::super::body::Fields;
use super::super::discussion::Moment;
use super::super::error::PageError;
use super::super::page::{self, Frame};
use super::super::state::Shared;
use super::desk::{self, Desk, Tab};
use super::session::SignedIn;
use crate::comments::Deed;

const ON_A_PAGE: usize = 100;

#[derive(Template)]
#[template(path = "moderate/log.html")]
struct Log {
    frame: Frame,
    desk: Desk,
    deeds: Vec<DeedShown>,
    older: Option<Uuid>,
}

/// What a moderator did.
pub struct DeedShown {
    pub by: String,
    pub what: String,
    pub comment: Option<String>,
    pub about: Option<String>,
    pub at: Moment,
}

impl DeedShown {
    pub fn of(deed: &Deed) -> DeedShown {
        DeedShown {
            by: deed.by.clone(),
            what: in_words(&deed.what),
            about: deed.about.clone(),
            comment: deed.comment.map(|id| id.to_string()),
            at: Moment::of(deed.at),
        }
    }
}

fn in_words(what: &str) -> String {
    let cause = |slug: &str| if slug.is_empty() { "every cause".to_owned() } else { slug.to_owned() };
    if let Some(slug) = what.strip_prefix("learning-off ") {
        return format!("switched off what answers change for {}", cause(slug));
    }
    if let Some(slug) = what.strip_prefix("learning-on ") {
        return format!("switched on what answers change for {}", cause(slug));
    }
    let known = match what {
        "publish" => "published a comment",
        "hide" => "hid a comment",
        "delete" => "deleted a comment",
        "ban" => "shut out the network of a comment",
        "unban" => "lifted a ban",
        "spam" => "marked a comment as spam",
        "keep" => "left a comment as it is",
        "pin" => "set a comment on top",
        "unpin" => "took a comment from the top",
        "official" => "marked the official answer",
        "unofficial" => "took the mark of the official answer away",
        "lock" => "locked an article",
        "unlock" => "opened an article",
        "mute" => "muted a word",
        "unmute" => "let a word pass again",
        "erase" => "erased all from the network of a comment",
        "second-factor" => "set up a second factor",
        "no-second-factor" => "switched the second factor off",
        _ => "did something that this version does not know",
    };
    known.to_owned()
}

/// What moderators did, the newest first.
pub async fn show(
    state: Shared,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    let before = Fields::of(request.query_string()).text("before").parse().ok();
    let found = signed_in.comments.deeds(None, before, ON_A_PAGE).await?;
    let page = Log {
        frame: desk::frame(&state, Tab::Log.name()),
        desk: Desk::of(&signed_in, &request, Tab::Log).await?,
        deeds: found.items.iter().map(DeedShown::of).collect(),
        older: found.next,
    };
    page::answer(&request, StatusCode::OK, &page)
}
