//! What wget prints: the address it asks for, the answers' fields with `-S`, and both messages with `-d`. Knows nothing of
//! wget's command line.

use super::lines::Cursor;
use super::raw::{self, Start};
use super::{Headers, Origin, Piece, Report, Request, Response, Span};

/// More lines than this are not one run.
const LINES: usize = 400;

const ANSWER: &str = "HTTP request sent, awaiting response...";

/// The address in `--2026-10-05 12:00:00--  http://…`.
fn asked(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("--")?;
    let (time, target) = rest.split_once("--  ")?;
    (time.len() == 19 && time.starts_with("20")).then_some(target.trim())
}

/// Reads a run of wget.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(first) = cursor.line() else { return false };
    if asked(first.text).is_none() && !first.text.starts_with(ANSWER) {
        return false;
    }
    let mut target: Option<Piece<'t>> = None;
    let mut log: Option<Span> = None;
    let mut blank = 0;
    let mut retried = false;
    for _ in 0..LINES {
        let Some(line) = cursor.line().filter(|line| !line.is_fence()) else { break };
        if line.is_blank() {
            // Between its messages wget leaves one or two lines; after that, others' words begin.
            let known = (1..3).find_map(|ahead| cursor.ahead(ahead).filter(|line| !line.is_blank()));
            if !known.is_some_and(|line| is_own(line.text)) {
                break;
            }
            blank += 1;
            if blank > 40 {
                break;
            }
            cursor.step();
            continue;
        }
        if let Some(address) = asked(line.text) {
            target = Some(cursor.piece(address));
        }
        if line.text == "---request begin---" {
            log = Some(log.map_or(line.span(), |log| log.to(line.span())));
            cursor.step();
            if cursor.line().is_some_and(|line| raw::start(line.text).is_some()) {
                raw::read_without_body(cursor, report);
            }
            continue;
        }
        if line.text == "---response begin---" {
            cursor.step();
            if cursor.line().is_some_and(|line| raw::start(line.text).is_some()) {
                raw::read_without_body(cursor, report);
            }
            continue;
        }
        if let Some(rest) = line.text.strip_prefix(ANSWER) {
            log = Some(log.map_or(line.span(), |log| log.to(line.span())));
            cursor.step();
            let shown = cursor.line().is_some_and(|next| next.text == "---response begin---");
            if !shown {
                answer(cursor, report, rest, target.as_ref(), std::mem::take(&mut retried));
            }
            continue;
        }
        if !is_own(line.text) {
            break;
        }
        retried |= line.text.starts_with("Authentication selected");
        log = Some(log.map_or(line.span(), |log| log.to(line.span())));
        cursor.step();
    }
    if let Some(log) = log {
        report.add_log(cursor.cut(log));
    }
    true
}

/// An answer, with its fields below it or its status alone behind the words. wget sends user and password only after a
/// challenge: then they belong to the second request.
fn answer<'t>(
    cursor: &mut Cursor<'t>,
    report: &mut Report<'t>,
    rest: &'t str,
    target: Option<&Piece<'t>>,
    retried: bool,
) {
    let place = cursor.piece(rest).span;
    let mut response = Response { span: place, ..Response::default() };
    let mut headers = Headers::default();
    let shown = cursor.line().and_then(|line| match raw::start(line.text) {
        Some(Start::Response { code }) if line.text.starts_with(' ') => Some((line, code)),
        _ => None,
    });
    if let Some((line, code)) = shown {
        response.span = line.span();
        response.status = raw::status(cursor, code);
        cursor.step();
        while let Some(line) = cursor.line().filter(|line| line.text.starts_with("  ")) {
            let Some((name, value)) = raw::field(line.text) else { break };
            headers.0.push(super::Header { name: cursor.piece(name), value: cursor.piece(value) });
            response.span = response.span.to(line.span());
            cursor.step();
        }
    } else {
        let code = rest.trim().split(' ').next().filter(|code| code.len() == 3);
        response.status = code.and_then(|code| raw::status(cursor, code));
    }
    if response.status.is_none() {
        return;
    }
    response.headers = headers;
    let waits = report.exchanges.last().is_some_and(|last| last.response.is_none());
    if let Some(target) = target.filter(|_| !waits) {
        let method = Some(Piece::decoded("GET".to_owned(), target.span));
        let span = target.span;
        let target = Some(target.clone());
        let mut headers = Headers::default();
        let first = report.exchanges.last_mut().and_then(|last| last.request.as_mut());
        if let Some(first) = first.filter(|first| retried && first.origin == Origin::Command) {
            let (sent, kept) = std::mem::take(&mut first.headers.0)
                .into_iter()
                .partition(|header| header.name.text.eq_ignore_ascii_case("Authorization"));
            (headers.0, first.headers.0, first.origin) = (sent, kept, Origin::List);
        }
        report.add_request(Request {
            span,
            method,
            target,
            headers,
            origin: Origin::List,
            ..Request::default()
        });
    }
    report.add_response(response);
}

/// Whether wget writes lines that begin like this.
fn is_own(line: &str) -> bool {
    const OWN: [&str; 26] = [
        "--",
        "Resolving ",
        "Connecting to ",
        "HTTP request sent",
        "Authentication selected",
        "Reusing existing",
        "Username/Password",
        "Length:",
        "Saving to",
        "Location:",
        "Created socket",
        "Releasing ",
        "Deleting unused",
        "Registered socket",
        "Skipping ",
        "Closed ",
        "Disabling ",
        "401 ",
        "403 ",
        "407 ",
        "---re",
        "Caching ",
        "20",
        "Inserted ",
        "Auth-",
        "Authorization failed",
    ];
    OWN.iter().any(|own| line.starts_with(own))
}
