//! What must hold of any text, one function for each reader. The fuzz targets beside this call them with what the fuzzer
//! makes up; `tests/it/any_text.rs` with recorded pastes, changed in ways that stay the same from run to run.

mod doors;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fix401::app::open_site;
use fix401::cause::Cause;
use fix401::diagnosis::text::{Colour, text as as_text};
use fix401::diagnosis::view::{About, View};
use fix401::diagnosis::{Diagnosis, Input};
use fix401::redact::{self, Secret};
use fix401::report::{
    Authorization, Carries, Challenge, Cookie, Credential, Headers, Json, Param, Piece, Report, SetCookie,
    Span, Value, words,
};
use fix401::search::Query;
use fix401::web::Site;
use fix401::{markdown, search};
use jiff::Timestamp;
use regex::Regex;

pub use doors::api_json;

/// When the diagnoses are asked for: noon on 23 November 2026, UTC.
const NOW: i64 = 1_795_435_200;

/// The site inside the program.
static SITE: LazyLock<std::sync::Arc<Site>> =
    LazyLock::new(|| std::sync::Arc::new(open_site(None).expect("the content is good")));

fn now() -> Timestamp {
    Timestamp::from_second(NOW).expect("a time")
}

/// Any text as a report: every piece lies in the text, on the borders of its characters, and says what stands there.
pub fn report(text: &str) {
    let report = Report::read(text);
    let check = |piece: &Piece<'_>| in_place(text, piece);
    for exchange in &report.exchanges {
        if let Some(request) = &exchange.request {
            in_bounds(text, request.span);
            request.method.iter().chain(&request.target).chain(&request.body).for_each(check);
            fields_of(text, &request.headers);
            request.authorization().iter().for_each(|field| credentials(text, field));
            request.proxy_authorization().iter().for_each(|field| credentials(text, field));
            request.cookies().iter().for_each(|cookie| both(text, &cookie.name, &cookie.value));
            request.body.iter().for_each(|body| json(text, body));
        }
        if let Some(response) = &exchange.response {
            in_bounds(text, response.span);
            response.status.iter().for_each(|status| in_bounds(text, status.span));
            response.body.iter().for_each(check);
            fields_of(text, &response.headers);
            for challenge in response.challenges().iter().chain(&response.proxy_challenges()) {
                challenged(text, challenge);
            }
            for cookie in response.set_cookies() {
                both(text, &cookie.name, &cookie.value);
                [&cookie.same_site, &cookie.domain, &cookie.path, &cookie.expires, &cookie.max_age]
                    .into_iter()
                    .flatten()
                    .for_each(check);
            }
            response.body.iter().for_each(|body| json(text, body));
        }
    }
    for piece in report.bodies.iter().chain(&report.logs).chain(&report.commands).chain(&report.prose) {
        check(piece);
    }
    report.bodies.iter().for_each(|body| json(text, body));
    for token in &report.tokens {
        check(&token.piece);
        for claim in ["exp", "nbf", "iat", "aud"] {
            let _ = (token.time(claim), token.text(claim), token.texts(claim), token.header_text(claim));
        }
    }
    for status in &report.statuses {
        in_bounds(text, status.span);
        assert!((100..1000).contains(&status.code), "{} is no status", status.code);
    }
    for command in &report.commands {
        for word in words(command) {
            check(&word.piece);
        }
    }
    assert!(!format!("{report:?}").is_empty());
}

