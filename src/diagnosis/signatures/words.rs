//! The words without which a pattern cannot match, read off the pattern. Knows neither reports nor automata.
//!
//! Text and words are folded the same way before they are compared: letters in lower case, and whatever a space in a
//! pattern stands for as one space.

use std::sync::LazyLock;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Words of which one stands in every match, folded.
pub(super) type Words = Vec<Vec<u8>>;

/// So many ways to write one part of a pattern are spelled out.
const SPELLINGS: usize = 128;
/// More words than this tell too little to be looked for.
const MOST_WORDS: usize = 400;
/// A shorter word stands in most pastes.
const SHORTEST_WORD: usize = 3;
/// At the beginning of a match a shorter one is worth knowing.
const SHORTEST_HEAD: usize = 2;
/// So much of a longer one is looked for: it tells as much, and many have it in common.
const LONGEST_WORD: usize = 100;
/// More characters than this in a class are not spelled out.
const CLASS: usize = 8;
/// Stands for a space in a pattern while its words are read: no pattern holds this character.
const SPACE: char = '\u{1}';

/// What every match of a pattern holds.
#[derive(Debug, Default)]
pub(super) struct Required {
    /// Groups of words: one of each stands in it.
    pub groups: Vec<Words>,
    /// The words it begins with, when that can be said.
    pub heads: Option<Words>,
}

/// Reads off a pattern what its matches hold.
///
/// # Errors
/// What is wrong with the pattern's syntax.
pub(super) fn required(pattern: &str) -> Result<Required, String> {
    let mut parser = ParserBuilder::new();
    let parser = parser.multi_line(true).unicode(false).utf8(false);
    let spaced = replace_spaces(pattern, &SPACE.to_string());
    let hir = parser.build().parse(&spaced).map_err(|error| error.to_string())?;
    let mut required = Required { groups: Vec::new(), heads: heads(&hir) };
    for group in groups(&hir) {
        if !required.groups.contains(&group) {
            required.groups.push(group);
        }
    }
    Ok(required)
}

/// A pattern with something else in place of its spaces, which are those outside of classes.
pub(super) fn replace_spaces(pattern: &str, with: &str) -> String {
    let mut replaced = String::with_capacity(pattern.len() + 64);
    let mut in_class = false;
    let mut escaped = false;
    for character in pattern.chars() {
        match character {
            ' ' if !in_class && !escaped => replaced.push_str(with),
            _ => {
                in_class = match character {
                    '[' if !escaped => true,
                    ']' if !escaped => false,
                    _ => in_class,
                };
                replaced.push(character);
            }
        }
        escaped = character == '\\' && !escaped;
    }
    replaced
}

/// Whether a byte is among those that a space in a pattern stands for.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | b'*' | b'`' | b'_' | b'"' | b'\'' | 1)
}

/// Each byte as words are compared: letters in lower case, what separates words as a space.
static FOLDED: LazyLock<[u8; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| {
        let byte = byte as u8;
        if is_space(byte) { b' ' } else { byte.to_ascii_lowercase() }
    })
});

/// Appends text in its folded form; with a space already at the end, none is added. `at` is told the place in the text of
/// each byte that is appended.
pub(super) fn fold(text: &[u8], folded: &mut Vec<u8>, mut at: impl FnMut(usize)) {
    let of_byte = &*FOLDED;
    let mut skip = 0;
    let mut last = folded.last().copied();
    for (place, byte) in text.iter().enumerate() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let mut byte = of_byte.get(usize::from(*byte)).copied().unwrap_or_default();
        // Quotation marks: U+2018 to U+201D.
        if byte == 0xE2 && matches!(text.get(place + 1..place + 3), Some([0x80, 0x98..=0x9D])) {
            byte = b' ';
            skip = 2;
        }
        if byte != b' ' || last != Some(b' ') {
            folded.push(byte);
            at(place);
        }
        last = Some(byte);
    }
}

/// The ways to write what a part of a pattern matches, when they are few.
fn spellings(hir: &Hir) -> Option<Words> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![Vec::new()]),
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = || class.iter().flat_map(|range| range.start()..=range.end());
            if bytes().all(is_space) {
                return Some(vec![b" ".to_vec()]);
            }
            (bytes().take(CLASS + 1).count() <= CLASS).then(|| bytes().map(|byte| vec![byte]).collect())
        }
        HirKind::Class(Class::Unicode(_)) => None,
        HirKind::Repetition(repetition) => {
            let mut words = spellings(&repetition.sub)?;
            let spaces = words.iter().all(|word| !word.is_empty() && word.iter().copied().all(is_space));
            if repetition.max != Some(1) && !spaces {
                return None;
            }
            if repetition.min == 0 {
                words.push(Vec::new());
            }
            Some(words)
        }
        HirKind::Capture(capture) => spellings(&capture.sub),
        HirKind::Concat(parts) => {
            let mut words = vec![Vec::new()];
            for part in parts {
                words = joined(&words, &spellings(part)?)?;
            }
            Some(words)
        }
        HirKind::Alternation(choices) => {
            let mut words = Words::new();
            for choice in choices {
                words.extend(spellings(choice)?);
            }
            (words.len() <= SPELLINGS).then_some(words)
        }
    }
}

/// Every beginning with every end, when they are few.
fn joined(beginnings: &Words, ends: &Words) -> Option<Words> {
    if beginnings.len() * ends.len() > SPELLINGS {
        return None;
    }
    let pairs = beginnings.iter().flat_map(|beginning| ends.iter().map(move |end| (beginning, end)));
    Some(pairs.map(|(beginning, end)| [beginning.as_slice(), end.as_slice()].concat()).collect())
}

