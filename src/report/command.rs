//! Command lines: joined over continued lines, taken apart as a shell would, and for curl read as the request that they
//! make. Knows shells and curl's options; nothing is run, and no variable is expanded.

use std::borrow::Cow;

use base64::Engine as _;

use super::authorization::STANDARD;
use super::lines::{Cursor, Line};
use super::{Header, Headers, Login, Origin, Piece, Report, Request, Span, log, raw};

/// A command may go on for so many lines.
const LINES: usize = 60;

/// Programs that talk to servers; a line that begins with one and has an option or an address is a command.
const PROGRAMS: [&str; 62] = [
    "curl",
    "curl.exe",
    "wget",
    "http",
    "https",
    "httpie",
    "xh",
    "docker",
    "podman",
    "skopeo",
    "crane",
    "oras",
    "git",
    "npm",
    "npx",
    "pnpm",
    "yarn",
    "pip",
    "pip3",
    "poetry",
    "uv",
    "twine",
    "python",
    "python3",
    "conda",
    "mvn",
    "./mvnw",
    "gradle",
    "./gradlew",
    "dotnet",
    "nuget",
    "composer",
    "php",
    "gem",
    "bundle",
    "cargo",
    "go",
    "kubectl",
    "oc",
    "helm",
    "az",
    "aws",
    "gcloud",
    "gsutil",
    "gh",
    "glab",
    "terraform",
    "vault",
    "consul",
    "ansible",
    "ansible-playbook",
    "ssh",
    "scp",
    "rsync",
    "psql",
    "mysql",
    "mongo",
    "redis-cli",
    "node",
    "openssl",
    "kinit",
    "flux",
];

/// Programs of PowerShell that make a request.
const CMDLETS: [&str; 4] = ["invoke-restmethod", "invoke-webrequest", "iwr", "irm"];

/// Words that follow the name of a program in prose.
const SPOKEN: [&str; 24] = [
    "is", "was", "and", "or", "does", "did", "works", "worked", "fails", "failed", "gives", "gave", "says",
    "returns", "in", "on", "with", "from", "has", "cannot", "can't", "doesn't", "error", "still",
];

/// How a word was quoted. Only in single quotes a shell leaves `$NAME` as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    None,
    Single,
    Double,
}

/// A word of a command line.
#[derive(Clone, Debug)]
pub struct Word<'t> {
    /// The word without its quotes.
    pub piece: Piece<'t>,
    /// The first quote in it.
    pub quote: Quote,
}

/// The words of a command line, as a POSIX shell divides it, up to the first `|`, `;` or `&&`.
pub fn words<'t>(command: &Piece<'t>) -> Vec<Word<'t>> {
    let text = command.text.as_ref();
    let mut words = Vec::new();
    let mut chars = text.char_indices().peekable();
    loop {
        // Between words: white space, and the marks that join lines.
        while let Some(&(at, char)) = chars.peek() {
            let joins = matches!(char, '\\' | '^' | '`')
                && text.get(at + 1..).is_some_and(|rest| {
                    rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || rest.is_empty()
                });
            if !char.is_whitespace() && !joins {
                break;
            }
            chars.next();
        }
        let Some(&(start, first)) = chars.peek() else { return words };
        if matches!(first, '|' | ';')
            || text.get(start..).is_some_and(|rest| rest.starts_with("&&") || rest.starts_with("# "))
        {
            return words;
        }
        let mut out = String::new();
        let mut quote = Quote::None;
        let mut open: Option<char> = None;
        let mut end = start;
        while let Some(&(at, char)) = chars.peek() {
            end = at + char.len_utf8();
            match open {
                Some(mark) if char == mark => open = None,
                Some('"') if char == '\\' => {
                    chars.next();
                    match chars.peek().copied() {
                        Some((_, next @ ('"' | '\\' | '$' | '`'))) => out.push(next),
                        Some((_, '\n')) => {}
                        Some((_, next)) => out.extend(['\\', next]),
                        None => break,
                    }
                    end = chars.peek().map_or(end, |(at, char)| at + char.len_utf8());
                }
                Some(_) => out.push(char),
                None if char == '\'' || char == '"' => {
                    open = Some(char);
                    if quote == Quote::None {
                        quote = if char == '"' { Quote::Double } else { Quote::Single };
                    }
                }
                None if char == '\\' => {
                    chars.next();
                    match chars.peek().copied() {
                        Some((_, '\n' | '\r')) | None => {
                            end = at;
                            break;
                        }
                        Some((next, char)) => {
                            out.push(char);
                            end = next + char.len_utf8();
                        }
                    }
                }
                None if char.is_whitespace() => {
                    end = at;
                    break;
                }
                None => out.push(char),
            }
            chars.next();
        }
        words.push(Word { piece: word(command, start..end, out), quote });
        if words.len() >= 400 {
            return words;
        }
    }
}

