//! What readers write: posting, preview, answers, changing, deleting, and every refusal with the text kept.

use fix401::config::Config;
use insta::assert_snapshot;

use crate::support::{Answer, TestApp};

/// Where the tests comment.
const FORM: &str = "/articles/clock-skew/comments";
const ARTICLE: &str = "/articles/clock-skew";
const JWT: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

/// The value of the hidden field that says when a form was made.
#[track_caller]
fn issued(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("name=\"issued\" value=\"").expect("a form");
    rest.split('"').next().expect("a value").to_owned()
}

/// A comment that is posted from under the article, but for the fields that are given.
#[track_caller]
fn send(app: &TestApp, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    let issued = issued(&app.get(ARTICLE));
    let mut all = vec![("issued", issued.as_str()), ("action", "post")];
    if !fields.iter().any(|(name, _)| *name == "outcome") {
        all.push(("outcome", "fixed"));
    }
    all.extend(fields);
    let headers: Vec<(&str, &str)> =
        [("Sec-Fetch-Site", "same-origin"), ("Accept", "text/html")].iter().chain(headers).copied().collect();
    app.post_form_with(FORM, &all, &headers)
}

#[track_caller]
fn post(app: &TestApp, fields: &[(&str, &str)]) -> Answer {
    send(app, fields, &[])
}

/// A comment that was posted: its id, its page, and the cookie of its author.
struct Posted {
    id: String,
    place: String,
    cookie: String,
}

#[track_caller]
fn posted(answer: &Answer) -> Posted {
    assert_eq!(answer.status, 303, "{}", answer.body);
    let place = answer.header("location").to_owned();
    let id = place.trim_start_matches("/comments/").split('?').next().expect("an id").to_owned();
    let cookie = answer.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    Posted { id, place, cookie }
}

/// What readers see under the article, without the form.
#[track_caller]
fn under_article(app: &TestApp) -> String {
    let page = app.get(ARTICLE);
    let (_, rest) = page.body.split_once("<section class=\"comments\"").expect("the comments");
    let (comments, _) = rest.split_once("<div class=\"invitation\"").expect("the form");
    crate::support::text_of(&format!("<section{comments}"))
}

/// Whatever is refused, the writer gets the text back.
#[track_caller]
fn refused(answer: &Answer, status: u16, says: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    let summary = answer.text_in("<div class=\"wrong\" id=\"problems\"");
    assert!(summary.contains(says), "{summary}");
    assert_eq!(answer.text_in("<textarea id=\"comment-body\""), "It was chronyd.");
    assert!(answer.body.contains("name=\"author\" value=\"Ada\""), "the name is lost");
    assert_eq!(answer.header("cache-control"), "no-store");
}

const WRITTEN: [(&str, &str); 2] = [("body", "It was chronyd."), ("author", "Ada")];