/// The groups of which each match holds one each.
fn groups(hir: &Hir) -> Vec<Words> {
    if let Some(words) = spellings(hir) {
        return folded(words, SHORTEST_WORD).into_iter().collect();
    }
    match hir.kind() {
        HirKind::Capture(capture) => groups(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => groups(&repetition.sub),
        HirKind::Concat(parts) => {
            let mut all = Vec::new();
            // What stands side by side and is spelled out is one word.
            let mut run = vec![Vec::new()];
            for part in parts {
                let words = spellings(part);
                match words.as_ref().and_then(|words| joined(&run, words)) {
                    Some(longer) => run = longer,
                    None => {
                        all.extend(folded(std::mem::replace(&mut run, vec![Vec::new()]), SHORTEST_WORD));
                        match words {
                            Some(words) => run = words,
                            None => all.extend(groups(part)),
                        }
                    }
                }
            }
            all.extend(folded(run, SHORTEST_WORD));
            all
        }
        HirKind::Alternation(choices) => {
            let mut all = Words::new();
            for choice in choices {
                match groups(choice).into_iter().max_by_key(telling) {
                    Some(words) => all.extend(words),
                    None => return Vec::new(),
                }
            }
            shortest(all).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The words with which each match begins.
fn heads(hir: &Hir) -> Option<Words> {
    if let Some(words) = spellings(hir) {
        return folded(words, SHORTEST_HEAD);
    }
    match hir.kind() {
        HirKind::Capture(capture) => heads(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => heads(&repetition.sub),
        HirKind::Concat(parts) => {
            let mut run = vec![Vec::new()];
            for part in parts {
                let Some(words) = spellings(part) else {
                    // What can be spelled out so far may be nothing.
                    return if run.iter().all(Vec::is_empty) {
                        heads(part)
                    } else {
                        folded(run, SHORTEST_HEAD)
                    };
                };
                match joined(&run, &words) {
                    Some(longer) => run = longer,
                    None => break,
                }
            }
            folded(run, SHORTEST_HEAD)
        }
        HirKind::Alternation(choices) => {
            let mut all = Words::new();
            for choice in choices {
                all.extend(heads(choice)?);
            }
            shortest(all)
        }
        _ => None,
    }
}

/// Words as they are looked for; nothing when one of them is shorter than that.
fn folded(words: Words, least: usize) -> Option<Words> {
    let fold = |word: Vec<u8>| {
        let mut folded = Vec::with_capacity(word.len());
        fold(&word, &mut folded, |_| {});
        folded
    };
    let words: Words = words.into_iter().map(fold).collect();
    if words.iter().any(|word| word.len() < least) { None } else { shortest(words) }
}

/// Each word once, and none that begins with another: where the one stands, the other does.
fn shortest(mut words: Words) -> Option<Words> {
    words.iter_mut().for_each(|word| word.truncate(LONGEST_WORD));
    words.sort_unstable();
    words.dedup_by(|longer, shorter| longer.starts_with(shorter));
    (!words.is_empty() && words.len() <= MOST_WORDS).then_some(words)
}

/// How much a group tells: long words before short ones, few before many.
fn telling(words: &Words) -> (usize, usize) {
    let shortest = words.iter().map(Vec::len).min().unwrap_or(0);
    (shortest.min(6), usize::MAX - words.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, expected: &[&str]) {
        let word = |word: &Vec<u8>| String::from_utf8_lossy(word).into_owned();
        let required = required(pattern).expect("a pattern");
        let joined = |words: &Words| words.iter().map(word).collect::<Vec<_>>().join("|");
        assert_eq!(required.groups.iter().map(joined).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_match_holds_a_word_of_each_group() {
        check("bearer[a-z]+token (?:is|was)", &["bearer", "token is|token was"]);
        check("(?:expired|outdated).{0,3}jwt", &["expired|outdated", "jwt"]);
        check("(?:foo.*|unauthori[sz]ed) error", &["foo|unauthorised|unauthorized", " error"]);
        check("a?b?", &[]);
        check("(?:token|).x", &[]);
        check("(?:ok|token).*x", &[]);
    }

    #[test]
    fn spaces_and_marks_are_one_space_in_words() {
        check("Is  `fine`", &["is fine "]);
        check(r"is\s+invalid_token", &["is invalid token"]);
        check("api[ _-]?key", &["api key|api-key|apikey"]);
    }

    #[test]
    fn a_word_that_begins_with_another_is_left_out() {
        check("works?|worked|working", &["work"]);
    }

    #[test]
    fn text_is_folded_as_words_are() {
        let mut folded = Vec::new();
        let mut places = Vec::new();
        fold("Is\n\n**`Fine`** \u{201c}OK\u{201d}, \u{e9}".as_bytes(), &mut folded, |at| places.push(at));
        assert_eq!(String::from_utf8_lossy(&folded), "is fine ok , \u{e9}");
        assert_eq!(places, [0, 1, 2, 7, 8, 9, 10, 11, 18, 19, 20, 23, 24, 25, 26]);
    }

    #[test]
    fn a_match_begins_with_one_of_its_heads() {
        #[track_caller]
        fn check(pattern: &str, expected: Option<&str>) {
            let heads = required(pattern).expect("a pattern").heads;
            let heads = heads.map(|heads| String::from_utf8_lossy(&heads.join(&b'|')).into_owned());
            assert_eq!(heads.as_deref(), expected, "{pattern}");
        }
        check(r"\bworks? in", Some("work in|works in"));
        check(r"works?.*in", Some("work"));
        check("(?:foo.*|bar+)x", Some("ba|foo"));
        check(r"\w+ token", None);
        check(" not.*x", Some(" not"));
        check("(?:a|token).*x", None);
    }
}
