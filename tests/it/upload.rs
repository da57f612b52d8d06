//! Files for the diagnosis: answered like a paste, shown by excerpts, bounded in size and number, and kept nowhere.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use crate::support::{Answer, TestApp, shared, text_of};

const BOUNDARY: &str = "----a-part-begins-here";

/// Sends the form as a browser does when a file is chosen.
#[track_caller]
fn attach(app: &TestApp, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"page.har\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    app.post_bytes("/diagnose", &format!("multipart/form-data; boundary={BOUNDARY}"), &body)
}

/// An archive with a preflight that is refused, among so many lines of other entries.
fn archive(other: usize) -> String {
    // What pages load is most of an archive.
    let loaded = "nothing to see here ".repeat(300);
    let entry = |method: &str, path: &str, status: u16| {
        let loaded = if status == 200 { &loaded } else { "" };
        format!(
            "{{\n\"request\": {{\n\"method\": \"{method}\",\n\"url\": \"https://api.acme.example/{path}\",\n\"headers\": [{{\"name\": \"Cookie\", \"value\": \"sid=c0ffee{path}c0ffee\"}}]\n}},\n\"response\": {{\n\"status\": {status},\n\"content\": {{\"text\": \"{loaded}\"}},\n\"headers\": []\n}}\n}}"
        )
    };
    let others = (0..other).map(|index| entry("GET", &format!("filler/{index}"), 200));
    let entries: Vec<String> = others.chain([entry("OPTIONS", "users", 401)]).collect();
    format!("{{\"log\": {{\"entries\": [\n{}\n]}}}}", entries.join(",\n"))
}

fn permalink(answer: &Answer) -> String {
    let link = answer.body.split("class=\"address\" href=\"").nth(1).unwrap_or_default();
    link.split('"').next().unwrap_or_default().to_owned()
}

