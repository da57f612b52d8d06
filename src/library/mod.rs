//! The articles, checked: whoever holds a [`Library`] holds no dead link and no cause without an article.
//! Knows nothing of search, diagnosis or the web.

mod article;
mod front_matter;
mod kind;
mod links;
mod load;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

pub use crate::markdown::{ExchangeFence, Section};
pub use article::{Article, CAUSE_HEADINGS, Source, TocEntry};
pub use kind::{Kind, UnknownKind};
pub use load::{Files, embedded, from_dir};

use crate::cause::Cause;
use crate::problem::Problem;
use article::Draft;

/// Every article there is.
#[derive(Debug)]
pub struct Library {
    /// By kind; causes, which come first, in the order of their list, others by title.
    articles: Vec<Article>,
    by_slug: HashMap<String, usize>,
    /// For each article, those to read next.
    related: Vec<Vec<usize>>,
    revision: String,
}

impl Library {
    /// Checks and takes in the articles among the files of a content folder, given as `(path, text)`.
    ///
    /// # Errors
    /// Every problem of every file, sorted by file and line.
    pub fn parse(mut files: Vec<(String, String)>) -> Result<Library, Vec<Problem>> {
        files.sort();
        let mut problems = Vec::new();
        let mut drafts = Vec::new();
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".md")) {
            let (draft, found) = Draft::read(path, text);
            drafts.extend(draft);
            problems.extend(found);
        }
        one_article_for_each_slug(&drafts, &mut problems);
        an_article_for_each_cause(&drafts, &mut problems);
        links::check(&drafts, &mut problems);
        if !problems.is_empty() {
            problems.sort();
            problems.dedup();
            return Err(problems);
        }
        drafts.sort_by(|a, b| place(&a.article).cmp(&place(&b.article)));
        let by_slug: HashMap<String, usize> =
            drafts.iter().enumerate().map(|(at, draft)| (draft.article.slug.clone(), at)).collect();
        let related = related(&drafts, &by_slug);
        let articles = drafts.into_iter().map(|draft| draft.article).collect();
        Ok(Library { articles, by_slug, related, revision: revision(&files) })
    }

    /// The article with this slug, of whatever kind.
    pub fn article(&self, slug: &str) -> Option<&Article> {
        self.by_slug.get(slug).and_then(|at| self.articles.get(*at))
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
        // Causes come first and none is missing: `parse` has seen to it.
        &self.articles[cause.index()]
    }

    /// What a reader of this article may want next: its own see-also, then the articles that link to it.
    pub fn related(&self, slug: &str) -> Vec<&Article> {
        let Some(at) = self.by_slug.get(slug) else { return Vec::new() };
        self.related[*at].iter().map(|other| &self.articles[*other]).collect()
    }

    /// A hash of the files that were taken in: the same text gives the same revision, on every machine.
    pub fn revision(&self) -> &str {
        &self.revision
    }
}

/// What articles are sorted by.
fn place(article: &Article) -> (Kind, usize, &str, &str) {
    let cause = article.cause().map_or(Cause::COUNT, Cause::index);
    (article.kind, cause, &article.title, &article.slug)
}

fn one_article_for_each_slug(drafts: &[Draft], problems: &mut Vec<Problem>) {
    let mut first: HashMap<&str, String> = HashMap::new();
    for draft in drafts {
        let path = draft.article.path();
        match first.get(draft.article.slug.as_str()) {
            Some(earlier) => {
                let what = format!(
                    "{earlier} has the same name, and both would have one address; rename one of them"
                );
                problems.push(Problem::new(path, 1, what));
            }
            None => {
                first.insert(&draft.article.slug, path);
            }
        }
    }
}

fn an_article_for_each_cause(drafts: &[Draft], problems: &mut Vec<Problem>) {
    let explained: HashSet<Cause> = drafts.iter().filter_map(|draft| draft.article.cause()).collect();
    for cause in Cause::ALL.iter().filter(|cause| !explained.contains(cause)) {
        let path = format!("{}/{cause}.md", Kind::Cause.folder());
        problems.push(Problem::new(path, 1, "the article of this cause is missing; write it"));
    }
}

/// For each article, its own see-also and then those that name it.
fn related(drafts: &[Draft], by_slug: &HashMap<String, usize>) -> Vec<Vec<usize>> {
    let mut related: Vec<Vec<usize>> = drafts
        .iter()
        .map(|draft| draft.article.see_also.iter().filter_map(|slug| by_slug.get(slug).copied()).collect())
        .collect();
    for (from, draft) in drafts.iter().enumerate() {
        for to in draft.references.iter().filter_map(|reference| by_slug.get(reference.slug())) {
            if *to != from && !related[*to].contains(&from) {
                related[*to].push(from);
            }
        }
    }
    related
}

/// A hash over paths and texts, each with its length before it so that no two contents run into one.
fn revision(files: &[(String, String)]) -> String {
    let mut hash = Sha256::new();
    for part in files.iter().flat_map(|(path, text)| [path, text]) {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let mut hex = String::new();
    for byte in hash.finalize().iter().take(10) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
