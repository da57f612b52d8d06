//! What readers say under the articles, and what moderators do about it. Knows no web and no HTML page; time is
//! handed in, and so is the address of whoever sends something.
//!
//! [`Comments`] is the whole of it: open it once, share it, ask it. What a reader sends becomes a [`NewComment`]
//! first. All SQL is in `store`.

mod answers;
mod bayes;
mod carrying;
mod errors;
mod fold;
mod ids;
mod keys;
mod limits;
mod lines;
mod moderation;
mod network;
mod password;
mod posting;
mod reading;
mod searches;
mod second;
mod sessions;
mod spam;
mod store;
#[cfg(test)]
mod tests;
mod totp;
mod types;
mod visitors;

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Semaphore, broadcast};
use uuid::Uuid;

use ids::Ids;
use limits::{DAY, millis};
use store::{Store, upkeep};
use visitors::Keys;

pub use answers::{Answer, Answered, NewAnswer, Switch, Testimony, Weight};
pub use carrying::{BackupError, ExportError, ImportError, Imported, LineProblem};
pub use errors::{OpenError, Refused, Unavailable};
pub use network::NetworkHash;
pub use second::SecondFactor;
pub use types::{
    AUTHOR_MAX, BODY_MAX, BODY_MIN, Comment, Confirmation, Draft, Edited, FINDINGS_MAX, FieldProblem,
    HeldBecause, NewComment, Outcome, Posted, Sort, Status, Tally, Thread, ThreadPage, UnknownId, View,
    Visitor,
};

/// How many comments are erased in one go when their time is over; the rest follows an hour later.
const ERASED_AT_ONCE: i64 = 500;

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
    /// How long the text of a comment is kept that nobody sees, hidden or held; nothing means for good.
    pub keep_unseen: Option<SignedDuration>,
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
            keep_unseen: None,
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

impl FillTime {
    /// Nobody reads a form, writes three characters and sends them in less.
    const FAST: SignedDuration = SignedDuration::from_secs(3);
    const OLD: SignedDuration = SignedDuration::from_hours(7 * 24);

    fn since(issued: Option<Timestamp>, now: Timestamp) -> FillTime {
        let Some(issued) = issued else { return FillTime::Forged };
        match now.as_millisecond() - issued.as_millisecond() {
            // Another instance, whose clock runs a little ahead, handed the form out.
            ..0 => FillTime::Fresh,
            passed if passed < millis(FillTime::FAST) => FillTime::TooFast,
            passed if passed > millis(FillTime::OLD) => FillTime::TooOld,
            _ => FillTime::Fresh,
        }
    }
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
    /// Only those that say this of the article.
    pub outcome: Option<Outcome>,
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
    /// Takes it down, and lets the filter for spam learn it.
    Spam,
    /// Leaves it as it is: what readers reported is settled, and the filter learns that it is none.
    Keep,
    /// Sets it on top of its article.
    Pin,
    /// No longer.
    Unpin,
    /// Marks it as the official answer.
    Official,
    /// No longer.
    Unofficial,
}

/// Why a reader asks moderators to look at a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportReason {
    /// It sells something.
    Spam,
    /// Somebody's token, password or name stands in it.
    Secret,
    /// Following it would do damage.
    Harmful,
    /// It attacks somebody.
    Rude,
    /// Something else.
    Other,
}

impl ReportReason {
    /// All of them, in the order in which a form shows them.
    pub const ALL: [ReportReason; 5] = [
        ReportReason::Spam,
        ReportReason::Secret,
        ReportReason::Harmful,
        ReportReason::Rude,
        ReportReason::Other,
    ];

    /// The stable id, as in the database.
    pub const fn id(self) -> &'static str {
        match self {
            ReportReason::Spam => "spam",
            ReportReason::Secret => "secret",
            ReportReason::Harmful => "harmful",
            ReportReason::Rude => "rude",
            ReportReason::Other => "other",
        }
    }

    /// What a reader chooses.
    pub const fn label(self) -> &'static str {
        match self {
            ReportReason::Spam => "It is spam",
            ReportReason::Secret => "A secret or personal data stands in it",
            ReportReason::Harmful => "Following it would do damage",
            ReportReason::Rude => "It attacks somebody",
            ReportReason::Other => "Something else",
        }
    }
}

impl std::str::FromStr for ReportReason {
    type Err = UnknownId;

    fn from_str(id: &str) -> Result<ReportReason, UnknownId> {
        ReportReason::ALL.into_iter().find(|reason| reason.id() == id).ok_or(UnknownId)
    }
}

