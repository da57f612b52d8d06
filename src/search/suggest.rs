//! Titles and headings for what is being typed. Works on the few names there are, without the index.

use super::index::Entry;
use super::query::Typed;
use super::words::is_filler;
use super::{Suggestion, Vocabulary};

/// How many are shown at most: a list that is read at a glance.
const MOST: usize = 8;

/// The names that have every typed word, the last one as a beginning. Titles stand before headings.
pub(super) fn suggest(entries: &[Entry], vocabulary: &Vocabulary, text: &str) -> Vec<Suggestion> {
    let typed = Typed::read(text);
    if typed.is_empty() {
        return Vec::new();
    }
    let words: Vec<(&str, bool)> = typed.beginnings().collect();
    let found = naming(entries, &words);
    if !found.is_empty() {
        return found;
    }
    // Somebody who types on a phone slips: try the words as they were probably meant.
    let meant: Vec<(&str, bool)> = words
        .iter()
        .map(|(word, unfinished)| match vocabulary.neighbours(word).first() {
            Some(nearest) if vocabulary.stem(word).is_none() => (*nearest, false),
            _ => (*word, *unfinished),
        })
        .collect();
    naming(entries, &meant)
}

fn naming(entries: &[Entry], words: &[(&str, bool)]) -> Vec<Suggestion> {
    let only_fillers = words.iter().all(|(word, _)| is_filler(word));
    let needed: Vec<(&str, bool)> = words
        .iter()
        .copied()
        .filter(|(word, unfinished)| only_fillers || *unfinished || !is_filler(word))
        .collect();
    let mut found: Vec<(Rank, usize)> = entries
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| rank(entry, &needed).map(|rank| (rank, at)))
        .collect();
    // The order of the library decides among equals.
    found.sort_unstable();
    found
        .into_iter()
        .take(MOST)
        .filter_map(|(_, at)| entries.get(at))
        .map(|entry| Suggestion {
            title: entry.title.clone(),
            section: entry.heading.clone(),
            url: entry.url.clone(),
            kind: entry.kind,
        })
        .collect()
}

/// How well a name fits; the least is the best.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_section: bool,
    /// Whether the name begins otherwise than what was typed.
    begins_otherwise: bool,
    /// How many of its words were not typed.
    more_words: usize,
}

fn rank(entry: &Entry, needed: &[(&str, bool)]) -> Option<Rank> {
    let has = |names: &[String], (word, unfinished): &(&str, bool)| {
        names.iter().any(|name| name == word || (*unfinished && name.starts_with(word)))
    };
    let in_heading = needed.iter().filter(|word| has(&entry.heading_words, word)).count();
    let in_title = needed.iter().filter(|word| has(&entry.title_words, word)).count();
    let all = needed.iter().all(|word| has(&entry.heading_words, word) || has(&entry.title_words, word));
    let is_section = entry.heading.is_some();
    let section_fits = in_heading > 0 && !(entry.common_heading && in_title == 0);
    if !all || (is_section && !section_fits) {
        return None;
    }
    let name = if is_section { &entry.heading_words } else { &entry.title_words };
    let first = name.first().map(std::slice::from_ref).unwrap_or_default();
    let begins = needed.first().is_some_and(|word| has(first, word));
    Some(Rank { is_section, begins_otherwise: !begins, more_words: name.len().saturating_sub(needed.len()) })
}
