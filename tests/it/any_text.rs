//! No text breaks what reads it, and none takes for ever: the properties that the fuzz targets hold (`fuzz/src/lib.rs`),
//! here over recorded pastes that are changed the same way in every run, and over the texts that would be worst.

#[path = "../../fuzz/src/lib.rs"]
#[allow(dead_code, reason = "some of it is for the fuzz targets alone")]
mod properties;

use std::fmt::Write as _;

use fix401::diagnosis::{Case, Input};
use fix401::redact;
use fix401::report::Report;
use jiff::Timestamp;

use crate::secrets::set::{formats, secrets};
use crate::support::site;

/// Words that the readers know.
const WORDS: [&str; 36] = [
    "Authorization: Bearer ",
    "WWW-Authenticate: Digest ",
    "Set-Cookie: ",
    "> ",
    "< ",
    "* ",
    "HTTP/1.1 401 Unauthorized\n",
    "curl -u a:b -H '",
    "fetch(\"",
    "{\"log\":{\"entries\":[",
    "\"name\":\"password\",\"value\":\"",
    "eyJhbGciOiJIUzI1NiJ9.",
    "-----BEGIN PRIVATE KEY-----\n",
    "password=",
    "<password>",
    "ghp_",
    "://u:p@",
    "[masked]",
    "[masked JWT]",
    "%3D%25",
    "\\u0000\\ud800",
    "\\\"",
    "```\n",
    "](javascript:",
    "<img src=x onerror=",
    "\r\n\r\n",
    "\n\n",
    "\t",
    "\0",
    "\u{202e}",
    "e\u{301}\u{301}",
    "\u{feff}",
    "🦀",
    "'\"`",
    "{{[[((",
    "=====",
];

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }
}

/// Pastes of every format, and labelled reports.
fn recorded() -> Vec<String> {
    let secrets = secrets();
    let mut texts: Vec<String> = Vec::new();
    for (place, format) in formats().iter().enumerate() {
        let fitting = secrets.iter().skip(place * 3).chain(&secrets).find(|secret| format.is_for(secret));
        texts.extend(fitting.and_then(|secret| format.with(secret)));
    }
    let path = "tests/cases/dev.jsonl";
    let cases = Case::read_all(path, include_str!("../cases/dev.jsonl")).expect("good cases");
    texts.extend(cases.into_iter().step_by(3).map(|case| case.report));
    texts
}

/// A text with something put in, taken out, doubled or put elsewhere.
fn changed(texts: &[String], dice: &mut Dice) -> String {
    let mut text = texts[dice.below(texts.len())].clone();
    text.truncate(text.floor_char_boundary(1_200));
    for _ in 0..1 + dice.below(4) {
        let at = text.floor_char_boundary(dice.below(text.len() + 1));
        let end = text.floor_char_boundary((at + dice.below(80)).min(text.len()));
        match dice.below(5) {
            0 => text.insert_str(at, WORDS[dice.below(WORDS.len())]),
            1 => text.replace_range(at..end, ""),
            2 => {
                let other = &texts[dice.below(texts.len())];
                let from = other.floor_char_boundary(dice.below(other.len() + 1));
                let to = other.floor_char_boundary((from + dice.below(200)).min(other.len()));
                text.insert_str(at, &other[from..to]);
            }
            3 => {
                let piece = text[at..end].repeat(1 + dice.below(3));
                let to = text.floor_char_boundary(dice.below(text.len() + 1));
                text.insert_str(to, &piece);
            }
            _ => text.truncate(at),
        }
    }
    text
}

/// Runs a property over texts that are changed the same way each time.
#[track_caller]
fn check(property: fn(&str), times: usize, seed: u64) {
    let texts = recorded();
    let mut dice = Dice(seed);
    for text in &texts {
        property(text);
    }
    for _ in 0..times {
        property(&changed(&texts, &mut dice));
    }
}

#[test]
fn a_report_holds_only_what_stands_in_the_paste() {
    check(properties::report, 400, 1);
}

#[test]
fn no_change_to_a_paste_breaks_the_reader_of_archives() {
    check(properties::har, 100, 2);
}

