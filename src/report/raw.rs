//! HTTP messages as they stand on the wire, or as `curl -i`, proxies and test tools print them: a start line and fields,
//! or a list of fields alone (RFC 9112, sections 2 to 5). Knows nothing of what the fields mean for a 401.

use super::lines::{Cursor, is_tchar, is_token};
use super::{
    Exchange, Header, Headers, Origin, Piece, Report, Request, Response, SetCookie, Span, Status, body,
    json_line,
};

/// More fields than this in one message are not read.
const FIELDS: usize = 256;

/// Which message a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Response,
    Either,
}

/// A request line or a status line.
pub(super) enum Start<'t> {
    Request { method: &'t str, target: &'t str },
    Response { code: &'t str },
}

/// The methods that a request line is known by when it stands without a version.
pub(super) const METHODS: [&str; 11] =
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "PROPFIND", "REPORT"];

/// Fields that are unlike anything in prose, so that one of them alone is a field.
const TELLING: [(&str, Side); 34] = [
    ("authorization", Side::Request),
    ("proxy-authorization", Side::Request),
    ("cookie", Side::Request),
    ("user-agent", Side::Request),
    ("x-api-key", Side::Request),
    ("x-auth-token", Side::Request),
    ("x-access-token", Side::Request),
    ("x-csrf-token", Side::Request),
    ("x-xsrf-token", Side::Request),
    ("x-amz-date", Side::Request),
    ("x-amz-security-token", Side::Request),
    ("x-amz-content-sha256", Side::Request),
    ("x-vault-token", Side::Request),
    ("x-goog-api-key", Side::Request),
    ("private-token", Side::Request),
    ("job-token", Side::Request),
    ("ocp-apim-subscription-key", Side::Request),
    ("x-forwarded-for", Side::Request),
    ("x-forwarded-proto", Side::Request),
    ("x-forwarded-host", Side::Request),
    ("dpop", Side::Request),
    ("access-control-request-method", Side::Request),
    ("access-control-request-headers", Side::Request),
    ("sec-fetch-mode", Side::Request),
    ("www-authenticate", Side::Response),
    ("proxy-authenticate", Side::Response),
    ("set-cookie", Side::Response),
    ("authentication-info", Side::Response),
    ("access-control-allow-origin", Side::Response),
    ("access-control-allow-credentials", Side::Response),
    ("access-control-allow-headers", Side::Response),
    ("x-amzn-errortype", Side::Response),
    ("content-type", Side::Either),
    ("content-length", Side::Either),
];

/// Fields whose names are also words of prose: they begin a list only when another field follows.
const PLAIN: [(&str, Side); 38] = [
    ("host", Side::Request),
    ("accept", Side::Request),
    ("accept-encoding", Side::Request),
    ("accept-language", Side::Request),
    ("origin", Side::Request),
    ("referer", Side::Request),
    ("if-none-match", Side::Request),
    ("if-modified-since", Side::Request),
    ("apikey", Side::Request),
    ("api-key", Side::Request),
    ("token", Side::Request),
    ("x-requested-with", Side::Request),
    ("expect", Side::Request),
    ("te", Side::Request),
    ("upgrade-insecure-requests", Side::Request),
    ("sec-fetch-site", Side::Request),
    ("sec-fetch-dest", Side::Request),
    ("sec-ch-ua", Side::Request),
    ("server", Side::Response),
    ("location", Side::Response),
    ("vary", Side::Response),
    ("etag", Side::Response),
    ("last-modified", Side::Response),
    ("expires", Side::Response),
    ("retry-after", Side::Response),
    ("strict-transport-security", Side::Response),
    ("x-powered-by", Side::Response),
    ("x-frame-options", Side::Response),
    ("x-content-type-options", Side::Response),
    ("x-xss-protection", Side::Response),
    ("cf-ray", Side::Response),
    ("alt-svc", Side::Response),
    ("date", Side::Either),
    ("connection", Side::Either),
    ("cache-control", Side::Either),
    ("pragma", Side::Either),
    ("transfer-encoding", Side::Either),
    ("via", Side::Either),
];

