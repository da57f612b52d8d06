//! The request that `Invoke-WebRequest` and `Invoke-RestMethod` make, with the hashtables and the session that stand before
//! the command. Nothing is run: what only PowerShell knows is left out.

use super::literal::{Form, Member, Scan};
use super::{Header, Login, Origin, Piece, Request, Span};

/// So far back a variable is looked for.
const BACK: usize = 8 * 1024;

/// What PowerShell escapes with.
const ESCAPE: u8 = b'`';

/// The request of a command; nothing when it names no address. `whole` is the paste, for what stands before the command.
pub(super) fn request<'t>(command: &Piece<'t>, whole: &'t str) -> Option<Request<'t>> {
    let end = command.span.start;
    let before = Piece::cut(whole, end.saturating_sub(BACK)..end);
    let mut request = Request { span: command.span, origin: Origin::Command, ..Request::default() };
    let mut scan = Scan::new(command, 0, ESCAPE);
    let program = scan.word();
    loop {
        scan.space();
        let at = scan.at;
        match scan.peek() {
            None | Some(b'|' | b';') => break,
            Some(b'-') => option(&mut scan, &mut request, &before),
            // Without a name, the first argument is the address.
            Some(_) => {
                let (value, _) = argument(&mut scan);
                if request.target.is_none() && value.text.contains("://") {
                    request.target = Some(value);
                }
            }
        }
        if scan.at == at {
            scan.at += 1;
        }
    }
    request.target.as_ref()?;
    request.method.get_or_insert_with(|| Piece::decoded("GET".to_owned(), program.span));
    Some(request)
}

/// Puts what an option says into the request.
fn option<'t>(scan: &mut Scan<'_, 't>, request: &mut Request<'t>, before: &Piece<'t>) {
    let name = scan.word().text.to_ascii_lowercase();
    scan.take(":");
    scan.space();
    match name.as_str() {
        "-usedefaultcredentials" => request.login = Some(Login::Negotiate),
        "-headers" => headers(scan, request, before),
        "-uri" => request.target = Some(argument(scan).0),
        "-body" => request.body = Some(argument(scan).0),
        "-credential" | "-authentication" | "-token" => request.login = Some(Login::Any),
        "-certificate" | "-certificatethumbprint" => request.login = Some(Login::Certificate),
        "-method" | "-custommethod" => {
            let (value, _) = argument(scan);
            let upper = value.text.to_ascii_uppercase();
            let same = upper == value.text;
            request.method = Some(if same { value } else { Piece::decoded(upper, value.span) });
        }
        "-contenttype" => {
            let (value, _) = argument(scan);
            let name = Piece::decoded("Content-Type".to_owned(), value.span);
            request.headers.0.push(Header { name, value });
        }
        "-websession" => {
            argument(scan);
            request.headers.0.extend(session(before));
        }
        _ => {}
    }
}

/// An argument: text, `$name`, an expression in brackets or a bare word.
fn argument<'t>(scan: &mut Scan<'_, 't>) -> (Piece<'t>, Form) {
    match scan.peek() {
        Some(b'"' | b'\'' | b'(' | b'@' | b'{') => scan.value(),
        _ => (scan.until_space(), Form::Text),
    }
}

fn headers<'t>(scan: &mut Scan<'_, 't>, request: &mut Request<'t>, before: &Piece<'t>) {
    let mut members: Vec<Member<'t>> = Vec::new();
    if scan.peek() == Some(b'@') {
        scan.object(&mut members);
    } else {
        members = variable(before, &argument(scan).0.text);
    }
    if members.is_empty() {
        request.origin = Origin::List;
    }
    for member in members {
        // What the browser copies for HTTP/2 stands in the address and the method already.
        let pseudo = ["authority", "method", "path", "scheme"].contains(&member.name.text.as_ref());
        match member.form {
            Form::Code => request.origin = Origin::List,
            _ if pseudo => {}
            _ => request.headers.0.push(Header { name: member.name, value: member.value }),
        }
    }
}

/// The members that were given to a variable: `$h = @{…}`, `$h.Add("a", "b")`, `$h["a"] = "b"`.
fn variable<'t>(before: &Piece<'t>, name: &str) -> Vec<Member<'t>> {
    let mut members = Vec::new();
    if name.len() < 2 || !name.starts_with('$') {
        return members;
    }
    for (at, _) in before.text.match_indices(name).take(40) {
        let mut scan = Scan::new(before, at + name.len(), ESCAPE);
        scan.skip(|byte| byte == b' ');
        if scan.take("=") {
            scan.space();
            if scan.peek() == Some(b'@') {
                members.clear();
                scan.object(&mut members);
            }
        } else if scan.take(".Add(") || scan.take("[") {
            let Some(name) = scan.text() else { continue };
            scan.skip(|byte| b",]= ".contains(&byte));
            let (value, form) = scan.value();
            members.push(Member { path: Vec::new(), name, value, form });
        }
    }
    members
}

/// The cookies of the session that stands before the command: `New-Object System.Net.Cookie("name", "value", …)`.
fn session<'t>(before: &Piece<'t>) -> Option<Header<'t>> {
    let mut pairs = Vec::new();
    let mut span: Option<Span> = None;
    for (at, mark) in before.text.match_indices("System.Net.Cookie(").take(40) {
        let mut scan = Scan::new(before, at + mark.len(), ESCAPE);
        let name = scan.text()?;
        scan.skip(|byte| byte == b',' || byte == b' ');
        let value = scan.text()?;
        pairs.push(format!("{}={}", name.text, value.text));
        span = Some(span.map_or(name.span, |span| span.to(value.span)));
    }
    let span = span?;
    let name = Piece::decoded("Cookie".to_owned(), span);
    Some(Header { name, value: Piece::decoded(pairs.join("; "), span) })
}
