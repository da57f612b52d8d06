//! "This is no 401": what a report shows when it shows another refusal or failure and nothing speaks of a 401. In doubt
//! nothing is said, since services answer 403 where a 401 belongs and people write both. Knows no cause's evidence.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::report::{Report, Span};

/// What a report shows in the place of a 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotThis {
    /// 403.
    Forbidden,
    /// 404, or 410.
    NotFound,
    /// 407.
    ProxyLogin,
    /// 419, which Laravel answers when the token of a form is out of date.
    PageExpired,
    /// 429.
    TooMany,
    /// 500 and above.
    ServerFault,
    /// No secure connection.
    Tls,
    /// The host's name is not known.
    Dns,
    /// The connection is refused, or nobody answers.
    Unreachable,
    /// A browser's CORS message without a status.
    Cors,
    /// 200, with an error in the body.
    ErrorInside,
}

/// What was seen, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other {
    pub kind: NotThis,
    /// The place of the status or the message.
    pub span: Span,
    /// Whether the report speaks of a login as well, so that the causes of a 401 may apply all the same.
    pub may_be_one: bool,
}

impl NotThis {
    /// Every kind.
    pub const ALL: &'static [NotThis] = &[
        NotThis::Forbidden,
        NotThis::NotFound,
        NotThis::ProxyLogin,
        NotThis::PageExpired,
        NotThis::TooMany,
        NotThis::ServerFault,
        NotThis::Tls,
        NotThis::Dns,
        NotThis::Unreachable,
        NotThis::Cors,
        NotThis::ErrorInside,
    ];

    /// The name in the API.
    pub const fn id(self) -> &'static str {
        match self {
            NotThis::Forbidden => "forbidden",
            NotThis::NotFound => "not-found",
            NotThis::ProxyLogin => "proxy-login",
            NotThis::PageExpired => "page-expired",
            NotThis::TooMany => "too-many-requests",
            NotThis::ServerFault => "server-fault",
            NotThis::Tls => "tls",
            NotThis::Dns => "dns",
            NotThis::Unreachable => "unreachable",
            NotThis::Cors => "cors",
            NotThis::ErrorInside => "error-inside-200",
        }
    }

    /// What it is, in one line.
    pub const fn heading(self) -> &'static str {
        match self {
            NotThis::Forbidden => "This is a 403, not a 401",
            NotThis::NotFound => "This is a 404, not a 401",
            NotThis::ProxyLogin => "This is a 407: the proxy wants a login",
            NotThis::PageExpired => "This is a 419: the form’s token is out of date",
            NotThis::TooMany => "This is a 429: too many requests",
            NotThis::ServerFault => "This is a fault of the server, not a 401",
            NotThis::Tls => "The secure connection fails, before any 401",
            NotThis::Dns => "The host is not found, before any 401",
            NotThis::Unreachable => "The server is not reached, before any 401",
            NotThis::Cors => "The browser holds the answer back; its status is not shown",
            NotThis::ErrorInside => "The status is 200; the error is inside",
        }
    }

    /// What it means and where to look.
    pub const fn says(self) -> &'static str {
        match self {
            NotThis::Forbidden => {
                "The server refuses whatever the credential is, so that a new login alone changes nothing. Look at the rights, roles and scopes of the account, then at rules about networks and origins, and at a firewall in front of the server. Some services answer 403 where a 401 belongs: if yours complains about a missing or wrong credential, the causes below hold."
            }
            NotThis::NotFound => {
                "The server has nothing at this address, or hides from this login what it may not see, as GitHub does with private repositories. Compare host, path, version and method with the documentation letter by letter; then look whether the account may see what you ask for."
            }
            NotThis::ProxyLogin => {
                "Not the server refuses the request but a proxy between you and it, which wants a login of its own (RFC 9110, section 15.5.8). Give the client the proxy’s name and password, or go around the proxy."
            }
            NotThis::PageExpired => {
                "Laravel answers 419 when the CSRF token of a form is missing or belongs to a session that has ended. Reload the page and send the form again. If it comes back, look at the session’s cookie and its lifetime."
            }
            NotThis::TooMany => {
                "The server has had too many requests from you (RFC 6585, section 4). Wait as long as Retry-After says, then send fewer at a time. The credential is not what it complains about."
            }
            NotThis::ServerFault => {
                "The server, or a gateway in front of it, failed at the request and judged no credential. Look into its log at that minute: a 500 is the application’s own, while 502, 503 and 504 say that something behind the gateway is down or slow."
            }
            NotThis::Tls => {
                "Client and server do not agree on a secure connection, so that no request was sent and nothing was refused. Look at the certificate’s dates, names and chain with openssl s_client, at the clock of the client, and at proxies that open connections."
            }
            NotThis::Dns => {
                "The host’s name leads nowhere, so that no request was sent. Check the name for a slip, then ask for it where the client runs, which inside a container or a VPN may have another answer: getent hosts NAME, or nslookup NAME."
            }
            NotThis::Unreachable => {
                "Nobody answers at that address and port, so that no request was sent. Check host and port, whether the server listens there and not on another interface, and whether a firewall lets you through."
            }
            NotThis::Cors => {
                "The message says only that the answer lacks the header that lets a page read it; what the answer was, the page may not see. Look at the request in the network panel, or send it with curl. If its preflight, OPTIONS, is answered with 401, this is the cause."
            }
            NotThis::ErrorInside => {
                "The request was answered as good, and the error stands in the body, as GraphQL and older APIs do it. Go by the error’s own code. If it speaks of a token or a login, the causes below hold all the same."
            }
        }
    }

    /// The article to go on with, by its slug.
    pub const fn article(self) -> &'static str {
        match self {
            NotThis::Forbidden => "401-or-403",
            NotThis::NotFound => "insufficient-scope",
            NotThis::ProxyLogin => "proxy-authentication-required",
            NotThis::PageExpired => "origin-or-csrf-check",
            NotThis::TooMany => "ip-or-policy-block",
            NotThis::ServerFault => "auth-backend-fault",
            NotThis::Cors => "cors-preflight",
            NotThis::Tls | NotThis::Dns | NotThis::Unreachable | NotThis::ErrorInside => {
                "how-to-identify-a-401"
            }
        }
    }

    const fn of_status(code: u16) -> Option<NotThis> {
        match code {
            403 => Some(NotThis::Forbidden),
            404 | 410 => Some(NotThis::NotFound),
            407 => Some(NotThis::ProxyLogin),
            419 => Some(NotThis::PageExpired),
            429 => Some(NotThis::TooMany),
            500..=599 => Some(NotThis::ServerFault),
            _ => None,
        }
    }
}

