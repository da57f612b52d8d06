//! What HTTP libraries and tools print when they are told to debug: Apache HttpClient's wire log, OkHttp's logging
//! interceptor, Python's http.client, git's trace of curl, kubectl's round trips. Knows how each marks its lines; the
//! messages themselves are read as raw ones are.

use super::lines::{Cursor, Line};
use super::raw::{Start, field, start, status};
use super::{Header, Headers, Origin, Report, Request, Response, Span, body, log};

/// More lines than this are not one conversation.
const LINES: usize = 400;

/// Where a line belongs, and the part of it that was sent or received.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part<'t> {
    Sent(&'t str),
    Received(&'t str),
    /// A status that stands without its version.
    Status(&'t str),
    /// Something else that the tool says between two messages.
    Note,
}

/// Messages that are being put together from lines.
#[derive(Default)]
struct Messages<'t> {
    request: Option<Request<'t>>,
    response: Option<Response<'t>>,
}

impl<'t> Messages<'t> {
    /// Takes a start line or a field; says whether it was either.
    fn take(&mut self, cursor: &Cursor<'t>, report: &mut Report<'t>, part: Part<'t>) -> bool {
        let (Part::Sent(text) | Part::Received(text) | Part::Status(text)) = part else { return false };
        let span = cursor.piece(text).span;
        if matches!(part, Part::Status(_)) {
            self.finish_response(report);
            self.response = Some(Response { span, status: status(cursor, text), ..Response::default() });
            return true;
        }
        match (start(text), field(text)) {
            (Some(Start::Request { method, target }), _) => {
                self.finish(report);
                let (method, target) = (Some(cursor.piece(method)), Some(cursor.piece(target)));
                self.request =
                    Some(Request { span, method, target, origin: Origin::Wire, ..Request::default() });
            }
            (Some(Start::Response { code }), _) => {
                self.finish_response(report);
                self.response = Some(Response { span, status: status(cursor, code), ..Response::default() });
            }
            (None, Some((name, value))) => {
                let header = Header { name: cursor.piece(name), value: cursor.piece(value) };
                match (part, &mut self.request, &mut self.response) {
                    (Part::Sent(_), Some(Request { headers, span: whole, .. }), None)
                    | (_, _, Some(Response { headers, span: whole, .. })) => {
                        headers.0.push(header);
                        *whole = whole.to(span);
                    }
                    _ => return false,
                }
            }
            (None, None) => return false,
        }
        true
    }

    fn finish(&mut self, report: &mut Report<'t>) {
        if let Some(request) = self.request.take() {
            report.add_sent(request);
        }
        if let Some(response) = self.response.take() {
            report.add_response(response);
        }
    }

    fn finish_response(&mut self, report: &mut Report<'t>) {
        // A second answer without a request in between belongs to no request.
        if self.response.is_some() {
            self.finish(report);
        }
    }
}

/// Reads what one of these libraries printed.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(line) = cursor.line() else { return false };
    for marks in [apache, git, kubectl] {
        if marks(line.text).is_some_and(|part| part != Part::Note) {
            each_line(cursor, report, |line| marks(line).map(|part| vec![part]));
            return true;
        }
    }
    if line.text.starts_with("send: ") || line.text.starts_with("reply: ") {
        each_line(cursor, report, python);
        return true;
    }
    canonical(cursor, report, line) || okhttp(cursor, report, line)
}

/// What botocore signs, line by line, below a line of its log: no fields of a message, and no prose.
fn canonical<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>, first: Line<'t>) -> bool {
    const SIGNED: [&str; 3] = ["CanonicalRequest:", "StringToSign:", "Signature:"];
    if !SIGNED.iter().any(|mark| first.text.ends_with(mark)) || !log::is_log(first.text) {
        return false;
    }
    let mut span = first.span();
    cursor.step();
    for _ in 0..60 {
        let Some(line) = cursor.line().filter(|line| !line.is_fence() && !log::is_log(line.text)) else {
            break;
        };
        span = span.to(line.span());
        cursor.step();
    }
    report.add_log(cursor.cut(span));
    true
}

/// Reads lines as long as they are marked, all of which are a log as well.
fn each_line<'t>(
    cursor: &mut Cursor<'t>,
    report: &mut Report<'t>,
    parts: impl Fn(&'t str) -> Option<Vec<Part<'t>>>,
) {
    let mut messages = Messages::default();
    let mut log: Option<Span> = None;
    for _ in 0..LINES {
        let Some(line) = cursor.line() else { break };
        let Some(parts) = parts(line.text) else { break };
        for part in parts {
            messages.take(cursor, report, part);
        }
        log = Some(log.map_or(line.span(), |log| log.to(line.span())));
        cursor.step();
    }
    messages.finish(report);
    if let Some(log) = log {
        report.add_log(cursor.cut(log));
    }
}

/// `… http-outgoing-0 >> Authorization: Basic …`, and the same in quotes with `[\r][\n]`, as the wire log has it.
fn apache(line: &str) -> Option<Part<'_>> {
    let head = line.get(..line.floor_char_boundary(300))?;
    let at = head.find("http-outgoing-")?;
    let rest = line.get(at..)?.trim_start_matches(|char: char| char.is_ascii_alphanumeric() || char == '-');
    let (sent, text) = match rest.strip_prefix(" >> ") {
        Some(text) => (true, text),
        None => (false, rest.strip_prefix(" << ").unwrap_or_default()),
    };
    // The wire log repeats in quotes what the header log has without.
    let text = if text.starts_with('"') { "" } else { text.trim() };
    Some(if sent { Part::Sent(text) } else { Part::Received(text) })
}

