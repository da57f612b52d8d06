//! The piece of a text that shows why it was found.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use super::Fragment;
use super::vocabulary::Vocabulary;
use super::words::{Word, words};

/// How long a snippet is, in bytes: two to three lines on a page.
const LENGTH: usize = 220;

/// How much of it stands before the first match.
const BEFORE: usize = 60;

/// What counts as a match of which typed word.
#[derive(Default)]
pub(super) struct Marks {
    words: HashMap<String, Vec<Mark>>,
    phrases: usize,
}

/// One reason to mark a word.
#[derive(Clone, Copy)]
struct Mark {
    /// The number of the typed word.
    typed: usize,
    /// What showing it is worth.
    weight: usize,
    /// The phrase that must be there with it, and its place in that.
    phrase: Option<(usize, usize)>,
}

impl Marks {
    /// A word, or a stem, that is a match by itself.
    pub fn word(&mut self, word: &str, typed: usize, weight: usize) {
        self.words.entry(word.to_owned()).or_default().push(Mark { typed, weight, phrase: None });
    }

    /// Stems that are a match one after the other.
    pub fn phrase(&mut self, stems: &[String], typed: usize) {
        for (place, stem) in stems.iter().enumerate() {
            let mark = Mark { typed, weight: 1, phrase: Some((self.phrases, place)) };
            self.words.entry(stem.clone()).or_default().push(mark);
        }
        self.phrases += 1;
    }

    fn of(&self, word: &str, vocabulary: &Vocabulary) -> Vec<Mark> {
        let as_written = self.words.get(word);
        let by_stem =
            vocabulary.stem(word).filter(|stem| *stem != word).and_then(|stem| self.words.get(stem));
        as_written.into_iter().chain(by_stem).flatten().copied().collect()
    }
}

/// The part of a text with the most different matches, or its beginning when there is none.
pub(super) fn snippet(text: &str, marks: &Marks, vocabulary: &Vocabulary) -> Vec<Fragment> {
    let words = words(text);
    let matches = matches(&words, marks, vocabulary);
    let (start, end) = window(text, &words, &matches);
    let mut fragments = Vec::new();
    let mut at = start;
    let mut push = |from: usize, to: usize, marked: bool| {
        let Some(piece) = text.get(from..to).filter(|piece| !piece.is_empty()) else { return };
        fragments.push(Fragment { text: piece.to_owned(), marked });
    };
    for found in matches.iter().filter(|found| found.start >= start && found.end <= end) {
        push(at, found.start, false);
        push(found.start, found.end, true);
        at = found.end;
    }
    push(at, end, false);
    if end < text.len() {
        add_dots(&mut fragments, false);
    }
    if start > 0 {
        add_dots(&mut fragments, true);
    }
    fragments
}

/// Shows that the text goes on, outside of what is marked.
fn add_dots(fragments: &mut Vec<Fragment>, in_front: bool) {
    let edge = if in_front { fragments.first_mut() } else { fragments.last_mut() };
    match edge {
        Some(fragment) if !fragment.marked && in_front => fragment.text.insert_str(0, "… "),
        Some(fragment) if !fragment.marked => fragment.text.push_str(" …"),
        _ if in_front => fragments.insert(0, Fragment { text: "… ".to_owned(), marked: false }),
        _ => fragments.push(Fragment { text: " …".to_owned(), marked: false }),
    }
}

/// A place in the text that matches.
struct Found {
    start: usize,
    end: usize,
    typed: usize,
    weight: usize,
}

fn matches(words: &[Word], marks: &Marks, vocabulary: &Vocabulary) -> Vec<Found> {
    let mut tokens: Vec<(&Range<usize>, Vec<Mark>)> = Vec::new();
    for word in words {
        let whole = marks.of(&word.text, vocabulary);
        if word.parts.is_empty() || whole.iter().any(|mark| mark.phrase.is_none()) {
            tokens.push((&word.span, whole));
        } else {
            tokens.extend(word.parts.iter().map(|part| (&part.span, marks.of(&part.text, vocabulary))));
        }
    }
    let has = |at: Option<usize>, phrase: usize, place: Option<usize>| {
        let token = at.and_then(|at| tokens.get(at));
        let wanted = place.map(|place| (phrase, place));
        wanted.is_some() && token.is_some_and(|(_, marks)| marks.iter().any(|mark| mark.phrase == wanted))
    };
    let stands = |at: usize, mark: &Mark| match mark.phrase {
        None => true,
        Some((phrase, place)) => {
            has(at.checked_sub(1), phrase, place.checked_sub(1)) || has(Some(at + 1), phrase, Some(place + 1))
        }
    };
    let found = tokens.iter().enumerate().filter_map(|(at, (span, marks))| {
        let best = marks.iter().filter(|mark| stands(at, mark)).max_by_key(|mark| mark.weight)?;
        Some(Found { start: span.start, end: span.end, typed: best.typed, weight: best.weight })
    });
    found.collect()
}

