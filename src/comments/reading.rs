//! What readers see.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::store::{answers, comments, threads};
use super::{Comment, Comments, Confirmation, Page, Status, Tally, Thread, ThreadPage, Unavailable, View};

/// No page is longer, whatever is asked for.
const PAGE_MAX: usize = 500;
/// How many threads stand on a page of an article.
const THREADS: i64 = 20;
/// How many answers stand under each of them before the rest is left to a page of the thread.
const ANSWERS: i64 = 20;
const LISTED: usize = ANSWERS as usize;
/// How many answers stand on such a page.
const ANSWERS_ALONE: i64 = 50;

impl Comments {
    /// One comment, whatever its status. Who may see it is for the caller to decide: everybody when it
    /// [is published](Comment::is_published), its author (see [`Comments::is_author`]) while it is held.
    ///
    /// # Errors
    /// When the database does not answer. So for all that follow.
    pub async fn get(&self, id: Uuid) -> Result<Option<Comment>, Unavailable> {
        comments::by_id(&mut *self.store.read().await?, id).await
    }

    /// What is shown under an article, oldest first.
    pub async fn threads(&self, slug: &str) -> Result<Vec<Thread>, Unavailable> {
        Ok(in_threads(comments::under(&mut *self.store.read().await?, slug).await?))
    }

