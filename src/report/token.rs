//! JSON Web Tokens in compact form (RFC 7519, RFC 7515), wherever they stand: decoded, never verified. Tokens that are
//! cut off, wrapped over lines, masked by their owner or damaged are read as far as they go. Knows no rules about claims.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::authorization::{STANDARD, URL_SAFE};
use super::{Piece, Span, json};
use crate::redact;
use base64::Engine as _;

/// More tokens than this in one paste are not read.
const LIMIT: usize = 64;
/// A longer token is not decoded.
const LONGEST: usize = 64 * 1024;

/// A JSON Web Token, decoded but not verified.
pub struct Token<'t> {
    pub piece: Piece<'t>,
    /// The JOSE header, when it decodes to a JSON object.
    pub header: Option<Map<String, Json>>,
    /// The claims, when they decode to a JSON object.
    pub claims: Option<Map<String, Json>>,
    pub form: TokenForm,
}

/// In what form a token stands in the paste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenForm {
    /// Three parts, each base64url: a signed token.
    Signed,
    /// Three parts, the last of them empty: a token with no signature.
    Unsigned,
    /// Five parts: an encrypted token (RFC 7516), whose claims cannot be read.
    Encrypted,
    /// Not the right number of parts, or a part that does not decode.
    Damaged,
    /// Its owner left something out or put a mask over it, so that nothing can be said about its form.
    Masked,
    /// Not the token but its claims, pasted as JSON from a decoder.
    Claims,
}

impl Token<'_> {
    /// A claim that holds a time, in seconds since 1970 (RFC 7519, section 2, NumericDate).
    pub fn time(&self, claim: &str) -> Option<i64> {
        let value = self.claims.as_ref()?.get(claim)?;
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|seconds| seconds as i64))
            .or_else(|| value.as_str()?.parse().ok())
    }

    /// A claim that holds one text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.as_ref()?.get(claim)?.as_str()
    }

    /// A claim that holds a text or a list of texts, such as `aud` (RFC 7519, section 4.1.3).
    pub fn texts(&self, claim: &str) -> Vec<&str> {
        match self.claims.as_ref().and_then(|claims| claims.get(claim)) {
            Some(Json::String(text)) => vec![text],
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// A parameter of the header that holds a text, such as `alg` or `kid`.
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.header.as_ref()?.get(name)?.as_str()
    }
}

/// Shows the place and the names of what it holds: values are personal, and the token itself is a credential.
impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names =
            |map: &Option<Map<String, Json>>| map.as_ref().map(|map| map.keys().cloned().collect::<Vec<_>>());
        f.debug_struct("Token")
            .field("piece", &self.piece)
            .field("header", &names(&self.header))
            .field("claims", &names(&self.claims))
            .field("form", &self.form)
            .finish()
    }
}

/// Every token in a text. A token begins with the base64 of `{"`, as the JOSE header does.
pub(super) fn all(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("eyJ")) {
        let start = from + found;
        let before = start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_+/.".contains(&byte)) {
            from = start + 3;
            continue;
        }
        let end = redact::end_of_token(text, start);
        from = end.max(start + 3);
        tokens.extend(read(text, start, end));
        if tokens.len() >= LIMIT {
            break;
        }
    }
    tokens
}

fn read(text: &str, start: usize, end: usize) -> Option<Token<'_>> {
    let raw = text.get(start..end)?;
    // An encrypted token whose key is shared beforehand has an empty second part (RFC 7516, section 5.1).
    let five: Vec<&str> = raw.trim_end_matches('.').split('.').collect();
    let encrypted = matches!(five.as_slice(), [_, "", iv, text, tag] if ![iv, text, tag].iter().any(|part| part.is_empty()));
    let elided = raw.contains("..") && !encrypted;
    let followed = text.get(end..)?.chars().next();
    let masked = elided || followed.is_some_and(|char| matches!(char, '…' | '*' | '[' | '<' | '•' | '█'));
    // A full stop at the end of a sentence is no part of it; the one that leaves the signature empty is.
    let trimmed = raw.trim_end_matches('.');
    let dots = trimmed.bytes().filter(|byte| *byte == b'.').count();
    let raw = if dots == 1 && !elided { raw.get(..(trimmed.len() + 1).min(raw.len()))? } else { trimmed };
    if raw.len() < 10 && !masked {
        return None;
    }
    let mut piece = Piece::cut(text, start..start + raw.len());
    if raw.contains(char::is_whitespace) || raw.contains('\n') {
        piece = Piece::decoded(raw.split_whitespace().collect(), piece.span);
    }
    if piece.text.len() > LONGEST {
        return Some(Token { piece, header: None, claims: None, form: TokenForm::Damaged });
    }
    let parts: Vec<&str> = piece.text.split('.').collect();
    let header = parts.first().and_then(|part| object(part));
    // Base64 of any JSON object begins like this: a cookie, a cursor, a body.
    let header = header.filter(|header| {
        header.contains_key("alg") || header.contains_key("typ") || header.contains_key("enc")
    });
    if header.is_none() && parts.len() < 3 && !masked {
        return None;
    }
    let claims = parts.get(1).and_then(|part| object(part));
    let signature = parts.get(2).copied().unwrap_or_default();
    let form = if masked {
        TokenForm::Masked
    } else if parts.len() == 5 && header.is_some() {
        TokenForm::Encrypted
    } else if parts.len() != 3
        || header.is_none()
        || claims.is_none()
        || (!signature.is_empty() && bytes(signature).is_none())
    {
        TokenForm::Damaged
    } else if signature.is_empty() {
        TokenForm::Unsigned
    } else {
        TokenForm::Signed
    };
    Some(Token { piece, header, claims, form })
}

