//! Log lines that tell of a request and its answer: the access logs of servers, proxies and gateways, and what HTTP
//! libraries log. Knows where each writes method, path, status and user; a line that is none of these is left to others.

use super::raw::METHODS;

/// A line is known by its beginning; what a very long one goes on to say is not looked at.
const HEAD: usize = 2000;

/// What one line of a log tells of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'l> {
    pub method: &'l str,
    pub target: &'l str,
    pub status: &'l str,
    pub user: Option<&'l str>,
}

/// What has to be known from earlier lines to read the next.
#[derive(Default)]
pub(super) struct Context<'t> {
    /// The columns that a `#Fields:` line names (W3C Extended Log File Format).
    columns: Vec<&'t str>,
    /// The request that Rails said it started, until it says how it completed.
    started: Option<(&'t str, &'t str)>,
}

impl<'t> Context<'t> {
    /// What this line tells of a request, if anything.
    pub fn entry(&mut self, line: &'t str) -> Option<Entry<'t>> {
        if let Some(names) = line.strip_prefix("#Fields:") {
            self.columns = names.split_ascii_whitespace().take(64).collect();
            return None;
        }
        let line = line.get(..line.floor_char_boundary(HEAD))?;
        if !self.columns.is_empty() && line.starts_with(|char: char| char.is_ascii_digit()) {
            return self.columned(line);
        }
        if let Some(rest) = line.trim_start().strip_prefix("Completed ") {
            let (method, target) = self.started.take()?;
            return Some(Entry { method, target, status: code(rest.split(' ').next()?)?, user: None });
        }
        if !METHODS.iter().any(|method| line.contains(method)) {
            return logfmt(line);
        }
        if let Some(at) = line.find("Started ") {
            let (method, rest) = line.get(at + 8..)?.split_once(" \"")?;
            let (target, _) = rest.split_once("\" for ")?;
            self.started = METHODS.contains(&method).then_some((method, target));
            return None;
        }
        SHAPES.iter().find_map(|shape| shape(line))
    }

    fn columned(&self, line: &'t str) -> Option<Entry<'t>> {
        let values: Vec<&str> = line.split_ascii_whitespace().take(self.columns.len()).collect();
        let column = |name: &str| {
            let at = self.columns.iter().position(|column| *column == name)?;
            values.get(at).copied()
        };
        Some(Entry {
            method: column("cs-method")?,
            target: column("cs-uri-stem").or_else(|| column("cs-uri"))?,
            status: code(column("sc-status")?)?,
            user: column("cs-username").filter(|user| *user != "-"),
        })
    }
}

/// How lines look; the surest first.
const SHAPES: [fn(&str) -> Option<Entry<'_>>; 9] =
    [quoted, httpx, got, oauth2_proxy, squid, gin, aspnet, bare, logfmt];

/// A status code.
fn code(word: &str) -> Option<&str> {
    let shaped = word.len() == 3 && word.starts_with(['1', '2', '3', '4', '5']);
    (shaped && word.bytes().all(|byte| byte.is_ascii_digit())).then_some(word)
}

fn method(word: &str) -> Option<&str> {
    METHODS.contains(&word).then_some(word)
}

/// `"GET /v1/me HTTP/1.1"` with the status after it (nginx, Apache, Traefik, Envoy, uvicorn, Django, gunicorn) or, as HAProxy
/// and the load balancers of AWS have it, before it.
fn quoted(line: &str) -> Option<Entry<'_>> {
    let mut from = 0;
    for _ in 0..6 {
        let open = from + line.get(from..)?.find('"')?;
        let inner = line.get(open + 1..)?;
        let end = inner.find('"')?;
        from = open + end + 2;
        let mut words = inner.get(..end)?.split(' ');
        let (Some(method), Some(target)) = (words.next().and_then(method), words.next()) else { continue };
        let version = words.next().is_none_or(|version| version.starts_with("HTTP/"));
        if !version || target.is_empty() {
            continue;
        }
        let before = line.get(..open)?;
        let after = line.get(from..)?.trim_start_matches(['"', ' ', '-', ':']);
        let status = after.split([' ', ',']).next().and_then(code).or_else(|| before_request(before))?;
        return Some(Entry { method, target, status, user: user(before) });
    }
    None
}

/// The status of a line that has it before the request.
fn before_request(before: &str) -> Option<&str> {
    let words: Vec<&str> = before.split_ascii_whitespace().take(40).collect();
    // HAProxy: after the timers, as in `0/0/12/3/15 401 250`.
    let timed = words.windows(2).find_map(|pair| match pair {
        [timers, status] if timers.split('/').count() >= 4 && timers.starts_with(['0', '-', '1', '2']) => {
            code(status)
        }
        _ => None,
    });
    // The application load balancer of AWS: what the client got is the ninth word.
    let balanced =
        ["http", "https", "h2", "ws", "wss", "grpcs"].iter().any(|kind| words.first() == Some(kind));
    timed.or_else(|| words.get(8).filter(|_| balanced).and_then(|word| code(word)))
}

/// The user of the common log format: the word before the time in brackets, when two others stand before it.
fn user(before: &str) -> Option<&str> {
    let head = before.get(..before.find(" [")?)?;
    let words: Vec<&str> = head.split_ascii_whitespace().take(6).collect();
    words.last().copied().filter(|user| words.len() >= 3 && *user != "-")
}

/// `HTTP Request: GET https://… "HTTP/1.1 401 Unauthorized"`, as httpx logs it.
fn httpx(line: &str) -> Option<Entry<'_>> {
    let rest = line.get(line.find("HTTP Request: ")? + 14..)?;
    let mut words = rest.split(' ');
    let (method, target) = (method(words.next()?)?, words.next()?);
    words.next()?.starts_with("\"HTTP/").then_some(())?;
    Some(Entry { method, target, status: code(words.next()?)?, user: None })
}

/// `Request failed with status code 401 (Unauthorized): GET https://…`, as got says it.
fn got(line: &str) -> Option<Entry<'_>> {
    let rest = line.get(line.find("with status code ")? + 17..)?;
    let (status, rest) = rest.split_once(' ')?;
    let mut words = rest.split_once("): ")?.1.split(' ');
    let method = method(words.next()?)?;
    Some(Entry { method, target: words.next()?.trim_end(), status: code(status)?, user: None })
}

