//! What `curl -v` prints: `>` before what is sent, `<` before what is received, `*` before curl's own notes. Several
//! exchanges, redirects, tunnels through a proxy, HTTP/2, with times before the lines. Knows nothing of command lines.

use super::lines::{Cursor, Line};
use super::raw::{Start, continue_value, field, is_telling, pseudo, start, status};
use super::{Header, Headers, Origin, Report, Request, Response, Span, body};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Sent,
    Received,
    Note,
}

/// How curl's notes begin; a bullet in prose begins in other ways.
const NOTES: [&str; 74] = [
    "Trying ",
    "Connected to",
    "Connection #",
    "Connection ",
    "Host ",
    "IPv4",
    "IPv6",
    "ALPN",
    "TLS",
    "SSL",
    "schannel",
    "Schannel",
    "Server certificate",
    "subject:",
    "start date",
    "expire date",
    "issuer",
    "subjectAltName",
    "common name",
    "Using HTTP",
    "using HTTP",
    "Using Stream",
    "Server auth using",
    "Proxy auth using",
    "Mark bundle",
    "Closing connection",
    "Issue another request",
    "Re-using",
    "Reusing",
    "Uses proxy",
    "Establish HTTP proxy",
    "CONNECT",
    "Proxy ",
    "Authentication problem",
    "Ignoring the response",
    "upload completely",
    "We are completely",
    "HTTP/2",
    "HTTP/3",
    "HTTP 1.",
    "[HTTP/2]",
    "[HTTP/3]",
    "h2h3",
    "h2 [",
    "Added ",
    "Request completely",
    "old SSL",
    "successfully set",
    "CAfile",
    "CApath",
    "Could not resolve",
    "Couldn't find host",
    "Curl_http_done",
    "gss_",
    "NTLM",
    "Negotiate",
    "Cipher",
    "Maxs",
    "The requested URL returned",
    "HTTP error",
    "Leftovers after",
    "Allocate connect buffer",
    "allocate connect buffer",
    "Found bundle",
    "Can not multiplex",
    "Hostname ",
    "Clear auth",
    "Ignore ",
    "Preparing request to",
    "Current time is",
    "Enable automatic",
    "Using default HTTP",
    "Received ",
    "Server auth",
];

/// A line with its mark, its text and where in the line that text begins.
fn marked(line: &str) -> Option<(Mark, &str)> {
    let line = untimed(line.trim_start());
    let (first, rest) = line.split_at_checked(1)?;
    let mark = match first {
        ">" => Mark::Sent,
        "<" => Mark::Received,
        "*" => Mark::Note,
        _ => return None,
    };
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    Some((mark, rest.trim()))
}

/// A line without the time that `--trace-time` puts before it.
fn untimed(line: &str) -> &str {
    let end = line.bytes().take_while(|byte| byte.is_ascii_digit() || b":.".contains(byte)).count();
    match line.get(end..) {
        Some(rest) if end >= 8 => rest.trim_start(),
        _ => line,
    }
}

fn is_note(text: &str) -> bool {
    NOTES.iter().any(|note| text.starts_with(note))
}

/// Whether a transcript begins on this line. A mark alone is not enough: `>` quotes and `*` lists in Markdown.
fn begins(line: Line<'_>) -> bool {
    match marked(line.text) {
        Some((Mark::Note, text)) => is_note(text),
        Some((_, text)) => start(text).is_some() || is_telling(text),
        None => false,
    }
}

/// Lines between the messages that curl prints about the amount of data, or its progress meter.
fn is_noise(line: &str) -> bool {
    let line = untimed(line.trim());
    let data = (line.starts_with("{ [") || line.starts_with("} [")) && line.ends_with(']');
    let meter = line.starts_with("% Total") || line.starts_with("Dload  Upload");
    let numbers = line.contains("--:--:--")
        || (line.len() > 30 && line.bytes().all(|byte| byte.is_ascii_digit() || b" :-.kMG".contains(&byte)));
    data || meter || numbers
}

