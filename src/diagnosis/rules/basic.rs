//! What a Basic credential decodes to (RFC 7617), without ever quoting it.

use super::{Findings, Rule, requests};
use crate::cause::Cause::{
    AccountDisabled, CredentialEncoding, DigestMismatch, MalformedAuthorizationHeader, MissingCredentials,
    PasswordLoginDisabled, StrayWhitespace, TokenExpired, UnexpandedPlaceholder, WrongAuthScheme,
    WrongCredentialKind, WrongPassword,
};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{BasicFacts, Challenge, Credential, Piece, Report};

pub(super) const RULES: &[Rule] = &[
    UNREADABLE,
    NO_COLON,
    TRAILING_NEWLINE,
    SURROUNDING_SPACE,
    QUOTED,
    DOUBLY_ENCODED,
    PERCENT_ENCODED,
    NON_ASCII,
    EMPTY_PASSWORD,
    NOT_UTF8,
    REFUSED,
];

const UNREADABLE: Rule = Rule {
    id: "basic.not-base64",
    says: "What follows Basic does not decode as base64.",
    points_to: &[(CredentialEncoding, Decisive), (MalformedAuthorizationHeader, Strong)],
    find: |report, findings| each(report, findings, |facts| !facts.decodes),
};

/// RFC 7617, section 2: user, colon, password.
const NO_COLON: Rule = Rule {
    id: "basic.no-colon",
    says: "The decoded Basic credential has no colon between user and password.",
    points_to: &[
        (CredentialEncoding, Decisive),
        (MalformedAuthorizationHeader, Strong),
        (WrongCredentialKind, Weak),
    ],
    find: |report, findings| {
        each(report, findings, |facts| facts.decodes && !facts.has_colon && !facts.doubly_encoded)
    },
};

/// `echo` without `-n` before `base64`.
const TRAILING_NEWLINE: Rule = Rule {
    id: "basic.trailing-newline",
    says: "The decoded Basic credential ends with a line break.",
    points_to: &[(StrayWhitespace, Decisive)],
    find: |report, findings| each(report, findings, |facts| facts.trailing_newline),
};

const SURROUNDING_SPACE: Rule = Rule {
    id: "basic.surrounding-space",
    says: "User or password in the Basic credential begins or ends with a space.",
    points_to: &[(StrayWhitespace, Decisive)],
    find: |report, findings| {
        each(report, findings, |facts| facts.surrounding_space && !facts.trailing_newline)
    },
};

const QUOTED: Rule = Rule {
    id: "basic.quoted",
    says: "User or password in the Basic credential stands in quotation marks.",
    points_to: &[(StrayWhitespace, Decisive)],
    find: |report, findings| each(report, findings, |facts| facts.quoted),
};

const DOUBLY_ENCODED: Rule = Rule {
    id: "basic.doubly-encoded",
    says: "The Basic credential is base64 of something that is base64 already.",
    points_to: &[(CredentialEncoding, Decisive)],
    find: |report, findings| each(report, findings, |facts| facts.doubly_encoded),
};

const PERCENT_ENCODED: Rule = Rule {
    id: "basic.percent-encoded",
    says: "User or password in the Basic credential is percent-encoded.",
    points_to: &[(CredentialEncoding, Strong)],
    find: |report, findings| each(report, findings, |facts| facts.percent_encoded),
};

/// RFC 7617, section 2.1: clients and servers disagree on the character encoding.
const NON_ASCII: Rule = Rule {
    id: "basic.non-ascii",
    says: "User or password in the Basic credential has characters outside ASCII.",
    points_to: &[(CredentialEncoding, Strong)],
    find: |report, findings| each(report, findings, |facts| facts.non_ascii),
};

/// Some services take a key as the user with no password; elsewhere a variable was empty.
const EMPTY_PASSWORD: Rule = Rule {
    id: "basic.empty-password",
    says: "The password in the Basic credential is empty.",
    points_to: &[(UnexpandedPlaceholder, Strong), (WrongPassword, Weak), (PasswordLoginDisabled, Weak)],
    find: |report, findings| {
        each(report, findings, |facts| facts.decodes && facts.has_colon && facts.empty_password)
    },
};

/// RFC 7617, section 2.1: `charset="UTF-8"` says what the server decodes.
const NOT_UTF8: Rule = Rule {
    id: "basic.not-in-the-charset",
    says: "The server asks for UTF-8 and the Basic credential is in another encoding.",
    points_to: &[(CredentialEncoding, Decisive)],
    find: |report, findings| {
        refused(report, |challenge, piece, facts| {
            let charset = challenge.param("charset");
            if charset.is_some_and(|charset| charset.text.eq_ignore_ascii_case("UTF-8"))
                && facts.decodes
                && !facts.utf8
            {
                findings.add(Some(piece.span));
            }
        });
    },
};