/// What words of a report say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// It speaks of a 401.
    This,
    /// It speaks of a login.
    Login,
    /// It shows something else.
    Another(NotThis),
}

const WORDS: &[(Says, &[&str])] = &[
    (
        Says::This,
        &[
            "401",
            "unauthori",
            "unauthenticated",
            "www-authenticate",
            "not authorized",
            "not authorised",
            "notauthorized",
            "not authenticated",
            "authentication required",
            "authorization required",
            "invalid_client",
            "invalid_grant",
            "invalid_token",
            "invalid token",
            "invalid api key",
            "invalid credentials",
            "bad credentials",
            "no valid credentials",
            "authentication failed",
            "signaturedoesnotmatch",
            "invalidaccesskeyid",
        ],
    ),
    (
        Says::Login,
        &[
            "token",
            "password",
            "passwd",
            "credential",
            "api key",
            "api-key",
            "api_key",
            "apikey",
            "log in",
            "login",
            "logged",
            "sign in",
            "signin",
            "authenticat",
            "authoriz",
            "oauth",
            "session",
            "secret",
            "jwt",
            "cookie",
            "signature",
            "ldap",
            "kerberos",
            "sso",
        ],
    ),
    (
        Says::Another(NotThis::Tls),
        &[
            "ssl certificate problem",
            "certificate verify failed",
            "certificate has expired",
            "certificate is not trusted",
            "err_cert_",
            "err_ssl_",
            "cert_has_expired",
            "depth_zero_self_signed_cert",
            "self_signed_cert_in_chain",
            "unable_to_verify_leaf_signature",
            "unable to get local issuer certificate",
            "self signed certificate",
            "self-signed certificate",
            "ssl_error_",
            "sec_error_unknown_issuer",
            "pkix path building failed",
            "x509: certificate",
            "sslhandshakeexception",
            "handshake failure",
            "tlsv1 alert",
            "wrong version number",
            "the ssl connection could not be established",
            "tls: failed to verify certificate",
        ],
    ),
    (
        Says::Another(NotThis::Dns),
        &[
            "could not resolve host",
            "couldn't resolve host",
            "name or service not known",
            "enotfound",
            "err_name_not_resolved",
            "nxdomain",
            "failure in name resolution",
            "no such host",
            "unknownhostexception",
            "nodename nor servname",
            "eai_again",
        ],
    ),
    (
        Says::Another(NotThis::Unreachable),
        &[
            "connection refused",
            "econnrefused",
            "err_connection_refused",
            "actively refused",
            "connection timed out",
            "etimedout",
            "err_connection_timed_out",
            "no route to host",
            "network is unreachable",
            "ehostunreach",
        ],
    ),
    (
        Says::Another(NotThis::Cors),
        &[
            "blocked by cors policy",
            "cross-origin request blocked",
            "'access-control-allow-origin' missing",
            "no 'access-control-allow-origin' header",
            "not allowed by access-control-allow-origin",
        ],
    ),
];