/// A word is borrowed from the paste where its quotes stand at its ends only.
fn word<'t>(command: &Piece<'t>, range: std::ops::Range<usize>, text: String) -> Piece<'t> {
    let raw = command.slice(range.clone());
    if raw.is_verbatim() {
        if raw.text == text {
            return raw;
        }
        if raw.text.len() == text.len() + 2 {
            let inner = command.slice(range.start + 1..range.end - 1);
            if inner.text == text {
                return inner;
            }
        }
        if let Some(at) = raw.text.find(&text).filter(|_| !text.is_empty()) {
            return raw.slice(at..at + text.len());
        }
    }
    Piece { text: Cow::Owned(text), span: raw.span }
}

/// The command of a line, without a prompt and without assignments before it.
fn command_of(line: Line<'_>) -> Option<(&str, bool)> {
    let text = line.text.trim_start();
    let mut rest = text;
    let mut prompted = false;
    for prompt in ["$ ", "# ", "% ", "+ ", "> ", "PS> ", "❯ ", "➜ "] {
        if let Some(after) = rest.strip_prefix(prompt) {
            rest = after.trim_start();
            // `#` is a heading and `>` a quotation in Markdown, so that these need a program behind them.
            prompted = matches!(prompt, "$ " | "PS> " | "❯ ");
            break;
        }
    }
    // user@host:~/x$ and C:\x>
    if !prompted {
        let at = rest
            .get(..rest.floor_char_boundary(80))
            .and_then(|head| head.find("$ ").or_else(|| head.find("> ")).or_else(|| head.find("# ")));
        if let Some(at) = at {
            let head = rest.get(..at).unwrap_or_default();
            let shell = !head.contains(' ')
                && (head.contains('@') && head.contains(':') || head.contains(":\\"))
                || head.starts_with("PS ");
            if shell {
                rest = rest.get(at + 2..)?.trim_start();
                prompted = true;
            }
        }
    }
    while let Some((name, after)) = assignment(rest) {
        let _ = name;
        rest = after;
    }
    if let Some(after) = rest.strip_prefix("sudo ").or_else(|| rest.strip_prefix("time ")) {
        rest = after.trim_start();
    }
    (!rest.is_empty()).then_some((rest, prompted))
}

/// `NAME=value ` before a command.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('=')?;
    let named = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if !named {
        return None;
    }
    let end = match rest.chars().next()? {
        mark @ ('"' | '\'') => rest.get(1..)?.find(mark)? + 2,
        _ => rest.find(' ')?,
    };
    let after = rest.get(end..)?.strip_prefix(' ')?.trim_start();
    (!after.is_empty()).then_some((name, after))
}

fn begins(line: Line<'_>, fenced: bool) -> Option<&str> {
    let (command, prompted) = command_of(line)?;
    // `npm ERR! …` is what a command printed.
    if log::is_log(command) {
        return None;
    }
    let mut words = command.split_ascii_whitespace();
    let program = words.next()?;
    if CMDLETS.contains(&program.to_ascii_lowercase().as_str()) {
        return Some(command);
    }
    let known = PROGRAMS.contains(&program);
    if !known {
        return prompted.then_some(command);
    }
    let rest: Vec<&str> = words.take(40).collect();
    let is_option = |word: &&str| {
        word.starts_with('-')
            && word.len() > 1
            && word.as_bytes().get(1).is_some_and(u8::is_ascii_alphanumeric)
            || word.starts_with("--") && word.len() > 3
    };
    let addressed = rest.iter().any(|word| word.contains("://") || word.contains("localhost"));
    let optioned = rest.iter().any(is_option);
    // `npm is broken`, `docker and helm`: what follows the program is no subcommand.
    let verb = rest.first().is_some_and(|word| SPOKEN.contains(word));
    // Prose that begins with the name of a program has many words and ends like a sentence.
    let sentence = rest.len() > 3 && !addressed && !optioned
        || command.ends_with(['.', '?', '!']) && rest.len() > 4 && !optioned;
    let short = !rest.is_empty() && rest.len() <= 3 && !command.ends_with(['.', '?', '!', ':', ',']);
    let accepted = prompted
        || fenced
        || optioned
        || (addressed && !sentence)
        || (short && program != "go" && program != "node" && program != "http" && program != "https");
    (accepted && !verb && !rest.is_empty()).then_some(command)
}

