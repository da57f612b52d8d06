//! What is kept, what is masked, who hears of it.

use super::*;
use insta::assert_snapshot;
use tokio::sync::broadcast::error::TryRecvError;

#[tokio::test]
async fn comments_are_there_after_a_restart() {
    let s = Scene::new().await;
    let posted = s.say("It was the clock.").posted().await;
    s.comments.close().await;
    let again = s.instance().await;
    assert_eq!(again.get(posted.comment.id).await.unwrap(), Some(posted.comment.clone()));
    assert!(again.is_author(posted.comment.id, &posted.edit_token));
}

#[tokio::test]
async fn secrets_are_masked_before_anything_is_stored() {
    let s = Scene::new().await;
    let token =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    let key = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let text = format!("I sent Authorization: Bearer {token} and it failed");
    let posted = s.say(&text).author(key).posted().await;
    let stored = s.comments.get(posted.comment.id).await.unwrap().unwrap();
    assert_snapshot!(stored.body, @"I sent Authorization: Bearer [masked JWT] and it failed");
    assert_snapshot!(stored.author.unwrap(), @"ghp_[masked]");
    assert_snapshot!(format!("{:?}", posted.masked), @"[GitHub, JsonWebToken]");
    let all =
        s.comments.all(&Filter { text: Some("dozjgnryp4j3".into()), ..Filter::default() }, None, 9).await;
    assert_eq!(all.unwrap().items, []);

    let visitor = s.visitor("192.0.2.1").await;
    let changed = new(&format!("the token was {token}"));
    let edited =
        s.comments.edit(posted.comment.id, &posted.edit_token, changed, &visitor, s.now).await.unwrap();
    assert_snapshot!(edited.comment.body, @"the token was [masked JWT]");
    assert_snapshot!(format!("{:?}", edited.masked), @"[JsonWebToken]");
}

#[tokio::test]
async fn whoever_listens_hears_which_article_changed() {
    let s = Scene::new().await;
    let mut changes = s.comments.changes();
    let mut heard = move || match changes.try_recv() {
        Ok(change) => Some(change),
        Err(TryRecvError::Empty) => None,
        Err(error) => panic!("{error}"),
    };
    let article = Some(Change::Article("clock-skew".into()));
    let posted = s.say("It was the clock.").posted().await;
    assert_eq!(heard(), article);
    let held = s.say("held").trap("x").comment().await;
    assert_eq!(heard(), None);
    s.moderate(&held, Ruling::Publish).await;
    assert_eq!(heard(), article);
    let visitor = s.visitor("192.0.2.1").await;
    s.comments.edit(posted.comment.id, &posted.edit_token, new("second"), &visitor, s.now).await.unwrap();
    assert_eq!(heard(), article);
    s.comments.helped(held.id, &visitor, s.now).await.unwrap();
    assert_eq!(heard(), article);
    s.comments.helped(held.id, &visitor, s.now).await.unwrap();
    assert_eq!(heard(), None);
    s.comments.delete(posted.comment.id, &posted.edit_token, s.now).await.unwrap();
    assert_eq!(heard(), article);
}

#[tokio::test]
async fn other_instances_on_postgresql_hear_it_too_and_nobody_hears_it_twice() {
    let s = Scene::new().await;
    if !s.database.is_postgres {
        return; // On SQLite there is one instance.
    }
    let other = s.instance().await;
    let (mut here, mut there) = (s.comments.changes(), other.changes());
    s.say("It was the clock.").posted().await;
    assert_eq!(there.recv().await.unwrap(), Change::Article("clock-skew".into()));
    let visitor = other.visitor("192.0.2.9".parse().unwrap(), s.now).await.unwrap();
    other.post("token-expired", new("Mine too."), &visitor, FillTime::Fresh, s.now).await.unwrap();
    assert_eq!(here.recv().await.unwrap(), Change::Article("clock-skew".into()));
    assert_eq!(here.recv().await.unwrap(), Change::Article("token-expired".into()));
    assert_eq!(here.try_recv(), Err(TryRecvError::Empty));
}

#[tokio::test]
async fn after_a_lost_connection_to_postgresql_anything_may_have_changed() {
    let s = Scene::new().await;
    if !s.database.is_postgres {
        return; // A file does not get lost.
    }
    let mut changes = s.comments.changes();
    let end_all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
    test_database::run(&s.database.url, end_all.into()).await;
    assert_eq!(changes.recv().await.unwrap(), Change::Everything);
    s.say("It was the clock.").posted().await;
    assert_eq!(changes.recv().await.unwrap(), Change::Article("clock-skew".into()));
}

