//! Whole tables as rows of plain values, to carry them away and back. Knows what each column holds, and nothing of lines
//! or files. A table or column that is neither here nor in [`LEFT_OUT`] fails a test.

use futures_util::TryStreamExt as _;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use super::super::Unavailable;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Holds {
    /// A UUID as text.
    Id,
    /// Any text.
    Text,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Milliseconds since 1970.
    Time,
    /// A whole number, none below zero.
    Number,
    /// 1 or 0; 0 where an older version wrote nothing.
    Flag,
    /// So many bytes; any number of them when it is 0.
    Bytes(usize),
}

/// A column that is carried.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Column {
    pub(in super::super) name: &'static str,
    pub(in super::super) holds: Holds,
    pub(in super::super) optional: bool,
}

/// A table that is carried.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Table {
    pub(in super::super) name: &'static str,
    /// What orders its rows, each of them before what refers to it.
    pub(in super::super) order: &'static str,
    pub(in super::super) columns: &'static [Column],
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Value {
    Text(Option<String>),
    Number(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Inserted {
    New,
    /// One with its key is there already, and stays as it is.
    There,
    /// It names another row that is not there.
    Dangling,
}

const fn column(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, optional: false }
}

const fn optional(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, optional: true }
}

/// What is carried, in an order in which each table refers to earlier ones only.
pub(in super::super) const TABLES: &[Table] = &[
    Table {
        name: "secret_key",
        order: "purpose, starts",
        columns: &[
            column("purpose", Holds::OneOf(&["signing", "network"])),
            column("starts", Holds::Time),
            column("key", Holds::Bytes(32)),
        ],
    },
    Table {
        name: "moderator",
        order: "name",
        columns: &[
            column("name", Holds::Text),
            column("password", Holds::Text),
            column("created", Holds::Time),
            column("role", Holds::OneOf(&["moderator", "admin"])),
            optional("totp", Holds::Bytes(20)),
            column("totp_step", Holds::Number),
        ],
    },
    Table {
        name: "recovery_code",
        order: "digest",
        columns: &[column("digest", Holds::Bytes(32)), column("moderator", Holds::Text)],
    },
    Table {
        name: "comment",
        order: "id",
        columns: &[
            column("id", Holds::Id),
            column("slug", Holds::Text),
            optional("parent", Holds::Id),
            column("thread", Holds::Id),
            optional("author", Holds::Text),
            column("body", Holds::Text),
            column("outcome", Holds::OneOf(&["fixed", "partly", "not-fixed", "question", "note"])),
            column("status", Holds::OneOf(&["published", "held", "hidden", "deleted"])),
            optional("held_because", Holds::Text),
            column("findings", Holds::Text),
            column("created", Holds::Time),
            optional("edited", Holds::Time),
            column("helped", Holds::Number),
            optional("network", Holds::Bytes(32)),
            column("pinned", Holds::Flag),
            column("official", Holds::Flag),
            optional("judged", Holds::OneOf(&["spam", "fine"])),
        ],
    },
    Table {
        name: "helped",
        order: "comment, network",
        columns: &[
            column("comment", Holds::Id),
            column("network", Holds::Bytes(32)),
            column("at", Holds::Time),
        ],
    },
    Table {
        name: "ban",
        order: "id",
        columns: &[
            column("id", Holds::Id),
            column("network", Holds::Bytes(32)),
            column("hashed", Holds::Time),
            column("reason", Holds::Text),
            column("by_name", Holds::Text),
            column("created", Holds::Time),
            optional("until", Holds::Time),
        ],
    },
    Table {
        name: "deed",
        order: "id",
        columns: &[
            column("id", Holds::Id),
            column("by_name", Holds::Text),
            column("what", Holds::Text),
            optional("comment", Holds::Id),
            optional("about", Holds::Text),
            column("at", Holds::Time),
        ],
    },
    Table {
        name: "report",
        order: "id",
        columns: &[
            column("id", Holds::Id),
            column("comment", Holds::Id),
            column("reason", Holds::OneOf(&["spam", "secret", "harmful", "rude", "other"])),
            optional("network", Holds::Bytes(32)),
            column("at", Holds::Time),
            optional("settled", Holds::Time),
        ],
    },
    Table {
        name: "article_lock",
        order: "slug",
        columns: &[
            column("slug", Holds::Text),
            column("reason", Holds::Text),
            column("by_name", Holds::Text),
            column("created", Holds::Time),
        ],
    },
    Table {
        name: "muted_word",
        order: "folded",
        columns: &[
            column("folded", Holds::Text),
            column("word", Holds::Text),
            column("by_name", Holds::Text),
            column("created", Holds::Time),
        ],
    },
    Table {
        name: "spam_word",
        order: "place",
        columns: &[
            column("place", Holds::Number),
            column("spam", Holds::Number),
            column("fine", Holds::Number),
        ],
    },
    Table {
        name: "missed_search",
        order: "words",
        columns: &[
            column("words", Holds::Text),
            column("times", Holds::Number),
            column("latest", Holds::Time),
        ],
    },
    Table {
        name: "answer",
        order: "id",
        columns: &[
            column("id", Holds::Id),
            column("slug", Holds::Text),
            column("outcome", Holds::OneOf(&["fixed", "partly", "not-fixed"])),
            column("findings", Holds::Text),
            optional("network", Holds::Bytes(32)),
            column("day", Holds::Number),
            column("at", Holds::Time),
            column("trust", Holds::OneOf(&["bare", "clicked"])),
        ],
    },
    Table {
        name: "learning",
        order: "id",
        columns: &[
            column("id", Holds::Id),
            column("slug", Holds::Text),
            column("state", Holds::OneOf(&["off", "on"])),
            column("by_name", Holds::Text),
            column("at", Holds::Time),
        ],
    },
];

