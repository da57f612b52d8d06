//! The JSON API: every address of it, and what all of its answers have in common. Knows no page.
//!
//! It takes no cookie: a caller is nobody, or holds the edit token of a comment. So pages of other sites may read
//! everything (`Access-Control-Allow-Origin: *` on GET and HEAD); they may change nothing, which the guard sees to.

mod articles;
mod catalogue;
mod comments;
mod description;
mod diagnose;
mod input;
mod outcomes;
pub mod problem;
mod reference;
mod search;
mod types;

use std::collections::HashMap;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::ServiceConfig;
use actix_web::{Error, HttpRequest, HttpResponse, Resource, Route, web};
use serde::Serialize;

use super::cache::{Keep, Stored};
use super::page;
use super::state::State;
use crate::comments::Tally;
use problem::Problem;

pub(super) use reference::{make, show};

/// The type of every answer that is no problem.
const JSON: &str = "application/json";

/// How long the count of what helped is waited for, where the answer is good without it.
const PATIENCE: Duration = Duration::from_millis(500);

/// An address under `/api/v1` with the methods it takes.
struct Address {
    path: &'static str,
    methods: Vec<(Method, Route)>,
}

/// Every address. The description is held against this list by a test.
fn addresses() -> Vec<Address> {
    let at = |path, methods| Address { path, methods };
    let get = |route: Route| (Method::GET, route);
    let post = |route: Route| (Method::POST, route);
    vec![
        at("/diagnose", vec![post(web::to(diagnose::diagnose))]),
        at("/questions", vec![get(web::to(catalogue::questions))]),
        at("/findings", vec![get(web::to(catalogue::findings))]),
        at("/causes", vec![get(web::to(catalogue::causes))]),
        at("/search", vec![get(web::to(search::search))]),
        at("/suggest", vec![get(web::to(search::suggest))]),
        at("/articles", vec![get(web::to(articles::list))]),
        at("/articles/{slug}", vec![get(web::to(articles::one))]),
        at("/articles/{slug}/comments", vec![get(web::to(comments::list)), post(web::to(comments::post))]),
        at("/articles/{slug}/outcome", vec![post(web::to(outcomes::post))]),
        at("/outcomes/{id}", vec![(Method::DELETE, web::to(outcomes::delete))]),
        at(
            "/comments/{id}",
            vec![
                get(web::to(comments::one)),
                (Method::PATCH, web::to(comments::edit)),
                (Method::DELETE, web::to(comments::delete)),
            ],
        ),
        at("/comments/{id}/helped", vec![post(web::to(comments::helped))]),
    ]
}

impl Address {
    /// The methods that an answer to OPTIONS names: HEAD goes with GET.
    fn allowed(&self) -> Vec<Method> {
        let mut allowed: Vec<Method> = self.methods.iter().map(|(method, _)| method.clone()).collect();
        if allowed.contains(&Method::GET) {
            allowed.insert(1, Method::HEAD);
        }
        allowed.push(Method::OPTIONS);
        allowed
    }

    fn into_resource(self) -> Resource {
        let allowed: Vec<String> = self.allowed().iter().map(Method::to_string).collect();
        let allowed = HeaderValue::from_str(&allowed.join(", ")).expect("methods are visible");
        let resource =
            self.methods.into_iter().fold(web::resource(self.path), |resource, (method, route)| {
                let also_head = method == Method::GET;
                resource.route(route.guard(actix_web::guard::fn_guard(move |context| {
                    let asked = &context.head().method;
                    *asked == method || (also_head && *asked == Method::HEAD)
                })))
            });
        resource.default_service(web::to(move |request: HttpRequest| {
            let allowed = allowed.clone();
            async move { other_method(&request, allowed) }
        }))
    }
}

/// The whole path of an address.
fn full_path(address: &Address) -> String {
    format!("/api/v1{}", address.path)
}

/// Registers the API.
pub fn routes(config: &mut ServiceConfig) {
    let scope = web::scope("/api/v1").wrap(from_fn(share)).default_service(web::to(problem::unknown_address));
    let description = web::resource("/api/openapi.json")
        .wrap(from_fn(share))
        .get(description::show)
        .route(web::head().to(description::show));
    config.service(web::resource("/api").get(show).route(web::head().to(show))).service(description).service(
        addresses().into_iter().map(Address::into_resource).fold(scope, |scope, one| scope.service(one)),
    );
}

/// OPTIONS, or a method that the address does not take.
fn other_method(request: &HttpRequest, allowed: HeaderValue) -> HttpResponse {
    let mut answer = if request.method() == Method::OPTIONS {
        let mut answer = HttpResponse::build(StatusCode::NO_CONTENT);
        // What a page of another site may do (https://fetch.spec.whatwg.org/#http-cors-protocol): read.
        answer
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD")))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("If-None-Match")))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")));
        answer.finish()
    } else {
        let detail = format!("This address takes {}.", allowed.to_str().unwrap_or_default());
        actix_web::ResponseError::error_response(&Problem::new(&problem::METHOD, detail))
    };
    answer.headers_mut().insert(header::ALLOW, allowed);
    answer
}

/// Lets pages of other sites read.
async fn share(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let mut answer = next.call(request).await?;
    if reads {
        let headers = answer.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("ETag, Retry-After, X-Request-Id"),
        );
    }
    Ok(answer)
}

/// Answers with what is the same for everybody, with a tag that says whether it changed.
fn shared(request: &HttpRequest, answer: &impl Serialize) -> Result<HttpResponse, Problem> {
    Ok(Stored::light(JSON, Keep::Ask, line(answer)?).answer(request))
}

/// Answers with what nobody may keep.
fn fresh(
    request: &HttpRequest,
    status: StatusCode,
    answer: &impl Serialize,
) -> Result<HttpResponse, Problem> {
    Ok(page::fresh(request, status, JSON, line(answer)?))
}

/// JSON with the line break that a terminal wants.
fn line(answer: &impl Serialize) -> Result<Vec<u8>, Problem> {
    let mut body =
        serde_json::to_vec(answer).map_err(|error| super::error::PageError::Internal(error.into()))?;
    body.push(b'\n');
    Ok(body)
}

/// What readers said of each article; nothing while the database is away or slow.
async fn tallies(state: &State) -> Option<HashMap<String, Tally>> {
    let comments = state.comments().ok()?;
    tokio::time::timeout(PATIENCE, comments.tallies()).await.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Method and path, as in the description.
    fn described() -> BTreeSet<(String, String)> {
        let description = description::json();
        let paths = description["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().expect("operations").keys();
            methods.map(move |method| (method.to_uppercase(), path.clone()))
        });
        operations.collect()
    }

    #[test]
    fn every_address_stands_in_the_description_and_the_other_way_round() {
        let served: BTreeSet<(String, String)> = addresses()
            .iter()
            .flat_map(|address| {
                let path = full_path(address);
                address.methods.iter().map(move |(method, _)| (method.to_string(), path.clone()))
            })
            .collect();
        assert_eq!(described(), served);
    }
}
