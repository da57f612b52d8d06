//! One click: stored once a day for each network, taken back, forgotten in time, and heard by other instances.

use super::*;
use crate::comments::{NewAnswer, Weight};

fn says(outcome: &str) -> NewAnswer {
    NewAnswer::parse(outcome, vec!["jwt.expired".into()]).expect("an answer")
}

impl Scene {
    async fn answers(&self, address: &str, outcome: &str) -> crate::comments::Answered {
        let visitor = self.visitor(address).await;
        let answered =
            self.comments.answer("clock-skew", says(outcome), &visitor, FillTime::Fresh, self.now).await;
        answered.expect("it is taken")
    }

    async fn said(&self) -> Vec<String> {
        let said = self.comments.testimonies().await.unwrap();
        said.iter().map(|one| format!("{} {:?}", one.outcome, one.weight)).collect()
    }
}

#[tokio::test]
async fn a_network_has_one_answer_a_day_for_an_article() {
    let mut s = Scene::new().await;
    let first = s.answers("192.0.2.1", "fixed").await;
    let second = s.answers("192.0.2.1", "not-fixed").await;
    assert_eq!(first.answer.id, second.answer.id);
    s.answers("192.0.2.2", "fixed").await;
    s.later(days(1));
    s.answers("192.0.2.1", "fixed").await;
    assert_eq!(s.said().await, ["fixed Clicked", "fixed Clicked", "not-fixed Clicked"]);
    let tally = s.comments.tallies().await.unwrap()["clock-skew"];
    assert_eq!((tally.fixed, tally.not_fixed, tally.comments), (2, 1, 0));
}

#[tokio::test]
async fn only_its_author_takes_an_answer_back_and_only_for_a_day() {
    let mut s = Scene::new().await;
    let answered = s.answers("192.0.2.1", "fixed").await;
    let id = answered.answer.id;
    assert!(matches!(s.comments.take_back(id, "wrong", s.now).await, Err(Refused::NotYours)));
    s.later(hours(25));
    assert!(matches!(s.comments.take_back(id, &answered.token, s.now).await, Err(Refused::TooLate { .. })));
    let answered = s.answers("192.0.2.1", "partly").await;
    s.comments.take_back(answered.answer.id, &answered.token, s.now).await.expect("it is taken back");
    let again = s.comments.take_back(answered.answer.id, &answered.token, s.now).await;
    assert!(matches!(again, Err(Refused::NoSuchComment)));
    assert_eq!(s.said().await, ["fixed Clicked"]);
}

#[tokio::test]
async fn comments_say_the_same_and_more_once_a_moderator_published_them() {
    let s = Scene::new().await;
    s.say("It was chronyd.").outcome(Outcome::Fixed).findings(&["jwt.expired"]).comment().await;
    let held = s.say("Cheap watches.").from("192.0.2.2").outcome(Outcome::NotFixed).trap("x").comment().await;
    assert_eq!(s.said().await, ["fixed Published"]);
    s.moderate(&held, Ruling::Publish).await;
    assert_eq!(s.said().await, ["not-fixed Approved", "fixed Published"]);
    let said = s.comments.testimonies().await.unwrap();
    assert!(said.iter().any(|one| one.findings == ["jwt.expired"]));
}

#[tokio::test]
async fn what_comes_too_fast_or_from_a_program_counts_as_bare() {
    let s = Scene::new().await;
    for (address, fill) in
        [("192.0.2.1", FillTime::NoForm), ("192.0.2.2", FillTime::TooFast), ("192.0.2.3", FillTime::Forged)]
    {
        let visitor = s.visitor(address).await;
        s.comments.answer("clock-skew", says("fixed"), &visitor, fill, s.now).await.expect("it is taken");
    }
    assert!(s.comments.testimonies().await.unwrap().iter().all(|one| one.weight == Weight::Bare));
}

#[tokio::test]
async fn a_network_that_is_forgotten_leaves_its_last_word_on_each_article() {
    let mut s = Scene::new().await;
    for outcome in ["fixed", "fixed", "not-fixed"] {
        s.answers("192.0.2.1", outcome).await;
        s.later(days(1));
    }
    s.answers("192.0.2.2", "fixed").await;
    s.later(days(70));
    s.comments.tend(s.now).await.unwrap();
    let said = s.comments.testimonies().await.unwrap();
    assert!(said.iter().all(|one| one.network.is_none()), "a hash is kept for ever");
    assert_eq!(s.said().await, ["fixed Clicked", "not-fixed Clicked"]);
}

#[tokio::test]
async fn a_network_that_is_shut_out_is_not_heard() {
    let s = Scene::new().await;
    let comment = s.say("Spam.").comment().await;
    s.comments.ban(comment.id, "spam", None, "mo", s.now).await.unwrap();
    let visitor = s.visitor("192.0.2.1").await;
    let refused = s.comments.answer("clock-skew", says("fixed"), &visitor, FillTime::Fresh, s.now).await;
    assert!(matches!(refused, Err(Refused::Banned)));
}

#[tokio::test]
async fn the_newest_switch_holds_and_all_of_them_are_in_the_log() {
    let mut s = Scene::new().await;
    for (slug, is_on) in [("clock-skew", false), ("", false), ("clock-skew", true)] {
        s.comments.switch(slug, is_on, "mo", s.now).await.unwrap();
        s.later(minutes(1));
    }
    let switches = s.comments.switches().await.unwrap();
    let shown: Vec<(&str, bool)> = switches.iter().map(|one| (one.slug.as_str(), one.is_on)).collect();
    assert_eq!(shown, [("", false), ("clock-skew", true)]);
    let deeds = s.comments.deeds(None, None, 10).await.unwrap().items;
    let done: Vec<&str> = deeds.iter().map(|deed| deed.what.as_str()).collect();
    assert_eq!(done, ["learning-on clock-skew", "learning-off ", "learning-off clock-skew"]);
}

#[tokio::test]
async fn who_listens_hears_of_an_answer_on_another_instance_too() {
    let s = Scene::new().await;
    let other = s.instance().await;
    // On SQLite there is one instance: it hears itself.
    let mut changes = if s.database.is_postgres { other.changes() } else { s.comments.changes() };
    s.answers("192.0.2.1", "fixed").await;
    assert_eq!(changes.recv().await.unwrap(), Change::Article("clock-skew".into()));
    s.comments.switch("", false, "mo", s.now).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), Change::Article(String::new()));
}

#[test]
fn a_question_or_a_note_is_no_answer() {
    for outcome in ["question", "note", "", "maybe"] {
        let problems = NewAnswer::parse(outcome, Vec::new()).expect_err(outcome);
        assert_eq!(problems[0].field, "outcome");
    }
}
