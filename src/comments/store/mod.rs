//! The database of the comments: connections, transactions, and in the files beside this one every SQL statement, each
//! in a function named for the question it answers. Knows no rule: what may be stored is decided above.
//!
//! One SQL text serves SQLite and PostgreSQL through `sqlx::Any`, which is safe as long as only `i64`, text and bytes go
//! in and out: no booleans, no `NULL` but of these types, no dates. What differs between the two is in this file:
//! how to begin a transaction, how to keep others from counting at the same time, how to tell other instances.

pub(super) mod accounts;
pub(super) mod answers;
pub(super) mod bans;
pub(super) mod comments;
pub(super) mod desk;
pub(super) mod learned;
mod listen;
pub(super) mod rows;
pub(super) mod threads;
pub(super) mod upkeep;

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Once;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::{Any, AnyPoolOptions, AnyRow};
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, AnyPool, Connection as _, Row as _, Transaction};
use tokio::sync::broadcast;

use super::errors::{Cause, OpenError};
use super::{Change, Unavailable};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// WAL: readers and the writer don't wait for each other. FULL: what is committed is on the disk.
const SQLITE_WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000";
/// A statement that would change something is a mistake of ours here.
const SQLITE_READER: &str = "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000";
/// No request waits longer for the database than its reader would.
const POSTGRES_SESSION: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'";

/// How long a request waits for a connection. A reader waits no longer than this for an article's comments.
const ACQUIRE: Duration = Duration::from_secs(5);
/// How many notices may wait for somebody who listens but does not keep up; after that they are told to look anew.
const NOTICES: usize = 256;
/// The channel of PostgreSQL's NOTIFY.
const CHANNEL: &str = "fix401_comments";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

/// The database.
pub(super) struct Store {
    dialect: Dialect,
    /// For reading.
    pool: AnyPool,
    /// For writing. SQLite has one writer at a time: one connection makes a fair queue of it. On PostgreSQL this is
    /// the same pool as for reading.
    writers: AnyPool,
    /// The address of the file, if it is SQLite.
    sqlite: Option<String>,
    changes: broadcast::Sender<Change>,
    /// Marks our own notices, so that we don't hear them twice.
    instance: String,
    /// Ends the listening when the store goes.
    _listener: Option<listen::Listener>,
}

