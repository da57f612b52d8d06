//! The list of pages for search engines (<https://www.sitemaps.org/protocol.html>).

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::address::Address;
use super::cache::{Keep, Stored};
use super::error::PageError;
use super::state::Shared;

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Sitemap<'a> {
    origin: &'a str,
    pages: Vec<Page>,
}

struct Page {
    path: String,
    /// The day on which somebody last checked that it is true.
    reviewed: Option<String>,
}

/// Every page that is the same for everybody.
pub async fn show(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let site = state.site();
    let page = |address: Address| Page {
        path: address.path().into_owned(),
        reviewed: match address {
            Address::Article(slug) => site.library.article(slug).map(|article| article.reviewed.to_string()),
            _ => None,
        },
    };
    // The newest comments are the same for everybody too, but made when they are asked for.
    let recent = Page { path: "/comments".to_owned(), reviewed: None };
    let pages = Address::all(&site).map(page).chain([recent]).collect();
    let xml = Sitemap { origin: state.origin(), pages }.render()?;
    Ok(Stored::light("application/xml; charset=utf-8", Keep::Ask, xml.into_bytes()).answer(&request))
}