/// All words at once, and what each says.
static LOOKED_FOR: LazyLock<Option<(AhoCorasick, Vec<Says>)>> = LazyLock::new(|| {
    let all = WORDS.iter().flat_map(|(says, words)| words.iter().map(|word| (*word, *says)));
    let (words, says): (Vec<&str>, Vec<Says>) = all.unzip();
    let machine = AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()?;
    Some((machine, says))
});

/// What the report shows in the place of a 401; nothing when it speaks of a 401 anywhere, or shows nothing else either.
pub(super) fn look(report: &Report<'_>) -> Option<Other> {
    let (machine, says) = LOOKED_FOR.as_ref()?;
    let mut speaks_of_login = false;
    let mut failure: Option<(NotThis, Span)> = None;
    for found in machine.find_overlapping_iter(report.text) {
        let span = Span::new(found.start(), found.end());
        match says.get(found.pattern().as_usize())? {
            Says::Login => speaks_of_login = true,
            _ if !is_word(report.text, span) => {}
            Says::This => return None,
            Says::Another(kind) => failure = failure.or(Some((*kind, span))),
        }
    }
    let status = last_error(report);
    let (kind, span) = match (status, failure) {
        // A gateway that can't reach what is behind it answers 502; a page that may not read a 403 shows the message.
        (Some((NotThis::ServerFault, span)), _) => (NotThis::ServerFault, span),
        (_, Some((NotThis::Cors, span))) => (NotThis::Cors, span),
        (Some(status), _) => status,
        (None, Some(failure)) => failure,
        (None, None) => (NotThis::ErrorInside, error_inside(report)?),
    };
    // Where a proxy or a limit refuses, what is said of tokens does not matter.
    let is_settled = matches!(kind, NotThis::ProxyLogin | NotThis::TooMany);
    Some(Other { kind, span, may_be_one: speaks_of_login && !is_settled })
}

/// Whether it begins where a word or a number begins: no 401 in 14010, no `ENOTFOUND` in `FileNotFound`.
fn is_word(text: &str, span: Span) -> bool {
    let bytes = text.as_bytes();
    let is_number = bytes.get(span.start).is_some_and(u8::is_ascii_digit);
    let before = span.start.checked_sub(1).and_then(|at| bytes.get(at));
    match is_number {
        // E401 and HTTP401 are written, too.
        true => {
            let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
            !digit(before) && !digit(bytes.get(span.end))
        }
        false => !before.is_some_and(u8::is_ascii_alphabetic),
    }
}

