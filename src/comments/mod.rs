//! What readers say under the articles, and what moderators do about it. Knows no web and no HTML page; time is
//! handed in, and so is the address of whoever sends something.
//!
//! [`Comments`] is the whole of it: open it once, share it, ask it. What a reader sends becomes a [`NewComment`]
//! first. All SQL is in `store`.

mod errors;
mod keys;
mod network;
mod types;

use std::collections::HashMap;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast;
use uuid::Uuid;

pub use errors::{OpenError, Refused, Unavailable};
pub use network::NetworkHash;
pub use types::{
    AUTHOR_MAX, BODY_MAX, BODY_MIN, Comment, Confirmation, Draft, Edited, FINDINGS_MAX, FieldProblem,
    HeldBecause, NewComment, Outcome, Posted, Status, Tally, Thread, UnknownId, Visitor,
};

/// Which comments wait for a moderator. What looks like spam waits whatever this says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moderation {
    /// None.
    #[default]
    None,
    /// Those from a network of which none was published yet.
    First,
    /// All.
    All,
}

/// What an operator can set about comments.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which comments wait for a moderator.
    pub moderation: Moderation,
    /// How long the author can change or delete a comment.
    pub edit_window: SignedDuration,
    /// How long the key lives that networks are hashed with. Hashes are of use for at most twice this time.
    pub key_rotation: SignedDuration,
    /// The most comments from one network in ten minutes.
    pub per_ten_minutes: i64,
    /// The most comments from one network in a day.
    pub per_day: i64,
    /// A comment with more links than this is held.
    pub links: usize,
    /// A comment with one of these words is held. Case does not matter.
    pub muted_words: Vec<String>,
    /// How long a moderator stays signed in without doing anything.
    pub session: SignedDuration,
    /// The most connections to the database.
    pub connections: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            moderation: Moderation::None,
            edit_window: SignedDuration::from_hours(24),
            key_rotation: SignedDuration::from_hours(30 * 24),
            per_ten_minutes: 5,
            per_day: 20,
            links: 4,
            muted_words: Vec::new(),
            session: SignedDuration::from_hours(12),
            connections: 8,
        }
    }
}

/// How long somebody had the form before it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillTime {
    /// As long as a person needs.
    Fresh,
    /// Shorter than a person can type. Such a comment is held.
    TooFast,
    /// More than a week. Says nothing on its own: tabs stay open.
    TooOld,
    /// The token was not made here, or for another article. Such a comment is held.
    Forged,
    /// No form: the API was used.
    NoForm,
}

/// What changed for those who read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// What is shown under the article with this slug.
    Article(String),
    /// Anything may have: notices were lost while the database was away.
    Everything,
}

/// A page of a longer list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to ask for next, if there is more.
    pub next: Option<Uuid>,
}

/// Which comments a moderator wants to see. Empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those under this article.
    pub slug: Option<String>,
    /// Only those with this text in the body or in the author's name. Case does not matter.
    pub text: Option<String>,
    /// Only those from the network of this comment.
    pub same_network_as: Option<Uuid>,
}

/// What a moderator does with a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Shows it to everybody.
    Publish,
    /// Takes it down; it can be published again.
    Hide,
    /// Takes its text away for good.
    Delete,
}

/// Somebody who may moderate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderator {
    /// The name to sign in with.
    pub name: String,
    /// When the account was made.
    pub created: Timestamp,
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Names the session in a list; gives no right to it.
    pub id: Uuid,
    /// The moderator's name.
    pub moderator: String,
    /// When they signed in.
    pub created: Timestamp,
    /// When they were last seen, to within five minutes.
    pub seen: Timestamp,
    /// When it ends if they are not seen again.
    pub expires: Timestamp,
}

/// A network that may not comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    /// Names the ban.
    pub id: Uuid,
    /// Why, for moderators.
    pub reason: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub created: Timestamp,
    /// Until when; nothing means until somebody lifts it.
    pub until: Option<Timestamp>,
}

/// What a moderator did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Sorts by time.
    pub id: Uuid,
    /// Who.
    pub by: String,
    /// What: `publish`, `hide`, `delete`, `ban`, `unban`.
    pub what: String,
    /// The comment it was done to, if it was one.
    pub comment: Option<Uuid>,
    /// When.
    pub at: Timestamp,
}

/// The comments and their moderators.
pub struct Comments {}

#[expect(unused_variables, clippy::unused_async, reason = "the shape comes before the body")]
impl Comments {
    /// Opens the database and brings its schema up to date.
    pub async fn open(url: &str, settings: Settings, now: Timestamp) -> Result<Comments, OpenError> {
        todo!()
    }

