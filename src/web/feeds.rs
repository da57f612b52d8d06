//! The newest comments as Atom feeds (RFC 4287): of everything, and of one article.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::cache::{Keep, Stored};
use super::discussion;
use super::error::PageError;
use super::state::{Shared, State};
use crate::comments::Comment;
use crate::library::{Article, Library};
use crate::markdown;

/// The most entries. A reader of feeds asks more often than this many comments come in.
const ENTRIES: usize = 50;

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed<'a> {
    /// `urn:uuid:…`, the same for good.
    id: String,
    title: String,
    subtitle: &'a str,
    origin: &'a str,
    /// The path of the feed itself.
    path: &'a str,
    /// The path of the page that shows the same.
    page: &'a str,
    updated: String,
    entries: Vec<Entry>,
}

/// A comment.
struct Entry {
    id: Uuid,
    title: String,
    href: String,
    author: String,
    outcome: &'static str,
    published: String,
    updated: String,
    /// HTML, to be escaped: it is text to the feed.
    html: String,
}

/// The newest comments on all articles.
pub async fn everything(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let site = state.site();
    let recent = state.comments()?.recent(ENTRIES).await?;
    let entries = entries(&site.library, &recent);
    let reviewed = site.library.articles().iter().map(|article| article.reviewed).max();
    answer(
        &request,
        Feed {
            id: feed_id(&state, "/feed.atom"),
            title: "fix401: comments".to_owned(),
            subtitle: "What readers say fixed their 401",
            origin: state.origin(),
            path: "/feed.atom",
            page: "/comments",
            updated: updated(&recent, reviewed),
            entries,
        },
    )
}

/// The newest comments on one article.
pub async fn of_article(
    state: Shared,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let site = state.site();
    let article = site.library.article(&slug).ok_or(PageError::NotFound)?;
    let recent = state.comments()?.recent_before(Some(&slug), None, ENTRIES).await?.items;
    let path = format!("{}/feed.atom", article.url());
    answer(
        &request,
        Feed {
            id: feed_id(&state, &path),
            title: format!("fix401: comments on {}", article.title),
            subtitle: &article.summary,
            origin: state.origin(),
            path: &path,
            page: &article.url(),
            updated: updated(&recent, Some(article.reviewed)),
            entries: entries(&site.library, &recent),
        },
    )
}

fn answer(request: &HttpRequest, feed: Feed<'_>) -> Result<HttpResponse, PageError> {
    let xml: String = feed.render()?.chars().filter(|letter| is_of_xml(*letter)).collect();
    Ok(Stored::light("application/atom+xml; charset=utf-8", Keep::Ask, xml.into_bytes()).answer(request))
}

/// What may stand in an XML document at all (XML 1.0, production 2); escaping does not help the rest.
fn is_of_xml(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Comments under articles that are no longer there have no page, so they are left out.
fn entries(library: &Library, comments: &[Comment]) -> Vec<Entry> {
    comments.iter().filter_map(|comment| Some(Entry::new(library.article(&comment.slug)?, comment))).collect()
}

impl Entry {
    fn new(article: &Article, comment: &Comment) -> Entry {
        Entry {
            id: comment.id,
            title: format!("{}: {}", comment.outcome.label(), article.title),
            href: discussion::place(&article.slug, comment.id),
            author: comment.author_shown().to_owned(),
            outcome: comment.outcome.id(),
            published: exact(comment.created),
            updated: exact(comment.edited.unwrap_or(comment.created)),
            html: markdown::comment(&comment.body).as_str().to_owned(),
        }
    }
}

/// When the newest of the comments was written or changed; while there are none, the day of the last review, since a feed
/// must have a date (RFC 4287, section 4.1.1).
fn updated(comments: &[Comment], reviewed: Option<jiff::civil::Date>) -> String {
    let newest = comments.iter().map(|comment| comment.edited.unwrap_or(comment.created)).max();
    let midnight = || reviewed.and_then(|day| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
    exact(newest.or_else(midnight).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn exact(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An id that is the same as long as the feed has the same address (RFC 9562, section 5.8).
fn feed_id(state: &State, path: &str) -> String {
    let digest = Sha256::digest(format!("{}{path}", state.origin()));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest.iter()).for_each(|(byte, from)| *byte = *from);
    format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_xml_document_may_hold_is_told_from_what_it_may() {
        for letter in ['\u{0}', '\u{8}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
            assert!(!is_of_xml(letter), "{letter:?}");
        }
        for letter in ['\t', '\n', ' ', 'ä', '\u{fffd}', '😀', '\u{10ffff}'] {
            assert!(is_of_xml(letter), "{letter:?}");
        }
    }

    #[test]
    fn a_feed_without_comments_has_the_day_of_the_review() {
        assert_eq!(updated(&[], Some(jiff::civil::date(2026, 11, 20))), "2026-11-20T00:00:00Z");
    }
}
