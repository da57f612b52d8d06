//! Keys, and what is signed with them: edit tokens, form tokens, network hashes. Knows no database; where the keys
//! are kept and when they change is for the caller.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// 256 random bits. Not printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key([u8; 32]);

impl Key {
    /// A new key from the system's source of randomness.
    pub(super) fn random() -> Result<Key, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Key(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// HMAC-SHA-256 over the parts (RFC 2104), each with its length before it so that no two lists of parts are the
    /// same bytes. `purpose` keeps a signature for one thing from being good for another.
    pub(super) fn sign(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        self.mac(purpose, parts).finalize().into_bytes().into()
    }

    /// Whether this is such a signature; the time this takes does not depend on where they differ.
    fn verify(&self, signature: &[u8], purpose: &str, parts: &[&[u8]]) -> bool {
        self.mac(purpose, parts).verify_slice(signature).is_ok()
    }

    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

impl From<[u8; 32]> for Key {
    fn from(bytes: [u8; 32]) -> Key {
        Key(bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// The right to change and delete one comment. It is the id, signed: nothing is stored for it.
pub(super) fn edit_token(key: &Key, comment: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(key.sign("edit", &[comment.as_bytes()]))
}

/// Whether this is the edit token of this comment.
pub(super) fn is_edit_token(key: &Key, comment: Uuid, token: &str) -> bool {
    decode(token).is_some_and(|signature| key.verify(&signature, "edit", &[comment.as_bytes()]))
}

/// When a form was handed out and for which article, signed. It goes into a hidden field.
pub(super) fn form_token(key: &Key, slug: &str, now: Timestamp) -> String {
    let millis = now.as_millisecond();
    let signature = key.sign("form", &[slug.as_bytes(), &millis.to_be_bytes()]);
    format!("{millis}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// When the form with this token was handed out; nothing when it was not made here, or for another article.
pub(super) fn form_issued(key: &Key, slug: &str, token: &str) -> Option<Timestamp> {
    let (millis, signature) = token.split_once('.')?;
    let millis: i64 = millis.parse().ok()?;
    let genuine = key.verify(&decode(signature)?, "form", &[slug.as_bytes(), &millis.to_be_bytes()]);
    if genuine { Timestamp::from_millisecond(millis).ok() } else { None }
}

/// A new token that nobody can guess, and the digest that is stored in its place.
pub(super) fn session_token() -> Result<(String, [u8; 32]), getrandom::Error> {
    let token = URL_SAFE_NO_PAD.encode(Key::random()?.bytes());
    let digest = digest(token.as_bytes());
    Ok((token, digest))
}

/// SHA-256. Enough for what is random already; never for a password.
pub(super) fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key([7; 32]);

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_edit_token_is_good_for_its_own_comment_only() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let token = edit_token(&KEY, one);
        assert!(is_edit_token(&KEY, one, &token));
        assert!(!is_edit_token(&KEY, other, &token));
        assert!(!is_edit_token(&Key([8; 32]), one, &token));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", ".", "AAAA", "not base64 at all!", &"A".repeat(100_000)] {
            assert!(!is_edit_token(&KEY, Uuid::from_u128(1), text));
            assert_eq!(form_issued(&KEY, "clock-skew", text), None);
        }
    }

    #[test]
    fn a_form_token_tells_when_it_was_handed_out() {
        let token = form_token(&KEY, "clock-skew", now());
        assert_eq!(form_issued(&KEY, "clock-skew", &token), Some(now()));
    }

    #[test]
    fn a_form_token_is_good_for_its_own_article_only() {
        let token = form_token(&KEY, "clock-skew", now());
        assert_eq!(form_issued(&KEY, "token-expired", &token), None);
    }

    #[test]
    fn the_time_in_a_form_token_cannot_be_changed() {
        let token = form_token(&KEY, "clock-skew", now());
        let (_, signature) = token.split_once('.').unwrap();
        assert_eq!(form_issued(&KEY, "clock-skew", &format!("0.{signature}")), None);
    }

    #[test]
    fn the_parts_of_what_is_signed_cannot_flow_into_each_other() {
        assert_ne!(KEY.sign("a", &[b"bc", b"d"]), KEY.sign("a", &[b"b", b"cd"]));
        assert_ne!(KEY.sign("a", &[b"bc"]), KEY.sign("ab", &[b"c"]));
    }

    #[test]
    fn a_key_never_prints() {
        assert_eq!(format!("{KEY:?}"), "Key(..)");
    }
}