    /// The next threads under an article after the one with this id, oldest first.
    pub async fn threads_after(
        &self,
        slug: &str,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Page<Thread>, Unavailable> {
        let limit = limit.clamp(1, PAGE_MAX);
        let found =
            comments::under_after(&mut *self.store.read().await?, slug, after, one_more(limit)).await?;
        Ok(page(in_threads(found), limit, |thread| thread.comment.id))
    }

    /// A page of what is shown under an article. It costs the same however many there are.
    pub async fn thread_page(&self, slug: &str, view: &View) -> Result<ThreadPage, Unavailable> {
        let mut conn = self.store.snapshot().await?;
        let tally = threads::tally_of(&mut conn, slug).await?;
        let at = match view.at {
            Some(id) => comments::by_id(&mut conn, id).await?.filter(|c| c.slug == slug && c.is_published()),
            None => None,
        };
        let answers_before = match &at {
            Some(answer) if answer.parent.is_some() => threads::answers_before(&mut conn, answer).await?,
            _ => 0,
        };
        // An answer that is too far down its thread for the page of all stands on the page of its thread.
        let far_down = at.as_ref().filter(|_| answers_before >= ANSWERS).map(|answer| answer.thread);
        if let Some(thread) = view.thread.or(far_down) {
            let top = comments::by_id(&mut conn, thread).await?;
            if let Some(top) = top.filter(|top| top.slug == slug && top.parent.is_none()) {
                let all = threads::how_many_answers(&mut conn, thread).await?;
                let of_at = far_down.map(|_| answers_before / ANSWERS_ALONE);
                let (page, pages) = place(of_at, view.page, all, ANSWERS_ALONE);
                let offset = i64::try_from(page - 1).unwrap_or(0) * ANSWERS_ALONE;
                let replies = threads::answers(&mut conn, thread, offset, ANSWERS_ALONE).await?;
                if top.is_published() || !replies.is_empty() {
                    return Ok(ThreadPage {
                        threads: vec![Thread { comment: shown(top), replies }],
                        answers: vec![usize::try_from(all).unwrap_or(0)],
                        tally,
                        page,
                        pages,
                        alone: Some(thread),
                    });
                }
            }
        }
        let top = match at {
            Some(answer) if answer.parent.is_some() => comments::by_id(&mut conn, answer.thread).await?,
            other => other,
        };
        let of_at = match &top {
            Some(top) => Some(threads::before(&mut conn, top, view.sort).await? / THREADS),
            None => None,
        };
        let all = threads::how_many(&mut conn, slug).await?;
        let (page, pages) = place(of_at, view.page, all, THREADS);
        let offset = i64::try_from(page - 1).unwrap_or(0) * THREADS;
        let mut found = Vec::new();
        let mut answers = Vec::new();
        for top in threads::tops(&mut conn, slug, view.sort, offset, THREADS).await? {
            let mut replies = threads::answers(&mut conn, top.id, 0, ANSWERS + 1).await?;
            let mut count = replies.len();
            if replies.len() > LISTED {
                replies.truncate(LISTED);
                count = usize::try_from(threads::how_many_answers(&mut conn, top.id).await?).unwrap_or(count);
            }
            found.push(Thread { comment: shown(top), replies });
            answers.push(count);
        }
        Ok(ThreadPage { threads: found, answers, tally, page, pages, alone: None })
    }

    /// How often each article was said to help, by comments and by clicks. Articles of which nobody said anything are not in it.
    pub async fn tallies(&self) -> Result<HashMap<String, Tally>, Unavailable> {
        let mut conn = self.store.read().await?;
        let mut tallies = comments::tallies(&mut conn).await?;
        for (slug, clicked) in answers::tallies(&mut conn, None).await? {
            let tally = tallies.entry(slug).or_default();
            *tally = tally.plus(clicked);
        }
        Ok(tallies)
    }

    /// The newest published comments, newest first.
    pub async fn recent(&self, limit: usize) -> Result<Vec<Comment>, Unavailable> {
        Ok(self.recent_before(None, None, limit).await?.items)
    }

    /// The published comments before the one with this id, newest first; under one article when a slug is given.
    pub async fn recent_before(
        &self,
        slug: Option<&str>,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Page<Comment>, Unavailable> {
        let limit = limit.clamp(1, PAGE_MAX);
        let mut conn = self.store.read().await?;
        let found = match slug {
            Some(slug) => comments::newest_under(&mut conn, slug, before, one_more(limit)).await?,
            None => comments::newest(&mut conn, before, one_more(limit)).await?,
        };
        Ok(page(found, limit, |comment| comment.id))
    }

    /// What the published comments say about articles and findings. From one network only the last word on each
    /// article counts, as long as networks are remembered, so that nobody can turn the ranking alone.
    pub async fn confirmations(&self) -> Result<Vec<Confirmation>, Unavailable> {
        let mut said = comments::outcomes(&mut *self.store.read().await?).await?;
        let mut heard = HashSet::new();
        said.reverse();
        said.retain(|(comment, network)| match network {
            Some(network) => heard.insert((network.clone(), comment.slug.clone())),
            None => true,
        });
        said.reverse();
        let confirmation =
            |c: Comment| Confirmation { slug: c.slug, outcome: c.outcome, findings: c.findings };
        Ok(said.into_iter().map(|(comment, _)| confirmation(comment)).collect())
    }
}

/// The page to show, from 1 on, and how many there are: that of the comment that is looked for, else the one that is asked for.
fn place(of_at: Option<i64>, asked: usize, all: i64, on_a_page: i64) -> (usize, usize) {
    let pages = usize::try_from((all + on_a_page - 1) / on_a_page).unwrap_or(1).max(1);
    let page = match of_at {
        Some(before) => usize::try_from(before).unwrap_or(0) + 1,
        None => asked,
    };
    (page.clamp(1, pages), pages)
}

/// How many to ask for, to know whether there are more than `limit`.
pub(super) fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

/// A page of what was found, when one more than `limit` was asked for.
pub(super) fn page<T>(mut found: Vec<T>, limit: usize, id: impl Fn(&T) -> Uuid) -> Page<T> {
    let there_is_more = found.len() > limit;
    found.truncate(limit);
    let next = if there_is_more { found.last().map(id) } else { None };
    Page { items: found, next }
}

/// Puts comments that come thread by thread, oldest first, into their threads. What is not published loses its text, and
/// is left out altogether when nothing hangs on it.
fn in_threads(comments: Vec<Comment>) -> Vec<Thread> {
    let mut threads: Vec<Thread> = Vec::new();
    for comment in comments {
        match threads.last_mut() {
            _ if comment.thread == comment.id => {
                threads.push(Thread { comment: shown(comment), replies: Vec::new() })
            }
            Some(last) if last.comment.id == comment.thread => last.replies.push(comment),
            // Its top is under another article: no such row was ever written.
            _ => {}
        }
    }
    threads.retain(|thread| thread.comment.is_published() || !thread.replies.is_empty());
    threads
}

fn shown(comment: Comment) -> Comment {
    match comment.status {
        Status::Published => comment,
        Status::Held | Status::Hidden | Status::Deleted => {
            Comment { author: None, body: String::new(), findings: Vec::new(), ..comment }
        }
    }
}
