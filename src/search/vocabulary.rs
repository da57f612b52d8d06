//! The words that the library uses: what a beginning may become and what a misspelt word may have meant.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use super::words::{Stemmer, Word, words};

/// How many words a beginning stands for at most.
const MOST_ENDINGS: usize = 24;

/// How many words a misspelt one stands for at most.
const MOST_NEIGHBOURS: usize = 6;

/// Every word of the index.
#[derive(Default)]
pub(super) struct Vocabulary {
    words: BTreeMap<String, Known>,
    stems: HashSet<String>,
    /// The words that a slip may have been meant for, by their number of letters.
    by_length: BTreeMap<usize, Vec<Candidate>>,
}

/// A word letter by letter.
struct Candidate {
    letters: Vec<char>,
    word: String,
    documents: usize,
}

/// What is known of a word.
struct Known {
    stem: String,
    /// In how many documents it stands.
    documents: usize,
}

impl Vocabulary {
    /// The words of the documents' texts.
    pub fn of<'t>(documents: impl Iterator<Item = Vec<&'t str>>) -> Vocabulary {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for texts in documents {
            let here: HashSet<String> = texts
                .into_iter()
                .flat_map(words)
                .flat_map(|Word { text, parts, .. }| {
                    std::iter::once(text).chain(parts.into_iter().map(|part| part.text))
                })
                .collect();
            for word in here {
                *counts.entry(word).or_insert(0) += 1;
            }
        }
        let mut stemmer = Stemmer::new();
        let words: BTreeMap<String, Known> = counts
            .into_iter()
            .map(|(word, documents)| {
                let stem = stemmer.stem(&word);
                (word, Known { stem, documents })
            })
            .collect();
        let stems = words.values().map(|known| known.stem.clone()).collect();
        let mut by_length: BTreeMap<usize, Vec<Candidate>> = BTreeMap::new();
        for (word, known) in words.iter().filter(|(word, _)| !has_digit(word)) {
            let letters: Vec<char> = word.chars().collect();
            let candidate = Candidate { word: word.clone(), documents: known.documents, letters };
            by_length.entry(candidate.letters.len()).or_default().push(candidate);
        }
        Vocabulary { words, stems, by_length }
    }

    /// Whether a search for the word finds something.
    pub fn knows(&self, word: &str, stem: &str) -> bool {
        self.words.contains_key(word) || self.stems.contains(stem)
    }

    /// The stem of a word of the index.
    pub fn stem(&self, word: &str) -> Option<&str> {
        self.words.get(word).map(|known| known.stem.as_str())
    }

    /// The words that begin so, without the word itself; the most used first.
    pub fn endings(&self, beginning: &str) -> Vec<&str> {
        let mut found: Vec<(&String, &Known)> = self
            .words
            .range(beginning.to_owned()..)
            .take_while(|(word, _)| word.starts_with(beginning))
            .filter(|(word, _)| word.as_str() != beginning)
            .collect();
        found.sort_by_key(|(word, known)| (Reverse(known.documents), word.len()));
        found.into_iter().take(MOST_ENDINGS).map(|(word, _)| word.as_str()).collect()
    }

    /// The words that differ from this one by a slip or two; the nearest first, then the most used.
    ///
    /// Words with digits have no neighbours: `AADSTS50011` is not a misspelt `AADSTS50012`.
    pub fn neighbours(&self, word: &str) -> Vec<&str> {
        let letters: Vec<char> = word.chars().collect();
        let most = match letters.len() {
            0..=3 => return Vec::new(),
            4..=7 => 1,
            _ => 2,
        };
        if has_digit(word) {
            return Vec::new();
        }
        let near = self.by_length.range(letters.len() - most..=letters.len() + most);
        let mut found: Vec<(usize, Reverse<usize>, &str)> = near
            .flat_map(|(_, candidates)| candidates)
            .filter_map(|candidate| {
                let steps = distance(&letters, &candidate.letters, most).filter(|steps| *steps > 0)?;
                Some((steps, Reverse(candidate.documents), candidate.word.as_str()))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().take(MOST_NEIGHBOURS).map(|(_, _, other)| other).collect()
    }
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// How many letters must be put in, taken out, replaced or swapped with the next one to make one word of the other;
/// `None` when it is more than `most`. (Optimal string alignment.)
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut rows: [Vec<usize>; 3] = [vec![0; b.len() + 1], (0..=b.len()).collect(), vec![0; b.len() + 1]];
    for i in 1..=a.len() {
        rows[2][0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let replaced = rows[1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut steps = replaced.min(rows[1][j] + 1).min(rows[2][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                steps = steps.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = steps;
            least = least.min(steps);
        }
        // The row before last can still be reached by a swap, which costs one more.
        if least > most {
            return None;
        }
        rows.rotate_left(1);
    }
    Some(rows[1][b.len()]).filter(|steps| *steps <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let texts =
            ["authorization authentication header", "authorization token tokens", "aadsts50011 preflight"];
        Vocabulary::of(texts.into_iter().map(|text| vec![text]))
    }

    #[test]
    fn a_beginning_stands_for_the_most_used_word_first() {
        assert_eq!(vocabulary().endings("auth"), ["authorization", "authentication"]);
        assert_eq!(vocabulary().endings("token"), ["tokens"]);
    }

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        let vocabulary = vocabulary();
        assert_eq!(vocabulary.neighbours("authorisation"), ["authorization"]);
        assert_eq!(vocabulary.neighbours("prefligth"), ["preflight"]);
        assert_eq!(vocabulary.neighbours("haeder"), ["header"]);
        assert!(vocabulary.neighbours("aadsts50012").is_empty());
        assert!(vocabulary.neighbours("tok").is_empty());
    }

    #[test]
    fn distance_counts_slips() {
        let of =
            |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), 2);
        assert_eq!(of("token", "token"), Some(0));
        assert_eq!(of("token", "tokne"), Some(1));
        assert_eq!(of("token", "tken"), Some(1));
        assert_eq!(of("token", "tokenss"), Some(2));
        assert_eq!(of("token", "cookie"), None);
        assert_eq!(of("", "ab"), Some(2));
    }

    #[test]
    fn stems_are_known_as_well_as_words() {
        let vocabulary = vocabulary();
        assert!(vocabulary.knows("headers", "header"));
        assert!(!vocabulary.knows("cookie", "cooki"));
        assert_eq!(vocabulary.stem("tokens"), Some("token"));
    }
}
