//! The finding catalogue: everything that the diagnosis can notice, a page for each area, and a filter over all of it. It is
//! made from what the diagnosis knows; nothing is written twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::address::Address;
use super::error::PageError;
use super::page::{self, Frame, Place};
use super::search::{self, LONGEST};
use super::state::{Made, Shared, Site, State};
use crate::diagnosis::view::Excerpt;
use crate::diagnosis::{Diagnoser, Input, Meaning, Weight};
use crate::library::{Article, Library};

/// The most findings that the filter lists.
const LISTED: usize = 100;

/// A group of findings: the part of their ids before the dot.
pub struct Area<'a> {
    pub id: &'a str,
    pub name: String,
    pub count: usize,
    /// Whether any report may show what is in it, or only those about one product.
    pub is_general: bool,
}

/// A finding as the catalogue shows it.
pub struct Entry<'a> {
    pub meaning: &'a Meaning,
    /// What it points to, strongest first.
    pub points: Vec<Point<'a>>,
    /// A line in which it is seen.
    pub example: Option<&'a str>,
    /// Questions of the form and the answers to them that say the same.
    pub asked: Vec<(&'a str, &'a str)>,
}

/// A cause that a finding speaks for or against.
pub struct Point<'a> {
    pub article: &'a Article,
    pub weight: Weight,
}

#[derive(Template)]
#[template(path = "findings.html")]
struct Catalogue<'a> {
    frame: Frame,
    areas: Vec<Area<'a>>,
    total: usize,
    /// What was looked for, and what has it; nothing before anything was.
    found: Option<Found<'a>>,
    query: String,
}

impl<'a> Catalogue<'a> {
    fn of_kind(&self, general: bool) -> impl Iterator<Item = &Area<'a>> {
        self.areas.iter().filter(move |area| area.is_general == general)
    }

    fn search(&self) -> String {
        search::address(&self.query, None, 0)
    }
}

struct Found<'a> {
    entries: Vec<Entry<'a>>,
    total: usize,
}

#[derive(Template)]
#[template(path = "findings-area.html")]
struct AreaPage<'a> {
    frame: Frame,
    area: Area<'a>,
    entries: Vec<Entry<'a>>,
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// The areas; with a query the findings that have its words.
pub async fn show(
    state: Shared,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let query: String = asked.q.trim().chars().take(LONGEST).collect();
    if query.is_empty() {
        return state.serve(&request, Address::Findings).await;
    }
    let site = state.site();
    let examples = site.examples(state.now());
    let all = matching(&site, examples, &query);
    let found = Found { total: all.len(), entries: all.into_iter().take(LISTED).collect() };
    let title = format!("Findings: {query}");
    let frame = Frame::unlisted(&state, Place::Elsewhere, &title, ABOUT);
    let areas = areas(&site.diagnoser);
    let total = site.diagnoser.meanings().count();
    page::answer(&request, StatusCode::OK, &Catalogue { frame, areas, total, found: Some(found), query })
}

/// The findings of one area.
pub async fn area(
    state: Shared,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let area = path.into_inner();
    // Only what exists is kept as a page.
    if !areas(&state.site().diagnoser).iter().any(|known| known.id == area) {
        return Err(PageError::NotFound);
    }
    state.serve(&request, Address::FindingArea(&area)).await
}

const ABOUT: &str = "Everything that the diagnosis can notice in a report of a 401: what was seen, what it points to, an example.";

pub(super) fn make(state: &State, site: &Arc<Site>) -> Result<Made, PageError> {
    let page = Catalogue {
        frame: Frame::new(state, "/findings", Place::Elsewhere, "What the diagnosis looks for", ABOUT),
        areas: areas(&site.diagnoser),
        total: site.diagnoser.meanings().count(),
        found: None,
        query: String::new(),
    };
    Ok(Made { html: page::render(&page)?, lasting: true })
}

pub(super) fn make_area(state: &State, site: &Arc<Site>, id: &str) -> Result<Made, PageError> {
    let examples = site.examples(state.now());
    let area = areas(&site.diagnoser).into_iter().find(|area| area.id == id).ok_or(PageError::NotFound)?;
    let mine = site.diagnoser.meanings().filter(|meaning| area_of(&meaning.id) == id);
    let description =
        format!("{}: what the diagnosis of a 401 notices there, what it points to, an example.", area.name);
    let title = format!("{}: what the diagnosis looks for", area.name);
    let page = AreaPage {
        frame: Frame::new(state, &area_address(id), Place::Elsewhere, &title, &description),
        entries: mine.map(|meaning| Entry::new(site, examples, meaning)).collect(),
        area,
    };
    Ok(Made { html: page::render(&page)?, lasting: true })
}

