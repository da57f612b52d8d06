//! Finds the section of an article that a searcher is after. Knows the library and nothing of the web.

use crate::library::{Kind, Library};
use crate::problem::Problem;

/// The index of a library, held in memory.
pub struct Search;

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

impl Search {
    /// Builds the index.
    ///
    /// # Errors
    /// When the text of `synonyms.toml` is not what it should be.
    pub fn build(_library: &Library, _synonyms: &str) -> Result<Search, Vec<Problem>> {
        Ok(Search)
    }

    /// Finds. Never fails; an empty query finds nothing.
    pub fn find(&self, _query: &Query<'_>) -> Results {
        Results::default()
    }

    /// Titles and sections that begin like the text, at most 8.
    pub fn suggest(&self, _text: &str) -> Vec<Suggestion> {
        Vec::new()
    }
}
