//! Secrets that a call or a command takes without naming them: `setBearerAuth("…")`, `auth=("user", "…")`,
//! `ldapsearch -w …`. The word that announces one was found already; what follows it is read here, on its line.

use std::sync::LazyLock;

use regex::Regex;

use super::ends::{Ends, byte, run};
use super::joint::{self, Joint, argument_follows};
use super::looks;
use super::value::Value;
use super::{Found, SecretKind};

/// So much of a line is read after the word.
const LINE: usize = 2048;

/// What a command takes, by the word that announces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// `-w …`
    Ldap,
    /// `-a …`
    Redis,
    /// `-U user%…`
    Smb,
    /// `-b file user …`
    Htpasswd,
    /// `-passin pass:…`
    Openssl,
    /// `Z: \\host\share …`
    NetUse,
    /// `login …`
    Login,
    /// `-A bearer … -a …`
    Httpie,
    /// `scott/…@`
    Oracle,
    /// `echo … | docker login --password-stdin`
    Piped,
}

impl Command {
    const ALL: [Command; 10] = [
        Command::Ldap,
        Command::Redis,
        Command::Smb,
        Command::Htpasswd,
        Command::Openssl,
        Command::NetUse,
        Command::Login,
        Command::Httpie,
        Command::Oracle,
        Command::Piped,
    ];

    /// What follows the word; `Q` stands for a word in quotes or without them.
    fn pattern(self) -> &'static str {
        match self {
            Command::Ldap => r"[^\n|]{0,400}?\s-w[ \t]*Q",
            Command::Redis => r"[^\n|]{0,400}?\s(?:-a|--pass)[ \t=]+Q",
            Command::Smb => {
                r#"[^\n|]{0,400}?\s(?:-U|--user)[ \t=]*(?:"[^"%\n]*%((?:[^"\\\n]|\\.)+)"|'[^'%\n]*%((?:[^'\n]|'\\'')+)'|[^\s"'%]*%([^\s"']+))"#
            }
            Command::Htpasswd => r"(?:-\w+[ \t]+)*-\w*b\w*[ \t]+\S+[ \t]+\S+[ \t]+Q",
            Command::Openssl => {
                r#"(?:in|out)?[ \t=]+(?:"pass:((?:[^"\\\n]|\\.)+)"|'pass:((?:[^'\n]|'\\'')+)'|pass:([^\s"']+))"#
            }
            Command::NetUse => r"[^\n]{0,200}?\\\\\S+[ \t]+(?:/\S+[ \t]+)*Q",
            Command::Login => r"(?:-\S+[ \t]+)*Q",
            Command::Httpie => r"[^\n]{0,400}?\s(?:-a|--auth)[ \t=]+Q",
            Command::Oracle => r#"[^/\s:"']{1,64}/(?:()()([^@\s"']+))@"#,
            // Read backwards from the word: the end of what stands before it on its line.
            Command::Piped => r"(?:echo|printf)[ \t]+(?:-[neE]+[ \t]+)?(?:'%s'[ \t]+)?Q[ \t]*\|[^|]*\z",
        }
    }

    /// Whether any word may stand there, so that it must look like a credential.
    fn must_look_like_one(self) -> bool {
        matches!(self, Command::Login | Command::Piped)
    }
}

static PATTERNS: LazyLock<Option<Vec<Regex>>> = LazyLock::new(|| {
    let word = r#"(?:"((?:[^"\\\n]|\\.)+)"|'((?:[^'\n]|'\\'')+)'|([^\s"'`|;&]+))"#;
    let pattern = |command: &Command| {
        let anchor = if *command == Command::Piped { "" } else { r"\A" };
        Regex::new(&format!("{anchor}(?:{})", command.pattern().replace('Q', word))).ok()
    };
    Command::ALL.iter().map(pattern).collect()
});

/// The secret in a command whose word stands at `from..to`.
pub(super) fn command(
    text: &str,
    command: Command,
    from: usize,
    to: usize,
    kind: SecretKind,
) -> Option<Found> {
    let place = Command::ALL.iter().position(|one| *one == command)?;
    let pattern = PATTERNS.as_ref()?.get(place)?;
    let start =
        if command == Command::Piped { text.floor_char_boundary(from.saturating_sub(LINE)) } else { to };
    let end = if command == Command::Piped { from } else { to + run(text, to, LINE, |byte| byte != b'\n') };
    let line = text.get(start..text.floor_char_boundary(end))?;
    let skipped = line.rfind('\n').map_or(0, |at| at + 1);
    let captures = pattern.captures(line.get(skipped..)?)?;
    let word = (1..=3).filter_map(|group| captures.get(group)).find(|word| !word.is_empty())?;
    let value = word.as_str();
    if looks::is_placeholder(value)
        || value.starts_with('-')
        || command.must_look_like_one() && !looks::is_dense(value)
    {
        return None;
    }
    let start = start + skipped + word.start();
    Some(Found::new(start, start, start + value.len(), kind))
}