/// How often a comment was reported for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reports {
    /// Why.
    pub reason: ReportReason,
    /// By how many networks.
    pub times: i64,
}

/// An article under which nobody can write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleLock {
    /// The article.
    pub slug: String,
    /// Why, shown to readers.
    pub reason: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub created: Timestamp,
}

/// A word that holds a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MutedWord {
    /// As it was typed.
    pub word: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub created: Timestamp,
}

/// Somebody who may moderate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderator {
    /// The name to sign in with.
    pub name: String,
    /// When the account was made.
    pub created: Timestamp,
    /// What they may do.
    pub role: Role,
    /// Whether signing in takes a code, too.
    pub has_second_factor: bool,
}

/// What a moderator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Decides about comments.
    Moderator,
    /// Also about what lasts: deleting, muted words, locked articles, lifting bans.
    Admin,
}

impl Role {
    /// The stable id, as in the database and on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Role::Moderator => "moderator",
            Role::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownId;

    fn from_str(id: &str) -> Result<Role, UnknownId> {
        [Role::Moderator, Role::Admin].into_iter().find(|role| role.id() == id).ok_or(UnknownId)
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Names the session in a list; gives no right to it.
    pub id: Uuid,
    /// The moderator's name.
    pub moderator: String,
    /// What they may do now.
    pub role: Role,
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
    /// What: the id of a [`Ruling`], or `ban`, `unban`, `lock`, `unlock`, `mute`, `unmute` and the like.
    pub what: String,
    /// The comment it was done to, if it was one.
    pub comment: Option<Uuid>,
    /// What it was done to, if it was something else: an article, a word, an account.
    pub about: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Words that readers searched for in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissedSearch {
    /// In lower case, one space between two.
    pub words: String,
    /// How often.
    pub times: i64,
    /// When last.
    pub latest: Timestamp,
}

/// The comments and their moderators. Open it once and share it.
pub struct Comments {
    settings: Settings,
    store: Store,
    keys: Keys,
    ids: Ids,
    /// Each password that is being checked takes 19 MiB and a processor: not more than two at a time.
    checking: Semaphore,
    /// Searches in vain that are not stored yet.
    missed: searches::Waiting,
}

impl Comments {
    /// Opens the database and brings its schema up to date. The address is one that sqlx reads: `sqlite:PATH` (the
    /// file and its folder are made when they are not there) or `postgres://...`.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(url: &str, settings: Settings) -> Result<Comments, OpenError> {
        let store = Store::open(url, settings.connections).await?;
        let keys =
            Keys::open(&store, settings.key_rotation).await.map_err(|error| OpenError::Keys(error.source))?;
        Ok(Comments {
            settings,
            store,
            keys,
            ids: Ids::default(),
            checking: Semaphore::new(2),
            missed: Default::default(),
        })
    }

    /// The settings it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What changes from now on. Whoever does not keep up gets `RecvError::Lagged`, which means the same as
    /// [`Change::Everything`].
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.store.changes()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        upkeep::answers(&mut *self.store.read().await?).await
    }

    /// Throws away what is no longer needed: sessions and bans that are over, counted attempts, old keys and all that
    /// was hashed with them. To be called about once an hour; several instances may.
    ///
    /// # Errors
    /// When the database does not answer; nothing is lost then, the next call does it.
    pub async fn tend(&self, now: Timestamp) -> Result<(), Unavailable> {
        let mut write = self.store.write(&[]).await?;
        upkeep::forget_networks(write.conn(), self.keys.horizon(now)).await?;
        let millis_now = now.as_millisecond();
        upkeep::forget_what_is_over(write.conn(), millis_now, millis_now - millis(DAY)).await?;
        if let Some(kept) = self.settings.keep_unseen {
            let before = millis_now.saturating_sub(millis(kept));
            for comment in store::comments::unseen_since(write.conn(), before, ERASED_AT_ONCE).await? {
                posting::erase(&mut write, comment).await?;
            }
        }
        write.commit().await?;
        self.tend_missed_searches(now).await
    }

    /// Who this is, as far as it is known here. The address is not kept.
    ///
    /// # Errors
    /// When a new key is due and the database does not answer.
    pub async fn visitor(&self, address: IpAddr, now: Timestamp) -> Result<Visitor, Unavailable> {
        self.keys.visitor(&self.store, address, now).await
    }

    /// Finishes what is under way and closes the connections.
    pub async fn close(&self) {
        self.store.close().await;
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
