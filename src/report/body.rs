//! Bodies: JSON, XML and HTML, under an exchange, alone, or in the middle of a line; and the plain text of a response.
//! Knows where a body ends; what it says is for others.

use super::lines::{Cursor, Line};
use super::{Headers, Piece, Report, Span, json::Json, raw, token};

/// The JSON or markup that begins at this offset.
pub(super) fn at<'t>(cursor: &mut Cursor<'t>, offset: usize) -> Option<Piece<'t>> {
    let first = *cursor.text.as_bytes().get(offset)?;
    if !cursor.may_search() {
        return None;
    }
    match first {
        b'{' | b'[' => {
            let (json, looked_at) = Json::at(cursor.text, offset);
            cursor.pay(looked_at);
            Some(cursor.cut(json?.span))
        }
        b'<' => markup(cursor, offset),
        _ => None,
    }
}

/// Elements that stand in the Markdown of an issue and begin no answer of a server.
const MARKDOWN: [&str; 14] =
    ["a", "b", "br", "code", "details", "em", "i", "img", "kbd", "li", "p", "pre", "sub", "summary"];

/// An XML or HTML document: up to its closing tag, or to the next blank line where it has none.
fn markup<'t>(cursor: &mut Cursor<'t>, offset: usize) -> Option<Piece<'t>> {
    let rest = cursor.text.get(offset..)?;
    let head = rest.get(..rest.floor_char_boundary(64))?.to_ascii_lowercase();
    let html = head.starts_with("<!doctype html") || head.starts_with("<html");
    let xml = head.starts_with("<?xml");
    let name = if html {
        "html"
    } else {
        let root = if xml {
            rest.find("?>").map_or("", |end| rest.get(end + 2..).unwrap_or_default()).trim_start()
        } else {
            rest
        };
        let root = root.strip_prefix('<').unwrap_or_default();
        let end = root
            .find(|char: char| !(char.is_ascii_alphanumeric() || "_:-.".contains(char)))
            .unwrap_or(root.len());
        root.get(..end)?
    };
    if !xml && !html && (name.is_empty() || MARKDOWN.contains(&name.to_ascii_lowercase().as_str())) {
        return None;
    }
    let closing = format!("</{name}>");
    let end = if name.is_empty() { None } else { find_ignoring_case(rest, &closing) };
    cursor.pay(end.unwrap_or(rest.len()));
    let end = match end {
        Some(end) => end + closing.len(),
        None if html || xml => rest.find("\n\n").or_else(|| rest.find("\r\n\r\n")).unwrap_or(rest.len()),
        None => return None,
    };
    Some(cursor.cut(Span::new(offset, offset + end)))
}

fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find("</") {
        let at = from + found;
        if text.as_bytes().get(at..at + needle.len())?.eq_ignore_ascii_case(needle.as_bytes()) {
            return Some(at);
        }
        from = at + 2;
    }
    None
}

/// The JSON or markup that begins on the current line, when nothing stands before it. Moves past it.
fn here<'t>(cursor: &mut Cursor<'t>) -> Option<Piece<'t>> {
    let line = cursor.line()?;
    let indent = line.text.len() - line.text.trim_start().len();
    let body = at(cursor, line.start + indent)?;
    cursor.seek(body.span.end);
    Some(body)
}

/// Moves past blank lines when what follows them passes the test; otherwise stays.
fn past_blank(cursor: &mut Cursor<'_>) -> usize {
    let mut blank = 0;
    while blank < 3 && cursor.ahead(blank).is_some_and(|line| line.is_blank()) {
        blank += 1;
    }
    blank
}

