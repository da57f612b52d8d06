//! Secrets that commands take without naming them: `-u user:password`, `-p`, `-b`; `.netrc`, pairs encoded by hand, a
//! cookie copied without the name of its field. Knows nothing of names.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Found;
use super::SecretKind::{Cookie, Password};
use super::fields::cookies;
use super::looks;
use super::named::stands_for_user;

struct Finder {
    pair: Regex,
    logs_in: Regex,
    short_password: Regex,
    short_cookie: Regex,
    spoken: Regex,
    set_cookie: Regex,
}

static FINDER: LazyLock<Option<Finder>> = LazyLock::new(|| {
    Some(Finder {
        // `-u user:password`, also among other letters and without a space.
        pair: Regex::new(
            r#"(?m)(?:^|[\s"'`(])(?:-[a-zA-Z]{0,6}[uUa]|--user|--proxy-user|--userpwd|--auth|--creds|--src-creds|--dest-creds)(?:[ \t]+|=)?(?:"([^":\n]*):((?:[^"\\\n]|\\.)*)"|'([^':\n]*):((?:[^'\n]|'\\'')*)'|([^\s"':]*):([^\s"'`]*))"#,
        )
        .ok()?,
        logs_in: Regex::new(r"\b(?:login|mysql|mysqldump|mariadb|sshpass|mongo|7z|unzip)\b").ok()?,
        short_password: Regex::new(
            r#"\s-p[ \t]*(?:"((?:[^"\\\n]|\\.){3,})"|'((?:[^'\n]|'\\''){3,})'|([^\s"'\-<\[$][^\s"']{2,}))"#,
        )
        .ok()?,
        // The value of a `Set-Cookie` field without its name.
        set_cookie: Regex::new(
            r#"(?mi)^[ \t"'`]*[A-Za-z0-9_.-]+=([^;\s"']+);[^\n]*(?:httponly|samesite=|path=/)"#,
        )
        .ok()?,
        // `.netrc`, and the pair that people encode by hand: `echo -n 'user:password' | base64`.
        spoken: Regex::new(
            r#"(?m)\b(?:login|machine)[ \t]+\S+\s+password[ \t]+(\S+)|\b(?:echo|printf)(?:[ \t]+-[neE]{1,3})?[ \t]+(?:"[^\s"':|]+:((?:[^"\\\n]|\\.)+)"|'[^\s"':|]+:((?:[^'\n]|'\\'')+)'|[^\s"':|]+:([^\s"'|]+))[ \t]*\|[ \t]*(?:openssl[ \t]+)?(?:base64|enc)"#,
        )
        .ok()?,
        short_cookie: Regex::new(r#"(?m)\s-b[ \t]*["']([^"'\n]+)["']"#).ok()?,
    })
});

/// Adds every secret that a command takes without naming it.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let Some(finder) = FINDER.as_ref() else { return super::hide_all(text, found) };
    for captures in finder.pair.captures_iter(text) {
        let pair = [(1, 2), (3, 4), (5, 6)].into_iter();
        let Some((user, password)) =
            pair.filter_map(|(user, password)| captures.get(user).zip(captures.get(password))).next()
        else {
            continue;
        };
        let value = password.as_str();
        let number = value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit());
        if !number && !value.starts_with("//") && !looks::is_placeholder(value) {
            found.push(Found::new(password.start(), password.start(), password.end(), Password));
        }
        // Many services take their key in the place of the user.
        if user.len() >= 16 && stands_for_user(user.as_str(), value) {
            found.push(Found::new(user.start(), user.start(), user.end(), Password));
        }
    }
    for captures in short_passwords(finder, text) {
        let Some(password) = (1..=3).find_map(|group| captures.get(group)) else { continue };
        let port = password.as_str().contains(':')
            && password.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
        if !port && !looks::is_placeholder(password.as_str()) {
            found.push(Found::new(password.start(), password.start(), password.end(), Password));
        }
    }
    for captures in finder.set_cookie.captures_iter(text) {
        if let Some(value) = captures.get(1).filter(|value| looks::is_random(value.as_str())) {
            found.push(Found::new(value.start(), value.start(), value.end(), Cookie));
        }
    }
    for captures in finder.spoken.captures_iter(text) {
        let Some(password) = (1..=4).find_map(|group| captures.get(group)) else { continue };
        if !looks::is_placeholder(password.as_str()) {
            found.push(Found::new(password.start(), password.start(), password.end(), Password));
        }
    }
    for captures in finder.short_cookie.captures_iter(text) {
        if let Some(value) = captures.get(1) {
            cookies(text, value.start(), value.end(), found);
        }
    }
}

/// Every `-p` behind a command that takes a password by it, up to the end of its line or the next command.
fn short_passwords<'t>(finder: &'static Finder, text: &'t str) -> impl Iterator<Item = Captures<'t>> {
    let mut past = 0;
    let commands = finder.logs_in.find_iter(text).filter_map(move |command| {
        let rest = text.get(command.end()..).filter(|_| command.start() >= past)?;
        let length = rest.find('\n').unwrap_or(rest.len());
        past = command.end() + length;
        text.get(..past).map(|line| (line, command.end()))
    });
    commands.flat_map(move |(line, from)| {
        let mut at = from;
        std::iter::from_fn(move || {
            let captures = finder.short_password.captures_at(line, at)?;
            let option = captures.get(0)?;
            let same_command = !line.get(at..option.start())?.contains('|');
            at = if same_command { option.end() } else { line.len() };
            same_command.then_some(captures)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(FINDER.is_some());
    }
}
