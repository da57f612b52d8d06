//! Secrets that are known by their own shape, wherever they stand: keys with a vendor's prefix, JSON Web Tokens,
//! private keys. One automaton finds where a prefix stands; only there a pattern is tried, anchored and bounded.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::Regex;

use super::SecretKind::{self, Discord, JsonWebToken, PrivateKey, Telegram};
use super::ends::run;
use super::prefixes::{INSIDE, SHAPES};
use super::{Found, fold};

/// Prefixes that need more than a pattern.
const JWT: &str = "eyJ";
const PEM: &str = "-----BEGIN ";
const BOT: [&str; 3] = [":AA", "%3AAA", "%3aAA"];

/// What a prefix announces.
enum Announced {
    /// A key that begins with the prefix.
    Key(Rest, SecretKind),
    /// A key in whose middle the mark stands, so many bytes behind its beginning.
    Inside(usize, Rest, SecretKind),
    JsonWebToken,
    PrivateKey,
    /// The part of a Telegram bot's token behind its id.
    Telegram,
}

/// What follows a prefix, by its place among the patterns.
type Rest = usize;

struct Finder {
    patterns: Vec<Regex>,
    prefixes: AhoCorasick,
    announced: Vec<Announced>,
}

static FINDER: LazyLock<Option<Finder>> = LazyLock::new(|| {
    // Many prefixes have the same pattern behind them, and to compile one takes longer than to read a paste.
    let rests: BTreeSet<&str> =
        SHAPES.iter().map(|(_, rest, _)| *rest).chain(INSIDE.iter().map(|(_, _, rest, _)| *rest)).collect();
    let pattern = |rest: &&str| Regex::new(&format!(r"\A(?-u:{rest})")).ok();
    let patterns = rests.iter().map(pattern).collect::<Option<Vec<_>>>()?;
    let place = |rest: &str| rests.iter().position(|known| *known == rest);
    let mut prefixes = Vec::new();
    let mut announced = Vec::new();
    for (prefix, rest, kind) in SHAPES {
        // What is copied from Markdown has its underscores escaped.
        for prefix in [(*prefix).to_owned(), prefix.replace('_', "\\_")] {
            if !prefixes.contains(&prefix) {
                prefixes.push(prefix);
                announced.push(Announced::Key(place(rest)?, *kind));
            }
        }
    }
    for (mark, before, rest, kind) in INSIDE {
        prefixes.push((*mark).to_owned());
        announced.push(Announced::Inside(*before, place(rest)?, *kind));
    }
    prefixes.extend([JWT.to_owned(), PEM.to_owned()]);
    announced.extend([Announced::JsonWebToken, Announced::PrivateKey]);
    prefixes.extend(BOT.map(str::to_owned));
    announced.extend(BOT.map(|_| Announced::Telegram));
    let mut builder = AhoCorasick::builder();
    let builder = builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::DFA));
    Some(Finder { patterns, prefixes: builder.build(prefixes).ok()?, announced })
});

/// Adds every secret that is known by its shape.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let Some(finder) = FINDER.as_ref() else { return super::hide_all(text, found) };
    let bytes = text.as_bytes();
    let mut past = 0;
    let mut run = 0..0;
    for hit in finder.prefixes.find_iter(text) {
        let start = hit.start();
        if start < past {
            continue;
        }
        let before = start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
        let boundary = before.is_none_or(|byte| !byte.is_ascii_alphanumeric()) || after_escape(bytes, start);
        let one = match finder.announced.get(hit.pattern().as_usize()) {
            Some(Announced::Key(rest, kind)) => {
                // A path stands behind its host.
                let path = bytes.get(start) == Some(&b'/');
                let joined = matches!(before, Some(b'_' | b'-')) && hit.end() - start < 4;
                let pattern = finder.patterns.get(*rest);
                let pattern = pattern.filter(|_| (boundary || path) && !joined);
                pattern.and_then(|pattern| key(text, start, hit.end(), pattern, *kind))
            }
            Some(Announced::Inside(length, rest, kind)) => finder
                .patterns
                .get(*rest)
                .and_then(|pattern| inside(text, start.checked_sub(*length), hit.range(), pattern, *kind)),
            Some(Announced::PrivateKey) => private_key(text, start),
            Some(Announced::Telegram) => telegram(text, start, hit.end() - 2),
            Some(Announced::JsonWebToken) if boundary => match json_web_token(text, start, &mut run) {
                Ok(token) => Some(token),
                Err(end) => {
                    past = end;
                    None
                }
            },
            _ => None,
        };
        if let Some(one) = one {
            past = one.end;
            found.push(one);
        }
    }
    discord(text, found);
}