#[test]
fn a_comment_stands_under_its_article_at_once_and_counts() {
    let app = TestApp::start();
    assert_snapshot!(under_article(&app), @r"
    What readers say
    Nobody has said yet whether this works.
    ");
    let before = app.get(ARTICLE);
    posted(&post(&app, &[("body", "`chronyd` was **stopped** on one node."), ("author", "Ada")]));
    let after = app.get_with(ARTICLE, &[("If-None-Match", before.header("etag"))]);
    assert_eq!(after.status, 200, "the page that was kept is used again");
    assert_ne!(before.header("etag"), after.header("etag"));
    posted(&post(&app, &[("body", "Not for us: the token was for another API."), ("outcome", "not-fixed")]));
    assert_snapshot!(under_article(&app), @r"
    What readers say
    Worked for 1, did not for 1
    This fixed it
    Ada
    23 November 2026
    chronyd
    was
    stopped
    on one node.
    This helped me too
    Answer
    Ada
    Report
    what Ada says
    This did not fix it
    Anonymous
    23 November 2026
    Not for us: the token was for another API.
    This helped me too
    Answer
    Anonymous
    Report
    what Anonymous says
    ");
    assert!(app.get("/causes").body.contains("Fixed it for 1 reader"));
    assert!(app.get("/").body.contains("was stopped on one node"));
}

#[test]
fn the_article_is_the_same_bytes_for_every_reader() {
    let app = TestApp::start();
    let author = posted(&post(&app, &WRITTEN));
    let mine = app.get_with(ARTICLE, &[("Cookie", &author.cookie)]);
    assert_eq!(mine.body, app.get(ARTICLE).body);
    app.pass(3600);
    assert_eq!(mine.header("etag"), app.get(ARTICLE).header("etag"));
}

#[test]
fn the_author_is_thanked_and_may_change_the_comment() {
    let app = TestApp::start();
    let author = posted(&post(&app, &WRITTEN));
    let page = app.get_with(&author.place, &[("Cookie", &author.cookie)]);
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.body.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert_eq!(page.text_in("<h1>"), "Thank you, it is published");
    assert!(page.body.contains("until <time datetime=\"2026-11-24T12:00:00Z\">"));
    assert_eq!(page.text_in("<textarea id=\"comment-body\""), "It was chronyd.");
    assert!(page.body.contains(&format!("{ARTICLE}?c={0}#c-{0}", author.id)));
    assert!(app.get(ARTICLE).body.contains(&format!("id=\"c-{}\"", author.id)));

    let stranger = app.get(&author.place);
    assert_eq!(stranger.text_in("<h1>"), "A comment");
    assert!(!stranger.body.contains("Change it") && !stranger.body.contains("Delete it"));
}

#[test]
fn the_authors_cookie_is_for_this_host_only_and_out_of_reach_of_scripts() {
    let app = TestApp::start();
    let answer = post(&app, &WRITTEN);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-fix401-author="), "{cookie}");
    for attribute in ["; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/", "; Max-Age=1209600"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[test]
fn without_tls_on_another_machine_the_cookie_has_a_name_that_browsers_take() {
    let plain = |config: &mut Config| config.public_url = "http://fix401.lan".parse().expect("an address");
    let app = TestApp::start_with(plain);
    let author = post(&app, &WRITTEN);
    let cookie = author.header("set-cookie");
    assert!(cookie.starts_with("fix401-author=") && !cookie.contains("Secure"), "{cookie}");
    let author = posted(&author);
    let page = app.get_with(&author.place, &[("Cookie", &author.cookie)]);
    assert!(page.body.contains("Change it"));
}

#[test]
fn an_answer_stands_under_what_it_answers() {
    let app = TestApp::start();
    let first = posted(&post(&app, &WRITTEN));
    let form = app.get(&format!("{FORM}/new?parent={}", first.id));
    assert_eq!(form.text_in("<h1>"), "Answer");
    assert_eq!(form.text_in("<h2 id=\"answered\">"), "You answer Ada");
    assert_eq!(form.text_in("<blockquote class=\"prose\">"), "It was chronyd.");
    let second = posted(&post(
        &app,
        &[("body", "Same here."), ("parent", &first.id), ("outcome", "note"), ("author", "Grace")],
    ));
    posted(&post(&app, &[("body", "On which host?"), ("parent", &second.id), ("outcome", "question")]));
    assert_snapshot!(under_article(&app), @r"
    What readers say
    Worked for 1
    This fixed it
    Ada
    23 November 2026
    It was chronyd.
    This helped me too
    Answer
    Ada
    Report
    what Ada says
    Note
    Grace
    23 November 2026
    Same here.
    This helped me too
    Answer
    Grace
    Report
    what Grace says
    Question
    Anonymous
    answering
    Grace
    23 November 2026
    On which host?
    This helped me too
    Answer
    Anonymous
    Report
    what Anonymous says
    ");
}

#[test]
fn who_answers_what_is_gone_can_still_post_under_the_article() {
    let app = TestApp::start();
    let first = posted(&post(&app, &[("body", "To be deleted.")]));
    let headers = [("Cookie", first.cookie.as_str()), ("Sec-Fetch-Site", "same-origin")];
    app.post_form_with(&format!("/comments/{}/delete", first.id), &[], &headers);
    let form = app.get(&format!("{FORM}/new?parent={}", first.id));
    assert_eq!(form.status, 404);
    assert!(form.text_in("<div class=\"wrong\"").contains("is not there any more"));
    let answer = post(&app, &[WRITTEN[0], WRITTEN[1], ("parent", &first.id)]);
    refused(&answer, 422, "Post it again to put it under the article itself.");
    assert!(!answer.body.contains("name=\"parent\""), "the next try would fail again");
}

#[test]
fn a_preview_shows_the_comment_and_stores_nothing() {
    let app = TestApp::start();
    let answer = app.post_form(FORM, &[("body", "See `chronyc tracking`."), ("action", "preview")]);
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("<p>See <code>chronyc tracking</code>.</p>"));
    assert_eq!(answer.text_in("<textarea id=\"comment-body\""), "See `chronyc tracking`.");
    assert!(under_article(&app).contains("Nobody has said yet"));
    let again = app.post_form(FORM, &[("body", " "), ("action", "preview")]);
    assert_eq!(again.status, 422);
}

#[test]
fn what_is_missing_is_said_beside_its_field() {
    let app = TestApp::start();
    let long = "x".repeat(61);
    let answer = post(&app, &[("body", " "), ("author", &long), ("outcome", "")]);
    assert_eq!(answer.status, 422);
    assert_snapshot!(answer.text_in("<div class=\"wrong\" id=\"problems\""), @r"
    Not posted yet
    Choose what happened, or “Something to add”.
    Please write something.
    A name can have 60 characters; this one has 61. Please shorten it.
    ");
    for field in ["outcome", "body", "author"] {
        assert!(answer.body.contains(&format!("<a href=\"#comment-{field}\">")), "{field} is not linked");
        assert!(answer.body.contains(&format!("id=\"comment-{field}\"")), "{field} is not there");
        assert!(answer.body.contains(&format!("<p class=\"field-wrong\" id=\"comment-{field}-problem\">")));
    }
    assert_eq!(answer.body.matches("aria-invalid=\"true\"").count(), 3);
    assert!(answer.body.contains("<title>Not done yet: Say what happened"));
    assert!(answer.body.contains(&format!("value=\"{long}\"")));
}

#[test]
fn a_secret_is_masked_and_its_owner_is_told() {
    let app = TestApp::start();
    let body = format!("It was this: Authorization: Bearer {JWT}");
    let author = posted(&post(&app, &[("body", &body)]));
    let page = app.get_with(&author.place, &[("Cookie", &author.cookie)]);
    assert_snapshot!(page.text_in("<div class=\"wrong\""), @"What looked like a JSON Web Token was masked before your comment was stored. If it was real, revoke it now: it has left your machine.");
    assert!(under_article(&app).contains("Authorization: Bearer [masked JWT]"));
    for page in [page, app.get(ARTICLE), app.get("/comments")] {
        assert!(!page.body.contains(JWT));
    }
    let stranger = app.get(&author.place);
    assert!(!stranger.body.contains("class=\"wrong\""), "what was masked is for the author");
}

#[test]
fn a_secret_is_not_sent_back_with_the_form_either() {
    let app = TestApp::start();
    for action in ["preview", "post"] {
        let answer = app.post_form(FORM, &[("body", &format!("Bearer {JWT}")), ("action", action)]);
        assert!(answer.body.contains("a JSON Web Token is masked"), "{action}");
        assert!(!answer.body.contains(JWT), "{action}");
    }
}

#[test]
fn a_form_from_another_site_is_refused() {
    let app = TestApp::start();
    let forms: [&[(&str, &str)]; 3] =
        [&[("Sec-Fetch-Site", "cross-site")], &[("Origin", "https://evil.example")], &[]];
    for headers in forms {
        let answer = app.post_form_with(FORM, &WRITTEN, headers);
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    assert!(under_article(&app).contains("Nobody has said yet"));
}

#[test]
fn a_comment_that_fills_in_the_unseen_field_is_held() {
    let app = TestApp::start();
    let form = app.get(ARTICLE);
    assert!(form.body.contains("<p class=\"trap\" aria-hidden=\"true\">"));
    let author = posted(&post(&app, &[("body", "Cheap watches."), ("website", "https://watches.example")]));
    let page = app.get_with(&author.place, &[("Cookie", &author.cookie)]);
    assert_eq!(page.text_in("<h1>"), "Thank you, a moderator will look at it");
    assert_eq!(app.get(&author.place).status, 404, "others can see it");
    assert!(under_article(&app).contains("Nobody has said yet"));
}

#[test]
fn a_form_that_comes_back_faster_than_anybody_types_is_held() {
    let app = TestApp::start();
    let issued = issued(&app.get(&format!("{FORM}/new")));
    let send = |body| {
        app.post_form(
            FORM,
            &[("issued", issued.as_str()), ("body", body), ("outcome", "note"), ("action", "post")],
        )
    };
    posted(&send("Sent by a program."));
    assert!(under_article(&app).contains("Nobody has said yet"));
    app.pass(20);
    posted(&send("Typed by a person."));
    assert!(under_article(&app).contains("Typed by a person."));
}

#[test]
fn a_look_at_the_preview_does_not_start_the_clock_again() {
    let app = TestApp::start();
    let first = issued(&app.get(&format!("{FORM}/new")));
    app.pass(20);
    let preview = app.post_form(FORM, &[("issued", &first), ("body", "A text."), ("action", "preview")]);
    assert_eq!(issued(&preview), first);
}

#[test]
fn the_form_of_another_article_is_held() {
    let app = TestApp::start();
    let other = issued(&app.get("/articles/token-expired"));
    let answer = app.post_form(FORM, &[("issued", &other), ("body", "A text."), ("outcome", "note")]);
    let author = posted(&answer);
    let page = app.get_with(&author.place, &[("Cookie", &author.cookie)]);
    assert_eq!(page.text_in("<h1>"), "Thank you, a moderator will look at it");
}

#[test]
fn the_sixth_comment_in_ten_minutes_has_to_wait() {
    let app = TestApp::start();
    for number in 1..=5 {
        posted(&post(&app, &[("body", &format!("Comment {number}."))]));
    }
    let answer = post(&app, &WRITTEN);
    refused(&answer, 429, "That is a lot in a short time. Please try again in 10 minutes.");
    assert_eq!(answer.header("retry-after"), "600");
    app.pass(601);
    posted(&post(&app, &WRITTEN));
}

#[test]
fn pressing_the_button_twice_posts_once() {
    let app = TestApp::start();
    let first = posted(&post(&app, &WRITTEN));
    let again = post(&app, &WRITTEN);
    assert_eq!((again.status, again.header("location")), (303, format!("/comments/{}", first.id).as_str()));
    assert_eq!(under_article(&app).matches("It was chronyd.").count(), 1);
}

#[test]
fn far_too_much_is_refused_with_its_beginning_kept() {
    let app = TestApp::start();
    let answer = post(&app, &[("body", &format!("The beginning. {}", "x".repeat(300_000)))]);
    assert_eq!(answer.status, 413);
    assert!(answer.text_in("<textarea id=\"comment-body\"").starts_with("The beginning. xxx"));
    assert!(answer.body.len() < 40_000);
    let answer = post(&app, &[("body", &"x".repeat(8001))]);
    assert_eq!(answer.status, 422);
    assert!(answer.text_in("<p class=\"field-wrong\"").contains("8000 characters"));
}

#[test]
fn without_the_database_the_text_is_kept_and_the_article_is_read() {
    let away = |config: &mut Config| {
        config.database_url = "postgres://nobody@127.0.0.1:1/nothing".parse().expect("any text");
    };
    let app = TestApp::start_with(away);
    let page = app.get(ARTICLE);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("The comments cannot be reached at the moment."));
    assert!(!page.body.contains("data-comment"), "a form that cannot be sent");
    let fields = [WRITTEN[0], WRITTEN[1], ("outcome", "fixed"), ("action", "post")];
    let answer = app.post_form(FORM, &fields);
    refused(&answer, 503, "Your text is not lost");
    assert_eq!(answer.header("retry-after"), "30");
    let id = "01a209f0-a27a-70e8-953f-bea423db5f83";
    refused(&app.post_form(&format!("/comments/{id}"), &fields), 503, "Your text is not lost");
    assert_eq!(app.get("/comments").status, 503);
}

#[test]
fn the_author_changes_the_comment_and_nobody_else_can() {
    let app = TestApp::start();
    let author = posted(&post(&app, &WRITTEN));
    let place = format!("/comments/{}", author.id);
    let change = [("body", "It was chronyd."), ("author", "Ada"), ("outcome", "partly"), ("action", "post")];
    let origin = ("Sec-Fetch-Site", "same-origin");
    let stranger = app.post_form(&place, &change);
    refused(&stranger, 403, "does not give the right");

    let saved = app.post_form_with(&place, &change, &[origin, ("Cookie", &author.cookie)]);
    assert_eq!(saved.header("location"), format!("{place}?done=saved"));
    let page = app.get_with(saved.header("location"), &[("Cookie", &author.cookie)]);
    assert_eq!(page.text_in("<h1>"), "Your change is published");
    assert!(under_article(&app).contains("Worked partly for 1"));
    assert!(under_article(&app).contains("edited"));

    let unsaid = [WRITTEN[0], WRITTEN[1], ("outcome", "fixed"), ("action", "preview")];
    let preview = app.post_form_with(&place, &unsaid, &[origin, ("Cookie", &author.cookie)]);
    assert_eq!((preview.status, preview.text_in("<h1>").as_str()), (200, "Change your comment"));
    let empty = app.post_form_with(
        &place,
        &[("body", ""), ("outcome", "fixed")],
        &[origin, ("Cookie", &author.cookie)],
    );
    assert_eq!(
        (empty.status, empty.text_in("<p class=\"field-wrong\"").as_str()),
        (422, "Please write something.")
    );
    assert!(under_article(&app).contains("It was chronyd."));
}

#[test]
fn the_address_with_the_token_gives_the_right_in_another_browser() {
    let app = TestApp::start();
    let author = posted(&post(&app, &WRITTEN));
    let page = app.get_with(&author.place, &[("Cookie", &author.cookie)]);
    let link = page.text_in("<code class=\"address\"");
    let path = link.strip_prefix(&app.origin).expect("an address of this site");
    let token = path.split("token=").nth(1).expect("a token");
    let elsewhere = app.get(path);
    assert!(elsewhere.body.contains(&format!("name=\"token\" value=\"{token}\"")));
    let place = format!("/comments/{}", author.id);
    let change = [("body", "Changed."), ("outcome", "fixed"), ("action", "post"), ("token", token)];
    let saved = app.post_form(&place, &change);
    assert_eq!(saved.header("location"), format!("{place}?token={token}&done=saved"));
    assert!(under_article(&app).contains("Changed."));
    assert_eq!(app.get(&format!("{place}?token=wrong")).text_in("<h1>"), "A comment");
}

#[test]
fn after_a_day_a_comment_stays_as_it_is() {
    let app = TestApp::start();
    let author = posted(&post(&app, &WRITTEN));
    app.pass(24 * 3600 + 1);
    let page = app.get_with(&format!("/comments/{}", author.id), &[("Cookie", &author.cookie)]);
    assert!(page.body.contains("It could be changed until"));
    assert!(!page.body.contains("data-comment"));
    let headers = [("Sec-Fetch-Site", "same-origin"), ("Cookie", author.cookie.as_str())];
    let fields = [WRITTEN[0], WRITTEN[1], ("outcome", "note"), ("action", "post")];
    let late = app.post_form_with(&format!("/comments/{}", author.id), &fields, &headers);
    refused(&late, 403, "that time is over");
    assert_eq!(app.post_form_with(&format!("/comments/{}/delete", author.id), &[], &headers).status, 403);
}

#[test]
fn the_author_deletes_the_comment_and_its_place_stays_for_the_answers() {
    let app = TestApp::start();
    let author = posted(&post(&app, &WRITTEN));
    posted(&post(&app, &[("body", "Thanks!"), ("parent", &author.id), ("outcome", "note")]));
    let delete = format!("/comments/{}/delete", author.id);
    assert_eq!(app.post_form(&delete, &[]).status, 403);
    assert!(under_article(&app).contains("It was chronyd."));
    let headers = [("Sec-Fetch-Site", "same-origin"), ("Cookie", author.cookie.as_str())];
    let deleted = app.post_form_with(&delete, &[], &headers);
    let page = app.get_with(deleted.header("location"), &[("Cookie", &author.cookie)]);
    assert_eq!(page.text_in("<h1>"), "Your comment is deleted");
    let again = app.post_form_with(&delete, &[], &headers);
    assert_eq!(again.header("location"), deleted.header("location"));
    assert_eq!(app.get(&author.place).status, 404);
    assert_snapshot!(under_article(&app), @r"
    What readers say
    This comment was taken away.
    Note
    Anonymous
    23 November 2026
    Thanks!
    This helped me too
    Answer
    Anonymous
    Report
    what Anonymous says
    ");
}

#[test]
fn that_a_comment_helped_counts_once_for_each_network() {
    let app = TestApp::start_with(|config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")]
    });
    let author = posted(&post(&app, &WRITTEN));
    let helped = |address| {
        let headers = [("Sec-Fetch-Site", "same-origin"), ("X-Forwarded-For", address)];
        let answer = app.post_form_with(&format!("/comments/{}/helped", author.id), &[], &headers);
        assert_eq!(answer.header("location"), format!("{ARTICLE}?c={0}#c-{0}", author.id));
        let page = app.get(ARTICLE);
        page.text_in("<span class=\"count\">").lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(helped("198.51.100.1"), "1");
    assert_eq!(helped("198.51.100.1"), "1");
    assert_eq!(helped("198.51.100.2"), "2");
    let nobody = app.post_form("/comments/01a209f0-a27a-70e8-953f-bea423db5f83/helped", &[]);
    assert_eq!(nobody.status, 404);
}

#[test]
fn markup_in_names_and_texts_is_shown_and_never_run() {
    let app = TestApp::start();
    let name = "\"><img src=x onerror=alert(1)>";
    let body = "<script>alert(1)</script> [a](javascript:alert(1)) ![b](https://evil.example/x.png)\n\n<b onclick=alert(1)>x</b>";
    let author = posted(&post(&app, &[("body", body), ("author", name)]));
    let preview = app.post_form(FORM, &[("body", body), ("author", name), ("action", "preview")]);
    let own = app.get_with(&author.place, &[("Cookie", &author.cookie)]);
    for page in [app.get(ARTICLE), app.get("/comments"), app.get("/"), own, preview] {
        assert_eq!(page.status, 200);
        for alive in
            ["<script>alert", "<img src=x", "href=\"javascript", "<b onclick", "evil.example/x.png\" alt"]
        {
            assert!(!page.body.contains(alive), "{alive}");
        }
    }
    assert!(under_article(&app).contains(name));
}

#[test]
fn a_comment_after_a_diagnosis_carries_what_was_found() {
    let app = TestApp::start();
    let diagnosis = app.get("/diagnose?f=authorization.doubled-scheme");
    let link = "/articles/malformed-authorization-header/comments/new?f=authorization.doubled-scheme";
    assert!(diagnosis.body.contains(link), "the first cause has no link to say so");
    let form = app.get(&format!("{link}&f=no.such-finding"));
    assert_eq!(form.body.matches("name=\"f\"").count(), 1);
    let fields = [
        ("issued", issued(&form)),
        ("body", "Two layers each added the scheme.".to_owned()),
        ("outcome", "fixed".to_owned()),
        ("f", "authorization.doubled-scheme".to_owned()),
    ];
    app.pass(60);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    posted(&app.post_form("/articles/malformed-authorization-header/comments", &fields));
    let stored = app.get("/api/v1/articles/malformed-authorization-header/comments").json();
    assert_eq!(stored["comments"][0]["findings"][0], "authorization.doubled-scheme");
}

#[test]
fn the_newest_comments_of_all_articles_stand_on_pages_of_thirty() {
    let app = TestApp::start_with(|config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")]
    });
    assert!(app.get("/comments").body.contains("Nobody has said anything yet."));
    for number in 1..=31 {
        let address = format!("198.51.100.{number}");
        let body = format!("Comment number {number}.");
        posted(&send(&app, &[("body", &body)], &[("X-Forwarded-For", &address)]));
    }
    let first = app.get("/comments");
    assert_eq!(first.body.matches("class=\"comment\"").count(), 30);
    assert!(first.body.contains("number 31.") && !first.body.contains("number 1."));
    let (_, rest) = first.body.split_once("href=\"/comments?before=").expect("a link to the older ones");
    let older = app.get(&format!("/comments?before={}", rest.split('"').next().expect("an id")));
    assert_eq!(older.body.matches("class=\"comment\"").count(), 1);
    assert!(older.body.contains("number 1."));
    assert_eq!(app.get_with("/comments", &[("If-None-Match", first.header("etag"))]).status, 304);
    assert_eq!(app.head("/comments").status, 200);
}

#[test]
fn addresses_that_lead_nowhere_say_so() {
    let app = TestApp::start();
    let fields = [("body", "A text."), ("outcome", "note")];
    assert_eq!(app.post_form("/articles/no-such-article/comments", &fields).status, 404);
    assert_eq!(app.get("/articles/no-such-article/comments/new").status, 404);
    assert_eq!(app.get("/comments/nonsense").status, 404);
    assert_eq!(app.get("/comments/01a209f0-a27a-70e8-953f-bea423db5f83").status, 404);
    assert_eq!(app.get(FORM).header("location"), format!("{ARTICLE}#comments"));
}
