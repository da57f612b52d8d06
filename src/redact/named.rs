//! Secrets that are known by what stands before them: the name of a field, a variable, a parameter or an option, the
//! scheme of an `Authorization` field, the user of a URL. One automaton finds the names; what follows is read by hand.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::SecretKind::{self, *};
use super::value::{self, Ends, Value};
use super::{Found, fold};

/// How what follows a name is read.
#[derive(Clone, Copy)]
enum Manner {
    /// The name is only ever that of a secret: any value counts that is no message and no placeholder.
    Sure(SecretKind),
    /// The name is also a word: the value must look like a credential.
    Maybe(SecretKind),
    /// As `Maybe`, for names in capitals with `_KEY` at their end.
    Capital(SecretKind),
    /// As `Maybe`, only as a parameter of a URL.
    Query(SecretKind),
    /// `Authorization: scheme credential`.
    Scheme,
    /// `scheme credential` anywhere.
    Credential(SecretKind),
    Cookie,
    Url,
}

use Manner::{Capital, Credential, Maybe, Query, Sure};

const NAMES: &[(&str, Manner)] = &[
    ("authorization", Manner::Scheme),
    ("proxy_authorization", Manner::Scheme),
    ("cookie", Manner::Cookie),
    ("://", Manner::Url),
    ("bearer", Credential(BearerToken)),
    ("basic", Credential(BasicCredentials)),
    ("negotiate", Credential(KerberosOrNtlm)),
    ("kerberos", Credential(KerberosOrNtlm)),
    ("ntlm", Credential(KerberosOrNtlm)),
    ("ssws", Credential(Okta)),
    ("dpop", Credential(BearerToken)),
    ("password", Sure(Password)),
    ("passwd", Sure(Password)),
    ("passphrase", Sure(Password)),
    ("passwort", Sure(Password)),
    ("pwd", Sure(Password)),
    ("_pass", Sure(Password)),
    ("-pass", Sure(Password)),
    ("userpass", Sure(Password)),
    ("client_secret", Sure(ClientSecret)),
    ("client-secret", Sure(ClientSecret)),
    ("clientsecret", Sure(ClientSecret)),
    ("client secret", Maybe(ClientSecret)),
    ("consumer_secret", Sure(ClientSecret)),
    ("consumersecret", Sure(ClientSecret)),
    ("app_secret", Sure(ClientSecret)),
    ("app-secret", Sure(ClientSecret)),
    ("appsecret", Sure(ClientSecret)),
    ("signing_secret", Sure(Secret)),
    ("signing-secret", Sure(Secret)),
    ("signingsecret", Sure(Secret)),
    ("secret_access_key", Sure(AwsSecretKey)),
    ("secretaccesskey", Sure(AwsSecretKey)),
    ("secret access key", Maybe(AwsSecretKey)),
    ("api_key", Sure(ApiKey)),
    ("api-key", Sure(ApiKey)),
    ("apikey", Sure(ApiKey)),
    ("api key", Maybe(ApiKey)),
    ("api_secret", Sure(ApiKey)),
    ("api-secret", Sure(ApiKey)),
    ("apisecret", Sure(ApiKey)),
    ("subscription-key", Sure(ApiKey)),
    ("subscription_key", Sure(ApiKey)),
    ("functions-key", Sure(ApiKey)),
    ("application-key", Sure(ApiKey)),
    ("app-key", Sure(ApiKey)),
    ("app_key", Sure(ApiKey)),
    ("appkey", Sure(ApiKey)),
    ("access_key", Sure(ApiKey)),
    ("access-key", Sure(ApiKey)),
    ("accesskey", Sure(ApiKey)),
    ("account_key", Sure(Azure)),
    ("accountkey", Sure(Azure)),
    ("sharedaccesskey", Sure(Azure)),
    ("secret_key", Sure(Secret)),
    ("secret-key", Sure(Secret)),
    ("secretkey", Sure(Secret)),
    ("secret_key_base", Sure(Secret)),
    ("signing_key", Maybe(Secret)),
    ("signing-key", Maybe(Secret)),
    ("signingkey", Maybe(Secret)),
    ("encryption_key", Maybe(Secret)),
    ("encryptionkey", Maybe(Secret)),
    ("private_key", Maybe(PrivateKey)),
    ("privatekey", Maybe(PrivateKey)),
    ("client-key-data", Sure(PrivateKey)),
    ("master_key", Sure(Secret)),
    ("masterkey", Sure(Secret)),
    ("license_key", Maybe(Secret)),
    ("access_token", Sure(AccessToken)),
    ("access-token", Sure(AccessToken)),
    ("accesstoken", Sure(AccessToken)),
    ("access token", Maybe(AccessToken)),
    ("oauth_token", Sure(AccessToken)),
    ("oauth_token_secret", Sure(AccessToken)),
    ("id_token", Sure(Token)),
    ("id-token", Sure(Token)),
    ("idtoken", Sure(Token)),
    ("id_token_hint", Sure(Token)),
    ("refresh_token", Sure(RefreshToken)),
    ("refresh-token", Sure(RefreshToken)),
    ("refreshtoken", Sure(RefreshToken)),
    ("refresh token", Maybe(RefreshToken)),
    ("subject_token", Sure(Token)),
    ("device_code", Maybe(AuthorizationCode)),
    ("code_verifier", Sure(AuthorizationCode)),
    ("auth_token", Sure(Token)),
    ("auth-token", Sure(Token)),
    ("authtoken", Sure(Token)),
    ("identitytoken", Sure(Token)),
    ("session_token", Sure(Token)),
    ("session-token", Sure(Token)),
    ("sessiontoken", Sure(Token)),
    ("security-token", Sure(Token)),
    ("security_token", Sure(Token)),
    ("private-token", Sure(Token)),
    ("private_token", Sure(Token)),
    ("job-token", Sure(Token)),
    ("vault-token", Sure(Token)),
    ("csrf-token", Sure(Token)),
    ("xsrf-token", Sure(Token)),
    ("csrfmiddlewaretoken", Sure(Token)),
    ("_token", Sure(Token)),
    ("-token", Sure(Token)),
    ("token", Maybe(Token)),
    ("jwt", Maybe(Token)),
    ("secret", Maybe(Secret)),
    ("_auth", Maybe(BasicCredentials)),
    ("\"auth", Maybe(BasicCredentials)),
    ("auth_key", Maybe(ApiKey)),
    ("auth-key", Maybe(ApiKey)),
    ("authkey", Maybe(ApiKey)),
    ("_key", Capital(ApiKey)),
    ("client_assertion", Maybe(Token)),
    ("assertion", Maybe(Token)),
    ("samlresponse", Maybe(Token)),
    ("saml_response", Maybe(Token)),
    ("relaystate", Query(Token)),
    ("code", Query(AuthorizationCode)),
    ("key", Query(ApiKey)),
    ("sig", Query(Signature)),
    ("sid", Query(Token)),
    ("apitoken", Sure(Token)),
    ("usertoken", Sure(Token)),
    ("bottoken", Sure(Token)),
    ("signature", Maybe(Signature)),
    ("signature-256", Maybe(Signature)),
    ("x-slack-signature", Maybe(Signature)),
    ("stripe-signature", Maybe(Signature)),
    ("hmac", Maybe(Signature)),
    ("phpsessid", Sure(Cookie)),
    ("jsessionid", Sure(Cookie)),
    ("sessionid", Maybe(Cookie)),
    ("session_id", Maybe(Cookie)),
    ("session-id", Maybe(Cookie)),
    ("connect.sid", Sure(Cookie)),
    ("pass", Capital(Password)),
];

