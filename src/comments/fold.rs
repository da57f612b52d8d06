//! Text as it is compared with muted words: what looks the same is the same. Knows no list and no comment.

use aho_corasick::{AhoCorasick, MatchKind};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::types::is_invisible;

/// A text in lower case, without accents, without what cannot be seen, full-width and styled letters as plain ones, and
/// letters of Greek and Cyrillic as the Latin ones that they are taken for. Spaces become one space.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let seen = text.chars().filter(|c| c.is_whitespace() || !is_invisible(*c));
    let mut after_space = true;
    for c in seen.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if c.is_whitespace() {
            if !after_space {
                folded.push(' ');
            }
            after_space = true;
            continue;
        }
        after_space = false;
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            other => folded.push(latin(other)),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The Latin letter that this one is taken for. From the letters that look alike in most typefaces
/// (<https://www.unicode.org/reports/tr39/#Confusable_Detection>).
const fn latin(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' | 'є' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' | 'ł' => 'l',
        'м' => 'm',
        'ո' => 'n',
        'о' | 'ο' | 'σ' | 'ø' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        _ => c,
    }
}

/// Words to look for, all of them in one pass over a text.
pub(super) struct Words(Option<AhoCorasick>);

impl Words {
    /// The words, in any case. Empty ones are left out.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w str>) -> Words {
        let folded: Vec<String> = words.map(fold).filter(|word| !word.is_empty()).collect();
        if folded.is_empty() {
            return Words(None);
        }
        // Overlapping matches, so that a longer word does not hide a shorter one. A list that is too large for memory was
        // refused when it was made.
        Words(AhoCorasick::builder().match_kind(MatchKind::Standard).build(folded).ok())
    }

    /// Whether one of them stands in the text as a word of its own.
    pub(super) fn stand_in(&self, text: &str) -> bool {
        let Some(words) = &self.0 else { return false };
        let text = fold(text);
        words.find_overlapping_iter(&text).any(|found| {
            let before = text.get(..found.start()).and_then(|rest| rest.chars().next_back());
            let after = text.get(found.end()..).and_then(|rest| rest.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let words = Words::new(["casino", "Straße", "cheap watches", "buy.example", "  "].into_iter());
        assert_eq!(words.stand_in(text), expected, "{text:?} is {:?}", fold(text));
    }

    #[test]
    fn a_word_is_found_however_it_is_dressed_up() {
        for text in [
            "Best CASINO!",
            "c\u{200B}a\u{00AD}sino",
            "саѕіnо",
            "ｃａｓｉｎｏ",
            "𝓬𝓪𝓼𝓲𝓷𝓸",
            "cásïnö",
            "cheap\n\twatches",
            "in der STRASSE",
            "go to buy.example/now",
        ] {
            check(text, true);
        }
    }

    #[test]
    fn a_word_inside_of_another_is_something_else() {
        for text in ["casinos", "occasino", "cheapwatches", "", "buyexample", "Wir sprechen über Tokens."] {
            check(text, false);
        }
    }

    #[test]
    fn the_longest_comment_against_many_words_takes_one_pass() {
        // Each prefix of a word begins everywhere: with one search a word this would be millions of comparisons.
        let list: Vec<String> = (1..1000).map(|length| format!("{}b", "a".repeat(length))).collect();
        let words = Words::new(list.iter().map(String::as_str));
        assert!(!words.stand_in(&"a".repeat(8000)));
        assert!(words.stand_in(&format!("{} {}b", "a".repeat(8000), "a".repeat(999))));
    }
}
