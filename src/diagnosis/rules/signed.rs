//! Signed requests: the date in an AWS Signature Version 4 beside the answer's `Date`.

use jiff::civil::DateTime;

use super::jwt::{answered_at, span_in_words};
use super::{Findings, Rule, requests};
use crate::cause::Cause::{ClockSkew, ConflictingCredentials, RequestSignatureMismatch};
use crate::diagnosis::finding::Weight::{Decisive, Strong, Weak};
use crate::report::Report;

pub(super) const RULES: &[Rule] = &[DATE_SKEW, HEADER_BESIDE_SIGNED_URL, HEADER_AND_QUERY];

/// AWS allows five minutes (fifteen for S3) between the request's date and its own clock.
const ALLOWED: i64 = 5 * 60;

const DATE_SKEW: Rule = Rule {
    id: "signature.date-skew",
    says: "The date that the request was signed with is minutes away from the answer's Date.",
    points_to: &[(ClockSkew, Decisive), (RequestSignatureMismatch, Weak)],
    find: |report, findings| {
        let Some(answered) = answered_at(report) else { return };
        for request in requests(report) {
            let Some(date) = request.headers.first("X-Amz-Date") else { continue };
            if let Some(signed) = amz_date(&date.value.text)
                && (answered - signed).abs() > ALLOWED
            {
                let detail = format!("They are {} apart.", span_in_words(answered - signed));
                findings.add_with(Some(date.value.span), Some(detail));
            }
        }
    },
};

/// A presigned address carries the credential; object stores refuse a second one beside it.
const HEADER_BESIDE_SIGNED_URL: Rule = Rule {
    id: "signature.header-beside-signed-url",
    says: "The address is signed and the request carries an Authorization header as well.",
    points_to: &[(ConflictingCredentials, Decisive)],
    find: |report, findings| {
        const SIGNED: [&str; 4] = ["x-amz-signature=", "x-goog-signature=", "&sig=", "signature="];
        beside_header(report, findings, |query| SIGNED.iter().any(|sign| query.contains(sign)));
    },
};

/// RFC 6750, section 2: a client must not use more than one way in one request.
const HEADER_AND_QUERY: Rule = Rule {
    id: "request.header-and-query",
    says: "A token stands in the address and another credential in the Authorization header.",
    points_to: &[(ConflictingCredentials, Strong)],
    find: |report, findings| {
        const KEYS: [&str; 5] = ["access_token=", "api_key=", "apikey=", "auth_token=", "private_token="];
        beside_header(report, findings, |query| KEYS.iter().any(|key| query.contains(key)));
    },
};

fn beside_header(report: &Report<'_>, findings: &mut Findings, holds: impl Fn(&str) -> bool) {
    for request in requests(report) {
        let Some(field) = request.headers.first("Authorization") else { continue };
        let query = request.target.as_ref().and_then(|target| target.text.split_once('?'));
        if query.is_some_and(|(_, query)| holds(&query.to_ascii_lowercase())) {
            findings.add(Some(field.name.span));
        }
    }
}

/// `20260520T120000Z`, in seconds since 1970.
pub(super) fn amz_date(text: &str) -> Option<i64> {
    let date = DateTime::strptime("%Y%m%dT%H%M%SZ", text.trim()).ok()?;
    jiff::tz::Offset::UTC.to_timestamp(date).ok().map(|time| time.as_second())
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULES;

    #[test]
    fn a_request_that_was_signed_hours_ago_is_marked() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> X-Amz-Date: 20261005T090000Z
              ^^^^^^^^^^^^^^^^ signature.date-skew
>
< HTTP/1.1 401 Unauthorized
< Date: Mon, 05 Oct 2026 12:00:00 GMT
"#,
        );
    }

    #[test]
    fn a_request_that_was_signed_just_now_is_quiet() {
        check(
            RULES,
            r#"
> GET / HTTP/1.1
> X-Amz-Date: 20261005T115930Z
>
< HTTP/1.1 401 Unauthorized
< Date: Mon, 05 Oct 2026 12:00:00 GMT
"#,
        );
    }

    #[test]
    fn a_header_beside_a_signed_address_is_marked() {
        check(
            RULES,
            r#"
> GET /file?X-Amz-Signature=abc HTTP/1.1
> Authorization: Bearer abcdefgh
  ^^^^^^^^^^^^^ signature.header-beside-signed-url
>
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_token_in_the_address_beside_a_header_is_marked() {
        check(
            RULES,
            r#"
> GET /file?access_token=abc HTTP/1.1
> Authorization: Basic YTpi
  ^^^^^^^^^^^^^ request.header-and-query
>
< HTTP/1.1 401 Unauthorized
"#,
        );
    }
}
