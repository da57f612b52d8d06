//! The first page: the form, what others fixed lately, the ways in.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::address::Address;
use super::diagnose::Form;
use super::discussion::{self, Lately};
use super::error::PageError;
use super::page::{self, Frame, Place};
use super::state::{Made, Shared, Site, State};
use crate::cause::Family;
use crate::library::Article;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame,
    form: Form,
    lately: Vec<Lately>,
    families: Vec<FamilyOfCauses<'a>>,
}

/// A group of causes with their articles.
pub(super) struct FamilyOfCauses<'a> {
    pub heading: &'static str,
    /// The fragment of its place on the page of all causes.
    pub anchor: String,
    pub articles: Vec<&'a Article>,
}

/// The first page.
pub async fn show(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    state.serve(&request, Address::Home).await
}

pub(super) async fn make(state: &State, site: &Arc<Site>) -> Result<Made, PageError> {
    let (lately, lasting) = discussion::lately(state, &site.library).await;
    let description = "Paste a failing request, a log or an error message: fix401 ranks the causes of the 401, shows why, \
        and tells what to check first.";
    let page = Home {
        frame: Frame::new(state, "/", Place::Diagnose, "Find the cause of an HTTP 401", description),
        form: Form::empty(state, &site.diagnoser),
        lately,
        families: families(site),
    };
    Ok(Made { html: page::render(&page)?, lasting })
}

/// The causes by family, in the order of the list.
pub(super) fn families(site: &Site) -> Vec<FamilyOfCauses<'_>> {
    let family = |family: &Family| FamilyOfCauses {
        heading: family.heading(),
        anchor: page::anchor(family.heading()),
        articles: family.causes().filter_map(|cause| site.library.article(cause.id())).collect(),
    };
    Family::ALL.iter().map(family).collect()
}
