//! A paste becomes a [`Report`]: exchanges, headers, bodies, tokens, log lines and prose, each with its place in the
//! paste. Reading never fails: what is not recognised is prose. Knows nothing of causes and findings.

mod piece;

pub use piece::{Piece, Span};

/// All that was recognised in what a reader pasted or typed.
#[derive(Debug, Default)]
pub struct Report<'t> {
    /// The paste as it came in; spans are byte offsets into it.
    pub text: &'t str,
    /// Requests with their responses, in the order they stand in the paste.
    pub exchanges: Vec<Exchange<'t>>,
    /// JSON, XML or HTML that stands in the paste without belonging to an exchange.
    pub bodies: Vec<Piece<'t>>,
    /// Lines that a program wrote: logs, stack traces, command output, curl's `*` lines.
    pub logs: Vec<Piece<'t>>,
    /// Command lines that make a request (`curl …`, `docker login …`), joined over continued lines.
    pub commands: Vec<Piece<'t>>,
    /// JSON Web Tokens, wherever they stand.
    pub tokens: Vec<Token<'t>>,
    /// Status codes that are named anywhere: status lines, log lines, prose.
    pub statuses: Vec<Status>,
    /// What people wrote, paragraph by paragraph.
    pub prose: Vec<Piece<'t>>,
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
#[derive(Debug)]
pub struct Header<'t> {
    pub name: Piece<'t>,
    pub value: Piece<'t>,
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

/// A status code and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    pub code: u16,
    pub span: Span,
}

/// A JSON Web Token (RFC 7519) in compact form, decoded but not verified.
#[derive(Debug)]
pub struct Token<'t> {
    pub piece: Piece<'t>,
    /// The JOSE header, when it decodes to a JSON object.
    pub header: Option<serde_json::Map<String, serde_json::Value>>,
    /// The claims, when they decode to a JSON object.
    pub claims: Option<serde_json::Map<String, serde_json::Value>>,
}

impl<'t> Report<'t> {
    /// Reads a paste. Cost is linear in its length.
    pub fn read(text: &'t str) -> Report<'t> {
        Report { text, prose: vec![Piece::whole(text)], ..Report::default() }
    }
}
