//! What is not there: a request answered with 401 that carries no credential, an answer without a challenge.

use super::{Findings, Rule};
use crate::cause::Cause::{
    AuthMiddlewareMisconfigured, CookieNotSent, CredentialWrongPlace, DigestMismatch, HeaderLostOnRedirect,
    HeaderStrippedByProxy, InvalidApiKey, MalformedAuthorizationHeader, MaskedError, MissingCredentials,
    ProxyAuthenticationRequired, TokenExpired, WrongPassword,
};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{Exchange, Login, Origin, Report, Request};

pub(super) const RULES: &[Rule] = &[NO_CREDENTIAL, SENT_AND_NOT_SEEN, NO_CHALLENGE];

/// As it left the client, a request without any credential.
const NO_CREDENTIAL: Rule = Rule {
    id: "request.no-credential",
    says: "The refused request carries no credential.",
    points_to: &[
        (MissingCredentials, Decisive),
        (CookieNotSent, Strong),
        (CredentialWrongPlace, Weak),
        (HeaderLostOnRedirect, Weak),
        (HeaderStrippedByProxy, Against),
        (MalformedAuthorizationHeader, Against),
        (DigestMismatch, Against),
        (WrongPassword, Against),
        (InvalidApiKey, Against),
        (TokenExpired, Against),
    ],
    find: no_credential,
};

/// A credential went out, and the answer says that none came.
const SENT_AND_NOT_SEEN: Rule = Rule {
    id: "request.credential-not-seen",
    says: "The request carries a credential and the answer says that there is none.",
    points_to: &[
        (CredentialWrongPlace, Decisive),
        (HeaderStrippedByProxy, Decisive),
        (MalformedAuthorizationHeader, Strong),
        (MissingCredentials, Against),
        (TokenExpired, Against),
        (WrongPassword, Against),
    ],
    find: sent_and_not_seen,
};

/// RFC 9110, section 15.5.2: a 401 must come with `WWW-Authenticate`. One without was often not written by the layer
/// that checks credentials.
const NO_CHALLENGE: Rule = Rule {
    id: "response.no-challenge",
    says: "The answer is a 401 without a WWW-Authenticate field.",
    points_to: &[
        (CookieNotSent, Weak),
        (MaskedError, Weak),
        (AuthMiddlewareMisconfigured, Weak),
        (ProxyAuthenticationRequired, Against),
    ],
    find: no_challenge,
};

fn no_credential(report: &Report<'_>, findings: &mut Findings) {
    for exchange in &report.exchanges {
        let Some(request) = &exchange.request else { continue };
        let shown_whole = matches!(request.origin, Origin::Wire | Origin::Command);
        let preflight =
            request.method.as_ref().is_some_and(|method| method.text.eq_ignore_ascii_case("OPTIONS"));
        if shown_whole && !preflight && refused(report, exchange) && !carries_credential(request) {
            let place = request.method.as_ref().or(request.target.as_ref());
            findings.add(Some(place.map_or(request.span, |piece| piece.span)));
        }
    }
}

/// Whether the request was answered with 401, by its own response or, where the paste shows none, by what it tells.
fn refused(report: &Report<'_>, exchange: &Exchange<'_>) -> bool {
    match exchange.response.as_ref().and_then(|response| response.code()) {
        Some(code) => code == 401,
        None => {
            let shown = report.exchanges.iter().filter(|exchange| !is_logged(exchange)).count();
            shown == 1 && report.statuses.iter().any(|status| status.code == 401)
        }
    }
}

/// Whether it was read from a line of a log.
fn is_logged(exchange: &Exchange<'_>) -> bool {
    exchange.request.as_ref().is_some_and(|request| request.origin == Origin::Log)
}

/// Whether anything in the request may be a credential.
pub(super) fn carries_credential(request: &Request<'_>) -> bool {
    const WORDS: [&str; 9] =
        ["auth", "token", "key", "secret", "session", "password", "signature", "credential", "jwt"];
    let telling = |text: &str| {
        let text = text.to_ascii_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    };
    let in_login = request.login.is_some_and(|login| login != Login::Basic);
    let in_headers = request.headers.0.iter().any(|header| {
        telling(&header.name.text) && !header.name.text.eq_ignore_ascii_case(":authority")
            || header.name.text.eq_ignore_ascii_case("cookie")
    });
    let in_target = request.target.as_ref().is_some_and(|target| {
        let user = target
            .text
            .split_once("://")
            .is_some_and(|(_, rest)| rest.split('/').next().is_some_and(|authority| authority.contains('@')));
        user || target.text.split_once('?').is_some_and(|(_, query)| telling(query))
    });
    let in_body = request.body.as_ref().is_some_and(|body| telling(&body.text));
    in_login || in_headers || in_target || in_body
}

fn sent_and_not_seen(report: &Report<'_>, findings: &mut Findings) {
    const NONE_CAME: [&str; 10] = [
        "missing",
        "not provided",
        "were not provided",
        "no api key",
        "no auth",
        "no token",
        "not found in request",
        "no credentials",
        "header is required",
        "not sent",
    ];
    for exchange in &report.exchanges {
        let (Some(request), Some(response)) = (&exchange.request, &exchange.response) else { continue };
        let Some(body) = response.body.as_ref().filter(|_| response.code() == Some(401)) else { continue };
        let says = body.text.to_ascii_lowercase();
        // A missing CSRF token or scope is another matter.
        let about_login =
            !["csrf", "xsrf", "scope", "permission", "role"].iter().any(|word| says.contains(word));
        let sent = request.headers.first("Authorization").is_some() && carries_credential(request);
        if sent && about_login && NONE_CAME.iter().any(|words| says.contains(words)) {
            findings.add(Some(body.span));
        }
    }
}

fn no_challenge(report: &Report<'_>, findings: &mut Findings) {
    for response in report.exchanges.iter().filter_map(|exchange| exchange.response.as_ref()) {
        // Two fields or more: the paste shows the head, not only the status line.
        if response.code() == Some(401)
            && response.headers.0.len() >= 2
            && response.headers.first("WWW-Authenticate").is_none()
        {
            findings.add(response.status.map(|status| status.span));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULES;

    #[test]
    fn a_refused_request_without_a_credential_is_marked() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
  ^^^ request.no-credential
> Host: api.example.com
> Accept: */*
>
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Bearer
"#,
        );
    }

    #[test]
    fn a_key_in_the_query_is_a_credential() {
        check(
            RULES,
            r#"
> GET /v1/me?api_key=1 HTTP/1.1
> Host: api.example.com
>
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Bearer
"#,
        );
    }

    #[test]
    fn a_credential_that_the_answer_does_not_see_is_marked_in_the_answer() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Bearer abcdefgh
>
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Bearer
<
{"detail": "Authentication credentials were not provided."}
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ request.credential-not-seen
"#,
        );
    }

    #[test]
    fn an_answer_without_a_challenge_is_marked_at_its_status() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Bearer abcdefgh
>
< HTTP/1.1 401 Unauthorized
           ^^^ response.no-challenge
< Server: nginx
< Content-Length: 0
"#,
        );
    }
}
