//! Where moderators work: signing in, the queue, rulings that readers see at once, bans.

use fix401::config::Moderation;

use crate::support::{Answer, TestApp};

const ARTICLE: &str = "/articles/clock-skew";
const PASSWORD: &str = "correct horse battery";
const ORIGIN: (&str, &str) = ("Sec-Fetch-Site", "same-origin");

/// Every page that asks for a session.
const PAGES: [&str; 7] = [
    "/moderate",
    "/moderate/comments",
    "/moderate/bans",
    "/moderate/log",
    "/moderate/searches",
    "/moderate/account",
    "/moderate/learning",
];

fn start(moderation: Moderation) -> TestApp {
    let app = TestApp::start_with(|config| {
        config.moderation = moderation;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    });
    app.add_moderator("ada", PASSWORD);
    app
}

/// A moderator who is signed in.
struct Desk<'a> {
    app: &'a TestApp,
    cookie: String,
}

impl Desk<'_> {
    #[track_caller]
    fn sign_in(app: &TestApp) -> Desk<'_> {
        let answer = app.post_form("/moderate/sign-in", &[("name", "Ada"), ("password", PASSWORD)]);
        assert_eq!((answer.status, answer.header("location")), (303, "/moderate"), "{}", answer.body);
        let cookie = answer.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        Desk { app, cookie }
    }

    #[track_caller]
    fn get(&self, path: &str) -> Answer {
        self.app.get_with(path, &[("Cookie", &self.cookie), ("Accept", "text/html")])
    }

    #[track_caller]
    fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.app.post_form_with(path, fields, &[ORIGIN, ("Cookie", &self.cookie), ("Accept", "text/html")])
    }

    #[track_caller]
    fn rule(&self, id: &str, ruling: &str) {
        let answer =
            self.send(&format!("/moderate/comments/{id}"), &[("ruling", ruling), ("back", "/moderate")]);
        assert_eq!(answer.status, 303, "{}", answer.body);
        let page = self.get(answer.header("location"));
        assert!(page.body.contains("<p class=\"done\" role=\"status\">"), "{}", page.body);
    }
}

/// Posts from an address and answers with the id.
#[track_caller]
fn post(app: &TestApp, address: &str, body: &str) -> String {
    let answer = send(app, address, body);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let place = answer.header("location");
    place.trim_start_matches("/comments/").split('?').next().expect("an id").to_owned()
}

#[track_caller]
fn send(app: &TestApp, address: &str, body: &str) -> Answer {
    let page = app.get(ARTICLE);
    let (_, rest) = page.body.split_once("name=\"issued\" value=\"").expect("a form");
    let issued = rest.split('"').next().expect("a value");
    let fields = [("issued", issued), ("body", body), ("outcome", "fixed"), ("action", "post")];
    app.post_form_with(&format!("{ARTICLE}/comments"), &fields, &[ORIGIN, ("X-Forwarded-For", address)])
}

fn is_shown(app: &TestApp, text: &str) -> bool {
    app.get(ARTICLE).body.contains(text)
}

#[test]
fn who_is_not_signed_in_is_sent_to_the_sign_in_with_the_way_back() {
    let app = start(Moderation::None);
    let id = post(&app, "198.51.100.1", "It was chronyd.");
    assert_eq!(app.get("/moderate").header("location"), "/moderate/sign-in");
    let filtered = app.get("/moderate/comments?status=held&text=a+b");
    assert_eq!(
        filtered.header("location"),
        "/moderate/sign-in?to=%2Fmoderate%2Fcomments%3Fstatus%3Dheld%26text%3Da%2Bb"
    );
    for page in PAGES {
        let answer = app.get_with(page, &[("Cookie", "__Host-fix401-moderator=made-up")]);
        assert_eq!(answer.status, 303, "{page}");
        assert_eq!(answer.header("cache-control"), "no-store", "{page}");
    }
    for (path, fields) in [
        (format!("/moderate/comments/{id}"), [("ruling", "delete")]),
        (format!("/moderate/comments/{id}/ban"), [("length", "day")]),
        (format!("/moderate/bans/{id}/lift"), [("back", "")]),
    ] {
        let answer = app.post_form(&path, &fields);
        assert_eq!((answer.status, answer.header("location")), (303, "/moderate/sign-in"), "{path}");
    }
    assert!(is_shown(&app, "It was chronyd."));
}

