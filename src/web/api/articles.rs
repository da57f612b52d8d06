//! The articles as data.

use actix_web::{HttpRequest, HttpResponse, web};

use super::super::state::Shared;
use super::description::{NotThere, QueryRefused};
use super::input::Parameters;
use super::problem::Problem;
use super::types::{Article, ArticleBrief, ArticleList, KindId, Tally};

/// List the articles
///
/// By kind; causes in the order of their list, others by title.
#[utoipa::path(
    get,
    path = "/api/v1/articles",
    operation_id = "listArticles",
    tag = "Library",
    params(("kind" = Option<KindId>, Query, description = "Only articles of this kind", example = "fix")),
    responses((status = 200, description = "All articles, or those of one kind", body = ArticleList), QueryRefused),
)]
pub async fn list(state: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut parameters = Parameters::of(&request);
    let kind = parameters.kind("kind");
    parameters.done()?;
    let site = state.site();
    let tallies = super::tallies(&state).await;
    let wanted =
        site.library.articles().iter().filter(|article| kind.is_none_or(|kind| kind == article.kind));
    let brief = |article| ArticleBrief::new(article, tally(tallies.as_ref(), &article.slug));
    let articles: Vec<ArticleBrief> = wanted.map(brief).collect();
    super::shared(&request, &ArticleList { total: articles.len(), articles })
}

/// Read one article
///
/// Whole, as Markdown and as HTML, with its sections, its sources and what readers said of it.
#[utoipa::path(
    get,
    path = "/api/v1/articles/{slug}",
    operation_id = "getArticle",
    tag = "Library",
    params(("slug" = String, Path, description = "The article's name; of a cause, the cause's id", example = "clock-skew")),
    responses((status = 200, description = "The article", body = Article), NotThere),
)]
pub async fn one(
    state: Shared,
    request: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let site = state.site();
    let article = site.library.article(&slug).ok_or_else(Problem::no_article)?;
    let tallies = super::tallies(&state).await;
    super::shared(&request, &Article::new(article, tally(tallies.as_ref(), &slug)))
}

/// What readers said of an article: nothing but zeros when nobody said anything.
fn tally(
    tallies: Option<&std::collections::HashMap<String, crate::comments::Tally>>,
    slug: &str,
) -> Option<Tally> {
    tallies.map(|tallies| tallies.get(slug).copied().map(Tally::from).unwrap_or_default())
}
