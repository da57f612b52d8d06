//! An article's page.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::json;

use super::address::Address;
use super::body::Fields;
use super::cache::{Keep, Stored};
use super::discussion::{self, Discussion};
use super::error::PageError;
use super::page::{self, Facts, Frame, Place};
use super::state::{Made, Shared, Site, State};
use crate::comments::{FINDINGS_MAX, View};
use crate::library::{Article, Kind, Library, TocEntry};

/// How many articles stand beside one.
const RELATED: usize = 5;

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage<'a> {
    frame: Frame,
    article: &'a Article,
    crumbs: Vec<Crumb>,
    toc: Vec<TocEntry<'a>>,
    related: Vec<&'a Article>,
    before: Option<&'a Article>,
    after: Option<&'a Article>,
    discussion: Discussion,
}

/// A step on the way from the first page to this one.
struct Crumb {
    name: String,
    href: String,
}

impl ArticlePage<'_> {
    fn reviewed(&self) -> String {
        page::long_date(self.article.reviewed)
    }
}

/// One article with the comments under it.
pub async fn show(
    state: Shared,
    slug: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let found = Fields::of(request.query_string()).texts("f");
    let view = discussion::view(request.query_string());
    if found.is_empty() && view.is_none() {
        return state.serve(&request, Address::Article(&slug)).await;
    }
    // Another part of its comments, or the way from a diagnosis, where the question carries what was found: made when it
    // is asked for. Search engines are led to the article itself.
    let made = make_part(&state, &state.site(), &slug, &view.unwrap_or_default(), &found).await?;
    if !made.lasting || !found.is_empty() {
        return Ok(page::fresh(&request, StatusCode::OK, page::HTML, made.html));
    }
    Ok(Stored::light(page::HTML, Keep::Ask, made.html).answer(&request))
}

pub(super) async fn make(state: &State, site: &Arc<Site>, slug: &str) -> Result<Made, PageError> {
    make_part(state, site, slug, &View::default(), &[]).await
}

/// Makes the page with a part of its comments and a question that carries these findings.
async fn make_part(
    state: &State,
    site: &Arc<Site>,
    slug: &str,
    view: &View,
    found: &[String],
) -> Result<Made, PageError> {
    let article = site.library.article(slug).ok_or(PageError::NotFound)?;
    let mut discussion = Discussion::of(state, article, view).await;
    if let Some(ask) = &mut discussion.ask {
        let known = found.iter().filter(|id| site.diagnoser.meaning(id).is_some());
        ask.findings = known.take(FINDINGS_MAX).cloned().collect();
    }
    let crumbs = crumbs(article);
    let place = Place::Kind(article.kind);
    let mut frame = Frame::new(state, &article.url(), place, &article.title, &article.summary);
    frame.facts = facts(state.origin(), article, &crumbs);
    let (before, after) = neighbours(&site.library, article);
    let lasting = discussion.available();
    let page = ArticlePage {
        frame,
        article,
        crumbs,
        toc: article.toc(),
        related: site.library.related(slug).into_iter().take(RELATED).collect(),
        before,
        after,
        discussion,
    };
    Ok(Made { html: page::render(&page)?, lasting })
}

fn crumbs(article: &Article) -> Vec<Crumb> {
    let shelf = format!("/{}", article.kind.folder());
    let mut crumbs = vec![Crumb { name: article.kind.plural().to_owned(), href: shelf }];
    if let Some(cause) = article.cause() {
        let heading = cause.family().heading();
        let href = format!("/{}#{}", Kind::Cause.folder(), page::anchor(heading));
        crumbs.push(Crumb { name: heading.to_owned(), href });
    }
    crumbs
}

/// The articles of the same kind before and after this one.
fn neighbours<'a>(library: &'a Library, article: &Article) -> (Option<&'a Article>, Option<&'a Article>) {
    let shelf: Vec<&Article> = library.of_kind(article.kind).collect();
    let place = shelf.iter().position(|other| other.slug == article.slug).unwrap_or(0);
    (place.checked_sub(1).and_then(|before| shelf.get(before).copied()), shelf.get(place + 1).copied())
}

/// What search engines read (schema.org).
fn facts(origin: &str, article: &Article, crumbs: &[Crumb]) -> Vec<Facts> {
    let address = format!("{origin}{}", article.url());
    let item = |position: usize, name: &str, href: String| json!({ "@type": "ListItem", "position": position, "name": name, "item": href });
    let mut items: Vec<_> = crumbs
        .iter()
        .enumerate()
        .map(|(place, crumb)| item(place + 1, &crumb.name, format!("{origin}{}", crumb.href)))
        .collect();
    items.push(item(items.len() + 1, &article.title, address.clone()));
    vec![
        Facts::new(json!({
            "@context": "https://schema.org",
            "@type": "TechArticle",
            "headline": article.title,
            "description": article.summary,
            "dateModified": article.reviewed.to_string(),
            "mainEntityOfPage": address,
            "citation": article.sources.iter().map(|source| &source.url).collect::<Vec<_>>(),
        })),
        Facts::new(json!({
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": items,
        })),
    ]
}
