//! No secret of a paste comes back through any door, and ordinary things stay readable: made-up secrets of many kinds in
//! all the formats that people paste (`tests/secrets/*.toml`).

mod leak;
pub mod set;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};

use fix401::redact;
use leak::Leaks;
use serde::Deserialize;
use set::{As, Format, Secret, formats, secrets};

use crate::support::{Answer, TestApp, shared};

/// Where comments are posted to.
const COMMENTS_ON: &str = "/api/v1/articles/clock-skew/comments";

#[derive(Deserialize)]
struct Things {
    thing: Vec<Thing>,
}

#[derive(Deserialize)]
struct Thing {
    name: String,
    texts: Vec<String>,
}

fn things() -> Vec<Thing> {
    let things: Things =
        toml::from_str(include_str!("../secrets/readable.toml")).expect("readable.toml is good");
    things.thing
}

/// Every secret in one of the formats that it fits into, the one that holds fewest so far: pastes with what must not be
/// shown of them.
fn pastes() -> Vec<(String, Vec<String>)> {
    let (formats, secrets) = (formats(), secrets());
    let mut pastes: Vec<(String, Vec<String>)> = formats.iter().map(|_| Default::default()).collect();
    for secret in &secrets {
        let fitting = formats.iter().zip(&mut pastes).filter(|(format, _)| format.is_for(secret));
        let written = fitting.filter_map(|(format, paste)| Some((format.with(secret)?, paste)));
        let (text, (paste, hidden)) =
            written.min_by_key(|(_, (_, hidden))| hidden.len()).expect("a format takes the secret");
        *paste += &format!("{text}\n\n");
        hidden.extend(secret.hidden.iter().cloned());
    }
    pastes.retain(|(paste, _)| !paste.is_empty());
    assert!(pastes.len() >= 65, "only {} formats are tried", pastes.len());
    pastes
}

#[test]
fn the_test_set_is_as_large_as_it_claims() {
    let secrets = secrets();
    let kinds: BTreeSet<&str> = secrets.iter().map(|secret| secret.kind.as_str()).collect();
    assert!(secrets.len() >= 290 && kinds.len() >= 50, "{} of {} kinds", secrets.len(), kinds.len());
    assert!(formats().len() >= 70);
    let things = things();
    assert!(things.len() >= 30 && things.iter().map(|thing| thing.texts.len()).sum::<usize>() >= 200);
    let lonely: Vec<&str> = secrets
        .iter()
        .filter(|secret| formats().iter().filter(|format| format.is_for(secret)).count() < 3)
        .map(|secret| secret.text.as_str())
        .collect();
    assert!(lonely.is_empty(), "{lonely:?}");
}

/// What is wrong with the masked text of each format with this secret in it. What is known by its shape is so in every
/// format; each such secret is tried in a third of them.
fn faults(turn: usize, secret: &Secret, formats: &[Format]) -> Vec<String> {
    let password = secret.r#as == As::Password;
    let leaks = if password { Leaks::of_password(&secret.hidden) } else { Leaks::of(&secret.hidden) };
    let mut faults = Vec::new();
    for (place, format) in formats.iter().enumerate().filter(|(_, format)| format.is_for(secret)) {
        if secret.r#as == As::Shape && !(place + turn).is_multiple_of(3) {
            continue;
        }
        let Some(paste) = format.with(secret) else { continue };
        let holds = leaks.first(&paste).is_some();
        assert!(holds || !secret.is_plain(), "{} does not hold the secret at all: {paste}", format.name);
        let masked = redact::mask(&paste).text;
        if let Some(piece) = leaks.first(&masked) {
            faults.push(format!("{}, {}: shows {piece} in\n{masked}", secret.kind, format.name));
        }
        if redact::mask(&masked).text != masked {
            faults.push(format!("{}, {}: changes when masked again:\n{masked}", secret.kind, format.name));
        }
    }
    faults
}

