//! The values of fields that carry more than a secret: the scheme and the named values of `Authorization`, the names and
//! attributes of cookies. What is no secret in them stays readable. Knows not where the fields stand.

use std::sync::LazyLock;

use regex::Regex;

use super::SecretKind::{self, *};
use super::ends::{self, Ends, byte, run};
use super::joint::{self, Joint};
use super::looks;
use super::{Found, fold};

/// Words that are the name of a scheme in an `Authorization` field.
const SCHEMES: [&str; 28] = [
    "basic",
    "bearer",
    "digest",
    "negotiate",
    "ntlm",
    "kerberos",
    "token",
    "jwt",
    "apikey",
    "api-key",
    "ssws",
    "oauth",
    "dpop",
    "hawk",
    "bot",
    "key",
    "aws4-hmac-sha256",
    "signature",
    "privatetoken",
    "googlelogin",
    "sharedkey",
    "sharedkeylite",
    "sharedaccesssignature",
    "hmac",
    "aws",
    "splunk",
    "flyv1",
    "wsse",
];

/// Schemes with named values, of which only some are secret.
const NAMED: [&str; 9] = [
    "digest",
    "oauth",
    "aws4-hmac-sha256",
    "hawk",
    "signature",
    "token",
    "googlelogin",
    "sharedaccesssignature",
    "hmac",
];

/// The named values of credentials that are secret.
const SECRET_PARAMS: [&str; 11] = [
    "response",
    "signature",
    "oauth_signature",
    "oauth_token",
    "token",
    "mac",
    "auth",
    "sig",
    "access_token",
    "key",
    "password",
];

/// One named value of credentials: `response="…"`, `Signature=…`.
static PARAM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"\A[\s,]{0,80}([A-Za-z][\w-]{0,40})=(?:\\?"([^"\\\n]*)|([^,\s"'\\]*))\\?"?"#).ok()
});

/// The value of an `Authorization` field: schemes stay, what follows them does not.
pub(super) fn scheme(text: &str, start: usize, ends: &mut Ends, found: &mut Vec<Found>) {
    let mut at = start;
    let mut schemes = 0;
    let mut in_url = false;
    let mut kind = Secret;
    // A scheme may stand twice, and that is evidence.
    loop {
        at += text
            .get(at..)
            .unwrap_or_default()
            .bytes()
            .take(16)
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let end = ends::end_of_word(text, at, ends);
        let word = text.get(at..end).unwrap_or_default();
        let bare = word.trim_end_matches(':').to_ascii_lowercase();
        let followed = matches!(text.as_bytes().get(end), Some(b' ' | b'\t'));
        // In a URL the space after the scheme is escaped.
        let escaped = bare.split_once("%20").filter(|(scheme, _)| SCHEMES.contains(scheme));
        if let Some((scheme, _)) = escaped.filter(|_| schemes < 4) {
            schemes += 1;
            in_url = true;
            kind = BearerToken;
            at += scheme.len() + 3;
            continue;
        }
        if schemes < 4 && followed && SCHEMES.contains(&bare.as_str()) {
            schemes += 1;
            kind = match bare.as_str() {
                "basic" => BasicCredentials,
                "negotiate" | "ntlm" | "kerberos" => KerberosOrNtlm,
                "ssws" => Okta,
                "digest" => DigestResponse,
                "apikey" | "api-key" | "key" => ApiKey,
                _ => BearerToken,
            };
            if NAMED.contains(&bare.as_str()) && params(text, end, kind, found) {
                return;
            }
            at = end;
            continue;
        }
        // What is no scheme is the credential; without a scheme it must not be a word of prose.
        let sole = word.len() >= 4 && ends::stands_alone(text, at, end) && !looks::is_answer(word);
        let is_secret = !word.is_empty()
            && !looks::is_placeholder(word)
            && !looks::is_code(word)
            && (schemes > 0 && !SCHEMES.contains(&bare.as_str()) && !looks::is_param_name(word)
                || looks::is_random(word)
                || sole && schemes == 0);
        if is_secret {
            let end = if !in_url && end - at >= 40 { fold::end_of_token(text, at).max(end) } else { end };
            found.push(Found::new(at, at, end, kind));
            more_words(text, end, kind, ends, found);
        }
        return;
    }
}

/// A token with a space in it goes on after the space.
fn more_words(text: &str, mut at: usize, kind: SecretKind, ends: &mut Ends, found: &mut Vec<Found>) {
    for _ in 0..4 {
        if text.as_bytes().get(at) != Some(&b' ') {
            return;
        }
        let end = ends::end_of_word(text, at + 1, ends);
        let word = text.get(at + 1..end).unwrap_or_default();
        if word.len() < 12 || !looks::is_random(word) || looks::is_placeholder(word) {
            return;
        }
        found.push(Found::new(at + 1, at + 1, end, kind));
        at = end;
    }
}

/// Masks the secret ones among the named values of credentials; says whether there were named values at all.
fn params(text: &str, mut at: usize, kind: SecretKind, found: &mut Vec<Found>) -> bool {
    let mut seen = false;
    for _ in 0..64 {
        let Some(rest) = text.get(at..) else { break };
        let rest = rest.get(..rest.floor_char_boundary(8192)).unwrap_or(rest);
        let Some(captures) = PARAM.as_ref().and_then(|param| param.captures(rest)) else { break };
        let (Some(whole), Some(name)) = (captures.get(0), captures.get(1)) else { break };
        let Some(value) = captures.get(2).or_else(|| captures.get(3)) else { break };
        // Base64 with padding and nothing after it is a credential and no named value.
        if !seen && value.as_str().bytes().all(|byte| byte == b'=') && name.as_str().len() > 12 {
            break;
        }
        seen = true;
        let secret = SECRET_PARAMS.contains(&name.as_str().to_ascii_lowercase().as_str());
        if secret && value.len() > 3 && !looks::is_placeholder(value.as_str()) {
            let kind = match name.as_str().to_ascii_lowercase().as_str() {
                "signature" | "oauth_signature" | "mac" | "sig" => Signature,
                "oauth_token" | "access_token" | "token" => AccessToken,
                _ => kind,
            };
            found.push(Found::new(at + value.start(), at + value.start(), at + value.end(), kind));
        }
        at += whole.end();
    }
    seen
}

