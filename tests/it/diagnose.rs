//! The symptom form over HTTP: marks, questions, links, the answer for a terminal, and that no secret of a paste comes back.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fix401::library::Kind;

use crate::support::{Answer, TestApp, shared, site, text_of};

const FORM: &str = "application/x-www-form-urlencoded";

/// Letters and digits without a pattern, made here so that no file holds anything that looks like a real key.
fn random(length: usize) -> String {
    let alphabet = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(alphabet[(state >> 33) as usize % alphabet.len()])
    };
    (0..length).map(|_| next()).collect()
}

fn jwt() -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"{}","exp":1700000000}}"#, random(30)));
    format!("{header}.{claims}.{}", random(43))
}

/// A paste with a doubled scheme and a token in it.
fn paste() -> String {
    format!(
        "> GET /v1/me HTTP/1.1\n> Host: api.acme.example\n> Authorization: Bearer Bearer ghp_{}\n>\n\
         < HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Bearer realm=\"api\"\n",
        random(36)
    )
}

fn post(app: &TestApp, text: &str) -> Answer {
    app.post_form("/diagnose", &[("text", text)])
}

/// The text without the escapes of HTML.
fn unescaped(html: &str) -> String {
    let mut text = html.to_owned();
    for (escape, letter) in [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        text = text.replace(escape, letter);
    }
    text
}

/// The address that rebuilds a diagnosis, without the host.
fn permalink(page: &str) -> Option<String> {
    let link = page.split("class=\"address\" href=\"").nth(1)?.split('"').next()?;
    Some(unescaped(link))
}

/// The fields that a form on the page would send: the text and what is carried along.
fn fields(form: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let text = form.split("<textarea").nth(1).and_then(|rest| rest.split_once('>'));
    let text = text.and_then(|(_, rest)| rest.split("</textarea>").next()).expect("a field for the text");
    // HTML leaves out the line break after the opening tag.
    fields.push(("text".to_owned(), unescaped(text.strip_prefix('\n').unwrap_or(text))));
    for hidden in form.split("<input type=\"hidden\" ").skip(1) {
        let value = |name: &str| {
            let rest = hidden.split(&format!("{name}=\"")).nth(1);
            unescaped(rest.and_then(|rest| rest.split('"').next()).expect("an attribute"))
        };
        fields.push((value("name"), value("value")));
    }
    fields
}

/// The form that starts with this markup.
fn form_after<'p>(page: &'p str, start: &str) -> Option<&'p str> {
    page.split(start).nth(1).and_then(|rest| rest.split("</form>").next())
}

fn send(app: &TestApp, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    app.post_form("/diagnose", &fields)
}

#[test]
fn the_readers_own_line_is_marked_and_the_note_stands_beside_it() {
    let answer = post(&shared(), &paste());
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("<mark>Bearer Bearer</mark>"), "{}", answer.body);
    assert!(answer.body.contains("The scheme stands twice in the Authorization header."));
    assert!(answer.body.contains("href=\"/articles/malformed-authorization-header?f="));
}

#[test]
fn nothing_of_a_diagnosis_is_kept_anywhere() {
    let app = shared();
    let answers = [
        post(&app, &paste()),
        app.get("/diagnose?f=jwt.expired-claim"),
        app.get("/diagnose"),
        app.send("POST", "/diagnose", "text/plain", &paste()),
        app.send("POST", "/api/v1/diagnose", "application/json", "{\"text\":\"401\"}"),
    ];
    for answer in answers {
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        for name in ["etag", "last-modified", "set-cookie", "location"] {
            assert_eq!(answer.header(name), "", "{name}");
        }
    }
}

