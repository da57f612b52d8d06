//! How long a diagnosis takes, by what is pasted and how much of it: `cargo bench --bench diagnose`.
//!
//! The texts are made up here from a seed, so that two runs read the same. What is measured is what a request costs between
//! the body and the answer's first letter: reading the paste, findings, ranking, questions, masks.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fix401::app::open_site;
use fix401::diagnosis::Input;
use jiff::Timestamp;

/// Numbers that look random and are the same in every run (a linear congruential generator, Knuth's constants).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn letters(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        (0..length).map(|_| char::from(LETTERS[self.roll(LETTERS.len())])).collect()
    }
}

/// What one person would send at two in the morning: a story, the exchange, some of the log, the body. About 4 KB.
fn a_report() -> String {
    let story = "Since this morning our nightly export fails with 401 Unauthorized. It worked for months and nobody changed \
                 the code, only the token was renewed in the vault last week and the container was moved to another host. \
                 The same request works in Postman on my laptop with the same token, as far as I can tell. \
                 Restarting the service makes it work again for about an hour. What could it be?\n\n";
    let mut text = story.to_owned();
    text += &curl(1_400);
    text += "\n\nThis is in the log of the gateway:\n\n";
    text += &log(1_300);
    text += "\n\n```json\n{\"error\": \"invalid_token\", \"error_description\": \"The access token expired\", \"status\": 401}\n```\n";
    text += "We also tried another account, a new token from the portal and a direct call without the proxy. The direct call \
             gives a different message, see above. The clock of the new host looks right to me but I have not compared it \
             with anything. The client is a Java service with Spring, the server is nginx in front of a Node API.\n";
    whole(text, 4_096)
}

fn curl(length: usize) -> String {
    let mut dice = Dice(1);
    let mut text = String::new();
    let mut item = 0;
    while text.len() < length {
        item += 1;
        let token = dice.letters(32);
        let _ = write!(
            text,
            "* Connected to api.example.com (192.0.2.7) port 443\n> GET /v1/items/{item} HTTP/1.1\n> Host: api.example.com\n\
             > User-Agent: curl/8.5.0\n> Accept: */*\n> Authorization: Bearer {token}\n>\n< HTTP/1.1 401 Unauthorized\n\
             < Date: Fri, 20 Nov 2026 12:00:00 GMT\n< Content-Type: application/json\n\
             < WWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\", error_description=\"The token expired\"\n\
             < Content-Length: 51\n<\n{{\"error\":\"invalid_token\",\"message\":\"token expired\"}}\n\
             * Connection #0 to host api.example.com left intact\n\n"
        );
    }
    whole(text, length)
}

fn log(length: usize) -> String {
    let mut dice = Dice(2);
    let mut text = String::new();
    let mut line = 0;
    while text.len() < length {
        line += 1;
        let (minute, second, bytes) = (line / 60 % 60, line % 60, dice.roll(9_000));
        let status = [200, 200, 200, 304, 404, 401][dice.roll(6)];
        let _ = match line % 3 {
            0 => writeln!(
                text,
                "2026-11-20 12:{minute:02}:{second:02},123 WARN [exec-{}] BearerTokenFilter : An error occurred while \
                 attempting to decode the Jwt: Jwt expired at 2026-11-20T11:00:00Z",
                line % 10
            ),
            _ => writeln!(
                text,
                "192.0.2.{} - - [20/Nov/2026:12:{minute:02}:{second:02} +0000] \"GET /api/v1/items/{line} HTTP/1.1\" \
                 {status} {bytes} \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"",
                line % 250
            ),
        };
    }
    whole(text, length)
}

fn prose(length: usize) -> String {
    const WORDS: &str = "the a I we it is was when after to from with request page user server login works fails sometimes \
                         again button screen list order customer invoice report value table column morning because deploy \
                         started weekend team colleague changed nothing logs show reply token header expired password";
    let mut dice = Dice(3);
    let words: Vec<&str> = WORDS.split(' ').collect();
    let mut text = String::from("I get a 401 Unauthorized. ");
    while text.len() < length {
        for _ in 0..6 + dice.roll(12) {
            text += words[dice.roll(words.len())];
            text.push(' ');
        }
        text += ". ";
    }
    whole(text, length)
}