/// Name and value of a field line (RFC 9112, section 5).
pub(super) fn field(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let end = line.bytes().take(80).position(|byte| !is_tchar(byte))?;
    let name = line.get(..end)?;
    if !name.starts_with(|char: char| char.is_ascii_alphabetic()) {
        return None;
    }
    let value = line.get(end..)?.strip_prefix(':')?;
    // `name: 'value',` and `name: {` stand in an object that a program printed.
    let printed = value.ends_with([',', '{', '['])
        && value.trim_start().starts_with(['\'', '"', '[', '{', '<', '`'])
        || value.ends_with(',') && !value.trim().contains([' ', ';', '/']) && !value.contains('.')
        || value.ends_with(" {") && value.contains('[');
    if printed {
        return None;
    }
    // `http://…`, `C:\…` and `name::spec` are no fields.
    if value.starts_with(['/', '\\', ':']) {
        return None;
    }
    Some((name, value.trim()))
}

fn known(name: &str, list: &[(&str, Side)]) -> Option<Side> {
    list.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, side)| *side)
}

/// Which side a field belongs to, when its name is a known one.
pub(super) fn side(name: &str) -> Option<Side> {
    known(name, &TELLING).or_else(|| known(name, &PLAIN))
}

/// Whether a line on its own is a field for sure.
pub(super) fn is_telling(line: &str) -> bool {
    field(line).is_some_and(|(name, value)| known(name, &TELLING).is_some() && !value.is_empty())
}

/// A start line (RFC 9112, sections 3 and 4). A request line may lack its version when it is all that the line holds.
pub(super) fn start(line: &str) -> Option<Start<'_>> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("HTTP/") {
        let mut words = rest.split_ascii_whitespace();
        let version = words.next()?;
        let code = words.next()?.trim_end_matches([':', ',']);
        let numbered =
            version.len() <= 3 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let is_code = code.len() == 3 && code.parse::<u16>().is_ok_and(|code| (100..600).contains(&code));
        return (numbered && is_code).then_some(Start::Response { code });
    }
    let mut words = line.split_ascii_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    let named = METHODS.contains(&method);
    match (words.next(), words.next()) {
        (Some(version), None) if version.starts_with("HTTP/") => {
            let shaped = named
                || (method.len() < 20
                    && method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-'));
            shaped.then_some(Start::Request { method, target })
        }
        (None, None) => {
            let shaped = target.starts_with(['/', '{', '$']) || strip_scheme(target) || target == "*";
            (named && shaped).then_some(Start::Request { method, target })
        }
        _ => None,
    }
}

fn strip_scheme(target: &str) -> bool {
    target.starts_with("http://") || target.starts_with("https://")
}

/// A status in the paste.
pub(super) fn status<'t>(cursor: &Cursor<'t>, code: &'t str) -> Option<Status> {
    Some(Status { code: code.parse().ok()?, span: cursor.piece(code).span })
}

/// Reads a message that begins with a start line, with its fields and its body.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    read_message(cursor, report, true)
}

/// Reads a message of which the paste shows no body.
pub(super) fn read_without_body<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    read_message(cursor, report, false)
}

fn read_message<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>, with_body: bool) -> bool {
    let Some(line) = cursor.line() else { return false };
    let Some(start) = start(line.text) else { return false };
    cursor.step();
    match start {
        Start::Request { method, target } => {
            let mut request = Request {
                span: line.span(),
                method: Some(cursor.piece(method)),
                target: Some(cursor.piece(target)),
                origin: Origin::Wire,
                ..Request::default()
            };
            fields(cursor, &mut request.headers, &mut request.span);
            request.body = if with_body { body::of_request(cursor) } else { None };
            if let Some(body) = &request.body {
                request.span = request.span.to(body.span);
            }
            report.add_sent(request);
        }
        Start::Response { code } => {
            let mut response =
                Response { span: line.span(), status: status(cursor, code), ..Response::default() };
            fields(cursor, &mut response.headers, &mut response.span);
            response.body = if with_body { body::of_response(cursor, &response.headers) } else { None };
            if let Some(body) = &response.body {
                response.span = response.span.to(body.span);
            }
            report.add_response(response);
        }
    }
    true
}

