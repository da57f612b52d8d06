//! What the database knows for moderators beside comments and bans: reports by readers, locked articles, muted words.

use jiff::Timestamp;
use sqlx::{AnyConnection, Row as _, query};
use uuid::Uuid;

use super::super::network::NetworkHash;
use super::super::{ArticleLock, Comment, MutedWord, Reports, Unavailable, Visitor};
use super::comments::{comment, select};
use super::{damaged, time};

/// Notes that a reader asks for a look at a comment.
pub(in super::super) async fn report(
    conn: &mut AnyConnection,
    id: Uuid,
    comment: Uuid,
    reason: &'static str,
    network: NetworkHash,
    now: Timestamp,
) -> Result<(), Unavailable> {
    query("INSERT INTO report (id, comment, reason, network, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.to_string())
        .bind(comment.to_string())
        .bind(reason)
        .bind(network.0.as_slice())
        .bind(now.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// Did this network report this comment already?
pub(in super::super) async fn has_reported(
    conn: &mut AnyConnection,
    comment: Uuid,
    visitor: &Visitor,
) -> Result<bool, Unavailable> {
    let row = query("SELECT count(*) AS n FROM report WHERE comment = $1 AND (network = $2 OR network = $3)")
        .bind(comment.to_string())
        .bind(visitor.network.0.as_slice())
        .bind(visitor.earlier().0.as_slice())
        .fetch_one(conn)
        .await?;
    Ok(super::count(&row)? > 0)
}

/// When did this network report something, newest first?
pub(in super::super) async fn reported_at(
    conn: &mut AnyConnection,
    visitor: &Visitor,
    since: i64,
    limit: i64,
) -> Result<Vec<i64>, Unavailable> {
    let rows = query(
        "SELECT at FROM report WHERE (network = $1 OR network = $2) AND at > $3 ORDER BY at DESC LIMIT $4",
    )
    .bind(visitor.network.0.as_slice())
    .bind(visitor.earlier().0.as_slice())
    .bind(since)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok(row.try_get("at")?)).collect()
}

/// Settles what readers reported about a comment.
pub(in super::super) async fn settle(
    conn: &mut AnyConnection,
    comment: Uuid,
    now: Timestamp,
) -> Result<bool, Unavailable> {
    let done = query("UPDATE report SET settled = $2 WHERE comment = $1 AND settled IS NULL")
        .bind(comment.to_string())
        .bind(now.as_millisecond())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Which comments did readers report that nobody has looked at since, those reported most first?
pub(in super::super) async fn reported(
    conn: &mut AnyConnection,
    limit: i64,
) -> Result<Vec<Comment>, Unavailable> {
    let rows = query(select!(
        "AS top JOIN (SELECT report.comment AS about, count(*) AS times FROM report WHERE settled IS NULL \
           GROUP BY report.comment) AS open ON open.about = top.id \
         WHERE top.status IN ('published', 'held') ORDER BY open.times DESC, top.id LIMIT $1"
    ));
    rows.bind(limit).fetch_all(conn).await?.iter().map(comment).collect()
}

/// What do readers say about a comment that nobody has settled?
pub(in super::super) async fn reports_of(
    conn: &mut AnyConnection,
    id: Uuid,
) -> Result<Vec<Reports>, Unavailable> {
    let rows = query(
        "SELECT reason, count(*) AS n FROM report WHERE comment = $1 AND settled IS NULL GROUP BY reason ORDER BY n DESC, reason",
    )
    .bind(id.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let reason: String = row.try_get("reason")?;
            let reason = reason.parse().map_err(|_| damaged("report", reason))?;
            Ok(Reports { reason, times: super::count(row)? })
        })
        .collect()
}

/// Locks an article. Whether it was open.
pub(in super::super) async fn lock(
    conn: &mut AnyConnection,
    lock: &ArticleLock,
) -> Result<bool, Unavailable> {
    let done = query(
        "INSERT INTO article_lock (slug, reason, by_name, created) VALUES ($1, $2, $3, $4) ON CONFLICT (slug) DO NOTHING",
    )
    .bind(&lock.slug)
    .bind(&lock.reason)
    .bind(&lock.by)
    .bind(lock.created.as_millisecond())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Opens an article again. Whether it was locked.
pub(in super::super) async fn unlock(conn: &mut AnyConnection, slug: &str) -> Result<bool, Unavailable> {
    let done = query("DELETE FROM article_lock WHERE slug = $1").bind(slug).execute(conn).await?;
    Ok(done.rows_affected() > 0)
}

/// Which articles are locked, by name? Only one of them when it is named.
pub(in super::super) async fn locks(
    conn: &mut AnyConnection,
    slug: Option<&str>,
) -> Result<Vec<ArticleLock>, Unavailable> {
    let rows = query(
        "SELECT slug, reason, by_name, created FROM article_lock WHERE ($1 = '' OR slug = $1) ORDER BY slug",
    );
    rows.bind(slug.unwrap_or_default())
        .fetch_all(conn)
        .await?
        .iter()
        .map(|row| {
            Ok(ArticleLock {
                slug: row.try_get("slug")?,
                reason: row.try_get("reason")?,
                by: row.try_get("by_name")?,
                created: time(row.try_get("created")?, "article_lock")?,
            })
        })
        .collect()
}

/// Mutes a word. Whether it was not muted.
pub(in super::super) async fn mute(
    conn: &mut AnyConnection,
    folded: &str,
    word: &MutedWord,
) -> Result<bool, Unavailable> {
    let done = query(
        "INSERT INTO muted_word (folded, word, by_name, created) VALUES ($1, $2, $3, $4) ON CONFLICT (folded) DO NOTHING",
    )
    .bind(folded)
    .bind(&word.word)
    .bind(&word.by)
    .bind(word.created.as_millisecond())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Lets a word pass again. Whether it was muted.
pub(in super::super) async fn unmute(conn: &mut AnyConnection, folded: &str) -> Result<bool, Unavailable> {
    let done = query("DELETE FROM muted_word WHERE folded = $1").bind(folded).execute(conn).await?;
    Ok(done.rows_affected() > 0)
}

/// Which words are muted?
pub(in super::super) async fn muted(conn: &mut AnyConnection) -> Result<Vec<MutedWord>, Unavailable> {
    let rows = query("SELECT word, by_name, created FROM muted_word ORDER BY folded").fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(MutedWord {
                word: row.try_get("word")?,
                by: row.try_get("by_name")?,
                created: time(row.try_get("created")?, "muted_word")?,
            })
        })
        .collect()
}