/// Reads a command line with the lines that continue it.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(line) = cursor.line() else { return false };
    let Some(command) = begins(line, cursor.fenced) else { return false };
    let start = cursor.piece(command).span.start;
    let mut end = line.end();
    let mut taken = 1;
    let mut last = line;
    let mut open = open_quote(command, None);
    for ahead in 1..LINES {
        let Some(next) = cursor.ahead(ahead).filter(|next| !next.is_fence()) else { break };
        let joined = last.text.trim_end().ends_with(['\\', '^', '`']) && !next.is_blank();
        // curl's options on lines of their own, where the paste lost the backslashes.
        let option = ["-H ", "--header "].iter().any(|option| next.text.trim_start().starts_with(option));
        // A body in quotes goes on over line breaks. Quotes may also stay open for good, and then nothing is taken.
        if open.is_some() {
            if !cursor.may_search() || raw::start(next.text).is_some() {
                break;
            }
            cursor.pay(next.text.len() + 1);
        } else if !joined && !option {
            break;
        }
        open = open_quote(next.text, open);
        last = next;
        if open.is_none() {
            taken = ahead + 1;
            end = next.end();
        }
    }
    for _ in 0..taken {
        cursor.step();
    }
    let piece = cursor.cut(Span::new(start, end)).trimmed();
    if report.commands.len() >= super::COMMANDS {
        return true;
    }
    if let Some(request) = request(&piece) {
        report.add_request(request);
    }
    report.commands.push(piece);
    true
}

/// The quote that is open at the end of a text.
fn open_quote(text: &str, mut open: Option<char>) -> Option<char> {
    let mut escaped = false;
    for char in text.chars() {
        if escaped {
            escaped = false;
            continue;
        }
        match (open, char) {
            (Some('\''), '\'') | (Some('"'), '"') => open = None,
            (Some('\''), _) => {}
            (_, '\\') => escaped = true,
            (None, '\'' | '"') => open = Some(char),
            _ => {}
        }
    }
    open
}

/// Options of curl that take a value, by their short letter.
const VALUED: &str = "XHudFbAeExUocmwTKrCDyYzQtPhI";
/// Of those letters, the ones that take none after all: `-I` asks for the head, `-h` for help.
const BARE: &str = "Ih";

/// The request that a curl command makes; nothing for other programs.
fn request<'t>(command: &Piece<'t>) -> Option<Request<'t>> {
    let words = words(command);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let report = Report::read(text);
        let shown: Vec<String> = report
            .exchanges
            .iter()
            .filter_map(|exchange| exchange.request.as_ref())
            .map(|request| {
                let text = |piece: &Option<Piece<'_>>| {
                    piece.as_ref().map(|piece| piece.text.to_string()).unwrap_or_default()
                };
                let headers: Vec<String> = request
                    .headers
                    .0
                    .iter()
                    .map(|header| format!("{}={}", header.name.text, header.value.text))
                    .collect();
                format!(
                    "{} {} [{}] {}",
                    text(&request.method),
                    text(&request.target),
                    headers.join("; "),
                    text(&request.body)
                )
            })
            .collect();
        assert_eq!(shown.join("\n"), expected);
    }

    #[test]
    fn a_command_over_several_lines_is_one_request() {
        check(
            "curl -X GET -H \"Content-Type: application/json\" \\\n-H \"Authorization: JWT $TOKEN\" $URL\n\nI get:",
            "GET $URL [Content-Type=application/json; Authorization=JWT $TOKEN] ",
        );
    }

    #[test]
    fn user_and_password_become_the_field_that_curl_sends() {
        check(
            "$ curl -sku user:pass https://x.example/",
            "GET https://x.example/ [Authorization=Basic dXNlcjpwYXNz] ",
        );
        check("curl --ntlm -u user:pass https://x.example/", "GET https://x.example/ [] ");
    }

    #[test]
    fn a_body_over_several_lines_belongs_to_the_command() {
        check(
            "curl https://x.example/login \\\n  -H 'A: b' \\\n  -d '{\n  \"user\": \"x\"\n}'\nThat gives 401.",
            "POST https://x.example/login [A=b] {\n  \"user\": \"x\"\n}",
        );
    }

    #[test]
    fn assignments_before_the_command_are_passed_over() {
        check(
            "ENDPOINT_URL=\"http://localhost:8080/\" curl -X GET -u \"airflow:airflow\" \"${ENDPOINT_URL}/api/v1/pools\"",
            "GET ${ENDPOINT_URL}/api/v1/pools [Authorization=Basic YWlyZmxvdzphaXJmbG93] ",
        );
    }

    #[test]
    fn prose_about_a_program_is_no_command() {
        for text in [
            "git push gives me a 401 since yesterday.",
            "curl works, Postman does not.",
            "npm is fine",
            "docker and helm both fail.",
        ] {
            let report = Report::read(text);
            assert!(report.commands.is_empty(), "{text}");
        }
    }
}