/// Reads a transcript.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    if !cursor.line().is_some_and(begins) {
        return false;
    }
    let mut notes: Option<Span> = None;
    let mut pseudos = Headers::default();
    let mut sent = false;
    while let Some(line) = cursor.line() {
        let Some((mark, text)) = marked(line.text) else {
            if is_noise(line.text) {
                cursor.step();
                continue;
            }
            // A blank line may stand between two exchanges; anything else ends the transcript.
            let goes_on = line.is_blank() && cursor.ahead(1).is_some_and(begins);
            if goes_on {
                cursor.step();
                continue;
            }
            if !sent && notes.is_some() && late_body(cursor, report) {
                continue;
            }
            break;
        };
        if mark == Mark::Note {
            notes = Some(match notes {
                Some(open) => open.to(line.span()),
                None => line.span(),
            });
            pseudos.0.extend(announced(cursor, text));
            cursor.step();
            continue;
        }
        if let Some(open) = notes.take() {
            report.add_log(cursor.cut(open));
        }
        let before = line.start;
        match (mark, start(text)) {
            (_, Some(Start::Request { method, target })) => {
                let mut request = Request {
                    span: line.span(),
                    method: Some(cursor.piece(method)),
                    target: Some(cursor.piece(target)),
                    origin: Origin::Wire,
                    ..Request::default()
                };
                cursor.step();
                fields(cursor, mark, &mut request.headers, &mut request.span);
                request.body = sent_body(cursor, mark);
                report.add_sent(request);
                sent = true;
                pseudos.0.clear();
            }
            (_, Some(Start::Response { code })) => {
                if !sent {
                    add_announced(report, &mut pseudos);
                }
                let mut response =
                    Response { span: line.span(), status: status(cursor, code), ..Response::default() };
                cursor.step();
                fields(cursor, mark, &mut response.headers, &mut response.span);
                response.body = received_body(cursor, &response.headers);
                if let Some(body) = &response.body {
                    response.span = response.span.to(body.span);
                }
                report.add_response(response);
                sent = false;
            }
            // Fields whose start line was not pasted.
            (Mark::Sent, None) if is_telling(text) => {
                let mut request = Request { span: line.span(), origin: Origin::List, ..Request::default() };
                fields(cursor, mark, &mut request.headers, &mut request.span);
                report.add_sent(request);
                sent = true;
            }
            (Mark::Received, None) if is_telling(text) => {
                let mut response = Response { span: line.span(), ..Response::default() };
                fields(cursor, mark, &mut response.headers, &mut response.span);
                response.body = received_body(cursor, &response.headers);
                report.add_response(response);
                sent = false;
            }
            _ => cursor.step(),
        }
        // Whatever was read, the cursor has moved; this keeps that so should a reader be changed.
        if cursor.line().is_some_and(|line| line.start == before) {
            cursor.step();
        }
    }
    if let Some(open) = notes.take() {
        report.add_log(cursor.cut(open));
    }
    if !sent && pseudos.0.iter().any(|header| header.name.text == ":path") {
        add_announced(report, &mut pseudos);
    }
    true
}

/// A field that a note of curl announces for HTTP/2: `[HTTP/2] [1] [:path: /v1]`, `h2h3 [authorization: …]`.
fn announced<'t>(cursor: &Cursor<'t>, note: &'t str) -> Option<Header<'t>> {
    if !note.starts_with("[HTTP/") && !note.starts_with("h2") {
        return None;
    }
    let open = note.rfind(" [").map(|at| at + 2).or_else(|| note.find('[').map(|at| at + 1))?;
    let inner = note.get(open..)?.strip_suffix(']')?;
    let (name, value) = pseudo(inner).or_else(|| field(inner))?;
    Some(Header { name: cursor.piece(name), value: cursor.piece(value) })
}

/// Adds the request that the notes announced, when the paste does not show it with `>`.
fn add_announced<'t>(report: &mut Report<'t>, pseudos: &mut Headers<'t>) {
    let headers = std::mem::take(pseudos);
    let (Some(first), Some(last)) = (headers.0.first(), headers.0.last()) else { return };
    let span = first.name.span.to(last.value.span);
    let value = |name: &str| headers.first(name).map(|header| header.value.clone());
    let (method, target) = (value(":method"), value(":path"));
    if target.is_none() {
        return;
    }
    report.add_sent(Request { span, method, target, headers, origin: Origin::Wire, ..Request::default() });
}

