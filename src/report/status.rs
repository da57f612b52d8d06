//! Status codes wherever they are named: in status lines, logs and prose. Looks at what stands around a number to tell a
//! status from a port, a year, a count or a line number. Knows nothing of what a code means.

use super::{Span, Status};

/// More codes than this are not read.
const LIMIT: usize = 256;
/// So much is looked at on either side of a number.
const BEFORE: usize = 28;
const AFTER: usize = 36;

/// Codes that people write alone and mean a status with: in a report about a 401 nothing else is likely.
const ALONE: [u16; 6] = [401, 403, 407, 419, 429, 498];

/// What stands before a status code.
const LEADS: [&str; 22] = [
    "http",
    "status",
    "statuscode",
    "status_code",
    "status code",
    "code",
    "http_code",
    "error",
    "errors",
    "response",
    "responded with",
    "returns",
    "returned",
    "return",
    "got",
    "gets",
    "get",
    "gives",
    "with",
    "a",
    "an",
    "the",
];

/// Reason phrases, and the words that follow a status in prose.
const TRAILS: [&str; 16] = [
    "unauthorized",
    "unauthorised",
    "forbidden",
    "error",
    "response",
    "status",
    "authorization required",
    "proxy authentication",
    "not found",
    "bad request",
    "internal server",
    "too many requests",
    "client error",
    "ok",
    "method not allowed",
    "service unavailable",
];

/// What follows a number that is a count, and what stands before one that is a place.
const UNITS: [&str; 24] = [
    "px",
    "ms",
    "s ",
    "%",
    "mb",
    "kb",
    "gb",
    "bytes",
    "rows",
    "lines",
    "users",
    "items",
    "times",
    "days",
    "hours",
    "minutes",
    "seconds",
    "requests per",
    "records",
    "files",
    "commits",
    "stars",
    "st ",
    "k ",
];
const PLACES: [&str; 8] = ["port", "line", "page", "issue", "row", "pid", "chapter", "section"];

/// Every status code that a text names, in order.
pub(super) fn all(text: &str) -> Vec<Status> {
    let bytes = text.as_bytes();
    let mut statuses = Vec::new();
    let mut at = 0;
    while at < bytes.len() && statuses.len() < LIMIT {
        if !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
            continue;
        }
        let digits =
            bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let span = Span::new(at, at + digits);
        at = span.end;
        if digits != 3 {
            continue;
        }
        let Some(code) = text.get(span.range()).and_then(|code| code.parse::<u16>().ok()) else { continue };
        if (100..600).contains(&code) && is_status(text, span, code) {
            statuses.push(Status { code, span });
        }
    }
    statuses
}

