//! The requests that `wget` and HTTPie (`http`, `https`, `xh`) command lines make, from their options and items. Knows
//! nothing of curl.

use base64::Engine as _;

use super::authorization::STANDARD;
use super::raw::{METHODS, is_name};
use super::shell::words;
use super::{Header, Login, Origin, Piece, Request};

/// The request that the command makes; nothing for other programs.
pub(super) fn request<'t>(command: &Piece<'t>) -> Option<Request<'t>> {
    let words: Vec<Piece<'t>> = words(command).into_iter().map(|word| word.piece).collect();
    let (program, rest) = words.split_first()?;
    let mut request = Request { span: command.span, origin: Origin::Command, ..Request::default() };
    match program.text.as_ref() {
        "wget" => wget(rest, &mut request),
        "http" | "https" | "httpie" | "xh" | "xhs" => httpie(rest, &mut request),
        _ => return None,
    }
    let target = request.target.as_ref()?;
    let implied = if request.body.is_some() { "POST" } else { "GET" };
    let method = Piece::decoded(implied.to_owned(), target.span);
    request.method.get_or_insert(method);
    Some(request)
}

fn wget<'t>(words: &[Piece<'t>], request: &mut Request<'t>) {
    const VALUED: [&str; 16] = [
        "header",
        "user",
        "password",
        "http-user",
        "http-password",
        "method",
        "post-data",
        "body-data",
        "user-agent",
        "output-document",
        "O",
        "o",
        "U",
        "P",
        "proxy-user",
        "proxy-password",
    ];
    let (mut user, mut password) = (None, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(option) = word.text.strip_prefix('-').filter(|option| !option.is_empty()) else {
            request.target.get_or_insert_with(|| word.clone());
            continue;
        };
        let option = option.trim_start_matches('-');
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(word.slice(word.text.len() - value.len()..word.text.len()))),
            None => (option, VALUED.contains(&option).then(|| words.next().cloned()).flatten()),
        };
        match (name, value) {
            ("header", Some(value)) => request.headers.0.extend(field(&value, ':')),
            ("user" | "http-user", Some(value)) => user = Some(value),
            ("password" | "http-password", Some(value)) => password = Some(value),
            ("method", Some(value)) => request.method = Some(value),
            ("post-data" | "body-data", Some(value)) => request.body = Some(value),
            ("certificate", _) => request.login = Some(Login::Certificate),
            ("ask-password" | "use-askpass", _) => request.login = Some(Login::Any),
            _ => {}
        }
    }
    if let Some(user) = user {
        // wget answers a challenge; the scheme is the server's choice, Basic where it has none.
        let password = password.map(|password| password.text.into_owned()).unwrap_or_default();
        request.login = Some(Login::Basic);
        request.headers.0.push(basic(&format!("{}:{password}", user.text), &user));
    }
}

fn httpie<'t>(words: &[Piece<'t>], request: &mut Request<'t>) {
    const VALUED: [&str; 22] = [
        "a",
        "auth",
        "A",
        "auth-type",
        "o",
        "output",
        "p",
        "print",
        "s",
        "style",
        "session",
        "proxy",
        "verify",
        "cert",
        "cert-key",
        "timeout",
        "max-redirects",
        "P",
        "history-print",
        "boundary",
        "raw",
        "ssl",
    ];
    let (mut auth, mut kind) = (None, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if let Some(option) = word.text.strip_prefix('-').filter(|option| !option.is_empty()) {
            let option = option.trim_start_matches('-');
            let (name, value) = match option.split_once('=') {
                Some((name, value)) => {
                    (name, Some(word.slice(word.text.len() - value.len()..word.text.len())))
                }
                None => (option, VALUED.contains(&option).then(|| words.next().cloned()).flatten()),
            };
            match (name, value) {
                ("a" | "auth", Some(value)) => auth = Some(value),
                ("A" | "auth-type", Some(value)) => kind = Some(value.text.into_owned()),
                ("raw", Some(value)) => request.body = Some(value),
                ("cert", _) => request.login = Some(Login::Certificate),
                _ => {}
            }
            continue;
        }
        if request.target.is_some() {
            item(word, request);
        } else if request.method.is_none() && METHODS.contains(&word.text.as_ref()) {
            request.method = Some(word.clone());
        } else {
            request.target = Some(word.clone());
        }
    }
    let Some(auth) = auth else { return };
    match kind.as_deref() {
        Some("bearer") => {
            let value = Piece::decoded(format!("Bearer {}", auth.text), auth.span);
            request
                .headers
                .0
                .push(Header { name: Piece::decoded("Authorization".to_owned(), auth.span), value });
        }
        Some("digest") => request.login = Some(Login::Digest),
        Some("ntlm") => request.login = Some(Login::Ntlm),
        Some("basic") | None => {
            request.login = Some(Login::Basic);
            request.headers.0.push(basic(&auth.text, &auth));
        }
        Some(_) => request.login = Some(Login::Any),
    }
}

/// A request item of HTTPie: `Name:value`, `name==value`, `name=value`, `name:=json`.
fn item<'t>(word: &Piece<'t>, request: &mut Request<'t>) {
    let text = word.text.as_ref();
    let Some(at) = text.find([':', '=', '@']) else { return };
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with(":=") || rest.starts_with('=') && !rest.starts_with("==") || rest.starts_with('@') {
        request.body.get_or_insert_with(|| word.clone());
    } else if rest.starts_with(':') {
        request.headers.0.extend(field(word, ':'));
    }
}

/// The field of a `Name: value` word.
fn field<'t>(word: &Piece<'t>, mark: char) -> Option<Header<'t>> {
    let at = word.text.find(mark)?;
    let name = word.slice(0..at).trimmed();
    let value = word.slice(at + 1..word.text.len()).trimmed();
    is_name(&name.text).then_some(Header { name, value })
}

/// The field that a user and a password become.
fn basic<'t>(pair: &str, at: &Piece<'t>) -> Header<'t> {
    let value = Piece::decoded(format!("Basic {}", STANDARD.encode(pair)), at.span);
    Header { name: Piece::decoded("Authorization".to_owned(), at.span), value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &str, expected: &str) {
        let request = request(&Piece::whole(command)).expect("a request");
        let text = |piece: &Option<Piece<'_>>| {
            piece.as_ref().map(|piece| piece.text.to_string()).unwrap_or_default()
        };
        let headers: Vec<String> = request
            .headers
            .0
            .iter()
            .map(|header| format!("{}={}", header.name.text, header.value.text))
            .collect();
        let body = text(&request.body);
        assert_eq!(
            format!("{} {} [{}] {body}", text(&request.method), text(&request.target), headers.join("; ")),
            expected
        );
    }

    #[test]
    fn wget_commands_are_requests() {
        check("wget -S --header='X-Key: a' -O out https://x.example/a", "GET https://x.example/a [X-Key=a] ");
        check(
            "wget --user ada --password=b https://x.example/a",
            "GET https://x.example/a [Authorization=Basic YWRhOmI=] ",
        );
        check("wget --post-data 'a=b' https://x.example/a", "POST https://x.example/a [] a=b");
    }

    #[test]
    fn httpie_commands_are_requests() {
        check("http -v PUT x.example/a X-Key:a item:=17 q==2", "PUT x.example/a [X-Key=a] item:=17");
        check("http x.example/a name=b", "POST x.example/a [] name=b");
        check("https -A bearer -a abc x.example/a", "GET x.example/a [Authorization=Bearer abc] ");
        check("http -a ada:b x.example/a", "GET x.example/a [Authorization=Basic YWRhOmI=] ");
    }
}
