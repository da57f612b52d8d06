//! A paste becomes a [`Report`]: exchanges, headers, bodies, tokens, log lines and prose, each with its place in the
//! paste. Reading never fails: what is not recognised is prose. Knows nothing of causes and findings.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, clippy::panic)
)]

mod access;
mod authorization;
mod body;
mod call;
mod challenge;
mod client;
mod client_command;
mod command;
mod cookie;
mod curl;
mod curl_command;
mod dump;
mod field_object;
mod har;
mod json;
mod json_line;
mod lines;
mod literal;
mod log;
mod pane;
mod piece;
mod powershell;
mod raw;
mod shell;
mod status;
mod token;
mod trace;
mod wget;

use std::fmt;

pub use authorization::{Authorization, BasicFacts, Carries, Credential};
pub use challenge::{Challenge, Param};
pub use cookie::{Cookie, SetCookie};
pub use json::{Field, Json, Value};
pub use piece::{Piece, Span};
pub use shell::{Quote, Word, words};
pub use token::{Token, TokenForm};

use lines::{Cursor, Line};

/// What one paste may hold of each; what comes after is not read.
const EXCHANGES: usize = 200;
const BODIES: usize = 200;
const COMMANDS: usize = 100;
const BLOCKS: usize = 4000;

/// All that was recognised in what a reader pasted or typed.
#[derive(Default)]
pub struct Report<'t> {
    /// The paste as it came in; spans are byte offsets into it.
    pub text: &'t str,
    /// Requests with their responses, in the order they stand in the paste.
    pub exchanges: Vec<Exchange<'t>>,
    /// JSON, XML or HTML that stands in the paste without belonging to an exchange.
    pub bodies: Vec<Piece<'t>>,
    /// Lines that a program wrote: logs, stack traces, command output, curl's `*` lines; one piece for lines that
    /// follow each other.
    pub logs: Vec<Piece<'t>>,
    /// Command lines that make a request (`curl …`, `docker login …`), joined over continued lines.
    pub commands: Vec<Piece<'t>>,
    /// JSON Web Tokens, wherever they stand, and claims that were pasted from a decoder.
    pub tokens: Vec<Token<'t>>,
    /// Status codes that are named anywhere: status lines, log lines, prose.
    pub statuses: Vec<Status>,
    /// What people wrote, paragraph by paragraph.
    pub prose: Vec<Piece<'t>>,
    /// What was recognised and says nothing about the failure, in the order of the paste: the entries of an archive that
    /// went well.
    pub left_out: Vec<Span>,
}

/// Shows how much was recognised, never the text.
impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("bytes", &self.text.len())
            .field("exchanges", &self.exchanges)
            .field("bodies", &self.bodies)
            .field("logs", &self.logs)
            .field("commands", &self.commands)
            .field("tokens", &self.tokens)
            .field("statuses", &self.statuses)
            .field("prose", &self.prose)
            .field("left_out", &self.left_out)
            .finish()
    }
}

/// A request and the response to it. Either may be missing from a paste.
#[derive(Debug, Default)]
pub struct Exchange<'t> {
    pub request: Option<Request<'t>>,
    pub response: Option<Response<'t>>,
}

/// The request of an exchange, as far as the paste shows it.
#[derive(Debug, Default)]
pub struct Request<'t> {
    pub span: Span,
    /// The start line or, in a bare header list, nothing.
    pub method: Option<Piece<'t>>,
    pub target: Option<Piece<'t>>,
    pub headers: Headers<'t>,
    pub body: Option<Piece<'t>>,
    /// How the paste shows it, and so what may be concluded from what is not there.
    pub origin: Origin,
    /// How a command line logs in, when not by a header of its own.
    pub login: Option<Login>,
    /// The user that a log line names.
    pub user: Option<Piece<'t>>,
}

/// How a paste shows a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Some fields without a start line: others may have been left out.
    #[default]
    List,
    /// As it was sent: `curl -v`, a raw message. A field that is not there was not sent.
    Wire,
    /// From a browser's network panel or an archive of it, which may leave out cookies and credentials.
    Browser,
    /// From a command line or a call in code: what is expected to be sent.
    Command,
    /// From a line of a log, which names neither fields nor bodies.
    Log,
}

