//! Comments as pages show them. Posting, changing and feeds are elsewhere.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::body::Fields;
use super::comments::{Ask, Form};
use super::page;
use super::state::State;
use crate::comments::{Comment, Outcome, Sort, Tally, Thread, View};
use crate::library::{Article, Library};
use crate::markdown::{self, Html};

/// How long a page waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many comments the first page shows.
const LATELY: usize = 4;

/// Among how many of the newest comments they are looked for.
const LOOKED_AT: usize = 50;

/// How many characters of a comment the first page shows.
const BEGINNING: usize = 160;

/// Who gave no name.
const ANONYMOUS: &str = "Anonymous";

/// What stands under an article.
pub struct Discussion {
    pub threads: Vec<ThreadShown>,
    /// How many readers said that the article fixed it.
    pub fixed: usize,
    /// How many comments are shown.
    pub total: usize,
    /// For how many it worked, partly and not at all, in words; nothing when nobody said.
    pub tally: Option<String>,
    /// The form for a comment of one's own; there is none when the comments could not be read.
    pub form: Option<Form>,
    /// The question whether it fixed it.
    pub ask: Option<Ask>,
    /// Why nobody can write here; empty when no reason was given. Nothing when everybody can.
    pub locked: Option<String>,
    /// The orders to choose from, where there is something to put in order.
    pub orders: Vec<Step>,
    /// The pages before and after this one.
    pub before: Option<Step>,
    pub after: Option<Step>,
    /// Which page this is and of how many.
    pub page: (usize, usize),
    /// The way back to all threads, where one stands here alone.
    pub all: Option<String>,
}

/// A step to another order or page.
pub struct Step {
    pub name: String,
    pub href: String,
    /// Whether it is the one that is shown.
    pub here: bool,
}

/// A comment and the answers to it.
pub struct ThreadShown {
    pub comment: CommentShown,
    pub replies: Vec<CommentShown>,
    /// How many answers there are, and where all of them stand, when not all of them stand here.
    pub more: Option<(usize, String)>,
}

/// What an address says about the comments to show: `?sort=newest&page=2`, `?thread=ID&page=2`, `?c=ID`.
pub fn view(query: &str) -> Option<View> {
    let query = Fields::of(query);
    let sort = Sort::ALL.into_iter().find(|sort| sort.id() == query.text("sort"));
    let view = View {
        sort: sort.unwrap_or_default(),
        page: query.text("page").parse().unwrap_or(0),
        at: query.text("c").parse().ok(),
        thread: query.text("thread").parse().ok(),
    };
    // Page 1 in the order of always is the article itself.
    let is_plain = view == View { page: view.page, ..View::default() } && view.page < 2;
    (!is_plain).then_some(view)
}

