//! Links between articles: from file to address while one is read, and whether they lead anywhere when all are known.
//!
//! A link names the file (`../causes/clock-skew.md#how-to-be-sure`), so that editors and forges follow it too.

use std::collections::HashMap;

use super::Kind;
use super::article::Draft;
use crate::markdown;
use crate::problem::Problem;

/// The pages besides articles that an article may link to.
const PAGES: [&str; 11] = [
    "/",
    "/api",
    "/articles",
    "/causes",
    "/comments",
    "/diagnose",
    "/fixes",
    "/guide",
    "/search",
    "/services",
    "/stacks",
];

/// What an article names of another one, or of itself.
#[derive(Debug)]
pub(super) struct Reference {
    pub line: usize,
    pub target: Target,
}

/// How it is named.
#[derive(Debug)]
pub(super) enum Target {
    /// By its file, perhaps with an anchor.
    File { kind: Kind, slug: String, anchor: Option<String> },
    /// By its slug, under `see-also`.
    SeeAlso(String),
}

impl Reference {
    pub fn see_also(slug: &str, line: usize) -> Reference {
        Reference { line, target: Target::SeeAlso(slug.to_owned()) }
    }

    /// The slug it names.
    pub fn slug(&self) -> &str {
        match &self.target {
            Target::File { slug, .. } | Target::SeeAlso(slug) => slug,
        }
    }
}

/// The address for a link in the article `kind`/`slug`. What can only be checked when all articles are known goes to
/// `references`.
pub(super) fn resolve(
    kind: Kind,
    slug: &str,
    destination: &str,
    line: usize,
    references: &mut Vec<Reference>,
) -> Result<String, String> {
    if markdown::leads_outside(destination) {
        return Ok(destination.to_owned());
    }
    let (path, anchor) = match destination.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_owned())),
        None => (destination, None),
    };
    if path.starts_with('/') {
        return page(path, destination);
    }
    if path.is_empty() && anchor.is_none() {
        return Err("a link that leads nowhere; write the address between the round brackets".to_owned());
    }
    if path.split('/').next().is_some_and(|start| start.contains(':')) {
        return Err(format!("`{destination}` has a scheme that no page may link to; use https"));
    }
    let (target_kind, target_slug) = if path.is_empty() { (kind, slug) } else { file(kind, path)? };
    let own = target_slug == slug && path.is_empty();
    let start = if own { String::new() } else { format!("/articles/{target_slug}") };
    let address = match &anchor {
        Some(anchor) => format!("{start}#{anchor}"),
        None => start,
    };
    let target = Target::File { kind: target_kind, slug: target_slug.to_owned(), anchor };
    references.push(Reference { line, target });
    Ok(address)
}

/// A link to a page of the site that is no article.
fn page(path: &str, destination: &str) -> Result<String, String> {
    if path.starts_with("/articles/") {
        return Err(format!(
            "`{destination}` is an address; link to the article's file, as `../causes/clock-skew.md`"
        ));
    }
    let bare = path.split('?').next().unwrap_or(path);
    if PAGES.contains(&bare) {
        Ok(destination.to_owned())
    } else {
        Err(format!("there is no page `{bare}`; link to a file, or to one of {}", PAGES.join(" ")))
    }
}

/// The article that a relative path names, seen from the folder of a kind.
fn file(from: Kind, path: &str) -> Result<(Kind, &str), String> {
    let refuse =
        || format!("`{path}` names no article; write it as `name.md` or `../{}/name.md`", from.folder());
    let path_here = path.strip_prefix("./").unwrap_or(path);
    let (kind, name) = match path_here.strip_prefix("../") {
        None => (from, path_here),
        Some(rest) => {
            let (folder, name) = rest.split_once('/').ok_or_else(refuse)?;
            (Kind::of_folder(folder).ok_or_else(refuse)?, name)
        }
    };
    let slug =
        name.strip_suffix(".md").filter(|slug| !slug.is_empty() && !slug.contains('/')).ok_or_else(refuse)?;
    Ok((kind, slug))
}

/// Whether what the articles name is there.
pub(super) fn check(drafts: &[Draft], problems: &mut Vec<Problem>) {
    let by_slug: HashMap<&str, &Draft> =
        drafts.iter().map(|draft| (draft.article.slug.as_str(), draft)).collect();
    for draft in drafts {
        let article = &draft.article;
        let mut named = Vec::new();
        for reference in &draft.references {
            let what = match &reference.target {
                Target::SeeAlso(slug) if named.contains(&slug) => {
                    Some(format!("`{slug}` stands twice under see-also; take one out"))
                }
                Target::SeeAlso(slug) => {
                    named.push(slug);
                    see_also(&article.slug, slug, &by_slug)
                }
                Target::File { kind, slug, anchor } => dead(*kind, slug, anchor.as_deref(), &by_slug),
            };
            problems.extend(what.map(|what| Problem::new(article.path(), reference.line, what)));
        }
    }
}

fn see_also(own: &str, slug: &str, by_slug: &HashMap<&str, &Draft>) -> Option<String> {
    if slug == own {
        Some("the article names itself under see-also; take it out".to_owned())
    } else if !by_slug.contains_key(slug) {
        Some(format!(
            "see-also names `{slug}`, and there is no such article; name one by its file name without .md"
        ))
    } else {
        None
    }
}

fn dead(kind: Kind, slug: &str, anchor: Option<&str>, by_slug: &HashMap<&str, &Draft>) -> Option<String> {
    let folder = kind.folder();
    let Some(target) = by_slug.get(slug) else {
        return Some(format!("there is no file {folder}/{slug}.md; mend the link or write the article"));
    };
    if target.article.kind != kind {
        return Some(format!(
            "there is no file {folder}/{slug}.md; the article is {}",
            target.article.path()
        ));
    }
    let anchor = anchor?;
    if target.anchors.iter().any(|there| there == anchor) {
        return None;
    }
    let anchors: Vec<String> = target.anchors.iter().map(|there| format!("#{there}")).collect();
    Some(format!("{folder}/{slug}.md has no heading #{anchor}; it has {}", anchors.join(" ")))
}