#[test]
fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let app = start(Moderation::None);
    let tried = |name: &str| {
        let answer = app.post_form("/moderate/sign-in", &[("name", name), ("password", "wrong")]);
        assert_eq!((answer.status, answer.header("set-cookie")), (403, ""));
        assert_eq!(
            answer.text_in("<div class=\"wrong\""),
            "Name and password do not match, or the code is missing or used."
        );
        answer.body.replace(&format!("value=\"{name}\""), "")
    };
    assert_eq!(tried("ada"), tried("eve"));
}

#[test]
fn the_eleventh_try_in_a_quarter_of_an_hour_has_to_wait() {
    let app = start(Moderation::None);
    let try_in =
        |password: &str| app.post_form("/moderate/sign-in", &[("name", "ada"), ("password", password)]);
    for _ in 0..10 {
        assert_eq!(try_in("wrong").status, 403);
    }
    let answer = try_in(PASSWORD);
    assert_eq!((answer.status, answer.header("retry-after")), (429, "900"));
    app.pass(901);
    assert_eq!(try_in(PASSWORD).status, 303);
}

#[test]
fn a_session_lives_in_a_cookie_for_this_host_only_and_ends_with_the_sign_out() {
    let app = start(Moderation::None);
    let answer = app.post_form(
        "/moderate/sign-in",
        &[("name", "ada"), ("password", PASSWORD), ("to", "/moderate/log?before=1")],
    );
    assert_eq!(answer.header("location"), "/moderate/log?before=1");
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-fix401-moderator="), "{cookie}");
    for attribute in ["; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Max-Age"), "{cookie}");

    let desk = Desk::sign_in(&app);
    assert_eq!(desk.get("/moderate/sign-in").header("location"), "/moderate");
    for page in PAGES {
        let answer = desk.get(page);
        assert_eq!(answer.status, 200, "{page}");
        assert_eq!(answer.header("cache-control"), "no-store", "{page}");
        assert!(answer.body.contains("<meta name=\"robots\" content=\"noindex\">"), "{page}");
        assert!(answer.body.contains("Signed in as <b>ada</b>"), "{page}");
    }
    let out = desk.send("/moderate/sign-out", &[]);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    assert_eq!(desk.get("/moderate").status, 303, "the session outlives the sign-out");
}

#[test]
fn nobody_is_led_elsewhere_after_signing_in() {
    let app = start(Moderation::None);
    let fields = [("name", "ada"), ("password", PASSWORD), ("to", "https://evil.example/moderate")];
    assert_eq!(app.post_form("/moderate/sign-in", &fields).header("location"), "/moderate");
}

#[test]
fn a_session_ends_after_twelve_hours_of_doing_nothing() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    app.pass(11 * 3600);
    assert_eq!(desk.get("/moderate").status, 200);
    app.pass(11 * 3600);
    assert_eq!(desk.get("/moderate").status, 200, "it was used in between");
    app.pass(13 * 3600);
    assert_eq!(desk.get("/moderate").status, 303);
}

#[test]
fn where_all_comments_wait_they_are_shown_once_they_are_published() {
    let app = start(Moderation::All);
    let desk = Desk::sign_in(&app);
    assert_eq!(desk.get("/moderate").text_in("<h1>"), "Nothing waits");
    let older = post(&app, "198.51.100.1", "The older one.");
    post(&app, "198.51.100.2", "The newer one.");
    assert!(!is_shown(&app, "The older one."));
    let queue = desk.get("/moderate");
    assert_eq!(queue.text_in("<h1>"), "2 comments waiting");
    assert!(queue.body.find("The older one.") < queue.body.find("The newer one."));
    assert!(queue.body.contains("every comment waits for a moderator"));
    let tag = app.get(ARTICLE).header("etag").to_owned();
    desk.rule(&older, "publish");
    assert!(is_shown(&app, "The older one.") && !is_shown(&app, "The newer one."));
    assert_ne!(app.get(ARTICLE).header("etag"), tag);
    assert_eq!(desk.get("/moderate").text_in("<h1>"), "1 comment waiting");
}

