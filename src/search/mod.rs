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

/// What it counts that somebody typed the very name of an article: more than any section that has the words.
const NAMED: f32 = 10.0;

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

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::library::fixture;

    fn search() -> &'static Search {
        static SEARCH: LazyLock<Search> = LazyLock::new(|| {
            let synonyms =
                r#"same = [["renew", "refresh"], ["login", "log in", "sign in"], ["jwt", "json web token"]]"#;
            Search::build(&fixture::library(), synonyms).expect("the fixture can be indexed")
        });
        &SEARCH
    }

    fn query(text: &str) -> Query<'_> {
        Query { text, limit: 10, ..Query::default() }
    }

    /// The first hit as `address: snippet`, matches in brackets.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let results = search().find(&query(text));
        let first =
            results.hits.first().map_or_else(String::new, |hit| format!("{}: {}", hit.url, shown(hit)));
        assert_eq!(first, expected);
    }

    fn shown(hit: &Hit) -> String {
        let marked = |fragment: &Fragment| {
            if fragment.marked { format!("[{}]", fragment.text) } else { fragment.text.clone() }
        };
        hit.snippet.iter().map(marked).collect()
    }

    #[test]
    fn a_hit_leads_to_its_section() {
        check(
            "token endpoint",
            "/articles/refresh-a-token#ask-the-token-endpoint: Send the refresh [token].",
        );
        check(
            "drops a header",
            "/articles/nginx: A reverse proxy that passes or [drops] the Authorization [header].",
        );
    }

    #[test]
    fn a_hit_in_the_title_alone_shows_the_summary() {
        check(
            "clocks differ",
            "/articles/clock-skew: The [clock] of the client or of the server is wrong by minutes.",
        );
        check("cookie not sent", "/articles/cookie-not-sent: It is about [cookie] [not] [sent].");
    }

    #[test]
    fn codes_are_found_whole() {
        for code in ["invalid_token", "E401", "e401", "WWW-Authenticate", "www-authenticate"] {
            let results = search().find(&query(code));
            assert_eq!(results.hits[0].url, "/articles/token-expired#what-you-see", "{code}");
            assert_eq!(results.total, 1, "{code}");
        }
        check(
            "AADSTS50011",
            "/articles/refresh-a-token#when-the-refresh-fails: Sign in again. Entra answers [AADSTS50011] when the redirect URI differs.",
        );
        assert_eq!(search().find(&query("AADSTS50012")), Results::default());
    }

    #[test]
    fn words_of_one_stem_find_each_other() {
        check("expiring", "/articles/session-expired: It is about session [expired].");
    }

    #[test]
    fn the_last_word_may_be_a_beginning() {
        check(
            "authoriz",
            "/articles/malformed-authorization-header: It is about malformed [authorization] header.",
        );
        assert_eq!(search().find(&query("prefl")).hits[0].slug, "cors-preflight");
        assert_eq!(search().find(&query("prefl ")).total, 0, "a word that is finished is no beginning");
    }

    #[test]
    fn synonyms_find_each_other_and_are_marked() {
        check(
            "renew",
            "/articles/refresh-a-token#when-the-refresh-fails: Sign in again. Entra answers AADSTS50011 when the redirect URI differs.",
        );
        check(
            "login entra",
            "/articles/refresh-a-token#when-the-refresh-fails: [Sign] [in] again. [Entra] answers AADSTS50011 when the redirect URI differs.",
        );
    }

    #[test]
    fn a_misspelt_word_is_found_and_put_right() {
        let results = search().find(&query("refrehs a token"));
        assert_eq!(results.hits[0].slug, "refresh-a-token");
        assert_eq!(results.suggestion.as_deref(), Some("refresh a token"));
        assert_eq!(search().find(&query("refresh a token")).suggestion, None);
        assert_eq!(search().find(&query("zzzzzzzz")), Results::default());
    }

    #[test]
    fn an_article_is_found_first_by_its_slug_and_by_its_title() {
        let (library, search) = (fixture::library(), search());
        for article in library.articles() {
            for name in [&article.slug, &article.slug.replace('-', " "), &article.title] {
                assert_eq!(search.find(&query(name)).hits[0].slug, article.slug, "{name}");
            }
        }
    }

    #[test]
    fn one_article_has_at_most_three_hits_which_stand_together() {
        let results = search().find(&Query { text: "token", limit: 50, ..Query::default() });
        let slugs: Vec<&str> = results.hits.iter().map(|hit| hit.slug.as_str()).collect();
        let together: Vec<&[&str]> = slugs.chunk_by(|a, b| a == b).collect();
        let distinct: std::collections::HashSet<&str> = slugs.iter().copied().collect();
        assert_eq!(together.len(), distinct.len());
        assert!(together.iter().all(|hits| hits.len() <= MOST_SECTIONS));
    }

    #[test]
    fn only_articles_of_the_kind_asked_for_are_found() {
        let results = search().find(&Query { kind: Some(Kind::Stack), ..query("authorization header") });
        assert!(results.total > 0 && results.hits.iter().all(|hit| hit.kind == Kind::Stack));
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_repetition() {
        let search = search();
        let all = search.find(&Query { text: "reason", limit: 50, ..Query::default() });
        assert!(all.total > 20);
        let pages = (0..all.total).step_by(7).flat_map(|offset| {
            search.find(&Query { text: "reason", limit: 7, offset, ..Query::default() }).hits
        });
        let pages: Vec<Hit> = pages.take(50).collect();
        assert_eq!(pages[..], all.hits[..pages.len()]);
        assert!(
            search
                .find(&Query { text: "reason", limit: 7, offset: usize::MAX, ..Query::default() })
                .hits
                .is_empty()
        );
    }

    #[test]
    fn the_order_is_the_same_each_time() {
        let again = Search::build(&fixture::library(), "").expect("the fixture can be indexed");
        let urls = |search: &Search| {
            search.find(&query("mend it")).hits.into_iter().map(|hit| hit.url).collect::<Vec<_>>()
        };
        assert_eq!(urls(search()), urls(&again));
    }

    #[test]
    fn any_text_is_a_query() {
        let search = search();
        for text in [
            "",
            " ",
            "\0",
            "\"",
            "a AND",
            "(((",
            "title:x",
            "+-*/~^",
            "[a TO",
            "--",
            "'; DROP TABLE",
            "é€𝄞",
            "\u{202e}",
            "_",
            "-",
            "….…",
            "\u{0130}\u{0130}",
            &"x".repeat(100_000),
            &"token ".repeat(5_000),
            &"-".repeat(5_000),
        ] {
            let results = search.find(&query(text));
            assert!(results.hits.len() <= results.total);
            assert!(search.suggest(text).len() <= 8);
        }
        assert_eq!(search.find(&query("  ")), Results::default());
    }

    #[test]
    fn many_words_need_not_all_be_there() {
        let text = "why do I get a 401 when the refresh token is sent to the endpoint with a strange gizmo";
        assert_eq!(search().find(&query(text)).hits[0].slug, "refresh-a-token");
    }

    #[test]
    fn what_is_typed_suggests_titles_before_headings() {
        let urls = |text: &str| search().suggest(text).into_iter().map(|found| found.url).collect::<Vec<_>>();
        assert_eq!(urls("refr")[0], "/articles/refresh-a-token");
        assert_eq!(
            urls("refr").last().map(String::as_str),
            Some("/articles/refresh-a-token#when-the-refresh-fails")
        );
        assert_eq!(urls("token end"), ["/articles/refresh-a-token#ask-the-token-endpoint"]);
        assert_eq!(urls("clok"), ["/articles/clock-skew"], "a slip is forgiven");
        assert_eq!(urls("zzzz"), [""; 0]);
        assert!(urls("how to fix").is_empty(), "a heading that every cause has says nothing");
    }
}