/// From where to where to show the text. Both are at the edge of a word, so that no character is cut.
fn window(text: &str, words: &[Word], matches: &[Found]) -> (usize, usize) {
    if text.len() <= LENGTH {
        return (0, text.len());
    }
    let best = matches.iter().enumerate().max_by_key(|(at, first)| {
        let inside: Vec<&Found> =
            matches.iter().skip(*at).take_while(|found| found.end <= first.start + LENGTH - BEFORE).collect();
        let mut weights: HashMap<usize, usize> = HashMap::new();
        for found in &inside {
            let weight = weights.entry(found.typed).or_default();
            *weight = found.weight.max(*weight);
        }
        // Of equal ones the first, because what comes first in a text says what it is about.
        (weights.values().sum::<usize>(), inside.len(), Reverse(*at))
    });
    let wanted = best.map_or(0, |(_, found)| found.start.saturating_sub(BEFORE));
    let start = if wanted == 0 {
        0
    } else {
        // The text's last lines fill the window too.
        let latest = wanted.min(text.len() - LENGTH);
        words.iter().map(|word| word.span.start).find(|start| *start >= latest).unwrap_or(0)
    };
    let fits = words.iter().map(|word| word.span.end).take_while(|end| *end <= start + LENGTH).last();
    let end = fits.unwrap_or(text.len());
    // What stands behind the last word of the text belongs to it: its full stop, a bracket.
    if words.last().is_some_and(|last| last.span.end == end) {
        (start, text.len())
    } else {
        (start, end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, marks: &[&str], expected: &str) {
        let mut given = Marks::default();
        for (typed, word) in marks.iter().enumerate() {
            match word.split_once(' ') {
                Some((a, b)) => given.phrase(&[a.to_owned(), b.to_owned()], typed),
                None => given.word(word, typed, 1),
            }
        }
        let vocabulary = Vocabulary::of(std::iter::once(vec![text]));
        let shown: String = snippet(text, &given, &vocabulary)
            .into_iter()
            .map(|fragment| if fragment.marked { format!("[{}]", fragment.text) } else { fragment.text })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn matches_are_marked_by_word_stem_and_part() {
        check("The tokens expire.", &["token"], "The [tokens] expire.");
        check("error=\"invalid_token\"", &["token"], "error=\"invalid_[token]\"");
        check("error=\"invalid_token\"", &["invalid_token"], "error=\"[invalid_token]\"");
    }

    #[test]
    fn the_words_of_a_phrase_are_marked_only_together() {
        check("To log in, read the log.", &["log in"], "To [log] [in], read the log.");
        check("an invalid token, an invalid key", &["invalid token"], "an [invalid] [token], an invalid key");
    }

    #[test]
    fn a_text_without_a_match_is_shown_from_its_start() {
        check("A short text.", &["token"], "A short text.");
        let long = "word ".repeat(100);
        let shown = format!("{} …", "word ".repeat(44).trim_end());
        check(long.trim_end(), &["token"], &shown);
    }

    #[test]
    fn the_window_is_where_most_different_words_match() {
        let text = format!(
            "The clock is right. {}The clock and the token differ. {}",
            "And so on. ".repeat(30),
            "More. ".repeat(30)
        );
        let mut marks = Marks::default();
        marks.word("clock", 0, 1);
        marks.word("token", 1, 1);
        let vocabulary = Vocabulary::of(std::iter::once(vec![text.as_str()]));
        let fragments = snippet(&text, &marks, &vocabulary);
        let marked: Vec<&str> = fragments
            .iter()
            .filter(|fragment| fragment.marked)
            .map(|fragment| fragment.text.as_str())
            .collect();
        assert_eq!(marked, ["clock", "token"]);
        assert!(fragments[0].text.starts_with("… ") && fragments[fragments.len() - 1].text.ends_with(" …"));
    }

    #[test]
    fn no_character_is_cut() {
        let text = "é€𝄞 ".repeat(120);
        check("", &["x"], "");
        let vocabulary = Vocabulary::of(std::iter::once(vec![text.as_str()]));
        assert!(!snippet(&text, &Marks::default(), &vocabulary).is_empty());
        assert!(!snippet(&"€".repeat(300), &Marks::default(), &vocabulary).is_empty());
    }
}
