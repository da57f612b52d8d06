//! What looks like a secret, and how it is masked; used before anything is shown, stored or logged.
//! Masking keeps what identifies the kind (scheme, vendor prefix) and is idempotent. Knows nothing of reports.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, clippy::panic)
)]

mod commands;
mod fields;
mod fold;
mod kind;
mod named;
mod names;
mod placeholder;
mod shapes;
mod value;

use std::ops::Range;

pub use fold::end_of_token;
pub use kind::SecretKind;
pub use placeholder::{Placeholder, placeholder};

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The bytes that are hidden.
    pub span: Range<usize>,
    pub kind: SecretKind,
}

/// A text with its secrets masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    pub text: String,
    /// The kinds of secrets that were masked, each once, in the order they stand.
    pub kinds: Vec<SecretKind>,
}

/// A secret as it was found: from `start`, with a prefix up to `hidden` that stays readable.
#[derive(Clone, Copy, Debug)]
struct Found {
    start: usize,
    hidden: usize,
    end: usize,
    kind: SecretKind,
}

impl Found {
    fn new(start: usize, hidden: usize, end: usize, kind: SecretKind) -> Found {
        Found { start, hidden, end, kind }
    }
}

/// The secrets in a text, sorted and not overlapping. Cost is linear in the length of the text: two automata pass over
/// it once each, and what is read after a hit is bounded.
pub fn secrets(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    shapes::find(text, &mut found);
    named::find(text, &mut found);
    commands::find(text, &mut found);
    found.sort_by_key(|one| (one.start, std::cmp::Reverse(one.end), one.kind));
    let mut merged: Vec<Found> = Vec::new();
    for one in found {
        match merged.last_mut().filter(|last| one.start < last.end) {
            Some(last) => join(last, one),
            None => merged.push(one),
        }
    }
    let visible = merged.into_iter().filter(|one| one.hidden < one.end && !is_masked(text, one));
    visible.map(|one| Secret { span: one.hidden..one.end, kind: one.kind }).collect()
}

/// Without its patterns a finder can tell nothing apart, so that nothing is shown. No text brings this about: a test holds
/// that every pattern compiles.
fn hide_all(text: &str, found: &mut Vec<Found>) {
    found.push(Found::new(0, 0, text.len(), SecretKind::Secret));
}

/// Two readings of overlapping text become one: the more telling kind, and a readable prefix only where both begin.
fn join(last: &mut Found, one: Found) {
    if last.start == one.start {
        // What has a shape of its own says best which part of it is the prefix.
        let best = if one.kind < last.kind { one } else { *last };
        last.hidden = best.hidden;
    }
    last.kind = last.kind.min(one.kind);
    last.end = last.end.max(one.end);
}

/// Whether our own mask stands in it already.
fn is_masked(text: &str, one: &Found) -> bool {
    text.get(one.hidden..one.end).is_some_and(|hidden| hidden.contains("[masked"))
}

/// A text with its secrets masked.
pub fn mask(text: &str) -> Masked {
    let secrets = secrets(text);
    let mut kinds = Vec::new();
    for secret in &secrets {
        if !kinds.contains(&secret.kind) {
            kinds.push(secret.kind);
        }
    }
    Masked { text: mask_part(text, &secrets, 0..text.len()), kinds }
}

/// A part of a text with its secrets masked, for an excerpt. The secrets are those of the whole text, so that one that
/// reaches into the part is hidden as well. Offsets inside a character are moved to its start.
pub fn mask_part(text: &str, secrets: &[Secret], part: Range<usize>) -> String {
    let start = text.floor_char_boundary(part.start);
    let end = text.floor_char_boundary(part.end).max(start);
    let mut out = String::with_capacity(end - start);
    let mut at = start;
    let first = secrets.partition_point(|secret| secret.span.end <= start);
    for secret in secrets.get(first..).unwrap_or_default() {
        if secret.span.start >= end {
            break;
        }
        out.push_str(text.get(at..secret.span.start.max(at)).unwrap_or_default());
        out.push_str(secret.kind.mask());
        at = secret.span.end.min(end);
    }
    out.push_str(text.get(at..end).unwrap_or_default());
    out
}

/// The kind of secret that a value is by its shape alone; nothing for what could be anything.
pub fn kind(value: &str) -> Option<SecretKind> {
    shapes::kind(value)
}

#[cfg(test)]
mod tests;
