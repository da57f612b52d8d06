//! What the API answers with, as it stands in the JSON and in its description. Contract: fields are added, never taken away.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::super::discussion;
use crate::cause::Family;
use crate::comments::{self, Comment, Outcome, Status};
use crate::diagnosis::Weight;
use crate::library::{self, Kind};
use crate::markdown;

/// Values of a closed list, written as their ids.
macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident($of:ty) = $schema:literal, $all:expr, $id:expr;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct $name(pub $of);

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let id: fn($of) -> &'static str = $id;
                    serializer.serialize_str(id(self.0))
                }
            }

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let id: fn($of) -> &'static str = $id;
                    let ids = $all.iter().map(|one| id(*one));
                    let object = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(ids));
                    object.description(Some(concat!($($doc),+).trim())).build().into()
                }
            }

            impl ToSchema for $name {
                fn name() -> std::borrow::Cow<'static, str> {
                    $schema.into()
                }
            }
        )+
    };
}

ids! {
    /// What an article is about.
    KindId(Kind) = "Kind", Kind::ALL, Kind::id;
    /// What the writer of a comment says about the article: did it help?
    OutcomeId(Outcome) = "Outcome", Outcome::ALL, Outcome::id;
    /// Who can see a comment: everybody (`published`), its author and the moderators (`held`, `hidden`), or nobody (`deleted`).
    StatusId(Status) = "Status", Status::ALL, Status::id;
    /// How much a finding says about a cause.
    WeightId(Weight) = "Weight", [Weight::Decisive, Weight::Strong, Weight::Weak, Weight::Against], weight;
}

fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Decisive => "decisive",
        Weight::Strong => "strong",
        Weight::Weak => "weak",
        Weight::Against => "against",
    }
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// How many hits there are in all.
    #[schema(example = 39)]
    pub total: usize,
    /// The hits asked for, best first.
    pub hits: Vec<Hit>,
    /// The query as it was probably meant, when another spelling would find more.
    #[schema(required, example = json!(null))]
    pub suggestion: Option<String>,
}

/// An article, or a section of one, that fits a search.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    #[schema(example = "token-expired")]
    pub slug: String,
    pub kind: KindId,
    #[schema(example = "The token has expired")]
    pub title: String,
    /// The heading of the section; null when it is the article as a whole.
    #[schema(required, example = json!(null))]
    pub section: Option<String>,
    /// Where to go, relative to this site.
    #[schema(example = "/articles/token-expired")]
    pub url: String,
    /// The words around the match, plain text.
    #[schema(example = "The access token was good and has passed its end date.")]
    pub snippet: String,
    /// The snippet in pieces, to mark what was looked for.
    #[schema(example = json!([{ "text": "The access ", "marked": false }, { "text": "token", "marked": true }, { "text": " was good and has passed its end date.", "marked": false }]))]
    pub fragments: Vec<Fragment>,
    /// How well it fits; comparable within one search only.
    #[schema(example = 126.9)]
    pub score: f32,
}

/// A piece of a snippet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fragment {
    pub text: String,
    /// Whether it is what was looked for.
    pub marked: bool,
}

/// What may be meant by what is being typed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// At most 8, best first.
    #[schema(max_items = 8)]
    pub suggestions: Vec<Suggestion>,
}

/// A title or a section's heading.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    #[schema(example = "The clocks differ")]
    pub title: String,
    /// The heading of the section; null when it is the article as a whole.
    #[schema(required, example = "How to be sure")]
    pub section: Option<String>,
    /// Where to go, relative to this site.
    #[schema(example = "/articles/clock-skew#how-to-be-sure")]
    pub url: String,
    pub kind: KindId,
}

/// Articles, in the order of the library.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleList {
    #[schema(example = 1)]
    pub total: usize,
    pub articles: Vec<ArticleBrief>,
}

/// An article in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleBrief {
    /// Its name in addresses, unique over all kinds; of a cause, the cause's id.
    #[schema(example = "clock-skew")]
    pub slug: String,
    pub kind: KindId,
    #[schema(example = "The clocks differ")]
    pub title: String,
    /// One sentence.
    #[schema(example = "A fresh token is refused because a clock is wrong.")]
    pub summary: String,
    /// The day on which somebody last checked that it is true.
    #[schema(value_type = String, format = Date)]
    pub reviewed: Date,
    /// Its page, relative to this site.
    #[schema(example = "/articles/clock-skew")]
    pub url: String,
    /// What readers said of it; null while the database is away.
    #[schema(required)]
    pub tally: Option<Tally>,
}

/// How often readers said that an article helped, counted over its published comments.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct Tally {
    #[schema(example = 12)]
    pub fixed: i64,
    #[schema(example = 3)]
    pub partly: i64,
    #[schema(example = 1)]
    pub not_fixed: i64,
    /// Published comments of every outcome.
    #[schema(example = 19)]
    pub comments: i64,
}

