//! What every page of a moderator has around its content: where it belongs, who is signed in, what was done just before.

use actix_web::HttpRequest;

use super::super::body::Fields;
use super::super::error::PageError;
use super::super::page::{Frame, Place};
use super::super::state::State;
use super::session::SignedIn;
use crate::comments::Ruling;

/// The pages of a moderator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Queue,
    Comments,
    Bans,
    Log,
    Searches,
    Learning,
    Account,
}

impl Tab {
    const ALL: [Tab; 7] =
        [Tab::Queue, Tab::Comments, Tab::Bans, Tab::Log, Tab::Searches, Tab::Learning, Tab::Account];

    pub const fn name(self) -> &'static str {
        match self {
            Tab::Queue => "Waiting",
            Tab::Comments => "All comments",
            Tab::Bans => "Bans and locks",
            Tab::Log => "Who did what",
            Tab::Searches => "Searched in vain",
            Tab::Learning => "What answers change",
            Tab::Account => "Your account",
        }
    }

    const fn href(self) -> &'static str {
        match self {
            Tab::Queue => "/moderate",
            Tab::Comments => "/moderate/comments",
            Tab::Bans => "/moderate/bans",
            Tab::Log => "/moderate/log",
            Tab::Searches => "/moderate/searches",
            Tab::Learning => "/moderate/learning",
            Tab::Account => "/moderate/account",
        }
    }
}

/// What was done just before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Published,
    Hidden,
    Deleted,
    Banned,
    NotBanned,
    Lifted,
    Spam,
    Kept,
    Marked,
    Unmarked,
    Nothing,
    Muted,
    NotMuted,
    Unmuted,
    Locked,
    Unlocked,
    SessionEnded,
    FactorDropped,
    CodeWrong,
    Erased,
    SwitchedOff,
    SwitchedOn,
}

impl Done {
    const ALL: [Done; 22] = [
        Done::Published,
        Done::Hidden,
        Done::Deleted,
        Done::Banned,
        Done::NotBanned,
        Done::Lifted,
        Done::Spam,
        Done::Kept,
        Done::Marked,
        Done::Unmarked,
        Done::Nothing,
        Done::Muted,
        Done::NotMuted,
        Done::Unmuted,
        Done::Locked,
        Done::Unlocked,
        Done::SessionEnded,
        Done::FactorDropped,
        Done::CodeWrong,
        Done::Erased,
        Done::SwitchedOff,
        Done::SwitchedOn,
    ];

    /// What a ruling comes to.
    pub const fn of(ruling: Ruling) -> Done {
        match ruling {
            Ruling::Publish => Done::Published,
            Ruling::Hide => Done::Hidden,
            Ruling::Delete => Done::Deleted,
            Ruling::Spam => Done::Spam,
            Ruling::Keep => Done::Kept,
            Ruling::Pin | Ruling::Official => Done::Marked,
            Ruling::Unpin | Ruling::Unofficial => Done::Unmarked,
        }
    }

    /// The id in an address.
    const fn id(self) -> &'static str {
        match self {
            Done::Published => "published",
            Done::Hidden => "hidden",
            Done::Deleted => "deleted",
            Done::Banned => "banned",
            Done::NotBanned => "not-banned",
            Done::Lifted => "lifted",
            Done::Spam => "spam",
            Done::Kept => "kept",
            Done::Marked => "marked",
            Done::Unmarked => "unmarked",
            Done::Nothing => "nothing",
            Done::Muted => "muted",
            Done::NotMuted => "not-muted",
            Done::Unmuted => "unmuted",
            Done::Locked => "locked",
            Done::Unlocked => "unlocked",
            Done::SessionEnded => "session-ended",
            Done::FactorDropped => "factor-dropped",
            Done::CodeWrong => "code-wrong",
            Done::Erased => "erased",
            Done::SwitchedOff => "switched-off",
            Done::SwitchedOn => "switched-on",
        }
    }

    const fn says(self) -> &'static str {
        match self {
            Done::Published => "Published.",
            Done::Hidden => "Hidden. It can be published again.",
            Done::Deleted => "Deleted for good.",
            Done::Banned => "Its network is shut out.",
            Done::NotBanned => "Nothing was done: the network of that comment is no longer remembered.",
            Done::Lifted => "The ban is lifted.",
            Done::Spam => "Hidden as spam. The filter learned it.",
            Done::Kept => "It stays as it is; what was reported is settled.",
            Done::Marked => "Marked.",
            Done::Unmarked => "No longer marked.",
            Done::Nothing => "Nothing was chosen.",
            Done::Muted => "Comments with this word wait for a moderator from now on.",
            Done::NotMuted => {
                "Nothing was muted: a word needs a letter or digit, and there can be 1,000 of them."
            }
            Done::Unmuted => "The word passes again.",
            Done::Locked => "Nobody can write under the article now.",
            Done::Unlocked => "The article is open again.",
            Done::SessionEnded => "Signed out there.",
            Done::FactorDropped => "Signing in takes no code any more.",
            Done::Erased => "All that was written from its network is gone for good.",
            Done::CodeWrong => "Nothing was changed: the code is wrong or used.",
            Done::SwitchedOff => "Switched off. Answers are still counted.",
            Done::SwitchedOn => "Switched on.",
        }
    }

    /// The address of a page with what was done.
    pub fn at(self, back: &str) -> String {
        let join = if back.contains('?') { '&' } else { '?' };
        format!("{back}{join}done={}", self.id())
    }
}

/// What stands around the content.
pub struct Desk {
    pub moderator: String,
    /// Whether it is one who may do what lasts.
    pub is_admin: bool,
    /// How many comments wait.
    pub waiting: usize,
    pub here: Tab,
    pub done: Option<&'static str>,
    /// The address of this page without what was done, to come back to.
    pub back: String,
}

impl Desk {
    /// Asks what a page needs around its content.
    pub async fn of(signed_in: &SignedIn, request: &HttpRequest, here: Tab) -> Result<Desk, PageError> {
        let query = Fields::of(request.query_string());
        let done = Done::ALL.into_iter().find(|done| done.id() == query.text("done"));
        Ok(Desk {
            moderator: signed_in.name.clone(),
            is_admin: signed_in.as_admin().is_ok(),
            waiting: usize::try_from(signed_in.comments.waiting().await?).unwrap_or(0),
            here,
            done: done.map(Done::says),
            back: without_done(request),
        })
    }

    /// The pages: name, address and whether it is this one.
    pub fn tabs(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let here = self.here;
        Tab::ALL.into_iter().map(move |tab| (tab.name(), tab.href(), tab == here))
    }
}

/// The frame of such a page.
pub fn frame(state: &State, title: &str) -> Frame {
    Frame::unlisted(state, Place::Elsewhere, title, "For those who look after the comments.")
}

fn without_done(request: &HttpRequest) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if name != "done" {
            query.append_pair(&name, &value);
        }
    }
    match query.finish().as_str() {
        "" => request.path().to_owned(),
        query => format!("{}?{query}", request.path()),
    }
}