/// The address of such a part.
fn part(slug: &str, sort: Sort, page: usize, thread: Option<Uuid>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(thread) = thread {
        query.append_pair("thread", &thread.to_string());
    }
    if sort != Sort::default() {
        query.append_pair("sort", sort.id());
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/articles/{slug}{mark}{query}#comments")
}

/// The address of a comment under its article, on whichever page it is.
pub fn place(slug: &str, id: impl std::fmt::Display) -> String {
    format!("/articles/{slug}?c={id}#c-{id}")
}

/// A comment, ready to be printed.
pub struct CommentShown {
    /// The fragment of its place on the article's page is `c-` and this.
    pub id: String,
    /// The slug of its article.
    pub slug: String,
    pub author: String,
    pub html: Html,
    pub outcome: Outcome,
    /// Whether its text was taken away.
    pub gone: bool,
    pub created: Moment,
    pub edited: Option<Moment>,
    pub helped: usize,
    pub pinned: bool,
    pub official: bool,
    /// Which answer it answers, when that is not the comment at the top of its thread.
    pub answers: Option<Answered>,
}

/// An answer that is answered.
pub struct Answered {
    pub id: String,
    pub author: String,
}

/// A time for people and for programs.
pub struct Moment {
    pub day: String,
    /// The day and the minute, for those who need to know.
    pub minute: String,
    pub exact: String,
}

impl Moment {
    /// The day and the minute in UTC, and the second.
    pub fn of(time: Timestamp) -> Moment {
        let local = TimeZone::UTC.to_datetime(time);
        let day = page::long_date(local.date());
        Moment {
            minute: format!("{day}, {} UTC", local.strftime("%H:%M")),
            day,
            exact: time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }
}

impl CommentShown {
    /// A comment as everybody sees it: without its text when it is not published.
    pub fn of(comment: &Comment) -> CommentShown {
        if comment.is_published() {
            return CommentShown::whole(comment);
        }
        let emptied = Comment { author: None, body: String::new(), ..comment.clone() };
        CommentShown { gone: true, ..CommentShown::whole(&emptied) }
    }

    /// A comment with its text, whatever its status: for its author and for moderators.
    pub fn whole(comment: &Comment) -> CommentShown {
        CommentShown {
            id: comment.id.to_string(),
            slug: comment.slug.clone(),
            author: comment.author_shown().to_owned(),
            html: markdown::comment(&comment.body),
            outcome: comment.outcome,
            gone: false,
            created: Moment::of(comment.created),
            edited: comment.edited.map(Moment::of),
            helped: usize::try_from(comment.helped).unwrap_or(0),
            pinned: comment.pinned,
            official: comment.official,
            answers: None,
        }
    }

    /// Its author in the middle of a sentence.
    pub fn author_named(&self) -> &str {
        if self.author == ANONYMOUS { "this comment" } else { &self.author }
    }

    /// The place of the comment on its article's page.
    pub fn href(&self) -> String {
        place(&self.slug, &self.id)
    }
}

impl Discussion {
    /// Reads what is shown under an article. Without the database the article is shown all the same.
    pub async fn of(state: &State, article: &Article, view: &View) -> Discussion {
        let Ok(comments) = state.comments() else { return Discussion::away() };
        let slug = &article.slug;
        let Some(found) = patiently(comments.thread_page(slug, view)).await else {
            return Discussion::away();
        };
        let Some(mut locks) = patiently(comments.locks(Some(slug))).await else { return Discussion::away() };
        let number = |n: i64| usize::try_from(n).unwrap_or(0);
        // Without the clicks the comments stand all the same.
        let clicked = patiently(comments.clicked(slug)).await.unwrap_or_default();
        let tally_of = found.tally.plus(clicked);
        let (fixed, partly, not_fixed) =
            (number(tally_of.fixed), number(tally_of.partly), number(tally_of.not_fixed));
        let order = |sort: Sort| Step {
            name: sort.id().to_owned(),
            href: part(slug, sort, 1, None),
            here: sort == view.sort,
        };
        let has_orders = found.alone.is_none() && found.threads.len() > 2;
        let step = |name: &str, page| Step {
            name: name.to_owned(),
            href: part(slug, view.sort, page, found.alone),
            here: false,
        };
        Discussion {
            fixed,
            total: number(found.tally.comments),
            tally: tally(fixed, partly, not_fixed),
            form: Some(Form::under_article(&comments, slug)),
            ask: Some(Ask::under_article(&comments, slug)),
            threads: found
                .threads
                .iter()
                .zip(&found.answers)
                .map(|(thread, answers)| {
                    let more = (found.alone.is_none() && thread.replies.len() < *answers)
                        .then(|| (*answers, part(slug, Sort::default(), 1, Some(thread.comment.id))));
                    ThreadShown { more, ..shown(thread) }
                })
                .collect(),
            locked: locks.pop().map(|lock| lock.reason),
            orders: if has_orders { Sort::ALL.into_iter().map(order).collect() } else { Vec::new() },
            before: (found.page > 1).then(|| step("Page before", found.page - 1)),
            after: (found.page < found.pages).then(|| step("Next page", found.page + 1)),
            page: (found.page, found.pages),
            all: found.alone.map(|_| part(slug, view.sort, 1, None)),
        }
    }

    fn away() -> Discussion {
        Discussion {
            threads: Vec::new(),
            fixed: 0,
            total: 0,
            tally: None,
            form: None,
            ask: None,
            locked: None,
            orders: Vec::new(),
            before: None,
            after: None,
            page: (1, 1),
            all: None,
        }
    }

    /// Whether the comments could be read.
    pub fn available(&self) -> bool {
        self.form.is_some()
    }
}

/// For how many it worked: "Worked for 14, partly for 2, did not for 3".
fn tally(fixed: usize, partly: usize, not_fixed: usize) -> Option<String> {
    let mut said = Vec::new();
    if fixed > 0 {
        said.push(format!("Worked for {fixed}"));
    }
    if partly > 0 {
        said.push(format!("{} for {partly}", if said.is_empty() { "Worked partly" } else { "partly" }));
    }
    if not_fixed > 0 {
        said.push(format!("{} for {not_fixed}", if said.is_empty() { "Did not work" } else { "did not" }));
    }
    (!said.is_empty()).then(|| said.join(", "))
}

fn shown(thread: &Thread) -> ThreadShown {
    let answered = |comment: &Comment| {
        let id = comment.parent.filter(|parent| *parent != comment.thread)?;
        let parent = thread.replies.iter().find(|other| other.id == id)?;
        Some(Answered { id: id.to_string(), author: parent.author_shown().to_owned() })
    };
    let reply = |comment: &Comment| CommentShown { answers: answered(comment), ..CommentShown::of(comment) };
    ThreadShown {
        comment: CommentShown::of(&thread.comment),
        replies: thread.replies.iter().map(reply).collect(),
        more: None,
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

/// The newest comments that say that something was fixed, at least in part; and whether they could be read.
pub async fn lately(state: &State, library: &Library) -> (Vec<Lately>, bool) {
    let Ok(comments) = state.comments() else { return (Vec::new(), false) };
    let Some(recent) = patiently(comments.recent(LOOKED_AT)).await else { return (Vec::new(), false) };
    let fixes = recent.iter().filter(|comment| matches!(comment.outcome, Outcome::Fixed | Outcome::Partly));
    let shown = fixes.filter_map(|comment| {
        let article = library.article(&comment.slug)?;
        Some(Lately {
            title: article.title.clone(),
            href: place(&article.slug, comment.id),
            outcome: comment.outcome,
            author: comment.author_shown().to_owned(),
            words: beginning(&markdown::comment_words(&comment.body)),
            created: Moment::of(comment.created),
        })
    });
    (shown.take(LATELY).collect(), true)
}

/// The beginning of a text, cut at a word.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(BEGINNING) {
        None => text.to_owned(),
        Some((end, _)) => {
            let kept = &text[..end];
            format!("{}…", kept.rsplit_once(' ').map_or(kept, |(words, _)| words))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counts: [usize; 3], expected: &str) {
        let [fixed, partly, not_fixed] = counts;
        assert_eq!(tally(fixed, partly, not_fixed).unwrap_or_default(), expected);
    }

    #[test]
    fn the_beginning_of_a_comment_is_its_words_with_every_character_that_was_typed() {
        let words =
            markdown::comment_words("Set **`aud`** to\n\n```\nghp_[masked] <b>x</b>\n```\n> not _this_");
        assert_eq!(beginning(&words), "Set aud to ghp_[masked] <b>x</b> not this");
        assert_eq!(beginning(&"clock ".repeat(40)).chars().count(), 156);
    }

    #[test]
    fn the_tally_says_for_how_many_it_worked_and_for_how_many_not() {
        check([14, 2, 3], "Worked for 14, partly for 2, did not for 3");
        check([1, 0, 0], "Worked for 1");
        check([0, 2, 1], "Worked partly for 2, did not for 1");
        check([0, 0, 3], "Did not work for 3");
        check([5, 0, 1], "Worked for 5, did not for 1");
        check([0, 0, 0], "");
    }
}
