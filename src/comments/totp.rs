//! The second factor: codes that change every 30 seconds (RFC 6238) and codes that are good once. Values only; where they are
//! kept is for the caller.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;

use super::keys;

/// How long a secret is, in bytes (RFC 4226, section 4, R6: 160 bits).
pub(super) const SECRET: usize = 20;
/// How long a code is good, in seconds, and how many digits it has: what every app takes for granted.
const STEP: i64 = 30;
const DIGITS: u32 = 6;
/// How many codes that are good once are handed out.
const RECOVERY: usize = 8;

/// A new secret.
pub(super) fn new_secret() -> Result<Vec<u8>, getrandom::Error> {
    let mut secret = vec![0; SECRET];
    getrandom::fill(&mut secret)?;
    Ok(secret)
}

/// The step whose code was typed, if it is one around now that is later than the last one that was used: a code is good
/// once (RFC 6238, section 5.2). A clock may be off by one step.
pub(super) fn step_of(secret: &[u8], typed: &str, last: i64, now: Timestamp) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let here = now.as_second().div_euclid(STEP);
    (here - 1..=here + 1).find(|step| *step > last && same(&code(secret, *step), &digits))
}

/// The code of a step (RFC 4226, section 5.3).
fn code(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let start = usize::from(hash.last().copied().unwrap_or(0) & 0xf);
    let four = hash
        .get(start..start + 4)
        .map_or(0, |bytes| bytes.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)));
    let width = DIGITS as usize;
    format!("{:0width$}", (four & 0x7fff_ffff) % 10_u32.pow(DIGITS))
}

/// Whether two codes are the same; the time this takes does not depend on where they differ.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

/// New codes that are good once: each with the digest that is kept in its place.
pub(super) fn new_recovery_codes() -> Result<Vec<(String, [u8; 32])>, getrandom::Error> {
    (0..RECOVERY)
        .map(|_| {
            let mut bytes = [0; 9];
            getrandom::fill(&mut bytes)?;
            let code = URL_SAFE_NO_PAD.encode(bytes);
            let digest = recovery_digest(&code);
            Ok((code, digest))
        })
        .collect()
}

/// What is kept of a code that is good once. It is random, so a plain hash is enough.
pub(super) fn recovery_digest(typed: &str) -> [u8; 32] {
    keys::digest(typed.trim().as_bytes())
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base32 without padding (RFC 4648, section 6), as apps take a secret.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(5) {
        let mut five = [0; 5];
        for (place, byte) in five.iter_mut().zip(group) {
            *place = *byte;
        }
        let number = five.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        let letters = (group.len() * 8).div_ceil(5);
        for letter in 0..letters {
            let place = usize::try_from((number >> (35 - 5 * letter)) & 31).unwrap_or(0);
            text.push(ALPHABET.get(place).copied().map_or('A', char::from));
        }
    }
    text
}

/// The bytes of such a text; spaces don't count. Nothing when it is none.
pub(super) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut number, mut bits) = (Vec::new(), 0_u32, 0);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace()) {
        let place = ALPHABET.iter().position(|known| *known == c.to_ascii_uppercase())?;
        number = ((number << 5) | u32::try_from(place).ok()?) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((number >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors (RFC 6238, appendix B).
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SECRET, second / STEP), expected);
        }
    }

    #[test]
    fn a_code_is_good_once_and_for_a_clock_that_is_a_step_off() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let step = 1_111_111_109 / STEP;
        assert_eq!(step_of(SECRET, "081 804", 0, at(1_111_111_109)), Some(step));
        assert_eq!(step_of(SECRET, "081804", 0, at(1_111_111_109 + 30)), Some(step));
        assert_eq!(step_of(SECRET, "081804", 0, at(1_111_111_109 - 30)), Some(step));
        assert_eq!(step_of(SECRET, "081804", 0, at(1_111_111_109 + 90)), None);
        assert_eq!(step_of(SECRET, "081804", step, at(1_111_111_109)), None);
        for wrong in ["", "081805", "81804", "0818040", "x"] {
            assert_eq!(step_of(SECRET, wrong, 0, at(1_111_111_109)), None, "{wrong}");
        }
    }

    #[test]
    fn base32_is_that_of_the_standard_and_comes_back() {
        // RFC 4648, section 10, without the padding.
        for (plain, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), expected);
            assert_eq!(from_base32(expected), Some(plain.as_bytes().to_vec()));
        }
        assert_eq!(from_base32("mzxw 6ytb"), Some(b"fooba".to_vec()));
        assert_eq!(from_base32("M1"), None);
    }
}
