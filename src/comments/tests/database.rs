//! The schema itself, and how the hot queries are answered.

use super::*;
use crate::comments::store::inspect;

#[tokio::test]
async fn every_table_is_strict_and_foreign_keys_hold() {
    let s = Scene::new().await;
    if s.database.is_postgres {
        return; // There every table is strict.
    }
    let loose = inspect(
        &s.comments,
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 \
        AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> '_sqlx_migrations'",
    )
    .await;
    assert_eq!(loose, [""; 0]);
    let pragmas = inspect(
        &s.comments,
        "SELECT journal_mode FROM pragma_journal_mode UNION ALL \
        SELECT 'foreign keys ' || foreign_keys FROM pragma_foreign_keys UNION ALL \
        SELECT 'synchronous ' || synchronous FROM pragma_synchronous",
    )
    .await;
    assert_eq!(pragmas, ["wal", "foreign keys 1", "synchronous 2"]);
}

#[tokio::test]
async fn both_dialects_have_the_same_tables_columns_and_indexes() {
    // Read from the migrations, so that one run on either database is enough.
    let shape = |folder: &str| {
        let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let text: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        text.lines()
            .filter(|line| !line.trim_start().starts_with("--"))
            .map(|line| {
                line.replace(" STRICT;", ";")
                    .replace("INTEGER", "BIGINT")
                    .replace("BLOB", "BYTEA")
                    .replace(" COLLATE \"C\"", "")
                    .replace("PRIMARY KEY NOT NULL", "PRIMARY KEY")
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(shape("sqlite"), shape("postgres"));
}

#[tokio::test]
async fn a_comment_stands_above_each_table() {
    for folder in ["sqlite", "postgres"] {
        let path = format!("{}/migrations/{folder}/0001_comments.sql", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (before, line) in lines.iter().zip(&lines[1..]) {
            assert!(!line.starts_with("CREATE TABLE") || before.starts_with("-- "), "{folder}: {line}");
        }
    }
}

#[tokio::test]
async fn hot_queries_use_an_index() {
    let s = Scene::new().await;
    if s.database.is_postgres {
        return; // PostgreSQL reads a small table from end to end, and is right to.
    }
    for (query, index) in [
        ("SELECT * FROM comment WHERE id = ''", "sqlite_autoindex_comment_1"),
        (
            "SELECT * FROM comment WHERE slug = '' AND (status = 'published' OR parent IS NULL) ORDER BY thread, id",
            "comment_by_article",
        ),
        (
            "SELECT * FROM comment WHERE status = 'published' AND id < '' ORDER BY id DESC LIMIT 9",
            "comment_by_status",
        ),
        ("SELECT * FROM comment WHERE status = 'held' AND id > '' ORDER BY id LIMIT 9", "comment_by_status"),
        (
            "SELECT * FROM comment WHERE slug = '' AND status = 'published' AND id < '' ORDER BY id DESC LIMIT 9",
            "comment_by_article_and_status",
        ),
        (
            "SELECT slug, outcome, count(*) FROM comment WHERE status = 'published' GROUP BY slug, outcome",
            "COVERING INDEX comment_by_outcome",
        ),
        (
            "SELECT count(*) FROM comment WHERE (network = x'00' OR network = x'01') AND status = 'published'",
            "comment_by_network",
        ),
        ("SELECT count(*) FROM comment WHERE digest = x'00' AND id <> ''", "comment_by_digest"),
        (
            "SELECT at FROM attempt WHERE (who = x'00' OR who = x'01') AND what = '' AND at > 0 ORDER BY at DESC LIMIT 5",
            "attempt_by_who",
        ),
        ("SELECT count(*) FROM ban WHERE (network = x'00' OR network = x'01')", "ban_by_network"),
        ("SELECT * FROM session WHERE digest = x'00' AND expires > 0", "sqlite_autoindex_session_2"),
        ("SELECT * FROM deed WHERE comment = '' AND id < '' ORDER BY id DESC", "deed_by_comment"),
    ] {
        let plan = inspect(&s.comments, &format!("EXPLAIN QUERY PLAN {query}")).await.join("; ");
        assert!(plan.contains(index) && !plan.contains("SCAN comment;"), "{query}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE FOR ORDER BY") || query.contains("attempt"), "{query}\n{plan}");
    }
}
