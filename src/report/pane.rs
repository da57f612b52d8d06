//! What people copy from the network panel of a browser's developer tools: headings, `Name: value` lines, or names and
//! values on lines of their own. Knows nothing of the archive format (HAR).

use super::lines::Cursor;
use super::raw::{add_list, field, is_name, pseudo, side};
use super::{Exchange, Header, Headers, Origin, Piece, Report, Request, Response, Span, Status};

/// More lines than this are not one pane.
const LINES: usize = 400;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    General,
    Request,
    Response,
}

fn heading(line: &str) -> Option<Section> {
    let line = line.trim().trim_start_matches(['▼', '▶', '#', '*', ' ']).trim_end_matches(['*', ':']);
    let line = line.split('(').next().unwrap_or(line).trim().to_ascii_lowercase();
    match line.as_str() {
        "general" => Some(Section::General),
        "request headers" | "request headers view source" => Some(Section::Request),
        "response headers" | "response headers view source" => Some(Section::Response),
        _ => None,
    }
}

/// The names of the general part, which are words and no field names.
const GENERAL: [&str; 6] =
    ["Request URL", "Request Method", "Status Code", "Remote Address", "Referrer Policy", "Version"];

fn general(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim();
    GENERAL.iter().find_map(|name| {
        let rest = line.strip_prefix(name)?;
        let value = rest.strip_prefix(':').or_else(|| rest.is_empty().then_some(rest))?;
        Some((*name, value.trim()))
    })
}

fn begins(cursor: &Cursor<'_>) -> bool {
    let Some(line) = cursor.line() else { return false };
    if general(line.text)
        .is_some_and(|(name, _)| matches!(name, "Request URL" | "Request Method" | "Status Code"))
    {
        return true;
    }
    let next = cursor.ahead(1).map_or("", |line| line.text);
    heading(line.text).is_some()
        && (general(next).is_some()
            || field(next).is_some()
            || pseudo(next).is_some()
            || raw_start(next)
            || lone_name(next).is_some()
            || next.trim() == "view source")
}

fn raw_start(line: &str) -> bool {
    super::raw::start(line).is_some()
}

/// A known field name alone on a line, with or without its colon: the value stands on the next.
fn lone_name(line: &str) -> Option<&str> {
    let name = line.trim().trim_end_matches(':');
    let bare = name.strip_prefix(':').unwrap_or(name);
    (is_name(bare) && (side(bare).is_some() || line.trim().ends_with(':') || name.starts_with(':')))
        .then_some(name)
}

