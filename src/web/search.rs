//! Search: the page of results.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::error::PageError;
use super::findings::{self, Entry};
use super::meter::Door;
use super::page::{self, Frame, Place};
use super::state::Shared;
use crate::library::Kind;
use crate::search::{Query, Results};

/// Results on a page.
const ON_A_PAGE: usize = 20;
/// Nobody reads further, and the index need not rank further.
const FURTHEST: usize = 200;
/// The longest query that is looked at, in characters. Longer ones are pastes, which the diagnosis reads better.
pub const LONGEST: usize = 300;

/// What was asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    from: usize,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    frame: Frame,
    results: Results,
    kinds: Vec<KindLink>,
    /// The query is too long to be one: it looks like a paste.
    is_paste: bool,
    suggestion: Option<(String, String)>,
    earlier: Option<String>,
    later: Option<String>,
    /// What the diagnosis looks for that has these words: a few, and how many there are.
    findings: Vec<Entry<'a>>,
    findings_total: usize,
}

/// Findings beside the results.
const FINDINGS: usize = 3;

/// A filter by kind.
struct KindLink {
    name: &'static str,
    href: String,
    here: bool,
}

impl SearchPage<'_> {
    fn total(&self) -> String {
        page::count(self.results.total, "result", "results")
    }

    fn all_findings(&self) -> String {
        findings::filter_address(&self.frame.query)
    }
}

/// The results of a search, or an empty field.
pub async fn show(
    state: Shared,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let site = state.site();
    let text: String = asked.q.trim().chars().take(LONGEST).collect();
    let kind = asked.kind.parse::<Kind>().ok();
    let offset = asked.from.min(FURTHEST);
    let results = site.search.find(&Query { text: &text, kind, limit: ON_A_PAGE, offset });

    if !text.is_empty() {
        state.meter.searched(Door::Page, results.total > 0);
    }
    // Moderators see which article is missing. A kind that has nothing says little.
    if results.total == 0
        && kind.is_none()
        && let Ok(comments) = state.comments()
    {
        comments.note_missed_search(&text, state.now());
    }

    let title = if text.is_empty() { "Search".to_owned() } else { format!("Search: {text}") };
    let mut frame =
        Frame::unlisted(&state, Place::Search, &title, "Search the library of 401 causes and fixes.");
    frame.query.clone_from(&text);
    // Beside the first results of everything; whoever filters looks for articles.
    let mut found = match text.is_empty() || kind.is_some() || offset > 0 {
        true => Vec::new(),
        false => findings::matching(&site, site.examples(state.now()), &text),
    };
    let findings_total = found.len();
    found.truncate(FINDINGS);
    let has_more = offset + ON_A_PAGE < results.total.min(FURTHEST);
    let page = SearchPage {
        frame,
        kinds: kinds(&text, kind),
        is_paste: asked.q.chars().count() > LONGEST,
        suggestion: results.suggestion.clone().map(|better| (address(&better, kind, 0), better)),
        earlier: (offset > 0).then(|| address(&text, kind, offset.saturating_sub(ON_A_PAGE))),
        later: has_more.then(|| address(&text, kind, offset + ON_A_PAGE)),
        results,
        findings: found,
        findings_total,
    };
    page::answer(&request, StatusCode::OK, &page)
}

fn kinds(text: &str, chosen: Option<Kind>) -> Vec<KindLink> {
    let everything = KindLink { name: "Everything", href: address(text, None, 0), here: chosen.is_none() };
    let of_kind = |kind: &Kind| KindLink {
        name: kind.plural(),
        href: address(text, Some(*kind), 0),
        here: chosen == Some(*kind),
    };
    std::iter::once(everything).chain(Kind::ALL.iter().map(of_kind)).collect()
}

/// The address of a search.
pub fn address(text: &str, kind: Option<Kind>, from: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", text);
    if let Some(kind) = kind {
        query.append_pair("kind", kind.id());
    }
    if from > 0 {
        query.append_pair("from", &from.to_string());
    }
    format!("/search?{}", query.finish())
}