impl<'a> Area<'a> {
    fn new(diagnoser: &Diagnoser, id: &'a str, count: usize) -> Area<'a> {
        let (name, is_general) = diagnoser.area(id);
        let capital = || {
            let words = id.replace('-', " ");
            let mut letters = words.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        };
        Area { id, name: name.map_or_else(capital, str::to_owned), count, is_general }
    }

    /// Its address.
    pub fn href(&self) -> String {
        area_address(self.id)
    }
}

impl<'a> Entry<'a> {
    fn new(site: &'a Site, examples: &'a Examples, meaning: &'a Meaning) -> Entry<'a> {
        let mut points: Vec<Point> = meaning
            .points_to
            .iter()
            .filter_map(|(cause, weight)| {
                Some(Point { article: site.library.article(cause.id())?, weight: *weight })
            })
            .collect();
        points.sort_by_key(|point| point.weight);
        let questions = site.diagnoser.questions().iter();
        let asked = questions.flat_map(|question| {
            let says = question.answers.iter();
            says.filter(|answer| answer.finding.as_deref() == Some(&meaning.id))
                .map(|answer| (question.text.as_str(), answer.text.as_str()))
        });
        Entry { meaning, points, example: examples.of(site, &meaning.id), asked: asked.collect() }
    }

    /// Its address.
    pub fn href(&self) -> String {
        address(&self.meaning.id)
    }
}

impl Point<'_> {
    /// How strongly, in words.
    pub const fn strength(&self) -> &'static str {
        match self.weight {
            Weight::Decisive => "Practically proves",
            Weight::Strong => "Speaks strongly for",
            Weight::Weak => "Speaks a little for",
            Weight::Against => "Speaks against",
        }
    }
}

/// Lines in which rules see something: out of the failing exchanges of the articles, so that each is a real one. Signatures
/// have examples of their own.
#[derive(Debug, Default)]
pub struct Examples(BTreeMap<String, String>);

impl Examples {
    /// Looks at every failing exchange of the library.
    pub fn new(library: &Library, diagnoser: &Diagnoser, now: Timestamp) -> Examples {
        let mut examples = BTreeMap::new();
        let fences = library.articles().iter().flat_map(|article| &article.exchanges);
        for text in fences.filter(|fence| fence.failing).map(|fence| &fence.text) {
            let diagnosis = diagnoser.diagnose(&Input { text, ..Input::default() }, now);
            for finding in &diagnosis.findings {
                if let Some(span) = finding.span {
                    let excerpt = Excerpt::new(text, &diagnosis.secrets, span);
                    // A mask shows nothing of what was seen under it.
                    if !excerpt.marked.contains("[masked") {
                        examples.entry(finding.meaning.id.clone()).or_insert(excerpt.whole());
                    }
                }
            }
        }
        Examples(examples)
    }

    /// A line in which a finding is seen, if one is known.
    pub fn of<'a>(&'a self, site: &'a Site, id: &str) -> Option<&'a str> {
        site.diagnoser.example(id).or_else(|| self.0.get(id).map(String::as_str))
    }
}

/// The areas with the number of their findings, in the order of their names.
fn areas(diagnoser: &Diagnoser) -> Vec<Area<'_>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for meaning in diagnoser.meanings() {
        *counts.entry(area_of(&meaning.id)).or_default() += 1;
    }
    let mut areas: Vec<Area> =
        counts.into_iter().map(|(id, count)| Area::new(diagnoser, id, count)).collect();
    areas.sort_by_cached_key(|area| area.name.to_lowercase());
    areas
}

/// The ids of the areas.
pub fn area_ids(diagnoser: &Diagnoser) -> Vec<&str> {
    let mut ids: Vec<&str> = diagnoser.meanings().map(|meaning| area_of(&meaning.id)).collect();
    ids.dedup();
    ids
}

fn area_of(id: &str) -> &str {
    id.split('.').next().unwrap_or(id)
}

fn area_address(area: &str) -> String {
    format!("/findings/{area}")
}

/// The address of a finding in the catalogue.
pub fn address(id: &str) -> String {
    format!("{}#{id}", area_address(area_of(id)))
}

/// The address of the findings with these words.
pub fn filter_address(query: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", query).finish();
    format!("/findings?{query}")
}

/// The findings that have all words of a query: in the id, the sentence, the example or the titles of their causes. Those
/// that have them in id or sentence come first.
pub fn matching<'a>(site: &'a Site, examples: &'a Examples, query: &str) -> Vec<Entry<'a>> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let has_all = |text: &str| words.iter().all(|word| text.contains(word));
    let mut near = Vec::new();
    let mut far = Vec::new();
    for meaning in site.diagnoser.meanings() {
        let mut text = format!("{} {}", meaning.id, meaning.says).to_lowercase();
        if has_all(&text) {
            near.push(Entry::new(site, examples, meaning));
            continue;
        }
        let titles = meaning.points_to.iter().filter_map(|(cause, _)| site.library.article(cause.id()));
        for title in titles.map(|article| article.title.to_lowercase()) {
            text.push(' ');
            text.push_str(&title);
        }
        text.push(' ');
        text.push_str(&examples.of(site, &meaning.id).unwrap_or_default().to_lowercase());
        if has_all(&text) {
            far.push(Entry::new(site, examples, meaning));
        }
    }
    near.append(&mut far);
    near
}
