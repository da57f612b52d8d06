//! Why something was not done. The messages are for the person who asked.

use std::path::PathBuf;

use jiff::SignedDuration;

/// The database did not do what it was asked. What needs it can't be done now; all else goes on.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Unavailable {
    #[source]
    pub(super) source: Cause,
}

/// What is behind [`Unavailable`], for the log.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// The database, or the way to it.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// A row that this program did not write.
    #[error("a row of the table {table} is damaged: {what}")]
    Damaged {
        /// The table.
        table: &'static str,
        /// What was found.
        what: String,
    },
    /// A password could not be hashed, or the thread that did so died.
    #[error("the password could not be hashed: {0}")]
    Password(String),
}

impl<E: Into<Cause>> From<E> for Unavailable {
    fn from(source: E) -> Unavailable {
        Unavailable { source: source.into() }
    }
}

impl Unavailable {
    /// Whether there is no room left to write. Reading still works then.
    pub fn is_full(&self) -> bool {
        let Cause::Database(sqlx::Error::Database(error)) = &self.source else { return false };
        // SQLITE_FULL (https://www.sqlite.org/rescode.html#full) and PostgreSQL's disk_full
        // (https://www.postgresql.org/docs/current/errcodes-appendix.html).
        matches!(error.code().as_deref(), Some("13" | "53100"))
    }

    fn sentence(&self) -> &'static str {
        if self.is_full() {
            "There is no room left to store this. Your text is not lost: keep this page open, and try again later."
        } else {
            "The database does not answer. Your text is not lost: keep this page open, and try again in a moment."
        }
    }
}

/// Why the comments can't be opened. Stops the start, so it says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No connection, or no permission.
    #[error("the database cannot be opened: {0}")]
    Connect(sqlx::Error),
    /// The folder of the file can't be made.
    #[error("the folder {} of the database cannot be made: {error}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The schema is another program's, or of a newer version of this one.
    #[error("the schema of the database cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The keys could not be read or made.
    #[error("the keys in the database cannot be read: {0}")]
    Keys(Cause),
}

impl OpenError {
    /// Whether the database is somewhere else and does not answer at the moment, as during its restart. Waiting helps then;
    /// it does not help against a wrong password or a damaged file.
    pub fn is_away(&self) -> bool {
        let (OpenError::Connect(error) | OpenError::Keys(Cause::Database(error))) = self else {
            return false;
        };
        match error {
            sqlx::Error::Io(error) => error.kind() != std::io::ErrorKind::PermissionDenied,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
            // What the driver makes of a connection that ends before the first answer, as a proxy with no server behind it
            // ends it. Any other byte is from something that is no PostgreSQL.
            sqlx::Error::Protocol(what) => what.contains("SSLRequest: 0x00"),
            // Starting up, shutting down, no connection left
            // (https://www.postgresql.org/docs/current/errcodes-appendix.html).
            sqlx::Error::Database(error) => {
                matches!(error.code().as_deref(), Some("57P01" | "57P02" | "57P03" | "53300"))
            }
            _ => false,
        }
    }
}

/// Why a request about a comment was refused. `Display` is a sentence for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Too many in a short time.
    #[error("That is a lot in a short time. Please try again in {}.", human(*.retry_after))]
    Limited {
        /// How long to wait; at least a second.
        retry_after: SignedDuration,
    },
    /// A moderator shut this network out.
    #[error("Comments from your network are not taken at the moment.")]
    Banned,
    /// A moderator locked the article.
    #[error("Nothing can be written under this article at the moment.{}{}", if .reason.is_empty() { "" } else { " " }, .reason)]
    Locked {
        /// Why, as the moderator put it.
        reason: String,
    },
    /// The same text stands there already, from the same network: pressing the button twice does that.
    #[error("This comment is already there.")]
    Duplicate {
        /// The one that is there.
        of: uuid::Uuid,
    },
    /// The comment to answer is not there, not published, or under another article.
    #[error("The comment that this answers is not there any more.")]
    NoSuchParent,
    /// No such comment, or not one that this can be done to.
    #[error("There is no such comment.")]
    NoSuchComment,
    /// The edit token is not the one of this comment.
    #[error("This link does not give the right to change that comment.")]
    NotYours,
    /// The time to change it is over.
    #[error("A comment can be changed for {} after it was posted; that time is over.", human(*.window))]
    TooLate {
        /// How long it could be changed.
        window: SignedDuration,
    },
    /// The database failed.
    #[error(transparent)]
    Unavailable(Unavailable),
}

impl<E: Into<Unavailable>> From<E> for Refused {
    fn from(error: E) -> Refused {
        Refused::Unavailable(error.into())
    }
}

/// A duration as people say it, rounded up to one unit.
pub(super) fn human(duration: SignedDuration) -> String {
    let seconds = duration.as_secs() + i64::from(duration.subsec_nanos() > 0);
    let (count, unit) = match seconds {
        ..=90 => (seconds.max(1), "second"),
        91..=5400 => (ceiling(seconds, 60), "minute"),
        5401..=172_800 => (ceiling(seconds, 3600), "hour"),
        _ => (ceiling(seconds, 86_400), "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn ceiling(dividend: i64, divisor: i64) -> i64 {
    dividend.saturating_add(divisor - 1) / divisor
}
