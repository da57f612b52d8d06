//! The small files that browsers and search engines ask for.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;

use super::assets;
use super::cache::{Keep, Stored};
use super::error::PageError;
use super::state::Shared;

#[derive(Template)]
#[template(path = "opensearch.xml")]
struct OpenSearch<'a> {
    origin: &'a str,
}

/// What a browser needs to offer the search in its address bar.
pub async fn opensearch(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let xml = OpenSearch { origin: state.origin() }.render()?;
    let kind = "application/opensearchdescription+xml; charset=utf-8";
    Ok(Stored::new(kind, Keep::ADay, xml.into_bytes()).answer(&request))
}

/// What a phone needs to put the site on its first screen.
pub async fn manifest(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let manifest = json!({
        "name": "fix401",
        "short_name": "fix401",
        "description": "Find the cause of an HTTP 401",
        "start_url": "/",
        "display": "browser",
        "background_color": "#f7f5ee",
        "theme_color": "#f7f5ee",
        "icons": [
            { "src": assets::href("icon.svg"), "type": "image/svg+xml", "sizes": "any" },
            { "src": assets::href("icon-192.png"), "type": "image/png", "sizes": "192x192" },
        ],
    });
    let body = manifest.to_string().into_bytes();
    Ok(Stored::new("application/manifest+json", Keep::ADay, body).answer(&request))
}

/// Search engines may read everything but what is made for one reader.
pub async fn robots(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let text = format!(
        "User-agent: *\nDisallow: /search\nDisallow: /diagnose\nDisallow: /moderate\nDisallow: /api/\n\nSitemap: {}/sitemap.xml\n",
        state.origin()
    );
    Ok(Stored::new("text/plain; charset=utf-8", Keep::ADay, text.into_bytes()).answer(&request))
}
