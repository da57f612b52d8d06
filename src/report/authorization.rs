//! What an `Authorization` or `Proxy-Authorization` field carries (RFC 9110, section 11.6.2): a scheme with
//! credentials, a bare value, or nothing. Credentials stay in here; rules get facts about them. Knows no server.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::challenge::{Param, params};
use super::{Headers, Piece};
use crate::redact::{self, Placeholder, SecretKind};

/// What people paste is padded or not, and its last bits may be anything.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
pub(super) const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
pub(super) const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Schemes from the IANA registry and in wide use. A field that holds only such a word has a scheme and no credential.
const SCHEMES: [&str; 24] = [
    "Basic",
    "Bearer",
    "Digest",
    "Negotiate",
    "NTLM",
    "Kerberos",
    "Concealed",
    "HOBA",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "vapid",
    "Mutual",
    "OAuth",
    "DPoP",
    "GNAP",
    "AWS4-HMAC-SHA256",
    "Token",
    "JWT",
    "ApiKey",
    "Api-Key",
    "SSWS",
    "Hawk",
    "PrivateToken",
    "GoogleLogin",
];

/// One `Authorization` field.
#[derive(Debug)]
pub struct Authorization<'t> {
    /// The value as it was sent, without white space at its ends.
    pub value: Piece<'t>,
    /// Whether the whole value stands in quotation marks.
    pub quoted: bool,
    pub carries: Carries<'t>,
}

/// What stands in the field.
#[derive(Debug)]
pub enum Carries<'t> {
    /// Nothing at all.
    Empty,
    /// One word that is no scheme: a credential without a scheme, or scheme and credential with no space between.
    NoScheme(Piece<'t>),
    /// A scheme and what follows it.
    Scheme { scheme: Piece<'t>, credential: Credential<'t> },
}