#[test]
fn no_change_to_a_paste_breaks_the_readers_of_exchanges_and_their_fields() {
    check(properties::http, 100, 3);
    check(properties::fields, 5, 4);
}

#[test]
fn no_change_to_a_paste_breaks_the_readers_of_commands_and_logs() {
    check(properties::commands, 40, 5);
    check(properties::logs, 60, 6);
}

#[test]
fn nothing_that_is_masked_can_be_read_however_the_paste_is_changed() {
    check(properties::redact, 1_500, 7);
}

#[test]
fn a_diagnosis_shows_ids_that_it_knows_and_no_secret() {
    check(properties::diagnose, 60, 8);
}

#[test]
fn a_comment_has_no_markup_but_ours_whatever_it_is_made_of() {
    check(properties::markdown, 1_500, 9);
}

#[test]
fn any_text_is_a_search() {
    check(properties::search_query, 10, 10);
}

#[test]
fn the_site_answers_whatever_it_is_sent() {
    check(properties::api_json, 5, 11);
}

/// What found a fault once, by what was wrong then.
#[test]
fn what_the_fuzzer_found_stays_mended() {
    for text in [
        // A quote inside of a secret hid where another one begins, which showed when the first was masked.
        "apikey\",\"v<password>l \"4",
        "token:'5-----BEGIN PRIVATE KEY-----3'\n  - name: API",
        "machine pcx\", \"jwt\":\"GR1348941WMmv53CNgd.acme.example password c",
        // Of many passwords on one line each reading found one more.
        "docker login -p a1b2c3d4 -p b2c3d4e5 -p c3d4e5f6 -p d4e5f6a7 -p e5f6a7b8 -p f6a7b8c9 -p a7b8c9d0 -p b8c9d0e1 -p c9d0e1f2 -p d0e1f2a3",
        // The word in our own mask was taken for a name.
        "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl w7QkYy2LgbsArWS7Xds6Ctak",
        // A secret that stands once more was not hidden where a mask, or another secret, stood before it.
        "X-Api-Key: q7Rk2Lw9ZsT4uVx8Yb3N\nGET /x[masked]q7Rk2Lw9ZsT4uVx8Yb3N\nq7Rk2Lw9ZsT4uVx8Yb3Nq7Rk2Lw9ZsT4uVx8Yb3N",
        "token=q7Rk2Lw9ZsT4uVx8Yb3N[masked]",
        "\"Bearer hp_ybNGCVkQKuM4e\" hp_ybNGCVkQKuM4eX AKCp8meeaEuMijRrvXjiz3S3CE2AgxqAuDbn9L7h3AkqWcU8XTTghp_ybNGCVkQKuM4e",
    ] {
        properties::redact(text);
        properties::report(text);
        properties::diagnose(text);
    }
}

