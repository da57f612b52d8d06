//! Literal symptoms: a regex that stands in a named part of a report. Data only; what wants an `and` is a rule.
//!
//! Several hundred regexes are not run over every paste. Each has words without which it cannot match; one pass looks
//! for all of these at once, and only the regexes whose words were seen are tried.

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

use super::catalogue::WrittenSignature;
use super::finding::Meaning;
use crate::problem::Problem;
use crate::report::{Headers, Report, Span};

/// All signatures, compiled.
#[derive(Debug)]
pub(super) struct Signatures {
    signatures: Vec<Signature>,
    /// Looks for the words of all signatures at once.
    words: Option<AhoCorasick>,
    /// For each word, the signature that needs it.
    word_of: Vec<usize>,
    /// Signatures without such words: always tried.
    always: Vec<usize>,
}

#[derive(Debug)]
struct Signature {
    meaning: Arc<Meaning>,
    part: Part,
    regex: Regex,
}

/// Where a signature looks.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// The status codes that the report names.
    Status,
    /// The values of the header fields of this name, in requests and responses.
    Header(String),
    /// Bodies, in exchanges and by themselves.
    Body,
    /// Lines that a program wrote.
    Log,
    /// What people wrote.
    Prose,
    /// The paste as a whole.
    Any,
}

impl Part {
    fn read(name: &str) -> Option<Part> {
        Some(match name {
            "status" => Part::Status,
            "body" => Part::Body,
            "log" => Part::Log,
            "prose" => Part::Prose,
            "any" => Part::Any,
            _ => Part::Header(name.strip_prefix("header:").filter(|name| !name.is_empty())?.to_owned()),
        })
    }
}

impl Signatures {
    /// Compiles and proves them: each must match its `hits` and none of its `misses`.
    pub fn compile(written: Vec<WrittenSignature>, problems: &mut Vec<Problem>) -> Signatures {
        let mut signatures = Vec::with_capacity(written.len());
        let mut words: Vec<String> = Vec::new();
        let mut word_of = Vec::new();
        let mut always = Vec::new();
        for entry in written {
            let mut problem = |what: String| problems.push(Problem::new(&entry.path, entry.line, what));
            let Some(part) = Part::read(&entry.part) else {
                let parts = "status, header:NAME, body, log, prose or any";
                problem(format!("`{}` is no part of a report; choose {parts}", entry.part));
                continue;
            };
            let pattern = widen_spaces(&entry.matches);
            let regex = match builder(&pattern).build() {
                Ok(regex) => regex,
                Err(error) => {
                    problem(format!("the regex does not compile ({error}); mend it"));
                    continue;
                }
            };
            if entry.hits.is_empty() || entry.misses.is_empty() {
                problem(
                    "a signature proves itself; give it at least one of `hits` and one of `misses`"
                        .to_owned(),
                );
            }
            for hit in entry.hits.iter().filter(|hit| !regex.is_match(hit.as_bytes())) {
                problem(format!(
                    "`{}` does not match its hit {hit:?}; mend the one or the other",
                    entry.matches
                ));
            }
            for miss in entry.misses.iter().filter(|miss| regex.is_match(miss.as_bytes())) {
                problem(format!("`{}` matches its miss {miss:?}; mend the one or the other", entry.matches));
            }
            let index = signatures.len();
            match required_words(&pattern) {
                Some(required) => {
                    word_of.extend(required.iter().map(|_| index));
                    words.extend(required);
                }
                None => always.push(index),
            }
            signatures.push(Signature { meaning: entry.meaning, part, regex });
        }
        let words = match AhoCorasick::builder().ascii_case_insensitive(true).build(&words) {
            Ok(words) => Some(words),
            Err(error) => {
                problems.push(Problem::new(
                    "findings",
                    1,
                    format!("the words are too many ({error}); use fewer"),
                ));
                None
            }
        };
        Signatures { signatures, words, word_of, always }
    }

