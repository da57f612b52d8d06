//! What the database knows about comments.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _, query};
use uuid::Uuid;

use super::super::network::NetworkHash;
use super::super::{Comment, Filter, HeldBecause, Outcome, Status, Tally, Unavailable, Visitor};
use super::{damaged, time};

/// `SELECT` of everything that makes a [`Comment`], and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, slug, parent, thread, author, body, outcome, status, held_because, findings, created, edited, \
             helped, pinned, official FROM comment ",
            $rest
        )
    };
}

pub(super) use select;

/// Greater than every id.
const LAST: &str = "~";

/// What is stored of a new comment.
pub(in super::super) struct NewRow<'a> {
    pub(in super::super) comment: &'a Comment,
    /// Unknown for a comment that comes from elsewhere.
    pub(in super::super) network: Option<NetworkHash>,
    pub(in super::super) digest: [u8; 32],
    pub(in super::super) folded: &'a str,
}

/// What an edit changes.
pub(in super::super) struct Changed<'a> {
    pub(in super::super) comment: &'a Comment,
    pub(in super::super) digest: [u8; 32],
    pub(in super::super) folded: &'a str,
}

/// Stores a comment, unless there is one with its id. Whether there was none.
pub(in super::super) async fn insert(conn: &mut AnyConnection, row: NewRow<'_>) -> Result<bool, Unavailable> {
    let comment = row.comment;
    let done = query(
        "INSERT INTO comment (id, slug, parent, thread, author, body, outcome, status, held_because, findings, created, \
         edited, helped, network, digest, folded) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO NOTHING",
    )
    .bind(comment.id.to_string())
    .bind(&comment.slug)
    .bind(comment.parent.map(|id| id.to_string()))
    .bind(comment.thread.to_string())
    .bind(comment.author.as_deref())
    .bind(&comment.body)
    .bind(comment.outcome.id())
    .bind(comment.status.id())
    .bind(comment.held_because.map(HeldBecause::id))
    .bind(comment.findings.join(" "))
    .bind(comment.created.as_millisecond())
    .bind(comment.edited.map(Timestamp::as_millisecond))
    .bind(comment.helped)
    .bind(row.network.as_ref().map(|network| network.0.as_slice()))
    .bind(row.digest.as_slice())
    .bind(row.folded)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Stores what an edit or a ruling made of a comment.
pub(in super::super) async fn update(
    conn: &mut AnyConnection,
    changed: Changed<'_>,
) -> Result<(), Unavailable> {
    let comment = changed.comment;
    query(
        "UPDATE comment SET author = $2, body = $3, outcome = $4, status = $5, held_because = $6, findings = $7, \
         edited = $8, digest = $9, folded = $10, judged = NULL WHERE id = $1",
    )
    .bind(comment.id.to_string())
    .bind(comment.author.as_deref())
    .bind(&comment.body)
    .bind(comment.outcome.id())
    .bind(comment.status.id())
    .bind(comment.held_because.map(HeldBecause::id))
    .bind(comment.findings.join(" "))
    .bind(comment.edited.map(Timestamp::as_millisecond))
    .bind(changed.digest.as_slice())
    .bind(changed.folded)
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets the status and nothing else.
pub(in super::super) async fn set_status(
    conn: &mut AnyConnection,
    id: Uuid,
    status: Status,
) -> Result<(), Unavailable> {
    query("UPDATE comment SET status = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(status.id())
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets the marks of a moderator.
pub(in super::super) async fn set_marks(
    conn: &mut AnyConnection,
    comment: &Comment,
) -> Result<(), Unavailable> {
    query("UPDATE comment SET pinned = $2, official = $3 WHERE id = $1")
        .bind(comment.id.to_string())
        .bind(i64::from(comment.pinned))
        .bind(i64::from(comment.official))
        .execute(conn)
        .await?;
    Ok(())
}

/// What did a moderator take this comment for?
pub(in super::super) async fn judged(
    conn: &mut AnyConnection,
    id: Uuid,
) -> Result<Option<String>, Unavailable> {
    let row = query("SELECT judged FROM comment WHERE id = $1").bind(id.to_string()).fetch_one(conn).await?;
    Ok(row.try_get("judged")?)
}

/// Sets what a moderator took it for.
pub(in super::super) async fn set_judged(
    conn: &mut AnyConnection,
    id: Uuid,
    judged: &'static str,
) -> Result<(), Unavailable> {
    query("UPDATE comment SET judged = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(judged)
        .execute(conn)
        .await?;
    Ok(())
}

/// Which comment has this id?
pub(in super::super) async fn by_id(
    conn: &mut AnyConnection,
    id: Uuid,
) -> Result<Option<Comment>, Unavailable> {
    let row = query(select!("WHERE id = $1")).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(comment).transpose()
}

/// Which network did this comment come from? Unknown once its key is gone.
pub(in super::super) async fn network_of(
    conn: &mut AnyConnection,
    id: Uuid,
) -> Result<Option<NetworkHash>, Unavailable> {
    let row =
        query("SELECT network FROM comment WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    let hash: Option<Vec<u8>> = match row {
        Some(row) => row.try_get("network")?,
        None => None,
    };
    Ok(hash.and_then(|bytes| bytes.try_into().ok()).map(NetworkHash))
}

/// What came from this network?
pub(in super::super) async fn of_network(
    conn: &mut AnyConnection,
    network: NetworkHash,
) -> Result<Vec<Comment>, Unavailable> {
    let rows =
        query(select!("WHERE network = $1 ORDER BY id")).bind(network.0.as_slice()).fetch_all(conn).await?;
    rows.iter().map(comment).collect()
}

/// What was hidden or held since before this, and not decided about again?
pub(in super::super) async fn unseen_since(
    conn: &mut AnyConnection,
    before: i64,
    limit: i64,
) -> Result<Vec<Comment>, Unavailable> {
    let rows = query(select!(
        "WHERE status IN ('hidden', 'held') AND created < $1 AND coalesce(edited, 0) < $1 AND NOT EXISTS ( \
           SELECT 1 FROM deed WHERE deed.comment = comment.id AND deed.at >= $1) ORDER BY id LIMIT $2"
    ));
    rows.bind(before).bind(limit).fetch_all(conn).await?.iter().map(comment).collect()
}

/// What stands under an article, each thread in one piece, oldest first? Comments at the top of a thread are among it
/// whatever their status, since there may be answers under them.
pub(in super::super) async fn under(
    conn: &mut AnyConnection,
    slug: &str,
) -> Result<Vec<Comment>, Unavailable> {
    let rows =
        query(select!("WHERE slug = $1 AND (status = 'published' OR parent IS NULL) ORDER BY thread, id"))
            .bind(slug)
            .fetch_all(conn)
            .await?;
    rows.iter().map(comment).collect()
}

/// The same, for the next `limit` threads after the one named.
pub(in super::super) async fn under_after(
    conn: &mut AnyConnection,
    slug: &str,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Comment>, Unavailable> {
    let rows = query(select!(
        "WHERE slug = $1 AND (status = 'published' OR parent IS NULL) AND thread IN ( \
           SELECT top.id FROM comment AS top \
           WHERE top.slug = $1 AND top.parent IS NULL AND top.id > $2 AND ( \
             top.status = 'published' OR EXISTS ( \
               SELECT 1 FROM comment AS answer \
               WHERE answer.slug = $1 AND answer.thread = top.id AND answer.status = 'published')) \
           ORDER BY top.id LIMIT $3) \
         ORDER BY thread, id"
    ))
    .bind(slug)
    .bind(after.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(comment).collect()
}

/// How often was each article said to help?
pub(in super::super) async fn tallies(
    conn: &mut AnyConnection,
) -> Result<HashMap<String, Tally>, Unavailable> {
    let rows = query(
        "SELECT slug, outcome, count(*) AS n FROM comment WHERE status = 'published' GROUP BY slug, outcome",
    )
    .fetch_all(conn)
    .await?;
    let mut tallies: HashMap<String, Tally> = HashMap::new();
    for row in &rows {
        let n = super::count(row)?;
        let tally = tallies.entry(row.try_get("slug")?).or_default();
        add(tally, outcome(row)?, n);
    }
    Ok(tallies)
}

/// Which published comments are the newest?
pub(in super::super) async fn newest(
    conn: &mut AnyConnection,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Comment>, Unavailable> {
    let rows = query(select!("WHERE status = 'published' AND id < $1 ORDER BY id DESC LIMIT $2"))
        .bind(bound(before))
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.iter().map(comment).collect()
}

/// Which published comments under this article are the newest?
pub(in super::super) async fn newest_under(
    conn: &mut AnyConnection,
    slug: &str,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Comment>, Unavailable> {
    let rows =
        query(select!("WHERE slug = $1 AND status = 'published' AND id < $2 ORDER BY id DESC LIMIT $3"))
            .bind(slug)
            .bind(bound(before))
            .bind(limit)
            .fetch_all(conn)
            .await?;
    rows.iter().map(comment).collect()
}

/// Which published comments say how an article went, and from which network, oldest first?
pub(in super::super) async fn outcomes(
    conn: &mut AnyConnection,
) -> Result<Vec<(Comment, Option<Vec<u8>>)>, Unavailable> {
    let rows = query(
        "SELECT id, slug, parent, thread, author, '' AS body, outcome, status, held_because, findings, created, edited, \
         helped, pinned, official, network FROM comment \
         WHERE status = 'published' AND outcome IN ('fixed', 'partly', 'not-fixed') ORDER BY id",
    )
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((comment(row)?, row.try_get("network")?))).collect()
}

/// What waits for a moderator, oldest first?
pub(in super::super) async fn held(
    conn: &mut AnyConnection,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Comment>, Unavailable> {
    let rows = query(select!("WHERE status = 'held' AND id > $1 ORDER BY id LIMIT $2"))
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.iter().map(comment).collect()
}

/// How many wait for a moderator?
pub(in super::super) async fn how_many_held(conn: &mut AnyConnection) -> Result<i64, Unavailable> {
    super::count(&query("SELECT count(*) AS n FROM comment WHERE status = 'held'").fetch_one(conn).await?)
}

/// Which comments does a moderator's filter let through, newest first?
pub(in super::super) async fn filtered(
    conn: &mut AnyConnection,
    filter: &Filter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Comment>, Unavailable> {
    let text =
        filter.text.as_deref().map(|text| format!("%{}%", like(&text.to_lowercase()))).unwrap_or_default();
    let rows = query(select!(
        "WHERE ($1 = '' OR status = $1) AND ($2 = '' OR slug = $2) AND ($3 = '' OR folded LIKE $3 ESCAPE '!') \
         AND ($7 = '' OR outcome = $7) AND ($4 = '' OR network = (SELECT same.network FROM comment AS same WHERE same.id = $4)) \
         AND id < $5 ORDER BY id DESC LIMIT $6"
    ))
    .bind(filter.status.map(Status::id).unwrap_or_default())
    .bind(filter.slug.as_deref().unwrap_or_default())
    .bind(text)
    .bind(filter.same_network_as.map(|id| id.to_string()).unwrap_or_default())
    .bind(bound(before))
    .bind(limit)
    .bind(filter.outcome.map(Outcome::id).unwrap_or_default())
    .fetch_all(conn)
    .await?;
    rows.iter().map(comment).collect()
}

/// Did this network post the same text at the same place since then?
pub(in super::super) async fn same_again(
    conn: &mut AnyConnection,
    comment: &Comment,
    digest: [u8; 32],
    visitor: &Visitor,
    since: Timestamp,
) -> Result<Option<Uuid>, Unavailable> {
    let row = query(
        "SELECT id FROM comment WHERE digest = $1 AND slug = $2 AND coalesce(parent, '') = $3 \
         AND (network = $4 OR network = $5) AND created > $6 AND status IN ('published', 'held') ORDER BY id LIMIT 1",
    )
    .bind(digest.as_slice())
    .bind(&comment.slug)
    .bind(comment.parent.map(|id| id.to_string()).unwrap_or_default())
    .bind(visitor.network.0.as_slice())
    .bind(visitor.earlier().0.as_slice())
    .bind(since.as_millisecond())
    .fetch_optional(conn)
    .await?;
    row.map(|row| uuid(&row, "id")).transpose()
}

/// Was this text posted before, anywhere, in another comment?
pub(in super::super) async fn is_known_text(
    conn: &mut AnyConnection,
    digest: [u8; 32],
    except: Uuid,
) -> Result<bool, Unavailable> {
    let row = query("SELECT count(*) AS n FROM comment WHERE digest = $1 AND id <> $2")
        .bind(digest.as_slice())
        .bind(except.to_string())
        .fetch_one(conn)
        .await?;
    Ok(super::count(&row)? > 0)
}

/// Was a comment from this network ever published, as far as networks are remembered?
pub(in super::super) async fn was_published(
    conn: &mut AnyConnection,
    visitor: &Visitor,
) -> Result<bool, Unavailable> {
    let row = query(
        "SELECT count(*) AS n FROM comment WHERE (network = $1 OR network = $2) AND status = 'published'",
    )
    .bind(visitor.network.0.as_slice())
    .bind(visitor.earlier().0.as_slice())
    .fetch_one(conn)
    .await?;
    Ok(super::count(&row)? > 0)
}

/// Notes that a comment helped this network. Whether that is new.
pub(in super::super) async fn note_helped(
    conn: &mut AnyConnection,
    id: Uuid,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<bool, Unavailable> {
    let known =
        query("SELECT count(*) AS n FROM helped WHERE comment = $1 AND (network = $2 OR network = $3)")
            .bind(id.to_string())
            .bind(visitor.network.0.as_slice())
            .bind(visitor.earlier().0.as_slice())
            .fetch_one(&mut *conn)
            .await?;
    if super::count(&known)? > 0 {
        return Ok(false);
    }
    query("INSERT INTO helped (comment, network, at) VALUES ($1, $2, $3)")
        .bind(id.to_string())
        .bind(visitor.network.0.as_slice())
        .bind(now.as_millisecond())
        .execute(&mut *conn)
        .await?;
    query("UPDATE comment SET helped = helped + 1 WHERE id = $1").bind(id.to_string()).execute(conn).await?;
    Ok(true)
}

/// Adds so many comments with an outcome.
pub(super) fn add(tally: &mut Tally, outcome: Outcome, n: i64) {
    tally.comments += n;
    match outcome {
        Outcome::Fixed => tally.fixed += n,
        Outcome::Partly => tally.partly += n,
        Outcome::NotFixed => tally.not_fixed += n,
        Outcome::Question | Outcome::Note => {}
    }
}

fn bound(before: Option<Uuid>) -> String {
    before.map_or_else(|| LAST.to_owned(), |id| id.to_string())
}

/// A text that LIKE takes literally, with `!` as the escape.
fn like(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

pub(super) fn comment(row: &AnyRow) -> Result<Comment, Unavailable> {
    let status: String = row.try_get("status")?;
    let held_because: Option<String> = row.try_get("held_because")?;
    let parent: Option<String> = row.try_get("parent")?;
    let edited: Option<i64> = row.try_get("edited")?;
    let findings: String = row.try_get("findings")?;
    Ok(Comment {
        id: uuid(row, "id")?,
        slug: row.try_get("slug")?,
        parent: parent.map(|id| id.parse()).transpose().map_err(|error| damaged("comment", error))?,
        thread: uuid(row, "thread")?,
        author: row.try_get("author")?,
        body: row.try_get("body")?,
        outcome: outcome(row)?,
        status: status.parse().map_err(|_| damaged("comment", status))?,
        // A reason that a later version had is no reason to hide the comment from its moderators.
        held_because: held_because.and_then(|reason| reason.parse().ok()),
        findings: findings.split(' ').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
        created: time(row.try_get("created")?, "comment")?,
        edited: edited.map(|millis| time(millis, "comment")).transpose()?,
        helped: row.try_get("helped")?,
        pinned: row.try_get::<i64, _>("pinned")? != 0,
        official: row.try_get::<i64, _>("official")? != 0,
    })
}

pub(super) fn outcome(row: &AnyRow) -> Result<Outcome, Unavailable> {
    let id: String = row.try_get("outcome")?;
    id.parse().map_err(|_| damaged("comment", id))
}

fn uuid(row: &AnyRow, column: &str) -> Result<Uuid, Unavailable> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|error| damaged("comment", error))
}
