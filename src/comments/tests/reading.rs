//! What readers see.

use super::*;

#[tokio::test]
async fn a_hidden_comment_shows_nothing_of_itself_and_keeps_the_place_of_its_answers() {
    let s = Scene::new().await;
    let top = s.say("rude words").author("Rude").findings(&["jwt.expired"]).comment().await;
    s.say("a polite answer").answers(&top).posted().await;
    let alone = s.say("more rude words").comment().await;
    s.moderate(&top, Ruling::Hide).await;
    s.moderate(&alone, Ruling::Hide).await;
    assert_eq!(s.shown().await, ["(hidden)", "  a polite answer"]);
    let threads = s.comments.threads("clock-skew").await.unwrap();
    assert_eq!((threads[0].comment.author.as_deref(), threads[0].comment.findings.len()), (None, 0));
    s.moderate(&top, Ruling::Publish).await;
    assert_eq!(s.shown().await, ["rude words", "  a polite answer"]);
}

#[tokio::test]
async fn a_hidden_answer_is_left_out() {
    let s = Scene::new().await;
    let top = s.say("the question").comment().await;
    let rude = s.say("a rude answer").answers(&top).comment().await;
    s.say("an answer to that").answers(&rude).posted().await;
    s.moderate(&rude, Ruling::Hide).await;
    assert_eq!(s.shown().await, ["the question", "  an answer to that"]);
}

#[tokio::test]
async fn pages_of_threads_follow_each_other_without_gap_or_overlap() {
    let s = Scene::with(|settings| settings.per_ten_minutes = 100).await;
    let mut tops = Vec::new();
    for n in 0..7 {
        tops.push(s.say(&format!("question {n}")).comment().await);
    }
    s.say("late answer").answers(&tops[0]).posted().await;
    let gone = s.say("last answer").answers(&tops[3]).comment().await;
    // One is hidden and has no answer, one is hidden and has one, one is held.
    s.moderate(&tops[1], Ruling::Hide).await;
    s.moderate(&tops[3], Ruling::Hide).await;
    s.say("held").trap("x").posted().await;
    let all = s.comments.threads("clock-skew").await.unwrap();
    assert_eq!(all.len(), 6);

    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = s.comments.threads_after("clock-skew", after, 2).await.unwrap();
        assert!(page.items.len() <= 2);
        paged.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, all);

    s.moderate(&gone, Ruling::Delete).await;
    let page = s.comments.threads_after("clock-skew", None, 100).await.unwrap();
    assert_eq!(page.items, s.comments.threads("clock-skew").await.unwrap());
    assert_eq!(page.items.len(), 5);
}

#[tokio::test]
async fn tallies_count_what_is_published() {
    let s = Scene::with(|settings| settings.per_ten_minutes = 100).await;
    for (n, outcome) in
        [Outcome::Fixed, Outcome::Fixed, Outcome::Partly, Outcome::NotFixed, Outcome::Question]
            .into_iter()
            .enumerate()
    {
        s.say(&format!("comment {n}")).outcome(outcome).posted().await;
    }
    s.say("elsewhere").under("token-expired").outcome(Outcome::Fixed).posted().await;
    let hidden = s.say("hidden").outcome(Outcome::Fixed).comment().await;
    s.moderate(&hidden, Ruling::Hide).await;
    s.say("held").outcome(Outcome::Fixed).trap("x").posted().await;
    let tallies = s.comments.tallies().await.unwrap();
    assert_eq!(tallies["clock-skew"], Tally { fixed: 2, partly: 1, not_fixed: 1, comments: 5 });
    assert_eq!(tallies["token-expired"], Tally { fixed: 1, partly: 0, not_fixed: 0, comments: 1 });
    assert_eq!(tallies.len(), 2);
}

#[tokio::test]
async fn recent_comments_come_newest_first_in_pages() {
    let s = Scene::with(|settings| settings.per_ten_minutes = 100).await;
    for n in 0..5 {
        s.say(&format!("comment {n}")).under(if n == 2 { "other" } else { "clock-skew" }).posted().await;
    }
    s.say("held").trap("x").posted().await;
    let bodies = |page: &[Comment]| page.iter().map(|c| c.body.clone()).collect::<Vec<_>>();
    assert_eq!(bodies(&s.comments.recent(2).await.unwrap()), ["comment 4", "comment 3"]);
    let page = s.comments.recent_before(None, None, 3).await.unwrap();
    let rest = s.comments.recent_before(None, page.next, 3).await.unwrap();
    assert_eq!(bodies(&rest.items), ["comment 1", "comment 0"]);
    assert_eq!(rest.next, None);
    let under = s.comments.recent_before(Some("other"), None, 3).await.unwrap();
    assert_eq!(bodies(&under.items), ["comment 2"]);
}

#[tokio::test]
async fn one_network_confirms_an_article_once_with_its_last_word() {
    let s = Scene::with(|settings| settings.per_ten_minutes = 100).await;
    s.say("did nothing").outcome(Outcome::NotFixed).posted().await;
    s.say("a question").outcome(Outcome::Question).posted().await;
    s.say("it did after all").outcome(Outcome::Fixed).findings(&["jwt.expired"]).posted().await;
    s.say("here too").outcome(Outcome::Partly).from("192.0.2.2").posted().await;
    let confirmation = |outcome, findings: &[&str]| Confirmation {
        slug: "clock-skew".into(),
        outcome,
        findings: findings.iter().map(|id| (*id).to_owned()).collect(),
    };
    assert_eq!(
        s.comments.confirmations().await.unwrap(),
        [confirmation(Outcome::Fixed, &["jwt.expired"]), confirmation(Outcome::Partly, &[])]
    );
}