/// How a curl command line logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// `-u`: its user and password stand in the headers, as curl sends them.
    Basic,
    /// `--netrc`, `-n`: from a file that the paste does not show.
    Netrc,
    Digest,
    Ntlm,
    Negotiate,
    /// `--anyauth`: whatever the server asks for.
    Any,
    /// `--aws-sigv4`: a signature over the request.
    Signature,
    /// `--cert`: a client certificate.
    Certificate,
}

/// The response of an exchange, as far as the paste shows it.
#[derive(Debug, Default)]
pub struct Response<'t> {
    pub span: Span,
    pub status: Option<Status>,
    pub headers: Headers<'t>,
    pub body: Option<Piece<'t>>,
}

/// Header fields in the order they were sent.
#[derive(Debug, Default)]
pub struct Headers<'t>(pub Vec<Header<'t>>);

/// One header field line.
pub struct Header<'t> {
    pub name: Piece<'t>,
    pub value: Piece<'t>,
}

/// Shows the name and the place; the value may be a credential.
impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Header({} at {}..{})", self.name.text, self.value.span.start, self.value.span.end)
    }
}

impl<'t> Headers<'t> {
    /// Every field of this name, compared without case (RFC 9110, section 5.1).
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h Header<'t>> {
        self.0.iter().filter(move |header| header.name.text.eq_ignore_ascii_case(name))
    }

    /// The first field of this name.
    pub fn first<'h>(&'h self, name: &'h str) -> Option<&'h Header<'t>> {
        self.all(name).next()
    }
}

impl<'t> Request<'t> {
    /// What its `Authorization` field carries; nothing when there is none.
    pub fn authorization(&self) -> Option<Authorization<'t>> {
        Authorization::first(&self.headers, "Authorization")
    }

    /// What its `Proxy-Authorization` field carries; nothing when there is none.
    pub fn proxy_authorization(&self) -> Option<Authorization<'t>> {
        Authorization::first(&self.headers, "Proxy-Authorization")
    }

    /// The cookies it carries.
    pub fn cookies(&self) -> Vec<Cookie<'t>> {
        Cookie::all(&self.headers)
    }
}

impl<'t> Response<'t> {
    /// The challenges of its `WWW-Authenticate` fields, in order.
    pub fn challenges(&self) -> Vec<Challenge<'t>> {
        Challenge::all(&self.headers, "WWW-Authenticate")
    }

    /// The challenges of its `Proxy-Authenticate` fields, in order.
    pub fn proxy_challenges(&self) -> Vec<Challenge<'t>> {
        Challenge::all(&self.headers, "Proxy-Authenticate")
    }

    /// The cookies it sets.
    pub fn set_cookies(&self) -> Vec<SetCookie<'t>> {
        SetCookie::all(&self.headers)
    }

    /// Its status code, when the paste shows it.
    pub fn code(&self) -> Option<u16> {
        self.status.map(|status| status.code)
    }
}

/// A status code and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    pub code: u16,
    pub span: Span,
}

/// What reads the lines at the cursor, when they are its own: it moves past them and says so. One that does not know
/// them leaves the cursor where it is.
type Reader = for<'t> fn(&mut Cursor<'t>, &mut Report<'t>) -> bool;

/// The readers, the surest first.
const READERS: [Reader; 14] = [
    field_object::read,
    json_line::read,
    har::read,
    command::read,
    call::read,
    wget::read,
    trace::read,
    dump::read,
    curl::read,
    client::read,
    pane::read,
    raw::read,
    raw::read_fields,
    body::read,
];