/// The first argument after a word: `setBearerAuth("…")`, `IDENTIFIED BY '…'`, `--oauth2-bearer …`.
pub(super) fn argument(text: &str, to: usize, ends: &mut Ends) -> Option<Value> {
    let mut at = to + run(text, to, 4, |byte| b" \t(=".contains(&byte));
    for option in ["-String", "-AsPlainText", "-Force"] {
        if text.get(at..).is_some_and(|rest| rest.starts_with(option)) {
            at += option.len();
            at += run(text, at, 4, |byte| byte == b' ');
        }
    }
    joint::read(text, at, Joint::Tight, ends)
}

/// The second of two strings: `auth=("user", "…")`.
pub(super) fn second_argument(text: &str, to: usize, ends: &mut Ends) -> Option<Value> {
    let first = argument(text, to, ends).filter(|first| first.is_quoted())?;
    let at = first.end() + 1;
    let gap = run(text, at, 16, |byte| byte.is_ascii_whitespace() || byte == b',');
    if gap == 0 || !argument_follows(text, at + gap) {
        return None;
    }
    joint::read(text, at + gap, Joint::Tight, ends).filter(|value| value.is_quoted())
}

/// The part of a string behind its colon: `btoa("user:…")`.
pub(super) fn pair(text: &str, to: usize, ends: &mut Ends) -> Option<Value> {
    // The name may stand in quotes itself.
    let closer = usize::from(matches!(byte(text, to), Some(b'"' | b'\'')) && !argument_follows(text, to));
    let at = to + closer + run(text, to + closer, 6, |byte| b" \t,:=>".contains(&byte));
    let string = joint::read(text, at, Joint::Tight, ends).filter(|string| string.is_quoted())?;
    let user = text.get(string.start..string.end())?.find(':')?;
    Value::new(string.start + user + 1, string.end(), Joint::Tight).quoted()
}

/// The string that is joined to the name of a scheme: `"Bearer " + "…"`, `"Bearer", "…"`, `"Bearer {}", "…"`.
pub(super) fn joined(text: &str, to: usize, ends: &mut Ends) -> Option<Value> {
    let mut at = to + run(text, to, 1, |byte| byte == b' ');
    for hole in ["{}", "{0}", "%s", "%v"] {
        if text.get(at..).is_some_and(|rest| rest.starts_with(hole)) {
            at += hole.len();
        }
    }
    let quote = byte(text, at).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    at += 1;
    at += run(text, at, 4, |byte| byte == b' ');
    byte(text, at).filter(|byte| b",+.&%".contains(byte))?;
    at += 1;
    at += run(text, at, 16, |byte| byte.is_ascii_whitespace());
    let same = byte(text, at).is_some_and(|byte| byte == quote || byte == b'"' || byte == b'\'');
    if !same || !argument_follows(text, at) {
        return None;
    }
    joint::read(text, at, Joint::Listed, ends).filter(|value| value.is_quoted())
}

/// The secrets of an object that has one for each host: `"bearer": {"host": "…"}`.
pub(super) fn by_host(text: &str, to: usize, ends: &mut Ends, mut take: impl FnMut(Value)) {
    let mut at = to + run(text, to, 12, |byte| b" \t\r\n\":".contains(&byte));
    if byte(text, at) != Some(b'{') {
        return;
    }
    at += 1;
    for _ in 0..16 {
        at += run(text, at, 80, |byte| byte.is_ascii_whitespace() || byte == b',');
        let Some(host) = joint::read(text, at, Joint::Tight, ends).filter(|host| host.is_quoted()) else {
            return;
        };
        at = host.end() + 1;
        at += run(text, at, 8, |byte| byte.is_ascii_whitespace() || byte == b':');
        let Some(value) = joint::read(text, at, Joint::Tight, ends).filter(|value| value.is_quoted()) else {
            return;
        };
        take(value);
        at = value.end() + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(PATTERNS.is_some());
    }
}
