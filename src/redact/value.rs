//! The value that follows a name, and whether it is a secret: not a placeholder, a message, a piece of code or a word.

use super::ends::{run, stands_alone};
use super::joint::Joint;
use super::looks::{head, is_answer, is_code, is_dense, is_placeholder, is_random};
use super::{Found, SecretKind};

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

impl Value {
    pub fn new(start: usize, end: usize, joint: Joint) -> Value {
        Value { start, end, quoted: false, joint, leads: false }
    }

    /// This value in quotes; nothing when it is empty.
    pub fn quoted(self) -> Option<Value> {
        Value { quoted: true, ..self }.checked()
    }

    /// This value; nothing when it is empty.
    pub fn checked(self) -> Option<Value> {
        Some(self).filter(|value| value.start < value.end)
    }

    /// This value behind a name that begins its line, or does not.
    #[must_use]
    pub fn leading(self, leads: bool) -> Value {
        Value { leads, ..self }
    }

    pub fn end(self) -> usize {
        self.end
    }

    pub fn is_quoted(self) -> bool {
        self.quoted
    }

    /// Whether it only follows its name as words in a sentence do.
    pub fn is_beside(self) -> bool {
        self.joint == Joint::Beside
    }

    /// The value as a secret, all of it hidden.
    pub fn found(self, kind: SecretKind) -> Found {
        Found::new(self.start, self.start, self.end, kind)
    }

    /// The value without the algorithm before it: `sha256=…`, `v0=…`.
    #[must_use]
    pub fn without_algorithm(self, text: &str) -> Value {
        let value = self.text(text);
        let algorithm = head(value).find('=').filter(|at| *at <= 8 && at + 16 < value.len());
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
        if is_placeholder(value) || is_answer(value) {
            return false;
        }
        let evident = match self.joint {
            Joint::Tight | Joint::Equals | Joint::Colon => true,
            Joint::Spoken | Joint::Listed => is_random(value),
            Joint::Below => is_random(value) && stands_alone(text, self.start, self.end),
            Joint::Beside => is_dense(value),
        };
        if !evident || self.quoted {
            return evident && !is_message(value);
        }
        let compared = value.starts_with('=') && !(self.leads && self.joint == Joint::Equals);
        if value.starts_with(['(', '>', '|', ',']) || compared || is_code(value) {
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
        // `secret = "…"` at the beginning of a line is a setting.
        let set = self.leads && self.quoted && self.joint == Joint::Equals;
        (set || value.len() >= 8 && is_random(value)) && self.is_secret(text)
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