/// The last refusal or failure: of the exchanges, or else of the statuses that are named.
fn last_error(report: &Report<'_>) -> Option<(NotThis, Span)> {
    let answered = report.exchanges.iter().filter_map(|exchange| exchange.response.as_ref()?.status);
    let answers: Vec<_> = answered.collect();
    let last = if answers.is_empty() {
        report.statuses.iter().copied().rfind(|one| one.code >= 400)
    } else {
        answers.last().copied()
    };
    let last = last.filter(|status| status.code >= 400)?;
    Some((NotThis::of_status(last.code)?, last.span))
}

/// The error in the body of an answer that says it is good.
fn error_inside(report: &Report<'_>) -> Option<Span> {
    let response = report.exchanges.last()?.response.as_ref()?;
    let body = response.body.as_ref().filter(|_| response.code() == Some(200))?;
    let at = ["\"error\"", "\"errors\"", "\"error_code\"", "\"errorCode\"", "<soap:Fault", "<faultcode"]
        .into_iter()
        .filter_map(|key| body.text.find(key).map(|at| (at, key.len())))
        .min()?;
    let value = body.text.get(at.0 + at.1..)?.trim_start_matches([':', ' ', '\n']);
    // `"error": null` and an empty list are how no error is written.
    let is_none = ["null", "false", "[]", "\"\"", "0", "{}"].iter().any(|none| value.starts_with(none));
    (!is_none).then(|| body.part(at.0..at.0 + at.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cause::Cause;

    /// Carets under what gives it away; `~` before the kind when it may be a 401 all the same.
    #[track_caller]
    fn check(marked: &str) {
        let mut text = String::new();
        let mut expected = None;
        let mut line_start = 0;
        for line in marked.trim_start_matches('\n').split_inclusive('\n') {
            let rest = line.trim_start_matches(' ');
            if rest.starts_with('^') {
                let carets = rest.bytes().take_while(|byte| *byte == b'^').count();
                let start = line_start + line.len() - rest.len();
                expected = Some((start, start + carets, rest.trim_start_matches('^').trim().to_owned()));
            } else {
                line_start = text.len();
                text.push_str(line);
            }
        }
        let seen = look(&Report::read(&text)).map(|other| {
            let soft = if other.may_be_one { "~" } else { "" };
            (other.span.start, other.span.end, format!("{soft}{}", other.kind.id()))
        });
        assert_eq!(seen, expected, "in\n{text}");
    }

    #[track_caller]
    fn check_none(text: &str) {
        assert_eq!(look(&Report::read(text)), None, "in\n{text}");
    }

    #[test]
    fn each_status_that_is_no_401_is_named() {
        check("> GET / HTTP/1.1\n> Host: x.example\n>\n< HTTP/1.1 403 Forbidden\n           ^^^ forbidden\n");
        check("< HTTP/1.1 404 Not Found\n           ^^^ not-found\n");
        check("We see status 419 after a while.\n              ^^^ page-expired\n");
        check("I keep getting a 429\n                 ^^^ too-many-requests\n");
        check("< HTTP/2 503\n         ^^^ server-fault\n");
    }

    #[test]
    fn a_proxy_that_wants_a_login_is_no_server_that_does() {
        check(
            "curl: (56) Received HTTP code 407 from proxy after CONNECT\n                              ^^^ proxy-login\n",
        );
    }

    #[test]
    fn a_connection_that_never_came_about_is_named() {
        check(
            "curl: (60) SSL certificate problem: self signed certificate\n           ^^^^^^^^^^^^^^^^^^^^^^^ tls\n",
        );
        check("curl: (6) Could not resolve host: api.example.com\n          ^^^^^^^^^^^^^^^^^^^^^^ dns\n");
        check("Error: connect ECONNREFUSED 127.0.0.1:8080\n               ^^^^^^^^^^^^ unreachable\n");
    }

    #[test]
    fn a_cors_message_without_a_status_leads_to_the_preflight() {
        check(
            "Access to fetch at 'https://a.example' from origin 'https://b.example' has been blocked by CORS policy\n                                                                                ^^^^^^^^^^^^^^^^^^^^^^ cors\n",
        );
    }

    #[test]
    fn an_error_inside_a_200_is_named_where_it_stands() {
        check(
            "< HTTP/1.1 200 OK\n< Content-Type: application/json\n<\n{\"errors\": [{\"message\": \"no such field\"}]}\n ^^^^^^^^ error-inside-200\n",
        );
        check_none(
            "< HTTP/1.1 200 OK\n< Content-Type: application/json\n<\n{\"error\": null, \"data\": 1}\n",
        );
    }

    #[test]
    fn a_gateway_that_reaches_nobody_is_a_fault_of_the_server() {
        check("< HTTP/1.1 502 Bad Gateway\n           ^^^ server-fault\n\nupstream: connection refused\n");
    }

    #[test]
    fn a_403_about_a_token_may_be_a_401_all_the_same() {
        check(
            "< HTTP/1.1 403 Forbidden\n           ^^^ ~forbidden\n\n{\"message\": \"The token is invalid\"}\n",
        );
    }

    #[test]
    fn whatever_speaks_of_a_401_is_one() {
        check_none("Sometimes I get a 403, sometimes a 401.");
        check_none("< HTTP/1.1 403 Forbidden\n\n{\"error\": \"Unauthorized\"}\n");
        check_none("npm ERR! code E401");
        check_none("HTTP 500 after the login answers UNAUTHENTICATED");
        check_none("< HTTP/1.1 302 Found\n< Location: /login\n");
        check_none("< HTTP/1.1 401 Unauthorized\n\ncurl: (6) Could not resolve host: x\n");
        check_none("I can't log in.");
        check_none("GHFileNotFoundException: https://api.example.com");
        check_none("");
    }

    #[test]
    fn the_digits_of_a_longer_number_speak_of_nothing() {
        check("pid 14010\n< HTTP/1.1 403 Forbidden\n           ^^^ forbidden\n");
    }

    /// Every labelled report is the story of a 401, whatever else its author quotes.
    #[test]
    fn of_a_hundred_stories_of_a_401_fewer_than_two_are_told_to_be_none() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut cases = Vec::new();
        for path in files.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")) {
            let text = std::fs::read_to_string(&path).unwrap();
            cases.extend(crate::diagnosis::Case::read_all(path.to_str().unwrap(), &text).unwrap());
        }
        let told: Vec<String> = cases
            .iter()
            .filter_map(|case| {
                let other = look(&Report::read(&case.report))?;
                // A 407 that is told to be one is told right.
                let is_right =
                    case.cause == Cause::ProxyAuthenticationRequired && other.kind == NotThis::ProxyLogin;
                if is_right {
                    return None;
                }
                let soft = if other.may_be_one { "~" } else { "" };
                Some(format!("{}: {soft}{}", case.id, other.kind.id()))
            })
            .collect();
        assert!(cases.len() > 300, "{}", cases.len());
        let firmly = told.iter().filter(|line| !line.contains('~')).count();
        let share = format!("{} of {}, {firmly} firmly:\n{}", told.len(), cases.len(), told.join("\n"));
        assert!(50 * told.len() < cases.len(), "{share}");
    }

    #[test]
    fn each_kind_has_its_own_name_and_a_calm_paragraph() {
        let mut ids: Vec<&str> = NotThis::ALL.iter().map(|kind| kind.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), NotThis::ALL.len());
        for kind in NotThis::ALL {
            assert!(kind.says().ends_with('.') && !kind.says().contains('!'), "{kind:?}");
        }
    }
}
