//! The lists of articles: one for each kind, and one of everything.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::address::Address;
use super::discussion;
use super::error::PageError;
use super::home::{FamilyOfCauses, families};
use super::page::{self, Frame, Place};
use super::state::{Made, Shared, Site, State};
use crate::comments::Tally;
use crate::library::{Article, Kind};

/// The causes, grouped by what went wrong.
#[derive(Template)]
#[template(path = "causes.html")]
struct Causes<'a> {
    frame: Frame,
    families: Vec<FamilyOfCauses<'a>>,
    tallies: Tallies,
}

/// The articles of one other kind.
#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    frame: Frame,
    kind: Kind,
    lead: &'static str,
    articles: Vec<&'a Article>,
    /// The same by the first letter of their titles; empty where the list is short enough to be read.
    letters: Vec<Letter<'a>>,
    tallies: Tallies,
}

/// How many articles are read rather than looked through.
const SHORT: usize = 20;

/// The articles whose titles begin with one letter.
struct Letter<'a> {
    letter: char,
    articles: Vec<&'a Article>,
}

impl<'a> Letter<'a> {
    /// The groups in the order of the alphabet.
    fn group(articles: &[&'a Article]) -> Vec<Letter<'a>> {
        let mut sorted = articles.to_vec();
        let key = |article: &Article| name(&article.title).to_lowercase();
        sorted.sort_by_key(|article| key(article));
        let mut groups: Vec<Letter> = Vec::new();
        for article in sorted {
            let letter = key(article).chars().next().unwrap_or('#').to_ascii_uppercase();
            match groups.last_mut() {
                Some(group) if group.letter == letter => group.articles.push(article),
                _ => groups.push(Letter { letter, articles: vec![article] }),
            }
        }
        groups
    }
}

/// What a title is looked up by: `401 from Amazon ECR` under Amazon, `.NET` under its first letter.
fn name(title: &str) -> &str {
    let about_a_401 = ["401", "403", "Failed"].iter().any(|start| title.starts_with(start));
    let prepositions = [" from ", " behind ", " in ", " with ", " at "];
    let first = prepositions.iter().filter_map(|word| title.find(word).map(|at| at + word.len())).min();
    let name = first.filter(|_| about_a_401).and_then(|at| title.get(at..)).unwrap_or(title);
    let name = ["a ", "the "].iter().find_map(|article| name.strip_prefix(article)).unwrap_or(name);
    name.trim_start_matches(|c: char| !c.is_alphanumeric())
}

/// Everything, by kind.
#[derive(Template)]
#[template(path = "articles.html")]
struct All<'a> {
    frame: Frame,
    shelves: Vec<Shelf<'a>>,
    total: usize,
}

struct Shelf<'a> {
    kind: Kind,
    lead: &'static str,
    articles: Vec<&'a Article>,
}

/// How many readers an article helped.
struct Tallies(HashMap<String, Tally>);

impl Tallies {
    fn fixed(&self, slug: &str) -> usize {
        discussion::fixed(&self.0, slug)
    }
}

/// The list of everything.
pub async fn all(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    state.serve(&request, Address::Articles).await
}

/// The list of one kind.
pub async fn of_kind(state: Shared, request: HttpRequest, kind: Kind) -> Result<HttpResponse, PageError> {
    state.serve(&request, Address::Kind(kind)).await
}

pub(super) fn make_all(state: &State, site: &Arc<Site>) -> Result<Made, PageError> {
    let shelf = |kind: &Kind| Shelf {
        kind: *kind,
        lead: lead(*kind),
        articles: site.library.of_kind(*kind).collect(),
    };
    let shelves: Vec<Shelf> =
        Kind::ALL.iter().map(shelf).filter(|shelf| !shelf.articles.is_empty()).collect();
    let description =
        "Every article of the library: causes of a 401, fixes, worked examples, guides, stacks and services.";
    let page = All {
        frame: Frame::new(state, "/articles", Place::Articles, "The library", description),
        total: site.library.articles().len(),
        shelves,
    };
    Ok(Made { html: page::render(&page)?, lasting: true })
}

pub(super) async fn make(state: &State, site: &Arc<Site>, kind: Kind) -> Result<Made, PageError> {
    let known = discussion::tallies(state).await;
    let lasting = known.is_some();
    let tallies = Tallies(known.unwrap_or_default());
    let path = format!("/{}", kind.folder());
    let frame = Frame::new(state, &path, Place::Kind(kind), kind.plural(), lead(kind));
    let page = match kind {
        Kind::Cause => page::render(&Causes { frame, families: families(site), tallies })?,
        _ => {
            let articles: Vec<&Article> = site.library.of_kind(kind).collect();
            let letters = if articles.len() > SHORT { Letter::group(&articles) } else { Vec::new() };
            page::render(&Index { frame, kind, lead: lead(kind), articles, letters, tallies })?
        }
    };
    Ok(Made { html: page, lasting })
}

/// What is found on the shelf.
const fn lead(kind: Kind) -> &'static str {
    match kind {
        Kind::Cause => {
            "Every 401 we know comes from one of these 45. Each page tells how to be sure and how to fix it."
        }
        Kind::Fix => "One task each, step by step, with the command that proves it worked.",
        Kind::Example => "Whole cases, from the first symptom to the proof that it is gone.",
        Kind::Guide => {
            "What a 401 is, how it differs from its neighbours, and how to find out where one comes from."
        }
        Kind::Stack => {
            "Frameworks, servers and clients: where each of them decides on a 401, and where it says why."
        }
        Kind::Service => "APIs and products: what their 401 looks like and what it means there.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::fixture;

    #[test]
    fn titles_stand_under_the_letter_of_what_they_are_about() {
        let library = fixture::library();
        let mut articles: Vec<Article> = library.articles().iter().take(4).cloned().collect();
        for (article, title) in articles.iter_mut().zip([
            "401 behind nginx",
            "401 in .NET",
            "Failed sign-ins at Apache",
            "401 from a Node server",
        ]) {
            title.clone_into(&mut article.title);
        }
        let groups = Letter::group(&articles.iter().collect::<Vec<_>>());
        let shown: Vec<String> = groups
            .iter()
            .map(|group| {
                let titles: Vec<&str> = group.articles.iter().map(|article| article.title.as_str()).collect();
                format!("{}: {}", group.letter, titles.join(", "))
            })
            .collect();
        assert_eq!(
            shown,
            ["A: Failed sign-ins at Apache", "N: 401 in .NET, 401 behind nginx, 401 from a Node server"]
        );
    }
}
