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

/// The bodies of the tops on a page, in one line.
async fn page(s: &Scene, view: View) -> String {
    let page = s.comments.thread_page("clock-skew", &view).await.unwrap();
    let bodies: Vec<&str> = page.threads.iter().map(|thread| thread.comment.body.as_str()).collect();
    format!("{} ({} of {})", bodies.join(" "), page.page, page.pages)
}

fn sorted(sort: Sort) -> View {
    View { sort, ..View::default() }
}

#[tokio::test]
async fn threads_stand_in_the_order_that_is_asked_for() {
    let s = Scene::new().await;
    let mut helped = None;
    for body in ["one!", "two!", "three!"] {
        helped = Some(s.say(body).comment().await).filter(|_| body == "two!").or(helped);
    }
    let two = helped.unwrap().id;
    s.comments.helped(two, &s.visitor("192.0.2.9").await, s.now).await.unwrap();
    assert_eq!(page(&s, sorted(Sort::Helpful)).await, "two! one! three! (1 of 1)");
    assert_eq!(page(&s, sorted(Sort::Newest)).await, "three! two! one! (1 of 1)");
    assert_eq!(page(&s, sorted(Sort::Oldest)).await, "one! two! three! (1 of 1)");
}

/// So many comments from as many networks, with a name that is their number.
async fn flood(s: &Scene, number: usize, parent: Option<&Comment>) -> Vec<Comment> {
    let mut posted = Vec::new();
    for n in 0..number {
        let address = format!("10.{}.{}.1", n / 250, n % 250);
        let body = format!("b{n:02}");
        let post = Post { scene: s, address: &address, ..s.say(&body) };
        let post = match parent {
            Some(parent) => post.answers(parent),
            None => post,
        };
        posted.push(post.comment().await);
    }
    posted
}

#[tokio::test]
async fn a_comment_is_found_on_its_page_in_every_order() {
    let s = Scene::new().await;
    let posted = flood(&s, 45, None).await;
    s.comments.helped(posted[44].id, &s.visitor("192.0.2.9").await, s.now).await.unwrap();
    let oldest = s.comments.thread_page("clock-skew", &sorted(Sort::Oldest)).await.unwrap();
    assert_eq!((oldest.threads.len(), oldest.pages), (20, 3));
    assert_eq!(page(&s, View { page: 3, ..View::default() }).await, "b39 b40 b41 b42 b43 (3 of 3)");
    for sort in Sort::ALL {
        for comment in &posted {
            let view = View { at: Some(comment.id), ..sorted(sort) };
            let found = s.comments.thread_page("clock-skew", &view).await.unwrap();
            assert!(
                found.threads.iter().any(|thread| thread.comment.id == comment.id),
                "{sort:?} {}",
                comment.body
            );
        }
    }
    // Beyond the last page stands the last; what is not there, or elsewhere, is on the first.
    assert!(page(&s, View { page: 99, ..View::default() }).await.ends_with("(3 of 3)"));
    assert!(page(&s, View { at: Some(Uuid::from_u128(1)), ..View::default() }).await.ends_with("(1 of 3)"));
}

#[tokio::test]
async fn a_long_conversation_has_pages_of_its_own() {
    let s = Scene::new().await;
    let top = s.say("the question").from("192.0.2.77").comment().await;
    let answers = flood(&s, 60, Some(&top)).await;
    let first = s.comments.thread_page("clock-skew", &View::default()).await.unwrap();
    assert_eq!((first.threads[0].replies.len(), first.answers[0], first.pages), (20, 60, 1));
    let alone = View { thread: Some(top.id), page: 2, ..View::default() };
    let second = s.comments.thread_page("clock-skew", &alone).await.unwrap();
    assert_eq!((second.threads[0].replies.len(), second.page, second.pages), (10, 2, 2));
    for answer in &answers {
        let view = View { at: Some(answer.id), ..View::default() };
        let found = s.comments.thread_page("clock-skew", &view).await.unwrap();
        assert!(found.threads.iter().any(|thread| thread.replies.contains(answer)), "{}", answer.body);
    }
    assert_eq!(s.comments.thread_page("token-expired", &alone).await.unwrap().threads, []);
}

#[tokio::test]
async fn a_page_is_read_from_an_index_whatever_its_order() {
    let s = Scene::new().await;
    if s.database.is_postgres {
        return; // PostgreSQL reads a small table from end to end, and is right to.
    }
    let visible = "SELECT * FROM comment AS top WHERE top.slug = 'a' AND top.parent IS NULL AND (top.status = 'published' \
        OR EXISTS (SELECT 1 FROM comment AS answer WHERE answer.thread = top.id AND answer.status = 'published' \
        AND answer.parent IS NOT NULL)) ORDER BY";
    for (order, index) in [
        ("top.pinned DESC, top.helped DESC, top.id LIMIT 20", "comment_tops_by_help"),
        ("top.id DESC LIMIT 20", "comment_tops_by_time"),
    ] {
        let explain = format!("EXPLAIN QUERY PLAN {visible} {order}");
        let plan = store::inspect(&s.comments, &explain).await.join("; ");
        assert!(plan.contains(index) && plan.contains("comment_answers") && !plan.contains("TEMP"), "{plan}");
    }
}