#[test]
fn where_first_comments_wait_the_second_of_a_network_does_not() {
    let app = start(Moderation::First);
    let desk = Desk::sign_in(&app);
    let first = post(&app, "198.51.100.1", "My first one.");
    assert!(!is_shown(&app, "My first one."));
    desk.rule(&first, "publish");
    post(&app, "198.51.100.1", "My second one.");
    assert!(is_shown(&app, "My second one."));
    post(&app, "198.51.100.2", "From somebody else.");
    assert!(!is_shown(&app, "From somebody else."));
}

#[test]
fn a_comment_is_hidden_published_again_and_deleted_for_good() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let id = post(&app, "198.51.100.1", "Cheap watches <script>alert(1)</script>.");
    assert!(!desk.get("/moderate/comments").body.contains("<script>alert"));
    desk.rule(&id, "hide");
    assert!(!is_shown(&app, "Cheap watches"));
    desk.rule(&id, "publish");
    assert!(is_shown(&app, "Cheap watches"));
    desk.rule(&id, "delete");
    assert!(!is_shown(&app, "Cheap watches"));
    let one = desk.get(&format!("/moderate/comments/{id}"));
    assert!(!one.body.contains("Cheap watches"), "the text is still there");
    let log = desk.get("/moderate/log").text_in("<tbody>");
    let done: Vec<&str> = log.lines().filter(|line| line.ends_with("a comment")).collect();
    assert_eq!(done, ["deleted a comment", "published a comment", "hid a comment"]);
    assert_eq!(one.text_in("<tbody>"), log);
    assert_eq!(desk.send(&format!("/moderate/comments/{id}"), &[("ruling", "publish")]).status, 404);
    assert_eq!(desk.send(&format!("/moderate/comments/{id}"), &[("ruling", "burn")]).status, 422);
}

#[test]
fn a_ruling_from_another_site_is_refused() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let id = post(&app, "198.51.100.1", "It was chronyd.");
    let headers = [("Sec-Fetch-Site", "cross-site"), ("Cookie", desk.cookie.as_str())];
    let answer = app.post_form_with(&format!("/moderate/comments/{id}"), &[("ruling", "delete")], &headers);
    assert_eq!(answer.status, 403);
    assert!(is_shown(&app, "It was chronyd."));
}

#[test]
fn a_network_is_shut_out_and_let_in_again() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let id = post(&app, "198.51.100.1", "Buy watches.");
    let ban = [
        ("reason", "Sells <b>watches</b>"),
        ("length", "week"),
        ("back", "/moderate/comments?status=published"),
    ];
    let banned = desk.send(&format!("/moderate/comments/{id}/ban"), &ban);
    assert_eq!(banned.header("location"), "/moderate/comments?status=published&done=banned");

    let refused = send(&app, "198.51.100.1", "More watches.");
    assert_eq!(refused.status, 403);
    assert!(refused.text_in("<div class=\"wrong\"").contains("Comments from your network are not taken"));
    assert_eq!(refused.text_in("<textarea id=\"comment-body\""), "More watches.");
    post(&app, "198.51.100.2", "From next door.");

    let bans = desk.get("/moderate/bans");
    let (_, rest) = bans.body.split_once("action=\"/moderate/bans/").expect("a ban");
    let ban = rest.split('/').next().expect("an id").to_owned();
    assert_eq!(bans.text_in(&format!("<h2 id=\"b-{ban}\">")), "Sells <b>watches</b>");
    assert!(bans.body.contains("until <time datetime=\"2026-11-30T12:00:00Z\">"));
    assert_eq!(desk.send(&format!("/moderate/bans/{ban}/lift"), &[]).status, 303);
    assert!(desk.get("/moderate/bans").body.contains("No network is shut out."));
    post(&app, "198.51.100.1", "I am back.");
    assert_eq!(desk.send(&format!("/moderate/comments/{id}/ban"), &[("length", "aeon")]).status, 422);
}

