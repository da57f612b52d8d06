//! Digest (RFC 7616): what the client answered beside what the server asked.

use super::Rule;
use crate::cause::Cause::{ClockSkew, DigestMismatch, MissingCredentials, TokenExpired, WrongPassword};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{Authorization, Challenge, Credential, Exchange, Piece, Report, Span};

pub(super) const RULES: &[Rule] =
    &[OTHER_URI, OTHER_REALM, OTHER_NONCE, NONCE_AGAIN, OTHER_ALGORITHM, NO_QOP, REFUSED_WITH_ITS_NONCE];

/// RFC 7616, section 3.4: `uri` is the target of the request line. A proxy that rewrites one breaks the digest.
const OTHER_URI: Rule = Rule {
    id: "digest.other-uri",
    says: "The uri of the Digest answer is not the target of the request.",
    points_to: &[(DigestMismatch, Decisive), (WrongPassword, Against)],
    find: |report, findings| {
        for answer in answers(report) {
            let Some(uri) = answer.param("uri") else { continue };
            let Some(target) = answer.exchange.request.as_ref().and_then(|request| request.target.as_ref())
            else {
                continue;
            };
            if path(&uri.text) != path(&target.text) {
                findings.add(Some(uri.span));
            }
        }
    },
};

const OTHER_REALM: Rule = Rule {
    id: "digest.other-realm",
    says: "The realm of the Digest answer is not the one that the server asked for.",
    points_to: &[(DigestMismatch, Decisive)],
    find: |report, findings| differs(report, findings, "realm"),
};

const OTHER_NONCE: Rule = Rule {
    id: "digest.other-nonce",
    says: "The Digest answer uses a nonce that the challenge before it did not give.",
    points_to: &[(DigestMismatch, Strong)],
    find: |report, findings| differs(report, findings, "nonce"),
};

/// RFC 7616, section 3.4: `nc` counts the uses of a nonce; a count that was used is a replay.
const NONCE_AGAIN: Rule = Rule {
    id: "digest.nonce-used-before",
    says: "Two Digest answers have the same nonce and the same count.",
    points_to: &[(DigestMismatch, Decisive)],
    find: |report, findings| {
        let answers: Vec<Answer<'_, '_>> = answers(report).collect();
        for (index, later) in answers.iter().enumerate() {
            let (Some(nonce), Some(count)) = (later.param("nonce"), later.param("nc")) else { continue };
            let used = answers.iter().take(index).any(|earlier| {
                earlier.param("nonce").is_some_and(|known| known.text == nonce.text)
                    && earlier.param("nc").is_some_and(|known| known.text == count.text)
            });
            if used {
                findings.add(Some(count.span));
            }
        }
    },
};

/// RFC 7616, section 3.3: without one, the algorithm is MD5.
const OTHER_ALGORITHM: Rule = Rule {
    id: "digest.other-algorithm",
    says: "The Digest answer is made with an algorithm that the server does not offer.",
    points_to: &[(DigestMismatch, Decisive)],
    find: |report, findings| {
        for answer in answers(report) {
            let used = answer.param("algorithm");
            let name = used.map_or("MD5", |used| used.text.as_ref());
            let offered = |challenge: &Challenge<'_>| {
                let offered =
                    challenge.param("algorithm").map_or("MD5".to_owned(), |offered| offered.text.to_string());
                offered.eq_ignore_ascii_case(name)
            };
            if !answer.asked.is_empty() && !answer.asked.iter().any(offered) {
                findings.add(Some(used.map_or(answer.span, |used| used.span)));
            }
        }
    },
};

/// RFC 7616, section 3.4: `qop` must be sent when the server offers one; servers may refuse what lacks it.
const NO_QOP: Rule = Rule {
    id: "digest.without-qop",
    says: "The server offers a qop and the Digest answer has none.",
    points_to: &[(DigestMismatch, Strong)],
    find: |report, findings| {
        for answer in answers(report) {
            let offered = answer.asked.iter().any(|challenge| challenge.param("qop").is_some());
            if offered && answer.param("qop").is_none() && answer.param("response").is_some() {
                findings.add(Some(answer.span));
            }
        }
    },
};

/// A server that knows the nonce and does not call it stale found the response itself wrong: the password, most often.
const REFUSED_WITH_ITS_NONCE: Rule = Rule {
    id: "digest.refused-with-its-own-nonce",
    says: "The Digest answer uses the server's own nonce and is refused without a word on the nonce.",
    points_to: &[
        (WrongPassword, Decisive),
        (DigestMismatch, Strong),
        (MissingCredentials, Against),
        (TokenExpired, Against),
        (ClockSkew, Weak),
    ],
    find: |report, findings| {
        for answer in answers(report) {
            let Some(nonce) = answer.param("nonce") else { continue };
            let refused = answer.exchange.response.as_ref().filter(|response| response.code() == Some(401));
            let Some(refused) = refused else { continue };
            let known = answer
                .asked
                .iter()
                .any(|challenge| challenge.param("nonce").is_some_and(|given| given.text == nonce.text));
            let stale = refused.challenges().iter().any(|challenge| {
                challenge.param("stale").is_some_and(|stale| stale.text.eq_ignore_ascii_case("true"))
            });
            if known && !stale {
                findings.add(Some(answer.span));
            }
        }
    },
};