    /// Reports each meaning that was seen, once, at its first place.
    pub fn find(&self, report: &Report<'_>, mut found: impl FnMut(&Arc<Meaning>, Span)) {
        // For each signature, from its first word to its last in the paste.
        let mut tried: Vec<Option<Range<usize>>> = vec![None; self.signatures.len()];
        for index in &self.always {
            widen(&mut tried, *index, 0..report.text.len());
        }
        let mut look_for_words = |text: &str, place: Option<Span>| {
            for word in self.words.iter().flat_map(|words| words.find_overlapping_iter(text)) {
                if let Some(index) = self.word_of.get(word.pattern().as_usize()) {
                    widen(&mut tried, *index, place.map_or(word.start()..word.end(), Span::range));
                }
            }
        };
        look_for_words(report.text, None);
        // Decoded pieces (JSON escapes) may hold words that the paste itself does not.
        for piece in report.bodies.iter().chain(&report.logs) {
            if piece.text.len() != piece.span.end - piece.span.start {
                look_for_words(&piece.text, Some(piece.span));
            }
        }
        for (signature, words) in self.signatures.iter().zip(tried) {
            let Some(words) = words else { continue };
            if let Some(span) = signature.first(report, around(report.text, &words)) {
                found(&signature.meaning, span);
            }
        }
    }
}

/// Widens the place of a signature's words.
fn widen(tried: &mut [Option<Range<usize>>], index: usize, place: Range<usize>) {
    if let Some(entry) = tried.get_mut(index) {
        *entry = Some(match entry.take() {
            Some(known) => known.start.min(place.start)..known.end.max(place.end),
            None => place,
        });
    }
}

/// How far from its words a match may reach.
const REACH: usize = 400;

/// The whole lines around a signature's words: the only text that its regex has to look at.
fn around(text: &str, words: &Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let before = bytes.get(..words.start.saturating_sub(REACH)).unwrap_or_default();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let end = words.end.saturating_add(REACH).min(text.len());
    let after = bytes.get(end..).unwrap_or_default();
    start..after.iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| end + at)
}

/// How patterns are read: without case, `^` and `$` at each line, and `\w`, `\b` and the like in ASCII, which keeps
/// several hundred automata small.
fn builder(pattern: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(true).multi_line(true).unicode(false);
    builder
}

impl Signature {
    /// The first match outside of masks, widened to whole characters.
    fn range(&self, text: &str) -> Option<Range<usize>> {
        let matches = self.regex.find_iter(text.as_bytes()).map(|found| found.range());
        let mut range =
            matches.into_iter().find(|range| !in_mask(text, range.start) && !in_mask(text, range.end))?;
        while !text.is_char_boundary(range.start) {
            range.start -= 1;
        }
        while !text.is_char_boundary(range.end) {
            range.end += 1;
        }
        Some(range)
    }

    /// The first place in the named part; in the paste as a whole, only `lines` have to be looked at.
    fn first(&self, report: &Report<'_>, lines: Range<usize>) -> Option<Span> {
        let pieces = |pieces: &[crate::report::Piece<'_>]| {
            pieces.iter().find_map(|piece| self.range(&piece.text).map(|range| piece.part(range)))
        };
        let requests = || report.exchanges.iter().filter_map(|exchange| exchange.request.as_ref());
        let responses = || report.exchanges.iter().filter_map(|exchange| exchange.response.as_ref());
        match &self.part {
            Part::Any => {
                let offset = lines.start;
                let range = self.range(report.text.get(lines)?)?;
                Some(Span::new(offset + range.start, offset + range.end))
            }
            Part::Prose => pieces(&report.prose),
            Part::Log => pieces(&report.logs),
            Part::Status => report
                .statuses
                .iter()
                .find(|status| self.regex.is_match(status.code.to_string().as_bytes()))
                .map(|status| status.span),
            Part::Body => pieces(&report.bodies).or_else(|| {
                let sent = requests().filter_map(|request| request.body.as_ref());
                let answered = responses().filter_map(|response| response.body.as_ref());
                sent.chain(answered).find_map(|body| pieces(std::slice::from_ref(body)))
            }),
            Part::Header(name) => {
                let first = |headers: &Headers<'_>| {
                    headers.all(name).find_map(|header| pieces(std::slice::from_ref(&header.value)))
                };
                requests()
                    .find_map(|request| first(&request.headers))
                    .or_else(|| responses().find_map(|response| first(&response.headers)))
            }
        }
    }
}

