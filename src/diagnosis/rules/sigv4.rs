//! AWS Signature Version 4 and OAuth 1.0: the parts of a signed request held against each other and against the answer's
//! `Date`. No signature is computed.

use super::jwt::{answered_at, span_in_words};
use super::signed::amz_date;
use super::{Rule, host, requests};
use crate::cause::Cause::{
    ClockSkew, HeaderStrippedByProxy, RequestSignatureMismatch, TokenExpired, WrongEnvironment,
};
use crate::diagnosis::finding::Weight::{Decisive, Strong, Weak};
use crate::report::{Authorization, Origin, Piece, Report, Request};

pub(super) const RULES: &[Rule] = &[
    OTHER_DAY,
    OTHER_REGION,
    OTHER_SERVICE,
    HOST_UNSIGNED,
    SIGNED_FIELD_MISSING,
    PRESIGNED_EXPIRED,
    OAUTH1_SKEW,
];

/// The date of the scope is the day of `X-Amz-Date`: the signing key is made from it.
const OTHER_DAY: Rule = Rule {
    id: "signature.scope-of-another-day",
    says: "The credential scope names another day than the date the request was signed with.",
    points_to: &[(RequestSignatureMismatch, Decisive), (ClockSkew, Weak)],
    find: |report, findings| {
        for signed in signed(report) {
            let Some(date) = signed.request.headers.first("X-Amz-Date") else { continue };
            if let Some(day) = signed.scope(1).filter(|day| day.len() == 8)
                && !date.value.text.starts_with(day)
            {
                findings.add(Some(signed.credential.span));
            }
        }
    },
};

const OTHER_REGION: Rule = Rule {
    id: "signature.other-region",
    says: "The credential scope names another region than the host.",
    points_to: &[(RequestSignatureMismatch, Strong), (WrongEnvironment, Strong)],
    find: |report, findings| {
        for signed in signed(report) {
            let region = host(signed.request).and_then(|host| amazon(host)).and_then(|(_, region)| region);
            if let (Some(of_host), Some(of_scope)) = (region, signed.scope(2))
                && of_host != of_scope
            {
                let detail = format!("The scope says {}, the host {of_host}.", plain(of_scope));
                findings.add_with(Some(signed.credential.span), Some(detail));
            }
        }
    },
};

const OTHER_SERVICE: Rule = Rule {
    id: "signature.other-service",
    says: "The credential scope names another service than the host.",
    points_to: &[(RequestSignatureMismatch, Decisive)],
    find: |report, findings| {
        // Of these services host and scope have the same name.
        const SAME: [&str; 7] = ["s3", "execute-api", "sts", "lambda", "dynamodb", "sqs", "sns"];
        for signed in signed(report) {
            let service = host(signed.request).and_then(|host| amazon(host)).map(|(service, _)| service);
            if let (Some(of_host), Some(of_scope)) =
                (service.filter(|name| SAME.contains(name)), signed.scope(3))
                && of_host != of_scope
            {
                findings.add(Some(signed.credential.span));
            }
        }
    },
};

const HOST_UNSIGNED: Rule = Rule {
    id: "signature.host-not-signed",
    says: "The signed fields do not include the host.",
    points_to: &[(RequestSignatureMismatch, Decisive)],
    find: |report, findings| {
        for signed in signed(report) {
            let Some(fields) = &signed.fields else { continue };
            if !fields.text.split(';').any(|name| name == "host" || name == ":authority") {
                findings.add(Some(fields.span));
            }
        }
    },
};

/// What was signed must arrive: a field that is gone was never sent, or removed on the way.
const SIGNED_FIELD_MISSING: Rule = Rule {
    id: "signature.signed-field-missing",
    says: "A field that was signed is not in the request.",
    points_to: &[(RequestSignatureMismatch, Decisive), (HeaderStrippedByProxy, Weak)],
    find: |report, findings| {
        for signed in signed(report).filter(|signed| signed.request.origin == Origin::Wire) {
            let Some(fields) = &signed.fields else { continue };
            let missing = fields.text.split(';').filter(|name| !name.is_empty()).any(|name| {
                let host = name == "host" && signed.request.headers.first(":authority").is_some();
                !host && signed.request.headers.first(name).is_none()
            });
            if missing {
                findings.add(Some(fields.span));
            }
        }
    },
};

const PRESIGNED_EXPIRED: Rule = Rule {
    id: "signature.presigned-expired",
    says: "The signed address had passed its end when the answer was sent.",
    points_to: &[(TokenExpired, Decisive)],
    find: |report, findings| {
        let Some(answered) = answered_at(report) else { return };
        for target in requests(report).filter_map(|request| request.target.as_ref()) {
            let param = |name: &str| {
                let rest = target.text.split_once(name)?.1;
                rest.split('&').next()
            };
            let signed = param("X-Amz-Date=").and_then(amz_date);
            let lasts = param("X-Amz-Expires=").and_then(|seconds| seconds.parse::<i64>().ok());
            if let (Some(signed), Some(lasts)) = (signed, lasts)
                && signed.saturating_add(lasts) < answered
            {
                let detail = format!("It ended {} before.", span_in_words(answered - signed - lasts));
                findings.add_with(Some(target.span), Some(detail));
            }
        }
    },
};