impl Store {
    /// Connects, and brings the schema up to date.
    pub(super) async fn open(url: &str, connections: u32) -> Result<Store, OpenError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);

        let (changes, _) = broadcast::channel(NOTICES);
        let instance = instance_name().map_err(|error| OpenError::Keys(error.into()))?;
        let is_sqlite = url.starts_with("sqlite:");
        if !is_sqlite {
            probe(url, POSTGRES_SESSION).await?;
            let pool = postgres(url, connections).await?;
            POSTGRES.run(&pool).await?;
            let listener = listen::Listener::start(url, changes.clone(), instance.clone()).await;
            let listener = listener.map_err(OpenError::Connect)?;
            let writers = pool.clone();
            return Ok(Store {
                dialect: Dialect::Postgres,
                pool,
                writers,
                sqlite: None,
                changes,
                instance,
                _listener: Some(listener),
            });
        }
        let url = sqlite_url(url)?;
        probe(&url, SQLITE_WRITER).await?;
        let writers = sqlite_writer(&url).await?;
        SQLITE.run(&writers).await?;
        let pool = sqlite_readers(&url, connections).await?;
        Ok(Store {
            dialect: Dialect::Sqlite,
            pool,
            writers,
            sqlite: Some(url),
            changes,
            instance,
            _listener: None,
        })
    }

    /// What changes from now on.
    pub(super) fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// For statements that only read.
    pub(super) async fn read(&self) -> Result<sqlx::pool::PoolConnection<Any>, Unavailable> {
        Ok(self.pool.acquire().await?)
    }

    /// A transaction that reads, and sees everything as it was when it began.
    pub(super) async fn snapshot(&self) -> Result<Transaction<'static, Any>, Unavailable> {
        let mut tx = self.pool.begin().await?;
        if self.dialect == Dialect::Postgres {
            let statement = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
            sqlx::query(statement).execute(&mut *tx).await?;
        }
        Ok(tx)
    }

    /// Begins a transaction that writes. While it lasts, no other transaction that names one of the same `alone`
    /// runs, on any instance: what it counts stays true until it commits.
    pub(super) async fn write(&self, alone: &[[u8; 32]]) -> Result<Write<'_>, Unavailable> {
        let mut tx = match self.dialect {
            // A plain BEGIN that reads first and writes later fails when another writer came between.
            Dialect::Sqlite => self.begin_immediate().await?,
            Dialect::Postgres => self.writers.begin().await?,
        };
        if self.dialect == Dialect::Postgres {
            let mut locks: Vec<i64> = alone
                .iter()
                .filter_map(|name| name.first_chunk::<8>().map(|bytes| i64::from_be_bytes(*bytes)))
                .collect();
            // Always in the same order, so that two transactions never wait for each other.
            locks.sort_unstable();
            for lock in locks {
                sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(lock).execute(&mut *tx).await?;
            }
        }
        Ok(Write { store: self, tx, changed: Vec::new() })
    }

    /// Begins a transaction on SQLite's one writing connection. When the disk is full, SQLite itself takes back what was
    /// begun (<https://www.sqlite.org/lang_transaction.html>, section 3), and the driver goes on counting it: such a
    /// connection would refuse every transaction for good, so another takes its place.
    async fn begin_immediate(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        const BEGIN: &str = "BEGIN IMMEDIATE";
        match self.writers.begin_with(BEGIN).await {
            Err(sqlx::Error::InvalidSavePointStatement | sqlx::Error::BeginFailed) => {
                self.writers.acquire().await?.close().await?;
                self.writers.begin_with(BEGIN).await
            }
            begun => begun,
        }
    }

    /// Writes a copy of a SQLite database, as it is at this moment, to a file that is not there yet. Whether this is one.
    pub(super) async fn copy_to(&self, file: &str) -> Result<bool, Unavailable> {
        let Some(url) = &self.sqlite else { return Ok(false) };
        // A connection of its own: the readers may not write, and the writers need not wait.
        let mut conn = AnyConnection::connect(url).await?;
        sqlx::query("VACUUM INTO $1").bind(file).execute(&mut conn).await?;
        conn.close().await?;
        Ok(true)
    }

    /// Closes the connections. What is under way finishes first.
    pub(super) async fn close(&self) {
        self.pool.close().await;
        self.writers.close().await;
    }
}

/// A transaction that writes. Dropped without a commit, it leaves no trace.
pub(super) struct Write<'s> {
    store: &'s Store,
    tx: Transaction<'static, Any>,
    changed: Vec<Change>,
}

impl Write<'_> {
    /// The connection, for statements.
    pub(super) fn conn(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// Notes that what is shown under this article changes with the commit, for everybody who listens on any instance.
    pub(super) async fn changes(&mut self, slug: &str) -> Result<(), Unavailable> {
        if self.store.dialect == Dialect::Postgres {
            let notice = format!("{} {slug}", self.store.instance);
            sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(notice).execute(&mut *self.tx).await?;
        }
        self.changed.push(Change::Article(slug.to_owned()));
        Ok(())
    }

    /// Commits. This happens in a task of its own: a reader who goes away in between can't keep those who listen from
    /// hearing of what was stored.
    pub(super) async fn commit(self) -> Result<(), Unavailable> {
        let Write { store, tx, changed } = self;
        let changes = store.changes.clone();
        let done = tokio::spawn(async move {
            tx.commit().await?;
            for change in changed {
                // Nobody listens: fine.
                let _ = changes.send(change);
            }
            Ok(())
        });
        match done.await {
            Ok(result) => result,
            Err(_stopped) => Err(sqlx::Error::WorkerCrashed.into()),
        }
    }
}

/// A name that no other instance has.
fn instance_name() -> Result<String, getrandom::Error> {
    Ok(format!("{:016x}", getrandom::u64()?))
}

/// Connects once. A pool would try again until its time is up, and then say no more than that.
async fn probe(url: &str, set_up: &'static str) -> Result<(), OpenError> {
    let mut conn = AnyConnection::connect(url).await.map_err(OpenError::Connect)?;
    sqlx::raw_sql(set_up).execute(&mut conn).await.map_err(OpenError::Connect)?;
    conn.close().await.map_err(OpenError::Connect)
}

