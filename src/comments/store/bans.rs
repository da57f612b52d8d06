//! What the database knows about who may not comment, and who did a lot lately.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _, query};
use uuid::Uuid;

use super::super::network::NetworkHash;
use super::super::{Ban, Deed, Unavailable, Visitor};
use super::{damaged, time};

/// Is this visitor's network shut out?
pub(in super::super) async fn holds_for(
    conn: &mut AnyConnection,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<bool, Unavailable> {
    let row = query(
        "SELECT count(*) AS n FROM ban WHERE (network = $1 OR network = $2) AND (until IS NULL OR until > $3)",
    )
    .bind(visitor.network.0.as_slice())
    .bind(visitor.earlier().0.as_slice())
    .bind(now.as_millisecond())
    .fetch_one(conn)
    .await?;
    Ok(super::count(&row)? > 0)
}

/// Moves the bans of a network to its hash under the key of the day, so that they outlive the key before.
pub(in super::super) async fn carry_over(
    conn: &mut AnyConnection,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Unavailable> {
    query("UPDATE ban SET network = $1, hashed = $2 WHERE network = $3")
        .bind(visitor.network.0.as_slice())
        .bind(now.as_millisecond())
        .bind(visitor.earlier().0.as_slice())
        .execute(conn)
        .await?;
    Ok(())
}

/// Shuts a network out. `hashed` is when its hash was made.
pub(in super::super) async fn insert(
    conn: &mut AnyConnection,
    ban: &Ban,
    network: NetworkHash,
    hashed: Timestamp,
) -> Result<(), Unavailable> {
    query("INSERT INTO ban (id, network, hashed, reason, by_name, created, until) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(ban.id.to_string())
        .bind(network.0.as_slice())
        .bind(hashed.as_millisecond())
        .bind(&ban.reason)
        .bind(&ban.by)
        .bind(ban.created.as_millisecond())
        .bind(ban.until.map(Timestamp::as_millisecond))
        .execute(conn)
        .await?;
    Ok(())
}

/// Lifts a ban. Whether there was one.
pub(in super::super) async fn remove(conn: &mut AnyConnection, id: Uuid) -> Result<bool, Unavailable> {
    Ok(query("DELETE FROM ban WHERE id = $1").bind(id.to_string()).execute(conn).await?.rows_affected() > 0)
}

/// Which bans hold now, newest first?
pub(in super::super) async fn in_force(
    conn: &mut AnyConnection,
    now: Timestamp,
) -> Result<Vec<Ban>, Unavailable> {
    let rows = query(
        "SELECT id, reason, by_name, created, until FROM ban WHERE until IS NULL OR until > $1 ORDER BY id DESC",
    )
    .bind(now.as_millisecond())
    .fetch_all(conn)
    .await?;
    rows.iter().map(ban).collect()
}

/// Notes what was done, and by or against whom.
pub(in super::super) async fn note_attempt(
    conn: &mut AnyConnection,
    id: Uuid,
    who: [u8; 32],
    what: &'static str,
    now: Timestamp,
) -> Result<(), Unavailable> {
    query("INSERT INTO attempt (id, who, what, at) VALUES ($1, $2, $3, $4)")
        .bind(id.to_string())
        .bind(who.as_slice())
        .bind(what)
        .bind(now.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// When were the last ones, newest first?
pub(in super::super) async fn attempts(
    conn: &mut AnyConnection,
    who: [[u8; 32]; 2],
    what: &'static str,
    since: i64,
    limit: i64,
) -> Result<Vec<i64>, Unavailable> {
    let rows = query(
        "SELECT at FROM attempt WHERE (who = $1 OR who = $2) AND what = $3 AND at > $4 ORDER BY at DESC LIMIT $5",
    )
    .bind(who[0].as_slice())
    .bind(who[1].as_slice())
    .bind(what)
    .bind(since)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok(row.try_get("at")?)).collect()
}

/// Forgets what was noted about somebody who turned out to be welcome.
pub(in super::super) async fn forget_attempts(
    conn: &mut AnyConnection,
    who: [u8; 32],
    what: &'static str,
) -> Result<(), Unavailable> {
    query("DELETE FROM attempt WHERE who = $1 AND what = $2")
        .bind(who.as_slice())
        .bind(what)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes what a moderator did.
pub(in super::super) async fn note_deed(conn: &mut AnyConnection, deed: &Deed) -> Result<(), Unavailable> {
    query("INSERT INTO deed (id, by_name, what, comment, about, at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(deed.id.to_string())
        .bind(&deed.by)
        .bind(&deed.what)
        .bind(deed.comment.map(|id| id.to_string()))
        .bind(deed.about.as_deref())
        .bind(deed.at.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// What did moderators do, newest first?
pub(in super::super) async fn deeds(
    conn: &mut AnyConnection,
    comment: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Deed>, Unavailable> {
    let rows = query(
        "SELECT id, by_name, what, comment, about, at FROM ( \
           SELECT id, by_name, what, comment, about, at FROM deed \
           UNION ALL \
           SELECT id, by_name, 'learning-' || state || ' ' || slug AS what, CAST(NULL AS TEXT) AS comment, \
             CAST(NULL AS TEXT) AS about, at \
           FROM learning) AS done \
         WHERE ($1 = '' OR comment = $1) AND id < $2 \
         ORDER BY id DESC LIMIT $3",
    )
    .bind(comment.map(|id| id.to_string()).unwrap_or_default())
    .bind(before.map_or_else(|| "~".to_owned(), |id| id.to_string()))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(deed).collect()
}

fn ban(row: &AnyRow) -> Result<Ban, Unavailable> {
    let until: Option<i64> = row.try_get("until")?;
    Ok(Ban {
        id: id(row)?,
        reason: row.try_get("reason")?,
        by: row.try_get("by_name")?,
        created: time(row.try_get("created")?, "ban")?,
        until: until.map(|millis| time(millis, "ban")).transpose()?,
    })
}

fn deed(row: &AnyRow) -> Result<Deed, Unavailable> {
    let comment: Option<String> = row.try_get("comment")?;
    Ok(Deed {
        id: id(row)?,
        by: row.try_get("by_name")?,
        what: row.try_get("what")?,
        comment: comment.map(|id| id.parse()).transpose().map_err(|error| damaged("deed", error))?,
        about: row.try_get("about")?,
        at: time(row.try_get("at")?, "deed")?,
    })
}

fn id(row: &AnyRow) -> Result<Uuid, Unavailable> {
    let text: String = row.try_get("id")?;
    text.parse().map_err(|error| damaged("ban or deed", error))
}
