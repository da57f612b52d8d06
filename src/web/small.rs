//! The small files that browsers and search engines ask for.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::assets;
use super::cache::{Keep, Stored};
use super::error::PageError;
use super::state::Shared;

/// How long security.txt says that it holds: less than a year, as RFC 9116, section 2.5.5 recommends.
const SECURITY_HOLDS: SignedDuration = SignedDuration::from_hours(180 * 24);

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

/// Where a security researcher should write (RFC 9116). There is no such file as long as nobody is named.
pub async fn security(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let contact = state.config.security_contact.as_deref().ok_or(PageError::NotFound)?;
    let text = security_text(contact, state.origin(), state.now());
    Ok(Stored::light("text/plain; charset=utf-8", Keep::ADay, text.into_bytes()).answer(&request))
}

/// The time is cut to the day, so that the file is the same for a day.
fn security_text(contact: &str, origin: &str, now: Timestamp) -> String {
    let until = TimeZone::UTC.to_datetime(now.saturating_add(SECURITY_HOLDS).unwrap_or(now)).date();
    format!(
        "Contact: {contact}\nExpires: {until}T00:00:00Z\nPreferred-Languages: en\nCanonical: {origin}/.well-known/security.txt\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_txt_says_whom_to_write_to_and_until_when_that_holds() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let text = security_text("mailto:security@fix401.example", "https://fix401.example", now);
        assert_eq!(
            text,
            "Contact: mailto:security@fix401.example\nExpires: 2027-05-22T00:00:00Z\nPreferred-Languages: en\n\
             Canonical: https://fix401.example/.well-known/security.txt\n"
        );
    }
}