/// `… app.example.com GET - "/oauth2/auth" HTTP/1.1 "agent" 401 13 0.000`.
fn oauth2_proxy(line: &str) -> Option<Entry<'_>> {
    let (before, rest) = line.split_once(" \"/")?;
    let mut words = before.rsplit(' ');
    let (_, method) = (words.next()?, method(words.next()?)?);
    let (_, rest) = rest.split_once("\" HTTP/")?;
    let start = before.len() + 2;
    let target = line.get(start..start + line.get(start..)?.find('"')?)?;
    let after = rest.rsplit_once('"')?.1;
    Some(Entry { method, target, status: code(after.split_ascii_whitespace().next()?)?, user: None })
}

/// `1791201600.123  0 192.0.2.44 TCP_DENIED/407 3518 GET http://… ada HIER_NONE/- text/html`.
fn squid(line: &str) -> Option<Entry<'_>> {
    let words: Vec<&str> = line.split_ascii_whitespace().take(10).collect();
    let [_, _, _, result, _, verb, target, user, hierarchy, ..] = words.as_slice() else { return None };
    let (kind, status) = result.split_once('/')?;
    let shaped = kind.starts_with("TCP_") || kind.starts_with("NONE");
    (shaped && hierarchy.contains('/')).then_some(())?;
    let user = Some(*user).filter(|user| *user != "-");
    Some(Entry { method: method(verb)?, target, status: code(status)?, user })
}

/// `[GIN] 2026/10/05 - 12:00:00 | 401 | 312µs | 192.0.2.44 | GET "/v1/me"`.
fn gin(line: &str) -> Option<Entry<'_>> {
    line.starts_with("[GIN]").then_some(())?;
    let mut columns = line.split('|').map(str::trim);
    let status = code(columns.nth(1)?)?;
    let (verb, target) = columns.nth(2)?.split_once(' ')?;
    Some(Entry { method: method(verb)?, target: target.trim().trim_matches('"'), status, user: None })
}

/// `Request finished HTTP/1.1 GET https://… - 401 0 - 12ms`.
fn aspnet(line: &str) -> Option<Entry<'_>> {
    let rest = line.get(line.find("Request finished HTTP/")? + 22..)?;
    let mut words = rest.split_ascii_whitespace();
    let (_, verb, target) = (words.next()?, words.next()?, words.next()?);
    let status = words.take(5).find_map(code)?;
    Some(Entry { method: method(verb)?, target, status, user: None })
}

/// `GET /v1/me 401 2.3 ms - 12` (morgan, Express), `npm http fetch GET 401 https://…`, `app.js:41 GET https://… 401
/// (Unauthorized)`: after the method a path and then the status, or the other way round.
fn bare(line: &str) -> Option<Entry<'_>> {
    let mut words = line.split_ascii_whitespace().take(24).peekable();
    while let Some(word) = words.next() {
        let Some(method) = method(word.trim_matches(['[', ']', '"', ':', '\''])) else { continue };
        let first = words.next()?.trim_matches('"');
        let addressed = |word: &str| word.starts_with('/') || word.contains("://");
        if addressed(first) {
            let mut next = *words.peek()?;
            if next.starts_with("HTTP/") || matches!(next, "-" | "->" | "=>" | "→") {
                words.next();
                next = *words.peek()?;
            }
            let status = code(next.trim_end_matches([',', ':', ';']))?;
            return Some(Entry { method, target: first, status, user: None });
        }
        let target = words.next().filter(|target| addressed(target))?;
        return Some(Entry { method, target, status: code(first)?, user: None });
    }
    None
}

