//! The value that follows a name, and whether it is a secret: not a placeholder, a message, a piece of code or a word.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Found, Placeholder, SecretKind, placeholder};

/// A longer value is not decoded.
const LONGEST: usize = 8192;
/// So much of a value is looked at to tell what it is.
const LOOKED_AT: usize = 512;

/// How a value follows its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    /// `name=value`, `name="value"`, `<name>value`, `--name value`.
    Tight,
    /// `name: value`, as in YAML and in prose.
    Colon,
    /// `name is value`.
    Spoken,
}

/// A value where it stands in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub start: usize,
    end: usize,
    quoted: bool,
    joint: Joint,
    /// Whether the name begins its line, as in configuration.
    leads: bool,
}

fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// Where runs end that were read already. A name inside of a value that was just looked at ends where that one ends, so
/// that a text full of names is read once and not once for each.
#[derive(Default)]
pub(super) struct Ends {
    value: Run,
    word: Run,
    quotes: [Run; 6],
}

/// A stretch of text that was read from a place to the first byte that ends it.
#[derive(Clone, Copy, Default)]
struct Run {
    from: usize,
    to: usize,
}

impl Run {
    /// The end of the run that holds `start`, which is read only where that is not known.
    fn end(&mut self, start: usize, read: impl FnOnce() -> usize) -> usize {
        if !(self.from..self.to).contains(&start) {
            *self = Run { from: start, to: read() };
        }
        self.to
    }
}

/// How many bytes from `at` pass the test, at most `limit`.
fn run(text: &str, at: usize, limit: usize, passes: impl Fn(u8) -> bool) -> usize {
    text.as_bytes().get(at..).unwrap_or_default().iter().take(limit).take_while(|byte| passes(**byte)).count()
}

/// The value after a name that stands at `from..to`; nothing when none follows.
pub(super) fn after(text: &str, from: usize, to: usize, ends: &mut Ends) -> Option<Value> {
    let mut at = to + run(text, to, 2, |byte| byte.is_ascii_digit());
    if byte(text, at).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let before = from.checked_sub(1).and_then(|at| byte(text, at));
    let leads = leads_line(text, from);
    let closers = run(text, at, 4, |byte| b"\"'`]\\*)".contains(&byte));
    let closed = text.get(at..at + closers)?.contains(['"', '\'']);
    at += closers;
    let option = byte(text, from) == Some(b'-') || before == Some(b'-');
    let joint;
    if closers == 0 && byte(text, at) == Some(b'>') && matches!(before, Some(b'<' | b':')) {
        // <password>value</password>
        at += 1;
        joint = Joint::Tight;
    } else {
        let spaces = run(text, at, 16, |byte| matches!(byte, b' ' | b'\t'));
        let next = byte(text, at + spaces);
        let after_next = byte(text, at + spaces + 1);
        if let Some(end) = paired(text, at) {
            at = end;
            joint = Joint::Tight;
        } else if next == Some(b':') && after_next != Some(b':') && after_next != Some(b'/') {
            at += spaces + 1 + usize::from(after_next == Some(b'='));
            joint = if closed || after_next == Some(b'=') { Joint::Tight } else { Joint::Colon };
        } else if next == Some(b'=') && !matches!(after_next, Some(b'=' | b'~')) {
            at += spaces + 1 + usize::from(after_next == Some(b'>'));
            joint = Joint::Tight;
        } else if text.get(at..at + 3).is_some_and(|three| three.eq_ignore_ascii_case("%3d")) {
            at += 3;
            joint = Joint::Tight;
        } else if next == Some(b',') && closed && argument_follows(text, at + spaces + 1) {
            at += spaces + 1;
            joint = Joint::Tight;
        } else if option && closers == 0 && spaces > 0 {
            joint = Joint::Tight;
        } else if text.get(at..at + 4) == Some(" is ") {
            at += 4;
            joint = Joint::Spoken;
        } else {
            return None;
        }
    }
    at += run(text, at, 80, |byte| matches!(byte, b' ' | b'\t'));
    // Python's b'…' and r"…", and quotes escaped inside of another string.
    if matches!(byte(text, at), Some(b'b' | b'r' | b'f' | b'u' | b'@'))
        && matches!(byte(text, at + 1), Some(b'"' | b'\''))
    {
        at += 1;
    }
    let slashes = run(text, at, 7, |byte| byte == b'\\');
    let quote = byte(text, at + slashes).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let value = |start, end, quoted| {
        Some(Value { start, end, quoted, joint, leads }).filter(|value| value.start < value.end)
    };
    if let Some(quote) = quote {
        let start = at + slashes + 1;
        if let Some(end) = closing(text, start, quote, slashes > 0, ends) {
            return value(start, end, true);
        }
        return value(start, end_of_value(text, start, ends), false);
    }
    if let Some(rest) = text.get(at..).and_then(|rest| rest.strip_prefix(['“', '‘', '«'])) {
        let start = text.len() - rest.len();
        return value(start, end_of_value(text, start, ends), false);
    }
    value(at, end_of_value(text, at, ends), false)
}