fn hidden(page: &str, name: &str) -> Vec<String> {
    let form = page.split("id=\"form\"").nth(1).expect("the form");
    let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    form.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn a_file_is_answered_like_the_same_text_in_the_field() {
    let app = shared();
    let archive = archive(3);
    let pasted = app.post_form("/diagnose", &[("text", &archive)]);
    let attached = attach(&app, &[("text", "")], archive.as_bytes());
    assert_eq!((pasted.status, attached.status), (200, 200));
    assert!(permalink(&attached).contains("f=cors.options-refused"), "{}", permalink(&attached));
    assert_eq!(permalink(&attached), permalink(&pasted));
    assert!(!attached.body.contains("c0ffee"), "a cookie is shown");
}

#[test]
fn words_in_the_field_go_before_the_file() {
    let answer =
        attach(&shared(), &[("text", "It works in Postman, not in the browser.")], archive(1).as_bytes());
    let link = permalink(&answer);
    assert!(link.contains("f=circumstance.fails-only-in-browser"), "{link}");
    assert!(link.contains("f=cors.options-refused"), "{link}");
}

#[test]
fn of_a_large_file_only_the_lines_that_matter_come_back() {
    let app = TestApp::start();
    let archive = archive(400);
    assert!(archive.len() > 2 << 20);
    let answer = attach(&app, &[("text", "")], archive.as_bytes());
    assert_eq!(answer.status, 200);
    let size = answer.decoded().len();
    assert!(size < 150_000, "{size} bytes come back");
    let shown = text_of(&answer.body);
    assert!(shown.contains("The lines that matter") && shown.contains("lines left out"), "{shown}");
    let line = archive.lines().position(|line| line.contains("OPTIONS")).expect("it is there") + 1;
    assert!(
        answer.body.contains(&format!("<span class=\"at\" aria-hidden=\"true\">{line}</span>")),
        "{line}"
    );
    assert!(shown.contains("The file was not kept"), "{shown}");
    assert!(answer.body.contains("<textarea class=\"paste\""), "the form is there");
    assert!(!answer.body.contains("filler/17\""), "the rest is not");
}

#[test]
fn what_was_found_in_a_file_goes_along_and_gives_way_to_another_file() {
    let app = shared();
    let first = attach(&app, &[("text", "")], archive(1).as_bytes());
    let found = hidden(&first.body, "found");
    assert!(found.contains(&"cors.options-refused".to_owned()), "{found:?}");
    let carried: Vec<(&str, &str)> = found.iter().map(|id| ("found", id.as_str())).collect();
    let again =
        app.post_form("/diagnose", &[&[("text", ""), ("q.client", "browser")], &carried[..]].concat());
    assert!(permalink(&again).contains("f=cors.options-refused"), "{}", permalink(&again));
    let other = b"< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n";
    let other = attach(&app, &[&[("text", "")], &carried[..]].concat(), other);
    assert!(!permalink(&other).contains("cors.options-refused"), "{}", permalink(&other));
}

#[test]
fn a_form_without_a_file_is_a_form_all_the_same() {
    let answer = attach(&shared(), &[("text", "I get a 401 and jwt expired"), ("q.client", "browser")], b"");
    assert_eq!(answer.status, 200);
    assert!(permalink(&answer).contains("f=answer.browser-script"), "{}", permalink(&answer));
    assert_eq!(hidden(&answer.body, "found"), [""; 0]);
    assert_eq!(attach(&shared(), &[("text", " ")], b"").status, 422, "nothing was sent");
}

#[test]
fn a_file_beyond_the_limit_is_refused_and_the_words_are_kept() {
    let app = TestApp::start_with(|config| config.upload_max = 1 << 20);
    let answer = attach(&app, &[("text", "what I typed")], &vec![b'x'; 3 << 20]);
    assert_eq!(answer.status, 413);
    let shown = text_of(&answer.body);
    assert!(shown.contains("The file is larger than 1 MB."), "{shown}");
    assert!(answer.body.contains("what I typed"));
    assert!(shown.contains("up to 1 MB"), "the form says how large it may be");
    let text = app.send("POST", "/diagnose", "text/plain", &"x".repeat(3 << 20));
    assert_eq!(text.status, 413);
    assert!(text.body.starts_with("That is more than 1 MB."), "{}", text.body);
}

#[test]
fn a_file_that_is_no_text_is_refused_in_words() {
    let answer = attach(&shared(), &[("text", "what I typed")], b"PK\x03\x04\x14\x00\x00\x00\x08\x00");
    assert_eq!(answer.status, 422);
    assert!(text_of(&answer.body).contains("The file is no text."));
    assert!(answer.body.contains("what I typed"));
}

#[test]
fn a_file_as_powershell_writes_it_is_read() {
    let wide: Vec<u8> = "\u{feff}HTTP/1.1 401 Unauthorized\r\n\r\njwt expired"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let answer = attach(&shared(), &[("text", "")], &wide);
    assert!(answer.body.contains("<mark>jwt expired</mark>"), "{}", text_of(&answer.body));
}

#[test]
fn a_form_that_breaks_off_is_refused() {
    let app = shared();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    for body in
        ["", "nonsense", &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n401")]
    {
        let answer = app.post_bytes("/diagnose", &kind, body.as_bytes());
        assert!((400..500).contains(&answer.status), "{} to {body:?}", answer.status);
    }
    assert!((400..500).contains(&app.post_bytes("/diagnose", "multipart/form-data", b"x").status));
}

/// Whether any file of a folder has these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).expect("a folder").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        let content = std::fs::read(&path).unwrap_or_default();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn nothing_of_a_file_is_left_on_the_disk() {
    let app = TestApp::start();
    let answer = attach(&app, &[("text", "")], archive(400).as_bytes());
    assert_eq!(answer.status, 200);
    assert!(!holds(app.data.path(), b"acme.example"));
}

#[test]
fn the_api_takes_an_archive_as_text() {
    let app = TestApp::start();
    let archive = archive(400);
    let body = serde_json::json!({ "text": archive, "limit": 1 }).to_string();
    let answer = app.send("POST", "/api/v1/diagnose", "application/json", &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let found = answer.json()["findings"].as_array().expect("findings").clone();
    assert!(found.iter().any(|finding| finding["id"] == "cors.options-refused"), "{found:?}");
}

/// Begins to send a large body, and waits until the server has begun to read it.
fn begin(app: &TestApp) -> TcpStream {
    let address = app.origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let head = format!(
        "POST /diagnose HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        8 << 20
    );
    stream.write_all(head.as_bytes()).expect("it is sent");
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
fn there_is_room_for_a_few_large_bodies_at_a_time_and_a_paste_needs_none() {
    let app = TestApp::start();
    let begun: Vec<TcpStream> = (0..4).map(|_| begin(&app)).collect();
    let large = "nothing to see here\n".repeat(400_000);
    let refused = app.send("POST", "/diagnose", "text/plain", &large);
    assert_eq!((refused.status, refused.header("retry-after")), (503, "30"));
    assert!(refused.body.starts_with("Too many large files at once."), "{}", refused.body);
    let refused = attach(&app, &[("text", "")], large.as_bytes());
    assert_eq!((refused.status, refused.header("retry-after")), (503, "30"));
    let body = serde_json::json!({ "text": large }).to_string();
    let refused = app.send("POST", "/api/v1/diagnose", "application/json", &body);
    assert_eq!((refused.status, refused.header("retry-after")), (503, "30"));
    assert_eq!(refused.json()["type"], "/api#problem-busy");
    assert_eq!(app.send("POST", "/diagnose", "text/plain", "jwt expired").status, 200);
    drop(begun);
}