#[test]
fn a_ban_ends_when_its_time_is_over() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let id = post(&app, "198.51.100.1", "Buy watches.");
    desk.send(&format!("/moderate/comments/{id}/ban"), &[("length", "day")]);
    assert_eq!(send(&app, "198.51.100.1", "More watches.").status, 403);
    app.pass(24 * 3600 + 1);
    post(&app, "198.51.100.1", "I am back.");
}

#[test]
fn comments_are_found_by_status_article_words_and_network() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let one = post(&app, "198.51.100.1", "Chronyd it was.");
    post(&app, "198.51.100.2", "Something else.");
    desk.rule(&one, "hide");
    let found = |query: &str| {
        let page = desk.get(&format!("/moderate/comments?{query}"));
        (page.body.contains("Chronyd it was."), page.body.contains("Something else."))
    };
    assert_eq!(found(""), (true, true));
    assert_eq!(found("status=hidden"), (true, false));
    assert_eq!(found("status=published&article=clock-skew"), (false, true));
    assert_eq!(found("article=token-expired"), (false, false));
    assert_eq!(found("text=CHRONYD"), (true, false));
    assert_eq!(found(&format!("network={one}")), (true, false));
}

#[test]
fn what_readers_searched_for_in_vain_is_listed() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    app.get("/search?q=zzyzx+quux");
    assert!(desk.get("/moderate/searches").text_in("<tbody>").starts_with("zzyzx quux\n1\n"));
}

#[test]
fn what_readers_report_stands_in_the_queue_until_it_is_decided() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let id = post(&app, "198.51.100.1", "You are all fools.");
    let form = format!("/comments/{id}/report");
    assert!(app.get(ARTICLE).body.contains(&form));
    assert_eq!(app.get(&form).text_in("<h1>"), "Report a comment");
    let report = |address: &str, reason: &str| {
        app.post_form_with(&form, &[("reason", reason)], &[ORIGIN, ("X-Forwarded-For", address)])
    };
    assert_eq!(report("198.51.100.2", "because").status, 422);
    for address in ["198.51.100.2", "198.51.100.2", "198.51.100.3"] {
        let answer = report(address, "rude");
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, format!("{form}?done=reported").as_str())
        );
    }
    let queue = desk.get("/moderate");
    assert_eq!(queue.text_in("<h1>"), "1 comment was reported");
    assert!(queue.body.contains("It attacks somebody: 2"), "{}", queue.body);
    assert!(is_shown(&app, "You are all fools."), "a report alone hides nothing");
    desk.rule(&id, "keep");
    assert_eq!(desk.get("/moderate").text_in("<h1>"), "Nothing waits");
    desk.rule(&id, "spam");
    assert!(!is_shown(&app, "You are all fools."));
    assert_eq!(app.get(&form).status, 404);
}

#[test]
fn all_that_are_chosen_are_hidden_at_once() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let [one, two] = ["One.", "Two."].map(|body| post(&app, "198.51.100.1", body));
    post(&app, "198.51.100.1", "Three.");
    let page = desk.get("/moderate/comments");
    assert_eq!(page.body.matches("form=\"bulk\"").count(), 3);
    let fields =
        [("id", one.as_str()), ("id", two.as_str()), ("ruling", "hide"), ("back", "/moderate/comments")];
    let answer = desk.send("/moderate/comments", &fields);
    assert_eq!(answer.header("location"), "/moderate/comments?done=hidden");
    assert_eq!(["One.", "Two.", "Three."].map(|body| is_shown(&app, body)), [false, false, true]);
    let none = desk.send("/moderate/comments", &[("ruling", "hide")]);
    assert!(desk.get(none.header("location")).body.contains("Nothing was chosen."));
}

