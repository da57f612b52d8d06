//! What the claims of a pasted JSON Web Token say (RFC 7519). Decoded, never verified.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::{Findings, Rule, requests};
use crate::cause::Cause::{
    ClockSkew, MalformedToken, RefreshFailed, SignatureInvalid, TokenExpired, UnexpandedPlaceholder,
    WrongAudience, WrongCredentialKind, WrongEnvironment, WrongIssuer,
};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{Report, Token, TokenForm};

pub(super) const RULES: &[Rule] = &[
    EXPIRED,
    EXPIRED_NOW,
    FUTURE,
    NO_ALGORITHM,
    ID_TOKEN,
    REFRESH_TOKEN,
    DAMAGED,
    OTHER_AUDIENCE,
    LOCAL_ISSUER,
    VALID,
];

const EXPIRED: Rule = Rule {
    id: "jwt.expired-claim",
    says: "The token's exp is before the answer's Date.",
    points_to: &[(TokenExpired, Decisive), (RefreshFailed, Strong), (ClockSkew, Weak)],
    find: |report, findings| {
        let Some(answered) = answered_at(report) else { return };
        for (token, expires) in times(report, "exp") {
            if expires < answered {
                let detail = format!("It is {} before it.", span_in_words(answered - expires));
                findings.add_with(Some(token.piece.span), Some(detail));
            }
        }
    },
};

/// Without a `Date` in the paste, against the time of reading. What expired long ago is an old paste.
const EXPIRED_NOW: Rule = Rule {
    id: "jwt.expired-by-now",
    says: "The token's exp is in the past by now.",
    points_to: &[(TokenExpired, Strong), (RefreshFailed, Weak)],
    find: |report, findings| {
        let now = findings.now().as_second();
        if answered_at(report).is_some() {
            return;
        }
        for (token, expires) in times(report, "exp") {
            if expires < now && now - expires < 30 * DAY {
                let detail = format!("It was {} ago.", span_in_words(now - expires));
                findings.add_with(Some(token.piece.span), Some(detail));
            }
        }
    },
};

const FUTURE: Rule = Rule {
    id: "jwt.future-claim",
    says: "The token's iat or nbf is after the answer's Date.",
    points_to: &[(ClockSkew, Decisive), (TokenExpired, Against)],
    find: |report, findings| {
        // Without a Date, only what is in the future by now: the paste cannot be older than the answer.
        let answered = answered_at(report).unwrap_or_else(|| findings.now().as_second());
        for (token, since) in times(report, "iat").chain(times(report, "nbf")) {
            // A time in milliseconds is another matter.
            if since > answered && since < super::token_kinds::MILLIS {
                let detail = format!("It is {} after it.", span_in_words(since - answered));
                findings.add_with(Some(token.piece.span), Some(detail));
            }
        }
    },
};

/// RFC 8725, section 3.2: verifiers refuse `none`.
const NO_ALGORITHM: Rule = Rule {
    id: "jwt.alg-none",
    says: "The token's header names no signature algorithm.",
    points_to: &[(SignatureInvalid, Decisive), (MalformedToken, Weak)],
    find: |report, findings| {
        for token in &report.tokens {
            let none = token.header_text("alg").is_some_and(|alg| alg.eq_ignore_ascii_case("none"));
            if none || token.form == TokenForm::Unsigned {
                findings.add(Some(token.piece.span));
            }
        }
    },
};

/// `nonce`, `at_hash` and `c_hash` stand in ID tokens only (OpenID Connect Core, section 2); Cognito says `token_use`.
const ID_TOKEN: Rule = Rule {
    id: "jwt.id-token",
    says: "The token has the claims of an ID token.",
    points_to: &[(WrongCredentialKind, Decisive), (WrongAudience, Strong)],
    find: |report, findings| {
        for token in &report.tokens {
            let says_so = token.text("token_use") == Some("id")
                || token.text("typ").is_some_and(|typ| typ.eq_ignore_ascii_case("ID"));
            let has = |claim: &str| token.claims.as_ref().is_some_and(|claims| claims.contains_key(claim));
            let scoped = has("scp") || has("scope");
            if says_so || !scoped && (has("at_hash") || has("c_hash")) {
                findings.add(Some(token.piece.span));
            }
        }
    },
};

const REFRESH_TOKEN: Rule = Rule {
    id: "jwt.refresh-token",
    says: "The token calls itself a refresh token.",
    points_to: &[(WrongCredentialKind, Decisive), (RefreshFailed, Weak)],
    find: |report, findings| {
        for token in &report.tokens {
            let typed = ["typ", "token_type", "token_use", "type"]
                .iter()
                .filter_map(|claim| token.text(claim))
                .any(|value| {
                    ["refresh", "refresh_token", "offline"]
                        .iter()
                        .any(|kind| value.eq_ignore_ascii_case(kind))
                });
            if typed {
                findings.add(Some(token.piece.span));
            }
        }
    },
};

