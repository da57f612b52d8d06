//! What the database knows about the threads under an article, one page at a time. A thread is shown when its top is
//! published, or when an answer under it is.

use sqlx::{AnyConnection, query};
use uuid::Uuid;

use super::super::{Comment, Sort, Tally, Unavailable};
use super::comments::{add, comment, outcome, select};

/// What makes a thread visible, where its top is called `top`.
macro_rules! visible {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "top.slug = $1 AND top.parent IS NULL AND (top.status = 'published' OR EXISTS ( \
               SELECT 1 FROM comment AS answer WHERE answer.thread = top.id AND answer.status = 'published' \
               AND answer.parent IS NOT NULL)) ",
            $after
        )
    };
}

/// The tops of threads in an order that an index has.
macro_rules! page {
    ($order:literal) => {
        visible!(
            "SELECT id, slug, parent, thread, author, body, outcome, status, held_because, findings, created, edited, \
             helped, pinned, official FROM comment AS top WHERE ",
            $order
        )
    };
}

/// Which threads stand on a page?
pub(in super::super) async fn tops(
    conn: &mut AnyConnection,
    slug: &str,
    sort: Sort,
    offset: i64,
    limit: i64,
) -> Result<Vec<Comment>, Unavailable> {
    let statement = match sort {
        Sort::Helpful => page!("ORDER BY top.pinned DESC, top.helped DESC, top.id LIMIT $2 OFFSET $3"),
        Sort::Newest => page!("ORDER BY top.id DESC LIMIT $2 OFFSET $3"),
        Sort::Oldest => page!("ORDER BY top.id LIMIT $2 OFFSET $3"),
    };
    let rows = query(statement).bind(slug).bind(limit).bind(offset).fetch_all(conn).await?;
    rows.iter().map(comment).collect()
}

/// How many threads are there?
pub(in super::super) async fn how_many(conn: &mut AnyConnection, slug: &str) -> Result<i64, Unavailable> {
    let statement = visible!("SELECT count(*) AS n FROM comment AS top WHERE ", "");
    super::count(&query(statement).bind(slug).fetch_one(conn).await?)
}

/// How many threads stand before this one?
pub(in super::super) async fn before(
    conn: &mut AnyConnection,
    top: &Comment,
    sort: Sort,
) -> Result<i64, Unavailable> {
    let id = top.id.to_string();
    let row = match sort {
        Sort::Helpful => query(visible!(
            "SELECT count(*) AS n FROM comment AS top WHERE ",
            "AND (top.pinned > $2 OR (top.pinned = $2 AND (top.helped > $3 OR (top.helped = $3 AND top.id < $4))))"
        ))
        .bind(&top.slug)
        .bind(i64::from(top.pinned))
        .bind(top.helped)
        .bind(id),
        Sort::Newest => query(visible!("SELECT count(*) AS n FROM comment AS top WHERE ", "AND top.id > $2"))
            .bind(&top.slug)
            .bind(id),
        Sort::Oldest => query(visible!("SELECT count(*) AS n FROM comment AS top WHERE ", "AND top.id < $2"))
            .bind(&top.slug)
            .bind(id),
    };
    super::count(&row.fetch_one(conn).await?)
}

/// Which answers stand on a page of a thread, oldest first?
pub(in super::super) async fn answers(
    conn: &mut AnyConnection,
    thread: Uuid,
    offset: i64,
    limit: i64,
) -> Result<Vec<Comment>, Unavailable> {
    let rows = query(select!(
        "WHERE thread = $1 AND status = 'published' AND parent IS NOT NULL ORDER BY id LIMIT $2 OFFSET $3"
    ));
    let rows = rows.bind(thread.to_string()).bind(limit).bind(offset).fetch_all(conn).await?;
    rows.iter().map(comment).collect()
}

/// How many answers does a thread have?
pub(in super::super) async fn how_many_answers(
    conn: &mut AnyConnection,
    thread: Uuid,
) -> Result<i64, Unavailable> {
    let row = query(
        "SELECT count(*) AS n FROM comment WHERE thread = $1 AND status = 'published' AND parent IS NOT NULL",
    );
    super::count(&row.bind(thread.to_string()).fetch_one(conn).await?)
}

/// How many answers of its thread stand before this one?
pub(in super::super) async fn answers_before(
    conn: &mut AnyConnection,
    answer: &Comment,
) -> Result<i64, Unavailable> {
    let row = query(
        "SELECT count(*) AS n FROM comment WHERE thread = $1 AND status = 'published' AND parent IS NOT NULL AND id < $2",
    );
    let row = row.bind(answer.thread.to_string()).bind(answer.id.to_string());
    super::count(&row.fetch_one(conn).await?)
}

/// How often was this article said to help?
pub(in super::super) async fn tally_of(conn: &mut AnyConnection, slug: &str) -> Result<Tally, Unavailable> {
    let rows = query(
        "SELECT outcome, count(*) AS n FROM comment WHERE status = 'published' AND slug = $1 GROUP BY outcome",
    );
    let mut sum = Tally::default();
    for row in &rows.bind(slug).fetch_all(conn).await? {
        add(&mut sum, outcome(row)?, super::count(row)?);
    }
    Ok(sum)
}
