//! What looks like a secret, and how it is masked; used before anything is shown, stored or logged.
//! Masking keeps what identifies the kind (scheme, vendor prefix) and is idempotent. Knows nothing of reports.

#![cfg_attr(
    not(test),
    deny(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, clippy::panic)
)]

mod calls;
mod commands;
mod ends;
mod fields;
mod fold;
mod joint;
mod kind;
mod looks;
mod named;
mod names;
mod placeholder;
mod prefixes;
mod repeated;
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

/// A longer text is read once: to read it again for what one secret hid of another takes as long as the first time.
const READ_AGAIN: usize = 256 * 1024;
/// How often at most. Each time there is less to find.
const ROUNDS: usize = 8;

/// The secrets in a text, sorted and not overlapping. Cost is linear in the length of the text: a few automata pass over
/// it once each, and what is read after a hit is bounded or read once for all hits.
pub fn secrets(text: &str) -> Vec<Secret> {
    let mut found = found(text);
    if text.len() <= READ_AGAIN {
        // A quote in one secret may have hidden where another begins: nothing is left that a second reader would find.
        for _ in 0..ROUNDS {
            if found.is_empty() {
                break;
            }
            let masked = mask_part(text, &found, 0..text.len());
            let more = self::found(&masked);
            if more.is_empty() {
                break;
            }
            add_from_masked(&mut found, more);
        }
    }
    found
}

/// The secrets that one reading of a text finds.
fn found(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    shapes::find(text, &mut found);
    named::find(text, &mut found);
    commands::find(text, &mut found);
    let mut found = beside_masks(text, merged(found));
    let repeated = repeated::find(text, &found);
    if !repeated.is_empty() {
        found.extend(repeated);
        found = merged(found);
    }
    found.into_iter().map(|one| Secret { span: one.hidden..one.end, kind: one.kind }).collect()
}

/// Adds the secrets that were found in the masked text, where they stand in the text as it was.
fn add_from_masked(secrets: &mut Vec<Secret>, more: Vec<Secret>) {
    let mut moved = Vec::with_capacity(more.len());
    let mut known = secrets.iter().peekable();
    // How far the text as it was is ahead of the masked one, behind the last mask that was passed.
    let (mut masked_to, mut text_to) = (0, 0);
    for one in more {
        let mut place = |at: usize| {
            while let Some(secret) = known.peek() {
                let mask = masked_to + (secret.span.start - text_to);
                let behind = mask + secret.kind.mask().len();
                if at < behind {
                    return text_to + at.min(mask).saturating_sub(masked_to);
                }
                (masked_to, text_to) = (behind, secret.span.end);
                known.next();
            }
            text_to + (at - masked_to)
        };
        let start = place(one.span.start);
        let end = place(one.span.end);
        if start < end {
            moved.push(Secret { span: start..end, kind: one.kind });
        }
    }
    let all = secrets.drain(..).chain(moved);
    let all = all.map(|one| Found::new(one.span.start, one.span.start, one.span.end, one.kind)).collect();
    secrets.extend(merged(all).into_iter().map(|one| Secret { span: one.hidden..one.end, kind: one.kind }));
}

/// Sorted, and one for each place.
fn merged(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|one| (one.start, std::cmp::Reverse(one.end), one.kind));
    let mut merged: Vec<Found> = Vec::new();
    for one in found {
        match merged.last_mut().filter(|last| one.start < last.end) {
            Some(last) => join(last, one),
            None => merged.push(one),
        }
    }
    merged
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

/// Of a secret in which a mask stands already, only what is left beside the mask and looks like a secret by itself.
fn beside_masks(text: &str, found: Vec<Found>) -> Vec<Found> {
    let mut left = Vec::with_capacity(found.len());
    for one in found.into_iter().filter(|one| one.hidden < one.end) {
        let hidden = text.get(one.hidden..one.end).unwrap_or_default();
        if !hidden.contains("[masked") {
            left.push(one);
            continue;
        }
        let mut at = one.hidden;
        for part in hidden.split_inclusive([']', '[']) {
            let bare = part.trim_end_matches([']', '[']);
            if looks::is_dense(bare) && !shapes::is_prefix(bare) {
                left.push(Found::new(at, at, at + bare.len(), one.kind));
            }
            at += part.len();
        }
    }
    left
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
