//! Posting, changing, deleting.

use super::*;

#[tokio::test]
async fn a_posted_comment_is_there_as_it_was_written() {
    let s = Scene::new().await;
    let posted = s
        .say("It was the clock. 時計 ü \u{1F600} \"quoted\" 'it''s'; DROP TABLE comment; --")
        .author("Ada")
        .outcome(Outcome::Fixed)
        .findings(&["jwt.expired", "clock.ahead"])
        .posted()
        .await;
    assert_eq!(posted.comment.status, Status::Published);
    assert_eq!(s.comments.get(posted.comment.id).await.unwrap(), Some(posted.comment.clone()));
    let thread = Thread { comment: posted.comment, replies: vec![] };
    assert_eq!(s.comments.threads("clock-skew").await.unwrap(), [thread]);
    assert_eq!(s.comments.threads("token-expired").await.unwrap(), []);
}

#[tokio::test]
async fn answers_stand_under_the_comment_at_the_top_and_know_what_they_answer() {
    let s = Scene::new().await;
    let top = s.say("the question").comment().await;
    let other = s.say("another question").comment().await;
    let answer = s.say("the answer").answers(&top).comment().await;
    let thanks = s.say("thanks for the answer").answers(&answer).comment().await;
    assert_eq!((thanks.parent, thanks.thread), (Some(answer.id), top.id));
    assert_eq!(other.thread, other.id);
    assert_eq!(
        s.shown().await,
        ["the question", "  the answer", "  thanks for the answer", "another question"]
    );
}

#[tokio::test]
async fn an_answer_needs_a_published_comment_under_the_same_article() {
    let s = Scene::new().await;
    let elsewhere = s.say("under another article").under("token-expired").comment().await;
    let held = s.say("held").trap("x").comment().await;
    let hidden = s.say("hidden").comment().await;
    s.moderate(&hidden, Ruling::Hide).await;
    let nowhere = Comment { id: Uuid::from_u128(7), ..hidden.clone() };
    for parent in [elsewhere, held, hidden, nowhere] {
        let refused = s.say("an answer").answers(&parent).from("192.0.2.2").sent().await;
        assert!(matches!(refused, Err(Refused::NoSuchParent)), "{refused:?}");
    }
}

#[tokio::test]
async fn the_same_text_sent_twice_is_stored_once() {
    let s = Scene::new().await;
    let first = s.say("It was the clock.").comment().await;
    match s.say("it was  the CLOCK.").sent().await {
        Err(Refused::Duplicate { of }) => assert_eq!(of, first.id),
        other => panic!("{other:?}"),
    }
    // From somebody else, or as an answer, it is not the same.
    s.say("It was the clock.").from("192.0.2.2").posted().await;
    s.say("It was the clock.").answers(&first).posted().await;
    assert_eq!(s.shown().await.len(), 3);
}

#[tokio::test]
async fn a_long_text_that_is_posted_again_elsewhere_is_held() {
    let s = Scene::new().await;
    let text = "Buy our wonderful product that mends every 401 that ever was, in one click.";
    s.say(text).posted().await;
    let again = s.say(text).under("token-expired").from("192.0.2.2").comment().await;
    assert_eq!((again.status, again.held_because), (Status::Held, Some(HeldBecause::Duplicate)));
    let short = s.say("That fixed it, thanks.").comment().await;
    let other = s.say("That fixed it, thanks.").under("token-expired").comment().await;
    assert_eq!((short.status, other.status), (Status::Published, Status::Published));
}

#[tokio::test]
async fn what_looks_like_spam_is_held_and_not_shown() {
    let s = Scene::with(|settings| settings.muted_words = vec!["casino".into()]).await;
    let held = [
        (s.say("one").trap("http://x"), HeldBecause::Trap),
        (s.say("two").fill(FillTime::TooFast), HeldBecause::TooFast),
        (s.say("three").fill(FillTime::Forged), HeldBecause::ForgedForm),
        (s.say("the best casino"), HeldBecause::MutedWord),
        (s.say("http://a.io http://b.io http://c.io http://d.io http://e.io"), HeldBecause::ManyLinks),
    ];
    for (post, why) in held {
        let comment = post.comment().await;
        assert_eq!((comment.status, comment.held_because), (Status::Held, Some(why)));
        assert_eq!(s.comments.get(comment.id).await.unwrap(), Some(comment));
    }
    assert_eq!(s.shown().await, [""; 0]);
    assert_eq!(s.comments.waiting().await.unwrap(), 5);
}