/// Whether a place lies inside of a mask of ours, as in a form that is sent again: `[masked JWT]` is no word of the reader.
fn in_mask(text: &str, at: usize) -> bool {
    const MASK: &[u8] = b"[masked";
    let before = text.as_bytes().get(at.saturating_sub(16)..at).unwrap_or_default();
    let open = before.iter().rposition(|byte| matches!(byte, b'[' | b']'));
    let inside = open.and_then(|open| before.get(open..)).unwrap_or_default();
    !inside.is_empty() && (inside.starts_with(MASK) || MASK.starts_with(inside))
}

/// A space in a pattern stands for what separates words in a paste: white space, line breaks, and the marks with which
/// people set code and stress.
fn widen_spaces(pattern: &str) -> String {
    let mut wide = String::with_capacity(pattern.len() + 64);
    let mut in_class = false;
    let mut escaped = false;
    for character in pattern.chars() {
        match character {
            ' ' if !in_class && !escaped => wide.push_str(r#"(?:(?:[\s*`_"']|\xE2\x80[\x98-\x9D])+)"#),
            _ => {
                in_class = match character {
                    '[' if !escaped => true,
                    ']' if !escaped => false,
                    _ => in_class,
                };
                wide.push(character);
            }
        }
        escaped = character == '\\' && !escaped;
    }
    wide
}

/// Words of which at least one stands in every match, in lower case; nothing if there are none worth looking for.
fn required_words(pattern: &str) -> Option<Vec<String>> {
    // Parsed with case, so that words stay whole; the search for them ignores it.
    let hir = ParserBuilder::new().multi_line(true).unicode(false).utf8(false).build().parse(pattern).ok()?;
    let words = required(&hir)?;
    let worth = words.len() <= 40 && words.iter().all(|word| word.len() >= 3 && word.is_ascii());
    worth.then_some(words)
}

fn required(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            std::str::from_utf8(&literal.0).ok().map(|word| vec![word.to_ascii_lowercase()])
        }
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Concat(parts) => {
            let shortest = |words: &Vec<String>| words.iter().map(String::len).min().unwrap_or(0);
            parts
                .iter()
                .filter_map(required)
                .max_by_key(|words| (shortest(words).min(6), usize::MAX - words.len()))
        }
        HirKind::Alternation(choices) => {
            let mut all = Vec::new();
            for choice in choices {
                all.extend(required(choice)?);
            }
            Some(all)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_spans_line_breaks_and_marks_but_not_in_a_class() {
        let regex = builder(&widen_spaces(r"works in [a b]postman")).build().unwrap();
        assert!(regex.is_match(b"works\nin  postman"));
        assert!(regex.is_match(b"works in `bpostman`"));
        assert!(!regex.is_match(b"worksin postman"));
    }

    #[test]
    fn the_words_of_a_mask_are_not_the_readers() {
        let inside = |text: &str, word: &str| in_mask(text, text.find(word).expect("the word"));
        assert!(inside("Bearer [masked JWT], then", "JWT"));
        assert!(inside("Bearer [masked JWT], then", "sked"));
        assert!(!inside("Bearer [masked JWT], then", "then"));
        assert!(!inside("Bearer [masked JWT], then", "Bearer"));
        assert!(!inside("[list] JWT", "JWT"));
        assert!(!inside("[1, JWT]", "JWT"));
    }

    #[test]
    fn every_match_holds_one_of_the_required_words() {
        assert_eq!(required_words("bearer[a-z]+ (is|was)"), Some(vec!["bearer".to_owned()]));
        assert_eq!(
            required_words("(?:expired|outdated) .{0,3}"),
            Some(vec!["expired".into(), "outdated".into()])
        );
        assert_eq!(required_words("a?b?"), None);
    }
}
