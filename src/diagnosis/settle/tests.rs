use std::process::Command;

use super::*;
use crate::redact;
use crate::report::Report;

fn facts(text: &str) -> Facts {
    Facts::of(&Report::read(text), &redact::secrets(text))
}

/// The command that a template becomes for a report.
fn command(template: &str, text: &str) -> String {
    fill_command(template, &facts(text))
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(command("curl {method} {credential} {url}", text), expected, "for\n{text}");
}

const BEARER: &str = "> GET /v1/me?page=2 HTTP/1.1\n> Host: api.example.com\n> Authorization: Bearer abcdef0123456789\n>\n< HTTP/1.1 401 Unauthorized\n";

#[test]
fn the_request_of_the_report_is_written_again_without_its_secret() {
    check(BEARER, r#"curl -H "Authorization: Bearer $TOKEN" 'https://api.example.com/v1/me?page=2'"#);
}

#[test]
fn each_way_to_send_a_credential_is_kept() {
    let with = |fields: &str| {
        format!("> GET / HTTP/1.1\n> Host: a.example\n{fields}>\n< HTTP/1.1 401 Unauthorized\n")
    };
    check(&with("> Authorization: Basic YWRhOnNlY3JldA==\n"), r#"curl -u "$NAME" 'https://a.example/'"#);
    check(&with("> X-Api-Key: 0123456789abcdef\n"), r#"curl -H "X-Api-Key: $KEY" 'https://a.example/'"#);
    check(&with("> Cookie: sid=0123456789abcdef\n"), r#"curl -b "$COOKIE" 'https://a.example/'"#);
    check(
        &with("> Authorization: Token 0123456789abcdef\n"),
        r#"curl -H "Authorization: Token $TOKEN" 'https://a.example/'"#,
    );
    check(&with("> Authorization: Negotiate YIIabcdefgh\n"), "curl --negotiate -u : 'https://a.example/'");
    check(
        "> GET / HTTP/1.1\n> Host: a.example\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Digest realm=\"x\", nonce=\"y\"\n",
        r#"curl --digest -u "$NAME" 'https://a.example/'"#,
    );
}

#[test]
fn a_method_that_changes_something_is_named_and_sent_without_a_body() {
    let text = BEARER.replace("GET", "POST");
    check(
        &text,
        r#"curl -X POST -d '' -H "Authorization: Bearer $TOKEN" 'https://api.example.com/v1/me?page=2'"#,
    );
    assert_eq!(facts(&text).changing_method(), Some("POST"));
    assert_eq!(facts(BEARER).changing_method(), None);
    let odd = BEARER.replace("GET", "$(id)");
    assert!(!command("curl {method} {url}", &odd).contains("$(id)"));
}

#[test]
fn without_a_request_the_reader_fills_in_the_address() {
    check("I get a 401.", r#"curl -H "Authorization: Bearer $TOKEN" "$URL""#);
    check(
        "GET https://api.example.com/v1/me 401 (Unauthorized)",
        r#"curl -H "Authorization: Bearer $TOKEN" 'https://api.example.com/v1/me'"#,
    );
    check("See https://docs.example.com. I get a\n401", r#"curl -H "Authorization: Bearer $TOKEN" "$URL""#);
}

#[test]
fn a_secret_in_the_address_becomes_a_variable() {
    let text = "> GET /v1/me?api_key=0123456789abcdef01&page=2 HTTP/1.1\n> Host: api.example.com\n>\n< HTTP/1.1 401 Unauthorized\n";
    check(text, r#"curl 'https://api.example.com/v1/me?api_key='"$SECRET"'&page=2'"#);
    let masked = text.replace("0123456789abcdef01", "[masked]");
    check(&masked, r#"curl 'https://api.example.com/v1/me?api_key='"$SECRET"'&page=2'"#);
    let user = "$ curl https://ada:hunter2hunter2@api.example.com/v1/me\n401 Unauthorized\n";
    let written = command("curl {url}", user);
    assert!(!written.contains("hunter2") && !written.contains("ada"), "{written}");
}

#[test]
fn what_goes_over_plain_http_stays_so_and_in_doubt_it_does_not() {
    let own = BEARER.replace("api.example.com", "localhost:8080");
    assert_eq!(command("{site}", &own), "'http://localhost:8080/'");
    let named = format!("$ curl -v http://api.example.com/v1/me?page=2\n{BEARER}");
    assert_eq!(command("{site}", &named), "'http://api.example.com/'");
    assert_eq!(command("{site}", BEARER), "'https://api.example.com/'");
}

/// Addresses of people who want something else to happen.
const NASTY: &[&str] = &[
    "https://a.example/$(touch owned)",
    "https://a.example/`touch owned`",
    "https://a.example/';touch owned;'",
    "https://a.example/\";touch owned;\"",
    "https://a.example/x'$(id)'y?q='\"$HOME\"'",
    "https://a.example/$HOME/${IFS}/*?a=b&c=d;e|f>g<h",
    "https://a.example/[1-100000]/{a,b}",
    "https://a.example/\\'\\",
    "https://a.example/!!",
    "https://a.example/#$(id)",
    "https://$(id)/x",
    "https://'id'.example/x",
    "https://-oProxyCommand=id/x",
    "--output=owned",
    "-K/etc/passwd",
    "https://a.example/%0aid%00",
    "https://a.example/ü…\u{202e}x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://a.example:99999/",
    "https://[::1]/x",
    "https://a.example/?a=\u{1b}[31m",
];

#[test]
fn a_nasty_address_comes_out_as_one_harmless_word() {
    let folder = tempfile::tempdir().expect("a folder");
    for nasty in NASTY {
        for text in [
            format!(
                "> GET {nasty} HTTP/1.1\n> Host: {nasty}\n> Origin: {nasty}\n>\n< HTTP/1.1 401 Unauthorized\n"
            ),
            format!(
                "> {nasty} / HTTP/1.1\n> Host: {}\n>\n< HTTP/1.1 401 Unauthorized\n",
                nasty.trim_start_matches("https://")
            ),
            format!("GET {nasty} 401 (Unauthorized)"),
            format!(
                "> GET / HTTP/1.1\n> Host: a.example\n> {nasty}-Token: {nasty}\n> Authorization: {nasty} {nasty}\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: {nasty} realm=\"{nasty}\"\n"
            ),
            format!(
                "{{\"log\":{{\"entries\":[{{\"request\":{{\"method\":{nasty:?},\"url\":{nasty:?},\"headers\":[{{\"name\":{nasty:?},\"value\":{nasty:?}}}]}},\"response\":{{\"status\":401,\"headers\":[]}}}}]}}}}"
            ),
        ] {
            let facts = facts(&text);
            for placeholder in PLACEHOLDERS {
                let words = fill_command(&format!("printf '%s\\n' {{{placeholder}}}"), &facts);
                let output = Command::new("sh")
                    .args(["-uc", &words])
                    .current_dir(folder.path())
                    .env_clear()
                    .envs(VARIABLES.iter().map(|(name, _)| (*name, "value")))
                    .output()
                    .expect("a shell");
                let printed = String::from_utf8_lossy(&output.stdout).into_owned();
                assert!(output.status.success() && output.stderr.is_empty(), "{words}\n{output:?}");
                assert!(printed.lines().count() <= 4, "{words} is several words:\n{printed}");
                assert!(!words.contains(char::is_control), "{words:?}");
                if ["url", "start", "redirect", "site"].contains(placeholder) {
                    let is_address = printed.starts_with("http") || printed == "value\n";
                    assert!(
                        is_address && !printed.contains(['[', '{']) || printed.contains("[::1]"),
                        "{printed}"
                    );
                }
            }
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0, "a command was run");
}

#[test]
fn sentences_take_the_words_of_the_case_as_code() {
    let said = fill_sentence("Ask {host} for `exp`.", &facts(BEARER));
    let shown: Vec<(&str, bool)> = said.0.iter().map(|words| (words.text.as_str(), words.is_code)).collect();
    assert_eq!(
        shown,
        [("Ask ", false), ("api.example.com", true), (" for ", false), ("exp", true), (".", false)]
    );
    let said = fill_sentence("Ask {host}.", &Facts::default());
    assert_eq!(said.to_string(), "Ask the server.");
}

#[track_caller]
fn problems_of(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    Checks::read("checks.toml", text, &mut problems);
    let told = problems.iter().map(ToString::to_string);
    told.filter(|problem| !problem.contains("has no check without")).collect()
}

#[test]
fn what_is_wrong_with_an_entry_is_named_with_its_line() {
    let entry = |rest: &str| format!("\n[[check]]\ncause = \"clock-skew\"\n{rest}\n");
    let good = "look = \"Look.\"\nyes = \"If so, yes.\"\nno = \"If not, no.\"";
    assert_eq!(problems_of(&entry(good)), [""; 0]);
    assert_eq!(
        problems_of(&entry(&good.replace("Look.", "look"))),
        ["checks.toml:2: \"look\" is no sentence; begin with a capital and end with a full stop"]
    );
    assert_eq!(
        problems_of(&entry(&good.replace("Look.", "Look at {aud}."))),
        ["checks.toml:2: `{aud}` is not always known; add it to `needs`"]
    );
    assert_eq!(
        problems_of(&entry(&good.replace("Look.", "Look at {moon}."))),
        ["checks.toml:2: `{moon}` stands for nothing in a sentence; see the list on top"]
    );
    assert_eq!(
        problems_of(&entry(&format!("{good}\nrun = 'curl {{moon}} \"$MOON\"'"))),
        [
            "checks.toml:2: `{moon}` is no placeholder of a command; see the list on top",
            "checks.toml:2: `$MOON` is no variable that is explained; see src/diagnosis/settle.rs"
        ]
    );
    assert_eq!(
        problems_of(&entry(good).replace("clock-skew", "teapot")),
        ["checks.toml:2: `teapot` is no cause; take an id from the list of causes"]
    );
}

#[test]
fn an_entry_that_is_never_taken_is_named() {
    let entry = |cause: &str, rest: &str| {
        format!(
            "[[check]]\ncause = \"{cause}\"\n{rest}\nlook = \"Look.\"\nyes = \"If so.\"\nno = \"If not.\"\n"
        )
    };
    let pair = entry("clock-skew", "against = [\"token-expired\"]");
    let narrower = entry("clock-skew", "against = [\"token-expired\"]\nneeds = [\"exp\"]");
    let reversed = entry("token-expired", "against = [\"clock-skew\"]");
    assert_eq!(problems_of(&format!("{narrower}{pair}")), [""; 0], "the narrower one comes first");
    for second in [&narrower, &reversed, &pair] {
        assert_eq!(problems_of(&format!("{pair}{second}")).len(), 1, "{second}");
    }
}

#[test]
fn a_file_must_have_a_check_for_each_cause() {
    let mut problems = Vec::new();
    Checks::read(
        "checks.toml",
        "[[check]]\ncause = \"clock-skew\"\nlook = \"Look.\"\nyes = \"If so.\"\nno = \"If not.\"",
        &mut problems,
    );
    assert_eq!(problems.len(), Cause::COUNT - 1);
}

fn shipped() -> Checks {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/content/checks.toml");
    let mut problems = Vec::new();
    let checks = Checks::read("checks.toml", &std::fs::read_to_string(path).unwrap(), &mut problems);
    assert_eq!(problems, []);
    checks
}

fn ranked(causes: &[Cause]) -> Vec<Ranked> {
    let one = |cause: &Cause| Ranked {
        cause: *cause,
        probability: 0.3,
        because: Vec::new(),
        against: Vec::new(),
        readers: None,
    };
    causes.iter().map(one).collect()
}

#[test]
fn every_cause_has_something_that_would_settle_it_with_or_without_a_report() {
    let checks = shipped();
    for cause in Cause::ALL {
        for text in ["", BEARER] {
            let settle =
                checks.choose(&ranked(&[*cause]), true, &facts(text)).unwrap_or_else(|| panic!("{cause}"));
            assert_eq!(settle.outcomes[0].1, Some(*cause), "{cause}");
        }
        let other = if *cause == Cause::WrongPassword { Cause::ClockSkew } else { Cause::WrongPassword };
        let settle =
            checks.choose(&ranked(&[*cause, other]), false, &facts("")).unwrap_or_else(|| panic!("{cause}"));
        let names_both =
            settle.next == Some(other) || settle.outcomes.iter().any(|(_, to)| *to == Some(other));
        assert!(names_both, "{cause}");
    }
}

#[test]
fn two_causes_are_told_apart_whichever_comes_first() {
    let checks = shipped();
    for pair in [[Cause::TokenExpired, Cause::ClockSkew], [Cause::ClockSkew, Cause::TokenExpired]] {
        let settle = checks.choose(&ranked(&pair), false, &facts("")).expect("a check");
        let to: Vec<Option<Cause>> = settle.outcomes.iter().map(|(_, to)| *to).collect();
        assert_eq!((to, settle.next), (vec![Some(Cause::TokenExpired), Some(Cause::ClockSkew)], None));
    }
}

/// Every command, for a report and without one, is read by a real shell, which runs none of it.
#[test]
fn a_shell_understands_every_command() {
    for check in &shipped().0 {
        for text in ["", BEARER, &BEARER.replace("GET", "DELETE")] {
            let Some(run) = check.fill(&facts(text), None, None).run else { continue };
            assert!(!run.contains("{url}") && !run.contains("{credential}"), "{run}");
            let output = Command::new("sh").args(["-n", "-c", &run]).output().expect("a shell");
            assert!(output.status.success() && output.stderr.is_empty(), "{run}\n{output:?}");
        }
    }
}
