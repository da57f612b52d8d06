//! What waits for a moderator, the oldest first.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use uuid::Uuid;

use super::super::body::Fields;
use super::super::error::PageError;
use super::super::page::{self, Frame};
use super::super::state::Shared;
use super::desk::{self, Desk, Tab};
use super::item::Item;
use super::session::SignedIn;

const ON_A_PAGE: usize = 20;

#[derive(Template)]
#[template(path = "moderate/queue.html")]
struct Queue<'a> {
    frame: Frame,
    desk: Desk,
    items: Vec<Item<'a>>,
    /// What readers reported; on the first page only.
    reported: Vec<Item<'a>>,
    next: Option<Uuid>,
}

/// The comments that are held.
pub async fn show(
    state: Shared,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    let after: Option<Uuid> = Fields::of(request.query_string()).text("after").parse().ok();
    let site = state.site();
    let held = signed_in.comments.queue(after, ON_A_PAGE).await?;
    let reported = match after {
        Some(_) => Vec::new(),
        None => signed_in.comments.reported(ON_A_PAGE).await?,
    };
    let desk = Desk::of(&signed_in, &request, Tab::Queue).await?;
    let title = match desk.waiting {
        0 if reported.is_empty() => "Nothing waits".to_owned(),
        0 => page::count(reported.len(), "comment was reported", "comments were reported"),
        waiting => format!("{} waiting", page::count(waiting, "comment", "comments")),
    };
    let page = Queue {
        frame: desk::frame(&state, &title),
        desk,
        items: held.items.iter().map(|comment| Item::of(&site.library, comment)).collect(),
        reported: reported
            .iter()
            .map(|(comment, reports)| Item::reported(&site.library, comment, reports))
            .collect(),
        next: held.next,
    };
    page::answer(&request, StatusCode::OK, &page)
}
