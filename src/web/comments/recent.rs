//! The newest comments of all articles, page by page.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use uuid::Uuid;

use super::super::body::Fields;
use super::super::cache::{Keep, Stored};
use super::super::discussion::CommentShown;
use super::super::error::PageError;
use super::super::page::{self, Frame, Place};
use super::super::state::Shared;
use crate::library::Article;

/// How many stand on a page.
const ON_A_PAGE: usize = 30;

#[derive(Template)]
#[template(path = "comments.html")]
struct Recent<'a> {
    frame: Frame,
    said: Vec<Said<'a>>,
    is_first: bool,
    older: Option<Uuid>,
}

/// A comment and what it is about.
struct Said<'a> {
    article: &'a Article,
    comment: CommentShown,
}

/// The newest comments; before the one that is named.
pub async fn recent(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let before: Option<Uuid> = Fields::of(request.query_string()).text("before").parse().ok();
    let site = state.site();
    let found = state.comments()?.recent_before(None, before, ON_A_PAGE).await?;
    let said = found.items.iter().filter_map(|comment| {
        Some(Said { article: site.library.article(&comment.slug)?, comment: CommentShown::of(comment) })
    });
    let description = "What readers say fixed their 401, the newest first.";
    let frame = Frame::new(&state, "/comments", Place::Elsewhere, "Comments", description);
    let page = Recent { frame, said: said.collect(), is_first: before.is_none(), older: found.next };
    Ok(Stored::light(page::HTML, Keep::Ask, page::render(&page)?).answer(&request))
}