impl<'t> Report<'t> {
    /// Reads a paste. Cost is linear in its length: the cursor only moves forward, and what is looked at in vain is paid
    /// for from a fixed multiple of the length.
    pub fn read(text: &'t str) -> Report<'t> {
        let mut report = Report { text, ..Report::default() };
        report.tokens = token::all(text);
        report.statuses = status::all(text);
        let mut cursor = Cursor::new(text);
        let mut block = Block::default();
        while let Some(line) = cursor.line() {
            if line.is_blank() {
                block.close(&cursor, &mut report);
                cursor.step();
            } else if line.is_fence() {
                block.close(&cursor, &mut report);
                cursor.fenced = !cursor.fenced;
                cursor.step();
            } else if cursor.within_line && !line.text.trim_start().starts_with("* ") {
                // After a body in the middle of a line comes another body, or words; a line may be long, and the other
                // readers look at all of it.
                block.take(&mut cursor, &mut report);
            } else if READERS.iter().any(|read| read(&mut cursor, &mut report)) {
                block.close(&cursor, &mut report);
            } else {
                block.take(&mut cursor, &mut report);
            }
        }
        block.close(&cursor, &mut report);
        report.tokens.sort_by_key(|token| token.piece.span);
        report.logs.sort_by_key(|piece| piece.span);
        report.statuses.sort_by_key(|status| status.span);
        report
    }

    fn add_log(&mut self, piece: Piece<'t>) {
        if self.logs.len() < BLOCKS {
            self.logs.push(piece);
        }
    }

    fn add_prose(&mut self, piece: Piece<'t>) {
        let piece = piece.trimmed();
        if self.tokens.iter().any(|token| token.piece.span == piece.span) {
            return;
        }
        // A quote or a full stop that is left between two bodies is no prose.
        if self.prose.len() < BLOCKS && piece.text.contains(char::is_alphabetic) {
            self.prose.push(piece);
        }
    }
}

/// Lines of one kind that no reader knows, gathered until another kind begins.
#[derive(Default)]
struct Block<'t> {
    /// The place of the lines, and whether a program wrote them.
    open: Option<(Span, bool)>,
    /// What the lines before tell about the next, in an access log.
    access: access::Context<'t>,
}

impl<'t> Block<'t> {
    /// Takes the current line: a program's or a person's. JSON in the middle of it is a body too.
    fn take(&mut self, cursor: &mut Cursor<'t>, report: &mut Report<'t>) {
        let Some(line) = cursor.line() else { return };
        let after_log = matches!(self.open, Some((_, true)));
        let printed = line.text.starts_with("  ") && line.text.ends_with([',', '{', '}', '[', ']', '\''])
            || line.text.starts_with("  ")
                && line.text.trim_start().split_once(": ").is_some_and(|(name, _)| raw::is_name(name))
            || matches!(line.text, "}" | "]" | "})");
        let indented = line.text.starts_with('\t') || line.text.starts_with("    ") || printed;
        let told = self.told(cursor, report, line);
        let logged = cursor.fenced || told || log::is_log(line.text) || (after_log && indented);
        if self.open.is_some_and(|(_, open)| open != logged) {
            self.close(cursor, report);
        }
        // An object that a program printed goes on over the next lines, and is no body.
        let full = report.bodies.len() >= BODIES || after_log && printed && line.text.ends_with(['{', '[']);
        let Some(body) = body::within(cursor, line).filter(|_| !full) else {
            self.extend(line.span(), logged);
            cursor.step();
            return;
        };
        let span = body.span;
        body::add(report, body);
        cursor.seek(span.end);
        let start = Span::new(line.start, line.start);
        if logged {
            // A log line stays whole, with the JSON in it and what follows.
            self.extend(start.to(span), true);
            while let Some(rest) = cursor.line().filter(|rest| rest.start == span.end) {
                if let Some(more) = body::within(cursor, rest) {
                    body::add(report, more);
                }
                self.extend(rest.span(), true);
                cursor.step();
            }
        } else {
            self.extend(Span::new(line.start, span.start), false);
            self.close(cursor, report);
        }
    }

    /// Adds the request that a line of an access log tells of; says whether it is such a line.
    fn told(&mut self, cursor: &Cursor<'t>, report: &mut Report<'t>, line: Line<'t>) -> bool {
        let Some(entry) = self.access.entry(line.text) else { return false };
        let span = line.span();
        let request = Request {
            span,
            method: Some(cursor.piece(entry.method)),
            target: Some(cursor.piece(entry.target)),
            origin: Origin::Log,
            user: entry.user.map(|user| cursor.piece(user)),
            ..Request::default()
        };
        let status = raw::status(cursor, entry.status);
        report.add_logged(request, Response { span, status, ..Response::default() });
        true
    }

    fn extend(&mut self, span: Span, logged: bool) {
        self.open = Some(match self.open {
            Some((open, _)) => (open.to(span), logged),
            None => (span, logged),
        });
    }

    fn close(&mut self, cursor: &Cursor<'t>, report: &mut Report<'t>) {
        match self.open.take() {
            Some((span, true)) => report.add_log(cursor.cut(span)),
            Some((span, false)) => report.add_prose(cursor.cut(span)),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests;