/// What follows the scheme.
#[derive(Debug)]
pub enum Credential<'t> {
    /// Nothing: `Bearer` alone.
    Missing,
    /// Something that the paste shows in the place of the credential: `${TOKEN}`, `<token>`, `xxxx`.
    Placeholder { piece: Piece<'t>, kind: Placeholder },
    /// User and password (RFC 7617).
    Basic { piece: Piece<'t>, facts: BasicFacts },
    /// One word: a bearer token, a key, a Negotiate message.
    Token68(Piece<'t>),
    /// Named values, as in Digest, Signature Version 4 and `Token token="…"`.
    Params { piece: Piece<'t>, params: Vec<Param<'t>> },
    /// Several words: a doubled scheme, a token with a space in it.
    Words(Piece<'t>),
}

impl<'t> Authorization<'t> {
    /// What the first field of this name carries; nothing when there is none.
    pub fn first(headers: &Headers<'t>, name: &str) -> Option<Authorization<'t>> {
        headers.first(name).map(|header| Authorization::read(&header.value))
    }

    /// What a field value carries.
    pub fn read(value: &Piece<'t>) -> Authorization<'t> {
        let value = value.trimmed();
        let text = &value.text;
        let marks = ['"', '\'', '“', '”', '‘', '’'];
        let first = text.chars().next().filter(|char| marks.contains(char));
        let last = text.chars().next_back().filter(|char| marks.contains(char));
        let (inner, quoted) = match (first, last) {
            (Some(first), Some(last)) if text.len() >= first.len_utf8() + last.len_utf8() => {
                (value.slice(first.len_utf8()..text.len() - last.len_utf8()).trimmed(), true)
            }
            _ => (value.clone(), false),
        };
        let carries = carries(&inner);
        Authorization { value, quoted, carries }
    }

    /// The scheme, as written; nothing when there is none.
    pub fn scheme(&self) -> Option<&Piece<'t>> {
        match &self.carries {
            Carries::Scheme { scheme, .. } => Some(scheme),
            _ => None,
        }
    }

    /// Whether it has this scheme, compared without case (RFC 9110, section 11.1).
    pub fn is(&self, name: &str) -> bool {
        self.scheme().is_some_and(|scheme| scheme.text.eq_ignore_ascii_case(name))
    }

    /// What follows the scheme.
    pub fn credential(&self) -> Option<&Credential<'t>> {
        match &self.carries {
            Carries::Scheme { credential, .. } => Some(credential),
            _ => None,
        }
    }

    /// The facts about user and password, when it carries those.
    pub fn basic(&self) -> Option<&BasicFacts> {
        match self.credential()? {
            Credential::Basic { facts, .. } => Some(facts),
            _ => None,
        }
    }

    /// Whether the scheme stands twice: `Bearer Bearer …`, `Basic Basic …`.
    pub fn doubled_scheme(&self) -> bool {
        let Some(scheme) = self.scheme() else { return false };
        let rest = match self.credential() {
            Some(
                Credential::Words(piece) | Credential::Token68(piece) | Credential::Placeholder { piece, .. },
            ) => piece,
            _ => return false,
        };
        rest.text.split_whitespace().next().is_some_and(|word| {
            word.trim_end_matches(':').eq_ignore_ascii_case(scheme.text.trim_end_matches(':'))
        })
    }
}

impl<'t> Credential<'t> {
    /// Where it stands and what is written there.
    pub fn piece(&self) -> Option<&Piece<'t>> {
        match self {
            Credential::Missing => None,
            Credential::Placeholder { piece, .. }
            | Credential::Basic { piece, .. }
            | Credential::Params { piece, .. }
            | Credential::Token68(piece)
            | Credential::Words(piece) => Some(piece),
        }
    }

    /// The value of a named part, its name compared without case.
    pub fn param(&self, name: &str) -> Option<&Piece<'t>> {
        match self {
            Credential::Params { params, .. } => params
                .iter()
                .find(|param| param.name.text.eq_ignore_ascii_case(name))
                .map(|param| &param.value),
            _ => None,
        }
    }
}

fn carries<'t>(value: &Piece<'t>) -> Carries<'t> {
    if value.text.is_empty() {
        return Carries::Empty;
    }
    let end = value.text.find(char::is_whitespace).unwrap_or(value.text.len());
    let word = value.slice(0..end);
    let rest = value.slice(end..value.text.len()).trimmed();
    let known = SCHEMES.iter().any(|scheme| word.text.trim_end_matches(':').eq_ignore_ascii_case(scheme));
    if rest.text.is_empty() {
        return if known {
            Carries::Scheme { scheme: word, credential: Credential::Missing }
        } else {
            Carries::NoScheme(word)
        };
    }
    // Named values follow a scheme, also one that few know and with a mask among them: `hmac username="a", signature="…"`.
    let named = rest.text.contains("=\"");
    if !known && !named && redact::placeholder(&value.text).is_some() {
        return Carries::NoScheme(value.clone());
    }
    let basic = word.text.trim_end_matches(':').eq_ignore_ascii_case("basic");
    Carries::Scheme { scheme: word, credential: credential(rest, basic) }
}