#[test]
fn every_secret_is_masked_in_every_format_and_masking_again_changes_nothing() {
    let (formats, secrets) = (formats(), secrets());
    let every_second = |first: usize| -> Vec<String> {
        let secrets = secrets.iter().enumerate().skip(first).step_by(2);
        secrets.flat_map(|(turn, secret)| faults(turn, secret, &formats)).collect()
    };
    let faults = std::thread::scope(|scope| {
        let others = scope.spawn(|| every_second(1));
        let mut faults = every_second(0);
        faults.extend(others.join().expect("the other half"));
        faults
    });
    assert!(faults.is_empty(), "{} faults\n\n{}", faults.len(), faults[..faults.len().min(20)].join("\n"));
}

#[test]
fn ordinary_things_stay_as_they_are() {
    let mut changed = Vec::new();
    for thing in things() {
        for text in &thing.texts {
            let in_text = format!("It fails since Monday.\n{text}\nWhat is wrong?\n");
            for paste in [text, &in_text] {
                let masked = redact::mask(paste).text;
                if masked != **paste {
                    changed.push(format!("{}: {text}\n  became {masked}", thing.name));
                }
            }
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

/// What is answered to a paste that comes as a file.
fn uploaded(app: &TestApp, paste: &str) -> Answer {
    let part = "Content-Disposition: form-data; name=\"file\"; filename=\"paste.log\"";
    let body = format!("--401\r\n{part}\r\nContent-Type: text/plain\r\n\r\n{paste}\r\n--401--\r\n");
    app.post_bytes("/diagnose", "multipart/form-data; boundary=401", body.as_bytes())
}

#[test]
fn no_secret_in_any_format_comes_back_through_any_door() {
    let app = shared();
    let mut shown = Vec::new();
    for (paste, hidden) in pastes() {
        let leaks = Leaks::of(&hidden);
        let json = serde_json::json!({ "text": paste }).to_string();
        let mut doors = vec![
            ("page", app.post_form("/diagnose", &[("text", &paste)])),
            ("upload", uploaded(&app, &paste)),
            ("text", app.send("POST", "/diagnose", "text/plain", &paste)),
            ("JSON", app.send("POST", "/api/v1/diagnose", "application/json", &json)),
        ];
        let permalink = doors[3].1.json()["permalink"].as_str().expect("a permalink").to_owned();
        doors.push(("link", app.get(permalink.strip_prefix(&app.origin).expect("a link to here"))));
        if let Some(piece) = leaks.first(&permalink) {
            shown.push(format!("the link itself shows {piece}: {permalink}"));
        }
        for (door, answer) in &doors {
            assert_eq!(answer.status, 200, "{door} answers {}", answer.body);
            let header = answer.header_lines().join("\n");
            for piece in [leaks.first(&answer.body), leaks.first(&header)].into_iter().flatten() {
                shown.push(format!("{door} shows {piece} of {}", paste.chars().take(60).collect::<String>()));
            }
        }
    }
    assert!(shown.is_empty(), "{}", shown.join("\n\n"));
}

#[test]
fn no_secret_is_kept_in_a_comment_or_shown_under_its_article() {
    let app = TestApp::start();
    let pastes = pastes();
    let all: Vec<String> = pastes.iter().flat_map(|(_, hidden)| hidden.iter().cloned()).collect();
    let leaks = Leaks::of(&all);
    // As much as one comment may hold goes into each.
    let mut bodies = vec![String::new()];
    for (paste, _) in pastes.iter().filter(|(paste, _)| paste.chars().count() < 7_000) {
        if bodies.last().is_none_or(|last| last.chars().count() + paste.chars().count() > 7_900) {
            bodies.push(String::new());
        }
        bodies.last_mut().expect("one").push_str(paste);
    }
    let author = format!("ghp_{}", &all.iter().find(|one| one.len() == 36).expect("a token's length"));
    let mut shown = Vec::new();
    for (place, body) in bodies.iter().filter(|body| !body.is_empty()).enumerate() {
        // Nobody may post so much in so short a time.
        app.pass(86_400);
        let author = if place == 0 { author.as_str() } else { "Ada" };
        let sent = serde_json::json!({ "author": author, "body": body, "outcome": "note" }).to_string();
        let answer = app.send("POST", COMMENTS_ON, "application/json", &sent);
        assert_eq!(answer.status, 201, "{}", answer.body);
        let form = [("body", body.as_str()), ("author", author), ("outcome", "note"), ("action", "preview")];
        let preview = app.post_form("/articles/clock-skew/comments", &form);
        for (door, answer) in [("the answer", &answer), ("the preview", &preview)] {
            shown.extend(leaks.first(&answer.body).map(|piece| format!("{door} shows {piece}")));
        }
    }
    let pages = [
        COMMENTS_ON,
        "/articles/clock-skew",
        "/comments",
        "/feed.atom",
        "/articles/clock-skew/feed.atom",
        "/",
    ];
    for page in pages {
        let answer = app.get(page);
        assert_eq!(answer.status, 200, "{page}");
        shown.extend(leaks.first(&answer.body).map(|piece| format!("{page} shows {piece}")));
    }
    assert!(app.get(COMMENTS_ON).body.contains("[masked]"), "the comments are there");
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

/// The program in an empty folder, with no setting of this shell.
fn program(folder: &std::path::Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fix401"));
    command.args(arguments).current_dir(folder).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn no_secret_is_printed_at_a_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let pastes = pastes();
    let hidden: Vec<String> = pastes.iter().flat_map(|(_, hidden)| hidden.iter().cloned()).collect();
    let leaks = Leaks::of(&hidden);
    let all: String = pastes.iter().map(|(paste, _)| paste.as_str()).collect();
    for arguments in [&["diagnose"][..], &["diagnose", "--json"]] {
        let mut child = program(folder.path(), arguments).spawn().expect("the program starts");
        child.stdin.take().expect("it is piped").write_all(all.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("[masked"), "{said}");
        assert_eq!(leaks.first(&said), None, "{arguments:?}");
    }
}

#[test]
fn no_secret_is_logged_however_much_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = program(folder.path(), &["--listen", "127.0.0.1:0", "--log", "trace"])
        .spawn()
        .expect("the program starts");
    let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
    // What is logged is read on the side, so that a full pipe stops nobody.
    let mut errors = child.stderr.take().expect("it is piped");
    let log = std::thread::spawn(move || {
        let mut log = Vec::new();
        errors.read_to_end(&mut log).map(|_| String::from_utf8_lossy(&log).into_owned())
    });
    let mut first = String::new();
    out.read_line(&mut first).expect("a line");
    let url =
        first.split_whitespace().find(|word| word.starts_with("http://")).expect("an address").to_owned();
    let pastes = pastes();
    for (paste, _) in pastes.iter().step_by(5) {
        let form: [(&str, &str); 1] = [("text", paste)];
        let page =
            ureq::post(format!("{url}/diagnose")).header("Sec-Fetch-Site", "same-origin").send_form(form);
        assert_eq!(page.expect("an answer").status(), 200);
        let json = serde_json::json!({ "text": paste }).to_string();
        let api = ureq::post(format!("{url}/api/v1/diagnose")).content_type("application/json").send(&json);
        assert_eq!(api.expect("an answer").status(), 200);
        let body: String = paste.chars().take(6_000).collect();
        let comment = serde_json::json!({ "body": body, "outcome": "note" }).to_string();
        let sent = ureq::post(format!("{url}{COMMENTS_ON}")).config().http_status_as_error(false).build();
        sent.content_type("application/json").send(&comment).expect("an answer");
        let query: String = url_escaped(paste.lines().next().unwrap_or_default());
        ureq::get(format!("{url}/search?q={query}")).call().expect("an answer");
    }
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    assert!(asked.success() && child.wait().expect("it ends").success());
    let log = log.join().expect("the log is read").expect("the log is read");
    assert!(log.contains("route=\"/diagnose\""), "{log}");
    let hidden: Vec<String> =
        pastes.iter().step_by(5).flat_map(|(_, hidden)| hidden.iter().cloned()).collect();
    // A short password may be a word of the log; what gives a secret away is long.
    let leaks = Leaks::of(hidden.iter().filter(|one| one.len() >= 12));
    assert_eq!(leaks.first(&log), None);
}

fn url_escaped(text: &str) -> String {
    text.bytes().take(600).map(|byte| format!("%{byte:02x}")).collect()
}
