//! What a paste becomes, shown as one line for each thing; and that no paste, however broken, is read wrongly.

use super::{Headers, Piece, Report, Span};
use crate::redact;

/// A report as text: each thing with its kind, line breaks shown as `⏎`.
fn shown(text: &str) -> String {
    let report = Report::read(text);
    let mut out = String::new();
    let one = |piece: &Piece<'_>| piece.text.replace('\n', "⏎");
    let fields = |headers: &Headers<'_>| -> String {
        headers
            .0
            .iter()
            .map(|header| format!("\n    {}: {}", one(&header.name), one(&header.value)))
            .collect()
    };
    for exchange in &report.exchanges {
        if let Some(request) = &exchange.request {
            let part = |piece: &Option<Piece<'_>>| piece.as_ref().map_or("-".to_owned(), one);
            out += &format!(
                "{:?} {} {}{}",
                request.origin,
                part(&request.method),
                part(&request.target),
                fields(&request.headers)
            );
            if let Some(body) = &request.body {
                out += &format!("\n    body {}", one(body));
            }
        } else {
            out += "no request";
        }
        out += "\n";
        if let Some(response) = &exchange.response {
            let code = response.code().map_or("-".to_owned(), |code| code.to_string());
            out += &format!("  answer {code}{}", fields(&response.headers));
            if let Some(body) = &response.body {
                out += &format!("\n    body {}", one(body));
            }
            out += "\n";
        }
    }
    for (kind, pieces) in [
        ("body", &report.bodies),
        ("log", &report.logs),
        ("command", &report.commands),
        ("prose", &report.prose),
    ] {
        for piece in pieces {
            out += &format!("{kind} {}\n", one(piece));
        }
    }
    for token in &report.tokens {
        out += &format!("token {:?}\n", token.form);
    }
    let codes: Vec<String> = report.statuses.iter().map(|status| status.code.to_string()).collect();
    out + "statuses " + &codes.join(" ")
}