fn credential(rest: Piece<'_>, basic: bool) -> Credential<'_> {
    // A mask over one of several named values leaves the others to be read.
    let assigned =
        rest.text.as_bytes().windows(2).filter(|pair| matches!(pair, [b'=', next] if *next != b'='));
    let several = assigned.count() >= 2;
    if let Some(kind) = redact::placeholder(&rest.text).filter(|_| !several) {
        return Credential::Placeholder { piece: rest, kind };
    }
    if basic {
        let facts = BasicFacts::of(&rest.text);
        if facts.decodes {
            return Credential::Basic { piece: rest, facts };
        }
    }
    let params = if rest.text.contains('=') { params(&rest) } else { Vec::new() };
    if params.iter().any(|param| !param.value.text.bytes().all(|byte| byte == b'=')) {
        return Credential::Params { piece: rest, params };
    }
    if rest.text.contains(char::is_whitespace) {
        return Credential::Words(rest);
    }
    if basic {
        let facts = BasicFacts::of(&rest.text);
        return Credential::Basic { piece: rest, facts };
    }
    Credential::Token68(rest)
}

/// What can be said about a user and a password (RFC 7617) without showing them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct BasicFacts {
    /// Whether the credential is base64 of anything. When it is not, nothing else here is known.
    pub decodes: bool,
    /// Whether what is encoded is UTF-8.
    pub utf8: bool,
    /// Whether a colon divides user from password.
    pub has_colon: bool,
    pub empty_user: bool,
    pub empty_password: bool,
    /// Whether the encoded text ends with a line break, as `echo` without `-n` leaves it.
    pub trailing_newline: bool,
    /// Whether user or password begins or ends with a space or tab.
    pub surrounding_space: bool,
    /// Whether user or password stands in quotation marks.
    pub quoted: bool,
    /// Whether user or password has characters outside ASCII, which clients encode in different ways.
    pub non_ascii: bool,
    /// Whether what is encoded is itself base64 of `user:password`.
    pub doubly_encoded: bool,
    /// Whether `%` and two hexadecimal digits stand in user or password.
    pub percent_encoded: bool,
    /// Whether the user is a mail address.
    pub user_is_email: bool,
    /// What stands for the user, when it is no user but a placeholder.
    pub user_placeholder: Option<Placeholder>,
    /// What stands for the password, when it is no password but a placeholder.
    pub password_placeholder: Option<Placeholder>,
    /// The kind of secret that stands in the place of the user, by its shape.
    pub user_kind: Option<SecretKind>,
    /// The kind of secret that stands in the place of the password, by its shape.
    pub password_kind: Option<SecretKind>,
}

impl BasicFacts {
    /// The facts about the credential of a Basic field.
    fn of(credential: &str) -> BasicFacts {
        let Some(bytes) = decode(credential) else { return BasicFacts::default() };
        match String::from_utf8(bytes) {
            Ok(text) => BasicFacts { decodes: true, utf8: true, ..BasicFacts::of_pair(&text) },
            // Latin-1 is what clients send that are not told otherwise: every byte is a character there.
            Err(error) => {
                let text: String = error.into_bytes().into_iter().map(char::from).collect();
                let facts = BasicFacts::of_pair(&text);
                BasicFacts { decodes: true, utf8: false, non_ascii: true, ..facts }
            }
        }
    }

    /// The facts about `user:password`, not yet encoded.
    pub(super) fn of_pair(pair: &str) -> BasicFacts {
        let line = pair.trim_end_matches(['\r', '\n']);
        let (user, password) = line.split_once(':').unwrap_or((line, ""));
        let padded = |text: &str| text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']);
        let quoted = |text: &str| {
            text.len() > 1 && ['"', '\''].iter().any(|mark| text.starts_with(*mark) && text.ends_with(*mark))
        };
        let percent = |text: &str| {
            text.as_bytes().windows(3).any(|three| {
                matches!(three, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
            })
        };
        BasicFacts {
            decodes: true,
            utf8: true,
            has_colon: line.contains(':'),
            empty_user: user.is_empty(),
            empty_password: password.is_empty(),
            trailing_newline: line.len() != pair.len(),
            surrounding_space: padded(user) || padded(password),
            quoted: quoted(user) || quoted(password) || quoted(line),
            non_ascii: !line.is_ascii(),
            doubly_encoded: decode(line.trim_start_matches("Basic ").trim())
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .is_some_and(|inner| inner.contains(':') && !inner.contains(char::is_control)),
            percent_encoded: percent(user) || percent(password),
            user_is_email: user
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.')),
            user_placeholder: redact::placeholder(user),
            password_placeholder: redact::placeholder(password),
            user_kind: redact::kind(user),
            password_kind: redact::kind(password),
        }
    }
}

/// Shows the facts, which hold no part of the credential.
impl fmt::Debug for BasicFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = [
            (self.decodes, "decodes"),
            (self.utf8, "utf8"),
            (self.has_colon, "colon"),
            (self.empty_user, "empty-user"),
            (self.empty_password, "empty-password"),
            (self.trailing_newline, "trailing-newline"),
            (self.surrounding_space, "surrounding-space"),
            (self.quoted, "quoted"),
            (self.non_ascii, "non-ascii"),
            (self.doubly_encoded, "doubly-encoded"),
            (self.percent_encoded, "percent-encoded"),
            (self.user_is_email, "user-is-email"),
            (self.user_placeholder.is_some(), "user-placeholder"),
            (self.password_placeholder.is_some(), "password-placeholder"),
        ];
        let set: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
        write!(f, "BasicFacts({})", set.join(" "))
    }
}

