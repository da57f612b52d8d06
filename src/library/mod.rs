//! The articles, checked: whoever holds a [`Library`] holds no dead link and no cause without an article.
//! Knows nothing of search, diagnosis or the web.

mod article;
mod kind;
mod load;

use crate::cause::Cause;
use crate::problem::Problem;

pub use crate::markdown::{ExchangeFence, Section};
pub use article::{Article, Source, TocEntry};
pub use kind::Kind;
pub use load::{Files, embedded, from_dir};

/// Every article there is.
#[derive(Debug)]
pub struct Library {
    articles: Vec<Article>,
    revision: String,
}

impl Library {
    /// Checks and takes in the articles among the files of a content folder.
    ///
    /// # Errors
    /// Every problem of every file, sorted.
    pub fn parse(_files: Vec<(String, String)>) -> Result<Library, Vec<Problem>> {
        Ok(Library { articles: Vec::new(), revision: String::new() })
    }

    /// The article with this slug, of whatever kind.
    pub fn article(&self, slug: &str) -> Option<&Article> {
        self.articles.iter().find(|article| article.slug == slug)
    }

    /// Every article: by kind, causes in the order of their list, others by title.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The articles of one kind, in the order of [`Library::articles`].
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Article> {
        self.articles.iter().filter(move |article| article.kind == kind)
    }

    /// The article of a cause.
    pub fn cause(&self, cause: Cause) -> &Article {
        &self.articles[cause.index()]
    }

    /// What a reader of this article may want next: its own see-also, then the articles that link to it.
    pub fn related(&self, _slug: &str) -> Vec<&Article> {
        Vec::new()
    }

    /// A hash of the content: the same text gives the same revision, on every machine.
    pub fn revision(&self) -> &str {
        &self.revision
    }
}