/// Pastes, each with the secrets that stand in it.
fn secrets() -> Vec<(String, Vec<String>)> {
    let key = random(40);
    let word = format!("Tr0ub4dor{}", random(6));
    let basic = STANDARD.encode(format!("alice:{word}"));
    let jwt = jwt();
    let signature = jwt.rsplit('.').next().unwrap_or_default().to_owned();
    // Who it is: the letters in the middle of the claims.
    let claims = jwt.split('.').nth(1).and_then(|claims| claims.get(12..40)).unwrap_or_default().to_owned();
    let pem = random(64);
    let one = |text: String, secret: &str| (text, vec![secret.to_owned()]);
    let exchange = |line: &str| {
        format!("> GET /v1/me HTTP/1.1\n> Host: api.example.com\n{line}\n>\n< HTTP/1.1 401 Unauthorized\n")
    };
    let mut pastes = vec![
        one(exchange(&format!("> Authorization: Bearer {key}")), &key),
        one(exchange(&format!("> authorization: token {key}")), &key),
        one(exchange(&format!("> X-Api-Key: {key}")), &key),
        one(exchange(&format!("> Cookie: lang=de; session={key}")), &key),
        one(format!("< HTTP/1.1 401 Unauthorized\n< Set-Cookie: sid={key}; HttpOnly\n"), &key),
        (exchange(&format!("> Authorization: Basic {basic}")), vec![basic.clone(), word.clone()]),
        (exchange(&format!("> Proxy-Authorization: Basic {basic}")), vec![basic.clone(), word.clone()]),
        (exchange(&format!("> Authorization: Bearer {jwt}")), vec![signature.clone(), claims.clone()]),
        one(exchange(&format!("> Authorization: Negotiate YII{key}")), &key),
        one(
            exchange(&format!(
                "> Authorization: Digest username=\"alice\", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"{}\"",
                "0123456789abcdef".repeat(2)
            )),
            "0123456789abcdef0123456789abcdef",
        ),
        one(
            exchange(&format!(
                "> Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature={}",
                "fedcba9876543210".repeat(4)
            )),
            &"fedcba9876543210".repeat(4),
        ),
        one(format!("curl -u 'alice:{word}' https://api.example.com/v1/me\n401 Unauthorized"), &word),
        one(format!("curl --user alice:{word} https://api.example.com/v1/me\n401 Unauthorized"), &word),
        one(
            format!("git clone https://alice:{word}@git.example.com/a/b.git\nfatal: Authentication failed"),
            &word,
        ),
        one(format!("curl -H \"Authorization: Bearer {key}\" https://api.example.com"), &key),
        one(format!("GET /v1/me?access_token={key}&x=1 HTTP/1.1\n\nHTTP/1.1 401 Unauthorized"), &key),
        one(format!("{{\"access_token\": \"{key}\", \"expires_in\": 3600}}"), &key),
        one(format!("{{\"error\":\"invalid_grant\",\"refresh_token\":\"{key}\"}} 401"), &key),
        one(
            format!(
                "grant_type=client_credentials&client_id=web&client_secret={key}\n\n{{\"error\":\"invalid_client\"}}"
            ),
            &key,
        ),
        one(format!("username=alice&password={word}\n\n401 Unauthorized"), &word),
        one(format!("spring.datasource.password: {word}\n401"), &word),
        one(format!("export API_TOKEN='{key}'\n./deploy.sh\n401 Unauthorized"), &key),
        one(format!("2026-11-23 12:00:00 WARN auth failed, token={key} status=401"), &key),
        one(format!("//registry.example.com/:_authToken={key}\nnpm ERR! code E401"), &key),
        one(
            format!(
                "-----BEGIN PRIVATE KEY-----\n{pem}\n{pem}\n-----END PRIVATE KEY-----\n401 invalid signature"
            ),
            &pem,
        ),
        one(
            format!(
                "{{\"log\":{{\"entries\":[{{\"request\":{{\"method\":\"GET\",\"url\":\"https://api.example.com/v1\",\"headers\":[{{\"name\":\"Authorization\",\"value\":\"Bearer {key}\"}}]}},\"response\":{{\"status\":401,\"headers\":[]}}}}]}}}}"
            ),
            &key,
        ),
        one(format!("const client = new Api({{ apiKey: \"{key}\" }})\n// 401"), &key),
        one(format!("machine api.example.com login alice password {word}\n401"), &word),
    ];
    for prefix in
        ["ghp_", "glpat-", "sk_live_", "xoxb-1234567890-1234567890123-", "hf_", "npm_", "AIza", "dop_v1_"]
    {
        let secret = random(if prefix == "AIza" { 35 } else { 36 });
        let secret = if prefix == "dop_v1_" { "0123456789abcdef".repeat(4) } else { secret };
        pastes.push(one(format!("I use {prefix}{secret} and get a 401"), &secret));
    }
    pastes
}