/// A Digest answer with the challenges that stood before it.
struct Answer<'r, 't> {
    exchange: &'r Exchange<'t>,
    authorization: Authorization<'t>,
    asked: Vec<Challenge<'t>>,
    span: Span,
}

impl<'t> Answer<'_, 't> {
    fn param(&self, name: &str) -> Option<&Piece<'t>> {
        self.authorization.credential()?.param(name)
    }
}

fn answers<'r, 't>(report: &'r Report<'t>) -> impl Iterator<Item = Answer<'r, 't>> {
    report.exchanges.iter().enumerate().filter_map(|(index, exchange)| {
        let authorization = exchange.request.as_ref()?.authorization().filter(|sent| sent.is("Digest"))?;
        let span = match authorization.credential()? {
            Credential::Params { piece, .. } => piece.span,
            _ => return None,
        };
        let before = index.checked_sub(1).and_then(|before| report.exchanges.get(before));
        let asked = before.and_then(|before| before.response.as_ref()).map(|response| response.challenges());
        let mut asked = asked.unwrap_or_default();
        asked.retain(|challenge| challenge.is("Digest"));
        Some(Answer { exchange, authorization, asked, span })
    })
}

fn differs(report: &Report<'_>, findings: &mut super::Findings, name: &str) {
    for answer in answers(report) {
        let Some(used) = answer.param(name) else { continue };
        let given: Vec<&Piece<'_>> =
            answer.asked.iter().filter_map(|challenge| challenge.param(name)).collect();
        if !given.is_empty() && given.iter().all(|given| given.text != used.text) {
            findings.add(Some(used.span));
        }
    }
}

/// The path and query of a target, also of one with a scheme and a host.
fn path(target: &str) -> &str {
    let Some((_, rest)) = target.split_once("://") else { return target };
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::super::tests::ids;
    use super::RULES;

    const ASKED: &str = "> GET /a HTTP/1.1\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Digest realm=\"files\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\n<\n";

    #[track_caller]
    fn check(answer: &str, again: &str, expected: &[&str]) {
        let text = format!(
            "{ASKED}> GET /a HTTP/1.1\n> Authorization: Digest username=\"ada\", {answer}, response=\"r\"\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Digest realm=\"files\", {again}\n<\n"
        );
        assert_eq!(ids(RULES, &text), expected, "{answer}");
    }

    #[test]
    fn an_answer_with_the_nonce_of_the_server_that_is_refused_points_at_the_password() {
        check(
            "realm=\"files\", nonce=\"n1\", uri=\"/a\", qop=auth, algorithm=MD5",
            "nonce=\"n2\"",
            &["digest.refused-with-its-own-nonce"],
        );
        check("realm=\"files\", nonce=\"n1\", uri=\"/a\", qop=auth", "nonce=\"n2\", stale=true", &[]);
    }

    #[test]
    fn what_the_answer_gets_wrong_is_named() {
        check("realm=\"files\", nonce=\"n1\", uri=\"/b\", qop=auth", "stale=true", &["digest.other-uri"]);
        check("realm=\"other\", nonce=\"n1\", uri=\"/a\", qop=auth", "stale=true", &["digest.other-realm"]);
        check("realm=\"files\", nonce=\"n0\", uri=\"/a\", qop=auth", "stale=true", &["digest.other-nonce"]);
        check("realm=\"files\", nonce=\"n1\", uri=\"/a\"", "stale=true", &["digest.without-qop"]);
        check(
            "realm=\"files\", nonce=\"n1\", uri=\"/a\", qop=auth, algorithm=SHA-256",
            "stale=true",
            &["digest.other-algorithm"],
        );
    }

    #[test]
    fn a_nonce_with_the_same_count_twice_is_a_replay() {
        let answer = "> GET /a HTTP/1.1\n> Authorization: Digest nonce=\"n\", nc=00000001, uri=\"/a\", response=\"r\"\n>\n< HTTP/1.1 200 OK\n<\n";
        assert_eq!(ids(RULES, &format!("{answer}{answer}")), ["digest.nonce-used-before"]);
        let next = answer.replace("00000001", "00000002");
        assert_eq!(ids(RULES, &format!("{answer}{next}")), [""; 0]);
    }
}