/// `level=warn method=GET path=/v1/me status=401`, in any order.
fn logfmt(line: &str) -> Option<Entry<'_>> {
    let (mut verb, mut target, mut status, mut user) = (None, None, None, None);
    for word in line.split_ascii_whitespace().take(80) {
        let Some((name, value)) = word.split_once('=') else { continue };
        let value = value.trim_matches('"');
        match name {
            "method" | "http_method" | "request_method" | "verb" => verb = method(value),
            "path" | "uri" | "url" | "request_uri" | "http_path" => target = Some(value),
            "status" | "status_code" | "statusCode" | "code" | "http_status" => status = code(value),
            "user" | "username" | "user_id" => user = Some(value).filter(|user| !matches!(*user, "" | "-")),
            _ => {}
        }
    }
    Some(Entry { method: verb?, target: target?, status: status?, user })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &str, expected: &str) {
        let mut context = Context::default();
        let shown: Vec<String> = lines
            .lines()
            .filter_map(|line| context.entry(line))
            .map(|entry| {
                let user = entry.user.map_or(String::new(), |user| format!(" {user}"));
                format!("{} {} {}{user}", entry.method, entry.target, entry.status)
            })
            .collect();
        assert_eq!(shown.join("\n"), expected, "{lines}");
    }

    #[test]
    fn the_common_format_gives_method_path_status_and_user() {
        check(
            r#"192.0.2.44 - - [05/Oct/2026:12:00:00 +0000] "GET /private/ HTTP/1.1" 401 179"#,
            "GET /private/ 401",
        );
        check(
            r#"192.0.2.44 - ada [05/Oct/2026:12:00:00 +0000] "GET / HTTP/1.1" 401 1 "-" "curl""#,
            "GET / 401 ada",
        );
        check(
            r#"www.example.com:80 192.0.2.44 - ada [05/Oct/2026:12:00:00 +0000] "PUT /x HTTP/2.0" 200 1"#,
            "PUT /x 200 ada",
        );
        check(
            r#"INFO:     192.0.2.44:52044 - "GET /users/me HTTP/1.1" 401 Unauthorized"#,
            "GET /users/me 401",
        );
    }

    #[test]
    fn a_status_before_the_request_is_found_where_the_format_has_it() {
        check(
            r#"192.0.2.44:5204 [05/Oct/2026:12:00:00.000] web api/s1 0/0/12/3/15 401 250 - - LR-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1""#,
            "GET /x 401",
        );
        check(
            r#"https 2026-10-05T12:00:00.1Z app/shop/50 192.0.2.44:2817 10.0.0.1:80 0.086 0.048 0.037 401 401 0 57 "GET https://api.example.com:443/v1/me HTTP/1.1" "curl""#,
            "GET https://api.example.com:443/v1/me 401",
        );
    }

    #[test]
    fn iis_is_read_by_its_columns() {
        check(
            "#Fields: date time cs-method cs-uri-stem cs-username sc-status\n2026-10-05 12:00:00 GET /api CORP\\ada 401",
            "GET /api 401 CORP\\ada",
        );
    }

    #[test]
    fn rails_says_in_two_lines_what_others_say_in_one() {
        check(
            "Started GET \"/api/me\" for 192.0.2.44 at 2026\nProcessing by X\nCompleted 401 Unauthorized in 3ms",
            "GET /api/me 401",
        );
    }

    #[test]
    fn development_servers_and_libraries_are_read() {
        check("GET /passport 401 2.3 ms - 12", "GET /passport 401");
        check(
            "npm http fetch GET 401 https://registry.example.com/x 12ms",
            "GET https://registry.example.com/x 401",
        );
        check(
            r#"[GIN] 2026/10/05 - 12:00:00 | 401 |      312.5µs |      192.0.2.44 | GET      "/v1/me""#,
            "GET /v1/me 401",
        );
        check("time=2026 level=warn method=GET path=/v1/me status=401", "GET /v1/me 401");
        check(
            r#"INFO httpx - HTTP Request: GET https://x.example/a "HTTP/1.1 401 Unauthorized""#,
            "GET https://x.example/a 401",
        );
    }

    #[test]
    fn sentences_are_no_entries() {
        check("`GET /v1/me` gives 401 behind our proxy, and 200 when I ask the service itself.", "");
        check("I call GET /v1/me and it says 401.", "");
        check("request: \"GET /private/ HTTP/1.1\", host: \"www.example.com\"", "");
    }
}