/// Whether the next argument of a call is a string: `.set('Authorization', 'Bearer …')`. With a colon behind it the string
/// is the next key of an object: `{"error": "invalid_token", "error_description": …`.
fn argument_follows(text: &str, at: usize) -> bool {
    let at = at + run(text, at, 16, |byte| byte.is_ascii_whitespace());
    let Some(quote) = byte(text, at).filter(|byte| matches!(byte, b'"' | b'\'' | b'`')) else { return false };
    let behind = at + 1 + run(text, at + 1, 120, |byte| byte != quote && byte != b'\n') + 1;
    byte(text, behind + run(text, behind, 16, |byte| byte.is_ascii_whitespace())) != Some(b':')
}

/// `"name": "x", "value": "y"` in an archive of requests, `name: x` and `value: y` on two lines in a manifest.
fn paired(text: &str, at: usize) -> Option<usize> {
    let mut at =
        at + run(text, at, 120, |byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'\''));
    let rest = text.get(at..)?;
    let name = ["value", "Value", "VALUE"].into_iter().find(|name| rest.starts_with(name))?;
    at += name.len();
    at += run(text, at, 2, |byte| matches!(byte, b'"' | b'\''));
    at += run(text, at, 8, |byte| byte.is_ascii_whitespace());
    matches!(byte(text, at), Some(b':' | b'=')).then_some(at + 1)
}

/// Whether a name begins its line, with at most a mark of a list or a quotation before it.
fn leads_line(text: &str, from: usize) -> bool {
    let before = text.as_bytes().get(from.saturating_sub(24)..from).unwrap_or_default();
    for byte in before.iter().rev() {
        match byte {
            b'\n' => return true,
            byte if b" \t-*+\"'`#|>.".contains(byte) => {}
            _ => return false,
        }
    }
    before.len() == from
}

/// Where a quoted value ends: before its closing quote, on the same line.
fn closing(text: &str, start: usize, quote: u8, escaped: bool, ends: &mut Ends) -> Option<usize> {
    let index = usize::from(quote == b'\'') + 2 * usize::from(quote == b'`');
    let run = ends.quotes.get_mut(index + 3 * usize::from(escaped))?;
    let bytes = text.as_bytes();
    let end = run.end(start, || {
        let mut at = start;
        loop {
            match bytes.get(at) {
                None | Some(b'\n') => return at.min(bytes.len()),
                Some(b'\\') if escaped && bytes.get(at + 1) == Some(&quote) => return at,
                Some(b'\\') if bytes.get(at + 1) != Some(&b'\n') => at += 2,
                Some(byte) if *byte == quote => return at,
                Some(_) => at += 1,
            }
        }
    });
    matches!(bytes.get(end), Some(byte) if *byte != b'\n').then_some(end)
}

/// Where a value without quotes ends.
fn end_of_value(text: &str, start: usize, ends: &mut Ends) -> usize {
    let closes = |byte: u8| byte.is_ascii_whitespace() || b"\"'`&<;".contains(&byte);
    let end = ends.value.end(start, || start + run(text, start, usize::MAX, |byte| !closes(byte)));
    let value = text.get(start..end).unwrap_or_default();
    if value.ends_with("..") {
        return end;
    }
    // A backslash at the end of a line joins lines; punctuation belongs to the sentence around.
    start
        + value
            .trim_end_matches(['\\', ',', '.', ':', ')', '}', ']', '>', '!', '?', '|', '*', '”', '’', '»'])
            .len()
}