const DAMAGED: Rule = Rule {
    id: "jwt.damaged",
    says: "The token does not have three parts that decode.",
    points_to: &[(MalformedToken, Decisive), (UnexpandedPlaceholder, Weak), (TokenExpired, Against)],
    find: |report, findings| {
        for token in report.tokens.iter().filter(|token| token.form == TokenForm::Damaged) {
            findings.add(Some(token.piece.span));
        }
    },
};

/// An address as audience names the API that the token is for (RFC 7519, section 4.1.3).
const OTHER_AUDIENCE: Rule = Rule {
    id: "jwt.audience-other-host",
    says: "The token's aud names another host than the request.",
    points_to: &[(WrongAudience, Decisive), (WrongEnvironment, Weak), (TokenExpired, Against)],
    find: other_audience,
};

const LOCAL_ISSUER: Rule = Rule {
    id: "jwt.internal-issuer",
    says: "The token's iss names an internal or local host.",
    points_to: &[(WrongIssuer, Strong)],
    find: |report, findings| {
        for token in &report.tokens {
            let local = |issuer: &str| {
                let host = issuer
                    .split("://")
                    .nth(1)
                    .and_then(|rest| rest.split(['/', ':']).next())
                    .unwrap_or_default();
                !host.is_empty()
                    && (!host.contains('.') || host.ends_with(".local") || host.starts_with("127."))
            };
            if token.text("iss").is_some_and(local) {
                findings.add(Some(token.piece.span));
            }
        }
    },
};

const VALID: Rule = Rule {
    id: "jwt.within-its-time",
    says: "The answer's Date is within the token's time.",
    points_to: &[
        (TokenExpired, Against),
        (ClockSkew, Against),
        (RefreshFailed, Against),
        (SignatureInvalid, Weak),
        (WrongAudience, Weak),
    ],
    find: |report, findings| {
        let Some(answered) = answered_at(report) else { return };
        for (token, expires) in times(report, "exp") {
            let begun =
                ["iat", "nbf"].iter().filter_map(|claim| token.time(claim)).all(|since| since <= answered);
            if begun && answered < expires {
                findings.add(Some(token.piece.span));
            }
        }
    },
};

fn other_audience(report: &Report<'_>, findings: &mut Findings) {
    for request in requests(report) {
        let Some(host) = request.headers.first("Host").map(|host| host_name(&host.value.text)) else {
            continue;
        };
        let carried = |token: &&Token<'_>| {
            request.headers.0.iter().any(|header| {
                header.value.span.start <= token.piece.span.start
                    && token.piece.span.end <= header.value.span.end
            })
        };
        for token in report.tokens.iter().filter(carried) {
            let audiences = token.texts("aud");
            let hosts: Vec<&str> =
                audiences.iter().filter(|aud| aud.starts_with("http")).map(|aud| host_name(aud)).collect();
            let named = |aud: &&str| same_site(aud, host);
            if !hosts.is_empty() && hosts.len() == audiences.len() && !hosts.iter().any(named) {
                findings.add(Some(token.piece.span));
            }
        }
    }
}

/// The host of an address or of a `Host` field, without port.
pub(super) fn host_name(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split(['/', '?']).next().unwrap_or_default();
    // A user before the host: `https://ada@example.com`.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    rest.split(['/', ':', '?']).next().unwrap_or_default().trim()
}

/// Whether one host is the other or lies under it.
fn same_site(one: &str, other: &str) -> bool {
    let under = |inner: &str, outer: &str| {
        inner.len() > outer.len()
            && inner.ends_with(outer)
            && inner.strip_suffix(outer).is_some_and(|rest| rest.ends_with('.'))
    };
    one.eq_ignore_ascii_case(other) || under(one, other) || under(other, one)
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The tokens with a time claim, in seconds since 1970.
fn times<'r, 't>(report: &'r Report<'t>, claim: &'r str) -> impl Iterator<Item = (&'r Token<'t>, i64)> {
    report.tokens.iter().filter_map(move |token| Some((token, token.time(claim)?)))
}

/// When the refusal was sent: its `Date` (RFC 9110, section 6.6.1), in seconds since 1970.
pub(super) fn answered_at(report: &Report<'_>) -> Option<i64> {
    let responses = report.exchanges.iter().filter_map(|exchange| exchange.response.as_ref());
    responses
        .filter(|response| response.code() == Some(401))
        .find_map(|response| http_date(&response.headers.first("Date")?.value.text))
        .map(|time| time.as_second())
}

/// An HTTP date: `Tue, 15 Nov 1994 08:12:31 GMT`.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text.trim()).ok()
}