/// The body of a request whose fields were just read: JSON, markup or a form.
pub(super) fn of_request<'t>(cursor: &mut Cursor<'t>) -> Option<Piece<'t>> {
    let blank = past_blank(cursor);
    let line = cursor.ahead(blank)?;
    let text = line.text.trim();
    let form = text.contains('=')
        && !text.contains(char::is_whitespace)
        && raw::start(text).is_none()
        && !text.contains("://");
    if !form && !text.starts_with(['{', '[', '<']) {
        return None;
    }
    let body =
        if form { None } else { at(cursor, line.start + (line.text.len() - line.text.trim_start().len())) };
    let body = match body {
        Some(body) => body,
        None if form => cursor.piece(text),
        None => return None,
    };
    cursor.seek(body.span.end);
    Some(body)
}

/// The body of a response whose fields were just read. Plain text counts only where the fields promise a body, since
/// in a paste the reader's own words often follow.
pub(super) fn of_response<'t>(cursor: &mut Cursor<'t>, headers: &Headers<'t>) -> Option<Piece<'t>> {
    let blank = past_blank(cursor);
    let line = cursor.ahead(blank)?;
    let text = line.text.trim();
    if text.starts_with(['{', '[', '<', '"']) {
        for _ in 0..blank {
            cursor.step();
        }
        if let Some(body) = here(cursor) {
            return Some(body);
        }
        if !text.starts_with('"') {
            return None;
        }
        cursor.step();
        return Some(cursor.piece(text));
    }
    if blank == 0
        || text.is_empty()
        || line.is_fence()
        || raw::ends_text(text)
        || text.starts_with(['*', '>'])
    {
        return None;
    }
    let paragraph = paragraph(cursor, blank);
    let length = headers.first("content-length").and_then(|header| header.value.text.parse::<usize>().ok());
    let typed = headers.first("content-type").is_some();
    let promised = match length {
        Some(length) => length.abs_diff(paragraph.text.len()) <= 2,
        None => typed && !paragraph.text.contains('\n') && paragraph.text.len() <= 200,
    };
    if !promised {
        return None;
    }
    cursor.seek(paragraph.span.end);
    Some(paragraph)
}

/// The lines from the one `skip` lines ahead to the next blank line, fence or marked line.
pub(super) fn paragraph<'t>(cursor: &Cursor<'t>, skip: usize) -> Piece<'t> {
    let mut span: Option<Span> = None;
    let mut count = skip;
    while let Some(line) = cursor.ahead(count) {
        if line.is_blank()
            || line.is_fence()
            || line.text.starts_with("* ")
            || line.text.starts_with("> ")
            || count > skip + 500
        {
            break;
        }
        span = Some(span.map_or(line.span(), |span| span.to(line.span())));
        count += 1;
    }
    cursor.cut(span.unwrap_or_default())
}

/// Reads a body that begins a line and belongs to no exchange, or to one that still waits for its body.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(body) = here(cursor) else { return false };
    add(report, body);
    true
}

/// JSON or markup that begins in the middle of a line.
pub(super) fn within<'t>(cursor: &mut Cursor<'t>, line: Line<'t>) -> Option<Piece<'t>> {
    let mut from = 0;
    for _ in 0..32 {
        let found = line.text.get(from..)?.find(['{', '[', '<'])? + from;
        let rest = line.text.get(found..)?;
        // In the middle of a line, brackets are mostly not JSON: a list must hold an object.
        let likely = match rest.as_bytes() {
            [b'{', next, ..] => matches!(next, b'"' | b'\'' | b' '),
            [b'{'] => true,
            [b'[', next, ..] => *next == b'{',
            _ => {
                rest.starts_with("<?xml")
                    || rest.starts_with("<!DOCTYPE")
                    || rest.starts_with("<!doctype")
                    || rest.starts_with("<html")
            }
        };
        if likely && let Some(body) = at(cursor, line.start + found) {
            return Some(body);
        }
        from = found + 1;
    }
    None
}

/// Adds a body; claims that were pasted from a decoder are a token too.
pub(super) fn add<'t>(report: &mut Report<'t>, body: Piece<'t>) {
    if report.bodies.len() >= super::BODIES {
        return;
    }
    if let Some(json) = Json::read(&body) {
        report.tokens.extend(token::from_claims(&body, &json));
    }
    report.bodies.push(body);
}