/// A text as an archive of a browser's requests, and as what stands in the fields of one.
pub fn har(text: &str) {
    report(text);
    let quoted = |line: &str| serde_json::to_string(line).unwrap_or_default();
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let (url, name, value, body, answer) =
        (quoted(next()), quoted(next()), quoted(next()), quoted(next()), quoted(next()));
    let entry = format!(
        "{{\"request\":{{\"method\":\"GET\",\"url\":{url},\"headers\":[{{\"name\":{name},\"value\":{value}}}],\
         \"cookies\":[{{\"name\":{name},\"value\":{value}}}],\"postData\":{{\"mimeType\":\"\",\"text\":{body}}}}},\
         \"response\":{{\"status\":401,\"statusText\":{name},\"headers\":[{{\"name\":\"WWW-Authenticate\",\
         \"value\":{value}}}],\"content\":{{\"text\":{answer}}}}}}}"
    );
    report(&format!("{{\"log\":{{\"version\":\"1.2\",\"entries\":[{entry},{entry}]}}}}"));
    // Cut off, or with something in the middle that is no JSON.
    let half = text.floor_char_boundary(text.len() / 2);
    report(&format!("{{\"log\":{{\"entries\":[{entry},{}", text.get(half..).unwrap_or_default()));
    let cut = entry.floor_char_boundary(text.len() % entry.len());
    report(&format!("{{\"log\":{{\"entries\":[{}", entry.get(..cut).unwrap_or_default()));
}

/// A text as an exchange: what `curl -v` prints, and messages as they are sent.
pub fn http(text: &str) {
    report(text);
    let marked: String = text
        .split('\n')
        .enumerate()
        .map(|(at, line)| format!("{} {line}\n", ['>', '<', '*', '<'][(at + line.len()) % 4]))
        .collect();
    report(&format!("> GET /a HTTP/1.1\n{marked}"));
    let half = text.floor_char_boundary(text.len() / 2);
    let (request, response) = text.split_at(half);
    report(&format!(
        "> GET /a HTTP/1.1\n> {request}\n>\n< HTTP/1.1 401 Unauthorized\n< {response}\n<\n{text}"
    ));
    report(&format!(
        "GET /a HTTP/1.1\r\nHost: api.example.com\r\n{request}\r\n\r\nHTTP/1.1 401 Unauthorized\r\n{response}"
    ));
    report(&format!("HTTP/2 401\nwww-authenticate: {text}\n\n{text}"));
}

/// A text as the value of the fields that have a grammar of their own, and as both parts of a token.
pub fn fields(text: &str) {
    let value = Piece::whole(text);
    let decoded = Piece::decoded(text.to_owned(), Span::new(0, text.len()));
    for value in [&value, &decoded] {
        credentials(text, &Authorization::read(value));
        Challenge::read(value).iter().for_each(|challenge| challenged(text, challenge));
        Cookie::read(value).iter().for_each(|cookie| both(text, &cookie.name, &cookie.value));
        SetCookie::read(value).iter().for_each(|cookie| both(text, &cookie.name, &cookie.value));
    }
    let _ = (redact::kind(text), redact::placeholder(text));
    let line = text.replace(['\r', '\n'], " ");
    let half = line.floor_char_boundary(line.len() / 2);
    let (first, second) = line.split_at(half);
    let token = format!(
        "{}.{}.{}",
        URL_SAFE_NO_PAD.encode(format!("{{\"{first}")),
        URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{second}}}")),
        URL_SAFE_NO_PAD.encode(second)
    );
    for authorization in [
        line.clone(),
        format!("Bearer {line}"),
        format!("Bearer {token}"),
        format!("Basic {}", STANDARD.encode(&line)),
        format!("Digest {line}"),
        format!(
            "Digest username=\"{first}\", realm=\"{second}\", nonce=\"n\", uri=\"/\", response=\"{first}\""
        ),
        format!(
            "AWS4-HMAC-SHA256 Credential={line}/20261123/eu-central-1/s3/aws4_request, SignedHeaders={first}, Signature={second}"
        ),
        format!("OAuth oauth_consumer_key=\"{first}\", oauth_timestamp=\"{second}\", {line}"),
        format!("Negotiate {}", STANDARD.encode(&line)),
    ] {
        let paste = format!(
            "> GET / HTTP/1.1\n> Authorization: {authorization}\n> Cookie: {line}\n> X-Amz-Date: {second}\n\
             < HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: {authorization}\n< Date: {first}\n< Set-Cookie: {line}\n"
        );
        report(&paste);
        SITE.diagnoser.diagnose(&Input { text: &paste, ..Input::default() }, now());
    }
}

