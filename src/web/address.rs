//! The pages that are the same for everybody, with their addresses and what makes them.

use std::borrow::Cow;
use std::sync::Arc;

use super::error::PageError;
use super::state::{Made, Site, State};
use super::{api, article, home, indexes, privacy};
use crate::library::{Kind, Library};

/// A page that is the same for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    Home,
    Articles,
    Kind(Kind),
    Article(&'a str),
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
            Address::Privacy => "/privacy".into(),
            Address::Api => "/api".into(),
        }
    }

    /// All of them: what the site map lists and what is made ahead.
    pub fn all(library: &'a Library) -> impl Iterator<Item = Address<'a>> {
        let kinds = Kind::ALL.iter().map(|kind| Address::Kind(*kind));
        let articles = library.articles().iter().map(|article| Address::Article(&article.slug));
        [Address::Home, Address::Articles, Address::Privacy, Address::Api]
            .into_iter()
            .chain(kinds)
            .chain(articles)
    }

    /// Makes the page.
    pub(super) async fn make(self, state: &State, site: &Arc<Site>) -> Result<Made, PageError> {
        match self {
            Address::Home => home::make(state, site).await,
            Address::Articles => indexes::make_all(state, site),
            Address::Kind(kind) => indexes::make(state, site, kind).await,
            Address::Article(slug) => article::make(state, site, slug).await,
            Address::Privacy => privacy::make(state),
            Address::Api => api::make(state),
        }
    }
}
