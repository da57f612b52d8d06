//! Copies, exports, imports.

use super::*;

async fn exported(comments: &Comments) -> String {
    let mut lines = Vec::new();
    comments.export(&mut lines).await.unwrap();
    String::from_utf8(lines).unwrap()
}

/// Something of everything.
async fn lived_in() -> Scene {
    let s = Scene::new().await;
    let top = s
        .say("the question: 1\u{2028}2 \"3\" \\4 😀")
        .author("Ada")
        .findings(&["jwt.expired"])
        .comment()
        .await;
    s.say("the answer").answers(&top).outcome(Outcome::Fixed).posted().await;
    s.say("held").trap("x").posted().await;
    s.comments.helped(top.id, &s.visitor("192.0.2.8").await, s.now).await.unwrap();
    let gone = s.say("gone").from("192.0.2.66").comment().await;
    s.comments.ban(gone.id, "Sells watches", Some(s.now + hours(24)), "mo", s.now).await.unwrap();
    s.moderate(&gone, Ruling::Delete).await;
    s.comments.add_moderator("mo", "a long password", s.now).await.unwrap();
    s
}

#[tokio::test]
async fn what_is_exported_and_imported_elsewhere_is_the_same_and_goes_on_working() {
    let s = lived_in().await;
    let posted = s.say("mine").posted().await;
    let lines = exported(&s.comments).await;

    let other = Scene::new().await;
    let mut changes = other.comments.changes();
    let imported = other.comments.import(lines.as_bytes()).await.unwrap();
    assert_eq!(imported.new.get("comment"), Some(&5));
    assert_eq!((imported.there, imported.without_keys), (0, 0));
    assert_eq!(changes.recv().await.unwrap(), Change::Article("clock-skew".into()));
    let there = other.instance().await;
    assert_eq!(exported(&there).await, lines);
    assert_eq!(other.shown().await, s.shown().await);
    assert!(there.is_author(posted.comment.id, &posted.edit_token), "edit tokens are good there");
    let visitor = there.visitor("192.0.2.66".parse().unwrap(), s.now).await.unwrap();
    let refused = there.post("clock-skew", new("again"), &visitor, FillTime::Fresh, s.now).await;
    assert!(matches!(refused, Err(Refused::Banned)), "bans hold there");
    let found = Filter { text: Some("QUESTION".into()), ..Filter::default() };
    assert_eq!(there.all(&found, None, 9).await.unwrap().items.len(), 1, "words are found there");

    let again = there.import(lines.as_bytes()).await.unwrap();
    assert!(again.new.is_empty() && again.without_keys == 0, "{again:?}");
    assert_eq!(exported(&there).await, lines);
}

#[tokio::test]
async fn from_sqlite_to_postgresql_and_back_are_the_same_bytes() {
    let s = lived_in().await;
    if !s.database.is_postgres {
        return; // The other half is not there.
    }
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let first = exported(&s.comments).await;
    let sqlite = Comments::open(&file("one"), Settings::default()).await.unwrap();
    sqlite.import(first.as_bytes()).await.unwrap();
    let second = exported(&sqlite).await;
    let other = Scene::new().await;
    other.comments.import(second.as_bytes()).await.unwrap();
    let third = exported(&other.comments).await;
    let last = Comments::open(&file("two"), Settings::default()).await.unwrap();
    last.import(third.as_bytes()).await.unwrap();
    assert_eq!([&second, &third, &exported(&last).await], [&first; 3]);
}

#[tokio::test]
async fn every_table_and_column_is_carried_or_left_out_by_name() {
    use crate::comments::store::rows::{LEFT_OUT, TABLES};
    let s = Scene::new().await;
    let there = match s.database.is_postgres {
        true => {
            "SELECT (table_name || '.' || column_name)::text FROM information_schema.columns WHERE table_schema = 'public'"
        }
        false => {
            "SELECT m.name || '.' || c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'"
        }
    };
    let carried = |name: &String| {
        let (table, column) = name.split_once('.').unwrap();
        let known = TABLES.iter().find(|known| known.name == table);
        LEFT_OUT.contains(&table)
            || LEFT_OUT.contains(&name.as_str())
            || table.starts_with("sqlite_")
            || known.is_some_and(|known| known.columns.iter().any(|known| known.name == column))
    };
    let forgotten: Vec<String> =
        store::inspect(&s.comments, there).await.into_iter().filter(|name| !carried(name)).collect();
    assert_eq!(forgotten, [""; 0], "add them to TABLES or to LEFT_OUT in store/rows.rs");
}