#[tokio::test]
async fn a_database_that_fails_is_said_so_and_nothing_panics() {
    let s = Scene::new().await;
    s.say("It was the clock.").posted().await;
    let visitor = s.visitor("192.0.2.1").await;
    s.comments.close().await;
    assert!(s.comments.ready().await.is_err());
    let refused =
        s.comments.post("clock-skew", new("More."), &visitor, FillTime::Fresh, s.now).await.unwrap_err();
    assert!(matches!(refused, Refused::Unavailable(_)));
    assert_eq!(
        refused.to_string(),
        "The database does not answer. Your text is not lost: keep this page open, and try again in a moment."
    );
    assert!(s.comments.threads("clock-skew").await.is_err());
}

#[tokio::test]
async fn a_full_disk_refuses_comments_with_a_clear_message_and_reading_goes_on() {
    let s = Scene::new().await;
    if s.database.is_postgres {
        return; // The server's disk is not ours to fill.
    }
    s.say("It was the clock.").posted().await;
    s.comments.store.limit_pages_for_test().await;
    let body = "x".repeat(8000);
    let refused = s.say(&body).from("192.0.2.2").sent().await.unwrap_err();
    match &refused {
        Refused::Unavailable(why) => assert!(why.is_full(), "{why:?}"),
        other => panic!("{other:?}"),
    }
    assert!(refused.to_string().starts_with("There is no room left to store this."));
    assert_eq!(s.shown().await, ["It was the clock."]);
    // Not one failure for good: the next comment is taken as soon as there is room.
    s.comments.store.lift_limit_for_test().await;
    s.say("There is room again.").from("192.0.2.2").posted().await;
    assert_eq!(s.shown().await, ["It was the clock.", "There is room again."]);
}

/// The address of a server that ends every connection at once, as one that restarts does.
fn a_server_that_hangs_up() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || drop(listener.accept()));
    format!("postgres://postgres@{address}/nothing")
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_away_and_a_damaged_file_is_not() {
    let is_away = async |url: &str| match Comments::open(url, Settings::default()).await {
        Ok(_) => panic!("opened"),
        Err(error) => (error.is_away(), error.to_string()),
    };
    let (away, why) = is_away(&a_server_that_hangs_up()).await;
    assert!(away, "{why}");
    assert!(!is_away("sqlite::memory:").await.0);
    // A folder below a file: a wrong setting, which no waiting mends.
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(!is_away(&format!("sqlite:{}/x/fix401.sqlite3", file.path().display())).await.0);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "this is a letter, not a database; it is long enough to have a header")
        .unwrap();
    assert!(!is_away(&format!("sqlite:{}", file.path().display())).await.0);
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_plainly() {
    let open = async |url: &str| match Comments::open(url, Settings::default()).await {
        Ok(_) => "opened".to_owned(),
        Err(error) => error.to_string(),
    };
    let memory = open("sqlite::memory:").await;
    assert!(memory.contains("comments that live in memory only would be lost; name a file"), "{memory}");
    let nobody = open(&a_server_that_hangs_up()).await;
    assert!(nobody.starts_with("the database cannot be opened: "), "{nobody}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "this is a letter, not a database; it is long enough to have a header")
        .unwrap();
    let letter = open(&format!("sqlite:{}", file.path().display())).await;
    assert!(letter.contains("file is not a database"), "{letter}");
}

#[tokio::test]
async fn of_two_hundred_writers_at_once_none_is_lost_and_none_doubled() {
    let s = Scene::new().await;
    let comments = std::sync::Arc::new(s.instance().await);
    let mut writers = Vec::new();
    for n in 0..200 {
        let (comments, now) = (comments.clone(), s.now);
        writers.push(tokio::spawn(async move {
            let address = format!("10.0.{n}.1").parse().unwrap();
            let visitor = comments.visitor(address, now).await.unwrap();
            // The button is pressed twice.
            let post =
                || comments.post("clock-skew", new(&format!("writer {n}")), &visitor, FillTime::Fresh, now);
            let (first, second) = tokio::join!(post(), post());
            [first, second]
                .into_iter()
                .filter_map(Result::ok)
                .map(|posted| posted.comment)
                .collect::<Vec<_>>()
        }));
    }
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    assert_eq!(acknowledged.len(), 200, "of two that are the same one is taken");
    acknowledged.sort_by_key(|comment| comment.id);
    let mut stored = s.comments.recent(500).await.unwrap();
    stored.reverse();
    assert_eq!(stored, acknowledged);
}