/// Where a secret can be read in a text: any twelve characters of it in a row, as they are or escaped.
fn leak(text: &str, secret: &str) -> Option<String> {
    let letters: Vec<char> = secret.chars().collect();
    let pieces = letters.windows(letters.len().min(12)).map(String::from_iter);
    let shown = unescaped(text);
    pieces.into_iter().find(|piece: &String| shown.contains(piece.as_str()))
}

#[test]
fn no_secret_of_a_paste_comes_back_through_any_door() {
    let app = shared();
    let mut leaks = Vec::new();
    for (text, hidden) in secrets() {
        let json = serde_json::json!({ "text": text }).to_string();
        let page = post(&app, &text);
        let mut doors = vec![
            ("text", app.send("POST", "/diagnose", "text/plain", &text)),
            ("curl", app.send("POST", "/diagnose", FORM, &text)),
            ("JSON", app.send("POST", "/api/v1/diagnose", "application/json", &json)),
        ];
        if let Some(link) = permalink(&page.body) {
            doors.push(("link", app.get(&link)));
        }
        doors.push(("page", page));
        for (door, answer) in &doors {
            assert!(answer.status == 200, "{door} answers {} to {text}", answer.status);
            for secret in &hidden {
                if let Some(piece) = leak(&answer.body, secret) {
                    leaks.push(format!("{door} shows {piece} of {text}"));
                }
                if answer.header_lines().iter().any(|line| leak(line, secret).is_some()) {
                    leaks.push(format!("{door} shows it in its header: {text}"));
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n\n"));
}

#[test]
fn no_secret_comes_back_when_the_paste_is_refused_either() {
    let app = shared();
    let key = random(40);
    let large = format!("Authorization: Bearer {key}\n{}", "x".repeat(1 << 20));
    for answer in [
        post(&app, &large),
        app.send("POST", "/diagnose", "text/plain", &large),
        app.post_form_with(
            "/diagnose",
            &[("text", &format!("Bearer {key}"))],
            &[("Sec-Fetch-Site", "cross-site")],
        ),
        app.post_form(
            "/diagnose",
            &[("text", ""), ("f", &key), ("q.client", &key), (&format!("q.{key}"), "x")],
        ),
        app.post_form(
            "/diagnose",
            &[("text", "401"), ("f", &key), ("q.client", &key), (&format!("q.{key}"), "x")],
        ),
        app.get(&format!("/diagnose?f={key}&q.client={key}&q.{key}=x")),
    ] {
        assert_eq!(leak(&answer.body, &key), None, "status {}", answer.status);
    }
}

#[test]
fn the_text_in_the_form_is_masked_and_says_what_stood_there() {
    let page = post(&shared(), &paste()).body;
    let form = form_after(&page, "id=\"form\"").expect("the form");
    let text = &fields(form)[0].1;
    insta::assert_snapshot!(text, @r#"
    > GET /v1/me HTTP/1.1
    > Host: api.acme.example
    > Authorization: Bearer Bearer ghp_[masked]
    >
    < HTTP/1.1 401 Unauthorized
    < WWW-Authenticate: Bearer realm="api"
    "#);
}

#[test]
fn sending_the_form_again_finds_the_same_and_nothing_of_the_masks() {
    let app = shared();
    let site = site();
    let mut changed = Vec::new();
    let exchanges = site.library.of_kind(Kind::Cause).flat_map(|article| {
        article
            .exchanges
            .iter()
            .filter(|fence| fence.failing)
            .map(|fence| (article.slug.clone(), fence.text.clone()))
    });
    let with_secrets =
        secrets().into_iter().enumerate().map(|(at, (text, _))| (format!("secret {at}"), text));
    for (name, text) in exchanges.chain(with_secrets) {
        let first = post(&app, &text).body;
        let again = send(&app, &fields(form_after(&first, "id=\"form\"").expect("the form"))).body;
        let ids = |page: &str| -> BTreeSet<String> {
            let link = permalink(page).unwrap_or_default();
            link.split(['?', '&']).filter_map(|pair| pair.strip_prefix("f=")).map(str::to_owned).collect()
        };
        let (before, after) = (ids(&first), ids(&again));
        if before != after {
            let lost: Vec<_> = before.difference(&after).collect();
            let new: Vec<_> = after.difference(&before).collect();
            changed.push(format!("{name}: lost {lost:?}, new {new:?}"));
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

#[test]
fn a_paste_is_text_whatever_stands_in_it() {
    let app = shared();
    for hostile in [
        "</textarea><script>alert(401)</script> 401 Unauthorized",
        "> Authorization: Bearer Bearer <img src=x onerror=alert(401)>\n< HTTP/1.1 401 Unauthorized",
        "< HTTP/1.1 401 <script>alert(401)</script>\n< WWW-Authenticate: Bearer error=\"<script>alert(401)</script>\"",
        "<!-- 401 --><script>alert(401)</script><!--",
        "{\"error\": \"</script><script>alert(401)</script>\", \"status\": 401}",
        "\" autofocus onfocus=\"alert(401)\" 401",
        "&lt;script&gt;alert(401)&lt;/script&gt; 401",
    ] {
        for answer in [
            post(&app, hostile),
            app.post_form("/diagnose", &[("text", "401"), ("f", hostile), ("q.client", hostile)]),
        ] {
            assert_eq!(answer.status, 200);
            for markup in ["<script>alert", "<img src=x", "onfocus=\"alert", "<!-- 401"] {
                assert!(!answer.body.contains(markup), "{hostile} came through");
            }
        }
    }
    let kept = post(&app, "&lt;script&gt; 401").body;
    assert!(
        kept.contains("&#38;lt;script&#38;gt; 401") || kept.contains("&amp;lt;script&amp;gt; 401"),
        "as it was typed"
    );
}

#[test]
fn a_terminal_gets_text_whatever_type_curl_names() {
    let app = shared();
    for kind in
        ["text/plain", "text/plain; charset=utf-8", FORM, "application/octet-stream", "application/json"]
    {
        let answer = app.send("POST", "/diagnose", kind, &paste());
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, "text/plain; charset=utf-8"),
            "{kind}"
        );
        assert!(answer.body.contains("1. The Authorization header is malformed"), "{}", answer.body);
        assert!(!answer.body.contains("</") && !answer.body.contains("&#"), "no markup: {}", answer.body);
    }
    let bare = app.post_bytes("/diagnose", "", paste().as_bytes());
    assert_eq!(bare.status, 200, "without a type");
    let text = bare.body.replace(&app.origin, "http://here");
    let telling = |line: &&str| {
        ["Likely: ", "Very likely: ", "Secrets "].iter().any(|start| line.starts_with(start))
            || line.contains("   + The scheme stands")
    };
    insta::assert_snapshot!(text.lines().filter(telling).collect::<Vec<_>>().join("\n"), @r"
    Likely: The Authorization header is malformed
       + The scheme stands twice in the Authorization header. [line 3]
    Secrets were seen in what you sent: a GitHub token. They were not kept.
    ");
    assert!(text.contains("\nTo share, without the paste: http://here/diagnose?f="), "{text}");
}

#[test]
fn a_shared_link_rebuilds_the_diagnosis_without_the_paste() {
    let app = shared();
    let page = post(&app, &paste()).body;
    let link = permalink(&page).expect("a link to share");
    assert!(link.contains("f=authorization.doubled-scheme"), "{link}");
    let shared = app.get(&link);
    assert_eq!(shared.status, 200);
    assert!(shared.body.contains("without the paste"));
    assert!(!shared.body.contains("acme.example"));
    assert_eq!(permalink(&shared.body), Some(link), "the link leads to itself");
    let first_cause = |page: &str| {
        let causes = page.split("id=\"causes\"").nth(1).expect("causes");
        let onto = causes.split("class=\"onto\"").nth(1).expect("a way to its page");
        onto.split("href=\"/articles/").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    assert_eq!(first_cause(&shared.body), first_cause(&page));
}

#[test]
fn finding_ids_that_nobody_knows_are_passed_over() {
    let app = shared();
    let known = app.get("/diagnose?f=jwt.expired-claim").body;
    let among_others =
        app.get("/diagnose?f=no.such-thing&f=jwt.expired-claim&f=%00&f=&q.none=x&q.client=nobody").body;
    assert_eq!(permalink(&among_others), permalink(&known));
    assert_eq!(permalink(&known).as_deref(), Some("/diagnose?f=jwt.expired-claim"));
    let form = app.get("/diagnose?f=no.such-thing");
    assert_eq!(form.status, 200);
    assert!(form.body.contains("Find the cause of a 401"), "with nothing known it is the form");
}

#[test]
fn five_hundred_ids_are_bounded() {
    let app = shared();
    let ids: Vec<String> = site().diagnoser.meanings().map(|meaning| format!("f={}", meaning.id)).collect();
    let many: Vec<String> = ids.iter().cycle().take(500).cloned().collect();
    let answer = app.get(&format!("/diagnose?{}", many.join("&")));
    assert_eq!(answer.status, 200);
    let carried = permalink(&answer.body).unwrap_or_default().matches("f=").count();
    assert!(carried <= 100, "{carried} ids are carried on");
    let same = app.get(&format!("/diagnose?{}", vec!["f=jwt.expired-claim"; 500].join("&")));
    assert_eq!(permalink(&same.body).as_deref(), Some("/diagnose?f=jwt.expired-claim"), "each counts once");
}

#[test]
fn an_answer_to_the_question_is_taken_into_account_and_carried_along() {
    let app = shared();
    let page = app.post_form("/diagnose", &[("text", "I get a 401"), ("q.client", "browser")]).body;
    let ask = form_after(&page, "class=\"ask\"").expect("a question");
    let mut carried = fields(ask);
    assert!(carried.contains(&("q.client".to_owned(), "browser".to_owned())), "{carried:?}");
    let button = ask.split("<button name=\"").nth(1).expect("an answer to choose");
    let name = button.split('"').next().unwrap_or_default().to_owned();
    let value = button
        .split("value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default()
        .to_owned();
    carried.push((name.clone(), value.clone()));
    let next = send(&app, &carried).body;
    let form = fields(form_after(&next, "id=\"form\"").expect("the form"));
    let is_chosen = next.contains(&format!("name=\"{name}\" value=\"{value}\" checked"));
    assert!(is_chosen || form.contains(&(name.clone(), value)), "the answer is kept");
    let asked_again = form_after(&next, "class=\"ask\"")
        .is_some_and(|ask| ask.contains(&format!("<button name=\"{name}\"")));
    assert!(!asked_again, "and not asked for again");
}

#[test]
fn questions_lead_to_an_end() {
    let app = shared();
    let mut page = post(&app, "I get a 401").body;
    let mut asked = BTreeSet::new();
    while let Some(ask) = form_after(&page, "class=\"ask\"") {
        let last = ask.rsplit("<button name=\"").next().expect("an answer to choose");
        let name = last.split('"').next().unwrap_or_default().to_owned();
        let value = last.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        assert!(asked.insert(name.clone()), "{name} is asked twice");
        let mut sent = fields(ask);
        sent.push((name, value.to_owned()));
        page = send(&app, &sent).body;
    }
    assert!(asked.len() > 2, "{asked:?}");
}

#[test]
fn thin_evidence_is_said_to_be_thin_and_a_question_is_asked_first() {
    let page = post(&shared(), "I get a 401").body;
    let title = page.find("I can’t tell yet").expect("no conclusion");
    let question = page.find("class=\"ask\"").expect("a question");
    let causes = page.find("id=\"causes\"").expect("causes");
    assert!(title < question && question < causes);
}

#[test]
fn an_empty_form_comes_back_with_the_reason() {
    let app = shared();
    for text in ["", "  \n\t", "\r\n"] {
        let answer = post(&app, text);
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains("There is nothing to look at yet."));
    }
    assert_eq!(app.post_form("/diagnose", &[]).status, 422);
    for kind in ["text/plain", "application/octet-stream"] {
        let answer = app.send("POST", "/diagnose", kind, "");
        assert_eq!(answer.status, 422);
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.body.replace(&app.origin, "http://here"), @r"
            There is nothing to look at yet. Paste what you have, or answer a question.

              curl -sv ADDRESS 2>&1 | curl --data-binary @- http://here/diagnose
            ");
        }
    }
}

#[test]
fn a_paste_of_a_megabyte_is_answered() {
    let app = shared();
    let line = "2026-11-23T12:00:00Z INFO request served in 12 ms by worker 7, nothing to see in this line\n";
    let mut large = line.repeat(((1 << 20) - 1000) / line.len());
    large += "> GET / HTTP/1.1\n> Authorization: Bearer Bearer abc\n>\n< HTTP/1.1 401 Unauthorized\n";
    let text = app.send("POST", "/diagnose", "text/plain", &large);
    assert_eq!(text.status, 200);
    assert!(text.body.contains("1. The Authorization header is malformed"), "{}", text.body);
    let page = post(&app, &large);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<mark>Bearer Bearer</mark>"));
}

#[test]
fn a_paste_that_is_too_large_comes_back_shortened() {
    let app = shared();
    let large = format!("the beginning {}", "x".repeat(1 << 20));
    let answer = post(&app, &large);
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("That is more than 1 MB."));
    assert!(answer.body.contains("the beginning xxx"));
    assert!(answer.body.len() < 100_000);
}

#[test]
fn text_that_is_no_utf8_is_read_as_far_as_it_can_be() {
    let app = shared();
    let latin = b"> GET / HTTP/1.1\r\n> Authorization: Bearer Bearer abc\r\n< HTTP/1.1 401 Unauthorized\r\n\r\nZugriff verweigert f\xfcr Benutzer";
    for kind in ["text/plain", FORM, "text/plain; charset=iso-8859-1"] {
        let answer = app.post_bytes("/diagnose", kind, latin);
        assert_eq!(answer.status, 200, "{kind}");
        assert!(answer.body.contains("1. The Authorization header is malformed"), "{}", answer.body);
    }
    let wide: Vec<u8> = "401 Unauthorized".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        app.post_bytes("/diagnose", "text/plain", &wide).status,
        200,
        "what PowerShell writes into a file"
    );
}

#[test]
fn the_page_and_the_api_and_the_terminal_say_the_same() {
    let app = shared();
    let body = serde_json::json!({ "text": paste(), "limit": 3 }).to_string();
    let json = app.send("POST", "/api/v1/diagnose", "application/json", &body).json();
    let text = app.send("POST", "/diagnose", "text/plain", &paste()).body;
    let page = post(&app, &paste()).body;
    let first = json["causes"][0]["title"].as_str().expect("a title");
    assert!(text.contains(&format!("1. {first}")), "{text}");
    assert!(text_of(page.split("<h1").nth(1).expect("a heading")).contains(first));
    let run = json["settle"]["run"].as_str().expect("a command");
    assert!(text.contains(run) && text_of(&page).contains(run), "{run}");
    let outcome = json["settle"]["outcomes"][0]["says"].as_str().expect("an outcome");
    assert!(text.contains(outcome), "{outcome}");
    let link = json["permalink"].as_str().and_then(|link| link.strip_prefix(&app.origin)).map(str::to_owned);
    assert_eq!(permalink(&page), link);
    assert!(text.contains(&format!("{}{}", app.origin, link.expect("a link"))), "{text}");
}

#[test]
fn what_is_no_401_is_said_to_be_none_and_the_causes_step_back() {
    let app = shared();
    let page = post(
        &app,
        "> GET /admin HTTP/1.1\n> Host: a.example\n>\n< HTTP/1.1 404 Not Found\n< Server: nginx\n",
    );
    assert_eq!(page.text_in("<h1"), "This is a 404, not a 401");
    assert!(page.body.contains("<mark>404</mark>"), "on the reader's own line");
    let causes = page.body.find("id=\"causes\"").expect("causes");
    assert!(page.body.find("<details class=\"anyway\">").expect("folded away") < causes);
    let bare = post(&app, "curl: (6) Could not resolve host: api.example.com");
    assert_eq!(bare.text_in("<h1"), "The host is not found, before any 401");
    let text = app.send("POST", "/diagnose", "text/plain", "< HTTP/1.1 429 Too Many Requests\n");
    assert!(
        text.body.starts_with("This is a 429: too many requests\n    1 | < HTTP/1.1 429"),
        "{}",
        text.body
    );
    let json =
        app.send("POST", "/api/v1/diagnose", "application/json", "{\"text\":\"< HTTP/1.1 503\"}").json();
    assert_eq!(json["not_a_401"]["id"], "server-fault");
    assert_eq!(json["not_a_401"]["url"], "/articles/auth-backend-fault");
}

#[test]
fn a_403_about_a_login_stays_with_the_causes_and_a_401_is_never_doubted() {
    let app = shared();
    let soft = post(&app, "< HTTP/1.1 403 Forbidden\n\nYour session is not allowed to do this.");
    assert!(!soft.text_in("<h1").contains("403"), "{}", soft.text_in("<h1"));
    assert!(text_of(&soft.body).contains("This is a 403, not a 401."));
    for text in ["first a 403, then a 401", "403 Forbidden: Unauthorized", "jwt expired", "I can't log in"] {
        let page = post(&app, text);
        assert!(!page.body.contains("class=\"notice\""), "{text}");
    }
}

#[test]
fn each_kind_that_is_no_401_leads_to_an_article_that_exists() {
    for kind in fix401::diagnosis::other::NotThis::ALL {
        assert!(site().library.article(kind.article()).is_some(), "{kind:?}");
    }
}

#[test]
fn what_would_settle_it_is_written_for_the_case_and_without_its_secrets() {
    let app = shared();
    let token = random(40);
    let text = format!(
        "> POST /v1/orders?page=it's HTTP/1.1\n> Host: orders.acme.example\n> Authorization: Bearer Bearer {token}\n>\n< HTTP/1.1 401 Unauthorized\n"
    );
    let page = post(&app, &text);
    let settle = text_of(page.body.split("class=\"settle\"").nth(1).expect("it is there"));
    let command = r#"curl -sS -o /dev/null -w '%{http_code}\n' -X POST -d '' -H "Authorization: Bearer $TOKEN" 'https://orders.acme.example/v1/orders?page=it%27s'"#;
    assert!(settle.contains(command), "{settle}");
    assert!(settle.contains("It sends POST again, without a body"), "{settle}");
    assert!(settle.contains("If it no longer gives 401, your program builds the"), "{settle}");
    assert!(!page.body.contains(&token));
}
