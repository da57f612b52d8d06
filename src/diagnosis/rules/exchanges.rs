//! What several exchanges of one paste say together: a redirect that loses the header, a preflight, one request that
//! worked and one that did not, a refused try before the right one.

use super::Rule;
use super::absence::carries_credential;
use crate::cause::Cause::{
    CookieNotSent, CorsPreflight, CredentialWrongPlace, HeaderLostOnRedirect, HeaderStrippedByProxy,
    InsufficientScope, InvalidApiKey, MalformedAuthorizationHeader, MaskedError, MissingCredentials,
    NegotiateFailure, ProxyAuthenticationRequired, TokenExpired, WrongAuthScheme, WrongPassword,
};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{Exchange, Origin, Report, Request, Response};

pub(super) const RULES: &[Rule] = &[
    LOST_ON_REDIRECT,
    REDIRECTED,
    PREFLIGHT,
    ONE_WORKED,
    SAME_CREDENTIAL_WORKED,
    NEGOTIATION,
    PROXY_ANSWERED,
];

const LOST_ON_REDIRECT: Rule = Rule {
    id: "redirect.credential-lost",
    says: "The first request carries a credential and, after the redirect, the next does not.",
    points_to: &[(HeaderLostOnRedirect, Decisive), (WrongPassword, Against), (TokenExpired, Against)],
    find: |report, findings| {
        for (first, second) in pairs(report) {
            let (Some(before), Some(after)) = (&first.request, &second.request) else { continue };
            let redirect = first.response.as_ref().filter(|response| is_redirect(response));
            if let Some(redirect) = redirect
                && carries_credential(before)
                && !carries_credential(after)
            {
                findings.add(redirect.status.map(|status| status.span));
            }
        }
    },
};

const REDIRECTED: Rule = Rule {
    id: "redirect.before-refusal",
    says: "The request was redirected before it was refused.",
    points_to: &[(HeaderLostOnRedirect, Strong), (CookieNotSent, Weak)],
    find: |report, findings| {
        for (first, second) in pairs(report) {
            let redirect = first.response.as_ref().filter(|response| is_redirect(response));
            let refused = second.response.as_ref().is_some_and(|response| response.code() == Some(401));
            if let Some(redirect) = redirect
                && refused
            {
                let place = redirect.headers.first("Location").map(|location| location.value.span);
                findings.add(place.or(redirect.status.map(|status| status.span)));
            }
        }
    },
};

/// A browser's preflight carries no credential (Fetch, section 3.3): a server that asks it for one refuses every call.
const PREFLIGHT: Rule = Rule {
    id: "cors.options-refused",
    says: "An OPTIONS request is answered with 401.",
    points_to: &[(CorsPreflight, Decisive), (WrongPassword, Against), (TokenExpired, Against)],
    find: |report, findings| {
        for exchange in &report.exchanges {
            let method = exchange.request.as_ref().and_then(|request| request.method.as_ref());
            let refused = exchange.response.as_ref().is_some_and(|response| response.code() == Some(401));
            if let Some(method) = method
                && refused
                && method.text.eq_ignore_ascii_case("OPTIONS")
            {
                findings.add(Some(method.span));
            }
        }
    },
};

const ONE_WORKED: Rule = Rule {
    id: "exchanges.one-worked",
    says: "One request of the paste succeeded and another was refused.",
    points_to: &[
        (InsufficientScope, Weak),
        (MaskedError, Weak),
        (CredentialWrongPlace, Weak),
        (MalformedAuthorizationHeader, Weak),
        (HeaderStrippedByProxy, Weak),
    ],
    find: |report, findings| {
        let succeeded = report
            .exchanges
            .iter()
            .any(|exchange| code(exchange).is_some_and(|code| (200..300).contains(&code)));
        let refused = report.exchanges.iter().find(|exchange| code(exchange) == Some(401));
        if let Some(refused) = refused.and_then(|exchange| exchange.response.as_ref())
            && succeeded
        {
            findings.add(refused.status.map(|status| status.span));
        }
    },
};

const SAME_CREDENTIAL_WORKED: Rule = Rule {
    id: "exchanges.same-credential-worked",
    says: "The same Authorization header was accepted in another request of the paste.",
    points_to: &[
        (InsufficientScope, Strong),
        (MaskedError, Strong),
        (WrongPassword, Against),
        (InvalidApiKey, Against),
        (TokenExpired, Against),
        (MissingCredentials, Against),
    ],
    find: |report, findings| {
        for refused in report.exchanges.iter().filter(|exchange| code(exchange) == Some(401)) {
            let Some(field) = authorization(refused) else { continue };
            let accepted = report.exchanges.iter().any(|exchange| {
                code(exchange).is_some_and(|code| (200..300).contains(&code))
                    && authorization(exchange).is_some_and(|other| other.value.text == field.value.text)
            });
            if accepted {
                findings.add(Some(field.name.span));
            }
        }
    },
};

