//! What `curl --trace-ascii` writes: blocks of sent and received bytes with offsets before the lines. The messages are put
//! together again and read as raw ones are.

use super::lines::Cursor;
use super::raw::{Start, field, start, status};
use super::{Header, Headers, Origin, Piece, Report, Request, Response, Span};

/// More lines than this are not one trace.
const LINES: usize = 2000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    SentHeader,
    SentData,
    ReceivedHeader,
    ReceivedData,
    Info,
}

/// `=> Send header, 120 bytes (0x78)`, with a time before it or not.
fn block(line: &str) -> Option<Block> {
    let line = line
        .trim_start_matches(|char: char| char.is_ascii_digit() || char == ':' || char == '.')
        .trim_start();
    let kinds = [
        ("=> Send header, ", Block::SentHeader),
        ("=> Send data, ", Block::SentData),
        ("<= Recv header, ", Block::ReceivedHeader),
        ("<= Recv data, ", Block::ReceivedData),
        ("== Info: ", Block::Info),
        ("=> Send SSL data, ", Block::Info),
        ("<= Recv SSL data, ", Block::Info),
    ];
    let (_, kind) = kinds.iter().find(|(mark, _)| line.starts_with(mark))?;
    Some(*kind)
}

/// The offset before a line of bytes, and the bytes.
fn bytes(line: &str) -> Option<(usize, &str)> {
    let (offset, rest) = line.split_at_checked(4)?;
    let rest = rest.strip_prefix(':')?;
    Some((usize::from_str_radix(offset, 16).ok()?, rest.strip_prefix(' ').unwrap_or(rest)))
}

/// Reads a trace.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let begins = cursor.line().and_then(|line| block(line.text));
    let goes_on = (1..4).any(|ahead| cursor.ahead(ahead).is_some_and(|line| block(line.text).is_some()));
    if begins.is_none() || !goes_on {
        return false;
    }
    let mut kind = Block::Info;
    let mut log: Option<Span> = None;
    let mut line_of: Option<Piece<'t>> = None;
    let mut next = 0;
    let mut messages = Messages::default();
    for _ in 0..LINES {
        let Some(line) = cursor.line().filter(|line| !line.is_fence()) else { break };
        if let Some(found) = block(line.text) {
            messages.take(kind, line_of.take(), report, cursor);
            kind = found;
            next = 0;
        } else if let Some((offset, text)) = bytes(line.text) {
            // A line goes on where the offset says that no line break was left out.
            let piece = cursor.piece(text);
            match &mut line_of {
                Some(open) if offset == next => {
                    open.text.to_mut().push_str(text);
                    open.span = open.span.to(piece.span);
                }
                _ => {
                    messages.take(kind, line_of.take(), report, cursor);
                    line_of = Some(piece);
                }
            }
            next = offset + text.len();
        } else {
            break;
        }
        log = Some(log.map_or(line.span(), |log| log.to(line.span())));
        cursor.step();
    }
    messages.take(kind, line_of.take(), report, cursor);
    messages.finish(report);
    if let Some(log) = log {
        report.add_log(cursor.cut(log));
    }
    true
}

#[derive(Default)]
struct Messages<'t> {
    request: Option<Request<'t>>,
    response: Option<Response<'t>>,
}

impl<'t> Messages<'t> {
    fn take(&mut self, kind: Block, line: Option<Piece<'t>>, report: &mut Report<'t>, cursor: &Cursor<'t>) {
        let Some(line) = line.filter(|line| !line.text.is_empty()) else { return };
        match kind {
            Block::Info => {}
            Block::SentHeader | Block::ReceivedHeader => self.header(kind, line, report, cursor),
            Block::SentData => {
                if let Some(request) = &mut self.request {
                    join(&mut request.body, line);
                }
            }
            Block::ReceivedData => {
                if let Some(response) = &mut self.response {
                    join(&mut response.body, line);
                }
            }
        }
    }

    fn header(&mut self, kind: Block, line: Piece<'t>, report: &mut Report<'t>, cursor: &Cursor<'t>) {
        let span = line.span;
        match start(&line.text) {
            Some(Start::Request { method, target }) if kind == Block::SentHeader => {
                let place = |part: &str| {
                    let at = line.text.find(part).unwrap_or_default();
                    line.slice(at..at + part.len())
                };
                let (method, target) = (Some(place(method)), Some(place(target)));
                self.finish(report);
                let origin = Origin::Wire;
                self.request = Some(Request { span, method, target, origin, ..Request::default() });
            }
            Some(Start::Response { .. }) if kind == Block::ReceivedHeader => {
                // A status line is never wrapped: the code stands in the paste as it is.
                let shown = cursor.text.get(span.range()).unwrap_or_default();
                let status = shown.split(' ').nth(1).and_then(|code| status(cursor, code));
                if let Some(response) = self.response.take() {
                    self.answered(report, response);
                }
                self.response = Some(Response { span, status, ..Response::default() });
            }
            _ => {
                let Some(header) = split(&line) else { return };
                let of = match (&mut self.request, &mut self.response) {
                    (_, Some(Response { headers, span: whole, .. })) if kind == Block::ReceivedHeader => {
                        (headers, whole)
                    }
                    (Some(Request { headers, span: whole, .. }), _) if kind == Block::SentHeader => {
                        (headers, whole)
                    }
                    _ => return,
                };
                let (Headers(list), whole) = of;
                list.push(header);
                *whole = whole.to(span);
            }
        }
    }

    fn answered(&mut self, report: &mut Report<'t>, response: Response<'t>) {
        if let Some(request) = self.request.take() {
            report.add_sent(request);
        }
        report.add_response(response);
    }

    fn finish(&mut self, report: &mut Report<'t>) {
        if let Some(request) = self.request.take() {
            report.add_sent(request);
        }
        if let Some(response) = self.response.take() {
            report.add_response(response);
        }
    }
}

fn join<'t>(body: &mut Option<Piece<'t>>, line: Piece<'t>) {
    let Some(open) = body else {
        *body = Some(line);
        return;
    };
    let text = open.text.to_mut();
    text.push('\n');
    text.push_str(&line.text);
    open.span = open.span.to(line.span);
}

fn split<'t>(line: &Piece<'t>) -> Option<Header<'t>> {
    let (name, value) = field(&line.text)?;
    let (name, value) = (name.len(), value.len());
    let end = line.text.trim_end().len();
    Some(Header { name: line.slice(0..name), value: line.slice(end.saturating_sub(value)..end) })
}