#[tokio::test]
async fn a_form_is_fresh_after_three_seconds_and_for_a_week() {
    let s = Scene::new().await;
    let token = s.comments.form_token("clock-skew", s.now);
    let after =
        |seconds| s.comments.fill_time("clock-skew", &token, s.now + SignedDuration::from_secs(seconds));
    assert_eq!(after(0), FillTime::TooFast);
    assert_eq!(after(2), FillTime::TooFast);
    assert_eq!(after(3), FillTime::Fresh);
    assert_eq!(after(7 * 86_400), FillTime::Fresh);
    assert_eq!(after(7 * 86_400 + 1), FillTime::TooOld);
    assert_eq!(after(-5), FillTime::Fresh);
    assert_eq!(s.comments.fill_time("token-expired", &token, s.now), FillTime::Forged);
    assert_eq!(s.comments.fill_time("clock-skew", "", s.now), FillTime::Forged);
}

#[tokio::test]
async fn the_author_can_change_a_comment_for_a_day() {
    let mut s = Scene::new().await;
    let posted = s.say("first").findings(&["jwt.expired"]).posted().await;
    let id = posted.comment.id;
    s.later(hours(24));
    let visitor = s.visitor("198.51.100.9").await;
    assert!(s.comments.may_edit(&posted.comment, &posted.edit_token, s.now));
    let changed = NewComment::parse(Draft {
        author: "Ada".into(),
        body: "second".into(),
        outcome: "fixed".into(),
        ..Draft::default()
    });
    let edited =
        s.comments.edit(id, &posted.edit_token, changed.unwrap(), &visitor, s.now).await.unwrap().comment;
    assert_eq!(edited.edited, Some(s.now));
    assert_eq!(edited.findings, ["jwt.expired"]);
    assert_eq!((edited.author.as_deref(), edited.outcome), (Some("Ada"), Outcome::Fixed));
    assert_eq!(s.comments.get(id).await.unwrap(), Some(edited));
    assert_eq!(s.shown().await, ["second"]);

    s.later(minutes(1));
    assert!(!s.comments.may_edit(&posted.comment, &posted.edit_token, s.now));
    let late = s.comments.edit(id, &posted.edit_token, new("third"), &visitor, s.now).await.unwrap_err();
    assert_eq!(
        late.to_string(),
        "A comment can be changed for 24 hours after it was posted; that time is over."
    );
    let late = s.comments.delete(id, &posted.edit_token, s.now).await;
    assert!(matches!(late, Err(Refused::TooLate { .. })));
    assert_eq!(s.shown().await, ["second"]);
}

#[tokio::test]
async fn nobody_else_can_change_or_delete_a_comment() {
    let s = Scene::new().await;
    let mine = s.say("mine").posted().await;
    let other = s.say("other").posted().await;
    let visitor = s.visitor("192.0.2.1").await;
    for token in ["", "x", &other.edit_token] {
        let id = mine.comment.id;
        assert!(matches!(
            s.comments.edit(id, token, new("bad"), &visitor, s.now).await,
            Err(Refused::NotYours)
        ));
        assert!(matches!(s.comments.delete(id, token, s.now).await, Err(Refused::NotYours)));
        assert!(!s.comments.may_edit(&mine.comment, token, s.now));
    }
    let nothing = Uuid::from_u128(1);
    let refused = s.comments.delete(nothing, &mine.edit_token, s.now).await;
    assert!(matches!(refused, Err(Refused::NoSuchComment)));
    assert_eq!(s.shown().await, ["mine", "other"]);
}

#[tokio::test]
async fn an_edit_token_is_good_on_every_instance() {
    let s = Scene::new().await;
    let posted = s.say("first").posted().await;
    let other = s.instance().await;
    let visitor = s.visitor("192.0.2.1").await;
    other.edit(posted.comment.id, &posted.edit_token, new("second"), &visitor, s.now).await.unwrap();
    assert_eq!(s.shown().await, ["second"]);
    assert_eq!(other.fill_time("x", &s.comments.form_token("x", s.now), s.now), FillTime::TooFast);
}

#[tokio::test]
async fn a_change_that_looks_like_spam_takes_the_comment_back_into_the_queue() {
    let s = Scene::new().await;
    let posted = s.say("first").posted().await;
    let visitor = s.visitor("192.0.2.1").await;
    let links = "http://a.io http://b.io http://c.io http://d.io http://e.io";
    let edited =
        s.comments.edit(posted.comment.id, &posted.edit_token, new(links), &visitor, s.now).await.unwrap();
    assert_eq!(edited.comment.held_because, Some(HeldBecause::ManyLinks));
    assert_eq!(s.shown().await, [""; 0]);
    // Taking the links out again does not publish it: a moderator does.
    let edited =
        s.comments.edit(posted.comment.id, &posted.edit_token, new("fine"), &visitor, s.now).await.unwrap();
    assert_eq!(edited.comment.status, Status::Held);
}