/// The token of a Telegram bot: its id, a colon at `colon`, and the secret from `start` on.
fn telegram(text: &str, colon: usize, start: usize) -> Option<Found> {
    let before = text.as_bytes().get(..colon)?;
    let id = before.iter().rev().take(11).take_while(|byte| byte.is_ascii_digit()).count();
    let at = colon - id;
    let bounded = before.get(..at)?.last().is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        || before.get(..at)?.ends_with(b"bot")
        || after_escape(text.as_bytes(), at);
    let length = run(text, start, 36, |byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    ((8..=10).contains(&id) && bounded && (34..=36).contains(&length))
        .then(|| Found::new(start, start, start + length, Telegram))
}

/// Adds the tokens of Discord's bots: the id of the user, a time of six characters and a signature, with dots between.
fn discord(text: &str, found: &mut Vec<Found>) {
    let bytes = text.as_bytes();
    let in_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    for (dot, _) in text.match_indices('.') {
        if bytes.get(dot + 7) != Some(&b'.')
            || !bytes.get(dot + 1..dot + 7).is_some_and(|time| time.iter().all(in_part))
        {
            continue;
        }
        let user = bytes
            .get(..dot)
            .unwrap_or_default()
            .iter()
            .rev()
            .take(30)
            .take_while(|byte| in_part(byte))
            .count();
        let signature = run(text, dot + 8, 41, |byte| in_part(&byte));
        // A line break that is written out ends in a letter.
        let escaped = usize::from(after_escape(bytes, dot - user + 1));
        let start = dot - user + escaped;
        let first = bytes.get(start).copied().unwrap_or_default();
        if (24..=28).contains(&(user - escaped)) && (27..=40).contains(&signature) && b"MNO".contains(&first)
        {
            found.push(Found::new(start, start, dot + 8 + signature, Discord));
        }
    }
}

/// The key that begins with the prefix at `start..end`.
fn key(text: &str, start: usize, end: usize, pattern: &Regex, kind: SecretKind) -> Option<Found> {
    let rest = text.get(end..)?;
    let mut length = pattern.find(rest)?.end();
    if !is_random(rest.get(..length)?) {
        return None;
    }
    while let Some(more) = rest.get(length..).and_then(|rest| rest.strip_prefix("\\_")) {
        length += 2 + more.bytes().take(255).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    }
    Some(Found::new(start, end, end + length, kind))
}

/// The key around a mark that stands in its middle.
fn inside(
    text: &str,
    start: Option<usize>,
    mark: Range<usize>,
    pattern: &Regex,
    kind: SecretKind,
) -> Option<Found> {
    let start = start?;
    let head = text.get(start..mark.start)?;
    let in_key = |byte: u8| byte.is_ascii_alphanumeric() || b"_.~-".contains(&byte);
    let before = start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    let length = pattern.find(text.get(mark.end..)?)?.end();
    let whole = head.bytes().all(in_key) && head.bytes().any(|byte| byte.is_ascii_digit());
    let bounded =
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric()) || after_escape(text.as_bytes(), start);
    (whole && bounded).then(|| Found::new(start, start, mark.end + length, kind))
}

/// Whether a text is the readable beginning of a key and nothing else.
pub(super) fn is_prefix(text: &str) -> bool {
    SHAPES.iter().any(|(prefix, ..)| *prefix == text)
}