#[test]
fn a_transcript_of_curl_gives_every_exchange() {
    insta::assert_snapshot!(shown("\
I run `curl -vL http://api.example.com/me -H \"Authorization: Bearer abc123def\"`:

```
* Host api.example.com:80 was resolved.
* Trying 192.0.2.1:80...
* Connected to api.example.com (192.0.2.1) port 80
> GET /me HTTP/1.1
> Host: api.example.com
> User-Agent: curl/8.5.0
> Accept: */*
> Authorization: Bearer abc123def
>
< HTTP/1.1 301 Moved Permanently
< Location: https://login.example.org/me
< Content-Length: 0
<
* Connection #0 to host api.example.com left intact
* Issue another request to this URL: 'https://login.example.org/me'
> GET /me HTTP/2
> Host: login.example.org
>
< HTTP/2 401
< www-authenticate: Bearer realm=\"x\"
< content-type: application/json
<
{ [25 bytes data]
{\"error\":\"unauthorized\"}* Connection #1 to host login.example.org left intact
```
Why?"), @r##"
    Wire GET /me
        Host: api.example.com
        User-Agent: curl/8.5.0
        Accept: */*
        Authorization: Bearer abc123def
      answer 301
        Location: https://login.example.org/me
        Content-Length: 0
    Wire GET /me
        Host: login.example.org
      answer 401
        www-authenticate: Bearer realm="x"
        content-type: application/json
        body {"error":"unauthorized"}
    log * Host api.example.com:80 was resolved.⏎* Trying 192.0.2.1:80...⏎* Connected to api.example.com (192.0.2.1) port 80
    log * Connection #0 to host api.example.com left intact⏎* Issue another request to this URL: 'https://login.example.org/me'
    log * Connection #1 to host login.example.org left intact
    prose I run `curl -vL http://api.example.com/me -H "Authorization: Bearer abc123def"`:
    prose Why?
    statuses 301 401
    "##);
}

#[test]
fn a_tunnel_through_a_proxy_is_an_exchange_of_its_own() {
    insta::assert_snapshot!(shown("\
* Establish HTTP proxy tunnel to api.example.com:443
> CONNECT api.example.com:443 HTTP/1.1
> Host: api.example.com:443
> Proxy-Connection: Keep-Alive
>
< HTTP/1.1 407 Proxy Authentication Required
< Proxy-Authenticate: NTLM
< Proxy-Authenticate: Basic realm=\"corp\"
<
* CONNECT tunnel failed, response 407
curl: (56) CONNECT tunnel failed, response 407"), @r##"
    Wire CONNECT api.example.com:443
        Host: api.example.com:443
        Proxy-Connection: Keep-Alive
      answer 407
        Proxy-Authenticate: NTLM
        Proxy-Authenticate: Basic realm="corp"
    log * Establish HTTP proxy tunnel to api.example.com:443
    log * CONNECT tunnel failed, response 407
    log curl: (56) CONNECT tunnel failed, response 407
    statuses 407 407 407
    "##);
}

#[test]
fn the_notes_of_curl_stand_in_for_a_request_that_is_not_shown() {
    insta::assert_snapshot!(shown("\
* using HTTP/2
* [HTTP/2] [1] OPENED stream for https://api.example.com/v1/me
* [HTTP/2] [1] [:method: GET]
* [HTTP/2] [1] [:path: /v1/me]
* [HTTP/2] [1] [authorization: Bearer abc]
< HTTP/2 401
< date: Mon, 01 Jan 2024 00:00:00 GMT
<"), @r##"
    Wire GET /v1/me
        :method: GET
        :path: /v1/me
        authorization: Bearer abc
      answer 401
        date: Mon, 01 Jan 2024 00:00:00 GMT
    log * using HTTP/2⏎* [HTTP/2] [1] OPENED stream for https://api.example.com/v1/me⏎* [HTTP/2] [1] [:method: GET]⏎* [HTTP/2] [1] [:path: /v1/me]⏎* [HTTP/2] [1] [authorization: Bearer abc]
    statuses 401
    "##);
}

#[test]
fn a_raw_answer_keeps_its_body_and_leaves_the_words_after_it() {
    insta::assert_snapshot!(shown("\
$ curl -i https://api.example.com/v1/me
HTTP/1.1 401 Unauthorized
Content-Type: application/json; charset=utf-8
WWW-Authenticate: Bearer
  realm=\"api\"

{
  \"message\": \"No token\"
}

I have tried everything."), @r##"
    Command GET https://api.example.com/v1/me
      answer 401
        Content-Type: application/json; charset=utf-8
        WWW-Authenticate: Bearer realm="api"
        body {⏎  "message": "No token"⏎}
    command curl -i https://api.example.com/v1/me
    prose I have tried everything.
    statuses 401
    "##);
}

#[test]
fn interim_answers_are_passed_over() {
    insta::assert_snapshot!(shown("> POST / HTTP/1.1\n> Expect: 100-continue\n>\n< HTTP/1.1 100 Continue\n<\n< HTTP/1.1 401 Unauthorized\n<"), @r##"
    Wire POST /
        Expect: 100-continue
      answer 401
    statuses 100 401
    "##);
}

#[test]
fn lists_of_fields_are_told_apart_by_what_only_one_side_sends() {
    insta::assert_snapshot!(shown("Authorization: Bearer abc\nAccept: */*\n\nand the response:\n\nServer: nginx\nWWW-Authenticate: Basic realm=\"x\"\n\nNote: this is on staging."), @r##"
    List - -
        Authorization: Bearer abc
        Accept: */*
      answer -
        Server: nginx
        WWW-Authenticate: Basic realm="x"
    prose and the response:
    prose Note: this is on staging.
    statuses
    "##);
}

#[test]
fn a_token_that_the_terminal_wrapped_is_put_together() {
    insta::assert_snapshot!(shown("\
> GET /me HTTP/1.1
> Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIi
OiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U
> Accept: */*
>
< HTTP/1.1 401 Unauthorized
<"), @r##"
    Wire GET /me
        Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U
        Accept: */*
      answer 401
    token Signed
    statuses 401
    "##);
}

#[test]
fn an_archive_gives_the_entries_that_failed_and_what_came_before() {
    insta::assert_snapshot!(shown(r#"{"log": {"version": "1.2", "creator": {"name": "x"}, "entries": [
{"request": {"method": "GET", "url": "https://a.example/ok", "headers": []}, "response": {"status": 200, "headers": [], "content": {}}},
{"request": {"method": "GET", "url": "https://a.example/login", "headers": []}, "response": {"status": 302, "headers": [], "content": {}}},
{"request": {"method": "GET", "url": "https://a.example/me", "headers": [{"name": "Authorization", "value": "Bearer \"abc\""}]},
 "response": {"status": 401, "headers": [{"name": "WWW-Authenticate", "value": "Bearer"}], "content": {"text": "{\"error\":1}"}}}
]}}"#), @r##"
    Browser GET https://a.example/login
      answer 302
    Browser GET https://a.example/me
        Authorization: Bearer "abc"
      answer 401
        WWW-Authenticate: Bearer
        body {"error":1}
    statuses 200 302 401
    "##);
}

#[test]
fn what_libraries_print_when_they_debug_is_an_exchange() {
    insta::assert_snapshot!(shown("\
2024-05-01 12:00:00 DEBUG org.apache.http.headers - http-outgoing-0 >> GET /v1/me HTTP/1.1
2024-05-01 12:00:00 DEBUG org.apache.http.headers - http-outgoing-0 >> Authorization: Basic dXNlcjpwYXNz
2024-05-01 12:00:00 DEBUG org.apache.http.wire - http-outgoing-0 >> \"GET /v1/me HTTP/1.1[\\r][\\n]\"
2024-05-01 12:00:01 DEBUG org.apache.http.headers - http-outgoing-0 << HTTP/1.1 401 Unauthorized
2024-05-01 12:00:01 DEBUG org.apache.http.headers - http-outgoing-0 << WWW-Authenticate: Bearer

D/OkHttp: --> POST https://api.example.com/v1/me http/1.1
D/OkHttp: Authorization: Bearer abc
D/OkHttp: --> END POST
D/OkHttp: <-- 401 Unauthorized https://api.example.com/v1/me (52ms)
D/OkHttp: content-type: application/json
D/OkHttp: {\"error\":\"x\"}
D/OkHttp: <-- END HTTP (13-byte body)

send: b'GET /v1/me HTTP/1.1\\r\\nHost: api.example.com\\r\\nAuthorization: Bearer abc\\r\\n\\r\\n'
reply: 'HTTP/1.1 401 Unauthorized\\r\\n'
header: WWW-Authenticate: Bearer error=\"invalid_token\""), @r##"
    Wire GET /v1/me
        Authorization: Basic dXNlcjpwYXNz
      answer 401
        WWW-Authenticate: Bearer
    Wire POST https://api.example.com/v1/me
        Authorization: Bearer abc
      answer 401
        content-type: application/json
        body {"error":"x"}
    Wire GET /v1/me
        Host: api.example.com
        Authorization: Bearer abc
      answer 401
        WWW-Authenticate: Bearer error="invalid_token"
    log 2024-05-01 12:00:00 DEBUG org.apache.http.headers - http-outgoing-0 >> GET /v1/me HTTP/1.1⏎2024-05-01 12:00:00 DEBUG org.apache.http.headers - http-outgoing-0 >> Authorization: Basic dXNlcjpwYXNz⏎2024-05-01 12:00:00 DEBUG org.apache.http.wire - http-outgoing-0 >> "GET /v1/me HTTP/1.1[\r][\n]"⏎2024-05-01 12:00:01 DEBUG org.apache.http.headers - http-outgoing-0 << HTTP/1.1 401 Unauthorized⏎2024-05-01 12:00:01 DEBUG org.apache.http.headers - http-outgoing-0 << WWW-Authenticate: Bearer
    log send: b'GET /v1/me HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer abc\r\n\r\n'⏎reply: 'HTTP/1.1 401 Unauthorized\r\n'⏎header: WWW-Authenticate: Bearer error="invalid_token"
    statuses 401 401 401
    "##);
}

#[test]
fn what_git_and_kubectl_trace_is_an_exchange() {
    insta::assert_snapshot!(shown("\
12:00:00.1 http.c:729   == Info: Connected to git.example.com
12:00:00.1 http.c:729   => Send header, 0000000192 bytes (0x000000c0)
12:00:00.1 http.c:729   => Send header: GET /x.git/info/refs?service=git-upload-pack HTTP/1.1
12:00:00.1 http.c:729   => Send header: Authorization: Basic <redacted>
12:00:00.1 http.c:729   <= Recv header: HTTP/1.1 401 Unauthorized
12:00:00.1 http.c:729   <= Recv header: WWW-Authenticate: Basic realm=\"GitLab\"
remote: HTTP Basic: Access denied

I0302 12:00:00.1    1234 round_trippers.go:463] GET https://10.0.0.1:6443/api
I0302 12:00:00.1    1234 round_trippers.go:469] Request Headers:
I0302 12:00:00.1    1234 round_trippers.go:473]     Authorization: Bearer <masked>
I0302 12:00:00.1    1234 round_trippers.go:574] Response Status: 401 Unauthorized in 12 milliseconds
I0302 12:00:00.1    1234 round_trippers.go:577] Response Headers:
I0302 12:00:00.1    1234 round_trippers.go:580]     Content-Type: application/json"), @r##"
    Wire GET /x.git/info/refs?service=git-upload-pack
        Authorization: Basic <redacted>
      answer 401
        WWW-Authenticate: Basic realm="GitLab"
    Wire GET https://10.0.0.1:6443/api
        Authorization: Bearer <masked>
      answer 401
        Content-Type: application/json
    log 12:00:00.1 http.c:729   == Info: Connected to git.example.com⏎12:00:00.1 http.c:729   => Send header, 0000000192 bytes (0x000000c0)
    log 12:00:00.1 http.c:729   => Send header: GET /x.git/info/refs?service=git-upload-pack HTTP/1.1⏎12:00:00.1 http.c:729   => Send header: Authorization: Basic <redacted>⏎12:00:00.1 http.c:729   <= Recv header: HTTP/1.1 401 Unauthorized⏎12:00:00.1 http.c:729   <= Recv header: WWW-Authenticate: Basic realm="GitLab"
    log remote: HTTP Basic: Access denied
    log I0302 12:00:00.1    1234 round_trippers.go:463] GET https://10.0.0.1:6443/api⏎I0302 12:00:00.1    1234 round_trippers.go:469] Request Headers:⏎I0302 12:00:00.1    1234 round_trippers.go:473]     Authorization: Bearer <masked>⏎I0302 12:00:00.1    1234 round_trippers.go:574] Response Status: 401 Unauthorized in 12 milliseconds⏎I0302 12:00:00.1    1234 round_trippers.go:577] Response Headers:⏎I0302 12:00:00.1    1234 round_trippers.go:580]     Content-Type: application/json
    statuses 401 401
    "##);
}

#[test]
fn the_value_of_a_cookie_is_known_by_its_attributes() {
    insta::assert_snapshot!(shown("Both return\n\nauth_token=...; HttpOnly; Path=/; SameSite=Lax\n\nAny idea?"), @r##"
    no request
      answer -
        Set-Cookie: auth_token=...; HttpOnly; Path=/; SameSite=Lax
    prose Both return
    prose Any idea?
    statuses
    "##);
}

#[test]
fn prose_with_marks_of_markdown_stays_prose() {
    insta::assert_snapshot!(shown("* Platform: linux\n* Version: 1.0\n\n> I think it is the token\n> because it is old\n\n<details>\n<summary>More</summary>\nnothing\n</details>"), @r##"
    prose * Platform: linux⏎* Version: 1.0
    prose > I think it is the token⏎> because it is old
    prose <details>⏎<summary>More</summary>⏎nothing⏎</details>
    statuses
    "##);
}

#[test]
fn logs_and_stack_traces_stay_together() {
    insta::assert_snapshot!(shown("\
It fails:

2024-05-01 12:00:00,787 DEBUG [org.keycloak] Failed to verify
org.keycloak.VerificationException: Invalid token issuer
\tat org.keycloak.TokenVerifier.verify(TokenVerifier.java:12)
    ... 12 more
Error: 401 {\"error\":\"x\"} from server

Any idea?"), @r##"
    body {"error":"x"}
    log 2024-05-01 12:00:00,787 DEBUG [org.keycloak] Failed to verify⏎org.keycloak.VerificationException: Invalid token issuer⏎	at org.keycloak.TokenVerifier.verify(TokenVerifier.java:12)⏎    ... 12 more⏎Error: 401 {"error":"x"} from server
    prose It fails:
    prose Any idea?
    statuses 401
    "##);
}

const CASES: &str = include_str!("../../tests/cases/dev.jsonl");

fn cases() -> impl Iterator<Item = String> {
    CASES.lines().map(|line| {
        let case: serde_json::Value = serde_json::from_str(line).expect("a case is JSON");
        case["report"].as_str().expect("a case has a report").to_owned()
    })
}

/// Every place lies in the paste, on the boundaries of characters, and what is verbatim stands there.
#[track_caller]
fn holds(text: &str) {
    let report = Report::read(text);
    let place = |span: Span| {
        assert!(text.get(span.range()).is_some(), "{span:?} is no place in {text:?}");
    };
    let piece = |piece: &Piece<'_>| {
        place(piece.span);
        if piece.is_verbatim() {
            assert_eq!(&text[piece.span.range()], piece.text, "in {text:?}");
        }
    };
    let fields = |headers: &Headers<'_>| {
        for header in &headers.0 {
            piece(&header.name);
            piece(&header.value);
        }
    };
    for exchange in &report.exchanges {
        if let Some(request) = &exchange.request {
            place(request.span);
            fields(&request.headers);
            request.method.iter().chain(&request.target).chain(&request.body).for_each(piece);
            for authorization in
                [request.authorization(), request.proxy_authorization()].into_iter().flatten()
            {
                piece(&authorization.value);
                authorization
                    .credential()
                    .and_then(|credential| credential.piece())
                    .into_iter()
                    .for_each(piece);
            }
            request.cookies().iter().for_each(|cookie| piece(&cookie.value));
        }
        if let Some(response) = &exchange.response {
            place(response.span);
            fields(&response.headers);
            response.body.iter().for_each(piece);
            for challenge in response.challenges().iter().chain(&response.proxy_challenges()) {
                place(challenge.span);
                challenge.params.iter().for_each(|param| piece(&param.value));
            }
            response.set_cookies().iter().for_each(|cookie| piece(&cookie.value));
        }
    }
    report.bodies.iter().chain(&report.logs).chain(&report.commands).chain(&report.prose).for_each(piece);
    for body in &report.bodies {
        for field in super::Json::read(body).iter().flat_map(|json| json.fields().collect::<Vec<_>>()) {
            place(field.span());
        }
    }
    for command in &report.commands {
        super::words(command).iter().for_each(|word| piece(&word.piece));
    }
    report.tokens.iter().for_each(|token| piece(&token.piece));
    report.statuses.iter().for_each(|status| place(status.span));
    for pair in redact::secrets(text).windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start, "secrets overlap in {text:?}");
    }
    let masked = redact::mask(text).text;
    assert_eq!(redact::mask(&masked).text, masked, "masking twice changes {text:?}");
}

#[test]
fn every_case_is_read_with_places_that_hold() {
    cases().for_each(|case| holds(&case));
}

/// What the tools print, as `tests/pastes` has it.
fn recorded() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pastes");
    let files =
        ["recorded", "written"].map(|name| std::fs::read_dir(folder.join(name)).expect("a folder of pastes"));
    let mut paths: Vec<_> =
        files.into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("a paste")).collect()
}

#[test]
fn every_recorded_paste_is_read_with_places_that_hold_also_when_it_is_cut_off() {
    for paste in recorded() {
        holds(&paste);
        for part in 1..6 {
            let at = paste.floor_char_boundary(paste.len() * part / 6);
            holds(&paste[..at]);
            holds(&paste[at..]);
        }
    }
}

#[test]
fn pastes_that_are_cut_off_anywhere_are_read() {
    let paste = "$ curl -sku \"a:b\" \\\n -H 'Authorization: Basic dXNlcjpwYXNz' https://x.example/é -d '{\n\"a\": 1}'\n* Trying ::1...\n> GET /é HTTP/1.1\n> Cookie: sid=abcdefgh; t=1\n> Authorization: Digest username=\"ü\", response=\"6629fae49393a05397450978507c4ef1\"\n>\n< HTTP/1.1 401 Unauthorized\r\n< WWW-Authenticate: Digest realm=\"a\\\"b\", nonce=x, Bearer error='é'\r\n< Set-Cookie: sid=\"é\"; Path=/\r\n<\r\n{\"error\": {\"é\\u00e9\": [\"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.x\", 1.5]}}\n<html>\n<p>é</p></html>\nRequest URL: https://x.example\nStatus Code: 401\nResponse Headers\nserver:\nnginx\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\npassword: “hünter2” …";
    for (at, _) in paste.char_indices().step_by(2) {
        holds(&paste[..at]);
        holds(&paste[at..]);
    }
}

#[test]
fn pastes_with_odd_characters_anywhere_are_read() {
    let odd = [
        "\0", "\u{feff}", "\"", "'", "{", "[", "<", "`", "\\", "\r", "\n", "\n\n", "é", "🔑", "=", ": ", "%",
        "eyJ", "Bearer ", "[masked]",
    ];
    for (index, case) in cases().enumerate().step_by(7) {
        for (round, odd) in odd.iter().enumerate() {
            let at = case.floor_char_boundary((index * 37 + round * 101) % (case.len() + 1));
            let mut text = case.clone();
            text.insert_str(at, odd);
            holds(&text);
        }
    }
}

#[test]
fn nested_and_endless_pastes_are_read_in_time() {
    for unit in [
        "{",
        "[",
        "{\"a\":",
        "[\"",
        "\"",
        "'",
        "<a>\n",
        "<?xml ",
        "curl '\n",
        "$ curl \"\\\n",
        "> ",
        "Bearer ",
        "token=",
        "password=\"",
        "Authorization: Digest a=b,",
        "eyJhbGciOiJIUzI1NiJ9.",
        "://a:",
        "Cookie: a=b;",
        "-----BEGIN RSA PRIVATE KEY-----",
        "`",
        "```\n",
        "HTTP/1.1 401\n",
        "Authorization: x\n",
        "401 ",
        "* Trying \n",
        "Request URL: \n",
        "{\"log\":{\"entries\":[{\"request\":{\"headers\":[",
        "-u a:b ",
        "fetch(\"",
        "fetch('/a', {",
        "requests.get(\"/a\", headers={\n",
        "Invoke-WebRequest -Headers @{",
        "$h = @{\n",
        "http a:b ",
        "wget --header=",
        "curl ^\"",
        "$'",
        "{\"level\":1,\"msg\":\"GET ",
        "{\"level\":1}\n",
        "{\"Request Headers\":{",
        "{'content-type': 'a', ",
        "AxiosError: {\n  config: {\n",
        "=> Send header, 1 bytes (0x1)\n0000: GET / HTTP/1.1\n",
        "<= Recv data, 1 bytes (0x1)\n0000: a\n0001: a\n",
        "--2026-10-05 12:00:00--  http://a/\n",
        "HTTP request sent, awaiting response... 401 x\n",
        "1.2.3.4 - - [05/Oct/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 401 1\n",
        "#Fields: cs-method sc-status\n",
        "Started GET \"/\" for 1\nCompleted 401 x\n",
        "é",
        " ",
    ] {
        let text = unit.repeat(6_000 / unit.len());
        holds(&text);
    }
}

#[test]
fn debug_output_holds_no_credential() {
    let report = Report::read(
        "> GET /?api_key=s3cr3tvalue HTTP/1.1\n> Authorization: Basic dXNlcjpodW50ZXIy\n> X-Api-Key: s3cr3tvalue\n>\n< HTTP/1.1 401 x\n< Set-Cookie: sid=s3cr3tvalue\n<\n\npassword is hunter2",
    );
    let request = report.exchanges[0].request.as_ref().expect("a request");
    let shown = format!(
        "{report:?} {:?} {:?}",
        request.authorization(),
        report.exchanges[0].response.as_ref().map(|response| response.set_cookies())
    );
    for secret in ["s3cr3tvalue", "hunter2", "dXNlcjpodW50ZXIy"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