/// One article, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Article {
    #[schema(example = "clock-skew")]
    pub slug: String,
    pub kind: KindId,
    #[schema(example = "The clocks differ")]
    pub title: String,
    /// One sentence.
    #[schema(example = "A fresh token is refused because a clock is wrong.")]
    pub summary: String,
    /// The day on which somebody last checked that it is true.
    #[schema(value_type = String, format = Date)]
    pub reviewed: Date,
    /// Its page, relative to this site.
    #[schema(example = "/articles/clock-skew")]
    pub url: String,
    /// The body as it was written. Links between articles are relative file links, as in the folder of the content.
    #[schema(example = "## What you see\n\nA credential made a second ago is \"not yet valid\".\n")]
    pub markdown: String,
    /// The body as its page shows it, without the title.
    #[schema(
        example = "<h2 id=\"what-you-see\">What you see</h2>\n<p>A credential made a second ago is &quot;not yet valid&quot;.</p>\n"
    )]
    pub html: String,
    /// The parts of the body, in order.
    pub sections: Vec<Section>,
    /// Where its facts come from.
    pub sources: Vec<Source>,
    /// Slugs of articles to read next.
    #[schema(example = json!(["token-expired"]))]
    pub see_also: Vec<String>,
    /// What readers said of it; null while the database is away.
    #[schema(required)]
    pub tally: Option<Tally>,
}

/// A part of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct Section {
    #[schema(example = "What you see")]
    pub heading: String,
    /// 2 or 3; of a tab, 4.
    #[schema(minimum = 2, maximum = 4)]
    pub level: u8,
    /// Where to go, relative to this site.
    #[schema(example = "/articles/clock-skew#what-you-see")]
    pub url: String,
    /// The text below the heading, without markup.
    #[schema(example = "A credential made a second ago is \"not yet valid\".")]
    pub text: String,
}

/// Where a fact comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    #[schema(example = "RFC 7519, section 4.1.5")]
    pub title: String,
    #[schema(format = "uri", example = "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.5")]
    pub url: String,
}

/// The causes of a 401, in the order of their list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CauseList {
    pub causes: Vec<CauseBrief>,
}

/// A cause. Its id is stable for good.
#[derive(Debug, Serialize, ToSchema)]
pub struct CauseBrief {
    /// Also the slug of its article.
    #[schema(example = "clock-skew")]
    pub id: &'static str,
    #[schema(example = "The clocks differ")]
    pub title: String,
    #[schema(example = "A fresh token is refused because a clock is wrong.")]
    pub summary: String,
    /// The heading of the group that it belongs to.
    #[schema(example = "The credential was good once")]
    pub family: &'static str,
    #[schema(example = "/articles/clock-skew")]
    pub url: String,
}

/// What a diagnosis can notice, in the order of the ids.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingList {
    pub findings: Vec<Meaning>,
}

/// What a finding's id means. The id is stable for good.
#[derive(Debug, Serialize, ToSchema)]
pub struct Meaning {
    #[schema(example = "message.expired")]
    pub id: String,
    /// One sentence on what was seen.
    #[schema(example = "The answer says that something has expired.")]
    pub says: String,
    pub points_to: Vec<Pointer>,
    /// A line in which it is seen, if one is known.
    #[schema(required, example = "{\"error\": \"token_expired\"}")]
    pub example: Option<String>,
    /// Its place in the catalogue.
    #[schema(example = "/findings/message#message.expired")]
    pub url: String,
}

/// A cause that a finding speaks for or against.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pointer {
    #[schema(example = "token-expired")]
    pub cause: &'static str,
    pub weight: WeightId,
}

/// The questions of the symptom form.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionList {
    pub questions: Vec<crate::diagnosis::view::QuestionView>,
}

/// A page of the comments under an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentList {
    /// The threads, oldest first.
    pub comments: Vec<Thread>,
    /// What to send as `after` for the next page; null on the last.
    #[schema(required, value_type = Option<String>, format = "uuid", example = json!(null))]
    pub next: Option<Uuid>,
    pub tally: Tally,
}

/// A comment and the answers to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Thread {
    #[serde(flatten)]
    pub comment: CommentView,
    /// The answers, oldest first. Answers to answers stand in the same list; `parent` says what they answer.
    #[schema(example = json!([]))]
    pub replies: Vec<CommentView>,
}

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comment)]
pub struct CommentView {
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// The slug of the article that it stands under.
    #[schema(example = "clock-skew")]
    pub article: String,
    /// Where it is shown, relative to this site.
    #[schema(example = "/articles/clock-skew#comment-0199e7a2-5b1c-7c3e-9f21-6f1d2b7a9c44")]
    pub url: String,
    /// The comment that it answers.
    #[schema(required, value_type = Option<String>, format = "uuid", example = json!(null))]
    pub parent: Option<Uuid>,
    /// The name that its author gave.
    #[schema(required, example = "Ada")]
    pub author: Option<String>,
    /// Markdown, secrets masked. Empty when its text was taken away and only its place is left.
    #[schema(example = "`chronyd` was not running on the node.")]
    pub body: String,
    /// The body as the page shows it.
    #[schema(example = "<p><code>chronyd</code> was not running on the node.</p>\n")]
    pub html: String,
    pub outcome: OutcomeId,
    pub status: StatusId,
    /// The ids of what the diagnosis had found that led its author here.
    #[schema(example = json!(["message.expired"]))]
    pub findings: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    #[schema(required, value_type = Option<String>, format = DateTime, example = json!(null))]
    pub edited: Option<Timestamp>,
    /// How many readers said that it helped them.
    #[schema(example = 4)]
    pub helped: i64,
    /// Whether a moderator set it on top.
    pub pinned: bool,
    /// Whether a moderator marked it as the official answer.
    pub official: bool,
}