/// What is not carried: who is signed in where, what was counted in the last day, and what follows from other columns.
#[cfg(test)]
pub(in super::super) const LEFT_OUT: &[&str] =
    &["session", "attempt", "comment.digest", "comment.folded", "_sqlx_migrations"];

/// Hands on every row of a table in its order, one at a time.
pub(in super::super) async fn each(
    conn: &mut AnyConnection,
    table: &Table,
    mut with: impl FnMut(Vec<Value>) -> std::io::Result<()>,
) -> Result<std::io::Result<()>, Unavailable> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let statement = format!("SELECT {} FROM {} ORDER BY {}", names.join(", "), table.name, table.order);
    let mut rows = sqlx::query(AssertSqlSafe(statement)).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let values: Result<Vec<Value>, sqlx::Error> =
            table.columns.iter().map(|column| value(&row, column)).collect();
        if let Err(error) = with(values?) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

fn value(row: &AnyRow, column: &Column) -> Result<Value, sqlx::Error> {
    Ok(match column.holds {
        Holds::Id | Holds::Text | Holds::OneOf(_) => Value::Text(row.try_get(column.name)?),
        Holds::Time | Holds::Number | Holds::Flag => Value::Number(row.try_get(column.name)?),
        Holds::Bytes(_) => Value::Bytes(row.try_get(column.name)?),
    })
}

/// Stores a row with these columns, unless there is one with its key.
pub(in super::super) async fn insert(
    conn: &mut AnyConnection,
    table: &'static str,
    row: &[(&'static str, Value)],
) -> Result<Inserted, Unavailable> {
    let names: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
    let places: Vec<String> = (1..=row.len()).map(|place| format!("${place}")).collect();
    let statement = format!(
        "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT DO NOTHING",
        names.join(", "),
        places.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for (_, value) in row {
        query = match value {
            Value::Text(text) => query.bind(text.clone()),
            Value::Number(number) => query.bind(*number),
            Value::Bytes(bytes) => query.bind(bytes.clone()),
        };
    }
    match query.execute(conn).await {
        Ok(done) if done.rows_affected() > 0 => Ok(Inserted::New),
        Ok(_) => Ok(Inserted::There),
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Ok(Inserted::Dangling),
        Err(other) => Err(other.into()),
    }
}

/// Is there nothing yet but the keys that every new database gets?
pub(in super::super) async fn is_new(conn: &mut AnyConnection) -> Result<bool, Unavailable> {
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM comment) + (SELECT count(*) FROM moderator) + (SELECT count(*) FROM ban) \
         + (SELECT count(*) FROM answer) AS n",
    );
    Ok(super::count(&row.fetch_one(conn).await?)? == 0)
}

/// Takes away the keys that a new database was given, for those of another to take their place.
pub(in super::super) async fn forget_keys(conn: &mut AnyConnection) -> Result<(), Unavailable> {
    sqlx::query("DELETE FROM secret_key").execute(conn).await?;
    Ok(())
}

/// Is this key in use here?
pub(in super::super) async fn has_key(
    conn: &mut AnyConnection,
    row: &[(&'static str, Value)],
) -> Result<bool, Unavailable> {
    let mut query =
        sqlx::query("SELECT count(*) AS n FROM secret_key WHERE purpose = $1 AND starts = $2 AND key = $3");
    for (_, value) in row {
        query = match value {
            Value::Text(text) => query.bind(text.clone()),
            Value::Number(number) => query.bind(*number),
            Value::Bytes(bytes) => query.bind(bytes.clone()),
        };
    }
    Ok(super::count(&query.fetch_one(conn).await?)? > 0)
}
