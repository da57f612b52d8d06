//! The loop: one click after a diagnosis, what it changes for the next reader, taking it back, switching it off.

use fix401::config::Config;

use crate::support::{Answer, TestApp};

const ORIGIN: (&str, &str) = ("Sec-Fetch-Site", "same-origin");
const PASTE: &str = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The token expired\"";

fn start() -> TestApp {
    TestApp::start_with(|config: &mut Config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    })
}

#[track_caller]
fn diagnose(app: &TestApp) -> serde_json::Value {
    let body = serde_json::json!({ "text": PASTE }).to_string();
    let answer = app.send("POST", "/api/v1/diagnose", "application/json", &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[track_caller]
fn cause<'v>(diagnosis: &'v serde_json::Value, id: &str) -> &'v serde_json::Value {
    diagnosis["causes"].as_array().expect("causes").iter().find(|cause| cause["id"] == id).expect("the cause")
}

fn found(diagnosis: &serde_json::Value) -> Vec<String> {
    let findings = diagnosis["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["id"].as_str().expect("an id").to_owned()).collect()
}

/// Says through the API, from an address, how it went.
#[track_caller]
fn say(app: &TestApp, address: &str, slug: &str, outcome: &str, findings: &[String]) -> Answer {
    let body = serde_json::json!({ "outcome": outcome, "findings": findings }).to_string();
    let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", address)];
    app.request("POST", &format!("/api/v1/articles/{slug}/outcome"), &headers, Some(&body))
}

/// Confirms a cause from so many networks, one a day.
#[track_caller]
fn confirm(app: &TestApp, slug: &str, outcome: &str, networks: u8, findings: &[String]) {
    for network in 0..networks {
        let answer = say(app, &format!("198.51.100.{network}"), slug, outcome, findings);
        assert_eq!(answer.status, 201, "{}", answer.body);
        app.pass(24 * 3600);
    }
}

/// The fields of the form that asks about an article, and where it is sent.
#[track_caller]
fn form(page: &str, slug: &str) -> Vec<(String, String)> {
    let action = format!("action=\"/articles/{slug}/outcome\"");
    let (_, rest) = page.split_once(&action).unwrap_or_else(|| panic!("no question about {slug} in\n{page}"));
    let form = rest.split("</form>").next().expect("its end");
    let value = |input: &str, name: &str| {
        let (_, rest) = input.split_once(&format!("{name}=\""))?;
        Some(rest.split('"').next().unwrap_or_default().to_owned())
    };
    let inputs = form.split("<input ").skip(1);
    inputs
        .map(|input| (value(input, "name").expect("a name"), value(input, "value").expect("a value")))
        .collect()
}

/// Clicks on an answer, twenty seconds after the page came.
#[track_caller]
fn click(app: &TestApp, page: &Answer, slug: &str, outcome: &str) -> (String, String) {
    app.pass(20);
    let fields = form(&page.body, slug);
    let mut fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("outcome", outcome));
    let answer = app.post_form_with(&format!("/articles/{slug}/outcome"), &fields, &[ORIGIN]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let cookie = answer.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    (answer.header("location").to_owned(), cookie)
}

#[test]
fn one_click_after_a_diagnosis_carries_what_was_found_and_counts_at_once() {
    let app = start();
    let page = app.post_form("/diagnose", &[("text", PASTE)]);
    let fields = form(&page.body, "token-expired");
    let carried: Vec<&str> =
        fields.iter().filter(|(name, _)| name == "f").map(|(_, value)| value.as_str()).collect();
    assert_eq!(carried, found(&diagnose(&app)));
    assert!(!fields.iter().any(|(_, value)| value.contains("invalid_token")), "the paste goes along");

    let (place, cookie) = click(&app, &page, "token-expired", "fixed");
    let thanks = app.get_with(&place, &[("Cookie", &cookie)]);
    assert_eq!(thanks.text_in("<h1 tabindex=\"-1\">"), "Thank you, it counts");
    assert!(
        thanks.body.contains("/articles/token-expired/comments/new?f="),
        "the second step is not offered"
    );
    assert!(thanks.body.contains("outcome=fixed"));
    assert_eq!(app.get(&place).status, 404, "others see what somebody answered");
    assert!(app.get("/articles/token-expired").body.contains("Worked for 1"));
    assert_eq!(cause(&diagnose(&app), "token-expired")["fixed_for"], 1);
}

#[test]
fn the_whole_page_of_a_cause_asks_with_what_the_diagnosis_found() {
    let app = start();
    let page = app.post_form("/diagnose", &[("text", PASTE)]);
    let (_, rest) = page.body.split_once("href=\"/articles/token-expired?").expect("the way to the page");
    let query = rest.split('"').next().expect("its end").replace("&#38;", "&").replace("&amp;", "&");
    let article = app.get(&format!("/articles/token-expired?{query}&f=made.up"));
    let ids: Vec<String> = form(&article.body, "token-expired")
        .into_iter()
        .filter(|(name, _)| name == "f")
        .map(|(_, value)| value)
        .collect();
    assert_eq!(ids, found(&diagnose(&app)));
    assert_eq!(article.header("cache-control"), "no-store");
    assert!(
        form(&app.get("/articles/token-expired").body, "token-expired").iter().all(|(name, _)| name != "f")
    );
}

#[test]
fn an_answer_is_taken_back_by_who_gave_it_and_by_nobody_else() {
    let app = start();
    let (place, cookie) = click(&app, &app.get("/articles/token-expired"), "token-expired", "not-fixed");
    assert!(app.get("/articles/token-expired").body.contains("Did not work for 1"));
    let take_back = format!("{place}/take-back");
    assert_eq!(app.post_form(&take_back, &[]).status, 403);
    assert!(app.get("/articles/token-expired").body.contains("Did not work for 1"));
    let taken = app.post_form_with(&take_back, &[], &[ORIGIN, ("Cookie", &cookie)]);
    assert_eq!(taken.text_in("<h1 tabindex=\"-1\">"), "Your answer is taken back");
    assert!(!app.get("/articles/token-expired").body.contains("Did not work for 1"));
}

#[test]
fn a_question_from_another_site_is_not_answered() {
    let app = start();
    let fields = [("outcome", "fixed")];
    let foreign = [("Sec-Fetch-Site", "cross-site")];
    assert_eq!(app.post_form_with("/articles/token-expired/outcome", &fields, &foreign).status, 403);
    let unknown = app.post_form("/articles/token-expired/outcome", &[("outcome", "maybe")]);
    assert_eq!(unknown.status, 422);
    assert!(!app.get("/articles/token-expired").body.contains("Worked for 1"));
}

#[test]
fn who_answers_again_that_day_changes_the_answer() {
    let app = start();
    for outcome in ["fixed", "not-fixed", "partly"] {
        assert_eq!(say(&app, "198.51.100.1", "token-expired", outcome, &[]).status, 201);
    }
    let page = app.get("/articles/token-expired").text_in("<p class=\"worked");
    assert_eq!(page, "Worked partly for 1");
}

#[test]
fn a_click_and_a_comment_of_the_same_reader_count_once() {
    let app = start();
    assert_eq!(say(&app, "198.51.100.1", "token-expired", "fixed", &[]).status, 201);
    let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", "198.51.100.1")];
    let body = serde_json::json!({ "outcome": "fixed", "body": "The clock was wrong." }).to_string();
    let posted = app.request("POST", "/api/v1/articles/token-expired/comments", &headers, Some(&body));
    assert_eq!(posted.status, 201, "{}", posted.body);
    assert_eq!(cause(&diagnose(&app), "token-expired")["fixed_for"], 1);
}

#[test]
fn what_readers_confirm_stands_higher_for_the_next_reader_with_the_reason() {
    let app = start();
    let before = diagnose(&app);
    confirm(&app, "clock-skew", "fixed", 14, &found(&before));
    confirm(&app, "clock-skew", "not-fixed", 3, &found(&before));
    let after = diagnose(&app);
    let probability = |diagnosis| cause(diagnosis, "clock-skew")["probability"].as_f64().expect("a number");
    assert!(probability(&after) > probability(&before));
    let because = cause(&after, "clock-skew")["because"].to_string();
    assert!(because.contains("Readers with the same sign: it worked for 14, not for 3."), "{because}");
    assert_eq!(cause(&after, "clock-skew")["fixed_for"], 14);
}

#[test]
fn what_did_not_help_stands_lower() {
    let app = start();
    let before = diagnose(&app);
    confirm(&app, "token-expired", "not-fixed", 12, &found(&before));
    let after = diagnose(&app);
    let probability =
        |diagnosis| cause(diagnosis, "token-expired")["probability"].as_f64().expect("a number");
    assert!(probability(&after) < probability(&before));
    let against = cause(&after, "token-expired")["against"].to_string();
    assert!(against.contains("Readers with the same sign: it did not work for 12."), "{against}");
}

#[test]
fn a_thousand_answers_of_one_network_move_hardly_anything() {
    let app = start();
    let before = diagnose(&app);
    for _ in 0..40 {
        say(&app, "198.51.100.1", "clock-skew", "fixed", &found(&before));
        say(&app, "198.51.100.1", "token-expired", "not-fixed", &found(&before));
    }
    let after = diagnose(&app);
    let order = |diagnosis: &serde_json::Value| -> Vec<String> {
        let causes = diagnosis["causes"].as_array().expect("causes");
        causes.iter().take(3).map(|cause| cause["id"].to_string()).collect()
    };
    assert_eq!(order(&before), order(&after));
}

#[test]
fn a_moderator_sees_what_answers_changed_and_switches_it_off_and_on() {
    let app = start();
    app.add_moderator("ada", "correct horse battery");
    let sign_in = [("name", "ada"), ("password", "correct horse battery")];
    let answer = app.post_form("/moderate/sign-in", &sign_in);
    let cookie = answer.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    assert_eq!(app.get("/moderate/learning").status, 303);

    let before = diagnose(&app);
    for network in 0..12 {
        let address = format!("198.51.100.{network}");
        assert_eq!(say(&app, &address, "clock-skew", "fixed", &found(&before)).status, 201);
    }
    let moved = diagnose(&app);
    let page = app.get_with("/moderate/learning", &[("Cookie", &cookie)]);
    let row = page.body.split("<tr>").find(|row| row.contains("/articles/clock-skew")).expect("its row");
    let row = crate::support::text_of(row);
    assert!(row.contains("12, 0, 0") && row.contains("Switch off"), "{row}");
    assert_ne!(probabilities(&before), probabilities(&moved));

    for cause in ["clock-skew", ""] {
        let send = |state| {
            let fields = [("cause", cause), ("state", state)];
            app.post_form_with("/moderate/learning", &fields, &[ORIGIN, ("Cookie", &cookie)])
        };
        assert_eq!(send("off").status, 303);
        let off = diagnose(&app);
        let of = |diagnosis| cause_place(diagnosis, "clock-skew");
        assert!(of(&off) > of(&moved), "{cause:?}: {} {}", of(&off), of(&moved));
        if cause.is_empty() {
            assert_eq!(probabilities(&off), probabilities(&before), "all is off, and something is moved");
        }
        assert_eq!(send("on").status, 303);
        assert_eq!(probabilities(&diagnose(&app)), probabilities(&moved));
    }
    let log = app.get_with("/moderate/log", &[("Cookie", &cookie)]);
    for deed in
        ["switched off what answers change for clock-skew", "switched on what answers change for every cause"]
    {
        assert!(log.body.contains(deed), "{deed} is not in the log");
    }
}

fn probabilities(diagnosis: &serde_json::Value) -> Vec<String> {
    let causes = diagnosis["causes"].as_array().expect("causes");
    causes.iter().map(|cause| format!("{} {}", cause["id"], cause["probability"])).collect()
}

/// How improbable a cause is: less is nearer to the top.
fn cause_place(diagnosis: &serde_json::Value, id: &str) -> f64 {
    1.0 - cause(diagnosis, id)["probability"].as_f64().expect("a number")
}

#[test]
fn the_api_takes_an_answer_back_with_its_token() {
    let app = start();
    let answer = say(&app, "198.51.100.1", "token-expired", "fixed", &[]).json();
    let path = format!("/api/v1/outcomes/{}", answer["id"].as_str().expect("an id"));
    assert_eq!(app.request("DELETE", &path, &[], None).status, 401);
    let wrong = app.request("DELETE", &path, &[("Authorization", "Bearer wrong")], None);
    assert_eq!(wrong.status, 401);
    let bearer = format!("Bearer {}", answer["edit_token"].as_str().expect("a token"));
    assert_eq!(app.request("DELETE", &path, &[("Authorization", &bearer)], None).status, 204);
    assert_eq!(cause(&diagnose(&app), "token-expired")["fixed_for"], 0);
    let refused = say(&app, "198.51.100.1", "token-expired", "note", &[]);
    assert_eq!((refused.status, refused.json()["errors"][0]["field"].as_str()), (422, Some("outcome")));
}
