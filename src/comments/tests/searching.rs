//! What readers searched for in vain.

use super::*;

async fn missed(s: &Scene) -> Vec<(String, i64)> {
    let found = s.comments.missed_searches(10).await.unwrap();
    found.into_iter().map(|missed| (missed.words, missed.times)).collect()
}

#[tokio::test]
async fn what_is_searched_for_in_vain_is_counted_without_regard_to_case_and_spaces() {
    let mut s = Scene::new().await;
    s.comments.note_missed_search("Kerberos  SPNEGO", s.now);
    s.comments.note_missed_search("hawk", s.now);
    assert_eq!(missed(&s).await.len(), 2);
    s.later(minutes(1));
    s.comments.note_missed_search(" kerberos spnego ", s.now);
    s.comments.note_missed_search(" \0 ", s.now);
    assert_eq!(missed(&s).await, [("kerberos spnego".to_owned(), 2), ("hawk".to_owned(), 1)]);
    assert_eq!(s.comments.missed_searches(1).await.unwrap()[0].latest, s.now);
}

#[tokio::test]
async fn nothing_that_looks_like_a_secret_or_a_paste_is_kept() {
    let s = Scene::new().await;
    s.comments.note_missed_search("ghp_16C7e42F292c6912E7710c838347Ae178B4a", s.now);
    s.comments.note_missed_search(&"word ".repeat(40), s.now);
    assert_eq!(missed(&s).await, []);
}

#[tokio::test]
async fn what_nobody_searched_for_in_ninety_days_is_forgotten() {
    let mut s = Scene::new().await;
    s.comments.note_missed_search("hawk", s.now);
    s.comments.tend(s.now).await.unwrap();
    s.later(days(89));
    s.comments.note_missed_search("mac", s.now);
    s.comments.tend(s.now).await.unwrap();
    assert_eq!(missed(&s).await.len(), 2);
    s.later(days(2));
    s.comments.tend(s.now).await.unwrap();
    assert_eq!(missed(&s).await, [("mac".to_owned(), 1)]);
}
