//! Cookies that a browser will not keep or send, by their attributes (RFC 6265bis, section 5).

use super::{Findings, Rule};
use crate::cause::Cause::{CookieNotSent, SessionExpired, TokenRevoked};
use crate::diagnosis::finding::Weight::{Decisive, Strong, Weak};
use crate::report::{Report, SetCookie, Span};

pub(super) const RULES: &[Rule] = &[NONE_WITHOUT_SECURE, SECURE_OVER_HTTP, STRICT, CLEARED, NOT_SENT_BACK];

/// Browsers drop a cookie with `SameSite=None` and without `Secure`.
const NONE_WITHOUT_SECURE: Rule = Rule {
    id: "cookie.none-without-secure",
    says: "A cookie is set with SameSite=None and without Secure.",
    points_to: &[(CookieNotSent, Decisive)],
    find: |report, findings| {
        each(report, findings, |cookie, _| cookie.is_same_site("None") && !cookie.secure);
    },
};

const SECURE_OVER_HTTP: Rule = Rule {
    id: "cookie.secure-over-http",
    says: "A cookie with Secure is set over plain http.",
    points_to: &[(CookieNotSent, Decisive)],
    find: |report, findings| {
        each(report, findings, |cookie, target| cookie.secure && target.starts_with("http://"));
    },
};

const STRICT: Rule = Rule {
    id: "cookie.same-site",
    says: "A cookie is set with SameSite=Strict or Lax.",
    points_to: &[(CookieNotSent, Strong)],
    find: |report, findings| {
        each(report, findings, |cookie, _| cookie.is_same_site("Strict") || cookie.is_same_site("Lax"));
    },
};

const CLEARED: Rule = Rule {
    id: "cookie.cleared",
    says: "The refusal clears a cookie.",
    points_to: &[(SessionExpired, Decisive), (TokenRevoked, Weak)],
    find: |report, findings| {
        for response in report.exchanges.iter().filter_map(|exchange| exchange.response.as_ref()) {
            let cleared = |cookie: &SetCookie<'_>| {
                let past = cookie.expires.as_ref().is_some_and(|expires| expires.text.contains(" 1970"));
                cookie.max_age.as_ref().is_some_and(|age| age.text.trim() == "0") || past
            };
            if response.code() == Some(401)
                && let Some(cookie) = response.set_cookies().iter().find(|cookie| cleared(cookie))
            {
                findings.add(Some(cookie.name.span));
            }
        }
    },
};

/// A login sets a cookie and the next request goes without it.
const NOT_SENT_BACK: Rule = Rule {
    id: "cookie.not-sent-back",
    says: "A cookie that one answer sets is missing from the next request.",
    points_to: &[(CookieNotSent, Decisive)],
    find: |report, findings| {
        for (first, second) in report.exchanges.iter().zip(report.exchanges.iter().skip(1)) {
            let (Some(set), Some(request)) = (&first.response, &second.request) else { continue };
            let refused = second.response.as_ref().is_some_and(|response| response.code() == Some(401));
            let sent = request.cookies();
            let lost = set.set_cookies().into_iter().find(|cookie| {
                !cookie.value.text.is_empty() && sent.iter().all(|sent| sent.name.text != cookie.name.text)
            });
            if let Some(lost) = lost
                && refused
                && request.headers.first("Authorization").is_none()
            {
                findings.add(Some(lost.name.span));
            }
        }
    },
};

fn each(report: &Report<'_>, findings: &mut Findings, holds: impl Fn(&SetCookie<'_>, &str) -> bool) {
    for exchange in &report.exchanges {
        let Some(response) = &exchange.response else { continue };
        let target = exchange.request.as_ref().and_then(|request| request.target.as_ref());
        let target = target.map_or("", |target| target.text.as_ref());
        let seen: Option<Span> =
            response.set_cookies().iter().find(|cookie| holds(cookie, target)).map(|cookie| cookie.name.span);
        if seen.is_some() {
            findings.add(seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULES;

    #[test]
    fn none_without_secure_is_marked() {
        check(
            RULES,
            r#"
> POST /login HTTP/1.1
>
< HTTP/1.1 200 OK
< Set-Cookie: sid=1; SameSite=None
              ^^^ cookie.none-without-secure
"#,
        );
    }

    #[test]
    fn a_lax_cookie_that_is_not_sent_back_is_marked() {
        check(
            RULES,
            r#"
> POST /login HTTP/1.1
> Host: example.com
>
< HTTP/1.1 200 OK
< Set-Cookie: sid=1; SameSite=Lax
              ^^^ cookie.same-site
              ^^^ cookie.not-sent-back
<
> GET /me HTTP/1.1
> Host: example.com
>
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_secure_cookie_over_plain_http_is_marked() {
        check(
            RULES,
            r#"
curl -i http://example.com/login

HTTP/1.1 200 OK
Set-Cookie: sid=1; Secure
            ^^^ cookie.secure-over-http
"#,
        );
    }

    #[test]
    fn a_refusal_that_clears_the_cookie_is_marked() {
        check(
            RULES,
            r#"
> GET /me HTTP/1.1
> Cookie: sid=1
>
< HTTP/1.1 401 Unauthorized
< Set-Cookie: sid=; Max-Age=0
              ^^^ cookie.cleared
"#,
        );
    }

    #[test]
    fn a_cookie_that_comes_back_is_quiet() {
        check(
            RULES,
            r#"
> POST /login HTTP/1.1
> Host: example.com
>
< HTTP/1.1 200 OK
< Set-Cookie: sid=1; SameSite=None; Secure
<
> GET /me HTTP/1.1
> Host: example.com
> Cookie: sid=1
>
< HTTP/1.1 401 Unauthorized
"#,
        );
    }
}