/// The kind that the whole of a value has by its shape.
pub(super) fn kind(value: &str) -> Option<SecretKind> {
    let mut found = Vec::new();
    if value.len() < 4096 {
        find(value, &mut found);
    }
    found.into_iter().find(|one| one.start == 0 && one.end == value.len()).map(|one| one.kind)
}

/// `\n`, `\t`, `%3A` and the like before a prefix end in a letter and are still a boundary.
fn after_escape(bytes: &[u8], start: usize) -> bool {
    let before = |count: usize| start.checked_sub(count).and_then(|at| bytes.get(at)).copied();
    let hex = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
    (before(2) == Some(b'\\') && matches!(before(1), Some(b'n' | b't' | b'r')))
        || (before(3) == Some(b'%') && hex(before(2)) && hex(before(1)))
}

/// Whether what follows a prefix is no word, and no row of one character put there as a mask.
fn is_random(rest: &str) -> bool {
    let lower = rest.to_ascii_lowercase();
    let masked = lower.contains("xxxx") || lower.contains("....") || lower.contains("0000000000");
    let spoken = !rest.bytes().any(|byte| byte.is_ascii_digit())
        && (rest.split(['_', '-', '/']).all(|word| word.len() < 16) || lower == rest && rest.len() < 24);
    let mut distinct = [false; 256];
    for byte in rest.bytes() {
        if let Some(seen) = distinct.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    !masked && !spoken && distinct.iter().filter(|seen| **seen).count() >= 5
}

/// A JSON Web Token of at least two parts, whole or cut off; else up to where there is none. One part alone is only its
/// header, or no token at all. `run` is the last stretch of token characters that was read: what begins inside of it
/// ends with it.
fn json_web_token(text: &str, start: usize, run: &mut Range<usize>) -> Result<Found, usize> {
    if !run.contains(&start) {
        *run = start..fold::end_of_token(text, start);
    }
    let token = text.get(start..run.end).unwrap_or_default();
    let Some((header, rest)) = token.split_once('.') else { return Err(run.end) };
    let claims = rest.split('.').next().unwrap_or_default();
    // An encrypted token may come without a key (RFC 7516, section 5.1, step 2): its second part is empty.
    let encrypted = claims.is_empty() && rest.len() > 40 && rest.matches('.').take(4).count() == 3;
    if header.len() < 8 || claims.len() < 8 && !encrypted {
        return Err(start + header.len());
    }
    Ok(Found::new(start, start, start + token.trim_end_matches('.').len(), JsonWebToken))
}

/// What stands between `-----BEGIN … PRIVATE KEY-----` and its end; without an end, as far as it looks like a key.
fn private_key(text: &str, start: usize) -> Option<Found> {
    let rest = text.get(start..)?;
    let head = rest.get(..rest.floor_char_boundary(80))?;
    let label = head.get(PEM.len()..)?;
    let label = label.get(..label.find("-----")?)?;
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    let begin = PEM.len() + label.len() + 5;
    let body = rest.get(begin..)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n\t \\:,-.\"'".contains(&byte);
    let looks = body.bytes().take_while(|byte| allowed(*byte)).take(16 * 1024).count();
    let body = body.get(..looks)?;
    let body = match body.find("-----END") {
        Some(end) => body.get(..end)?,
        None => body.get(..body.find("\n\n").or_else(|| body.find("\r\n\r\n")).unwrap_or(looks))?,
    };
    // Line breaks at either end, written out or real, stay where they are.
    let trim =
        |text: &str| text.len() - text.trim_start_matches(['\n', '\r', ' ']).trim_start_matches("\\n").len();
    let lead = trim(body);
    let inner = body.get(lead..)?;
    let mut length = inner.trim_end_matches(['\n', '\r', ' ']).len();
    while let Some(shorter) = inner.get(..length).and_then(|inner| inner.strip_suffix("\\n")) {
        length = shorter.len();
    }
    if length < 16 {
        return None;
    }
    let from = start + begin + lead;
    Some(Found::new(from, from, from + length, PrivateKey))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles() {
        assert!(FINDER.is_some());
    }
}
