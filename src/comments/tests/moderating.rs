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
    let hidden = s.comments.rule(comment.id, Ruling::Hide, "ada", s.now).await.unwrap();
    assert_eq!(hidden.status, Status::Hidden);
    s.later(minutes(1));
    s.comments.rule(comment.id, Ruling::Hide, "bob", s.now).await.unwrap();
    s.comments.rule(comment.id, Ruling::Publish, "bob", s.now).await.unwrap();
    let deleted = s.comments.rule(comment.id, Ruling::Delete, "bob", s.now).await.unwrap();
    assert_eq!((deleted.status, deleted.body.as_str()), (Status::Deleted, ""));
    let again = s.comments.rule(comment.id, Ruling::Publish, "bob", s.now).await;
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
        s.comments.rule(nothing, Ruling::Publish, "mo", s.now).await,
        Err(Refused::NoSuchComment)
    ));
    assert!(matches!(s.comments.ban(nothing, "x", None, "mo", s.now).await, Err(Refused::NoSuchComment)));
    assert!(!s.comments.unban(nothing, "mo", s.now).await.unwrap());
}

#[tokio::test]
async fn what_moderators_mark_as_spam_is_learned_and_forgotten_again() {
    let s = Scene::with(|settings| settings.per_day = 1000).await;
    let again = |n: usize| format!("cheap replica watches number {n}, free shipping, click here");
    let mut spam = Vec::new();
    for n in 0..10 {
        let comment = s.say(&again(n)).from(&format!("10.0.{n}.1")).comment().await;
        assert_eq!(s.moderate(&comment, Ruling::Spam).await.status, Status::Hidden);
        spam.push(comment);
        let from = format!("10.1.{n}.1");
        let fine =
            s.say(&format!("the clock of host {n} was off, chronyd fixed it")).from(&from).comment().await;
        s.moderate(&fine, Ruling::Keep).await;
    }
    let next = s.say("Replica watches with free shipping!").from("10.2.0.1").comment().await;
    assert_eq!((next.status, next.held_because), (Status::Held, Some(HeldBecause::LikelySpam)));
    let fine = s.say("It was the clock, chronyd fixed it").from("10.2.1.1").comment().await;
    assert_eq!(fine.status, Status::Published);
    // A mistake is taken back: with nine marked as spam too little is known.
    s.moderate(&spam[0], Ruling::Publish).await;
    let next = s.say("Replica watches and free shipping!").from("10.2.2.1").comment().await;
    assert_eq!(next.status, Status::Published);
}

#[tokio::test]
async fn a_muted_word_holds_what_has_it_until_it_may_pass() {
    let s = Scene::new().await;
    assert!(s.comments.mute("Casino", "mo", s.now).await.unwrap());
    assert!(!s.comments.mute("!?\u{200B}", "mo", s.now).await.unwrap(), "nothing to compare");
    let held = s.say("the best саsіnо").comment().await;
    assert_eq!(held.held_because, Some(HeldBecause::MutedWord));
    s.comments.unmute("CASINO", "mo", s.now).await.unwrap();
    assert!(s.say("the best casino of all").comment().await.is_published());
    let deeds = s.comments.deeds(None, None, 9).await.unwrap().items;
    let done: Vec<_> =
        deeds.iter().map(|deed| (deed.what.as_str(), deed.about.as_deref().unwrap())).collect();
    assert_eq!(done, [("unmute", "CASINO"), ("mute", "Casino")]);
}

#[tokio::test]
async fn nobody_can_write_under_a_locked_article() {
    let s = Scene::new().await;
    let top = s.say("here first").comment().await;
    s.comments.lock("clock-skew", "Ask the vendor.", "mo", s.now).await.unwrap();
    for refused in [s.say("late").sent().await, s.say("an answer").answers(&top).sent().await] {
        let says = refused.unwrap_err().to_string();
        assert_eq!(says, "Nothing can be written under this article at the moment. Ask the vendor.");
    }
    s.say("elsewhere").under("token-expired").posted().await;
    s.comments.unlock("clock-skew", "mo", s.now).await.unwrap();
    s.say("open again").posted().await;
}

#[tokio::test]
async fn what_is_set_on_top_stands_on_top_and_an_official_answer_is_marked() {
    let s = Scene::new().await;
    s.say("one!").posted().await;
    let two = s.say("two!").comment().await;
    s.moderate(&two, Ruling::Pin).await;
    let marked = s.moderate(&two, Ruling::Official).await;
    assert!(marked.pinned && marked.official);
    let first = |page: ThreadPage| page.threads[0].comment.clone();
    assert_eq!(first(s.comments.thread_page("clock-skew", &View::default()).await.unwrap()), marked);
    s.moderate(&two, Ruling::Unpin).await;
    assert_eq!(first(s.comments.thread_page("clock-skew", &View::default()).await.unwrap()).body, "one!");
}

