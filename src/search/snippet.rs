//! The piece of a text that shows why it was found.

use super::Fragment;
use super::vocabulary::{Marks, Vocabulary};
use super::words::{Word, words};

/// How long a snippet is, in bytes: two to three lines on a page.
const LENGTH: usize = 220;

/// How much of it stands before the first match.
const BEFORE: usize = 60;

/// The part of a text with the most different matches, or its beginning when there is none.
///
/// `marks` holds words and stems, each with the number of the typed word that it matches.
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
    /// The number of the typed word.
    typed: usize,
}

fn matches(words: &[Word], marks: &Marks, vocabulary: &Vocabulary) -> Vec<Found> {
    let typed = |word: &str| marks.get(word).or_else(|| marks.get(vocabulary.stem(word)?)).copied();
    let mut found = Vec::new();
    for word in words {
        if let Some(typed) = typed(&word.text) {
            found.push(Found { start: word.span.start, end: word.span.end, typed });
            continue;
        }
        for part in &word.parts {
            if let Some(typed) = typed(&part.text) {
                found.push(Found { start: part.span.start, end: part.span.end, typed });
            }
        }
    }
    found
}

/// From where to where to show the text. Both are at the edge of a word, so that no character is cut.
fn window(text: &str, words: &[Word], matches: &[Found]) -> (usize, usize) {
    if text.len() <= LENGTH {
        return (0, text.len());
    }
    let best = matches.iter().enumerate().max_by_key(|(at, first)| {
        let inside: Vec<&Found> =
            matches.iter().skip(*at).take_while(|found| found.end <= first.start + LENGTH - BEFORE).collect();
        let mut typed: Vec<usize> = inside.iter().map(|found| found.typed).collect();
        typed.sort_unstable();
        typed.dedup();
        // Of equal ones the first, because what comes first in a text says what it is about.
        (typed.len(), inside.len(), std::cmp::Reverse(*at))
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
        let marks: Marks =
            marks.iter().enumerate().map(|(typed, word)| ((*word).to_owned(), typed)).collect();
        let vocabulary = Vocabulary::of(std::iter::once(vec![text]));
        let shown: String = snippet(text, &marks, &vocabulary)
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
        let marks: Marks = [("clock".to_owned(), 0), ("token".to_owned(), 1)].into();
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
        assert!(!snippet(&text, &Marks::new(), &vocabulary).is_empty());
        assert!(!snippet(&"€".repeat(300), &Marks::new(), &vocabulary).is_empty());
    }
}
