//! What is counted for the operator, in the text format of Prometheus. Counts routes, statuses and outcomes; never anything
//! a reader typed, pasted or is.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::http::Method;
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    with_local_recorder,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::comments::{Outcome, Status};

/// Upper bounds of the classes of durations, in seconds: a page from memory takes well under one millisecond, a diagnosis of
/// a large paste some hundreds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Durations are kept one by one until they are sorted into their classes, so that is done this often even when nobody asks
/// for the metrics.
const SORT_EVERY: u64 = 4096;

/// Where something was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A page.
    Page,
    /// The JSON API.
    Api,
}

impl Door {
    const fn name(self) -> &'static str {
        match self {
            Door::Page => "page",
            Door::Api => "api",
        }
    }
}

/// The counters of one running server.
pub struct Meter {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    answers: AtomicU64,
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meter(..)")
    }
}

impl Default for Meter {
    fn default() -> Meter {
        let duration = Matcher::Full("http_request_duration_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(duration, &SECONDS);
        let recorder = builder.expect("there are classes").build_recorder();
        let meter = Meter { handle: recorder.handle(), recorder, answers: AtomicU64::new(0) };
        meter.record(|| {
            describe_counter!(
                "http_requests_total",
                "Requests answered, by method, pattern of the route and status."
            );
            describe_histogram!(
                "http_request_duration_seconds",
                Unit::Seconds,
                "Time to make an answer, by method and pattern of the route."
            );
            describe_counter!(
                "fix401_diagnoses_total",
                "Diagnoses made, and whether they could name the cause."
            );
            describe_counter!("fix401_searches_total", "Searches made, and whether they found something.");
            describe_counter!(
                "fix401_comments_total",
                "Comments posted, by outcome and by status when posted."
            );
            describe_gauge!("fix401_database_up", "Whether the database answers: 1 or 0.");
            describe_gauge!("fix401_articles", "Articles in the library.");
            describe_gauge!("fix401_build_info", "Always 1; the labels say which version runs.");
            gauge!("fix401_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
        });
        meter
    }
}

impl Meter {
    /// Counts an answer. `route` is the pattern, such as `/articles/{slug}`, never the address.
    pub fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let method = known(method);
        self.record(|| {
            let route = route.to_owned();
            counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
                .increment(1);
            histogram!("http_request_duration_seconds", "method" => method, "route" => route).record(took);
        });
        if self.answers.fetch_add(1, Ordering::Relaxed) % SORT_EVERY == SORT_EVERY - 1 {
            self.handle.run_upkeep();
        }
    }

    /// Counts a diagnosis.
    pub fn diagnosed(&self, door: Door, conclusive: bool) {
        self.record(|| {
            counter!("fix401_diagnoses_total", "door" => door.name(), "conclusive" => yes_or_no(conclusive))
                .increment(1);
        });
    }

    /// Counts a search.
    pub fn searched(&self, door: Door, found: bool) {
        self.record(|| {
            counter!("fix401_searches_total", "door" => door.name(), "found" => yes_or_no(found))
                .increment(1);
        });
    }

    /// Counts a posted comment.
    pub fn commented(&self, door: Door, outcome: Outcome, status: Status) {
        self.record(|| {
            counter!(
                "fix401_comments_total",
                "door" => door.name(),
                "outcome" => outcome.id(),
                "status" => status.id(),
            )
            .increment(1);
        });
    }

    /// Everything counted so far, in the text format of Prometheus, with what is measured only now.
    pub fn text(&self, database_up: bool, articles: usize) -> String {
        self.record(|| {
            gauge!("fix401_database_up").set(u8::from(database_up));
            gauge!("fix401_articles").set(u32::try_from(articles).unwrap_or(u32::MAX));
        });
        self.handle.render()
    }

    /// Each server counts for itself: there may be several in one process, as in the tests.
    fn record(&self, what: impl FnOnce()) {
        with_local_recorder(&self.recorder, what);
    }
}

/// Anybody can make up methods, and each label is kept for good.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

const fn yes_or_no(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_stands_in_the_text_and_two_servers_count_apart() {
        let (one, other) = (Meter::default(), Meter::default());
        one.answered(&Method::GET, "/articles/{slug}", 200, Duration::from_millis(2));
        one.answered(&Method::GET, "/articles/{slug}", 200, Duration::from_millis(2));
        one.diagnosed(Door::Api, true);
        let text = one.text(true, 7);
        let has = |line: &str| assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
        has(r#"http_requests_total{method="GET",route="/articles/{slug}",status="200"} 2"#);
        has(r#"http_request_duration_seconds_count{method="GET",route="/articles/{slug}"} 2"#);
        has(r#"fix401_diagnoses_total{door="api",conclusive="yes"} 1"#);
        has("fix401_database_up 1");
        has("fix401_articles 7");
        assert!(!other.text(false, 0).contains("/articles/{slug}"));
    }

    #[test]
    fn a_made_up_method_is_not_a_label() {
        let meter = Meter::default();
        meter.answered(&Method::from_bytes(b"BREW").unwrap(), "(none)", 405, Duration::ZERO);
        let text = meter.text(true, 0);
        assert!(text.contains(r#"method="other""#) && !text.contains("BREW"), "{text}");
    }
}