fn bytes(part: &str) -> Option<Vec<u8>> {
    URL_SAFE.decode(part).or_else(|_| STANDARD.decode(part)).ok()
}

fn object(part: &str) -> Option<Map<String, Json>> {
    match serde_json::from_slice(&bytes(part)?).ok()? {
        Json::Object(map) => Some(map),
        _ => None,
    }
}

/// The registered claims by which a JSON object is known as the claims of a token (RFC 7519, section 4.1).
const CLAIMS: [&str; 12] =
    ["iss", "aud", "exp", "nbf", "iat", "sub", "jti", "azp", "scp", "appid", "tid", "token_use"];

/// The token whose claims this JSON body is, when it is one.
pub(super) fn from_claims<'t>(body: &Piece<'t>, json: &json::Json<'t>) -> Option<Token<'t>> {
    let root = json.root()?;
    let keys: Vec<&str> = root.children().filter_map(|field| field.key()).collect();
    let known = keys.iter().filter(|key| CLAIMS.contains(key)).count();
    if known < 2
        || !keys.iter().any(|key| matches!(*key, "iss" | "aud" | "exp"))
        || keys.contains(&"access_token")
    {
        return None;
    }
    let mut claims = Map::new();
    for field in root.children() {
        let (Some(key), Some(value)) = (field.key(), field.value()) else { continue };
        let plain = |value: &json::Value<'_>| match value {
            json::Value::Text(piece) => Some(Json::from(piece.text.as_ref())),
            json::Value::Number(piece) => piece.text.parse::<serde_json::Number>().ok().map(Json::Number),
            json::Value::Bool(value) => Some(Json::Bool(*value)),
            json::Value::Null => Some(Json::Null),
            json::Value::Object | json::Value::Array => None,
        };
        let value = match value {
            json::Value::Array => Some(field.children().filter_map(|item| plain(item.value()?)).collect()),
            value => plain(value),
        };
        claims.extend(value.map(|value| (key.to_owned(), value)));
    }
    let piece = Piece { text: body.text.clone(), span: Span::new(body.span.start, body.span.end) };
    Some(Token { piece, header: None, claims: Some(claims), form: TokenForm::Claims })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
    const CLAIMS: &str = "eyJzdWIiOiIxMjM0NTY3ODkwIiwiaWF0IjoxNTE2MjM5MDIyfQ";
    const SIGNATURE: &str = "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

    #[track_caller]
    fn check(text: &str, expected: &[(&str, TokenForm)]) {
        let tokens = all(text);
        let seen: Vec<(&str, TokenForm)> =
            tokens.iter().map(|token| (&text[token.piece.span.range()], token.form)).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_token_is_found_and_decoded_in_the_middle_of_text() {
        let token = format!("{HEADER}.{CLAIMS}.{SIGNATURE}");
        check(&format!("token=\"{token}\", more"), &[(&token, TokenForm::Signed)]);
        check(&format!("It is {token}."), &[(&token, TokenForm::Signed)]);
        let text = format!("Bearer {token}");
        let tokens = all(&text);
        assert_eq!(tokens[0].header_text("alg"), Some("HS256"));
        assert_eq!(tokens[0].time("iat"), Some(1_516_239_022));
        assert!(!format!("{:?}", tokens[0]).contains("1234567890"));
    }

    #[test]
    fn tokens_that_are_not_whole_are_told_apart() {
        let cut = format!("{HEADER}.{CLAIMS}");
        check(&cut, &[(&cut, TokenForm::Damaged)]);
        let unsigned = format!("{HEADER}.{CLAIMS}.");
        check(&unsigned, &[(&unsigned, TokenForm::Unsigned)]);
        check("Bearer eyJhbGciOi...", &[("eyJhbGciOi", TokenForm::Masked)]);
        check("eyJhbGciOi[...]", &[("eyJhbGciOi", TokenForm::Masked)]);
    }

    #[test]
    fn an_encrypted_token_with_an_empty_second_part_is_no_mask() {
        let token =
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aGVsbG8td29ybGQ.aGVsbG8td29ybGQ.dGFnLXRhZy10YWc";
        check(&format!("Bearer {token}\n"), &[(token, TokenForm::Encrypted)]);
    }

    #[test]
    fn a_token_wrapped_by_a_terminal_is_one_token() {
        let text = format!(
            "Bearer {HEADER}.eyJzdWIiOiIxMjM0\n    NTY3ODkwIiwiaWF0IjoxNTE2MjM5MDIyfQ.{SIGNATURE}\n< HTTP/1.1 401"
        );
        let tokens = all(&text);
        assert_eq!(tokens.len(), 1);
        assert_eq!(tokens[0].form, TokenForm::Signed);
        assert_eq!(tokens[0].text("sub"), Some("1234567890"));
    }

    #[test]
    fn base64_of_other_json_is_no_token() {
        check("cursor=eyJvZmZzZXQiOjEwMH0=", &[]);
    }
}
