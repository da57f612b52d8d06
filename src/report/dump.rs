//! Errors that Node's HTTP libraries print with everything they hold: axios, undici, superagent. Picks out the request and
//! the answer; the rest of the object is a log. Knows nothing of other objects.

use super::lines::Cursor;
use super::raw::METHODS;
use super::{Header, Headers, Origin, Piece, Report, Request, Response, Span, Status, body};

/// More lines than this are not looked at.
const LINES: usize = 2000;

/// Where in the object a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Config,
    Response,
    Other,
}

/// Reads an error from its first line to the bracket that closes its object.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(first) = cursor.line() else { return false };
    let axios = first.text.contains("AxiosError");
    let undici = first.text.starts_with("[ResponseError: ") && first.text.ends_with('{');
    if !(axios || undici) || !cursor.may_search() {
        return false;
    }
    // The object begins at the end of the line, or below the stack trace.
    let opens = (0..40).find(|ahead| cursor.ahead(*ahead).is_some_and(|line| line.text.ends_with('{')));
    let stack = opens.is_some_and(|opens| {
        (1..=opens)
            .all(|ahead| cursor.ahead(ahead).is_some_and(|line| line.text.trim_start().starts_with("at ")))
    });
    let Some(opens) = opens.filter(|_| stack) else { return false };
    let mut found = Found::default();
    let mut part = if undici { Part::Response } else { Part::Other };
    let mut in_headers = false;
    let mut span = first.span();
    for _ in 0..=opens {
        span = span.to(cursor.line().map_or(span, |line| line.span()));
        cursor.step();
    }
    for _ in 0..LINES {
        let Some(line) = cursor.line().filter(|line| !line.is_fence()) else { break };
        let depth = line.text.len() - line.text.trim_start().len();
        if depth == 0 && !line.text.starts_with('}') {
            break;
        }
        span = span.to(line.span());
        let text = line.text.trim();
        if depth == 2 && !undici {
            part = match text.split(':').next() {
                Some("config") => Part::Config,
                Some("response") => Part::Response,
                _ => Part::Other,
            };
        }
        let level = if undici { 2 } else { 4 };
        if depth == level {
            in_headers = text.starts_with("headers:") && text.ends_with('{');
        }
        if in_headers && depth == level + 2 {
            found.headers(part).0.extend(pair(cursor, text));
        } else if depth == level {
            found.take(part, cursor, text);
        } else if depth == 2 && text.starts_with("status") {
            found.take(Part::Response, cursor, text);
        }
        let closed = line.text.starts_with('}');
        cursor.step();
        if closed {
            break;
        }
    }
    report.add_log(cursor.cut(span));
    found.finish(report, span, cursor.cut(first.span()));
    true
}

#[derive(Default)]
struct Found<'t> {
    method: Option<Piece<'t>>,
    target: Option<Piece<'t>>,
    sent: Headers<'t>,
    sent_body: Option<Piece<'t>>,
    status: Option<Status>,
    received: Headers<'t>,
    received_body: Option<Piece<'t>>,
}

impl<'t> Found<'t> {
    fn headers(&mut self, part: Part) -> &mut Headers<'t> {
        if part == Part::Config { &mut self.sent } else { &mut self.received }
    }

    fn take(&mut self, part: Part, cursor: &mut Cursor<'t>, text: &'t str) {
        let Some(Header { name, value }) = pair(cursor, text) else { return };
        match (part, name.text.as_ref()) {
            (Part::Config, "method") => {
                let upper = value.text.to_ascii_uppercase();
                self.method = METHODS.contains(&upper.as_str()).then(|| Piece::decoded(upper, value.span));
            }
            (Part::Config, "url") => self.target = Some(value),
            (Part::Config, "data") if value.text != "undefined" => self.sent_body = Some(value),
            (Part::Response, "status" | "statusCode") => {
                let code = value.text.parse().ok().filter(|code| (100..600).contains(code));
                self.status = code.map(|code| Status { code, span: value.span }).or(self.status);
            }
            (Part::Response, "data" | "body") if value.text.starts_with('{') => {
                self.received_body = body::at(cursor, value.span.start).or(Some(value));
            }
            (Part::Response, "data" | "body") => self.received_body = Some(value),
            _ => {}
        }
    }

    fn finish(self, report: &mut Report<'t>, span: Span, first: Piece<'t>) {
        // What is cut off behind the configuration stands in the message.
        let status = self.status.or_else(|| {
            report
                .statuses
                .iter()
                .find(|status| first.span.start <= status.span.start && status.span.end <= first.span.end)
                .copied()
        });
        let request = Request {
            span,
            method: self.method,
            target: self.target,
            headers: self.sent,
            body: self.sent_body,
            origin: Origin::Command,
            ..Request::default()
        };
        let told = request.target.is_some();
        let response = Response { span, status, headers: self.received, body: self.received_body };
        if told {
            report.add_sent(request);
        }
        if told || response.status.is_some() {
            report.add_response(response);
        }
    }
}

/// `name: 'value',` as Node prints a member.
fn pair<'t>(cursor: &Cursor<'t>, text: &'t str) -> Option<Header<'t>> {
    let (name, value) = match text.strip_prefix('\'') {
        Some(rest) => rest.split_once("': ")?,
        None => text.split_once(": ")?,
    };
    let value = value.trim_end_matches(',');
    let inner = ['\'', '"', '`'].iter().find_map(|mark| value.strip_prefix(*mark)?.strip_suffix(*mark));
    if inner.is_none() && matches!(value, "undefined" | "null") {
        return None;
    }
    Some(Header { name: cursor.piece(name), value: cursor.piece(inner.unwrap_or(value)) })
}
