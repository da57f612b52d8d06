//! The `Authorization` field as it was sent: its scheme, and what stands in the place of the credential.

use super::{Findings, Rule, requests};
use crate::cause::Cause::{
    ConflictingCredentials, CredentialWrongPlace, InvalidApiKey, MalformedAuthorizationHeader,
    MalformedToken, MissingCredentials, StrayWhitespace, TokenExpired, UnexpandedPlaceholder,
};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::redact::Placeholder;
use crate::report::{Authorization, Carries, Credential, Origin, Report, Span};

pub(super) const RULES: &[Rule] =
    &[DOUBLED_SCHEME, NO_SCHEME, SCHEME_ONLY, EMPTY, PLACEHOLDER, QUOTED, WORDS, TWO_FIELDS];

/// `Bearer Bearer …`: two layers each added the scheme.
const DOUBLED_SCHEME: Rule = Rule {
    id: "authorization.doubled-scheme",
    says: "The scheme stands twice in the Authorization header.",
    points_to: &[(MalformedAuthorizationHeader, Decisive), (InvalidApiKey, Against), (TokenExpired, Against)],
    find: |report, findings| {
        each(report, findings, |authorization| {
            authorization.doubled_scheme().then_some(authorization.value.span)
        })
    },
};

/// RFC 9110, section 11.4: a scheme comes before the credential.
const NO_SCHEME: Rule = Rule {
    id: "authorization.no-scheme",
    says: "The Authorization header has a credential and no scheme before it.",
    points_to: &[(MalformedAuthorizationHeader, Decisive), (CredentialWrongPlace, Weak)],
    find: |report, findings| {
        each(report, findings, |authorization| match &authorization.carries {
            Carries::NoScheme(piece) => Some(piece.span),
            _ => None,
        });
    },
};

/// `Bearer` alone: the variable behind it was empty.
const SCHEME_ONLY: Rule = Rule {
    id: "authorization.scheme-only",
    says: "The Authorization header has a scheme and nothing after it.",
    points_to: &[
        (UnexpandedPlaceholder, Decisive),
        (MalformedAuthorizationHeader, Strong),
        (MissingCredentials, Weak),
    ],
    find: |report, findings| {
        each(report, findings, |authorization| {
            matches!(authorization.credential(), Some(Credential::Missing))
                .then_some(authorization.value.span)
        });
    },
};

const EMPTY: Rule = Rule {
    id: "authorization.empty",
    says: "The Authorization header is empty.",
    points_to: &[(UnexpandedPlaceholder, Decisive), (MissingCredentials, Strong)],
    find: empty,
};

/// A word that only stands for a value: `undefined`, `${TOKEN}`, `YOUR_API_KEY`.
const PLACEHOLDER: Rule = Rule {
    id: "authorization.placeholder",
    says: "A placeholder stands where the credential belongs.",
    points_to: &[(UnexpandedPlaceholder, Decisive), (TokenExpired, Against), (InvalidApiKey, Against)],
    find: |report, findings| {
        // A variable on a command line is expanded by the shell before it is sent.
        for (request, authorization) in authorizations(report) {
            let placeholder = match authorization.credential() {
                Some(Credential::Placeholder { piece, kind }) => Some((piece.span, *kind)),
                Some(Credential::Basic { piece, facts }) => {
                    facts.password_placeholder.or(facts.user_placeholder).map(|kind| (piece.span, kind))
                }
                _ => None,
            };
            match placeholder {
                Some((span, Placeholder::Nothing)) => findings.add(Some(span)),
                Some((span, Placeholder::Variable | Placeholder::Example)) if request == Origin::Wire => {
                    findings.add(Some(span));
                }
                _ => {}
            }
        }
    },
};

const QUOTED: Rule = Rule {
    id: "authorization.quoted",
    says: "The value of the Authorization header stands in quotation marks.",
    points_to: &[(StrayWhitespace, Decisive), (MalformedAuthorizationHeader, Strong)],
    find: |report, findings| {
        each(report, findings, |authorization| authorization.quoted.then_some(authorization.value.span))
    },
};