/// Base64 of either alphabet, padded or not.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() {
        return None;
    }
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(pair: &[u8]) -> String {
        let value = format!("Basic {}", STANDARD.encode(pair));
        let authorization = Authorization::read(&Piece::whole(&value));
        format!("{:?}", authorization.basic())
    }

    #[track_caller]
    fn check(value: &str, expected: &str) {
        let authorization = Authorization::read(&Piece::whole(value));
        let shown = match &authorization.carries {
            Carries::Empty => "empty".to_owned(),
            Carries::NoScheme(word) => format!("no scheme: {}", word.text),
            Carries::Scheme { scheme, credential } => {
                let kind = match credential {
                    Credential::Missing => "nothing".to_owned(),
                    Credential::Placeholder { kind, .. } => format!("{kind:?}"),
                    Credential::Basic { .. } => "basic".to_owned(),
                    Credential::Token68(_) => "token68".to_owned(),
                    Credential::Params { params, .. } => {
                        params.iter().map(|param| param.name.text.as_ref()).collect::<Vec<_>>().join(",")
                    }
                    Credential::Words(_) => "words".to_owned(),
                };
                format!("{}: {kind}", scheme.text)
            }
        };
        let quoted = if authorization.quoted { " quoted" } else { "" };
        let doubled = if authorization.doubled_scheme() { " doubled" } else { "" };
        assert_eq!(format!("{shown}{quoted}{doubled}"), expected);
    }

    #[test]
    fn what_a_field_carries_is_told_apart() {
        check("", "empty");
        check("Bearer", "Bearer: nothing");
        check("abcdef1234567890", "no scheme: abcdef1234567890");
        check("Bearer abcdef1234567890", "Bearer: token68");
        check("Bearer Bearer abcdef1234567890", "Bearer: words doubled");
        check("\"Bearer abcdef1234567890\"", "Bearer: token68 quoted");
        check("Bearer: abcdef1234567890", "Bearer:: token68");
        check("Bearer ${TOKEN}", "Bearer: Variable");
        check("Basic dXNlcjpwYXNz", "Basic: basic");
        check(r#"Token token="abc", email="a@b.c""#, "Token: token,email");
        check(
            "AWS4-HMAC-SHA256 Credential=AKIA/20130524/us-east-1/s3/aws4_request,SignedHeaders=host, Signature=fe5f",
            "AWS4-HMAC-SHA256: Credential,SignedHeaders,Signature",
        );
    }

    #[test]
    fn facts_about_user_and_password_are_told_without_showing_them() {
        assert_eq!(facts(b"user:pass\n"), "Some(BasicFacts(decodes utf8 colon trailing-newline))");
        assert_eq!(facts(b"user"), "Some(BasicFacts(decodes utf8 empty-password))");
        assert_eq!(facts(b":k3y"), "Some(BasicFacts(decodes utf8 colon empty-user))");
        assert_eq!(facts("josé:pass".as_bytes()), "Some(BasicFacts(decodes utf8 colon non-ascii))");
        assert_eq!(facts(b"jos\xe9:pass"), "Some(BasicFacts(decodes colon non-ascii))");
        assert_eq!(facts(b"dXNlcjpwYXNz"), "Some(BasicFacts(decodes utf8 empty-password doubly-encoded))");
        assert_eq!(
            facts(b"a@b.c:p%40ss"),
            "Some(BasicFacts(decodes utf8 colon percent-encoded user-is-email))"
        );
    }
}