/// A text as a command line of the tools that people copy requests from.
pub fn commands(text: &str) {
    report(text);
    for word in words(&Piece::whole(text)) {
        in_place(text, &word.piece);
    }
    let quoted = text.replace('\'', "'\\''");
    for command in [
        format!("curl {text}"),
        format!("$ curl -sS -X POST 'https://api.example.com/v1' -H '{quoted}' -u '{quoted}'"),
        format!("curl ^\"https://api.example.com/^\" ^\n  -H ^\"{text}^\""),
        format!("curl 'https://api.example.com/' \\\n  -H $'authorization: {text}' --data-raw '{quoted}'"),
        format!("wget --header=\"{text}\" https://api.example.com/"),
        format!("http POST api.example.com/v1 {text}"),
        format!(
            "fetch(\"https://api.example.com/\", {{\n  \"headers\": {{\n    \"authorization\": \"{text}\"\n  }},\n  \"method\": \"GET\"\n}});"
        ),
        format!("fetch({text}"),
        format!(
            "Invoke-WebRequest -UseBasicParsing -Uri \"https://api.example.com/\" `\n-Headers @{{\n\"authorization\"=\"{text}\"\n}}"
        ),
        format!(
            "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\nInvoke-RestMethod {text}"
        ),
        format!("docker login {text}\nError response from daemon: unauthorized"),
    ] {
        report(&command);
        masked(&command);
    }
}

/// A text as what programs write: access logs, application logs, objects on a line each.
pub fn logs(text: &str) {
    report(text);
    let line = text.replace(['\r', '\n'], " ");
    let quoted = serde_json::to_string(&line).unwrap_or_default();
    let lines = |format: &dyn Fn(&str) -> String| text.split('\n').map(format).collect::<String>();
    for log in [
        format!(
            "192.0.2.1 - alice [23/Nov/2026:12:00:00 +0000] \"GET {line} HTTP/1.1\" 401 12 \"{line}\" \"{line}\"\n"
        ),
        format!("192.0.2.1 - {line} [23/Nov/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 401 12\n"),
        format!(
            "{{\"level\":\"error\",\"ts\":1795435200.1,\"msg\":{quoted},\"request\":{{\"headers\":{{\"Authorization\":[{quoted}]}}}},\"status\":401}}\n"
        ),
        format!("#Fields: date time cs-method cs-uri-stem sc-status\n2026-11-23 12:00:00 GET {line} 401\n"),
        lines(&|line| format!("2026-11-23T12:00:00.000Z ERROR [main] o.s.security : {line}\n")),
        lines(&|line| format!("    at {line}\n")),
        lines(&|line| format!("time=\"2026-11-23T12:00:00Z\" level=error msg=\"{line}\" status=401\n")),
        lines(&|line| format!("npm ERR! {line}\n")),
    ] {
        report(&log);
    }
}

/// What is masked stays masked: no panic, the same text when it is masked again, and nothing in it of the secrets that were
/// found.
pub fn redact(text: &str) {
    masked(text);
    if let Some(kind) = redact::kind(text) {
        assert!(!kind.name().is_empty());
    }
    // A part of a text hides what the whole hides.
    let secrets = redact::secrets(text);
    let third = text.len() / 3;
    let part = redact::mask_part(text, &secrets, third..2 * third);
    let whole = redact::mask(text).text;
    for secret in telling(text, &secrets) {
        assert!(!part.contains(secret), "a part shows {secret:?} of {text:?}");
        assert!(!whole.contains(secret), "{whole:?} shows {secret:?}");
    }
}