#[tokio::test]
async fn a_change_that_is_held_does_not_take_the_answers_of_others_away() {
    let s = Scene::new().await;
    let posted = s.say("the question").author("Ada").posted().await;
    s.say("the answer").answers(&posted.comment).posted().await;
    let visitor = s.visitor("192.0.2.1").await;
    let links = "http://a.io http://b.io http://c.io http://d.io http://e.io";
    s.comments.edit(posted.comment.id, &posted.edit_token, new(links), &visitor, s.now).await.unwrap();
    assert_eq!(s.shown().await, ["(held)", "  the answer"]);
}

#[tokio::test]
async fn a_deleted_comment_with_answers_keeps_its_place_without_its_text() {
    let s = Scene::new().await;
    let top = s.say("the question").author("Ada").posted().await;
    let answer = s.say("the answer").answers(&top.comment).posted().await;
    let deleted = s.comments.delete(top.comment.id, &top.edit_token, s.now).await.unwrap();
    assert_eq!((deleted.author, deleted.body.as_str()), (None, ""));
    assert_eq!(s.shown().await, ["(deleted)", "  the answer"]);
    s.comments.delete(answer.comment.id, &answer.edit_token, s.now).await.unwrap();
    assert_eq!(s.shown().await, [""; 0]);
    let again = s.comments.delete(answer.comment.id, &answer.edit_token, s.now).await;
    assert!(matches!(again, Err(Refused::NoSuchComment)));
    let stored = s.comments.get(answer.comment.id).await.unwrap().unwrap();
    assert_eq!((stored.status, stored.body.as_str()), (Status::Deleted, ""));
}

#[tokio::test]
async fn a_comment_that_a_moderator_took_down_can_be_deleted_but_not_changed() {
    let s = Scene::new().await;
    let posted = s.say("first").posted().await;
    s.moderate(&posted.comment, Ruling::Hide).await;
    let visitor = s.visitor("192.0.2.1").await;
    let id = posted.comment.id;
    let edit = s.comments.edit(id, &posted.edit_token, new("second"), &visitor, s.now).await;
    assert!(matches!(edit, Err(Refused::NoSuchComment)));
    s.comments.delete(id, &posted.edit_token, s.now).await.unwrap();
}

#[tokio::test]
async fn helped_counts_once_for_each_network() {
    let s = Scene::new().await;
    let comment = s.say("It was the clock.").comment().await;
    let (one, other) = (s.visitor("192.0.2.8").await, s.visitor("2001:db8::1").await);
    let neighbour = s.visitor("2001:db8::2").await;
    assert_eq!(s.comments.helped(comment.id, &one, s.now).await.unwrap(), 1);
    assert_eq!(s.comments.helped(comment.id, &one, s.now).await.unwrap(), 1);
    assert_eq!(s.comments.helped(comment.id, &other, s.now).await.unwrap(), 2);
    assert_eq!(s.comments.helped(comment.id, &neighbour, s.now).await.unwrap(), 2);
    assert_eq!(s.comments.get(comment.id).await.unwrap().unwrap().helped, 2);
    let held = s.say("held").trap("x").comment().await;
    assert!(matches!(s.comments.helped(held.id, &one, s.now).await, Err(Refused::NoSuchComment)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_written_at_once_none_is_lost_and_none_is_there_twice() {
    let s = std::sync::Arc::new(Scene::new().await);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..50 {
        let s = s.clone();
        tasks.spawn(async move {
            let address = format!("192.0.2.{n}");
            s.say(&format!("comment {n:02}")).from(&address).posted().await;
        });
    }
    tasks.join_all().await;
    let mut shown = s.shown().await;
    shown.sort();
    assert_eq!(shown, (0..50).map(|n| format!("comment {n:02}")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_pressed_ten_times_at_once_posts_once() {
    let s = std::sync::Arc::new(Scene::new().await);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let s = s.clone();
        tasks.spawn(async move { s.say("It was the clock.").sent().await.is_ok() });
    }
    let taken = tasks.join_all().await.into_iter().filter(|ok| *ok).count();
    assert_eq!((taken, s.shown().await.len()), (1, 1));
}