/// Reads the fields of one message, up to the line that holds the mark alone.
fn fields<'t>(cursor: &mut Cursor<'t>, mark: Mark, headers: &mut Headers<'t>, span: &mut Span) {
    while let Some(line) = cursor.line() {
        match marked(line.text) {
            Some((seen, text)) if seen == mark => {
                if start(text).is_some() {
                    return;
                }
                cursor.step();
                if text.is_empty() {
                    return;
                }
                if let Some((name, value)) = field(text).or_else(|| pseudo(text)) {
                    headers.0.push(Header { name: cursor.piece(name), value: cursor.piece(value) });
                    *span = span.to(line.span());
                }
            }
            // curl puts notes between fields; they are read again as notes of no message.
            Some((Mark::Note, _)) => {
                let after = (1..6).find_map(|ahead| {
                    cursor
                        .ahead(ahead)
                        .and_then(|next| marked(next.text))
                        .filter(|(mark, _)| *mark != Mark::Note)
                });
                let goes_on = after
                    .is_some_and(|(seen, text)| seen == mark && (text.is_empty() || field(text).is_some()));
                if !goes_on {
                    return;
                }
                cursor.step();
            }
            Some(_) => return,
            None => {
                // A long value that a terminal wrapped: no mark, and the message goes on after it.
                let wrapped = !line.is_blank()
                    && headers.0.last().is_some_and(|last| last.value.text.len() > 40)
                    && cursor
                        .ahead(1)
                        .and_then(|next| marked(next.text))
                        .is_some_and(|(seen, _)| seen == mark);
                let Some(last) = headers.0.last_mut().filter(|_| wrapped) else { return };
                continue_value(&mut last.value, line.text.trim(), line.span(), "");
                *span = span.to(line.span());
                cursor.step();
            }
        }
    }
}

/// A request body that the paste shows behind `>` as well.
fn sent_body<'t>(cursor: &mut Cursor<'t>, mark: Mark) -> Option<super::Piece<'t>> {
    let (seen, text) = marked(cursor.line()?.text)?;
    if seen != mark || text.is_empty() || start(text).is_some() {
        return None;
    }
    let body = cursor.piece(text);
    cursor.step();
    Some(body)
}

/// A body that the terminal shows after curl's closing notes: what curl says comes at once, what it received with the next
/// line break. Its length has to be the one that the answer announces.
fn late_body<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(line) = cursor.line().filter(|line| !line.is_blank() && !line.is_fence()) else { return false };
    let Some(response) = report.exchanges.last_mut().and_then(|last| last.response.as_mut()) else {
        return false;
    };
    if response.body.is_some() {
        return false;
    }
    let field =
        response.headers.first("content-length").map(|header| header.value.text.trim().parse::<usize>());
    let length = match field {
        Some(Ok(length)) => Some(length),
        Some(Err(_)) => return false,
        None => None,
    };
    let body = body::at(cursor, line.start + line.text.len() - line.text.trim_start().len());
    let body = body
        .or_else(|| length.is_some_and(|length| length == line.text.len()).then(|| cursor.piece(line.text)));
    let Some(body) = body.filter(|body| length.is_none_or(|length| length.abs_diff(body.text.len()) <= 2))
    else {
        return false;
    };
    cursor.seek(body.span.end);
    response.body = Some(body);
    true
}

/// The body between the fields and the next marked line.
fn received_body<'t>(cursor: &mut Cursor<'t>, headers: &Headers<'t>) -> Option<super::Piece<'t>> {
    while cursor.line().is_some_and(|line| is_noise(line.text)) {
        cursor.step();
    }
    // curl may print a note or two before the body.
    let notes = (0..8).take_while(|ahead| {
        cursor.ahead(*ahead).and_then(|line| marked(line.text)).is_some_and(|(mark, _)| mark == Mark::Note)
    });
    if notes.count() > 0 {
        return None;
    }
    let line = cursor.line()?;
    if !line.is_blank() && marked(line.text).is_none() && !line.is_fence() {
        if let Some(body) = body::at(cursor, line.start + line.text.len() - line.text.trim_start().len()) {
            cursor.seek(body.span.end);
            return Some(body);
        }
        // Plain text counts as the body when the transcript goes on after it.
        let text = body::paragraph(cursor, 0);
        let lines = text.text.split('\n').count();
        let next = (0..2).find_map(|skip| cursor.ahead(lines + skip).filter(|line| !line.is_blank()));
        if next.and_then(|line| marked(line.text)).is_some() {
            cursor.seek(text.span.end);
            return Some(text);
        }
    }
    body::of_response(cursor, headers)
}