/// Parts of the names of cookies that a session may hang on.
const SESSION: [&str; 22] = [
    "sess", "sid", "auth", "token", "jwt", "csrf", "xsrf", "remember", "login", "user", "account",
    "identity", "ticket", "secret", "key", "connect", "_id", "sso", "saml", "oidc", "nonce", "state",
];

/// Masks the values of cookies, except short and plain ones of cookies that no session hangs on. Gives the place up to
/// which the text was read: a quote ends the field.
pub(super) fn cookies(text: &str, start: usize, end: usize, found: &mut Vec<Found>) -> usize {
    let line = text.get(start..end).unwrap_or_default();
    let mut next = start;
    for part in line.split(';') {
        let part_start = next;
        next += part.len() + 1;
        let Some((name, raw)) = part.split_once('=') else { continue };
        // Another field may stand on the same line.
        let name = name.split_whitespace().next_back().unwrap_or_default();
        let name = name.get(name.len().saturating_sub(80)..).unwrap_or_default().to_ascii_lowercase();
        let value = raw.trim_start();
        let begin = part_start + part.len() - value.len();
        let stop = value
            .find(|char: char| char.is_whitespace() || matches!(char, '"' | '\'' | '`' | '<' | '\\'))
            .unwrap_or(value.len());
        let quoted = value.get(stop..).is_some_and(|rest| rest.starts_with(['"', '\'', '`', '\\']));
        let value = value.get(..stop).unwrap_or_default();
        if !name.is_empty() && is_secret(&name, value) {
            found.push(Found::new(begin, begin, begin + value.len(), Cookie));
        }
        if quoted {
            return begin + stop;
        }
    }
    end
}

/// Whether the value of a cookie is secret: one that a session hangs on, or one that looks like a token.
fn is_secret(name: &str, value: &str) -> bool {
    let session = SESSION.iter().any(|word| name.contains(word)) && value.len() >= 4;
    let number = value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit());
    (session && !number || value.len() >= 12 && looks::is_random(value)) && !looks::is_placeholder(value)
}

/// Masks the values in a list of cookies as archives of requests have it: `"cookies": [{"name": "…", "value": "…"}]`. Gives
/// the place up to which the text was read.
pub(super) fn cookie_objects(text: &str, start: usize, ends: &mut Ends, found: &mut Vec<Found>) -> usize {
    let mut at =
        start + run(text, start, 24, |byte| byte.is_ascii_whitespace() || b"\":=[\\".contains(&byte));
    if byte(text, at) != Some(b'{') {
        return start;
    }
    let mut name = String::new();
    // A browser keeps some hundred cookies for a site, each with ten fields.
    for _ in 0..4096 {
        at += run(text, at, 400, |byte| byte.is_ascii_whitespace() || b"{},".contains(&byte));
        let Some(key) = joint::read(text, at, Joint::Tight, ends).filter(|key| key.is_quoted()) else {
            return at;
        };
        let key_text = text.get(key.start..key.end()).unwrap_or_default();
        at = key.end() + 1;
        at += run(text, at, 40, |byte| byte.is_ascii_whitespace() || matches!(byte, b':' | b'"' | b'\\'));
        // The last of the marks is the quote of the value.
        at -= usize::from(byte(text, at.saturating_sub(1)) == Some(b'"'));
        let Some(value) = joint::read(text, at, Joint::Tight, ends) else { return at };
        let value_text = text.get(value.start..value.end()).unwrap_or_default();
        match key_text.trim_end_matches('\\') {
            "name" => name = value_text.to_ascii_lowercase(),
            "value" if is_secret(&name, value_text) => {
                found.push(Found::new(value.start, value.start, value.end(), Cookie));
            }
            _ => {}
        }
        at = value.end() + usize::from(value.is_quoted());
        at += run(text, at, 2, |byte| byte == b'"');
    }
    at
}

/// The value in a row of a table of cookies, as a browser's panel and a cookie jar have it, by the path in it.
pub(super) fn cookie_row(text: &str, path: usize) -> Option<Found> {
    let from = text.floor_char_boundary(path.saturating_sub(4096));
    let start = text.get(from..path)?.rfind('\n').map_or(from, |at| from + at + 1);
    let end = path + run(text, path, 4096, |byte| !matches!(byte, b'\n' | b'\r'));
    let row = text.get(start..text.floor_char_boundary(end))?;
    let cells: Vec<&str> = row.split('\t').collect();
    // A jar has the domain first and the value last; a panel has name and value first.
    let jar = cells.len() == 7 && matches!(cells.get(1), Some(&"TRUE" | &"FALSE"));
    let (name, value) = if jar { (5, 6) } else { (0, 1) };
    let (name, value) = (cells.get(name)?, *cells.get(value)?);
    let at = start + row.find(&format!("{name}\t{value}"))? + name.len() + 1;
    is_secret(&name.to_ascii_lowercase(), value).then(|| Found::new(at, at, at + value.len(), Cookie))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_compiles() {
        assert!(PARAM.is_some());
    }
}
