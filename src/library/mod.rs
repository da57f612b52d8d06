//! The articles, checked: whoever holds a [`Library`] holds no dead link and no cause without an article.
//! Knows nothing of search, diagnosis or the web.

mod article;
#[cfg(test)]
pub(crate) mod fixture;
mod front_matter;
mod kind;
mod links;
mod load;
mod watch;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

pub use crate::markdown::{ExchangeFence, Section};
pub use article::{Article, CAUSE_HEADINGS, Source, TocEntry};
pub use kind::{Kind, UnknownKind};
pub use load::{Files, embedded, from_dir};
pub use watch::{Watch, watch};

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

#[cfg(test)]
mod tests {
    use super::fixture::{cause_article, files, library, replace};
    use super::*;

    /// The problems of the small library with these files in place of, or beside, its own.
    #[track_caller]
    fn check(changes: &[(&str, &str)], expected: &str) {
        let mut all = files();
        for (path, text) in changes {
            match all.iter_mut().find(|(there, _)| there == path) {
                Some(file) => (*text).clone_into(&mut file.1),
                None => all.push(((*path).to_owned(), (*text).to_owned())),
            }
        }
        let problems = Library::parse(all).err().unwrap_or_default();
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(shown.join("\n"), expected.trim());
    }

    fn guide(body: &str) -> String {
        format!("+++\ntitle = \"A\"\nsummary = \"B.\"\nreviewed = 2026-11-20\n+++\n{body}")
    }

    #[test]
    fn the_small_library_has_no_problem() {
        check(&[], "");
    }

    #[test]
    fn all_problems_of_a_front_matter_are_listed() {
        check(
            &[(
                "guide/a.md",
                "+++\ntags = []\ntitle = \"\"\nsummary = \"One. Two\"\nauthor = \"x\"\nsee-also = [\"a\", \"nobody\", \"nginx\", \"nginx\"]\nsources = [{ title = \"\", url = \"ftp://x\" }]\n+++\ntext\n",
            )],
            "
guide/a.md:1: the front matter has no `reviewed`; add `reviewed = 2026-11-20`
guide/a.md:2: `tags` is no key of the front matter; use title, summary, reviewed, see-also, sources
guide/a.md:3: the title is empty; write it
guide/a.md:4: the summary does not end with a full stop; write one sentence that does
guide/a.md:4: the summary has more than one sentence; keep one and move the rest into the text
guide/a.md:5: `author` is no key of the front matter; use title, summary, reviewed, see-also, sources
guide/a.md:6: `nginx` stands twice under see-also; take one out
guide/a.md:6: see-also names `nobody`, and there is no such article; name one by its file name without .md
guide/a.md:6: the article names itself under see-also; take it out
guide/a.md:7: `ftp://x` is no web address; write one with https://
guide/a.md:7: a source without a title; say what it is called
",
        );
    }

    #[test]
    fn a_front_matter_that_cannot_be_read_says_where() {
        // The keys that are therefore missing are not reported as well.
        check(
            &[("guide/a.md", "+++\ntitle = \"A\"\nsummary = \"B.\nreviewed = 1\n+++\ntext\n")],
            "
guide/a.md:3: the front matter is not TOML: invalid basic string, expected `\"`; mend it
",
        );
    }

    #[test]
    fn an_article_without_front_matter_is_reported() {
        check(
            &[("guide/a.md", "text\n")],
            "guide/a.md:1: the front matter is missing; begin the file with a line `+++`, its keys, and a line `+++`",
        );
    }

    #[test]
    fn a_review_has_a_day_and_no_time() {
        check(
            &[(
                "guide/a.md",
                "+++\ntitle = \"A\"\nsummary = \"B.\"\nreviewed = 2026-11-20T10:00:00Z\n+++\ntext\n",
            )],
            "guide/a.md:4: `reviewed` is a day without a time; write it as `reviewed = 2026-11-20`",
        );
    }

    #[test]
    fn dead_links_and_anchors_are_reported_with_their_line() {
        check(
            &[(
                "guide/a.md",
                &guide(
                    "## B\n\nGood: [a](../causes/clock-skew.md#how-to-be-sure), [b](#b), [c](https://x.example/),\n[d](/diagnose), [e](./a.md).\n\
                     [dead](../causes/nothing.md)\n[wrong folder](nginx.md)\n[anchor](../causes/clock-skew.md#no)\n[own](#c)\n\
                     [address](/articles/nginx)\n[page](/nowhere)\n[scheme](javascript:x)\n[else](../../README.md)\n[none]()\n[x][y]\n[](../stacks/nginx.md)\n",
                ),
            )],
            "
guide/a.md:10: there is no file causes/nothing.md; mend the link or write the article
guide/a.md:11: there is no file guide/nginx.md; the article is stacks/nginx.md
guide/a.md:12: causes/clock-skew.md has no heading #no; it has #what-you-see #why-it-happens #how-to-be-sure #how-to-fix-it #how-to-keep-it-from-coming-back #when-it-is-something-else
guide/a.md:13: guide/a.md has no heading #c; it has #b
guide/a.md:14: `/articles/nginx` is an address; link to the article's file, as `../causes/clock-skew.md`
guide/a.md:15: there is no page `/nowhere`; link to a file, or to one of / /api /articles /causes /comments /diagnose /fixes /guide /search /services /stacks
guide/a.md:16: `javascript:x` has a scheme that no page may link to; use https
guide/a.md:17: `../../README.md` names no article; write it as `name.md` or `../guide/name.md`
guide/a.md:18: a link that leads nowhere; write the address between the round brackets
guide/a.md:19: the link names [y], which is defined nowhere; add a line `[y]: ADDRESS`
guide/a.md:20: a link without text; say between the brackets where it leads
",
        );
    }