/// Words that are the name of a scheme in an `Authorization` field.
const SCHEMES: [&str; 22] = [
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
    "sharedaccesssignature",
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

struct Finder {
    names: AhoCorasick,
    param: Regex,
    pair: Regex,
    short_password: Regex,
    short_cookie: Regex,
    spoken: Regex,
    set_cookie: Regex,
}

static FINDER: LazyLock<Option<Finder>> = LazyLock::new(|| {
    Some(Finder {
        names: AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(NAMES.iter().map(|(name, _)| *name))
            .ok()?,
        // One named value of credentials: `response="…"`, `Signature=…`.
        param: Regex::new(r#"\A[\s,]{0,80}([A-Za-z][\w-]{0,40})=(?:\\?"([^"\\\n]*)|([^,\s"'\\]*))\\?"?"#).ok()?,
        // `-u user:password`, also among other letters and without a space.
        pair: Regex::new(
            r#"(?m)(?:^|[\s"'`(])(?:-[a-zA-Z]{0,6}[uUa]|--user|--proxy-user|--userpwd|--auth|--creds|--src-creds|--dest-creds)(?:[ \t]+|=)?(?:"[^":\n]*:([^"\n]+)"|'[^':\n]*:([^'\n]+)'|[^\s"':]*:([^\s"'`]+))"#,
        )
        .ok()?,
        short_password: Regex::new(
            r#"(?m)\b(?:login|mysql|mysqldump|mariadb|sshpass|mongo|7z|unzip)\b[^\n|]*?\s-p[ \t]*["']?([^\s"'\-<\[$][^\s"']{2,256})"#,
        )
        .ok()?,
        // The value of a `Set-Cookie` field without its name.
        set_cookie: Regex::new(
            r#"(?mi)^[ \t"'`]*[A-Za-z0-9_.-]+=([^;\s"']+);[^\n]*(?:httponly|samesite=|path=/)"#,
        )
        .ok()?,
        // `.netrc`, and the pair that people encode by hand: `echo -n 'user:password' | base64`.
        spoken: Regex::new(
            r#"(?m)\blogin[ \t]+\S+\s+password[ \t]+(\S+)|\b(?:echo|printf)(?:[ \t]+-[neE]{1,3})?[ \t]+["']?[^\s"':|]+:([^\s"'|]+)["']?[ \t]*\|[ \t]*(?:openssl[ \t]+)?(?:base64|enc)"#,
        )
        .ok()?,
        short_cookie: Regex::new(r#"(?m)\s-b[ \t]*["']([^"'\n]+)["']"#).ok()?,
    })
});

/// Adds every secret that is known by what stands before it.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let Some(finder) = FINDER.as_ref() else {
        // Nothing can be told apart without the patterns, so that nothing is shown.
        found.push(Found::new(0, 0, text.len(), Secret));
        return;
    };
    let ends = &mut Ends::default();
    let mut cookies_to = 0;
    // Overlapping hits, so that `password` is seen inside of `_password` and `token` inside of `_authToken`.
    for hit in finder.names.find_overlapping_iter(text) {
        let Some((_, manner)) = NAMES.get(hit.pattern().as_usize()) else { continue };
        let name = Name { text, start: hit.start(), end: hit.end() };
        match manner {
            Sure(kind) => {
                name.value(ends).filter(|value| value.is_secret(text)).map(|value| value.found(*kind))
            }
            Maybe(Signature) => name
                .value(ends)
                .filter(|value| value.is_credible(text))
                .map(|value| value.without_algorithm(text).found(Signature)),
            Maybe(kind) => {
                name.value(ends).filter(|value| value.is_credible(text)).map(|value| value.found(*kind))
            }
            Capital(kind) => name
                .value(ends)
                .filter(|value| name.is_capital() && value.is_credible(text))
                .map(|value| value.found(*kind)),
            Query(kind) => name
                .value(ends)
                .filter(|value| name.is_query() && value.is_credible(text))
                .map(|value| value.found(*kind)),
            Manner::Scheme => {
                if let Some(value) = name.value(ends) {
                    scheme(finder, text, value.start, ends, found);
                }
                None
            }
            Credential(kind) => credential(name, *kind, ends),
            Manner::Cookie => {
                // What stands behind the first name on a line is read with it, whatever names follow.
                if let Some(value) = name.value(ends).filter(|value| value.start >= cookies_to) {
                    let line = value.line_end(text);
                    let all = text.get(value.start..line).unwrap_or_default();
                    let first = all.find(';').filter(|_| name.is_set_cookie()).map(|at| value.start + at);
                    cookies_to = cookies(text, value.start, first.unwrap_or(line), found);
                }
                None
            }
            Manner::Url => url(name),
        }
        .into_iter()
        .for_each(|one| found.push(one));
    }
    options(finder, text, found);
}

/// A name where it stands in the text.
#[derive(Clone, Copy)]
struct Name<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

impl Name<'_> {
    fn byte(self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn before(self) -> Option<u8> {
        self.start.checked_sub(1).and_then(|at| self.byte(at))
    }

    /// Where the whole identifier begins that ends with this name.
    fn identifier(self) -> usize {
        let mut at = self.start;
        while at > 0 && self.start - at < 80 {
            let before = self.byte(at - 1);
            if !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
            {
                break;
            }
            at -= 1;
        }
        at
    }

    /// `STRIPE_KEY`, not `cache_key`.
    fn is_capital(self) -> bool {
        let identifier = self.text.get(self.identifier()..self.end).unwrap_or_default();
        identifier.len() > self.end - self.start && !identifier.bytes().any(|byte| byte.is_ascii_lowercase())
    }

    /// Whether the field is the one by which a server sets a cookie, whose attributes follow the value.
    fn is_set_cookie(self) -> bool {
        let identifier = self.text.get(self.identifier()..self.start).unwrap_or_default();
        identifier.to_ascii_lowercase().ends_with("set-")
    }

    /// A parameter in a URL or a form.
    fn is_query(self) -> bool {
        matches!(self.before(), Some(b'?' | b'&')) && self.byte(self.end) == Some(b'=')
    }

    fn value(self, ends: &mut Ends) -> Option<Value> {
        value::after(self.text, self.identifier(), self.end, ends)
    }
}

/// The credential after a scheme in any text, which must look like one: `bearer authentication` is prose.
fn credential(name: Name<'_>, kind: SecretKind, ends: &mut Ends) -> Option<Found> {
    if name.before().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return None;
    }
    let rest = name.text.get(name.end..)?;
    let colon = usize::from(rest.starts_with(':'));
    let rest = rest.get(colon..)?;
    let spaced = rest.starts_with([' ', '\t']);
    let gap = if rest.starts_with("%20") {
        3
    } else if rest.starts_with("\\u0020") {
        6
    } else {
        rest.bytes().take(8).take_while(|byte| matches!(byte, b' ' | b'\t' | b'+')).count()
    };
    if gap == 0 {
        return None;
    }
    let start = name.end + colon + gap;
    let end = value::end_of_word(name.text, start, ends);
    let word = name.text.get(start..end)?;
    // `realm="…"` and the like: a challenge.
    let param = word
        .find('=')
        .is_some_and(|at| word.get(at..).is_some_and(|rest| !rest.bytes().all(|byte| byte == b'=')));
    let quote_follows = matches!(name.byte(end), Some(b'"' | b'\'')) && word.ends_with('=');
    if (param && kind != BasicCredentials)
        || quote_follows
        || word.starts_with("http")
        || value::is_placeholder(word)
    {
        return None;
    }
    let credible = match kind {
        BasicCredentials => {
            word.len() >= 6
                && value::is_base64(word)
                && (value::decodes_to_pair(word) || value::is_random(word) && word.len() >= 16)
        }
        KerberosOrNtlm => word.len() >= 16 && value::is_base64(word),
        _ => value::is_random(word),
    };
    // Only a token that stands alone may go on in the next line.
    let end = if spaced && end - start >= 40 { fold::end_of_token(name.text, start).max(end) } else { end };
    credible.then(|| Found::new(start, start, end, kind))
}

