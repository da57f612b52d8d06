//! Limits, networks, bans, keys.

use super::*;

#[tokio::test]
async fn the_sixth_comment_within_ten_minutes_has_to_wait() {
    let mut s = Scene::new().await;
    for n in 0..5 {
        s.say(&format!("comment {n}")).posted().await;
        s.later(minutes(1));
    }
    let refused = s.say("one more").sent().await.unwrap_err();
    assert_eq!(refused.to_string(), "That is a lot in a short time. Please try again in 5 minutes.");
    assert!(matches!(refused, Refused::Limited { retry_after } if retry_after == minutes(5)));
    s.say("from somewhere else").from("192.0.2.2").posted().await;
    s.later(minutes(5));
    s.say("one more").posted().await;
}

#[tokio::test]
async fn the_twenty_first_comment_within_a_day_has_to_wait() {
    let mut s = Scene::new().await;
    for n in 0..20 {
        s.say(&format!("comment {n}")).posted().await;
        s.later(minutes(30));
    }
    let refused = s.say("one more").sent().await.unwrap_err();
    assert_eq!(refused.to_string(), "That is a lot in a short time. Please try again in 14 hours.");
    s.later(hours(14));
    s.say("one more").posted().await;
}

#[tokio::test]
async fn deleting_a_comment_does_not_make_room_for_another() {
    let s = Scene::new().await;
    for n in 0..5 {
        let posted = s.say(&format!("comment {n}")).posted().await;
        s.comments.delete(posted.comment.id, &posted.edit_token, s.now).await.unwrap();
    }
    assert!(matches!(s.say("one more").sent().await, Err(Refused::Limited { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_holds_for_what_comes_at_once_on_several_instances() {
    let s = std::sync::Arc::new(Scene::new().await);
    // On SQLite there is one instance.
    let other = if s.database.is_postgres { s.instance().await } else { Scene::new().await.comments };
    let other = std::sync::Arc::new(other);
    let visitor = s.visitor("192.0.2.1").await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20 {
        let (s, other) = (s.clone(), other.clone());
        let use_other = s.database.is_postgres && n % 2 == 0;
        tasks.spawn(async move {
            let comments = if use_other { &other } else { &s.comments };
            comments
                .post("clock-skew", new(&format!("comment {n}")), &visitor, FillTime::Fresh, s.now)
                .await
                .is_ok()
        });
    }
    let taken = tasks.join_all().await.into_iter().filter(|ok| *ok).count();
    assert_eq!((taken, s.shown().await.len()), (5, 5));
}

#[tokio::test]
async fn a_limit_outlives_a_change_of_key() {
    let mut s = Scene::new().await;
    s.go_to_the_eve_of_another_key();
    let before = s.visitor("192.0.2.1").await;
    for n in 0..5 {
        s.say(&format!("comment {n}")).posted().await;
    }
    s.later(minutes(2));
    let after = s.visitor("192.0.2.1").await;
    assert_ne!(before.network, after.network);
    assert_eq!(after.earlier, Some(before.network));
    assert!(matches!(s.say("one more").sent().await, Err(Refused::Limited { .. })));
}

#[tokio::test]
async fn helped_counts_once_across_a_change_of_key() {
    let mut s = Scene::new().await;
    s.go_to_the_eve_of_another_key();
    let comment = s.say("It was the clock.").comment().await;
    s.comments.helped(comment.id, &s.visitor("192.0.2.8").await, s.now).await.unwrap();
    s.later(minutes(2));
    let helped = s.comments.helped(comment.id, &s.visitor("192.0.2.8").await, s.now).await.unwrap();
    assert_eq!(helped, 1);
}

#[tokio::test]
async fn all_instances_hash_with_the_same_key() {
    let s = Scene::new().await;
    let here = s.visitor("192.0.2.1").await;
    let there = s.instance().await.visitor("192.0.2.1".parse().unwrap(), s.now).await.unwrap();
    assert_eq!(here, there);
    assert_ne!(here, s.visitor("192.0.2.2").await);
}

#[tokio::test]
async fn after_two_periods_nothing_tells_networks_apart_any_more() {
    let mut s = Scene::new().await;
    let comment = s.say("It was the clock.").comment().await;
    s.comments.helped(comment.id, &s.visitor("192.0.2.8").await, s.now).await.unwrap();
    let before = s.visitor("192.0.2.1").await;
    s.later(days(60));
    s.comments.tend(s.now).await.unwrap();
    let after = s.visitor("192.0.2.1").await;
    assert!(after.network != before.network && after.earlier != Some(before.network));
    let ban = s.comments.ban(comment.id, "too late", None, "mo", s.now).await;
    assert!(matches!(ban, Err(Refused::NoSuchComment)));
    let kept = s.comments.get(comment.id).await.unwrap().unwrap();
    assert_eq!((kept.body.as_str(), kept.helped), ("It was the clock.", 1));
}

#[tokio::test]
async fn a_banned_network_cannot_post_change_or_help() {
    let s = Scene::new().await;
    let posted = s.say("nasty").from("2001:db8:1:2::3").posted().await;
    let ban = s.comments.ban(posted.comment.id, "nasty", None, "mo", s.now).await.unwrap();
    let refused = s.say("again").from("2001:db8:1:2::4").sent().await.unwrap_err();
    assert_eq!(refused.to_string(), "Comments from your network are not taken at the moment.");
    let visitor = s.visitor("2001:db8:1:2::5").await;
    let id = posted.comment.id;
    let edit = s.comments.edit(id, &posted.edit_token, new("nastier"), &visitor, s.now).await;
    assert!(matches!(edit, Err(Refused::Banned)));
    assert!(matches!(s.comments.helped(id, &visitor, s.now).await, Err(Refused::Banned)));
    s.say("next door").from("2001:db8:1:3::3").posted().await;

    assert_eq!(s.comments.bans(s.now).await.unwrap(), std::slice::from_ref(&ban));
    assert!(s.comments.unban(ban.id, "mo", s.now).await.unwrap());
    assert!(!s.comments.unban(ban.id, "mo", s.now).await.unwrap());
    s.say("again").from("2001:db8:1:2::4").posted().await;
}

#[tokio::test]
async fn a_ban_ends_when_it_was_to_end() {
    let mut s = Scene::new().await;
    let comment = s.say("nasty").comment().await;
    let until = s.now + days(1);
    s.comments.ban(comment.id, "nasty", Some(until), "mo", s.now).await.unwrap();
    s.later(hours(23));
    assert!(matches!(s.say("again").sent().await, Err(Refused::Banned)));
    s.later(hours(1));
    assert_eq!(s.comments.bans(s.now).await.unwrap(), []);
    s.say("again").posted().await;
}

#[tokio::test]
async fn a_ban_lasts_as_long_as_its_network_is_seen_in_each_period() {
    let mut s = Scene::new().await;
    let comment = s.say("nasty").comment().await;
    s.comments.ban(comment.id, "nasty", None, "mo", s.now).await.unwrap();
    for _ in 0..4 {
        s.later(days(30));
        s.comments.tend(s.now).await.unwrap();
        assert!(matches!(s.say("again").sent().await, Err(Refused::Banned)));
    }
    s.later(days(60));
    s.comments.tend(s.now).await.unwrap();
    assert_eq!(s.comments.bans(s.now).await.unwrap(), []);
    s.say("again").posted().await;
}
