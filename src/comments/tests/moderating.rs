//! The queue, rulings, what is noted.

use super::*;

#[tokio::test]
async fn where_all_are_moderated_a_comment_is_shown_once_it_is_published() {
    let s = Scene::with(|settings| settings.moderation = Moderation::All).await;
    let posted = s.say("It was the clock.").posted().await;
    let comment = posted.comment;
    assert_eq!((comment.status, comment.held_because), (Status::Held, Some(HeldBecause::EveryComment)));
    assert_eq!(s.shown().await, [""; 0]);
    s.moderate(&comment, Ruling::Publish).await;
    assert_eq!(s.shown().await, ["It was the clock."]);
    // A change after that is held again, or it would get round the moderators.
    let visitor = s.visitor("192.0.2.1").await;
    let edited =
        s.comments.edit(comment.id, &posted.edit_token, new("Buy this."), &visitor, s.now).await.unwrap();
    assert_eq!(edited.comment.status, Status::Held);
}

#[tokio::test]
async fn where_the_first_is_moderated_the_next_is_shown_at_once_when_the_first_was_published() {
    let mut s = Scene::with(|settings| settings.moderation = Moderation::First).await;
    s.go_to_the_eve_of_another_key();
    let first = s.say("first").comment().await;
    let second = s.say("second").comment().await;
    assert_eq!(first.held_because, Some(HeldBecause::FirstComment));
    assert_eq!(second.held_because, Some(HeldBecause::FirstComment));
    s.moderate(&first, Ruling::Publish).await;
    let third = s.say("third").posted().await;
    assert_eq!(third.comment.status, Status::Published);
    assert_eq!(s.say("stranger").from("192.0.2.2").comment().await.status, Status::Held);
    // Changing the one that is published does not make it a first one again.
    s.moderate(&first, Ruling::Delete).await;
    let visitor = s.visitor("192.0.2.77").await;
    let edited =
        s.comments.edit(third.comment.id, &third.edit_token, new("3rd"), &visitor, s.now).await.unwrap();
    assert_eq!(edited.comment.status, Status::Published);
    // Known across a change of key.
    s.later(minutes(2));
    assert_eq!(s.say("fourth").comment().await.status, Status::Published);
}

#[tokio::test]
async fn the_queue_is_oldest_first_in_pages() {
    let s = Scene::with(|settings| settings.moderation = Moderation::All).await;
    for n in 0..5 {
        s.say(&format!("comment {n}")).posted().await;
    }
    let first = s.comments.queue(None, 3).await.unwrap();
    let rest = s.comments.queue(first.next, 3).await.unwrap();
    let bodies: Vec<&str> = first.items.iter().chain(&rest.items).map(|c| c.body.as_str()).collect();
    assert_eq!(bodies, ["comment 0", "comment 1", "comment 2", "comment 3", "comment 4"]);
    assert_eq!((rest.next, s.comments.waiting().await.unwrap()), (None, 5));
}

#[tokio::test]
async fn a_filter_finds_by_status_article_text_and_network() {
    let s = Scene::new().await;
    s.say("ÜBER 100% sicher").author("Zoë").posted().await;
    s.say("held here").trap("x").posted().await;
    let elsewhere = s.say("under_score").under("token-expired").from("192.0.2.2").comment().await;
    let find = async |filter: Filter| {
        let page = s.comments.all(&filter, None, 10).await.unwrap();
        page.items.into_iter().map(|c| c.body).collect::<Vec<_>>()
    };
    assert_eq!(find(Filter::default()).await, ["under_score", "held here", "ÜBER 100% sicher"]);
    assert_eq!(find(Filter { status: Some(Status::Held), ..Filter::default() }).await, ["held here"]);
    assert_eq!(
        find(Filter { slug: Some("token-expired".into()), ..Filter::default() }).await,
        ["under_score"]
    );
    let text = |text: &str| Filter { text: Some(text.into()), ..Filter::default() };
    assert_eq!(find(text("über")).await, ["ÜBER 100% sicher"]);
    assert_eq!(find(text("zoË")).await, ["ÜBER 100% sicher"]);
    assert_eq!(find(text("0%")).await, ["ÜBER 100% sicher"]);
    assert_eq!(find(text("r_s")).await, ["under_score"]);
    assert_eq!(find(text("%")).await, ["ÜBER 100% sicher"]);
    assert_eq!(find(text("' OR 1=1 --")).await, [""; 0]);
    assert_eq!(find(text("!")).await, [""; 0]);
    let same = Filter { same_network_as: Some(elsewhere.id), ..Filter::default() };
    assert_eq!(find(same).await, ["under_score"]);
}

#[tokio::test]
async fn every_ruling_is_noted_once_with_who_and_when() {
    let mut s = Scene::new().await;
    let comment = s.say("It was the clock.").comment().await;
    let hidden = s.comments.set_status(comment.id, Ruling::Hide, "ada", s.now).await.unwrap();
    assert_eq!(hidden.status, Status::Hidden);
    s.later(minutes(1));
    s.comments.set_status(comment.id, Ruling::Hide, "bob", s.now).await.unwrap();
    s.comments.set_status(comment.id, Ruling::Publish, "bob", s.now).await.unwrap();
    let deleted = s.comments.set_status(comment.id, Ruling::Delete, "bob", s.now).await.unwrap();
    assert_eq!((deleted.status, deleted.body.as_str()), (Status::Deleted, ""));
    let again = s.comments.set_status(comment.id, Ruling::Publish, "bob", s.now).await;
    assert!(matches!(again, Err(Refused::NoSuchComment)));
    s.comments.ban(comment.id, "nasty", None, "bob", s.now).await.unwrap();

    let deeds = s.comments.deeds(Some(comment.id), None, 10).await.unwrap().items;
    let told: Vec<_> = deeds.iter().map(|deed| (deed.by.as_str(), deed.what.as_str())).collect();
    assert_eq!(told, [("bob", "ban"), ("bob", "delete"), ("bob", "publish"), ("ada", "hide")]);
    assert_eq!(deeds[3].at, s.now - minutes(1));
    assert_eq!(s.comments.deeds(Some(Uuid::from_u128(1)), None, 10).await.unwrap().items, []);
    let page = s.comments.deeds(None, None, 3).await.unwrap();
    assert_eq!(s.comments.deeds(None, page.next, 3).await.unwrap().items, deeds[3..]);
}

#[tokio::test]
async fn a_ruling_on_nothing_is_refused() {
    let s = Scene::new().await;
    let nothing = Uuid::from_u128(1);
    assert!(matches!(
        s.comments.set_status(nothing, Ruling::Publish, "mo", s.now).await,
        Err(Refused::NoSuchComment)
    ));
    assert!(matches!(s.comments.ban(nothing, "x", None, "mo", s.now).await, Err(Refused::NoSuchComment)));
    assert!(!s.comments.unban(nothing, "mo", s.now).await.unwrap());
}
