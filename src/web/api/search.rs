//! Search, and suggestions for what is being typed. What was searched for is kept nowhere.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use super::super::meter::Door;
use super::super::search::LONGEST;
use super::super::state::Shared;
use super::description::QueryRefused;
use super::input::Parameters;
use super::problem::Problem;
use super::types::{Found, Fragment, Hit, KindId, Suggestion, Suggestions};
use crate::search::{self, Query};

/// How many hits are given when nobody says.
const USUAL: usize = 20;

/// Search the library
///
/// Finds articles and sections by words, error texts and codes. There is no syntax: any text is a query. Slips of the
/// keyboard and words that mean the same are allowed for.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    operation_id = "search",
    tag = "Library",
    params(
        ("q" = String, Query, description = "What to look for", min_length = 1, max_length = 300, example = "token expired"),
        ("kind" = Option<KindId>, Query, description = "Only articles of this kind"),
        ("limit" = Option<usize>, Query, description = "The most hits to give; 20 when not said", minimum = 1, maximum = 50, example = 1),
        ("offset" = Option<usize>, Query, description = "How many hits to pass over first", minimum = 0),
    ),
    responses((status = 200, description = "The hits, best first", body = Found), QueryRefused),
)]
pub async fn search(state: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut parameters = Parameters::of(&request);
    let text = required(&mut parameters);
    let kind = parameters.kind("kind");
    let limit = parameters.number("limit", 1..=Query::MAX_LIMIT).unwrap_or(USUAL);
    let offset = parameters.number("offset", 0..=usize::MAX).unwrap_or(0);
    parameters.done()?;
    let results = state.site().search.find(&Query { text: &text, kind, limit, offset });
    state.meter.searched(Door::Api, results.total > 0);
    let found = Found {
        total: results.total,
        hits: results.hits.into_iter().map(hit).collect(),
        suggestion: results.suggestion,
    };
    super::fresh(&request, StatusCode::OK, &found)
}

/// Suggest titles and sections for what is being typed
///
/// For search as you type: the last word counts as a beginning.
#[utoipa::path(
    get,
    path = "/api/v1/suggest",
    operation_id = "suggest",
    tag = "Library",
    params(("q" = String, Query, description = "What was typed so far", min_length = 1, max_length = 300, example = "clock sk")),
    responses((status = 200, description = "At most 8 titles or sections, best first", body = Suggestions), QueryRefused),
)]
pub async fn suggest(state: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut parameters = Parameters::of(&request);
    let text = required(&mut parameters);
    parameters.done()?;
    let suggestion = |found: search::Suggestion| Suggestion {
        title: found.title,
        section: found.section,
        url: found.url,
        kind: KindId(found.kind),
    };
    let suggestions = state.site().search.suggest(&text).into_iter().map(suggestion).collect();
    super::fresh(&request, StatusCode::OK, &Suggestions { suggestions })
}

fn required(parameters: &mut Parameters) -> String {
    let text = parameters.text("q", LONGEST);
    // Nothing else was read so far: what is wrong is wrong with `q`.
    if text.is_none() && parameters.are_good() {
        parameters.wrong("q", "Say what to look for.");
    }
    text.unwrap_or_default()
}

fn hit(hit: search::Hit) -> Hit {
    Hit {
        slug: hit.slug,
        kind: KindId(hit.kind),
        title: hit.title,
        section: hit.section,
        url: hit.url,
        snippet: hit.snippet.iter().map(|fragment| fragment.text.as_str()).collect(),
        fragments: hit
            .snippet
            .into_iter()
            .map(|fragment| Fragment { text: fragment.text, marked: fragment.marked })
            .collect(),
        score: hit.score,
    }
}