/// A whole diagnosis: every place lies in the text, the link carries ids and nothing else, and what is shown is masked.
pub fn diagnose(text: &str) {
    let diagnosis = SITE.diagnoser.diagnose(&Input { text, ..Input::default() }, now());
    assert_eq!(diagnosis.causes.len(), Cause::COUNT);
    let sum: f64 = diagnosis.causes.iter().map(|ranked| ranked.probability).sum();
    assert!((sum - 1.0).abs() < 1e-6, "the probabilities add up to {sum}");
    for finding in &diagnosis.findings {
        finding.span.iter().for_each(|span| in_bounds(text, *span));
        assert!(SITE.diagnoser.meaning(&finding.meaning.id).is_some(), "{} is unknown", finding.meaning.id);
    }
    permalink(&diagnosis);
    let about = |cause: Cause| About { title: cause.id().to_owned(), ..About::default() };
    let view = View::new(&diagnosis, text, None, diagnosis.permalink(), "", about);
    let shown = format!("{}{}", as_text(&view, Colour::No), serde_json::to_string(&view).expect("JSON"));
    // What stands in the knowledge as well, such as the name of a scheme, gives nothing away.
    let empty = SITE.diagnoser.diagnose(&Input { findings: &ids(&diagnosis), ..Input::default() }, now());
    let view = View::new(&empty, "", None, diagnosis.permalink(), "", about);
    let known = format!("{}{}", as_text(&view, Colour::No), serde_json::to_string(&view).expect("JSON"));
    for secret in telling(text, &diagnosis.secrets) {
        assert!(known.contains(secret) || !shown.contains(secret), "{shown:?} shows {secret:?}");
    }
}

/// A comment as HTML: nothing but the few tags and attributes that a comment may have, and what is clean stays as it is.
pub fn markdown(text: &str) {
    static TAG: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"\A<(?:/?(?:blockquote|code|del|em|li|ol|p|pre|strong|ul)|/a|[bh]r(?: /)?|ol start="[0-9]+"|a(?: href="(?:https?://|mailto:)[^"<>]*")? rel="nofollow ugc noopener noreferrer")>"#,
        )
        .expect("a regex")
    });
    static AGAIN: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
        let mut cleaner = ammonia::Builder::default();
        cleaner
            .tags(HashSet::from([
                "a",
                "blockquote",
                "br",
                "code",
                "del",
                "em",
                "hr",
                "li",
                "ol",
                "p",
                "pre",
                "strong",
                "ul",
            ]))
            .url_schemes(HashSet::from(["https", "http", "mailto"]))
            .link_rel(Some("nofollow ugc noopener noreferrer"));
        cleaner
    });
    let html = markdown::comment(text);
    let html = html.as_str();
    for (at, _) in html.match_indices('<') {
        let rest = html.get(at..).unwrap_or_default();
        assert!(
            TAG.is_match(rest) || is_mail(rest),
            "{text:?} gave {html:?}, whose tag at {at} is not allowed"
        );
    }
    assert_eq!(AGAIN.clean(html).to_string(), html, "{text:?} is not read again as it was written");
    assert!(!markdown::comment_words(text).contains('\n'));
}

/// A link to a mail address, whose scheme may be written in any case.
fn is_mail(tag: &str) -> bool {
    let scheme = tag.strip_prefix("<a href=\"").and_then(|rest| rest.split(':').next());
    scheme.is_some_and(|scheme| ["mailto", "http", "https"].contains(&scheme.to_ascii_lowercase().as_str()))
}

/// Builds what the properties share, so that the first text is not blamed for the time that takes.
pub fn prepare() {
    LazyLock::force(&SITE);
}

/// A text as a search and as the beginning of one.
pub fn search_query(text: &str) {
    // The searches differ in what they give of what they find, not in how they find it.
    let (limit, offset) = [(20, 0), (usize::MAX, 1), (1, usize::MAX)][text.len() % 3];
    let results = SITE.search.find(&Query { text, kind: None, limit, offset });
    assert!(results.hits.len() <= results.total.min(search::Query::MAX_LIMIT));
    for hit in &results.hits {
        assert!(hit.score.is_finite() && SITE.library.article(&hit.slug).is_some());
    }
    assert_ne!(results.suggestion.as_deref(), Some(text));
    assert!(SITE.search.suggest(text).len() <= 8);
}

fn ids(diagnosis: &Diagnosis) -> Vec<String> {
    diagnosis.finding_ids().into_iter().map(str::to_owned).collect()
}

