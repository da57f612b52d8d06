//! What a browser makes of an answer: cookies that it refuses or keeps back by their attributes (RFC 6265bis, sections 4.1.3
//! and 5.7), and what CORS lets a page send and read (Fetch, section 3.3).

use super::{Rule, host, under};
use crate::cause::Cause::{CookieNotSent, CorsPreflight, HeaderStrippedByProxy, MissingCredentials};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{Exchange, Report, Request, Response, SetCookie};

pub(super) const RULES: &[Rule] =
    &[OTHER_DOMAIN, PREFIX, CROSS_SITE, OTHER_PATH, FIELD_NOT_ALLOWED, WILDCARD_WITH_CREDENTIALS];

const OTHER_DOMAIN: Rule = Rule {
    id: "cookie.other-domain",
    says: "A cookie is set for a domain that the host does not belong to.",
    points_to: &[(CookieNotSent, Decisive)],
    find: |report, findings| {
        each(report, |request, cookie| {
            let Some(domain) = &cookie.domain else { return };
            let name = domain.text.trim_start_matches('.');
            if host(request).is_some_and(|host| !name.is_empty() && !under(host, name)) {
                findings.add(Some(domain.span));
            }
        });
    },
};

/// `__Secure-` wants `Secure`; `__Host-` wants it with `Path=/` and without `Domain`.
const PREFIX: Rule = Rule {
    id: "cookie.prefix-not-kept",
    says: "A cookie's name promises attributes that it does not have.",
    points_to: &[(CookieNotSent, Decisive)],
    find: |report, findings| {
        let responses = report.exchanges.iter().filter_map(|exchange| exchange.response.as_ref());
        for cookie in responses.flat_map(Response::set_cookies) {
            let name = cookie.name.text.to_ascii_lowercase();
            let rooted = cookie.path.as_ref().is_some_and(|path| path.text == "/");
            let broken = name.starts_with("__secure-") && !cookie.secure
                || name.starts_with("__host-") && !(cookie.secure && rooted && cookie.domain.is_none());
            if broken {
                findings.add(Some(cookie.name.span));
            }
        }
    },
};

const CROSS_SITE: Rule = Rule {
    id: "cookie.same-site-across-sites",
    says: "A cookie with SameSite=Lax or Strict is set in answer to a request from another site.",
    points_to: &[(CookieNotSent, Decisive)],
    find: |report, findings| {
        each(report, |request, cookie| {
            let kept = cookie.is_same_site("Lax") || cookie.is_same_site("Strict");
            if kept && is_cross_site(request) {
                findings.add(Some(cookie.name.span));
            }
        });
    },
};

const OTHER_PATH: Rule = Rule {
    id: "cookie.other-path",
    says: "A cookie is set for a path under which the refused request does not lie.",
    points_to: &[(CookieNotSent, Strong)],
    find: |report, findings| {
        for (index, exchange) in report.exchanges.iter().enumerate() {
            let Some(set) = &exchange.response else { continue };
            let later = report.exchanges.iter().skip(index + 1);
            let refused =
                later.filter(|later| code(later) == Some(401)).filter_map(|later| later.request.as_ref());
            let paths: Vec<&str> = refused.filter_map(path).collect();
            for place in set.set_cookies().into_iter().filter_map(|cookie| cookie.path) {
                let scope = place.text.trim_end_matches('/').to_owned();
                let outside = |path: &&str| {
                    path.strip_prefix(scope.as_str())
                        .is_none_or(|rest| !(rest.is_empty() || rest.starts_with(['/', '?'])))
                };
                if !paths.is_empty() && paths.iter().all(outside) {
                    findings.add(Some(place.span));
                }
            }
        }
    },
};

/// Fetch, section 3.3.5: `*` does not stand for `Authorization`, which has to be named.
const FIELD_NOT_ALLOWED: Rule = Rule {
    id: "cors.authorization-not-allowed",
    says: "The preflight asks for the Authorization field and the answer does not allow it.",
    points_to: &[(CorsPreflight, Decisive), (HeaderStrippedByProxy, Against), (MissingCredentials, Weak)],
    find: |report, findings| {
        for exchange in &report.exchanges {
            let (Some(request), Some(response)) = (&exchange.request, &exchange.response) else { continue };
            let names =
                |value: &str| value.split(',').any(|name| name.trim().eq_ignore_ascii_case("authorization"));
            let asked = request
                .headers
                .first("Access-Control-Request-Headers")
                .filter(|asked| names(&asked.value.text));
            let allowed =
                response.headers.all("Access-Control-Allow-Headers").any(|header| names(&header.value.text));
            let answered = response.code().is_some_and(|code| (200..300).contains(&code));
            if let Some(asked) = asked
                && answered
                && !allowed
            {
                findings.add(Some(asked.value.span));
            }
        }
    },
};

