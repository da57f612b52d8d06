//! The table of contents of the product: every address and what answers there.

use actix_web::web::{self, ServiceConfig};

use super::{
    api, article, assets, comments, diagnose, error, feeds, findings, health, home, indexes, moderate,
    privacy, search, sitemap, small,
};
use crate::library::Kind;

/// Registers every address. Everything that can be fetched answers HEAD, too.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/").get(home::show).route(web::head().to(home::show)))
        .service(web::resource("/articles").get(indexes::all).route(web::head().to(indexes::all)))
        .service(web::resource("/articles/{slug}").get(article::show).route(web::head().to(article::show)))
        .service(
            web::resource("/articles/{slug}/comments")
                .get(comments::under)
                .route(web::head().to(comments::under))
                .post(comments::post),
        )
        .service(
            web::resource("/articles/{slug}/comments/new")
                .get(comments::new)
                .route(web::head().to(comments::new)),
        )
        .service(web::resource("/articles/{slug}/outcome").get(comments::under).post(comments::answer))
        .service(
            web::resource("/outcomes/{id}").get(comments::answered).route(web::head().to(comments::answered)),
        )
        .service(web::resource("/outcomes/{id}/take-back").post(comments::take_back))
        .service(web::resource("/comments").get(comments::recent).route(web::head().to(comments::recent)))
        .service(
            web::resource("/comments/{id}")
                .get(comments::show)
                .route(web::head().to(comments::show))
                .post(comments::edit),
        )
        .service(web::resource("/comments/{id}/delete").post(comments::delete))
        .service(web::resource("/comments/{id}/helped").post(comments::helped))
        .service(
            web::resource("/comments/{id}/report")
                .get(comments::report_form)
                .route(web::head().to(comments::report_form))
                .post(comments::report),
        )
        .service(web::resource("/search").get(search::show).route(web::head().to(search::show)))
        .service(
            web::resource("/diagnose")
                .get(diagnose::form)
                .route(web::head().to(diagnose::form))
                .post(diagnose::answer),
        )
        .service(web::resource("/findings").get(findings::show).route(web::head().to(findings::show)))
        .service(web::resource("/findings/{area}").get(findings::area).route(web::head().to(findings::area)))
        .service(web::resource("/privacy").get(privacy::show).route(web::head().to(privacy::show)))
        .service(web::resource("/static/{name}").get(assets::file).route(web::head().to(assets::file)))
        .service(web::resource("/favicon.ico").get(assets::favicon).route(web::head().to(assets::favicon)))
        .service(
            web::resource("/manifest.webmanifest")
                .get(small::manifest)
                .route(web::head().to(small::manifest)),
        )
        .service(
            web::resource("/opensearch.xml").get(small::opensearch).route(web::head().to(small::opensearch)),
        )
        .service(web::resource("/robots.txt").get(small::robots).route(web::head().to(small::robots)))
        .service(web::resource("/feed.atom").get(feeds::everything).route(web::head().to(feeds::everything)))
        .service(
            web::resource("/articles/{slug}/feed.atom")
                .get(feeds::of_article)
                .route(web::head().to(feeds::of_article)),
        )
        .service(web::resource("/sitemap.xml").get(sitemap::show).route(web::head().to(sitemap::show)))
        .service(
            web::resource("/.well-known/security.txt")
                .get(small::security)
                .route(web::head().to(small::security)),
        )
        .service(web::resource("/healthz").get(health::alive).route(web::head().to(health::alive)))
        .service(web::resource("/readyz").get(health::ready).route(web::head().to(health::ready)))
        .service(web::resource("/metrics").get(health::metrics).route(web::head().to(health::metrics)))
        .configure(moderate::routes)
        .configure(api::routes)
        .default_service(web::to(error::unknown_address));
    for kind in Kind::ALL {
        let show = move |state, request| indexes::of_kind(state, request, *kind);
        config.service(web::resource(format!("/{}", kind.folder())).get(show).route(web::head().to(show)));
    }
}