/// NTLM and Negotiate need two or three legs over one connection (MS-NTHT): 401s are part of it, the last decides.
const NEGOTIATION: Rule = Rule {
    id: "negotiate.last-leg-refused",
    says: "The last step of the NTLM or Negotiate exchange was refused.",
    points_to: &[(NegotiateFailure, Decisive), (WrongPassword, Strong), (WrongAuthScheme, Against)],
    find: |report, findings| {
        let Some(last) = report.exchanges.last().filter(|exchange| code(exchange) == Some(401)) else {
            return;
        };
        let Some(field) = authorization(last) else { return };
        let value = field.value.text.trim();
        let negotiates =
            ["negotiate ", "ntlm "].iter().any(|scheme| value.to_ascii_lowercase().starts_with(scheme));
        // The third message of NTLM begins with `NTLMSSP\0` and the number 3, in base64.
        if negotiates && (value.contains("TlRMTVNTUAAD") || value.len() > 400) {
            findings.add(Some(field.name.span));
        }
    },
};

const PROXY_ANSWERED: Rule = Rule {
    id: "proxy.wrote-the-answer",
    says: "The answer names a forward proxy as its author.",
    points_to: &[(ProxyAuthenticationRequired, Strong)],
    find: |report, findings| {
        const PROXIES: [&str; 6] = ["squid", "zscaler", "bluecoat", "blue coat", "mcafee", "forcepoint"];
        for response in report.exchanges.iter().filter_map(|exchange| exchange.response.as_ref()) {
            let refusal = matches!(response.code(), Some(401 | 407));
            for header in response.headers.0.iter().filter(|_| refusal) {
                let named = ["server", "via", "x-squid-error", "proxy-connection"]
                    .iter()
                    .any(|name| header.name.text.eq_ignore_ascii_case(name));
                let value = header.value.text.to_ascii_lowercase();
                if named && PROXIES.iter().any(|proxy| value.contains(proxy)) {
                    findings.add(Some(header.value.span));
                }
            }
        }
    },
};

fn pairs<'r, 't>(report: &'r Report<'t>) -> impl Iterator<Item = (&'r Exchange<'t>, &'r Exchange<'t>)> {
    // Lines of a log follow each other by chance.
    let logged = |exchange: &&Exchange<'_>| {
        exchange.request.as_ref().is_some_and(|request| request.origin == Origin::Log)
    };
    let first = report.exchanges.iter().zip(report.exchanges.iter().skip(1));
    first.filter(move |(one, other)| !logged(one) && !logged(other))
}

fn is_redirect(response: &Response<'_>) -> bool {
    matches!(response.code(), Some(301 | 302 | 303 | 307 | 308))
}

fn code(exchange: &Exchange<'_>) -> Option<u16> {
    exchange.response.as_ref()?.code()
}

fn authorization<'r, 't>(exchange: &'r Exchange<'t>) -> Option<&'r crate::report::Header<'t>> {
    exchange.request.as_ref().and_then(|request: &Request<'t>| request.headers.first("Authorization"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULES;

    #[test]
    fn a_credential_lost_on_a_redirect_is_marked_at_the_redirect() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Host: example.com
> Authorization: Bearer abcdefgh
>
< HTTP/1.1 301 Moved Permanently
           ^^^ redirect.credential-lost
< Location: https://api.example.com/v1/me
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ redirect.before-refusal
<
> GET /v1/me HTTP/1.1
> Host: api.example.com
>
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_refused_preflight_is_marked() {
        check(
            RULES,
            r#"
> OPTIONS /v1/me HTTP/1.1
  ^^^^^^^ cors.options-refused
> Host: example.com
>
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn the_same_credential_accepted_elsewhere_is_marked() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Host: example.com
> Authorization: Bearer abcdefgh
>
< HTTP/1.1 200 OK
<
> GET /v1/admin HTTP/1.1
> Host: example.com
> Authorization: Bearer abcdefgh
  ^^^^^^^^^^^^^ exchanges.same-credential-worked
>
< HTTP/1.1 401 Unauthorized
           ^^^ exchanges.one-worked
"#,
        );
    }

    #[test]
    fn a_refused_third_message_of_ntlm_is_marked() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> Authorization: NTLM TlRMTVNTUAADAAAAGAAYAHgAAAA=
  ^^^^^^^^^^^^^ negotiate.last-leg-refused
>
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn an_answer_that_squid_wrote_is_marked() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> Host: example.com
>
< HTTP/1.1 407 Proxy Authentication Required
< Server: squid/5.7
          ^^^^^^^^^ proxy.wrote-the-answer
"#,
        );
    }

    #[test]
    fn one_plain_refusal_is_quiet() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> Authorization: Bearer abcdefgh
>
< HTTP/1.1 401 Unauthorized
< Server: nginx
"#,
        );
    }
}