/// The link holds ids that the diagnosis knows, in the letters that ids are made of.
fn permalink(diagnosis: &Diagnosis) {
    let link = diagnosis.permalink();
    let query = link.strip_prefix("/diagnose").expect("the path");
    for pair in query.split(['?', '&']).filter(|pair| !pair.is_empty()) {
        let id = pair.strip_prefix("f=").expect("an id");
        assert!(SITE.diagnoser.meaning(id).is_some(), "{id} is unknown");
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte))
        );
    }
}

fn masked(text: &str) {
    let secrets = redact::secrets(text);
    let mut past = 0;
    for secret in &secrets {
        in_bounds(text, Span::new(secret.span.start, secret.span.end));
        assert!(secret.span.start >= past && !secret.span.is_empty(), "{secret:?} in {text:?}");
        past = secret.span.end;
    }
    let once = redact::mask(text).text;
    let twice = redact::mask(&once).text;
    assert_eq!(twice, once, "masking twice changes {text:?}");
}

/// The secrets that could not stand in a text by accident: long, of letters mixed with digits and nothing else. Those are
/// masked wherever they stand; a short password may be a word.
fn telling<'t>(text: &'t str, secrets: &'t [Secret]) -> impl Iterator<Item = &'t str> {
    let values = secrets.iter().filter_map(|secret| text.get(secret.span.clone()));
    values.filter(|value| {
        let count = |test: fn(&u8) -> bool| value.bytes().filter(test).count();
        (16..400).contains(&value.len())
            && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && count(u8::is_ascii_digit) >= 2
            && count(u8::is_ascii_alphabetic) >= 2
            && !value.starts_with("http")
            && value.bytes().collect::<HashSet<u8>>().len() >= 8
    })
}

fn in_bounds(text: &str, span: Span) {
    assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?} in {text:?}");
}

fn in_place(text: &str, piece: &Piece<'_>) {
    in_bounds(text, piece.span);
    if let Cow::Borrowed(part) = piece.text
        && !part.is_empty()
    {
        assert_eq!(text.get(piece.span.range()), Some(part), "{piece:?} in {text:?}");
    }
}

fn both(text: &str, name: &Piece<'_>, value: &Piece<'_>) {
    in_place(text, name);
    in_place(text, value);
}

fn fields_of(text: &str, headers: &Headers<'_>) {
    headers.0.iter().for_each(|header| both(text, &header.name, &header.value));
}

fn params_of(text: &str, params: &[Param<'_>]) {
    params.iter().for_each(|param| both(text, &param.name, &param.value));
}

fn challenged(text: &str, challenge: &Challenge<'_>) {
    in_place(text, &challenge.scheme);
    challenge.token68.iter().for_each(|token| in_place(text, token));
    params_of(text, &challenge.params);
    in_bounds(text, challenge.span);
}

fn credentials(text: &str, field: &Authorization<'_>) {
    in_place(text, &field.value);
    match &field.carries {
        Carries::Empty => {}
        Carries::NoScheme(word) => in_place(text, word),
        Carries::Scheme { scheme, credential } => {
            in_place(text, scheme);
            match credential {
                Credential::Missing => {}
                Credential::Placeholder { piece, .. }
                | Credential::Basic { piece, .. }
                | Credential::Token68(piece)
                | Credential::Words(piece) => in_place(text, piece),
                Credential::Params { piece, params } => {
                    in_place(text, piece);
                    params_of(text, params);
                }
            }
        }
    }
    let _ = (field.doubled_scheme(), field.basic());
    let _ = field
        .credential()
        .map(|credential| (credential.piece().is_some(), credential.param("response").is_some()));
}

fn json(text: &str, body: &Piece<'_>) {
    let Some(json) = Json::read(body) else { return };
    in_bounds(text, json.span);
    for field in json.fields() {
        in_bounds(text, field.span());
        in_bounds(text, field.whole_span());
        field.key_piece().iter().for_each(|key| in_place(text, key));
        if let Some(Value::Text(value) | Value::Number(value)) = field.value() {
            in_place(text, value);
        }
    }
}