fn is_status(text: &str, span: Span, code: u16) -> bool {
    let from = text.ceil_char_boundary(span.start.saturating_sub(BEFORE));
    let before = text.get(from..span.start).unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default().to_ascii_lowercase();
    let to = text.floor_char_boundary((span.end + AFTER).min(text.len()));
    let after = text.get(span.end..to).unwrap_or_default();
    let after = after.split('\n').next().unwrap_or_default().to_ascii_lowercase();
    let last = before.chars().next_back();
    let next = after.chars().next();

    // Part of a longer word or number: 8401, 1.401, 401.5, v401, /401/, #401, $401.
    let npm = last == Some('e')
        && before.trim_end_matches('e').chars().next_back().is_none_or(|char| !char.is_alphanumeric());
    if !npm
        && last.is_some_and(|char| {
            char.is_alphanumeric()
                || matches!(char, '.' | '#' | '$' | '/' | '_' | '@' | '€' | '£' | '%' | '+')
        })
    {
        return false;
    }
    if next.is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | '%' | '/' | '@')) {
        return false;
    }
    let digit_follows = |rest: &str| rest.chars().nth(1).is_some_and(|char| char.is_ascii_digit());
    if matches!(next, Some('.' | ',' | ':' | '-')) && digit_follows(&after) {
        // IIS names substatuses: 401.1, 401.2.
        return next == Some('.')
            && matches!(code, 401 | 403 | 407)
            && after.chars().nth(2).is_none_or(|char| !char.is_ascii_digit() && char != '.');
    }
    // A date, a range, a telephone number, host:401, file.rs:401.
    let before_last = before.chars().rev().nth(1);
    if matches!(last, Some('-' | ',')) && before_last.is_some_and(|char| char.is_ascii_digit()) {
        return false;
    }
    let word = before.trim_end_matches(|char: char| !char.is_alphanumeric() && char != '_');
    let gap = before.get(word.len()..).unwrap_or_default();
    let lead = LEADS.iter().any(|lead| {
        word.strip_suffix(lead)
            .is_some_and(|rest| rest.chars().next_back().is_none_or(|char| !char.is_alphanumeric()))
    }) || word.ends_with("statuscode");
    if last == Some(':') && !lead {
        return false;
    }
    if PLACES.iter().any(|place| word.ends_with(place)) && gap.len() <= 3 {
        return false;
    }
    let tail = after.trim_start_matches([' ', ':', '-', '"', '\'', ')', ']', '(', '[']);
    let trail = TRAILS.iter().any(|trail| tail.starts_with(trail));
    if trail || npm {
        return true;
    }
    let rest = after.trim_start_matches([' ', '-']);
    let counted = UNITS.iter().any(|unit| rest.starts_with(unit));
    // A status line or an access log: the version of HTTP stands right before the number.
    let version = before.trim_end_matches([' ', '"']).rsplit_once("http/").map(|(_, version)| version);
    if version.is_some_and(|version| {
        version.len() <= 3 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    }) {
        return true;
    }
    if counted {
        return false;
    }
    let strong = ["http", "status", "statuscode", "status_code", "status code", "http_code"];
    if strong.iter().any(|lead| word.ends_with(lead)) && gap.len() <= 8 {
        return true;
    }
    if ALONE.contains(&code) {
        return true;
    }
    // Other codes need a word that announces a status, and a class that answers have.
    lead && code >= 200
        && ["code", "error", "response", "responded with", "returns", "returned"]
            .iter()
            .any(|lead| word.ends_with(lead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[u16]) {
        let codes: Vec<u16> = all(text).into_iter().map(|status| status.code).collect();
        assert_eq!(codes, expected, "{text}");
    }

    #[test]
    fn statuses_are_seen_in_every_writing() {
        check("HTTP/1.1 401 Unauthorized", &[401]);
        check("I get a 401.", &[401]);
        check("StatusCode=401 -- Original Error", &[401]);
        check("Status Code = '401'", &[401]);
        check(r#"{"status":401,"error":"x"}"#, &[401]);
        check("HTTP status 401, then HTTP 403", &[401, 403]);
        check("(401) Unauthorized", &[401]);
        check("[401]", &[401]);
        check("npm ERR! code E401", &[401]);
        check("response code 500", &[500]);
        check("HTTP Error 401.2 - Unauthorized", &[401]);
        check("failed with 407 Proxy Authentication Required", &[407]);
        check("\"GET / HTTP/1.1\" 401 381", &[401]);
        check("The status line is HTTP/2 200", &[200]);
        check("Request failed with status code 401", &[401]);
        check("first 200 OK, then 401", &[200, 401]);
    }

    #[test]
    fn other_numbers_are_no_statuses() {
        check("localhost:401 and port 401", &[]);
        check("in 2019 we had 8401 users", &[]);
        check("takes 401 ms for 401 users", &[]);
        check("issue #401, line 401, v401, 1.401, 401.55", &[]);
        check("file.rs:401:12", &[]);
        check("192.168.401.1 +49-401-555", &[]);
        check("we have 200 machines and 500 tests", &[]);
    }
}
