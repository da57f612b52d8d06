//! What surrounds every request: a number for it, a line in the log, the security headers, and the check that a form came
//! from this very site. Knows no page.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError as _, web};
use tracing::Instrument as _;
use uuid::Uuid;

use super::error::{self, PageError};
use super::state::State;

/// What a page may use: its own files, and nothing inline. Facts in JSON-LD are data and not run, so they need no leave.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        header::PERMISSIONS_POLICY,
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Surrounds every request.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = Uuid::now_v7().to_string();
    let method = request.method().clone();
    let https =
        request.app_data::<web::Data<State>>().is_some_and(|state| state.config.public_url.is_https());

    let answer = if comes_from_here(&request) {
        // Whatever is logged on the way carries the number.
        let span = tracing::info_span!("request", %id);
        next.call(request).instrument(span).await?.map_into_boxed_body()
    } else {
        let refusal = PageError::Rejected(
            StatusCode::FORBIDDEN,
            "Forms are only taken from pages of this site. If you came here by a link, please open the page and try again.",
        );
        request.into_response(refusal.error_response())
    };
    let mut answer = error::dress(answer, &id);

    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if https {
        let a_year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, a_year);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    log(&method, &answer, started, &id);
    Ok(answer)
}

/// One line a request: the pattern of the route, never the address itself, which may carry what a reader typed.
fn log(method: &Method, answer: &ServiceResponse<BoxBody>, started: Instant, id: &str) {
    let route = answer.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let status = answer.status().as_u16();
    let took = started.elapsed();
    if let Some(state) = answer.request().app_data::<web::Data<State>>() {
        state.meter.answered(method, &route, status, took);
    }
    let milliseconds = took.as_secs_f64() * 1000.0;
    tracing::info!(%method, route, status, milliseconds = format!("{milliseconds:.1}"), request = id, "answered");
}

/// Whether a request that changes something comes from this site or from no site at all.
fn comes_from_here(request: &ServiceRequest) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let own =
        request.app_data::<web::Data<State>>().map(|state| state.origin().to_owned()).unwrap_or_default();
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    is_own(request.headers(), &own, host)
        || (is_told_by_neither(request.headers()) && is_for_programs(request.path()))
}

/// Browsers say where a request comes from: all of today's in `Sec-Fetch-Site`, older ones in `Origin`.
fn is_own(headers: &HeaderMap, own_origin: &str, host: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => text("origin").is_some_and(|origin| {
            // Behind a proxy the host is another than the one in the public address; either is ours.
            let same_host = origin.split_once("://").map(|(_, rest)| rest) == host;
            origin == own_origin || same_host
        }),
    }
}

fn is_told_by_neither(headers: &HeaderMap) -> bool {
    !headers.contains_key("sec-fetch-site") && !headers.contains_key(header::ORIGIN)
}

/// What programs may send: the diagnosis keeps nothing, and the API knows its callers by tokens, not by cookies.
fn is_for_programs(path: &str) -> bool {
    path == "/diagnose" || path.starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fields: &[(&'static str, &'static str)], expected: bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let own = is_own(&headers, "https://fix401.example", Some("127.0.0.1:8401"));
        assert_eq!(own, expected, "{fields:?}");
    }

    #[test]
    fn a_form_from_this_site_is_taken_and_from_another_is_not() {
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "none")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "https://fix401.example")], false);
        check(&[("origin", "https://fix401.example")], true);
        check(&[("origin", "http://127.0.0.1:8401")], true);
        check(&[("origin", "https://evil.example")], false);
        check(&[("origin", "null")], false);
        check(&[], false);
    }
}