    /// What changes from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        todo!()
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        todo!()
    }

    /// Throws away what is no longer needed. To be called about once an hour.
    pub async fn tend(&self, now: Timestamp) -> Result<(), Unavailable> {
        todo!()
    }

    /// Who this is, as far as it is known here. The address is not kept.
    pub async fn visitor(&self, address: IpAddr, now: Timestamp) -> Result<Visitor, Unavailable> {
        todo!()
    }

    /// The hidden field of a comment form.
    pub fn form_token(&self, slug: &str, now: Timestamp) -> String {
        todo!()
    }

    /// What the hidden field says when the form comes back.
    pub fn fill_time(&self, slug: &str, token: &str, now: Timestamp) -> FillTime {
        todo!()
    }

    /// Posts a comment. Secrets in it are masked first.
    pub async fn post(
        &self,
        slug: &str,
        new: NewComment,
        visitor: &Visitor,
        fill: FillTime,
        now: Timestamp,
    ) -> Result<Posted, Refused> {
        todo!()
    }

    /// Whether the token gives the right to change the comment now.
    pub fn may_edit(&self, comment: &Comment, token: &str, now: Timestamp) -> bool {
        todo!()
    }

    /// Changes author, body and outcome of a comment.
    pub async fn edit(
        &self,
        id: Uuid,
        token: &str,
        new: NewComment,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Edited, Refused> {
        todo!()
    }

    /// Takes a comment's text away.
    pub async fn delete(&self, id: Uuid, token: &str, now: Timestamp) -> Result<Comment, Refused> {
        todo!()
    }

    /// Notes that a comment helped somebody; once for each network. Answers how many it helped.
    pub async fn helped(&self, id: Uuid, visitor: &Visitor, now: Timestamp) -> Result<i64, Refused> {
        todo!()
    }

    /// One comment, whatever its status.
    pub async fn get(&self, id: Uuid) -> Result<Option<Comment>, Unavailable> {
        todo!()
    }

    /// What is shown under an article, oldest first.
    pub async fn threads(&self, slug: &str) -> Result<Vec<Thread>, Unavailable> {
        todo!()
    }

    /// A page of what is shown under an article, oldest first.
    pub async fn threads_after(
        &self,
        slug: &str,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Page<Thread>, Unavailable> {
        todo!()
    }

    /// How often each article was said to help; articles without comments are not in it.
    pub async fn tallies(&self) -> Result<HashMap<String, Tally>, Unavailable> {
        todo!()
    }

    /// The newest published comments, newest first.
    pub async fn recent(&self, limit: usize) -> Result<Vec<Comment>, Unavailable> {
        todo!()
    }

    /// A page of the published comments, newest first; under one article if a slug is given.
    pub async fn recent_before(
        &self,
        slug: Option<&str>,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Page<Comment>, Unavailable> {
        todo!()
    }

    /// What the published comments say about findings and articles.
    pub async fn confirmations(&self) -> Result<Vec<Confirmation>, Unavailable> {
        todo!()
    }

    /// Makes an account.
    pub async fn add_moderator(
        &self,
        name: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<(), ModeratorError> {
        todo!()
    }

    /// Gives an account another password and ends its sessions.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), ModeratorError> {
        todo!()
    }

    /// Takes an account away and ends its sessions.
    pub async fn remove_moderator(&self, name: &str) -> Result<(), ModeratorError> {
        todo!()
    }

    /// The accounts, by name.
    pub async fn moderators(&self) -> Result<Vec<Moderator>, Unavailable> {
        todo!()
    }

    /// Signs a moderator in: the token for the cookie, or nothing when name and password do not match.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Option<String>, Refused> {
        todo!()
    }

    /// Who holds this token; moves the end of the session on.
    pub async fn session(&self, token: &str, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        todo!()
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<(), Unavailable> {
        todo!()
    }

    /// The sessions of a moderator, newest first.
    pub async fn sessions(&self, moderator: &str, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        todo!()
    }

    /// Ends a session of a moderator by its id. Whether there was one.
    pub async fn end_session(&self, moderator: &str, id: Uuid) -> Result<bool, Unavailable> {
        todo!()
    }

    /// What waits for a moderator, oldest first.
    pub async fn queue(&self, after: Option<Uuid>, limit: usize) -> Result<Page<Comment>, Unavailable> {
        todo!()
    }

    /// How many wait for a moderator.
    pub async fn waiting(&self) -> Result<i64, Unavailable> {
        todo!()
    }

    /// All comments that the filter lets through, newest first.
    pub async fn all(
        &self,
        filter: &Filter,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Page<Comment>, Unavailable> {
        todo!()
    }

    /// Publishes, hides or deletes a comment, and notes who did it.
    pub async fn set_status(
        &self,
        id: Uuid,
        ruling: Ruling,
        by: &str,
        now: Timestamp,
    ) -> Result<Comment, Refused> {
        todo!()
    }

    /// Shuts out the network that a comment came from.
    pub async fn ban(
        &self,
        comment: Uuid,
        reason: &str,
        until: Option<Timestamp>,
        by: &str,
        now: Timestamp,
    ) -> Result<Ban, Refused> {
        todo!()
    }

    /// Lifts a ban. Whether there was one.
    pub async fn unban(&self, id: Uuid, by: &str, now: Timestamp) -> Result<bool, Unavailable> {
        todo!()
    }

    /// The bans that hold now, newest first.
    pub async fn bans(&self, now: Timestamp) -> Result<Vec<Ban>, Unavailable> {
        todo!()
    }

    /// What moderators did, newest first; about one comment if an id is given.
    pub async fn deeds(
        &self,
        comment: Option<Uuid>,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Page<Deed>, Unavailable> {
        todo!()
    }
}

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum ModeratorError {
    /// There is one with this name.
    #[error("There is already a moderator named {0}.")]
    Exists(String),
    /// There is none with this name.
    #[error("There is no moderator named {0}.")]
    Unknown(String),
    /// The name cannot be used.
    #[error("A name has 1 to 60 letters, digits, dots, hyphens or underscores.")]
    BadName,
    /// The password is too short or too long.
    #[error("A password has 12 to 200 characters.")]
    BadPassword,
    /// The database failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