/// Fetch, section 3.3.5: with credentials, `*` stands for nothing, and the page may not read the answer.
const WILDCARD_WITH_CREDENTIALS: Rule = Rule {
    id: "cors.wildcard-with-credentials",
    says: "The answer to a request with cookies allows every origin by a wildcard.",
    points_to: &[(CookieNotSent, Strong), (CorsPreflight, Weak)],
    find: |report, findings| {
        for exchange in &report.exchanges {
            let (Some(request), Some(response)) = (&exchange.request, &exchange.response) else { continue };
            let credentials =
                request.headers.first("Origin").is_some() && request.headers.first("Cookie").is_some();
            let wild =
                response.headers.first("Access-Control-Allow-Origin").filter(|field| field.value.text == "*");
            if let Some(wild) = wild.filter(|_| credentials) {
                findings.add(Some(wild.value.span));
            }
        }
    },
};

fn code(exchange: &Exchange<'_>) -> Option<u16> {
    exchange.response.as_ref()?.code()
}

/// Every cookie that is set, with the request whose answer sets it.
fn each(report: &Report<'_>, mut look: impl FnMut(&Request<'_>, &SetCookie<'_>)) {
    for exchange in &report.exchanges {
        let (Some(request), Some(response)) = (&exchange.request, &exchange.response) else { continue };
        for cookie in response.set_cookies() {
            look(request, &cookie);
        }
    }
}

/// Whether a page of another site made the request. Sites are compared by their last two labels, and named as another only
/// where those differ: under a public suffix of two labels this says nothing, never something wrong.
fn is_cross_site(request: &Request<'_>) -> bool {
    if let Some(site) = request.headers.first("Sec-Fetch-Site") {
        return site.value.text == "cross-site";
    }
    let Some(host) = host(request) else { return false };
    let origin = request.headers.first("Origin").or_else(|| request.headers.first("Referer"));
    let Some(origin) = origin.map(|origin| super::jwt::host_name(&origin.value.text)) else { return false };
    let named =
        |host: &str| host.contains('.') && !host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    named(host) && named(origin) && site(host) != site(origin)
}

fn site(host: &str) -> &str {
    let from = host.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
    host.get(from..).unwrap_or(host)
}

fn path<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let target = request.target.as_ref()?.text.as_ref();
    match target.split_once("://") {
        Some((_, rest)) => Some(rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")),
        None => Some(target),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, ids};
    use super::RULES;

    #[track_caller]
    fn cookie(fields: &str, cookie: &str, expected: &[&str]) {
        let text = format!(
            "> POST /login HTTP/1.1\n> Host: api.example.com\n{fields}>\n< HTTP/1.1 200 OK\n< Set-Cookie: {cookie}\n<\n"
        );
        assert_eq!(ids(RULES, &text), expected, "{cookie}");
    }

    #[test]
    fn a_cookie_for_a_foreign_domain_is_marked() {
        cookie("", "sid=1; Domain=example.org", &["cookie.other-domain"]);
        cookie("", "sid=1; Domain=.example.com", &[]);
    }

    #[test]
    fn names_that_promise_attributes_are_held_to_them() {
        cookie("", "__Host-sid=1; Secure; Path=/app", &["cookie.prefix-not-kept"]);
        cookie("", "__Host-sid=1; Secure; Path=/", &[]);
        cookie("", "__Secure-sid=1; Path=/", &["cookie.prefix-not-kept"]);
    }

    #[test]
    fn a_lax_cookie_for_another_site_is_marked() {
        cookie(
            "> Origin: https://shop.example.org\n",
            "sid=1; SameSite=Lax",
            &["cookie.same-site-across-sites"],
        );
        cookie("> Origin: https://app.example.com\n", "sid=1; SameSite=Lax", &[]);
        cookie("> Sec-Fetch-Site: cross-site\n", "sid=1; SameSite=None; Secure", &[]);
    }

    #[test]
    fn a_cookie_for_another_path_is_marked() {
        check(
            RULES,
            r#"
> POST /auth/login HTTP/1.1
>
< HTTP/1.1 200 OK
< Set-Cookie: sid=1; Path=/auth
                          ^^^^^ cookie.other-path
<
> GET /api/me HTTP/1.1
>
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_preflight_that_does_not_allow_the_field_is_marked() {
        check(
            RULES,
            r#"
> OPTIONS /me HTTP/1.1
> Access-Control-Request-Headers: authorization,content-type
                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^ cors.authorization-not-allowed
>
< HTTP/1.1 204 No Content
< Access-Control-Allow-Headers: *
"#,
        );
    }

    #[test]
    fn a_wildcard_for_a_request_with_cookies_is_marked() {
        check(
            RULES,
            r#"
> GET /me HTTP/1.1
> Origin: https://app.example.com
> Cookie: sid=1
>
< HTTP/1.1 401 Unauthorized
< Access-Control-Allow-Origin: *
                               ^ cors.wildcard-with-credentials
"#,
        );
    }
}