/// The value of an `Authorization` field: schemes stay, what follows them does not.
fn scheme(finder: &Finder, text: &str, start: usize, ends: &mut Ends, found: &mut Vec<Found>) {
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
        let end = value::end_of_word(text, at, ends);
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
            if NAMED.contains(&bare.as_str()) && params(finder, text, end, kind, found) {
                return;
            }
            at = end;
            continue;
        }
        // What is no scheme is the credential; without a scheme it must not be a word of prose.
        let sole = word.len() >= 4 && value::stands_alone(text, at, end) && !value::is_answer(word);
        let is_secret = !word.is_empty()
            && !value::is_placeholder(word)
            && !value::is_code(word)
            && (schemes > 0 && !SCHEMES.contains(&bare.as_str()) && !word.ends_with('=')
                || value::is_random(word)
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
        let end = value::end_of_word(text, at + 1, ends);
        let word = text.get(at + 1..end).unwrap_or_default();
        if word.len() < 12 || !value::is_random(word) || value::is_placeholder(word) {
            return;
        }
        found.push(Found::new(at + 1, at + 1, end, kind));
        at = end;
    }
}

/// Masks the secret ones among the named values of credentials; says whether there were named values at all.
fn params(finder: &Finder, text: &str, mut at: usize, kind: SecretKind, found: &mut Vec<Found>) -> bool {
    let mut seen = false;
    for _ in 0..64 {
        let Some(rest) = text.get(at..) else { break };
        let rest = rest.get(..rest.floor_char_boundary(8192)).unwrap_or(rest);
        let Some(captures) = finder.param.captures(rest) else { break };
        let (Some(whole), Some(name)) = (captures.get(0), captures.get(1)) else { break };
        let Some(value) = captures.get(2).or_else(|| captures.get(3)) else { break };
        // Base64 with padding and nothing after it is a credential and no named value.
        if !seen && value.as_str().bytes().all(|byte| byte == b'=') && name.as_str().len() > 12 {
            break;
        }
        seen = true;
        let secret = SECRET_PARAMS.contains(&name.as_str().to_ascii_lowercase().as_str());
        if secret && value.len() > 3 && !value::is_placeholder(value.as_str()) {
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
fn cookies(text: &str, start: usize, end: usize, found: &mut Vec<Found>) -> usize {
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
        let session = SESSION.iter().any(|word| name.contains(word)) && value.len() >= 4;
        let number = value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit());
        let secret = session && !number || value.len() >= 12 && value::is_random(value);
        if !name.is_empty() && secret && !value::is_placeholder(value) {
            found.push(Found::new(begin, begin, begin + value.len(), Cookie));
        }
        if quoted {
            return begin + stop;
        }
    }
    end
}

/// The password in the user part of a URL, or a token that stands there alone (RFC 3986, section 3.2.1).
fn url(name: Name<'_>) -> Option<Found> {
    if !name.before().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let rest = name.text.get(name.end..)?;
    let ends = |byte: u8| byte.is_ascii_whitespace() || b"/?#\"'`<>\\,".contains(&byte);
    let length = rest.bytes().take(1024).take_while(|byte| !ends(*byte)).count();
    let user_info = rest.get(..rest.get(..length)?.rfind('@')?)?;
    let (start, value) = match user_info.split_once(':') {
        Some((user, password)) if !password.is_empty() => (name.end + user.len() + 1, password),
        Some((user, _)) => (name.end, user),
        None => (name.end, user_info),
    };
    let alone = start == name.end;
    if value::is_placeholder(value) || (alone && !value::is_random(value)) {
        return None;
    }
    Some(Found::new(start, start, start + value.len(), UrlPassword))
}

/// Options of commands that take a password without naming it.
fn options(finder: &Finder, text: &str, found: &mut Vec<Found>) {
    for captures in finder.pair.captures_iter(text) {
        let Some(password) = (1..=3).find_map(|group| captures.get(group)) else { continue };
        let value = password.as_str();
        let number = value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit());
        if !number && !value.starts_with("//") && !value::is_placeholder(value) {
            found.push(Found::new(password.start(), password.start(), password.end(), Password));
        }
    }
    for captures in finder.short_password.captures_iter(text) {
        let Some(password) = captures.get(1) else { continue };
        let port = password.as_str().contains(':')
            && password.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
        if !port && !value::is_placeholder(password.as_str()) {
            found.push(Found::new(password.start(), password.start(), password.end(), Password));
        }
    }
    for captures in finder.set_cookie.captures_iter(text) {
        if let Some(value) = captures.get(1).filter(|value| value::is_random(value.as_str())) {
            found.push(Found::new(value.start(), value.start(), value.end(), Cookie));
        }
    }
    for captures in finder.spoken.captures_iter(text) {
        let Some(password) = captures.get(1).or_else(|| captures.get(2)) else { continue };
        if !value::is_placeholder(password.as_str()) {
            found.push(Found::new(password.start(), password.start(), password.end(), Password));
        }
    }
    for captures in finder.short_cookie.captures_iter(text) {
        if let Some(value) = captures.get(1) {
            cookies(text, value.start(), value.end(), found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(FINDER.is_some());
    }
}
