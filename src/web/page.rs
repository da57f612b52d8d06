//! What every page has around its content, and how a page becomes an answer. Knows no single page.

use std::borrow::Borrow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::cache::{self, Encoding};
use super::error::PageError;
use super::state::State;
use crate::library::Kind;
use crate::markdown::Html;

/// The type of every page.
pub const HTML: &str = "text/html; charset=utf-8";

/// The only markup that a template prints as it is; `markdown` alone makes it.
impl askama::filters::HtmlSafe for Html {}

/// Where a page belongs, for the bar on top and the bar under the thumb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Diagnose,
    Search,
    Articles,
    Kind(Kind),
    Elsewhere,
}

/// What stands around the content of a page.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The title in the browser's tab; the site's name is added.
    pub title: String,
    /// One or two sentences, for search engines and link previews.
    pub description: String,
    /// The address that stands for this page. Without one, search engines are asked to leave the page alone.
    pub canonical: Option<String>,
    /// Where the page belongs.
    pub place: Place,
    /// What stands in the search field.
    pub query: String,
    /// Facts about the page for search engines.
    pub facts: Vec<Facts>,
    origin: String,
}

impl Frame {
    /// The frame of a page at a path that search engines may list.
    pub fn new(state: &State, path: &str, place: Place, title: &str, description: &str) -> Frame {
        let canonical = Some(format!("{}{path}", state.origin()));
        Frame { canonical, ..Frame::unlisted(state, place, title, description) }
    }

    /// The frame of a page that is one reader's own, or that leads nowhere.
    pub fn unlisted(state: &State, place: Place, title: &str, description: &str) -> Frame {
        Frame {
            title: title.to_owned(),
            description: description.to_owned(),
            canonical: None,
            place,
            query: String::new(),
            facts: Vec::new(),
            origin: state.origin().to_owned(),
        }
    }

    /// The scheme, host and port that readers type.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The kinds in the bar on top: name, address and whether the page belongs there.
    pub fn ways(&self) -> impl Iterator<Item = Way> {
        let here = self.place;
        Kind::ALL.iter().map(move |kind| Way {
            name: kind.plural(),
            href: format!("/{}", kind.folder()),
            here: here == Place::Kind(*kind),
        })
    }

    /// The four things under the thumb.
    pub fn thumb(&self) -> [Way; 4] {
        let way = |name, href: &str, here| Way { name, href: href.to_owned(), here };
        let cause = Place::Kind(Kind::Cause);
        let reading = matches!(self.place, Place::Articles | Place::Kind(_)) && self.place != cause;
        [
            way("Diagnose", "/", self.place == Place::Diagnose),
            way("Search", "/search", self.place == Place::Search),
            way("Causes", "/causes", self.place == cause),
            way("Library", "/articles", reading),
        ]
    }
}

/// A way to go: a link in a bar.
#[derive(Clone, Debug)]
pub struct Way {
    pub name: &'static str,
    pub href: String,
    pub here: bool,
}

/// Facts in JSON-LD. It stands in a `<script>` of a type that is never run, so nothing in it may end the element.
#[derive(Clone, Debug)]
pub struct Facts(serde_json::Value);

impl Facts {
    /// Takes facts as JSON-LD.
    pub fn new(value: serde_json::Value) -> Facts {
        Facts(value)
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = self.0.to_string();
        f.write_str(&json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
    }
}

impl askama::filters::HtmlSafe for Facts {}

/// Answers with a page made for this request. It is compressed lightly and never kept anywhere.
pub fn answer(
    request: &HttpRequest,
    status: StatusCode,
    page: &impl Template,
) -> Result<HttpResponse, PageError> {
    Ok(fresh(request, status, HTML, render(page)?))
}

/// Answers with a body made for this request.
pub fn fresh(
    request: &HttpRequest,
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(content_type)))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((header::VARY, HeaderValue::from_static("Accept-Encoding")));
    if body.len() < 1024 || cache::accepted(request) == Encoding::Identity {
        return answer.body(body);
    }
    // Brotli is left to pages made ahead: at this speed gzip is as small. A client that takes brotli takes gzip.
    answer.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
    answer.body(cache::gzip(&body, 2))
}

/// Sends the browser on to another page, with GET (RFC 9110, section 15.4.4): so that reloading does not send a form twice.
pub fn see_other(place: &str) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    answer.insert_header((header::LOCATION, place)).finish()
}

/// Renders a page.
pub fn render(page: &impl Template) -> Result<Vec<u8>, PageError> {
    let html = page.render().map_err(|error| PageError::Internal(error.into()))?;
    Ok(html.into_bytes())
}

/// A date as people write it: 20 November 2026.
pub fn long_date(date: jiff::civil::Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A number with what it counts: `1 reader`, `12 readers`.
pub fn count(number: impl Borrow<usize>, one: &str, many: &str) -> String {
    let number = *number.borrow();
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A fragment for a heading: `The server's side` becomes `the-server-s-side`.
pub fn anchor(heading: &str) -> String {
    let words = heading.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_cannot_end_the_element_they_stand_in() {
        let facts = Facts::new(serde_json::json!({ "name": "</script><script>" }));
        assert_eq!(facts.to_string(), r#"{"name":"\u003c/script\u003e\u003cscript\u003e"}"#);
    }
}
