//! The request that a curl command line makes, from its options. Knows nothing of other programs.

use base64::Engine as _;

use super::authorization::STANDARD;
use super::shell::words;
use super::{Header, Headers, Login, Origin, Piece, Request, raw};

/// Options of curl that take a value, by their short letter.
const VALUED: &str = "XHudFbAeExUocmwTKrCDyYzQtPhI";
/// Of those letters, the ones that take none after all: `-I` asks for the head, `-h` for help.
const BARE: &str = "Ih";

/// The request that a curl command makes; nothing for other programs.
pub(super) fn request<'t>(command: &Piece<'t>) -> Option<Request<'t>> {
    let words = if command.text.contains("^\"") { words(&without_carets(command)) } else { words(command) };
    let mut words = words.into_iter();
    let program = words.next()?;
    if !matches!(program.piece.text.as_ref(), "curl" | "curl.exe") {
        return None;
    }
    let mut request = Request { span: command.span, origin: Origin::Command, ..Request::default() };
    let mut user: Option<Piece<'t>> = None;
    let mut proxy_user: Option<Piece<'t>> = None;
    let mut head = false;
    while let Some(word) = words.next() {
        let text = word.piece.text.clone();
        let (name, value) = if let Some(long) = text.strip_prefix("--") {
            // curl itself has no `--name=value`; people write it all the same.
            match long.split_once('=').filter(|(name, _)| takes_value(name)) {
                Some((name, _)) => (name.to_owned(), Some(word.piece.slice(name.len() + 3..text.len()))),
                None => (
                    long.to_owned(),
                    takes_value(long).then(|| words.next().map(|word| word.piece)).flatten(),
                ),
            }
        } else if let Some(short) = text.strip_prefix('-').filter(|short| !short.is_empty()) {
            let valued =
                short.char_indices().find(|(_, char)| VALUED.contains(*char) && !BARE.contains(*char));
            for char in short.chars().take_while(|char| !VALUED.contains(*char) || BARE.contains(*char)) {
                match char {
                    'I' => head = true,
                    'n' => request.login = request.login.or(Some(Login::Netrc)),
                    _ => {}
                }
            }
            match valued {
                Some((at, char)) => {
                    let rest = at + char.len_utf8();
                    let value = if rest < short.len() {
                        Some(word.piece.slice(rest + 1..text.len()))
                    } else {
                        words.next().map(|word| word.piece)
                    };
                    (char.to_string(), value)
                }
                None => continue,
            }
        } else {
            if request.target.is_none() {
                request.target = Some(word.piece);
            }
            continue;
        };
        match (name.as_str(), value) {
            ("X" | "request", Some(value)) => request.method = Some(value),
            ("H" | "header", Some(value)) => request.headers.0.extend(header(&value)),
            ("u" | "user", Some(value)) => user = Some(value),
            ("U" | "proxy-user", Some(value)) => proxy_user = Some(value),
            ("oauth2-bearer", Some(value)) => add(&mut request.headers, "Authorization", "Bearer ", &value),
            ("b" | "cookie", Some(value)) if value.text.contains('=') => {
                add(&mut request.headers, "Cookie", "", &value)
            }
            (
                "d" | "data" | "data-raw" | "data-binary" | "data-urlencode" | "data-ascii" | "json" | "F"
                | "form",
                Some(value),
            ) => {
                request.body.get_or_insert(value);
            }
            ("url", Some(value)) => request.target = Some(value),
            ("netrc" | "netrc-optional" | "netrc-file", _) => request.login = Some(Login::Netrc),
            ("digest", _) => request.login = Some(Login::Digest),
            ("ntlm" | "ntlm-wb", _) => request.login = Some(Login::Ntlm),
            ("negotiate", _) => request.login = Some(Login::Negotiate),
            ("anyauth", _) => request.login = Some(Login::Any),
            ("aws-sigv4", _) => request.login = Some(Login::Signature),
            ("E" | "cert", _) => request.login = Some(Login::Certificate),
            ("head", _) => head = true,
            _ => {}
        }
    }
    if let Some(user) = user {
        match request.login {
            None | Some(Login::Netrc | Login::Basic) => {
                request.login = Some(Login::Basic);
                let encoded = Piece::decoded(STANDARD.encode(user.text.as_bytes()), user.span);
                add(&mut request.headers, "Authorization", "Basic ", &encoded);
            }
            Some(_) => {}
        }
    }
    if let Some(user) = proxy_user {
        let encoded = Piece::decoded(STANDARD.encode(user.text.as_bytes()), user.span);
        add(&mut request.headers, "Proxy-Authorization", "Basic ", &encoded);
    }
    if request.method.is_none() {
        let (method, span) = match &request.body {
            _ if head => ("HEAD", program.piece.span),
            Some(body) => ("POST", body.span),
            None => ("GET", program.piece.span),
        };
        request.method = Some(Piece::decoded(method.to_owned(), span));
    }
    request.target.as_ref()?;
    Some(request)
}

/// A command as the shell of Windows reads it, for which browsers put `^` before every mark.
fn without_carets<'t>(command: &Piece<'t>) -> Piece<'t> {
    let mut text = String::with_capacity(command.text.len());
    let mut chars = command.text.chars();
    while let Some(char) = chars.next() {
        match char {
            '^' => match chars.next() {
                Some('\r' | '\n') | None => text.push(' '),
                Some(next) => text.push(next),
            },
            other => text.push(other),
        }
    }
    Piece::decoded(text, command.span)
}

fn takes_value(name: &str) -> bool {
    const LONG: [&str; 40] = [
        "request",
        "header",
        "user",
        "data",
        "data-raw",
        "data-binary",
        "data-urlencode",
        "data-ascii",
        "json",
        "form",
        "cookie",
        "cookie-jar",
        "user-agent",
        "referer",
        "proxy",
        "proxy-user",
        "output",
        "url",
        "oauth2-bearer",
        "aws-sigv4",
        "cert",
        "key",
        "cacert",
        "capath",
        "max-time",
        "connect-timeout",
        "retry",
        "retry-delay",
        "interface",
        "resolve",
        "connect-to",
        "write-out",
        "upload-file",
        "config",
        "netrc-file",
        "proxy-header",
        "form-string",
        "range",
        "limit-rate",
        "unix-socket",
    ];
    LONG.contains(&name)
}

/// The field of a `-H` option; `Name;` sends an empty one and `Name:` none.
fn header<'t>(value: &Piece<'t>) -> Option<Header<'t>> {
    let at = value.text.find([':', ';'])?;
    let name = value.slice(0..at).trimmed();
    let content = value.slice(at + 1..value.text.len()).trimmed();
    let removes = value.text.get(at..).is_some_and(|rest| rest.starts_with(':')) && content.text.is_empty();
    (raw::is_name(&name.text) && !removes).then_some(Header { name, value: content })
}

/// Adds a field that an option makes.
fn add<'t>(headers: &mut Headers<'t>, name: &str, prefix: &str, value: &Piece<'t>) {
    let text = format!("{prefix}{}", value.text);
    let value = if prefix.is_empty() { value.clone() } else { Piece::decoded(text, value.span) };
    headers.0.push(Header { name: Piece::decoded(name.to_owned(), value.span), value });
}