/// RFC 5849, section 3.3: the timestamp guards against replays, so that servers refuse one that is far from their own.
const OAUTH1_SKEW: Rule = Rule {
    id: "signature.oauth1-date-skew",
    says: "The oauth_timestamp is minutes away from the answer's Date.",
    points_to: &[(ClockSkew, Decisive), (RequestSignatureMismatch, Weak)],
    find: |report, findings| {
        let Some(answered) = answered_at(report) else { return };
        for request in requests(report) {
            let Some(authorization) = request.authorization().filter(|sent| sent.is("OAuth")) else {
                continue;
            };
            let Some(stamp) = authorization.credential().and_then(|sent| sent.param("oauth_timestamp"))
            else {
                continue;
            };
            if let Ok(signed) = stamp.text.parse::<i64>()
                && (answered - signed).abs() > 5 * 60
            {
                let detail = format!("They are {} apart.", span_in_words(answered - signed));
                findings.add_with(Some(stamp.span), Some(detail));
            }
        }
    },
};

/// A request signed with Signature Version 4.
struct Signed<'r, 't> {
    request: &'r Request<'t>,
    /// `id/day/region/service/aws4_request`.
    credential: Piece<'t>,
    fields: Option<Piece<'t>>,
}

impl Signed<'_, '_> {
    fn scope(&self, part: usize) -> Option<&str> {
        self.credential.text.split('/').nth(part)
    }
}

fn signed<'r, 't>(report: &'r Report<'t>) -> impl Iterator<Item = Signed<'r, 't>> {
    requests(report).filter_map(|request| {
        let authorization: Authorization<'t> =
            request.authorization().filter(|sent| sent.is("AWS4-HMAC-SHA256"))?;
        let sent = authorization.credential()?;
        let credential = sent.param("Credential")?.clone();
        Some(Signed { request, credential, fields: sent.param("SignedHeaders").cloned() })
    })
}

/// Service and region of a host of AWS: `bucket.s3.eu-west-1.amazonaws.com`.
fn amazon(host: &str) -> Option<(&str, Option<&str>)> {
    let name = host.strip_suffix(".amazonaws.com")?;
    let mut labels = name.rsplit('.');
    let last = labels.next()?;
    let is_region = last.split('-').count() >= 3 && last.ends_with(|char: char| char.is_ascii_digit());
    if is_region { Some((labels.next()?, Some(last))) } else { Some((last, None)) }
}

/// A part of the scope, when it is fit to be shown.
fn plain(text: &str) -> &str {
    let shown = text.len() < 24 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if shown { text } else { "something else" }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{details, ids};
    use super::RULES;

    #[track_caller]
    fn check(host: &str, scope: &str, fields: &str, expected: &[&str]) {
        let text = format!(
            "> GET /file HTTP/1.1\n> Host: {host}\n> X-Amz-Date: 20261005T120000Z\n> Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{scope}/aws4_request, SignedHeaders={fields}, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\n>\n< HTTP/1.1 401 Unauthorized\n"
        );
        assert_eq!(ids(RULES, &text), expected, "{scope}");
    }

    #[test]
    fn the_scope_is_held_against_date_and_host() {
        let host = "bucket.s3.eu-west-1.amazonaws.com";
        check(host, "20261005/eu-west-1/s3", "host;x-amz-date", &[]);
        check(host, "20261004/eu-west-1/s3", "host;x-amz-date", &["signature.scope-of-another-day"]);
        check(host, "20261005/us-east-1/s3", "host;x-amz-date", &["signature.other-region"]);
        check(host, "20261005/eu-west-1/execute-api", "host;x-amz-date", &["signature.other-service"]);
        check("minio.example.com", "20261005/us-east-1/s3", "host;x-amz-date", &[]);
    }

    #[test]
    fn the_signed_fields_are_held_against_the_request() {
        let host = "sts.amazonaws.com";
        check(host, "20261005/us-east-1/sts", "x-amz-date", &["signature.host-not-signed"]);
        check(
            host,
            "20261005/us-east-1/sts",
            "content-type;host;x-amz-date",
            &["signature.signed-field-missing"],
        );
    }

    #[test]
    fn a_signed_address_past_its_end_is_marked() {
        let text = "> GET /f?X-Amz-Date=20261005T090000Z&X-Amz-Expires=3600&X-Amz-Signature=a HTTP/1.1\n>\n< HTTP/1.1 401 Unauthorized\n< Date: Mon, 05 Oct 2026 12:00:00 GMT\n";
        assert_eq!(details(RULES, text), ["It ended 2 hours before."]);
    }

    #[test]
    fn a_timestamp_of_oauth_1_far_from_the_answer_is_marked() {
        let text = "> GET / HTTP/1.1\n> Authorization: OAuth oauth_consumer_key=\"a\", oauth_timestamp=\"1791200000\", oauth_signature=\"b\"\n>\n< HTTP/1.1 401 Unauthorized\n< Date: Mon, 05 Oct 2026 12:00:00 GMT\n";
        assert_eq!(ids(RULES, text), ["signature.oauth1-date-skew"]);
    }
}
