//! The terms of a text, by number: words that carry meaning, stemmed, and pairs of neighbours. Knows nothing of causes.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// Words longer than this, in bytes, are none: keys, hashes and the like.
const LONGEST: usize = 32;

/// Every term that some text held, by number.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: HashMap<Box<str>, u32, Quick>,
    /// Pairs of neighbours, by the numbers of their words.
    pairs: HashMap<(u32, u32), u32, Quick>,
}

impl Vocabulary {
    /// How many terms there are.
    pub fn len(&self) -> usize {
        self.words.len() + self.pairs.len()
    }

    /// The terms of a text that stands in parts, new ones included.
    pub fn learn<'t>(&mut self, parts: impl IntoIterator<Item = &'t str>, mut term: impl FnMut(u32)) {
        let mut previous: Option<u32> = None;
        each_stem(parts, |stem| {
            let next = self.next();
            let word = match self.words.get(stem) {
                Some(word) => *word,
                None => *self.words.entry(stem.into()).or_insert(next),
            };
            if let Some(previous) = previous.replace(word) {
                let next = self.next();
                term(*self.pairs.entry((previous, word)).or_insert(next));
            }
            term(word);
        });
    }

    /// The terms of a text that stands in parts, as far as they are known.
    pub fn find<'t>(&self, parts: impl IntoIterator<Item = &'t str>, mut term: impl FnMut(u32)) {
        let mut previous: Option<u32> = None;
        each_stem(parts, |stem| {
            let word = self.words.get(stem).copied();
            // A pair is known only if both of its words are.
            if let (Some(previous), Some(word)) = (previous, word)
                && let Some(pair) = self.pairs.get(&(previous, word))
            {
                term(*pair);
            }
            previous = word;
            word.into_iter().for_each(&mut term);
        });
    }

    /// Gives back the memory that learning took beyond need.
    pub fn shrink(&mut self) {
        self.words.shrink_to_fit();
        self.pairs.shrink_to_fit();
    }

    fn next(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }
}

/// Every word that carries meaning, in lower case and stemmed.
fn each_stem<'t>(parts: impl IntoIterator<Item = &'t str>, mut each: impl FnMut(&str)) {
    let mut word = String::with_capacity(2 * LONGEST);
    let written = parts
        .into_iter()
        .flat_map(|part| part.split(|letter: char| !letter.is_alphanumeric() && letter != '_'));
    for written in written {
        let written = written.trim_matches('_');
        // Few letters get shorter in lower case, and none to less than a third.
        if written.len() < 2 || written.len() > 3 * LONGEST {
            continue;
        }
        word.clear();
        if written.is_ascii() {
            word.push_str(written);
            word.make_ascii_lowercase();
        } else {
            word.push_str(&written.to_lowercase());
        }
        let tells = (2..=LONGEST).contains(&word.len())
            && !word.bytes().all(|byte| byte.is_ascii_digit())
            && !STOP_WORDS.contains(word.as_str());
        if tells {
            each(stem(&word));
        }
    }
}

/// Takes off the commonest English endings. Cruder than Porter, and enough to join `expired`, `expires` and `expiring`.
fn stem(word: &str) -> &str {
    const ENDINGS: &[(&str, usize)] = &[
        ("ations", 4),
        ("ation", 4),
        ("ingly", 3),
        ("edly", 3),
        ("ings", 3),
        ("ing", 3),
        ("ies", 3),
        ("ied", 3),
        ("ers", 4),
        ("ed", 3),
        ("es", 3),
        ("er", 4),
        ("ly", 4),
        ("s", 3),
        ("e", 3),
        ("y", 3),
    ];
    if !matches!(word.as_bytes().last(), Some(b's' | b'n' | b'y' | b'g' | b'd' | b'r' | b'e')) {
        return word;
    }
    for (ending, least) in ENDINGS {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.len() >= *least
            && stem.is_ascii()
        {
            return stem;
        }
    }
    word
}

/// Words that stand in any report.
static STOP_WORDS: LazyLock<HashSet<&'static str, Quick>> = LazyLock::new(|| {
    "a an and are as at be been but by can could did do does for from get gets got had has have having he her his how i if in into is it its \
     just like me my no of on or our out she should so some such than that the their them then there these they this those \
     to too up us was we were what when where which while who why will with would you your am im ive there also any anyone please \
     thanks thank hi hello help tried try trying using use used unauthorized error http https com www status code response request 401"
        .split_whitespace()
        .collect()
});

/// A hash for tables whose keys are our own texts, so that nobody can choose keys that collide: several times as quick as
/// the usual one. (Multiply and rotate, as in FxHash.)
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct QuickHasher(u64);

type Quick = BuildHasherDefault<QuickHasher>;

impl QuickHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn write_u32(&mut self, number: u32) {
        self.add(u64::from(number));
    }

    fn finish(&self) -> u64 {
        // The table looks at the highest and the lowest bits, and the lowest are mixed least.
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let mut stems = Vec::new();
        each_stem([text], |stem| stems.push(stem.to_owned()));
        assert_eq!(stems, expected);
    }

    #[test]
    fn words_are_stemmed_and_those_of_any_report_left_out() {
        check("The token EXPIRES; my_tokens expired", &["token", "expir", "my_token", "expir"]);
        check("I get a 401 from https://example.com", &["exampl"]);
        check("caf\u{c9} 12345 __x__ ok", &["caf\u{e9}", "ok"]);
    }

    #[test]
    fn keys_and_hashes_are_no_words() {
        check(&format!("{} {} b", "a1".repeat(17), "\u{e9}".repeat(4000)), &[]);
    }

    #[test]
    fn pairs_are_known_by_their_words_over_the_border_of_parts_too() {
        let mut vocabulary = Vocabulary::default();
        let mut learnt = Vec::new();
        vocabulary.learn(["token expired", "yesterday"], |term| learnt.push(term));
        assert_eq!(vocabulary.len(), 5);
        let mut found = Vec::new();
        vocabulary.find(["Tokens expire yesterday"], |term| found.push(term));
        assert_eq!(found, learnt);
        found.clear();
        vocabulary.find(["token nobody expired"], |term| found.push(term));
        assert_eq!(found.len(), 2);
    }
}
