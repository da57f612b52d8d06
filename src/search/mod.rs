//! Finds the section of an article that a searcher is after. Knows the library and nothing of the web.
//!
//! The index is in memory and made anew with each library: there is no file to be old or damaged.

mod index;
mod query;
mod snippet;
mod suggest;
mod synonyms;
mod vocabulary;
mod words;

use std::cmp::Ordering;
use std::fmt;

use tantivy::collector::TopDocs;

use crate::library::{Kind, Library};
use crate::problem::Problem;
use index::Documents;
use query::{Reach, Typed};
use snippet::Marks;
use synonyms::Synonyms;
use vocabulary::Vocabulary;

/// How many sections of one article are shown at most: the third says what the article is about.
const MOST_SECTIONS: usize = 3;

/// What the other sections of an article must reach of its best one's score to be shown beside it.
const WORTH_SHOWING: f32 = 0.5;

/// What it counts that somebody typed the very name of an article.
const NAMED: f32 = 3.0;

/// Fewer hits than this, and slips are allowed for in words that the library knows, too.
const FEW: usize = 3;

/// The index of a library, held in memory.
pub struct Search {
    documents: Documents,
    synonyms: Synonyms,
}

/// What somebody is looking for. Any text is a query: there is no syntax to get wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    /// What was typed.
    pub text: &'a str,
    /// Only articles of this kind.
    pub kind: Option<Kind>,
    /// How many hits at most; never more than [`Query::MAX_LIMIT`].
    pub limit: usize,
    /// How many hits to pass over first.
    pub offset: usize,
}

impl Query<'_> {
    /// The most hits that one search gives.
    pub const MAX_LIMIT: usize = 50;
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    /// How many hits there are in all.
    pub total: usize,
    /// The hits asked for, best first.
    pub hits: Vec<Hit>,
    /// The query as it was probably meant, when another spelling would find more.
    pub suggestion: Option<String>,
}

/// An article, or a section of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The article.
    pub slug: String,
    /// Its kind.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// The heading of the section; `None` when it is the article as a whole.
    pub section: Option<String>,
    /// Where to go: `/articles/slug#anchor`.
    pub url: String,
    /// The words around the match, in order. The text is plain: escape it.
    pub snippet: Vec<Fragment>,
    /// How well it fits. Comparable within one search only.
    pub score: f32,
}

/// A piece of a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Plain text.
    pub text: String,
    /// Whether it is what was looked for.
    pub marked: bool,
}

/// A title or section that begins like what is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The article's title.
    pub title: String,
    /// The section's heading.
    pub section: Option<String>,
    /// Where to go.
    pub url: String,
    /// The article's kind.
    pub kind: Kind,
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("documents", &self.documents.entries.len()).finish_non_exhaustive()
    }
}

impl Search {
    /// Indexes a library. `synonyms` is the text of `synonyms.toml`.
    ///
    /// # Errors
    /// What is wrong in `synonyms.toml`. An index that cannot be made, which memory alone could be the reason of, is
    /// reported in the same way.
    pub fn build(library: &Library, synonyms: &str) -> Result<Search, Vec<Problem>> {
        let synonyms = Synonyms::parse(synonyms)?;
        let documents = Documents::of(library).map_err(|error| {
            vec![Problem::new(
                "search",
                1,
                format!("the index cannot be made: {error}; look for free memory"),
            )]
        })?;
        Ok(Search { documents, synonyms })
    }

    /// Reads the text of `synonyms.toml` without a library.
    ///
    /// # Errors
    /// What is wrong in it.
    pub fn check_synonyms(synonyms: &str) -> Result<(), Vec<Problem>> {
        Synonyms::parse(synonyms).map(|_| ())
    }

    /// Finds. Never fails: any text is a query, and an empty one finds nothing.
    pub fn find(&self, query: &Query<'_>) -> Results {
        let typed = Typed::read(query.text);
        if typed.is_empty() {
            return Results::default();
        }
        let (found, marks) = self.widening(&typed, query.kind);
        let suggestion = typed
            .corrected(&self.documents.vocabulary, &self.synonyms)
            .filter(|meant| !self.run(&Typed::read(meant), Reach::Near, query.kind).0.is_empty());
        let limit = query.limit.min(Query::MAX_LIMIT);
        let hits = found.iter().skip(query.offset).take(limit).map(|found| self.hit(found, &marks)).collect();
        Results { total: found.len(), hits, suggestion }
    }

