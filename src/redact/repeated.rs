//! The same secret elsewhere: a key that a header announces stands once more in a log line that announces nothing.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::ends::run;
use super::{Found, looks};

/// So many secrets of one text are looked for again.
const MOST: usize = 512;
/// A text of fewer bytes is short.
const SHORT: usize = 64 * 1024;
/// So much of the beginning of a secret is looked for, where that can be no word.
const KEY: usize = 16;
/// So much of it is looked for otherwise.
const LONG_KEY: usize = 64;

/// The places of secrets that were found elsewhere in the text. Only those are looked for that can be no word. Each is
/// hidden to the end of the token that it stands in: it may be cut off or go on there.
pub(super) fn find(text: &str, known: &[Found]) -> Vec<Found> {
    let mut seen = BTreeSet::new();
    let mut secrets = Vec::new();
    for one in known {
        let value = text.get(one.hidden..one.end).unwrap_or_default();
        let beginning = |length: usize| value.get(..value.floor_char_boundary(length)).unwrap_or_default();
        let key = if looks::is_dense(beginning(KEY)) { beginning(KEY) } else { beginning(LONG_KEY) };
        if secrets.len() < MOST && looks::is_dense(value) && seen.insert(key) {
            secrets.push((key, value, one.kind));
        }
    }
    if secrets.is_empty() {
        return Vec::new();
    }
    let keys = secrets.iter().map(|(key, ..)| key);
    // In a short text the quickest automaton would be used for less time than it takes to build.
    let kind = (text.len() < SHORT).then_some(AhoCorasickKind::NoncontiguousNFA);
    let Ok(keys) = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).kind(kind).build(keys)
    else {
        return Vec::new();
    };
    let mut repeated = Vec::new();
    let mut past = 0;
    let mut known = known.iter().peekable();
    for hit in keys.find_iter(text) {
        while known.next_if(|one| one.end <= hit.start()).is_some() {}
        let inside = known.peek().is_some_and(|one| one.hidden <= hit.start() && hit.end() <= one.end);
        let secret = secrets.get(hit.pattern().as_usize()).filter(|_| !inside);
        let Some((_, value, kind)) = secret else { continue };
        // Inside of what was just hidden only the key itself counts, so that no byte is compared twice.
        let mut end = hit.end();
        if hit.start() >= past {
            let rest = text.as_bytes().get(hit.start()..).unwrap_or_default();
            let same = rest.iter().zip(value.as_bytes()).take_while(|(one, other)| one == other).count();
            let in_token = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
            end = text
                .floor_char_boundary(hit.start() + same.max(run(text, hit.start(), usize::MAX, in_token)));
        }
        past = past.max(end);
        repeated.push(Found::new(hit.start(), hit.start(), end, *kind));
    }
    repeated
}
