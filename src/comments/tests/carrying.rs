//! Copies, exports, imports.

use super::*;

async fn everything(comments: &Comments) -> Vec<Comment> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = comments.every(after, 2).await.unwrap();
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn what_is_exported_and_imported_elsewhere_is_the_same() {
    let s = Scene::new().await;
    let top = s.say("the question").author("Ada").findings(&["jwt.expired"]).comment().await;
    s.say("the answer").answers(&top).outcome(Outcome::Fixed).posted().await;
    s.say("held").trap("x").posted().await;
    s.comments.helped(top.id, &s.visitor("192.0.2.8").await, s.now).await.unwrap();
    let gone = s.say("gone").comment().await;
    s.moderate(&gone, Ruling::Delete).await;
    let exported = everything(&s.comments).await;
    assert_eq!(exported.len(), 4);

    let other = Scene::new().await;
    let mut changes = other.comments.changes();
    assert_eq!(other.comments.import(&exported).await.unwrap(), 4);
    assert_eq!(everything(&other.comments).await, exported);
    assert_eq!(other.shown().await, s.shown().await);
    assert_eq!(changes.recv().await.unwrap(), Change::Article("clock-skew".into()));
    assert_eq!(other.comments.import(&exported).await.unwrap(), 0);
}

#[tokio::test]
async fn an_import_that_fails_leaves_nothing_behind() {
    let s = Scene::new().await;
    let top = s.say("the question").comment().await;
    let answer = s.say("the answer").answers(&top).comment().await;
    let other = Scene::new().await;
    let loose = Comment { id: Uuid::from_u128(5), thread: Uuid::from_u128(5), ..top };
    assert!(other.comments.import(&[loose, answer]).await.is_err());
    assert_eq!(everything(&other.comments).await, []);
}

#[tokio::test]
async fn what_is_imported_is_masked_too() {
    let s = Scene::new().await;
    let key = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let comment = s.say("the question").comment().await;
    let other = Scene::new().await;
    other.comments.import(&[Comment { body: format!("my key is {key}"), ..comment }]).await.unwrap();
    assert_eq!(other.shown().await, ["my key is ghp_[masked]"]);
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
    assert_eq!(everything(&copy).await, std::slice::from_ref(&posted.comment));
    assert!(copy.is_author(posted.comment.id, &posted.edit_token));
}