    /// Titles and sections that have the words being typed, at most 8.
    pub fn suggest(&self, text: &str) -> Vec<Suggestion> {
        suggest::suggest(&self.documents.entries, &self.documents.vocabulary, text)
    }

    /// How many sections are indexed, heads of articles among them.
    pub fn len(&self) -> usize {
        self.documents.entries.len()
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.documents.entries.is_empty()
    }

    /// What is found by going only as far as is needed.
    fn widening(&self, typed: &Typed, kind: Option<Kind>) -> (Vec<Found>, Marks) {
        let near = self.run(typed, Reach::Near, kind);
        if near.0.len() >= FEW {
            return near;
        }
        let wide = self.run(typed, Reach::Wide, kind);
        if wide.0.len() > near.0.len() {
            return wide;
        }
        if !near.0.is_empty() {
            return near;
        }
        self.run(typed, Reach::AnyWord, kind)
    }

    fn run(&self, typed: &Typed, reach: Reach, kind: Option<Kind>) -> (Vec<Found>, Marks) {
        let Documents { fields, searcher, entries, vocabulary } = &self.documents;
        let Some(plan) = typed.plan(fields, vocabulary, &self.synonyms, reach) else {
            return (Vec::new(), Marks::default());
        };
        // All of them: sections are gathered by article, and the library is small.
        let everything = TopDocs::with_limit(entries.len().max(1)).order_by_score();
        let docs = searcher.search(&plan.query, &everything).unwrap_or_else(|error| {
            tracing::error!(%error, "a search failed");
            Vec::new()
        });
        let found = docs
            .into_iter()
            .filter_map(|(score, address)| {
                let at = address.doc_id as usize;
                let entry = entries.get(at).filter(|entry| kind.is_none_or(|kind| kind == entry.kind))?;
                let named = if typed.names(entry) { NAMED } else { 1.0 };
                Some(Found { entry: at, score: score * entry.preference * named })
            })
            .collect();
        (self.by_article(found), plan.marks)
    }

    /// Gathers the sections of each article, best article and best section first.
    fn by_article(&self, mut found: Vec<Found>) -> Vec<Found> {
        let slug = |found: &Found| self.documents.entries[found.entry].slug.as_str();
        // Sections of one article stand together, in the order that decides among equals.
        found.sort_by(|a, b| slug(a).cmp(slug(b)).then_with(|| b.better(a)));
        let mut articles: Vec<&[Found]> = found.chunk_by(|a, b| slug(a) == slug(b)).collect();
        articles.sort_by(|a, b| b[0].score.total_cmp(&a[0].score).then_with(|| slug(&a[0]).cmp(slug(&b[0]))));
        articles
            .into_iter()
            .flat_map(|sections| {
                let least = sections[0].score * WORTH_SHOWING;
                sections.iter().take(MOST_SECTIONS).filter(move |found| found.score >= least).copied()
            })
            .collect()
    }

    fn hit(&self, found: &Found, marks: &Marks) -> Hit {
        let entry = &self.documents.entries[found.entry];
        Hit {
            slug: entry.slug.clone(),
            kind: entry.kind,
            title: entry.title.clone(),
            section: entry.heading.clone(),
            url: entry.url.clone(),
            snippet: snippet::snippet(&entry.text, marks, &self.documents.vocabulary),
            score: found.score,
        }
    }
}

/// A document that was found.
#[derive(Clone, Copy)]
struct Found {
    /// Which of the entries.
    entry: usize,
    score: f32,
}

impl Found {
    /// By score; of equals, what stands first in the article.
    fn better(&self, other: &Found) -> Ordering {
        self.score.total_cmp(&other.score).then_with(|| other.entry.cmp(&self.entry))
    }
}