/// A browser's archive as it comes: one request in twenty refused, a good part of the bytes in pictures.
fn har(length: usize) -> String {
    let mut dice = Dice(4);
    let mut entries: Vec<serde_json::Value> = Vec::new();
    let mut bytes = 0;
    while bytes < length {
        let item = entries.len();
        let status = if item % 20 == 3 { 401 } else { 200 };
        let (kind, body) = match (item % 4, status) {
            (_, 401) => ("application/json", "{\"error\":\"invalid_token\"}".to_owned()),
            (0, _) => ("image/png", dice.letters((length / 20).clamp(80, 20_000))),
            (1, _) => (
                "application/json",
                format!("[{}0]", "{\"name\":\"item\",\"user\":\"u\",\"ok\":true},".repeat(50)),
            ),
            _ => {
                ("text/html", format!("<html><body>{}</body></html>", "<p>Sign in to go on.</p>".repeat(20)))
            }
        };
        let pairs = |pairs: &[(&str, &str)]| -> Vec<serde_json::Value> {
            pairs.iter().map(|(name, value)| serde_json::json!({"name": name, "value": value})).collect()
        };
        let (token, session) =
            (format!("Bearer {}", dice.letters(40)), format!("session={}", dice.letters(32)));
        let entry = serde_json::json!({
            "startedDateTime": "2026-11-20T12:00:00.000Z", "time": 12.5,
            "request": {
                "method": "GET", "url": format!("https://app.example.com/api/items/{item}?page={item}"),
                "httpVersion": "HTTP/2", "queryString": pairs(&[("page", "1")]), "cookies": [],
                "headers": pairs(&[(":authority", "app.example.com"), ("accept", "*/*"), ("authorization", &token),
                    ("cookie", &session), ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")]),
                "headersSize": -1, "bodySize": 0,
            },
            "response": {
                "status": status, "statusText": "", "httpVersion": "HTTP/2", "cookies": [],
                "headers": pairs(&[("content-type", kind), ("date", "Fri, 20 Nov 2026 12:00:00 GMT"), ("cache-control", "no-store")]),
                "content": {"size": body.len(), "mimeType": kind, "text": body}, "redirectURL": "", "headersSize": -1, "bodySize": -1,
            },
            "cache": {}, "timings": {"send": 0.1, "wait": 11.2, "receive": 0.3},
        });
        bytes += entry.to_string().len();
        entries.push(entry);
    }
    serde_json::json!({"log": {"version": "1.2", "creator": {"name": "Firefox", "version": "140"}, "entries": entries}})
        .to_string()
}

/// Makes a text of so many bytes.
type Maker = fn(usize) -> String;

/// The text, cut at `length`; every text here is ASCII.
fn whole(mut text: String, length: usize) -> String {
    text.truncate(length);
    text
}

fn diagnose(criterion: &mut Criterion) {
    let site = open_site(None).expect("the content in the program is good");
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().expect("a time");
    let diagnosed = |text: &str| site.diagnoser.diagnose(&Input { text, ..Input::default() }, now);

    let report = a_report();
    criterion.bench_function("report of 4 KB", |bench| bench.iter(|| diagnosed(black_box(&report))));

    let texts: [(&str, Maker); 4] = [("prose", prose), ("curl -v", curl), ("log", log), ("HAR", har)];
    for (name, text) in texts {
        let mut group = criterion.benchmark_group(name);
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(2));
        for length in [1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
            let text = text(length);
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_with_input(BenchmarkId::from_parameter(length), &text, |bench, text| {
                bench.iter(|| diagnosed(black_box(text)));
            });
        }
    }
}

criterion_group!(benches, diagnose);
criterion_main!(benches);