/// Reads fields up to the blank line or to what is no field. A line that begins with white space after a long value
/// continues it (RFC 9112, section 5.2).
pub(super) fn fields<'t>(cursor: &mut Cursor<'t>, headers: &mut Headers<'t>, span: &mut Span) {
    while let Some(line) = cursor.line() {
        if line.is_blank() || line.is_fence() || headers.0.len() >= FIELDS {
            return;
        }
        if let Some((name, value)) = field(line.text) {
            headers.0.push(Header { name: cursor.piece(name), value: cursor.piece(value) });
        } else if let Some((name, value)) = pseudo(line.text) {
            headers.0.push(Header { name: cursor.piece(name), value: cursor.piece(value) });
        } else if line.text.starts_with([' ', '\t']) && start(line.text).is_none() {
            let Some(last) = headers.0.last_mut() else { return };
            continue_value(&mut last.value, line.text.trim(), line.span(), " ");
        } else if is_wrapped(cursor, headers) {
            let Some(last) = headers.0.last_mut() else { return };
            continue_value(&mut last.value, line.text.trim(), line.span(), "");
        } else {
            return;
        }
        *span = span.to(line.span());
        cursor.step();
    }
}

/// A pseudo header of HTTP/2 as browsers show it: `:path: /v1` (RFC 9113, section 8.3).
pub(super) fn pseudo(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let (name, value) = line.strip_prefix(':')?.split_once(':')?;
    let known = ["authority", "method", "path", "scheme", "status"].contains(&name);
    known.then(|| (line.get(..name.len() + 1).unwrap_or_default(), value.trim()))
}

/// Whether the current line is the rest of a long value that a terminal wrapped: one word, and a field follows it.
fn is_wrapped(cursor: &Cursor<'_>, headers: &Headers<'_>) -> bool {
    let long = headers.0.last().is_some_and(|last| last.value.text.len() > 40);
    let one_word = cursor.line().is_some_and(|line| {
        line.text.len() > 3
            && !line.text.trim().contains(char::is_whitespace)
            && !line.text.contains(['{', '<'])
    });
    let goes_on = cursor.ahead(1).is_some_and(|next| field(next.text).is_some());
    long && one_word && goes_on
}

/// Appends what stands on the next line to a value.
pub(super) fn continue_value(value: &mut Piece<'_>, more: &str, line: Span, between: &str) {
    let text = format!("{}{between}{more}", value.text);
    *value = Piece::decoded(text, value.span.to(line));
}

/// Reads a list of fields that has no start line.
pub(super) fn read_fields<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(line) = cursor.line() else { return false };
    if line.text.len() < 8192 && SetCookie::is_bare(line.text) {
        let name = Piece::decoded("Set-Cookie".to_owned(), Span::new(line.start, line.start));
        let header = Header { name, value: cursor.piece(line.text.trim()) };
        add_list(report, Headers(vec![header]), Origin::List);
        cursor.step();
        return true;
    }
    if pseudo(line.text).is_none() {
        let Some((name, value)) = field(line.text) else { return false };
        if !is_telling(line.text) {
            let next = cursor.ahead(1).and_then(|next| field(next.text));
            let followed = next.is_some_and(|(name, _)| side(name).is_some() || name.contains('-'));
            if value.is_empty() || side(name).is_none() || !followed {
                return false;
            }
        }
    }
    let mut headers = Headers::default();
    let mut span = line.span();
    fields(cursor, &mut headers, &mut span);
    add_list(report, headers, Origin::List);
    true
}

