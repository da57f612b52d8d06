//! What the filter for spam has learned, as counts in a fixed number of places.

use sqlx::{AnyConnection, AssertSqlSafe, Row as _, query};

use super::super::Unavailable;
use super::super::bayes::{COMMENTS, Seen};

/// What was learned about these places, and how many comments were judged?
pub(in super::super) async fn seen(
    conn: &mut AnyConnection,
    places: &[i64],
) -> Result<(Vec<Seen>, Seen), Unavailable> {
    // Whole numbers, made here: nothing that anybody sent stands in the statement.
    let listed: Vec<String> = places.iter().chain(&[COMMENTS]).map(i64::to_string).collect();
    let statement = format!("SELECT place, spam, fine FROM spam_word WHERE place IN ({})", listed.join(", "));
    let rows = query(AssertSqlSafe(statement)).persistent(false).fetch_all(conn).await?;
    let (mut words, mut comments) = (Vec::with_capacity(rows.len()), Seen::default());
    for row in &rows {
        let seen = Seen { spam: row.try_get("spam")?, fine: row.try_get("fine")? };
        match row.try_get::<i64, _>("place")? {
            COMMENTS => comments = seen,
            _ => words.push(seen),
        }
    }
    Ok((words, comments))
}

/// Learns that a comment with words in these places is of a kind; with -1 it forgets that again.
pub(in super::super) async fn learn(
    conn: &mut AnyConnection,
    places: &[i64],
    kind: Seen,
) -> Result<(), Unavailable> {
    for place in places.iter().chain(&[COMMENTS]) {
        query(
            "INSERT INTO spam_word (place, spam, fine) VALUES ($1, $2, $3) \
             ON CONFLICT (place) DO UPDATE SET spam = spam_word.spam + $2, fine = spam_word.fine + $3",
        )
        .bind(*place)
        .bind(kind.spam)
        .bind(kind.fine)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
