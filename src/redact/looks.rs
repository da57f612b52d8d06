//! What a value looks like by itself: a placeholder, an answer in words, a piece of code, or a credential.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Placeholder, placeholder};

/// A longer value is not decoded.
const LONGEST: usize = 8192;
/// So much of a value is looked at to tell what it is.
const LOOKED_AT: usize = 512;

/// Words that programs put behind a name to say what is wrong with it, and types of schemas.
const ANSWERS: [&str; 46] = [
    "required",
    "invalid",
    "incorrect",
    "missing",
    "expired",
    "wrong",
    "failed",
    "failure",
    "denied",
    "none",
    "null",
    "unknown",
    "disabled",
    "enabled",
    "granted",
    "error",
    "true",
    "false",
    "yes",
    "no",
    "string",
    "str",
    "text",
    "bool",
    "boolean",
    "optional",
    "hidden",
    "empty",
    "unset",
    "set",
    "revoked",
    "rejected",
    "not",
    "unauthorized",
    "the",
    "a",
    "an",
    "is",
    "and",
    "or",
    "to",
    "bearer",
    "basic",
    "digest",
    "jwt",
    "oauth2",
];

/// Whether a word is an answer or a type and no credential.
pub(super) fn is_answer(word: &str) -> bool {
    // No answer is that long, and a value may be.
    if word.len() > 24 {
        return false;
    }
    let word = word.trim_matches(|char: char| !char.is_ascii_alphanumeric()).to_ascii_lowercase();
    word.is_empty() || ANSWERS.contains(&word.as_str())
}

/// Whether something stands there that must stay readable: a placeholder, or the beginning of one.
pub(super) fn is_placeholder(value: &str) -> bool {
    if value.is_empty() || value.starts_with("${") || value.starts_with("$(") {
        return true;
    }
    if value.starts_with(['[', '<', '{']) && !goes_on_behind_its_bracket(value) {
        return true;
    }
    match placeholder(value) {
        // Much of a long value may still be there although something was left out of it.
        Some(Placeholder::Masked) => value.len() <= 48 || !value.contains(|char: char| char.is_ascii_digit()),
        Some(_) => true,
        None => false,
    }
}

/// Whether a value only begins with something in brackets, as a password may: `{x}9y`. Our own mask is no password.
fn goes_on_behind_its_bracket(value: &str) -> bool {
    let value = head(value);
    let close = if value.starts_with('[') {
        ']'
    } else if value.starts_with('<') {
        '>'
    } else {
        '}'
    };
    let Some((inner, rest)) = value.split_once(close) else { return false };
    !inner.starts_with("[masked")
        && rest.len() >= 4
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&*+-_~^".contains(&byte))
        && rest.bytes().any(|byte| byte.is_ascii_digit())
        && rest.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a value without quotes is an expression of a programming language.
pub(super) fn is_code(value: &str) -> bool {
    let value = head(value);
    let path = value.contains('.')
        && value.split('.').all(|part| {
            part.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
                && part.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        });
    path || value.ends_with("()")
        || (value.contains('(') && value.starts_with(|char: char| char.is_ascii_alphabetic()))
        || value.contains("[\"")
        || value.contains("['")
}

/// The beginning of a value, which is enough to tell what it is.
pub(super) fn head(value: &str) -> &str {
    value.get(..value.floor_char_boundary(LOOKED_AT)).unwrap_or(value)
}

/// Whether a value looks like a credential by itself: long, and of letters mixed with digits.
pub(super) fn is_random(value: &str) -> bool {
    let head = head(value);
    if head.len() < 6
        || head.contains(char::is_whitespace)
        || head.starts_with("http")
        || head.contains("://")
    {
        return false;
    }
    let digits = head.bytes().any(|byte| byte.is_ascii_digit());
    let letters = head.bytes().any(|byte| byte.is_ascii_alphabetic());
    let special = head.bytes().any(|byte| matches!(byte, b'+' | b'/' | b'='));
    // Names of types and functions have capitals too, but only where their words begin.
    let capitals = head.bytes().skip(1).filter(u8::is_ascii_uppercase).count();
    let upper_inside = 4 * capitals >= head.len() && head.bytes().any(|byte| byte.is_ascii_lowercase());
    // A path or a version is no credential.
    let path = head.starts_with(['/', '.', '~', '@']) && head.contains('/') && !head.ends_with('=');
    let long = head.len() >= 32 || (digits && head.len() >= 10);
    let mixed = (digits && letters) || ((special || upper_inside) && head.len() >= 16);
    (long || mixed) && !path && !is_code(head)
}

/// Whether a word in a sentence can only be a credential: long, with digits, and a part of it that is no word.
pub(super) fn is_dense(value: &str) -> bool {
    let head = head(value);
    let digits = head.bytes().filter(u8::is_ascii_digit).count();
    let capitals = head.bytes().filter(u8::is_ascii_uppercase).count();
    let in_key = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_.~%-".contains(&byte);
    let no_word = |part: &str| {
        let digit = part.bytes().any(|byte| byte.is_ascii_digit());
        let mixed = part.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
            && part.bytes().any(|byte| byte.is_ascii_lowercase());
        part.len() >= 8 && (digit || mixed)
    };
    head.len() >= 16
        && (digits >= 2 || digits == 1 && 4 * capitals >= head.len())
        && head.bytes().all(in_key)
        && head.split(['_', '.', '~', '-']).any(no_word)
        && is_random(head)
}

/// Whether a word ends as the name of a parameter before its quotes does: `realm=`. Base64 may end with the same sign.
pub(super) fn is_param_name(word: &str) -> bool {
    let Some(name) = word.strip_suffix('=') else { return false };
    name.len() <= 24 && name.bytes().skip(1).all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte))
}

/// The base64 of either alphabet.
const ENGINE: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Whether a value, or the beginning of a long one, is made of the characters of base64 only.
pub(super) fn is_base64(value: &str) -> bool {
    let body = head(value).trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte))
}

/// Whether a value is base64 of text with a colon in it, as user and password are.
pub(super) fn decodes_to_pair(value: &str) -> bool {
    if value.len() > LONGEST {
        return false;
    }
    let standard = GeneralPurpose::new(&alphabet::STANDARD, ENGINE).decode(value);
    let bytes = standard.or_else(|_| GeneralPurpose::new(&alphabet::URL_SAFE, ENGINE).decode(value));
    bytes.is_ok_and(|bytes| {
        bytes.contains(&b':') && bytes.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\n' | b'\r'))
    })
}
