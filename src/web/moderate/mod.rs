//! Where moderators work: sign-in, what waits, all comments, bans, who did what, and what readers searched for in vain.
//! Every page but the sign-in asks for a session; none is kept anywhere or listed by search engines.

mod account;
mod bans;
mod comments;
mod deeds;
mod desk;
mod item;
mod learning;
mod queue;
mod ruling;
mod searches;
mod session;
mod shut;
mod sign_in;

use actix_web::web::{self, ServiceConfig};

/// Registers the addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/moderate").get(queue::show).route(web::head().to(queue::show)))
        .service(
            web::resource("/moderate/sign-in")
                .get(sign_in::form)
                .route(web::head().to(sign_in::form))
                .post(sign_in::sign_in),
        )
        .service(web::resource("/moderate/sign-out").post(sign_in::sign_out))
        .service(
            web::resource("/moderate/comments")
                .get(comments::all)
                .route(web::head().to(comments::all))
                .post(ruling::rule_many),
        )
        .service(web::resource("/moderate/words").post(shut::word))
        .service(web::resource("/moderate/locks").post(shut::article))
        .service(
            web::resource("/moderate/comments/{id}")
                .get(comments::one)
                .route(web::head().to(comments::one))
                .post(ruling::rule),
        )
        .service(web::resource("/moderate/comments/{id}/ban").post(ruling::ban))
        .service(web::resource("/moderate/comments/{id}/erase").post(ruling::erase))
        .service(web::resource("/moderate/bans").get(bans::show).route(web::head().to(bans::show)))
        .service(web::resource("/moderate/bans/{id}/lift").post(bans::lift))
        .service(
            web::resource("/moderate/learning")
                .get(learning::show)
                .route(web::head().to(learning::show))
                .post(learning::switch),
        )
        .service(
            web::resource("/moderate/account")
                .get(account::show)
                .route(web::head().to(account::show))
                .post(account::second_factor),
        )
        .service(web::resource("/moderate/account/sessions/{id}/end").post(account::end))
        .service(web::resource("/moderate/log").get(deeds::show).route(web::head().to(deeds::show)))
        .service(
            web::resource("/moderate/searches").get(searches::show).route(web::head().to(searches::show)),
        );
}
