//! What the API answers with, as it stands in the JSON and in its description. Contract: fields are added, never taken away.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

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
    pub total: usize,
    /// The hits asked for, best first.
    pub hits: Vec<Hit>,
    /// The query as it was probably meant, when another spelling would find more.
    #[schema(required)]
    pub suggestion: Option<String>,
}

/// An article, or a section of one, that fits a search.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    pub slug: String,
    pub kind: KindId,
    pub title: String,
    /// The heading of the section; null when it is the article as a whole.
    #[schema(required)]
    pub section: Option<String>,
    /// Where to go, relative to this site.
    pub url: String,
    /// The words around the match, plain text.
    pub snippet: String,
    /// The snippet in pieces, to mark what was looked for.
    pub fragments: Vec<Fragment>,
    /// How well it fits; comparable within one search only.
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
    pub title: String,
    /// The heading of the section; null when it is the article as a whole.
    #[schema(required)]
    pub section: Option<String>,
    /// Where to go, relative to this site.
    pub url: String,
    pub kind: KindId,
}

/// Articles, in the order of the library.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleList {
    pub total: usize,
    pub articles: Vec<ArticleBrief>,
}

/// An article in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleBrief {
    /// Its name in addresses, unique over all kinds; of a cause, the cause's id.
    pub slug: String,
    pub kind: KindId,
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// The day on which somebody last checked that it is true.
    #[schema(value_type = String, format = Date)]
    pub reviewed: Date,
    /// Its page, relative to this site.
    pub url: String,
    /// What readers said of it; null while the database is away.
    #[schema(required)]
    pub tally: Option<Tally>,
}

/// How often readers said that an article helped, counted over its published comments.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct Tally {
    pub fixed: i64,
    pub partly: i64,
    pub not_fixed: i64,
    /// Published comments of every outcome.
    pub comments: i64,
}

/// One article, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Article {
    pub slug: String,
    pub kind: KindId,
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// The day on which somebody last checked that it is true.
    #[schema(value_type = String, format = Date)]
    pub reviewed: Date,
    /// Its page, relative to this site.
    pub url: String,
    /// The body as it was written. Links between articles are relative file links, as in the folder of the content.
    pub markdown: String,
    /// The body as its page shows it, without the title.
    pub html: String,
    /// The parts of the body, in order.
    pub sections: Vec<Section>,
    /// Where its facts come from.
    pub sources: Vec<Source>,
    /// Slugs of articles to read next.
    pub see_also: Vec<String>,
    /// What readers said of it; null while the database is away.
    #[schema(required)]
    pub tally: Option<Tally>,
}

/// A part of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct Section {
    pub heading: String,
    /// 2 or 3.
    #[schema(minimum = 2, maximum = 3)]
    pub level: u8,
    /// Where to go, relative to this site.
    pub url: String,
    /// The text below the heading, without markup.
    pub text: String,
}

/// Where a fact comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    pub title: String,
    #[schema(format = "uri")]
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
    pub id: &'static str,
    pub title: String,
    pub summary: String,
    /// The heading of the group that it belongs to.
    pub family: &'static str,
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
    pub id: String,
    /// One sentence on what was seen.
    pub says: String,
    pub points_to: Vec<Pointer>,
}

/// A cause that a finding speaks for or against.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pointer {
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
    #[schema(required, value_type = Option<String>, format = "uuid")]
    pub next: Option<Uuid>,
    pub tally: Tally,
}

/// A comment and the answers to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Thread {
    #[serde(flatten)]
    pub comment: CommentView,
    /// The answers, oldest first. Answers to answers stand in the same list; `parent` says what they answer.
    pub replies: Vec<CommentView>,
}

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comment)]
pub struct CommentView {
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// The slug of the article that it stands under.
    pub article: String,
    /// Where it is shown, relative to this site.
    pub url: String,
    /// The comment that it answers.
    #[schema(required, value_type = Option<String>, format = "uuid")]
    pub parent: Option<Uuid>,
    /// The name that its author gave.
    #[schema(required)]
    pub author: Option<String>,
    /// Markdown, secrets masked. Empty when its text was taken away and only its place is left.
    pub body: String,
    /// The body as the page shows it.
    pub html: String,
    pub outcome: OutcomeId,
    pub status: StatusId,
    /// The ids of what the diagnosis had found that led its author here.
    pub findings: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub edited: Option<Timestamp>,
    /// How many readers said that it helped them.
    pub helped: i64,
}

/// What became of a comment that was posted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Posted {
    #[schema(value_type = String, format = "uuid")]
    pub id: Uuid,
    /// `published`, or `held` until a moderator has seen it.
    pub status: StatusId,
    /// The right to change and delete it. Shown this once; keep it to yourself.
    pub edit_token: String,
    /// Until when the token is of use.
    #[schema(value_type = String, format = DateTime)]
    pub editable_until: Timestamp,
    /// Where it is shown once it is published, relative to this site.
    pub url: String,
    /// The kinds of secrets that were masked before it was stored.
    pub masked: Vec<&'static str>,
}

/// A comment after it was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    #[serde(flatten)]
    pub comment: CommentView,
    /// The kinds of secrets that were masked before it was stored.
    pub masked: Vec<&'static str>,
}

/// How many readers a comment helped.
#[derive(Debug, Serialize, ToSchema)]
pub struct Helped {
    pub helped: i64,
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
            markdown: article.markdown.clone(),
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
            url: format!("/articles/{}#c-{}", comment.slug, comment.id),
            parent: comment.parent,
            author: comment.author.clone(),
            html: markdown::comment(&comment.body).as_str().to_owned(),
            body: comment.body.clone(),
            outcome: OutcomeId(comment.outcome),
            status: StatusId(comment.status),
            findings: comment.findings.clone(),
            created: comment.created,
            edited: comment.edited,
            helped: comment.helped,
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