/// Divides a list of fields into those of a request and those of a response, where one follows the other.
pub(super) fn add_list<'t>(report: &mut Report<'t>, headers: Headers<'t>, origin: Origin) {
    let mut run: Vec<Header<'t>> = Vec::new();
    let mut of = Side::Either;
    for header in headers.0 {
        let belongs = side_of(&header);
        if of != Side::Either && belongs != Side::Either && belongs != of {
            add_run(report, std::mem::take(&mut run), of, origin);
            of = belongs;
        } else if of == Side::Either {
            of = belongs;
        }
        run.push(header);
    }
    add_run(report, run, of, origin);
}

fn side_of(header: &Header<'_>) -> Side {
    let name = header.name.text.as_ref();
    match name.strip_prefix(':') {
        Some("status") => Side::Response,
        Some(_) => Side::Request,
        None => side(name).unwrap_or(Side::Either),
    }
}

fn add_run<'t>(report: &mut Report<'t>, run: Vec<Header<'t>>, side: Side, origin: Origin) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    let span = first.name.span.to(last.value.span);
    let value =
        |name: &str| run.iter().find(|header| header.name.text == name).map(|header| header.value.clone());
    if side == Side::Response {
        let status = value(":status")
            .and_then(|value| Some(Status { code: value.text.parse().ok()?, span: value.span }));
        report.add_response(Response { span, status, headers: Headers(run), body: None });
    } else {
        let (method, target) = (value(":method"), value(":path"));
        report.add_request(Request {
            span,
            method,
            target,
            headers: Headers(run),
            origin,
            ..Request::default()
        });
    }
}

/// Whether a line begins something that ends a body of plain text.
pub(super) fn ends_text(line: &str) -> bool {
    start(line).is_some() || is_telling(line) || line.trim_start().starts_with("curl ")
}

/// Whether a text may be a field name.
pub(super) fn is_name(text: &str) -> bool {
    is_token(text) && text.starts_with(|char: char| char.is_ascii_alphabetic())
}

impl<'t> Report<'t> {
    /// Adds a request: a new exchange.
    pub(super) fn add_request(&mut self, request: Request<'t>) {
        if self.exchanges.len() < super::EXCHANGES {
            self.exchanges.push(Exchange { request: Some(request), response: None });
        }
    }

    /// Adds a request as it was sent. When the command line stands before it, what was really sent replaces what the
    /// command line lets one expect.
    pub(super) fn add_sent(&mut self, request: Request<'t>) {
        // A log line about the same request, printed before it, says less.
        let logged = self.exchanges.last().and_then(|last| last.request.as_ref()).is_some_and(|last| {
            last.origin == Origin::Log
                && json_line::path_of(&last.target) == json_line::path_of(&request.target)
        });
        if logged {
            self.exchanges.pop();
        }
        if let Some(last) = self.exchanges.last_mut() {
            let expected = last.request.as_ref().is_some_and(|request| request.origin == Origin::Command);
            if expected && last.response.is_none() {
                // How the command logs in still counts, for a scheme that sends nothing at first.
                let login = last.request.take().and_then(|expected| expected.login);
                last.request = Some(Request { login: request.login.or(login), ..request });
                return;
            }
        }
        self.add_request(request);
    }

    /// Adds a response to the exchange that waits for one. An interim one (1xx) is no answer.
    pub(super) fn add_response(&mut self, response: Response<'t>) {
        if response.status.is_some_and(|status| (100..200).contains(&status.code) && status.code != 101) {
            return;
        }
        let room = self.exchanges.len() < super::EXCHANGES;
        match self.exchanges.last_mut() {
            // A log told of this answer already, without its fields.
            Some(Exchange { request: Some(request), response: Some(known) })
                if matches!(request.origin, Origin::Log | Origin::List)
                    && known.headers.0.is_empty()
                    && !response.headers.0.is_empty()
                    && (response.status.is_none() || known.code() == response.code()) =>
            {
                *known = Response { status: response.status.or(known.status), ..response };
            }
            Some(last) if last.response.is_none() => last.response = Some(response),
            _ if room => self.exchanges.push(Exchange { request: None, response: Some(response) }),
            _ => {}
        }
    }
}
