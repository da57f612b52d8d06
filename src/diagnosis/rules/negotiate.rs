//! Negotiate and NTLM tokens: what they hold by their first bytes (RFC 4178, RFC 4559, MS-NLMP). Nothing of them is shown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Rule;
use crate::cause::Cause::{MissingCredentials, NegotiateFailure, WrongAuthScheme, WrongPassword};
use crate::diagnosis::finding::Weight::{Against, Decisive, Strong, Weak};
use crate::report::{Credential, Report, Span};

pub(super) const RULES: &[Rule] = &[NTLM_INSIDE, KERBEROS_REFUSED, ANONYMOUS, STARTS_OVER];

/// Kerberos found no ticket for the host's service name, and the client fell back.
const NTLM_INSIDE: Rule = Rule {
    id: "negotiate.ntlm-inside",
    says: "The Negotiate token holds an NTLM message and no Kerberos ticket.",
    points_to: &[(NegotiateFailure, Strong), (WrongAuthScheme, Weak)],
    find: |report, findings| {
        each(report, |sent| {
            if sent.negotiate && holds(&sent.token, NTLM) {
                findings.add(Some(sent.span));
            }
        });
    },
};

const KERBEROS_REFUSED: Rule = Rule {
    id: "negotiate.kerberos-refused",
    says: "A Kerberos ticket was sent and the server refuses it.",
    points_to: &[(NegotiateFailure, Decisive), (WrongPassword, Against), (WrongAuthScheme, Against)],
    find: |report, findings| {
        each(report, |sent| {
            let kerberos = holds(&sent.token, KERBEROS) || holds(&sent.token, KERBEROS_OF_WINDOWS);
            if sent.refused && kerberos && !holds(&sent.token, NTLM) {
                findings.add(Some(sent.span));
            }
        });
    },
};

/// MS-NLMP, section 3.2.5.1.2: a third message without a user is an anonymous login.
const ANONYMOUS: Rule = Rule {
    id: "negotiate.anonymous",
    says: "The last NTLM message names no user.",
    points_to: &[(NegotiateFailure, Strong), (MissingCredentials, Strong)],
    find: |report, findings| {
        each(report, |sent| {
            // The length of the user's name stands 36 bytes into the message.
            let nameless = sent.token.starts_with(NTLM)
                && sent.token.get(8) == Some(&3)
                && sent.token.get(36..38) == Some(&[0, 0]);
            if nameless {
                findings.add(Some(sent.span));
            }
        });
    },
};

/// The login belongs to a connection (RFC 4559, section 6): a proxy that spreads the messages over several breaks it.
const STARTS_OVER: Rule = Rule {
    id: "negotiate.starts-over",
    says: "The client begins the NTLM exchange again and never sends its last message.",
    points_to: &[(NegotiateFailure, Strong)],
    find: |report, findings| {
        let mut begun: Vec<Span> = Vec::new();
        let mut ended = false;
        each(report, |sent| match sent.token.get(8).filter(|_| sent.token.starts_with(NTLM)) {
            Some(1) => begun.push(sent.span),
            Some(3) => ended = true,
            _ => {}
        });
        if let Some(again) = begun.get(1).filter(|_| !ended) {
            findings.add(Some(*again));
        }
    },
};

const NTLM: &[u8] = b"NTLMSSP\0";
/// 1.2.840.113554.1.2.2, and the one that Windows sends beside it, 1.2.840.48018.1.2.2, in DER.
const KERBEROS: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];
const KERBEROS_OF_WINDOWS: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02];

struct Sent {
    negotiate: bool,
    token: Vec<u8>,
    span: Span,
    /// Whether the answer to it was a 401.
    refused: bool,
}

fn each(report: &Report<'_>, mut look: impl FnMut(&Sent)) {
    for exchange in &report.exchanges {
        let Some(authorization) = exchange.request.as_ref().and_then(|request| request.authorization())
        else {
            continue;
        };
        let negotiate = authorization.is("Negotiate");
        if !negotiate && !authorization.is("NTLM") {
            continue;
        }
        let Some(Credential::Token68(piece)) = authorization.credential() else { continue };
        let Ok(token) = STANDARD.decode(piece.text.as_ref()) else { continue };
        let refused = exchange.response.as_ref().is_some_and(|response| response.code() == Some(401));
        look(&Sent { negotiate, token, span: piece.span, refused });
    }
}

/// Whether a token holds these bytes near its beginning, where the mechanism and the first message stand.
fn holds(token: &[u8], bytes: &[u8]) -> bool {
    let head = token.get(..token.len().min(512)).unwrap_or_default();
    head.windows(bytes.len()).any(|window| window == bytes)
}

#[cfg(test)]
mod tests {
    use super::super::tests::ids;
    use super::*;

    fn request(scheme: &str, token: &[u8]) -> String {
        let token = STANDARD.encode(token);
        format!("> GET / HTTP/1.1\n> Authorization: {scheme} {token}\n>\n< HTTP/1.1 401 Unauthorized\n<\n")
    }

    fn message(number: u8) -> Vec<u8> {
        let mut message = NTLM.to_vec();
        message.extend([number, 0, 0, 0]);
        message.resize(64, 1);
        message
    }

    #[test]
    fn ntlm_inside_negotiate_is_marked_raw_and_wrapped() {
        assert_eq!(ids(RULES, &request("Negotiate", &message(1))), ["negotiate.ntlm-inside"]);
        let wrapped =
            [&[0x60, 0x40, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02][..], &message(1)].concat();
        assert_eq!(ids(RULES, &request("Negotiate", &wrapped)), ["negotiate.ntlm-inside"]);
        assert_eq!(ids(RULES, &request("NTLM", &message(1))), [""; 0]);
    }

    #[test]
    fn a_refused_ticket_is_marked() {
        let token = [&[0x60, 0x82, 0x05, 0x00][..], KERBEROS, &[1; 200]].concat();
        assert_eq!(ids(RULES, &request("Negotiate", &token)), ["negotiate.kerberos-refused"]);
    }

    #[test]
    fn a_last_message_without_a_user_is_anonymous() {
        let mut last = message(3);
        assert_eq!(ids(RULES, &request("NTLM", &last)), [""; 0]);
        last[36] = 0;
        last[37] = 0;
        assert_eq!(ids(RULES, &request("NTLM", &last)), ["negotiate.anonymous"]);
    }

    #[test]
    fn an_exchange_that_starts_over_is_marked() {
        let first = request("NTLM", &message(1));
        assert_eq!(ids(RULES, &format!("{first}{first}")), ["negotiate.starts-over"]);
        assert_eq!(ids(RULES, &format!("{first}{}", request("NTLM", &message(3)))), [""; 0]);
    }
}