/// `3 seconds`, `14 minutes`, `2 hours`, `5 days`.
pub(super) fn span_in_words(seconds: i64) -> String {
    let (count, unit) = match seconds.abs() {
        seconds if seconds < 2 * MINUTE => (seconds, "second"),
        seconds if seconds < 2 * HOUR => (seconds / MINUTE, "minute"),
        seconds if seconds < 2 * DAY => (seconds / HOUR, "hour"),
        seconds => (seconds / DAY, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::super::tests::{details, ids};
    use super::RULES;

    fn paste(claims: &str, date: &str) -> String {
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        let token =
            format!("{head}.{}.{}", URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode("signature"));
        format!("> GET / HTTP/1.1\n> Authorization: Bearer {token}\n>\n< HTTP/1.1 401 Unauthorized\n{date}\n")
    }

    /// 1791201600 is 2026-10-05T12:00:00Z.
    const DATE: &str = "< Date: Mon, 05 Oct 2026 12:00:00 GMT";

    #[track_caller]
    fn check(claims: &str, date: &str, expected: &[&str]) {
        assert_eq!(ids(RULES, &paste(claims, date)), expected, "{claims}");
    }

    #[test]
    fn a_token_past_its_exp_is_expired_against_the_date_of_the_answer() {
        check(r#"{"exp":1791201000}"#, DATE, &["jwt.expired-claim"]);
        assert_eq!(details(RULES, &paste(r#"{"exp":1791200760}"#, DATE)), ["It is 14 minutes before it."]);
    }

    #[test]
    fn a_token_within_its_time_is_said_to_be() {
        check(r#"{"iat":1791201000,"exp":1791204000}"#, DATE, &["jwt.within-its-time"]);
    }

    #[test]
    fn without_a_date_the_time_of_reading_counts_unless_the_paste_is_old() {
        // The tests read at 2026-11-20T12:00:00Z.
        check(r#"{"exp":1795089600}"#, "", &["jwt.expired-by-now"]);
        check(r#"{"exp":1531407967}"#, "", &[]);
    }

    #[test]
    fn a_token_from_the_future_points_at_the_clocks() {
        check(r#"{"iat":1791201690,"exp":1791204000}"#, DATE, &["jwt.future-claim"]);
    }

    #[test]
    fn id_and_refresh_tokens_are_told_by_their_claims() {
        check(r#"{"at_hash":"x","nonce":"y"}"#, "", &["jwt.id-token"]);
        check(r#"{"token_use":"id"}"#, "", &["jwt.id-token"]);
        check(r#"{"at_hash":"x","scope":"openid"}"#, "", &[]);
        check(r#"{"typ":"Refresh"}"#, "", &["jwt.refresh-token"]);
    }

    #[test]
    fn an_audience_that_is_another_host_is_said_to_be() {
        let about = |aud: &str, host: &str| {
            paste(&format!(r#"{{"aud":"{aud}"}}"#), "").replacen("\n>", &format!("\n> Host: {host}\n>"), 1)
        };
        assert_eq!(
            ids(RULES, &about("https://billing.example.com", "orders.example.com")),
            ["jwt.audience-other-host"]
        );
        assert_eq!(ids(RULES, &about("https://example.com/", "orders.example.com:8443")), [""; 0]);
        assert_eq!(ids(RULES, &about("orders", "orders.example.com")), [""; 0]);
    }

    #[test]
    fn an_issuer_without_a_public_name_is_internal() {
        check(r#"{"iss":"http://keycloak:8080/realms/x"}"#, "", &["jwt.internal-issuer"]);
        check(r#"{"iss":"https://login.example.com/realms/x"}"#, "", &[]);
    }

    #[test]
    fn a_token_that_names_no_algorithm_is_unsigned() {
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let token = format!("{head}.{}.", URL_SAFE_NO_PAD.encode(r#"{"sub":"a"}"#));
        assert_eq!(ids(RULES, &format!("Authorization: Bearer {token}")), ["jwt.alg-none"]);
    }

    #[test]
    fn a_token_with_two_parts_is_damaged() {
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        let token = format!("{head}.{}", URL_SAFE_NO_PAD.encode(r#"{"sub":"1234567890","name":"Ada"}"#));
        assert_eq!(ids(RULES, &format!("Authorization: Bearer {token}\n")), ["jwt.damaged"]);
    }
}
