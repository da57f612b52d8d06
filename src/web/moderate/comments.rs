//! All comments, to look for one; and one with what was done to it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::super::body::Fields;
use super::super::error::PageError;
use super::super::page::{self, Frame};
use super::super::state::Shared;
use super::deeds::DeedShown;
use super::desk::{self, Desk, Tab};
use super::item::Item;
use super::session::SignedIn;
use crate::comments::{Filter, Outcome, Status};

const ON_A_PAGE: usize = 30;
/// The most deeds that are shown beside a comment.
const DEEDS: usize = 50;

#[derive(Template)]
#[template(path = "moderate/comments.html")]
struct All<'a> {
    frame: Frame,
    desk: Desk,
    filter: FilterShown,
    items: Vec<Item<'a>>,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "moderate/comment.html")]
struct One<'a> {
    frame: Frame,
    desk: Desk,
    item: Item<'a>,
    deeds: Vec<DeedShown>,
}

/// What is looked for, as it was typed.
struct FilterShown {
    status: String,
    outcome: String,
    article: String,
    text: String,
    /// The comment whose network is looked for.
    network: String,
}

impl FilterShown {
    fn of(query: &Fields) -> FilterShown {
        let text = |name| query.text(name).trim().to_owned();
        FilterShown {
            status: text("status"),
            outcome: text("outcome"),
            article: text("article"),
            text: text("text"),
            network: text("network"),
        }
    }

    fn filter(&self) -> Filter {
        let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Filter {
            status: self.status.parse().ok(),
            outcome: self.outcome.parse().ok(),
            slug: said(&self.article),
            text: said(&self.text),
            same_network_as: self.network.parse().ok(),
        }
    }

    /// The statuses to choose from, and which is chosen.
    fn statuses(&self) -> impl Iterator<Item = (&'static str, bool)> {
        Status::ALL.into_iter().map(|status| (status.id(), status.id() == self.status))
    }

    /// The outcomes to choose from, and which is chosen.
    fn outcomes(&self) -> impl Iterator<Item = (&'static str, bool)> {
        Outcome::ALL.into_iter().map(|outcome| (outcome.id(), outcome.id() == self.outcome))
    }

    fn is_empty(&self) -> bool {
        [&self.status, &self.outcome, &self.article, &self.text, &self.network]
            .iter()
            .all(|text| text.is_empty())
    }

    /// The address of the next page.
    fn before(&self, id: uuid::Uuid) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("status", &self.status),
            ("outcome", &self.outcome),
            ("article", &self.article),
            ("text", &self.text),
            ("network", &self.network),
        ];
        query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
        query.append_pair("before", &id.to_string());
        format!("/moderate/comments?{}", query.finish())
    }
}

/// All comments that a filter lets through, the newest first.
pub async fn all(
    state: Shared,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    let query = Fields::of(request.query_string());
    let filter = FilterShown::of(&query);
    let before = query.text("before").parse().ok();
    let site = state.site();
    let found = signed_in.comments.all(&filter.filter(), before, ON_A_PAGE).await?;
    let page = All {
        frame: desk::frame(&state, Tab::Comments.name()),
        desk: Desk::of(&signed_in, &request, Tab::Comments).await?,
        items: found.items.iter().map(|comment| Item::of(&site.library, comment)).collect(),
        older: found.next.map(|id| filter.before(id)),
        filter,
    };
    page::answer(&request, StatusCode::OK, &page)
}

/// One comment, whatever its status, with who did what to it.
pub async fn one(
    state: Shared,
    id: web::Path<String>,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    let site = state.site();
    let comment = signed_in.comments.get(id).await?.ok_or(PageError::NotFound)?;
    let deeds = signed_in.comments.deeds(Some(id), None, DEEDS).await?.items;
    let item = Item::of(&site.library, &comment);
    let page = One {
        frame: desk::frame(&state, &format!("A comment on {}", item.title())),
        desk: Desk::of(&signed_in, &request, Tab::Comments).await?,
        item,
        deeds: deeds.iter().map(DeedShown::of).collect(),
    };
    page::answer(&request, StatusCode::OK, &page)
}