/// Texts that are worst for somebody: a row of what begins something and never ends it, by a name for the message.
fn worst(length: usize) -> Vec<(String, String)> {
    let rows = [
        "{",
        "[",
        "\"",
        "\\",
        "(",
        "<",
        "'",
        "`",
        "*",
        "_",
        "~",
        "> ",
        "|",
        "#",
        "=",
        "Bearer ",
        "Basic+",
        "basic ",
        "www-authenticate: ",
        "Authorization: Digest ",
        "a=",
        "a=\"",
        ", ",
        "eyJ",
        "eyJ.",
        "eyJhbGciOi..",
        "%25",
        "%",
        "\\u0000",
        "\\ud800",
        "\\\"",
        "\u{301}",
        "\u{202e}",
        "\u{200b}",
        "é",
        "🦀",
        "\0",
        "\r",
        "\r\n",
        "\n",
        "\t",
        "curl ",
        "curl -H '",
        "-u a:",
        "> GET / HTTP/1.1\n",
        "< HTTP/1.1 401\n",
        "HTTP/1.1 401\r\n\r\n",
        "a: b\n",
        "- - [",
        "  - ",
        "    at a.b(c)\n",
        "password=",
        "password",
        "token:",
        "token=token",
        "://",
        "://a:b@",
        "cookie: a=b; ",
        "cookies\":[{\"name\":\"",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ",
        "ghp_",
        "ghp_a1",
        "sk-",
        "AIza",
        ".atlasv1.",
        "Q~",
        "![",
        "[a](",
        "](",
        "<a href=\"",
        "&#",
        "*a ",
        "1. ",
        "{\"a\":",
        "{\"request\":{",
        "\"log\":{\"entries\":[",
        "```",
        "```\n",
        "echo a|",
        "[masked",
        "[masked]",
        "btoa(\"",
        "\"bearer\":{\"a\":\"",
        "\t/\t",
        "401 ",
        "key=\"",
        "<password a=\"",
        "ENV token ",
        "<<<",
        "secret: |\n",
        "x-api-key: a1b2c3d4e5f6a7b8\n",
    ];
    let mut texts: Vec<(String, String)> =
        rows.iter().map(|row| (format!("{row:?} in a row"), row.repeat(length / row.len()))).collect();
    let nested = length / 10;
    texts.push(("JSON, deep".to_owned(), format!("{}1{}", "{\"a\":[".repeat(nested), "]}".repeat(nested))));
    let mut lines = String::new();
    let mut tokens = String::new();
    for line in 0..length / 20 {
        let _ = writeln!(lines, "x-field-{line}: value {line}");
        let _ = writeln!(tokens, "token=a1b2c3d4e5f6{line:08}");
    }
    texts
        .push(("lines of a header".to_owned(), format!("> GET / HTTP/1.1\n{}", lines.replace("x-", "> x-"))));
    texts.push(("lines of a header without a request".to_owned(), lines));
    texts.push(("as many secrets".to_owned(), tokens));
    texts.push(("mixed line ends".to_owned(), "a: b\r\nc: d\n\re: f\r\r\n".repeat(length / 20)));
    texts
}

/// How long those texts are: bounds that hold in a build without optimisation, too.
const LONG: usize = 1 << 17;

#[test]
fn the_worst_texts_are_read_and_masked_in_the_end() {
    let long = [
        "{",
        "[",
        "\"",
        "\\",
        "Bearer ",
        "www-authenticate: ",
        "a=",
        "eyJ",
        "%25",
        "\0",
        "\\ud800",
        "\u{202e}\u{301}",
    ];
    let long = long.iter().map(|row| (format!("{row:?} in a long row"), row.repeat(LONG / row.len())));
    let nested = ("nested JSON".to_owned(), format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)));
    let lines = (
        "many lines of a header".to_owned(),
        format!("HTTP/1.1 401 Unauthorized\n{}", "a: b\n".repeat(200_000)),
    );
    for (name, text) in worst(LONG / 16).into_iter().chain(long).chain([nested, lines]) {
        let report = Report::read(&text);
        assert_eq!(report.text.len(), text.len(), "{name}");
        let masked = redact::mask(&text).text;
        assert!(masked.len() <= 2 * text.len() + 64, "{name} grew to {}", masked.len());
    }
}

#[test]
fn the_worst_texts_are_diagnosed_in_the_end() {
    let site = site();
    let now = Timestamp::from_second(1_795_435_200).expect("a time");
    for (name, text) in worst(LONG / 64) {
        let diagnosis = site.diagnoser.diagnose(&Input { text: &text, ..Input::default() }, now);
        assert!(!diagnosis.causes.is_empty(), "{name}");
    }
}

#[test]
fn the_worst_comments_are_shown_in_the_end() {
    // A comment has at most 8,000 characters; the preview and the search are given no more either.
    for (_, text) in worst(8_000) {
        properties::markdown(&text);
        properties::search_query(&text);
    }
}

#[test]
fn one_line_of_ten_megabytes_is_read() {
    let sentence = "the token is refused with 401 since Monday, a=b; ";
    let line = sentence.repeat(10 * LONG / sentence.len());
    assert_eq!(Report::read(&line).exchanges.len(), 0);
    assert!(redact::mask(&line).kinds.is_empty());
    let token = format!("Authorization: Bearer {}", "a1B2c3D4e5F6".repeat(10 * LONG / 12));
    assert_eq!(redact::mask(&token).text, "Authorization: Bearer [masked]");
}
