//! Command lines among other lines: behind a prompt or not, joined over continued lines and over quotes that stay open.
//! Knows which programs talk to servers; what a command line asks for is read elsewhere.

use super::lines::{Cursor, Line};
use super::shell::open_quote;
use super::{Report, Span, client_command, curl_command, log, powershell, raw};

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

/// Whether a command is one of PowerShell's that make a request.
fn is_cmdlet(command: &str) -> bool {
    let program = command.split_ascii_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    CMDLETS.contains(&program.as_str())
}

/// Whether a line of PowerShell prepares a request: `$headers = @{`, `$session = New-Object …`.
fn sets_up(command: &str) -> bool {
    const PREPARED: [&str; 7] = [
        "= @{",
        "=@{",
        "New-Object ",
        ".Cookies.Add(",
        ".UserAgent = ",
        "= ConvertTo-Json",
        "[\"Authorization\"]",
    ];
    command.starts_with('$')
        && command.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic)
        && PREPARED.iter().any(|mark| command.contains(mark))
}

/// How many more brackets of hashtables a text opens than it closes.
fn open_braces(text: &str) -> i32 {
    text.bytes().fold(0, |open, byte| match byte {
        b'{' => open + 1,
        b'}' => open - 1,
        _ => open,
    })
}

fn begins(line: Line<'_>, fenced: bool) -> Option<&str> {
    let (command, prompted) = command_of(line)?;
    // `npm ERR! …` is what a command printed.
    if log::is_log(command) || line.text.starts_with("+ ") && log::is_log(line.text) {
        return None;
    }
    let mut words = command.split_ascii_whitespace();
    let program = words.next()?;
    if is_cmdlet(command) || sets_up(command) {
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
    let braced = is_cmdlet(command) || sets_up(command);
    let mut braces = if braced { open_braces(command) } else { 0 };
    let mut open = if braced { None } else { open_quote(command, None) };
    for ahead in 1..LINES {
        let Some(next) = cursor.ahead(ahead).filter(|next| !next.is_fence()) else { break };
        let joined = last.text.trim_end().ends_with(['\\', '^', '`']) && !next.is_blank();
        // curl's options on lines of their own, where the paste lost the backslashes.
        let option = ["-H ", "--header "].iter().any(|option| next.text.trim_start().starts_with(option));
        // A body in quotes goes on over line breaks. Quotes may also stay open for good, and then nothing is taken.
        if open.is_some() || braces > 0 {
            if !cursor.may_search() || raw::start(next.text).is_some() {
                break;
            }
            cursor.pay(next.text.len() + 1);
        } else if !joined && !option {
            break;
        }
        open = if braced { None } else { open_quote(next.text, open) };
        braces += if braced { open_braces(next.text) } else { 0 };
        last = next;
        if open.is_none() && braces <= 0 {
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
    let request = if is_cmdlet(command) {
        powershell::request(&piece, cursor.text)
    } else {
        curl_command::request(&piece).or_else(|| client_command::request(&piece))
    };
    if let Some(request) = request {
        report.add_request(request);
    }
    report.commands.push(piece);
    true
}

#[cfg(test)]
mod tests {
    use crate::report::{Piece, Report};

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