#[tokio::test]
async fn reports_are_counted_once_a_network_and_settled_by_a_decision() {
    let mut s = Scene::new().await;
    let comment = s.say("rude words").comment().await;
    for (address, reason) in [
        ("192.0.2.1", ReportReason::Rude),
        ("192.0.2.1", ReportReason::Spam),
        ("198.51.100.1", ReportReason::Rude),
        ("203.0.113.1", ReportReason::Other),
    ] {
        s.comments.report(comment.id, reason, &s.visitor(address).await, s.now).await.unwrap();
    }
    let rude = Reports { reason: ReportReason::Rude, times: 2 };
    let other = Reports { reason: ReportReason::Other, times: 1 };
    assert_eq!(s.comments.reported(9).await.unwrap(), [(comment.clone(), vec![rude, other])]);
    s.moderate(&comment, Ruling::Keep).await;
    assert_eq!(s.comments.reported(9).await.unwrap(), []);

    let visitor = s.visitor("192.0.2.200").await;
    let mut last = Ok(());
    for n in 0..11 {
        let comment = s.say(&format!("number {n}")).from(&format!("10.0.{n}.1")).comment().await;
        last = s.comments.report(comment.id, ReportReason::Spam, &visitor, s.now).await;
    }
    assert!(matches!(last, Err(Refused::Limited { .. })), "{last:?}");
    s.later(hours(25));
    let visitor = s.visitor("192.0.2.200").await;
    let again = s.comments.report(comment.id, ReportReason::Spam, &visitor, s.now).await;
    assert!(again.is_ok(), "{again:?}");
}

#[tokio::test]
async fn comments_are_found_by_what_they_say_of_the_article() {
    let s = Scene::new().await;
    s.say("it worked").outcome(Outcome::Fixed).posted().await;
    s.say("it did not").outcome(Outcome::NotFixed).posted().await;
    let filter = Filter { outcome: Some(Outcome::NotFixed), ..Filter::default() };
    let found = s.comments.all(&filter, None, 9).await.unwrap().items;
    assert_eq!(found.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>(), ["it did not"]);
}

#[tokio::test]
async fn all_from_one_network_is_erased_with_what_was_kept_of_it() {
    let s = Scene::new().await;
    let first = s.say("my name is Ada").author("Ada").from("192.0.2.1").comment().await;
    s.say("again me").under("token-expired").from("192.0.2.1").posted().await;
    let other = s.say("somebody else").from("198.51.100.1").comment().await;
    s.comments.helped(other.id, &s.visitor("192.0.2.1").await, s.now).await.unwrap();
    let erased = s.comments.erase_all_of(first.id, "mo", s.now).await.unwrap();
    assert_eq!(erased.iter().map(|c| c.slug.as_str()).collect::<Vec<_>>(), ["clock-skew", "token-expired"]);
    let mut lines = Vec::new();
    s.comments.export(&mut lines).await.unwrap();
    let lines = String::from_utf8(lines).unwrap();
    assert!(!lines.contains("Ada") && !lines.contains("again me") && lines.contains("somebody else"));
    assert!(!lines.contains("\"row\":\"helped\""));
    let again = s.comments.erase_all_of(first.id, "mo", s.now).await;
    assert!(matches!(again, Err(Refused::NoSuchComment)), "its network is forgotten");
}

#[tokio::test]
async fn what_nobody_sees_is_erased_when_its_time_is_over() {
    let mut s = Scene::with(|settings| settings.keep_unseen = Some(days(30))).await;
    let held = s.say("held").trap("x").comment().await;
    let hidden = s.say("hidden").comment().await;
    let shown = s.say("shown").comment().await;
    s.later(days(20));
    s.moderate(&hidden, Ruling::Hide).await;
    s.later(days(11));
    s.comments.tend(s.now).await.unwrap();
    let body = async |s: &Scene, comment: &Comment| s.comments.get(comment.id).await.unwrap().unwrap().body;
    assert_eq!(body(&s, &held).await, "");
    assert_eq!(body(&s, &hidden).await, "hidden", "it was hidden eleven days ago");
    s.later(days(20));
    s.comments.tend(s.now).await.unwrap();
    assert_eq!((body(&s, &hidden).await, body(&s, &shown).await), (String::new(), "shown".to_owned()));
}
