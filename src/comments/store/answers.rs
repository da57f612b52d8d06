//! What the database knows about answers to "did this fix it?", and about what moderators switched off of them.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _, query};
use uuid::Uuid;

use super::super::answers::{Answer, Switch, Testimony, Weight};
use super::super::network::NetworkHash;
use super::super::{Outcome, Tally, Unavailable, Visitor};
use super::{damaged, time};

/// Which row did this network write for this article on this day?
pub(in super::super) async fn of_day(
    conn: &mut AnyConnection,
    slug: &str,
    day: i64,
    visitor: &Visitor,
) -> Result<Option<Uuid>, Unavailable> {
    let row = query(
        "SELECT id FROM answer WHERE slug = $1 AND day = $2 AND (network = $3 OR network = $4) ORDER BY id LIMIT 1",
    )
    .bind(slug)
    .bind(day)
    .bind(visitor.network.0.as_slice())
    .bind(visitor.earlier().0.as_slice())
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(uuid).transpose()
}

/// Stores an answer, in the place of the one with the same id.
pub(in super::super) async fn put(
    conn: &mut AnyConnection,
    answer: &Answer,
    network: NetworkHash,
    day: i64,
) -> Result<(), Unavailable> {
    query(
        "INSERT INTO answer (id, slug, outcome, findings, network, day, at, trust) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (id) DO UPDATE SET outcome = $3, findings = $4, network = $5, at = $7, trust = $8",
    )
    .bind(answer.id.to_string())
    .bind(&answer.slug)
    .bind(answer.outcome.id())
    .bind(answer.findings.join(" "))
    .bind(network.0.as_slice())
    .bind(day)
    .bind(answer.at.as_millisecond())
    .bind(if answer.is_bare { "bare" } else { "clicked" })
    .execute(conn)
    .await?;
    Ok(())
}

/// Which answer has this id?
pub(in super::super) async fn by_id(
    conn: &mut AnyConnection,
    id: Uuid,
) -> Result<Option<Answer>, Unavailable> {
    let row = query("SELECT id, slug, outcome, findings, at, trust FROM answer WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(answer).transpose()
}

/// Takes an answer away.
pub(in super::super) async fn remove(conn: &mut AnyConnection, id: Uuid) -> Result<(), Unavailable> {
    query("DELETE FROM answer WHERE id = $1").bind(id.to_string()).execute(conn).await?;
    Ok(())
}

/// How often was each article, or the one named, said to help by a click? Who said so in a comment, too, is counted there.
pub(in super::super) async fn tallies(
    conn: &mut AnyConnection,
    slug: Option<&str>,
) -> Result<Vec<(String, Tally)>, Unavailable> {
    let rows = query(
        "SELECT slug, outcome, count(*) AS n FROM answer WHERE ($1 = '' OR slug = $1) AND NOT EXISTS ( \
           SELECT 1 FROM comment WHERE comment.slug = answer.slug AND comment.network = answer.network \
           AND comment.status = 'published' AND comment.outcome IN ('fixed', 'partly', 'not-fixed')) \
         GROUP BY slug, outcome",
    )
    .bind(slug.unwrap_or_default())
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let n = super::count(row)?;
            let mut tally = Tally::default();
            match outcome(row)? {
                Outcome::Fixed => tally.fixed = n,
                Outcome::Partly => tally.partly = n,
                Outcome::NotFixed => tally.not_fixed = n,
                Outcome::Question | Outcome::Note => {}
            }
            Ok((row.try_get("slug")?, tally))
        })
        .collect()
}

/// What do answers and published comments say, the newest first, at most so many?
pub(in super::super) async fn testimonies(
    conn: &mut AnyConnection,
    most: i64,
) -> Result<Vec<Testimony>, Unavailable> {
    let rows = query(
        "SELECT slug, outcome, findings, network, at, trust FROM ( \
           SELECT id, slug, outcome, findings, network, at, trust FROM answer \
           UNION ALL \
           SELECT id, slug, outcome, findings, network, created AS at, CASE WHEN EXISTS ( \
             SELECT 1 FROM deed WHERE deed.comment = comment.id AND deed.what = 'publish') \
             THEN 'approved' ELSE 'published' END AS trust \
           FROM comment WHERE status = 'published' AND outcome IN ('fixed', 'partly', 'not-fixed')) AS said \
         ORDER BY at DESC, id DESC LIMIT $1",
    )
    .bind(most)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let network: Option<Vec<u8>> = row.try_get("network")?;
            let trust: String = row.try_get("trust")?;
            Ok(Testimony {
                slug: row.try_get("slug")?,
                outcome: outcome(row)?,
                findings: findings(row)?,
                network: network.and_then(|bytes| bytes.try_into().ok()),
                at: time(row.try_get("at")?, "answer")?,
                weight: match trust.as_str() {
                    "bare" => Weight::Bare,
                    "clicked" => Weight::Clicked,
                    "published" => Weight::Published,
                    _ => Weight::Approved,
                },
            })
        })
        .collect()
}

/// Notes that answers were switched off or on.
pub(in super::super) async fn note_switch(
    conn: &mut AnyConnection,
    id: Uuid,
    switch: &Switch,
) -> Result<(), Unavailable> {
    query("INSERT INTO learning (id, slug, state, by_name, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.to_string())
        .bind(&switch.slug)
        .bind(if switch.is_on { "on" } else { "off" })
        .bind(&switch.by)
        .bind(switch.at.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// How is each switch now?
pub(in super::super) async fn switches(conn: &mut AnyConnection) -> Result<Vec<Switch>, Unavailable> {
    let rows = query(
        "SELECT slug, state, by_name, at FROM learning WHERE id = ( \
           SELECT max(newest.id) FROM learning AS newest WHERE newest.slug = learning.slug) ORDER BY slug",
    )
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let state: String = row.try_get("state")?;
            Ok(Switch {
                slug: row.try_get("slug")?,
                is_on: state == "on",
                by: row.try_get("by_name")?,
                at: time(row.try_get("at")?, "learning")?,
            })
        })
        .collect()
}

fn answer(row: &AnyRow) -> Result<Answer, Unavailable> {
    let trust: String = row.try_get("trust")?;
    Ok(Answer {
        id: uuid(row)?,
        slug: row.try_get("slug")?,
        outcome: outcome(row)?,
        findings: findings(row)?,
        at: time(row.try_get("at")?, "answer")?,
        is_bare: trust == "bare",
    })
}

fn findings(row: &AnyRow) -> Result<Vec<String>, Unavailable> {
    let ids: String = row.try_get("findings")?;
    Ok(ids.split(' ').filter(|id| !id.is_empty()).map(str::to_owned).collect())
}

fn outcome(row: &AnyRow) -> Result<Outcome, Unavailable> {
    let id: String = row.try_get("outcome")?;
    id.parse().map_err(|_| damaged("answer", id))
}

fn uuid(row: &AnyRow) -> Result<Uuid, Unavailable> {
    let text: String = row.try_get("id")?;
    text.parse().map_err(|error| damaged("answer", error))
}