/// Reads a pane.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    if !begins(cursor) {
        return false;
    }
    let mut section = Section::General;
    let mut lists = (Headers::default(), Headers::default(), Headers::default());
    let mut url: Option<Piece<'t>> = None;
    let mut method: Option<Piece<'t>> = None;
    let mut status: Option<Status> = None;
    let mut span: Option<Span> = None;
    let mut count = 0;
    while let Some(line) = cursor.line() {
        count += 1;
        let text = line.text;
        if count > LINES || line.is_fence() {
            break;
        }
        if line.is_blank() {
            let next = cursor.ahead(1).map_or("", |line| line.text);
            let goes_on = heading(next).is_some()
                || general(next).is_some()
                || super::raw::is_telling(next)
                || pseudo(next).is_some();
            if !goes_on {
                break;
            }
            cursor.step();
            continue;
        }
        let second_url = url.is_some() && general(text).is_some_and(|(name, _)| name == "Request URL");
        if second_url {
            break;
        }
        if let Some(next) = heading(text) {
            section = next;
        } else if let Some((name, value)) = general(text) {
            // The value may stand on the next line.
            let value = if value.is_empty() {
                cursor.step();
                cursor.line().map_or("", |line| line.text.trim())
            } else {
                value
            };
            match name {
                "Request URL" => url = Some(cursor.piece(value)),
                "Request Method" => method = Some(cursor.piece(value)),
                "Status Code" => {
                    let digits =
                        value.find(|char: char| char.is_ascii_digit()).and_then(|at| value.get(at..at + 3));
                    status = digits.and_then(|code| {
                        Some(Status { code: code.parse().ok()?, span: cursor.piece(code).span })
                    });
                }
                _ => {}
            }
        } else if let Some(start) = super::raw::start(text) {
            if let super::raw::Start::Response { code } = start {
                status = status.or_else(|| super::raw::status(cursor, code));
                section = Section::Response;
            } else if let super::raw::Start::Request { method: name, target } = start {
                method = method.or_else(|| Some(cursor.piece(name)));
                url = url.or_else(|| Some(cursor.piece(target)));
                section = Section::Request;
            }
        } else if text.trim().eq_ignore_ascii_case("view source")
            || text.trim().eq_ignore_ascii_case("view parsed")
            || text.trim() == "Raw"
        {
            // A link of the panel.
        } else {
            let list = match section {
                Section::General => &mut lists.0,
                Section::Request => &mut lists.1,
                Section::Response => &mut lists.2,
            };
            if let Some((name, value)) =
                field(text).or_else(|| pseudo(text)).filter(|(_, value)| !value.is_empty())
            {
                list.0.push(Header { name: cursor.piece(name), value: cursor.piece(value) });
            } else if let Some(name) = lone_name(text) {
                let Some(value) = cursor.ahead(1).filter(|line| !line.is_blank()) else { break };
                list.0.push(Header { name: cursor.piece(name), value: cursor.piece(value.text.trim()) });
                cursor.step();
            } else {
                break;
            }
        }
        let end = cursor.line().map_or(line.span(), |line| line.span());
        span = Some(span.map_or(line.span(), |span| span.to(end)).to(end));
        cursor.step();
    }
    let Some(span) = span else { return false };
    let (mixed, sent, received) = lists;
    let shown = !sent.0.is_empty();
    let request = Request {
        span,
        method,
        target: url,
        headers: sent,
        origin: if shown { Origin::Browser } else { Origin::List },
        ..Request::default()
    };
    let answered = status.is_some() || !received.0.is_empty();
    let response = answered.then_some(Response { span, status, headers: received, body: None });
    let empty = request.method.is_none() && request.target.is_none() && request.headers.0.is_empty();
    if report.exchanges.len() < super::EXCHANGES && (!empty || response.is_some()) {
        report.exchanges.push(Exchange { request: (!empty).then_some(request), response });
    }
    if !mixed.0.is_empty() {
        add_list(report, mixed, Origin::List);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str) {
        let report = Report::read(text);
        let exchange = report.exchanges.first().expect("an exchange");
        let request = exchange.request.as_ref().expect("a request");
        let response = exchange.response.as_ref().expect("a response");
        assert_eq!(response.status.map(|status| status.code), Some(401));
        assert_eq!(
            request.target.as_ref().map(|target| target.text.as_ref()),
            Some("https://api.example.com/v1/me")
        );
        assert!(response.headers.first("www-authenticate").is_some());
        assert_eq!(
            request.headers.first("authorization").map(|header| header.value.text.as_ref()),
            Some("Bearer abc")
        );
        assert_eq!(report.exchanges.len(), 1);
    }

    #[test]
    fn a_pane_with_names_and_values_on_one_line_is_read() {
        check(
            "Request URL: https://api.example.com/v1/me\nRequest Method: GET\nStatus Code: 401 Unauthorized\nRemote Address: 10.0.0.1:443\nResponse Headers\ncontent-length: 0\nwww-authenticate: Bearer\nRequest Headers\n:authority: api.example.com\nauthorization: Bearer abc\n\nWhat now?",
        );
    }

    #[test]
    fn a_pane_with_values_on_lines_of_their_own_is_read() {
        check(
            "Request URL:\nhttps://api.example.com/v1/me\nRequest Method:\nGET\nStatus Code:\n401 Unauthorized\n\nResponse Headers\nwww-authenticate:\nBearer\nRequest Headers\n:authority:\napi.example.com\nauthorization:\nBearer abc\n",
        );
    }
}