/// A bearer token has no space in it (RFC 6750, section 2.1).
const WORDS: Rule = Rule {
    id: "authorization.space-in-credential",
    says: "There is a space inside the credential of the Authorization header.",
    points_to: &[(MalformedAuthorizationHeader, Strong), (StrayWhitespace, Strong), (MalformedToken, Weak)],
    find: |report, findings| {
        each(report, findings, |authorization| match authorization.credential() {
            Some(Credential::Words(piece)) if !authorization.doubled_scheme() => Some(piece.span),
            _ => None,
        });
    },
};

/// The field may stand once (RFC 9110, section 5.3): servers refuse two or take either.
const TWO_FIELDS: Rule = Rule {
    id: "authorization.two-fields",
    says: "The request carries the Authorization header twice.",
    points_to: &[(ConflictingCredentials, Decisive)],
    find: |report, findings| {
        for request in requests(report) {
            if let Some(second) = request.headers.all("Authorization").nth(1) {
                findings.add(Some(second.name.span));
            }
        }
    },
};

fn authorizations<'r, 't>(report: &'r Report<'t>) -> impl Iterator<Item = (Origin, Authorization<'t>)> + 'r {
    requests(report).filter_map(|request| Some((request.origin, request.authorization()?)))
}

fn each(report: &Report<'_>, findings: &mut Findings, look: impl Fn(&Authorization<'_>) -> Option<Span>) {
    for (_, authorization) in authorizations(report) {
        if let Some(span) = look(&authorization) {
            findings.add(Some(span));
        }
    }
}

fn empty(report: &Report<'_>, findings: &mut Findings) {
    for request in requests(report) {
        if let Some(field) = request.headers.first("Authorization")
            && matches!(
                request.authorization().map(|authorization| authorization.carries),
                Some(Carries::Empty)
            )
        {
            findings.add(Some(field.name.span));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::RULES;

    #[test]
    fn a_doubled_scheme_is_marked() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Bearer Bearer s3cr3t
                 ^^^^^^^^^^^^^^^^^^^^ authorization.doubled-scheme
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_scheme_with_its_token_is_quiet() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Bearer bearer7tokens
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_token_without_a_scheme_is_marked() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: 8f14e45fceea167a5a36dedd4bea2543
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ authorization.no-scheme
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_scheme_without_a_token_is_marked() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Bearer
                 ^^^^^^ authorization.scheme-only
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn an_empty_field_is_marked_at_its_name() {
        check(
            RULES,
            "> GET /v1/me HTTP/1.1\n> Authorization:\n  ^^^^^^^^^^^^^ authorization.empty\n< HTTP/1.1 401 Unauthorized\n",
        );
    }

    #[test]
    fn undefined_is_no_token() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Bearer undefined
                        ^^^^^^^^^ authorization.placeholder
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_mask_over_the_token_is_no_placeholder() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Bearer xxxxxxxx
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_variable_on_a_command_line_is_quiet_and_on_the_wire_is_not() {
        check(RULES, r#"curl -H "Authorization: Bearer $TOKEN" https://api.example.com/v1/me"#);
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Bearer ${TOKEN}
                        ^^^^^^^^ authorization.placeholder
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn quotation_marks_around_the_value_are_marked() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: "Bearer abcdefgh"
                 ^^^^^^^^^^^^^^^^^ authorization.quoted
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn a_space_inside_the_token_is_marked() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Bearer abcd efgh
                        ^^^^^^^^^ authorization.space-in-credential
< HTTP/1.1 401 Unauthorized
"#,
        );
    }

    #[test]
    fn the_second_of_two_fields_is_marked() {
        check(
            RULES,
            r#"
> GET /v1/me HTTP/1.1
> Authorization: Basic YTpi
> Authorization: Bearer abcdefgh
  ^^^^^^^^^^^^^ authorization.two-fields
< HTTP/1.1 401 Unauthorized
"#,
        );
    }
}