/// What became of a comment that was posted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Posted {
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// `published`, or `held` until a moderator has seen it.
    pub status: StatusId,
    /// The right to change and delete it. Shown this once; keep it to yourself.
    #[schema(example = "ApRwYkuOwewbQNmdA1zoVKOLL6YbX7fN1NBg7G9oNgM")]
    pub edit_token: String,
    /// Until when the token is of use.
    #[schema(value_type = String, format = DateTime)]
    pub editable_until: Timestamp,
    /// Where it is shown once it is published, relative to this site.
    #[schema(example = "/articles/clock-skew#comment-0199e7a2-5b1c-7c3e-9f21-6f1d2b7a9c44")]
    pub url: String,
    /// The kinds of secrets that were masked before it was stored.
    #[schema(example = json!(["a GitHub token"]))]
    pub masked: Vec<&'static str>,
}

/// A comment after it was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    #[serde(flatten)]
    pub comment: CommentView,
    /// The kinds of secrets that were masked before it was stored.
    #[schema(example = json!([]))]
    pub masked: Vec<&'static str>,
}

/// How many readers a comment helped.
#[derive(Debug, Serialize, ToSchema)]
pub struct Helped {
    #[schema(example = 4)]
    pub helped: i64,
}

/// A time to the millisecond, as exactly as it is kept: the same before and after it was stored.
pub fn moment(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

impl From<comments::Tally> for Tally {
    fn from(tally: comments::Tally) -> Tally {
        let comments::Tally { fixed, partly, not_fixed, comments } = tally;
        Tally { fixed, partly, not_fixed, comments }
    }
}

impl ArticleBrief {
    pub fn new(article: &library::Article, tally: Option<Tally>) -> ArticleBrief {
        ArticleBrief {
            slug: article.slug.clone(),
            kind: KindId(article.kind),
            title: article.title.clone(),
            summary: article.summary.clone(),
            reviewed: article.reviewed,
            url: article.url(),
            tally,
        }
    }
}

impl Article {
    pub fn new(article: &library::Article, tally: Option<Tally>) -> Article {
        let section = |section: &library::Section| Section {
            heading: section.heading.clone(),
            level: section.level,
            url: format!("{}#{}", article.url(), section.anchor),
            text: section.text.clone(),
        };
        let source =
            |source: &library::Source| Source { title: source.title.clone(), url: source.url.clone() };
        Article {
            slug: article.slug.clone(),
            kind: KindId(article.kind),
            title: article.title.clone(),
            summary: article.summary.clone(),
            reviewed: article.reviewed,
            url: article.url(),
            markdown: article.markdown.trim_start().to_owned(),
            html: article.html.as_str().to_owned(),
            sections: article.sections.iter().map(section).collect(),
            sources: article.sources.iter().map(source).collect(),
            see_also: article.see_also.clone(),
            tally,
        }
    }
}

impl CauseBrief {
    pub fn new(article: &library::Article) -> Option<CauseBrief> {
        let cause = article.cause()?;
        Some(CauseBrief {
            id: cause.id(),
            title: article.title.clone(),
            summary: article.summary.clone(),
            family: Family::heading(cause.family()),
            url: article.url(),
        })
    }
}

impl CommentView {
    /// A comment as its author and, once it is published, everybody sees it.
    pub fn new(comment: &Comment) -> CommentView {
        CommentView {
            id: comment.id,
            article: comment.slug.clone(),
            url: discussion::place(&comment.slug, comment.id),
            parent: comment.parent,
            author: comment.author.clone(),
            html: markdown::comment(&comment.body).as_str().to_owned(),
            body: comment.body.clone(),
            outcome: OutcomeId(comment.outcome),
            status: StatusId(comment.status),
            findings: comment.findings.clone(),
            created: moment(comment.created),
            edited: comment.edited.map(moment),
            helped: comment.helped,
            pinned: comment.pinned,
            official: comment.official,
        }
    }
}

impl Thread {
    pub fn new(thread: &comments::Thread) -> Thread {
        Thread {
            comment: CommentView::new(&thread.comment),
            replies: thread.replies.iter().map(CommentView::new).collect(),
        }
    }
}
