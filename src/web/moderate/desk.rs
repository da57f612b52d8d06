//! What every page of a moderator has around its content: where it belongs, who is signed in, what was done just before.

use actix_web::HttpRequest;

use super::super::body::Fields;
use super::super::error::PageError;
use super::super::page::{Frame, Place};
use super::super::state::State;
use super::session::SignedIn;

/// The pages of a moderator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Queue,
    Comments,
    Bans,
    Log,
    Searches,
    Learning,
}

impl Tab {
    const ALL: [Tab; 6] = [Tab::Queue, Tab::Comments, Tab::Bans, Tab::Log, Tab::Searches, Tab::Learning];

    pub const fn name(self) -> &'static str {
        match self {
            Tab::Queue => "Waiting",
            Tab::Comments => "All comments",
            Tab::Bans => "Bans",
            Tab::Log => "Who did what",
            Tab::Searches => "Searched in vain",
            Tab::Learning => "What answers change",
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
    SwitchedOff,
    SwitchedOn,
}

impl Done {
    const ALL: [Done; 8] = [
        Done::Published,
        Done::Hidden,
        Done::Deleted,
        Done::Banned,
        Done::NotBanned,
        Done::Lifted,
        Done::SwitchedOff,
        Done::SwitchedOn,
    ];

    /// The id in an address.
    const fn id(self) -> &'static str {
        match self {
            Done::Published => "published",
            Done::Hidden => "hidden",
            Done::Deleted => "deleted",
            Done::Banned => "banned",
            Done::NotBanned => "not-banned",
            Done::Lifted => "lifted",
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