/// Where a credential ends that stands after a scheme.
pub(super) fn end_of_word(text: &str, start: usize, ends: &mut Ends) -> usize {
    // A placeholder may begin with `<`.
    if byte(text, start) == Some(b'<') {
        let length = run(text, start, 200, |byte| byte != b'>' && byte != b'\n');
        return text.floor_char_boundary(start + length + 1).min(text.len());
    }
    let closes = |byte: u8| byte.is_ascii_whitespace() || b"\"'`<\\".contains(&byte);
    let end = ends.word.end(start, || start + run(text, start, usize::MAX, |byte| !closes(byte)));
    let word = text.get(start..end).unwrap_or_default();
    // Dots at the end say that something was left out.
    if word.ends_with("..") {
        return end;
    }
    start + word.trim_end_matches([',', '.', ';', ')', '}', ']', '!', '?', '*', '”', '’', '»']).len()
}

/// Whether nothing but this word stands behind it on its line.
pub(super) fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    start < end && matches!(byte(text, end), None | Some(b'\n' | b'\r' | b'"' | b'\'' | b'`'))
}

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
    if value.is_empty()
        || value.starts_with(['[', '<', '{'])
        || value.starts_with("${")
        || value.starts_with("$(")
    {
        return true;
    }
    match placeholder(value) {
        // Much of a long value may still be there although something was left out of it.
        Some(Placeholder::Masked) => value.len() <= 48 || !value.contains(|char: char| char.is_ascii_digit()),
        Some(_) => true,
        None => false,
    }
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
fn head(value: &str) -> &str {
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
    let upper_inside = head.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
        && head.bytes().any(|byte| byte.is_ascii_lowercase());
    // A path or a version is no credential.
    let path = head.starts_with(['/', '.', '~', '@']) && head.contains('/') && !head.ends_with('=');
    let long = head.len() >= 32 || (digits && head.len() >= 10);
    let mixed = (digits && letters) || ((special || upper_inside) && head.len() >= 16);
    (long || mixed) && !path && !is_code(head)
}

/// The base64 of either alphabet.
const ENGINE: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Whether a value is made of the characters of base64 only.
pub(super) fn is_base64(value: &str) -> bool {
    let body = value.trim_end_matches('=');
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

impl Value {
    /// The value as a secret, all of it hidden.
    pub fn found(self, kind: SecretKind) -> Found {
        Found::new(self.start, self.start, self.end, kind)
    }

    /// The value without the algorithm before it: `sha256=…`, `v0=…`.
    #[must_use]
    pub fn without_algorithm(self, text: &str) -> Value {
        let value = self.text(text);
        let algorithm = value.find('=').filter(|at| *at <= 8 && at + 16 < value.len());
        Value { start: self.start + algorithm.map_or(0, |at| at + 1), ..self }
    }

    /// Where the value ends when it goes on to the end of its line or, when it is quoted, of its quotes.
    pub fn line_end(self, text: &str) -> usize {
        if self.quoted {
            return self.end;
        }
        text.floor_char_boundary(
            self.start + run(text, self.start, usize::MAX, |byte| !matches!(byte, b'\n' | b'\r')),
        )
    }

    fn text(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether this is a secret, given that its name is only ever that of one.
    pub fn is_secret(self, text: &str) -> bool {
        let value = self.text(text);
        if is_placeholder(value) || is_answer(value) || self.joint == Joint::Spoken && !is_random(value) {
            return false;
        }
        if self.quoted {
            return !is_message(value);
        }
        if value.starts_with(['(', '=', '>', '|', ',']) || is_code(value) {
            return false;
        }
        let alphabetic = head(value).bytes().all(|byte| byte.is_ascii_alphabetic());
        // `password: incorrect` in a message; at the beginning of a line, alone, it is a setting.
        !(self.joint == Joint::Colon
            && alphabetic
            && !(self.leads && stands_alone(text, self.start, self.end)))
    }

    /// Whether this looks like a credential by itself.
    pub fn is_credible(self, text: &str) -> bool {
        let value = self.text(text);
        value.len() >= 8 && is_random(value) && self.is_secret(text)
    }
}

/// Whether a quoted value is a sentence for a person.
fn is_message(value: &str) -> bool {
    let head = head(value);
    if !head.contains(' ') {
        return false;
    }
    head.ends_with('.') || head.split(' ').any(is_answer)
}