/// `12:00:00.123456 http.c:729  => Send header: Authorization: …`, as `GIT_TRACE_CURL` prints it.
fn git(line: &str) -> Option<Part<'_>> {
    let head = line.get(..line.floor_char_boundary(120))?;
    let after = |mark: &str| head.find(mark).and_then(|at| line.get(at + mark.len()..)).map(str::trim);
    if let Some(text) = after("=> Send header: ") {
        return Some(Part::Sent(text));
    }
    if let Some(text) = after("<= Recv header: ") {
        return Some(Part::Received(text));
    }
    ["== Info: ", "=> Send ", "<= Recv "].iter().any(|mark| head.contains(mark)).then_some(Part::Note)
}

/// `I0302 12:00:00.1 1234 round_trippers.go:463] GET https://…`, its headers and `Response Status: 401 …`.
fn kubectl(line: &str) -> Option<Part<'_>> {
    let head = line.get(..line.floor_char_boundary(120))?;
    let (_, rest) = line.split_at_checked(head.find("round_trippers.go:")?)?;
    let text = rest.split_once("] ")?.1.trim();
    if let Some(status) = text.strip_prefix("Response Status: ") {
        return Some(status.get(..3).map_or(Part::Note, Part::Status));
    }
    if text == "Request Headers:" || text == "Response Headers:" || text.starts_with("curl ") {
        return Some(Part::Note);
    }
    Some(Part::Sent(text))
}

/// `send: b'GET / HTTP/1.1\r\nHost: …'`, `reply: 'HTTP/1.1 401 …'`, `header: Name: value`.
fn python(line: &str) -> Option<Vec<Part<'_>>> {
    if let Some(sent) = line.strip_prefix("send: ") {
        let sent = sent.trim_start_matches(['b', '\'', '"']).trim_end_matches(['\'', '"']);
        return Some(sent.split("\\r\\n").filter(|part| !part.is_empty()).map(Part::Sent).collect());
    }
    if let Some(reply) = line.strip_prefix("reply: ") {
        let reply = reply.trim_start_matches(['\'', '"']).trim_end_matches(['\'', '"']);
        return Some(vec![Part::Received(reply.trim_end_matches("\\n").trim_end_matches("\\r"))]);
    }
    line.strip_prefix("header: ").map(|header| vec![Part::Received(header)])
}

/// `--> GET https://… http/1.1`, fields, `--> END GET`, `<-- 401 https://… (12ms)`, fields, body, `<-- END HTTP`; every
/// line may have the tag of a logger before it.
fn okhttp<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>, first: Line<'t>) -> bool {
    let head = first.text.get(..first.text.floor_char_boundary(120)).unwrap_or_default();
    let Some(tag) = head.find("--> ").or_else(|| head.find("<-- ")).and_then(|at| head.get(..at)) else {
        return false;
    };
    if !begins_okhttp(first.text.get(tag.len()..).unwrap_or_default()) {
        return false;
    }
    let mut request: Option<Request<'t>> = None;
    let mut response: Option<Response<'t>> = None;
    for _ in 0..LINES {
        let Some(line) = cursor.line().filter(|line| !line.is_fence()) else { break };
        let text = line.text.strip_prefix(tag).unwrap_or(line.text).trim();
        if text.starts_with("--> END") || text.starts_with("<-- END") {
            cursor.step();
            if text.starts_with("<--") {
                break;
            }
            continue;
        }
        if let Some(sent) = text.strip_prefix("--> ") {
            let mut words = sent.split_ascii_whitespace();
            let (Some(method), Some(target)) = (words.next(), words.next()) else { break };
            if let Some(request) = request.take() {
                report.add_sent(request);
            }
            let (method, target) = (Some(cursor.piece(method)), Some(cursor.piece(target)));
            request = Some(Request {
                span: line.span(),
                method,
                target,
                origin: Origin::Wire,
                ..Request::default()
            });
        } else if let Some(code) = text.strip_prefix("<-- ").and_then(|received| received.get(..3)) {
            response =
                Some(Response { span: line.span(), status: status(cursor, code), ..Response::default() });
        } else if let Some((name, value)) = field(text) {
            let header = Header { name: cursor.piece(name), value: cursor.piece(value) };
            match (&mut request, &mut response) {
                (_, Some(Response { headers: Headers(list), span, .. }))
                | (Some(Request { headers: Headers(list), span, .. }), None) => {
                    list.push(header);
                    *span = span.to(line.span());
                }
                _ => break,
            }
        } else if let Some(answer) = &mut response {
            let offset = cursor.piece(text).span.start;
            if let Some(body) = body::at(cursor, offset) {
                cursor.seek(body.span.end);
                answer.span = answer.span.to(body.span);
                answer.body = Some(body);
                continue;
            }
            if !text.is_empty() {
                break;
            }
        }
        cursor.step();
    }
    if let Some(request) = request {
        report.add_sent(request);
    }
    if let Some(response) = response {
        report.add_response(response);
    }
    // The first line was known, so that something was read.
    true
}

fn begins_okhttp(text: &str) -> bool {
    if let Some(sent) = text.strip_prefix("--> ") {
        let mut words = sent.split_ascii_whitespace();
        let method = words.next().unwrap_or_default();
        let target = words.next().unwrap_or_default();
        return method.len() < 10
            && method.bytes().all(|byte| byte.is_ascii_uppercase())
            && target.starts_with("http");
    }
    let Some(received) = text.strip_prefix("<-- ") else { return false };
    let code = received.get(..3).and_then(|code| code.parse::<u16>().ok());
    code.is_some_and(|code| (100..600).contains(&code)) && received.contains("http")
}
