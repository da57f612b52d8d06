//! Comments as pages show them. Forms, posting and feeds are elsewhere.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::page;
use super::state::State;
use crate::comments::{Comment, Outcome, Status, Tally, Thread};
use crate::library::{Article, Library};
use crate::markdown::{self, Html};

/// How long a page waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many comments the first page shows.
const LATELY: usize = 4;

/// What stands under an article.
pub struct Discussion {
    pub threads: Vec<ThreadShown>,
    /// How many readers said that the article fixed it.
    pub fixed: usize,
    /// How many comments are shown.
    pub total: usize,
    /// Whether the comments could be read.
    pub available: bool,
}

/// A comment and the answers to it.
pub struct ThreadShown {
    pub comment: CommentShown,
    pub replies: Vec<CommentShown>,
}

/// A comment, ready to be printed.
pub struct CommentShown {
    /// The fragment of its place on the page is `comment-` and this.
    pub id: String,
    pub author: String,
    pub html: Html,
    pub outcome: Outcome,
    /// Whether its text was taken away.
    pub gone: bool,
    pub created: Moment,
    pub edited: bool,
    pub helped: usize,
}

/// A time for people and for programs.
pub struct Moment {
    pub day: String,
    pub exact: String,
}

impl Moment {
    /// The day in UTC, and the second.
    pub fn of(time: Timestamp) -> Moment {
        let day = page::long_date(TimeZone::UTC.to_datetime(time).date());
        Moment { day, exact: time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() }
    }
}

impl CommentShown {
    pub fn of(comment: &Comment) -> CommentShown {
        let gone = comment.status != Status::Published;
        CommentShown {
            id: comment.id.to_string(),
            author: comment.author_shown().to_owned(),
            html: if gone { Html::default() } else { markdown::comment(&comment.body) },
            outcome: comment.outcome,
            gone,
            created: Moment::of(comment.created),
            edited: comment.edited.is_some(),
            helped: usize::try_from(comment.helped).unwrap_or(0),
        }
    }
}

impl Discussion {
    /// Reads what is shown under an article. Without the database the article is shown all the same.
    pub async fn of(state: &State, article: &Article) -> Discussion {
        let read = match state.comments() {
            Ok(comments) => patiently(comments.threads(&article.slug)).await,
            Err(_) => None,
        };
        let available = read.is_some();
        let threads = read.unwrap_or_default();
        let everything =
            || threads.iter().flat_map(|thread| std::iter::once(&thread.comment).chain(&thread.replies));
        let published = || everything().filter(|comment| comment.is_published());
        Discussion {
            fixed: published().filter(|comment| comment.outcome == Outcome::Fixed).count(),
            total: published().count(),
            threads: threads.iter().map(shown).collect(),
            available,
        }
    }
}

fn shown(thread: &Thread) -> ThreadShown {
    ThreadShown {
        comment: CommentShown::of(&thread.comment),
        replies: thread.replies.iter().map(CommentShown::of).collect(),
    }
}

/// What readers said of each article; nothing while the database is away or slow.
pub async fn tallies(state: &State) -> Option<HashMap<String, Tally>> {
    patiently(state.comments().ok()?.tallies()).await
}

/// How many readers an article helped.
pub fn fixed(tallies: &HashMap<String, Tally>, slug: &str) -> usize {
    tallies.get(slug).map_or(0, |tally| usize::try_from(tally.fixed).unwrap_or(0))
}

/// Waits for the database, but not so long that pages that need it little are held up.
async fn patiently<T, E>(asked: impl Future<Output = Result<T, E>>) -> Option<T> {
    tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()
}

/// A comment as the first page shows it: what it is about and its first words.
pub struct Lately {
    pub title: String,
    pub href: String,
    pub outcome: Outcome,
    pub author: String,
    pub words: String,
    pub created: Moment,
}

/// The newest comments, those that say that something was fixed before the others; and whether they could be read.
pub async fn lately(state: &State, library: &Library) -> (Vec<Lately>, bool) {
    let Ok(comments) = state.comments() else { return (Vec::new(), false) };
    let Some(mut recent) = patiently(comments.recent(4 * LATELY)).await else { return (Vec::new(), false) };
    recent.sort_by_key(|comment| comment.outcome != Outcome::Fixed);
    let shown = recent.iter().filter_map(|comment| {
        let article = library.article(&comment.slug)?;
        Some(Lately {
            title: article.title.clone(),
            href: format!("{}#comment-{}", article.url(), comment.id),
            outcome: comment.outcome,
            author: comment.author_shown().to_owned(),
            words: first_words(&comment.body),
            created: Moment::of(comment.created),
        })
    });
    (shown.take(LATELY).collect(), true)
}

/// The beginning of a comment as plain text, cut at a word.
fn first_words(body: &str) -> String {
    let plain: String = body.chars().filter(|c| !matches!(c, '`' | '*' | '#' | '>' | '_')).collect();
    let mut words = String::new();
    for word in plain.split_whitespace() {
        if words.chars().count() + word.chars().count() > 160 {
            words.push('…');
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}
