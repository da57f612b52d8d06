//! What a Basic credential decodes to (RFC 7617), without ever quoting it.

use super::{Findings, Rule, requests};
use crate::cause::Cause::{
    CredentialEncoding, MalformedAuthorizationHeader, PasswordLoginDisabled, StrayWhitespace,
    UnexpandedPlaceholder, WrongCredentialKind, WrongPassword,
};
use crate::diagnosis::finding::Weight::{Decisive, Strong, Weak};
use crate::report::{BasicFacts, Credential, Report};

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
}
