//! The pages that are the same for everybody, with their addresses and what makes them.

use std::borrow::Cow;
use std::sync::Arc;

use super::error::PageError;
use super::state::{Made, Site, State};
use super::{api, article, findings, home, indexes, privacy};
use crate::library::Kind;

/// A page that is the same for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    Home,
    Articles,
    Kind(Kind),
    Article(&'a str),
    Findings,
    /// The part of the findings' ids before the dot.
    FindingArea(&'a str),
    Privacy,
    Api,
}

impl<'a> Address<'a> {
    /// The path it is served at.
    pub fn path(self) -> Cow<'static, str> {
        match self {
            Address::Home => "/".into(),
            Address::Articles => "/articles".into(),
            Address::Kind(kind) => format!("/{}", kind.folder()).into(),
            Address::Article(slug) => format!("/articles/{slug}").into(),
            Address::Findings => "/findings".into(),
            Address::FindingArea(area) => format!("/findings/{area}").into(),
            Address::Privacy => "/privacy".into(),
            Address::Api => "/api".into(),
        }
    }

    /// Whether it is made before anybody asks. The areas of the findings are several hundred small pages that few look at:
    /// making them all would take longer than all others together. Each is kept from the first time it is asked for.
    pub const fn is_made_ahead(self) -> bool {
        !matches!(self, Address::FindingArea(_))
    }

    /// All of them: what the site map lists.
    pub fn all(site: &'a Site) -> impl Iterator<Item = Address<'a>> {
        let kinds = Kind::ALL.iter().map(|kind| Address::Kind(*kind));
        let articles = site.library.articles().iter().map(|article| Address::Article(&article.slug));
        let areas = findings::area_ids(&site.diagnoser).into_iter().map(Address::FindingArea);
        [Address::Home, Address::Articles, Address::Findings, Address::Privacy, Address::Api]
            .into_iter()
            .chain(kinds)
            .chain(articles)
            .chain(areas)
    }

    /// Makes the page.
    pub(super) async fn make(self, state: &State, site: &Arc<Site>) -> Result<Made, PageError> {
        match self {
            Address::Home => home::make(state, site).await,
            Address::Articles => indexes::make_all(state, site),
            Address::Kind(kind) => indexes::make(state, site, kind).await,
            Address::Article(slug) => article::make(state, site, slug).await,
            Address::Findings => findings::make(state, site),
            Address::FindingArea(area) => findings::make_area(state, site, area),
            Address::Privacy => privacy::make(state),
            Address::Api => api::make(state),
        }
    }
}