    #[test]
    fn a_cause_has_its_headings_in_their_order() {
        let text = cause_article("A", "B.", "Signs.")
            .replace("## Why it happens", "## How it happens")
            .replace("## How to be sure", "## How to fix")
            .replace("## How to fix it", "## How to be sure")
            .replace("## How to fix\n", "## How to fix it\n");
        check(
            &[("causes/clock-skew.md", &text)],
            "
causes/clock-skew.md:6: the heading `## Why it happens` is missing; every cause's article has it
causes/clock-skew.md:15: `## How it happens` is no heading of a cause's article; it has What you see / Why it happens / How to be sure / How to fix it / How to keep it from coming back / When it is something else, use `###` in them
causes/clock-skew.md:19: the heading `## How to fix it` stands where `## How to be sure` belongs; put them in the fixed order
",
        );
    }

    #[test]
    fn a_cause_shows_one_exchange_that_fails_and_one_that_works() {
        let text = cause_article("A", "B.", "Signs.").replace("http fixed", "http failing");
        check(
            &[("causes/clock-skew.md", &text)],
            "
causes/clock-skew.md:6: no fence ```http fixed; show the exchange as `curl -v` prints it
causes/clock-skew.md:27: a second fence ```http failing; keep one, name the others ```http
",
        );
    }

    #[test]
    fn files_in_the_wrong_place_are_reported() {
        check(
            &[
                ("README.md", ""),
                ("news/a.md", ""),
                ("causes/no-cause.md", &cause_article("A", "B.", "C.")),
                ("guide/Über.md", ""),
                ("guide/a--b.md", ""),
                ("guide/nginx.md", &guide("text")),
            ],
            "
README.md:1: an article outside of the folders; move it to one of causes, fixes, examples, guide, stacks, services
causes/no-cause.md:1: no cause has the id `no-cause`; rename the file to a cause's id or move it to another folder
guide/a--b.md:1: `a--b` cannot stand in an address; rename the file: a-z and 0-9, words joined by one `-`
guide/Über.md:1: `Über` cannot stand in an address; rename the file: a-z and 0-9, words joined by one `-`
news/a.md:1: no articles belong in the folder `news`; move it to one of causes, fixes, examples, guide, stacks, services
stacks/nginx.md:1: guide/nginx.md has the same name, and both would have one address; rename one of them
",
        );
    }

    #[test]
    fn a_cause_without_an_article_is_reported() {
        let mut files = files();
        files.retain(|(path, _)| path != "causes/provider-outage.md");
        let problems = Library::parse(files).expect_err("an article is missing");
        insta::assert_snapshot!(problems[0], @"causes/provider-outage.md:1: the article of this cause is missing; write it");
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn links_to_a_file_with_other_problems_are_still_checked() {
        let broken = guide("# Big\n\n## B\n\ntext\n");
        check(
            &[("guide/a.md", &broken), ("guide/b.md", &guide("[a](a.md#b), [b](a.md#c)\n"))],
            "
guide/a.md:6: a heading of the first level; the title is in the front matter, begin with `## `
guide/b.md:6: guide/a.md has no heading #c; it has #big #b
",
        );
    }

    #[test]
    fn articles_stand_by_kind_and_causes_in_the_order_of_their_list() {
        let library = library();
        let causes: Vec<&str> = library.of_kind(Kind::Cause).map(|article| article.slug.as_str()).collect();
        let ids: Vec<&str> = Cause::ALL.iter().map(|cause| cause.id()).collect();
        assert_eq!(causes, ids);
        assert_eq!(library.cause(Cause::ClockSkew).title, "The clocks differ");
        assert_eq!(library.article("nginx").map(|article| article.kind), Some(Kind::Stack));
        assert!(library.article("nobody").is_none());
    }

    #[test]
    fn related_articles_are_those_named_and_those_that_name() {
        let library = library();
        let related =
            |slug| library.related(slug).iter().map(|article| article.slug.clone()).collect::<Vec<_>>();
        assert_eq!(related("refresh-a-token"), ["token-expired"]);
        assert_eq!(related("token-expired"), ["clock-skew", "refresh-a-token"]);
        assert!(related("nobody").is_empty());
    }

    #[test]
    fn the_revision_changes_with_any_text_and_not_with_the_order_of_files() {
        let first = library();
        let mut turned = files();
        turned.reverse();
        assert_eq!(Library::parse(turned).expect("no problems").revision(), first.revision());
        let mut changed = files();
        replace(&mut changed, "causes/clock-skew.md", &cause_article("A", "B.", "C."));
        assert_ne!(Library::parse(changed).expect("no problems").revision(), first.revision());
    }

    #[test]
    fn line_breaks_of_windows_and_a_byte_order_mark_do_no_harm() {
        let text = format!("\u{feff}{}", guide("## A\n\ntext\n").replace('\n', "\r\n"));
        let article = Article::parse("guide/a.md", &text).expect("no problems");
        assert_eq!(article.sections[0].text, "text");
        assert_eq!(article.sections[0].line, 6);
    }

    #[test]
    fn the_table_of_contents_has_two_levels() {
        let library = library();
        let article = library.article("refresh-a-token").expect("it is in the fixture");
        let toc: Vec<(&str, Vec<&str>)> = article
            .toc()
            .iter()
            .map(|entry| {
                let children = entry.children.iter().map(|section| section.heading.as_str()).collect();
                (entry.section.heading.as_str(), children)
            })
            .collect();
        assert_eq!(toc, [("Ask the token endpoint", vec!["With curl"]), ("When the refresh fails", vec![])]);
        assert_eq!(article.lead, "An access token lives for an hour.");
    }
}