#[test]
fn a_locked_article_says_why_and_a_text_for_it_is_not_lost() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let before = app.get(ARTICLE);
    let lock = [
        ("article", "https://fix401.example.com/articles/clock-skew#comments"),
        ("reason", "Ask <b>Ada</b>."),
        ("action", "lock"),
    ];
    assert_eq!(desk.send("/moderate/locks", &lock).header("location"), "/moderate/bans?done=locked");
    let page = app.get(ARTICLE);
    assert!(
        !page.body.contains("data-comment") && page.text_in("<p class=\"locked").contains("Ask <b>Ada</b>.")
    );
    let (_, rest) = before.body.split_once("name=\"issued\" value=\"").expect("a form");
    let fields = [
        ("issued", rest.split('"').next().expect("a value")),
        ("body", "Too late?"),
        ("outcome", "note"),
        ("action", "post"),
    ];
    let refused = app.post_form_with(&format!("{ARTICLE}/comments"), &fields, &[ORIGIN]);
    assert_eq!(
        (refused.status, refused.text_in("<textarea id=\"comment-body\"").as_str()),
        (403, "Too late?")
    );
    assert_eq!(desk.send("/moderate/locks", &[("article", "no-such"), ("action", "lock")]).status, 422);
    desk.send("/moderate/locks", &[("article", "clock-skew"), ("action", "unlock")]);
    post(&app, "198.51.100.1", "Open again.");
}

#[test]
fn a_word_is_muted_and_what_has_it_waits_and_says_so() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    desk.send("/moderate/words", &[("word", "Casino"), ("action", "mute")]);
    assert!(desk.get("/moderate/bans").body.contains("<b>Casino</b>"));
    let answer = send(&app, "198.51.100.1", "The best c\u{200b}ásino.");
    let place = answer.header("location").to_owned();
    let cookie = answer.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    assert!(!is_shown(&app, "The best"));
    let own = app.get_with(&place, &[("Cookie", &cookie)]);
    assert!(own.text_in("<h1>").contains("a moderator will look at it"), "{}", own.text_in("<h1>"));
    assert!(desk.get("/moderate").body.contains("it has a muted word"));
    desk.send("/moderate/words", &[("word", "casino"), ("action", "unmute")]);
    post(&app, "198.51.100.1", "The other casino.");
}

#[test]
fn an_official_answer_is_marked_under_the_article() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let id = post(&app, "198.51.100.1", "Run chronyc makestep.");
    desk.rule(&id, "official");
    desk.rule(&id, "pin");
    assert!(app.get(ARTICLE).body.contains("<strong class=\"official\">Official answer</strong>"));
    desk.rule(&id, "unofficial");
    assert!(!app.get(ARTICLE).body.contains("class=\"official\""));
}

#[test]
fn another_session_is_ended_from_the_account() {
    let app = start(Moderation::None);
    let elsewhere = Desk::sign_in(&app);
    let here = Desk::sign_in(&app);
    let page = here.get("/moderate/account").body;
    let (_, rest) = page.split_once("/moderate/account/sessions/").expect("the other session");
    let id = rest.split('/').next().expect("an id");
    assert_eq!(page.matches("/moderate/account/sessions/").count(), 1, "this one is ended by signing out");
    here.send(&format!("/moderate/account/sessions/{id}/end"), &[]);
    assert_eq!((elsewhere.get("/moderate").status, here.get("/moderate").status), (303, 200));
}

#[test]
fn a_second_factor_is_set_up_with_a_secret_and_refused_with_a_wrong_code() {
    let app = start(Moderation::None);
    let desk = Desk::sign_in(&app);
    let begun = desk.send("/moderate/account", &[("action", "begin")]);
    let (_, rest) = begun.body.split_once("name=\"secret\" value=\"").expect("a secret");
    let secret = rest.split('"').next().expect("a value");
    assert_eq!(secret.len(), 32);
    let wrong = desk.send("/moderate/account", &[("action", "set"), ("secret", secret), ("code", "12345")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains(secret), "the secret stays: the app has it already");
    assert!(desk.get("/moderate/account").body.contains("Set up a second factor"));
}
