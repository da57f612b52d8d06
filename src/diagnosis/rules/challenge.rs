//! What the server asks for, beside what the client sent.

use super::absence::carries_credential;
use super::{Findings, Rule, requests};
use crate::cause::Cause::{
    DigestMismatch, HeaderStrippedByProxy, MissingCredentials, NegotiateFailure, TokenExpired,
    WrongAuthScheme,
};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{Challenge, Origin, Report, Request};

pub(super) const RULES: &[Rule] =
    &[SCHEME_NOT_OFFERED, DIGEST_STALE, DIGEST_ASKED, NEGOTIATE_ASKED, BARE_AFTER_CREDENTIAL];

const SCHEME_NOT_OFFERED: Rule = Rule {
    id: "challenge.other-scheme",
    says: "The client sent one scheme and the server asks for another.",
    points_to: &[(WrongAuthScheme, Decisive), (TokenExpired, Against)],
    find: scheme_not_offered,
};

/// RFC 7616, section 3.3: `stale=true` says that only the nonce was too old.
const DIGEST_STALE: Rule = Rule {
    id: "digest.stale-nonce",
    says: "The server says that the nonce of the Digest credential is stale.",
    points_to: &[(DigestMismatch, Decisive)],
    find: digest_stale,
};

const DIGEST_ASKED: Rule = Rule {
    id: "challenge.digest",
    says: "The server asks for Digest.",
    points_to: &[(DigestMismatch, Strong), (WrongAuthScheme, Strong)],
    find: |report, findings| asks_for(report, findings, &["Digest"]),
};

const NEGOTIATE_ASKED: Rule = Rule {
    id: "challenge.negotiate",
    says: "The server asks for Negotiate, Kerberos or NTLM.",
    points_to: &[(NegotiateFailure, Strong), (WrongAuthScheme, Strong)],
    find: |report, findings| asks_for(report, findings, &["Negotiate", "NTLM", "Kerberos"]),
};

/// RFC 6750, section 3.1: without a credential the answer has no error code. An answer to a bearer token that has none
/// may mean that no token arrived.
const BARE_AFTER_CREDENTIAL: Rule = Rule {
    id: "challenge.no-error-code",
    says: "The client sent a bearer token and the challenge names no error, as if none had come.",
    points_to: &[(HeaderStrippedByProxy, Strong), (MissingCredentials, Weak)],
    find: bare_after_credential,
};

fn refusals<'r, 't>(
    report: &'r Report<'t>,
) -> impl Iterator<Item = (Option<String>, Vec<Challenge<'t>>)> + 'r {
    report.exchanges.iter().filter_map(|exchange| {
        let response =
            exchange.response.as_ref().filter(|response| response.code().is_none_or(|code| code == 401))?;
        let authorization = exchange.request.as_ref().and_then(|request| request.authorization());
        let sent = authorization.and_then(|sent| sent.scheme().map(|scheme| scheme.text.to_string()));
        Some((sent, response.challenges()))
    })
}

fn scheme_not_offered(report: &Report<'_>, findings: &mut Findings) {
    for (sent, challenges) in refusals(report) {
        let (Some(sent), Some(first)) = (sent, challenges.first()) else { continue };
        let negotiates =
            |scheme: &str| ["negotiate", "ntlm", "kerberos"].contains(&scheme.to_ascii_lowercase().as_str());
        let same = |challenge: &Challenge<'_>| {
            challenge.is(&sent) || negotiates(&sent) && negotiates(&challenge.scheme.text)
        };
        let known = challenges.iter().all(|challenge| !challenge.scheme.text.is_empty());
        if known && !challenges.iter().any(same) {
            let detail =
                format!("It was {sent} that was sent, and {} that was asked for.", first.scheme.text);
            let plain = detail.len() < 120 && detail.chars().all(|letter| !letter.is_control());
            findings.add_with(Some(first.scheme.span), plain.then_some(detail));
        }
    }
}

fn digest_stale(report: &Report<'_>, findings: &mut Findings) {
    for (_, challenges) in refusals(report) {
        for stale in
            challenges.iter().filter(|challenge| challenge.is("Digest")).filter_map(|one| one.param("stale"))
        {
            if stale.text.eq_ignore_ascii_case("true") {
                findings.add(Some(stale.span));
            }
        }
    }
}

/// A request that is shown whole and carries nothing was refused for that, whatever is asked for.
fn asks_for(report: &Report<'_>, findings: &mut Findings, schemes: &[&str]) {
    let carries = |request: &Request<'_>| request.origin != Origin::Wire || carries_credential(request);
    if requests(report).next().is_some() && !requests(report).any(carries) {
        return;
    }
    for (_, challenges) in refusals(report) {
        if let Some(asked) =
            challenges.iter().find(|challenge| schemes.iter().any(|scheme| challenge.is(scheme)))
        {
            findings.add(Some(asked.scheme.span));
        }
    }
}

fn bare_after_credential(report: &Report<'_>, findings: &mut Findings) {
    for (sent, challenges) in refusals(report) {
        let bearer_sent = sent.is_some_and(|sent| sent.eq_ignore_ascii_case("Bearer"));
        if let Some(bearer) = challenges.iter().find(|challenge| challenge.is("Bearer"))
            && bearer_sent
            && bearer.param("error").is_none()
        {
            findings.add(Some(bearer.scheme.span));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULES;

    #[test]
    fn a_scheme_that_is_not_offered_is_marked_in_the_challenge() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> Authorization: Bearer abcdefgh
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Basic realm="files"
                    ^^^^^ challenge.other-scheme
"#,
        );
    }

    #[test]
    fn the_offered_scheme_with_an_error_code_is_quiet() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> Authorization: Bearer abcdefgh
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Bearer error="invalid_token"
"#,
        );
    }

    #[test]
    fn a_stale_nonce_is_marked() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> Authorization: Digest username="a", nonce="1", response="2"
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Digest realm="files", nonce="3", stale=true
                                                           ^^^^ digest.stale-nonce
                    ^^^^^^ challenge.digest
"#,
        );
    }

    #[test]
    fn ntlm_stands_for_negotiate() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> Authorization: NTLM TlRMTVNTUAABAAAA
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
                    ^^^^^^^^^ challenge.negotiate
"#,
        );
    }

    #[test]
    fn a_bare_challenge_after_a_token_is_marked() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> Authorization: Bearer abcdefgh
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Bearer
                    ^^^^^^ challenge.no-error-code
"#,
        );
    }
}