async fn postgres(url: &str, connections: u32) -> Result<AnyPool, OpenError> {
    let options = AnyPoolOptions::new().max_connections(connections.max(2)).acquire_timeout(ACQUIRE);
    connect(options, url, POSTGRES_SESSION).await
}

async fn sqlite_writer(url: &str) -> Result<AnyPool, OpenError> {
    // A request waits for those before it in the queue, each of which may wait for the disk.
    connect(sqlite().max_connections(1).acquire_timeout(ACQUIRE * 2), url, SQLITE_WRITER).await
}

async fn sqlite_readers(url: &str, connections: u32) -> Result<AnyPool, OpenError> {
    connect(sqlite().max_connections(connections.max(1)).acquire_timeout(ACQUIRE), url, SQLITE_READER).await
}

async fn connect(options: AnyPoolOptions, url: &str, set_up: &'static str) -> Result<AnyPool, OpenError> {
    options
        .after_connect(move |conn, _| {
            Box::pin(async move { sqlx::raw_sql(set_up).execute(conn).await.map(|_done| ()) })
        })
        .connect(url)
        .await
        .map_err(OpenError::Connect)
}

fn sqlite() -> AnyPoolOptions {
    // A connection to a file does not get lost while it is idle.
    AnyPoolOptions::new().test_before_acquire(false).idle_timeout(None).max_lifetime(None)
}

/// The address of the file, which is made when it is not there; so is its folder.
fn sqlite_url(url: &str) -> Result<String, OpenError> {
    let options = SqliteConnectOptions::from_str(url).map_err(OpenError::Connect)?;
    if url.contains(":memory:") || url.contains("mode=memory") {
        let why = "comments that live in memory only would be lost; name a file";
        return Err(OpenError::Connect(sqlx::Error::Configuration(why.into())));
    }
    let folder = options.get_filename().parent().unwrap_or(Path::new(""));
    // Not the same as a database that is away: no waiting makes this folder.
    std::fs::create_dir_all(folder)
        .map_err(|error| OpenError::Folder { folder: folder.to_owned(), error })?;
    Ok(match url.split_once('?') {
        None => format!("{url}?mode=rwc"),
        Some((_, parameters)) if parameters.contains("mode=") => url.to_owned(),
        Some(_) => format!("{url}&mode=rwc"),
    })
}

/// Milliseconds since 1970.
fn time(millis: i64, table: &'static str) -> Result<Timestamp, Unavailable> {
    Timestamp::from_millisecond(millis).map_err(|error| damaged(table, error))
}

/// A row that this program would not have written.
fn damaged(table: &'static str, what: impl std::fmt::Display) -> Unavailable {
    Cause::Damaged { table, what: what.to_string() }.into()
}

/// The count that a `SELECT count(*) AS n` answers.
fn count(row: &AnyRow) -> Result<i64, Unavailable> {
    Ok(row.try_get("n")?)
}

/// What a statement answers in its last column, for tests that look at the database itself.
#[cfg(test)]
pub(super) async fn inspect(comments: &super::Comments, statement: &str) -> Vec<String> {
    let mut write = comments.store.write(&[]).await.expect("the database answers");
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).fetch_all(write.conn()).await;
    let column = |row: &AnyRow| row.try_get::<String, _>(row.len() - 1).expect("text");
    rows.expect("the statement works").iter().map(column).collect()
}

#[cfg(test)]
impl Store {
    /// No page more than there are: SQLite then fails as it does on a full disk.
    pub(super) async fn limit_pages_for_test(&self) {
        let mut conn = self.writers.acquire().await.expect("the database answers");
        sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&mut *conn).await.expect("the statement works");
    }

    /// There is room again.
    pub(super) async fn lift_limit_for_test(&self) {
        let mut conn = self.writers.acquire().await.expect("the database answers");
        let lift = sqlx::raw_sql("PRAGMA max_page_count = 1000000");
        lift.execute(&mut *conn).await.expect("the statement works");
    }
}