#[tokio::test]
async fn under_other_keys_the_hashes_of_networks_are_left_out() {
    let s = lived_in().await;
    let lines = exported(&s.comments).await;
    let other = Scene::new().await;
    other.say("here first").posted().await;
    let imported = other.comments.import(lines.as_bytes()).await.unwrap();
    // Four comments, of which the deleted one was the banned network's; one who was helped; one ban.
    assert_eq!(imported.without_keys, 6);
    assert_eq!(other.comments.bans(other.now).await.unwrap(), []);
    assert_eq!(other.shown().await.len(), 3);
}

/// What is said about lines that are wrong; the rest is right, and nothing of it may be stored.
#[track_caller]
fn check(change: impl FnOnce(&str) -> String, expected: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let lines = exported(&lived_in().await.comments).await;
        let other = Scene::new().await;
        let error = other.comments.import(change(&lines).as_bytes()).await.unwrap_err();
        let ImportError::Wrong(problems) = error else { panic!("{error:?}") };
        let said: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.line, p.says)).collect();
        assert_eq!(said.join("\n"), expected);
        assert!(exported(&other.comments).await.lines().all(|line| !line.contains("\"comment\"")));
    });
}

#[test]
fn a_mistake_in_a_line_is_named_and_nothing_is_half_imported() {
    check(
        |lines| lines.replace("\"outcome\":\"fixed\"", "\"outcome\":\"great\""),
        "6: \"outcome\" is \"great\"; it has to be one of fixed, partly, not-fixed, question, note",
    );
    let names = store::rows::TABLES.iter().map(|table| table.name).collect::<Vec<_>>().join(", ");
    check(
        |lines| format!("{lines}not json\n{{\"row\":\"poem\"}}\n"),
        &format!(
            "13: this is no JSON object (character 2); each line is one, as `fix401 export` writes it\n\
             14: \"row\" says what the line is about; it is \"poem\" here, and may be {names}"
        ),
    );
    check(
        |lines| lines.replace("\"helped\":1", "\"helped\":-1"),
        "5: \"helped\" is -1; it has to be a whole number from 0 on",
    );
    check(
        |lines| {
            let of_top = |line: &&str| !line.contains("the question");
            lines.lines().filter(of_top).collect::<Vec<_>>().join("\n")
        },
        "5: it names a comment or moderator that is not there; put that line before this one",
    );
    check(
        |lines| lines.replace("\"author\":\"Ada\"", "\"name\":\"Ada\""),
        "5: a comment has no \"name\"; take it out, or import with the version that wrote it",
    );
}

#[tokio::test]
async fn what_is_imported_is_masked_too() {
    let key = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let s = lived_in().await;
    let lines = exported(&s.comments).await.replace("the answer", &format!("my key is {key}"));
    let other = Scene::new().await;
    other.comments.import(lines.as_bytes()).await.unwrap();
    assert_eq!(other.shown().await[1], "  my key is ghp_[masked]");
}

#[tokio::test]
async fn a_copy_is_a_database_that_opens() {
    let s = Scene::new().await;
    let posted = s.say("the question").posted().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.sqlite3");
    let copied = s.comments.backup(&file).await;
    if s.database.is_postgres {
        assert_eq!(copied.unwrap_err().to_string(), "a PostgreSQL database is copied with pg_dump");
        return;
    }
    copied.unwrap();
    let again = s.comments.backup(&file).await.unwrap_err();
    assert_eq!(again.to_string(), "there is a file of that name already");
    s.say("later").posted().await;
    let copy = Comments::open(&format!("sqlite:{}", file.display()), Settings::default()).await.unwrap();
    assert_eq!(copy.recent(9).await.unwrap(), std::slice::from_ref(&posted.comment));
    assert!(copy.is_author(posted.comment.id, &posted.edit_token));
}
