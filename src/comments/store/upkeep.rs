//! The keys that all instances share, and throwing away what is no longer needed.

use sqlx::{AnyConnection, Row as _, query};

use super::super::keys::Key;
use super::super::network::NetworkHash;
use super::super::{MissedSearch, Unavailable};
use super::{damaged, time};

/// What are keys for?
#[derive(Clone, Copy)]
pub(in super::super) enum Purpose {
    Signing,
    Network,
}

impl Purpose {
    const fn id(self) -> &'static str {
        match self {
            Purpose::Signing => "signing",
            Purpose::Network => "network",
        }
    }
}

/// Offers a key for a period. Whichever instance is first wins; ask [`keys`] who it was.
pub(in super::super) async fn offer_key(
    conn: &mut AnyConnection,
    purpose: Purpose,
    starts: i64,
    key: &Key,
) -> Result<(), Unavailable> {
    query("INSERT INTO secret_key (purpose, starts, key) VALUES ($1, $2, $3) ON CONFLICT (purpose, starts) DO NOTHING")
        .bind(purpose.id())
        .bind(starts)
        .bind(key.bytes().as_slice())
        .execute(conn)
        .await?;
    Ok(())
}

/// Which keys are there for this purpose that begin no later than this? The newest two, newest first.
pub(in super::super) async fn keys(
    conn: &mut AnyConnection,
    purpose: Purpose,
    until: i64,
) -> Result<Vec<(i64, Key)>, Unavailable> {
    let rows = query(
        "SELECT starts, key FROM secret_key WHERE purpose = $1 AND starts <= $2 ORDER BY starts DESC LIMIT 2",
    )
    .bind(purpose.id())
    .bind(until)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let bytes: Vec<u8> = row.try_get("key")?;
            let bytes: [u8; 32] = bytes.try_into().map_err(|_| damaged("secret_key", "not 32 bytes"))?;
            Ok((row.try_get("starts")?, Key::from(bytes)))
        })
        .collect()
}

/// Deletes the network keys of periods that began before this, and everything that was hashed with them.
pub(in super::super) async fn forget_networks(
    conn: &mut AnyConnection,
    before: i64,
) -> Result<(), Unavailable> {
    for statement in [
        "DELETE FROM secret_key WHERE purpose = 'network' AND starts < $1",
        // Of a network only its last word on each article outlives its name, so that it does not become many.
        "DELETE FROM answer WHERE at < $1 AND network IS NOT NULL AND EXISTS ( \
           SELECT 1 FROM answer AS later WHERE later.slug = answer.slug AND later.network = answer.network \
           AND later.id > answer.id)",
        "UPDATE answer SET network = NULL WHERE network IS NOT NULL AND at < $1",
        "UPDATE comment SET network = NULL WHERE network IS NOT NULL AND created < $1",
        "UPDATE report SET network = NULL WHERE network IS NOT NULL AND at < $1",
        "DELETE FROM helped WHERE at < $1",
        "DELETE FROM ban WHERE hashed < $1",
    ] {
        query(statement).bind(before).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Forgets a network: on its comments, where it said that something helped or not, and in what it
/// reported. Bans stay.
pub(in super::super) async fn forget_network(
    conn: &mut AnyConnection,
    network: NetworkHash,
) -> Result<(), Unavailable> {
    for statement in [
        "UPDATE comment SET network = NULL WHERE network = $1",
        "UPDATE report SET network = NULL WHERE network = $1",
        "UPDATE answer SET network = NULL WHERE network = $1",
        "DELETE FROM helped WHERE network = $1",
    ] {
        query(statement).bind(network.0.as_slice()).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Deletes what is over: sessions and bans that ended by `now`, attempts from before `attempts`.
pub(in super::super) async fn forget_what_is_over(
    conn: &mut AnyConnection,
    now: i64,
    attempts: i64,
) -> Result<(), Unavailable> {
    query("DELETE FROM session WHERE expires <= $1").bind(now).execute(&mut *conn).await?;
    query("DELETE FROM ban WHERE until <= $1").bind(now).execute(&mut *conn).await?;
    query("DELETE FROM attempt WHERE at < $1").bind(attempts).execute(conn).await?;
    Ok(())
}

/// Adds to how often words were searched for in vain.
pub(in super::super) async fn add_misses(
    conn: &mut AnyConnection,
    words: &str,
    times: i64,
    latest: i64,
) -> Result<(), Unavailable> {
    query(
        "INSERT INTO missed_search (words, times, latest) VALUES ($1, $2, $3) \
         ON CONFLICT (words) DO UPDATE SET times = missed_search.times + $2, latest = $3",
    )
    .bind(words)
    .bind(times)
    .bind(latest)
    .execute(conn)
    .await?;
    Ok(())
}

/// What was most often searched for in vain?
pub(in super::super) async fn misses(
    conn: &mut AnyConnection,
    limit: i64,
) -> Result<Vec<MissedSearch>, Unavailable> {
    let rows =
        query("SELECT words, times, latest FROM missed_search ORDER BY times DESC, latest DESC LIMIT $1")
            .bind(limit)
            .fetch_all(conn)
            .await?;
    rows.iter()
        .map(|row| {
            Ok(MissedSearch {
                words: row.try_get("words")?,
                times: row.try_get("times")?,
                latest: time(row.try_get("latest")?, "missed_search")?,
            })
        })
        .collect()
}

/// Forgets words that nobody searched for since then, and all but so many of the rest.
pub(in super::super) async fn forget_misses(
    conn: &mut AnyConnection,
    before: i64,
    keep: i64,
) -> Result<(), Unavailable> {
    query("DELETE FROM missed_search WHERE latest < $1").bind(before).execute(&mut *conn).await?;
    query(
        "DELETE FROM missed_search WHERE words NOT IN ( \
           SELECT kept.words FROM missed_search AS kept ORDER BY kept.times DESC, kept.latest DESC LIMIT $1)",
    )
    .bind(keep)
    .execute(conn)
    .await?;
    Ok(())
}

/// Does the database answer?
pub(in super::super) async fn answers(conn: &mut AnyConnection) -> Result<(), Unavailable> {
    query("SELECT count(*) AS n FROM moderator").fetch_one(conn).await?;
    Ok(())
}
