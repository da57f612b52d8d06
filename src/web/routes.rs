//! The table of contents of the product: every address and what answers there.

use actix_web::web::{self, ServiceConfig};

use super::{article, assets, diagnose, error, home, indexes, privacy, search, small};
use crate::library::Kind;

/// Registers every address. Everything that can be fetched answers HEAD, too.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/").get(home::show).route(web::head().to(home::show)))
        .service(web::resource("/articles").get(indexes::all).route(web::head().to(indexes::all)))
        .service(web::resource("/articles/{slug}").get(article::show).route(web::head().to(article::show)))
        .service(web::resource("/search").get(search::show).route(web::head().to(search::show)))
        .service(
            web::resource("/diagnose")
                .get(diagnose::form)
                .route(web::head().to(diagnose::form))
                .post(diagnose::answer),
        )
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
        .default_service(web::to(error::unknown_address));
    for kind in Kind::ALL {
        let show = move |state, request| indexes::of_kind(state, request, *kind);
        config.service(web::resource(format!("/{}", kind.folder())).get(show).route(web::head().to(show)));
    }
}