/// The server asks again for what it was given: it read user and password and does not accept them.
const REFUSED: Rule = Rule {
    id: "basic.refused",
    says: "The server asks for Basic and refuses a Basic credential that is well formed.",
    points_to: &[
        (WrongPassword, Decisive),
        (PasswordLoginDisabled, Weak),
        (AccountDisabled, Weak),
        (MissingCredentials, Against),
        (MalformedAuthorizationHeader, Against),
        (TokenExpired, Against),
        (WrongAuthScheme, Against),
        // Nothing in it can be encoded in two ways, and nothing surrounds it.
        (CredentialEncoding, Against),
        (StrayWhitespace, Against),
        (DigestMismatch, Against),
    ],
    find: |report, findings| {
        refused(report, |_, piece, facts| {
            let odd =
                facts.trailing_newline || facts.surrounding_space || facts.quoted || facts.doubly_encoded;
            if facts.has_colon
                && facts.utf8
                && !odd
                && !facts.empty_password
                && facts.password_placeholder.is_none()
            {
                findings.add(Some(piece.span));
            }
        });
    },
};

/// Each Basic credential that was answered with a 401 that asks for Basic.
fn refused(report: &Report<'_>, mut look: impl FnMut(&Challenge<'_>, &Piece<'_>, &BasicFacts)) {
    for exchange in &report.exchanges {
        let (Some(request), Some(response)) = (&exchange.request, &exchange.response) else { continue };
        let challenges = response.challenges();
        let asked = challenges
            .iter()
            .find(|challenge| challenge.is("Basic"))
            .filter(|_| response.code() == Some(401));
        let authorization = request.authorization();
        if let Some(asked) = asked
            && let Some(Credential::Basic { piece, facts }) =
                authorization.as_ref().and_then(|sent| sent.credential())
        {
            look(asked, piece, facts);
        }
    }
}

fn each(report: &Report<'_>, findings: &mut Findings, holds: impl Fn(&BasicFacts) -> bool) {
    for authorization in requests(report).filter_map(|request| request.authorization()) {
        if let Some(Credential::Basic { piece, facts }) = authorization.credential()
            && holds(facts)
        {
            findings.add(Some(piece.span));
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::super::tests::ids;
    use super::RULES;

    #[track_caller]
    fn check(credential: &str, expected: &[&str]) {
        let text = format!(
            "> GET / HTTP/1.1\n> Authorization: Basic {}\n>\n< HTTP/1.1 401 Unauthorized\n",
            STANDARD.encode(credential)
        );
        assert_eq!(ids(RULES, &text), expected, "{credential:?}");
    }

    #[test]
    fn user_colon_password_is_quiet() {
        check("ada:lovelace", &[]);
    }

    #[test]
    fn what_breaks_a_basic_credential_is_named() {
        check("ada:lovelace\n", &["basic.trailing-newline"]);
        check("ada lovelace", &["basic.no-colon"]);
        check("ada: lovelace", &["basic.surrounding-space"]);
        check("ada:\"lovelace\"", &["basic.quoted"]);
        check(&STANDARD.encode("ada:lovelace"), &["basic.doubly-encoded"]);
        check("ada:love%40lace", &["basic.percent-encoded"]);
        check("ada:lövelace", &["basic.non-ascii"]);
        check("ada:", &["basic.empty-password"]);
    }

    #[test]
    fn what_is_no_base64_is_named() {
        let text = "> GET / HTTP/1.1\n> Authorization: Basic ada:lovelace\n>\n< HTTP/1.1 401 Unauthorized\n";
        assert_eq!(ids(RULES, text), ["basic.not-base64"]);
    }

    #[test]
    fn a_credential_that_the_server_read_and_refused_points_at_the_password() {
        let text = |value: &str, challenge: &str| {
            format!(
                "> GET / HTTP/1.1\n> Authorization: Basic {value}\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: {challenge}\n"
            )
        };
        let well_formed = STANDARD.encode("ada:lovelace");
        assert_eq!(ids(RULES, &text(&well_formed, "Basic realm=\"files\"")), ["basic.refused"]);
        assert_eq!(ids(RULES, &text(&well_formed, "Bearer")), [""; 0]);
        let latin = STANDARD.encode(b"ada:l\xf6velace");
        assert_eq!(
            ids(RULES, &text(&latin, "Basic realm=\"files\", charset=\"UTF-8\"")),
            ["basic.non-ascii", "basic.not-in-the-charset"]
        );
    }
}
