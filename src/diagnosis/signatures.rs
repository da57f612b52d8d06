//! Literal symptoms: a regex that stands in a named part of a report. Data only; what wants an `and` is a rule.
//!
//! Several hundred regexes are not run over every paste. Each has groups of words of which every match holds one each;
//! one pass looks for all of these at once (`near`), and a regex is compiled and tried only where its words were seen
//! together (`pattern`).

mod find;
mod near;
mod pattern;
mod words;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::catalogue::WrittenSignature;
use super::finding::Meaning;
use crate::problem::Problem;
use crate::report::{Piece, Report, Span};
use near::{Gatherer, LONGEST, Number, Window, WordFinder, windows};
use pattern::{Haystack, Pattern};

/// All signatures.
#[derive(Debug)]
pub(super) struct Signatures {
    signatures: Vec<Signature>,
    finder: WordFinder,
    /// The signatures of each part that any of them names, in their order.
    parts: Vec<(Part, Vec<usize>)>,
}

#[derive(Debug)]
struct Signature {
    meaning: Arc<Meaning>,
    /// The number of its meaning: several signatures may stand for one.
    number: usize,
    /// The groups of words of which each match holds one each.
    groups: Vec<Number>,
    /// The words with which each match begins, when that can be said.
    heads: Option<Number>,
    pattern: Pattern,
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
    /// Reads them. With `prove`, each must match its `hits` and none of its `misses`; that compiles every regex, which
    /// is otherwise left until a paste holds its words.
    pub fn read(written: Vec<WrittenSignature>, prove: bool, problems: &mut Vec<Problem>) -> Signatures {
        let mut signatures = Vec::with_capacity(written.len());
        let mut samples = Vec::new();
        let mut parts: Vec<(Part, Vec<usize>)> = Vec::new();
        let mut gatherer = Gatherer::default();
        let mut numbers: HashMap<*const Meaning, usize> = HashMap::new();
        for entry in written {
            let mut problem = |what: String| problems.push(Problem::new(&entry.path, entry.line, what));
            let Some(part) = Part::read(&entry.part) else {
                let parts = "status, header:NAME, body, log, prose or any";
                problem(format!("`{}` is no part of a report; choose {parts}", entry.part));
                continue;
            };
            let (pattern, required) = match Pattern::read(&entry.matches) {
                Ok(read) => read,
                Err(error) => {
                    problem(format!("the regex does not compile ({error}); mend it"));
                    continue;
                }
            };
            let index = signatures.len();
            match parts.iter_mut().find(|(known, _)| *known == part) {
                Some((_, indices)) => indices.push(index),
                None => parts.push((part, vec![index])),
            }
            let next = numbers.len();
            signatures.push(Signature {
                number: *numbers.entry(Arc::as_ptr(&entry.meaning)).or_insert(next),
                meaning: Arc::clone(&entry.meaning),
                groups: required.groups.into_iter().map(|group| gatherer.group(group)).collect(),
                heads: required.heads.map(|heads| gatherer.heads(heads)),
                pattern,
            });
            samples.push(entry);
        }
        let mut signatures = Signatures { signatures, finder: gatherer.build(), parts };
        if prove {
            signatures.prove(&samples, problems);
        }
        signatures
    }

    /// Holds each signature to its samples, in the way in which it is looked for in a paste.
    fn prove(&mut self, samples: &[WrittenSignature], problems: &mut Vec<Problem>) {
        let mut window = self.finder.window();
        for (signature, entry) in self.signatures.iter_mut().zip(samples) {
            let mut problem = |what: String| problems.push(Problem::new(&entry.path, entry.line, what));
            if let Err(error) = signature.pattern.try_compile() {
                problem(format!("the regex does not compile ({error}); mend it"));
                continue;
            }
            if entry.hits.is_empty() || entry.misses.is_empty() {
                let what = "a signature proves itself; give it at least one of `hits` and one of `misses`";
                problem(what.to_owned());
            }
            let mut is_in = |text: &String| {
                let lower = text.to_ascii_lowercase();
                let haystack = Haystack { text, lower: lower.as_bytes() };
                windows(0..text.len()).any(|part| {
                    window.read(haystack.lower, part);
                    signature.seen(haystack, &window).is_some()
                })
            };
            for hit in entry.hits.iter().filter(|hit| !is_in(hit)) {
                problem(format!(
                    "`{}` does not match its hit {hit:?}; mend the one or the other",
                    entry.matches
                ));
            }
            for miss in entry.misses.iter().filter(|miss| is_in(miss)) {
                problem(format!("`{}` matches its miss {miss:?}; mend the one or the other", entry.matches));
            }
            // Few of many hundred automata are needed again soon.
            signature.pattern.forget();
        }
    }

    /// Reports each meaning that was seen, once, at the first place of its first signature.
    pub fn find(&self, report: &Report<'_>, mut found: impl FnMut(&Arc<Meaning>, Span)) {
        let lower = report.text.to_ascii_lowercase();
        let mut search = Search {
            signatures: &self.signatures,
            window: self.finder.window(),
            lower: lower.as_bytes(),
            places: vec![None; self.signatures.len()],
            firsts: vec![usize::MAX; self.signatures.len()],
        };
        for (part, which) in &self.parts {
            search.part(report, part, which);
        }
        for (index, (signature, place)) in self.signatures.iter().zip(&search.places).enumerate() {
            if let Some(span) = place
                && search.firsts.get(signature.number) == Some(&index)
            {
                found(&signature.meaning, *span);
            }
        }
    }
}

/// A search for signatures in one report.
struct Search<'s> {
    signatures: &'s [Signature],
    window: Window<'s>,
    /// The paste in lower case.
    lower: &'s [u8],
    /// For each signature, where it was seen first.
    places: Vec<Option<Span>>,
    /// For each meaning, the first of its signatures that was seen.
    firsts: Vec<usize>,
}

impl Search<'_> {
    fn part(&mut self, report: &Report<'_>, part: &Part, which: &[usize]) {
        let requests = || report.exchanges.iter().filter_map(|exchange| exchange.request.as_ref());
        let responses = || report.exchanges.iter().filter_map(|exchange| exchange.response.as_ref());
        match part {
            Part::Any => {
                let haystack = Haystack { text: report.text, lower: self.lower };
                let mut start = 0;
                // What went well says nothing, and scripts and pages in it much that is nothing to the matter.
                for span in
                    report.left_out.iter().copied().chain([Span::new(report.text.len(), report.text.len())])
                {
                    self.text(haystack, start..span.start, which, |range| Span::new(range.start, range.end));
                    start = span.end;
                }
            }
            Part::Prose => self.pieces(&report.prose, which),
            Part::Log => self.pieces(&report.logs, which),
            Part::Body => {
                let sent = requests().filter_map(|request| request.body.as_ref());
                let answered = responses().filter_map(|response| response.body.as_ref());
                self.pieces(report.bodies.iter().chain(sent).chain(answered), which);
            }
            Part::Header(name) => {
                let sent = requests().flat_map(|request| &request.headers.0);
                let answered = responses().flat_map(|response| &response.headers.0);
                let named = sent.chain(answered).filter(|header| header.name.text.eq_ignore_ascii_case(name));
                self.pieces(named.map(|header| &header.value), which);
            }
            Part::Status => {
                for index in which {
                    let Some(signature) = self.signatures.get(*index) else { continue };
                    let is_meant = |code: u16| signature.pattern.is_in(&code.to_string());
                    if let Some(status) = report.statuses.iter().find(|status| is_meant(status.code)) {
                        self.saw(*index, status.span);
                    }
                }
            }
        }
    }

    fn pieces<'p, 't: 'p>(&mut self, pieces: impl IntoIterator<Item = &'p Piece<'t>>, which: &[usize]) {
        for piece in pieces {
            // A decoded piece is not written in the paste as it is read.
            let decoded;
            let lower = match self.lower.get(piece.span.range()).filter(|_| piece.is_verbatim()) {
                Some(lower) => lower,
                None => {
                    decoded = piece.text.to_ascii_lowercase();
                    decoded.as_bytes()
                }
            };
            let haystack = Haystack { text: &piece.text, lower };
            self.text(haystack, 0..lower.len(), which, |range| piece.part(range));
        }
    }

    /// Looks through a part of a text; `place` tells where a range of the text stands in the paste.
    fn text(
        &mut self,
        haystack: Haystack<'_>,
        part: Range<usize>,
        which: &[usize],
        place: impl Fn(Range<usize>) -> Span,
    ) {
        for window in windows(part) {
            self.window.read(haystack.lower, window);
            for index in which {
                if let Some(range) = self.first(*index, haystack) {
                    self.saw(*index, place(range));
                }
            }
        }
    }

    /// The first place of a signature in the window, unless it need not be looked for any more.
    fn first(&self, index: usize, haystack: Haystack<'_>) -> Option<Range<usize>> {
        let signature = self.signatures.get(index)?;
        if self.firsts.get(signature.number).is_some_and(|first| *first <= index) {
            return None;
        }
        signature.seen(haystack, &self.window)
    }

    fn saw(&mut self, index: usize, span: Span) {
        if let Some(place) = self.places.get_mut(index)
            && place.is_none()
        {
            *place = Some(span);
            let number = self.signatures.get(index).map_or(0, |signature| signature.number);
            if let Some(first) = self.firsts.get_mut(number) {
                *first = index.min(*first);
            }
        }
    }
}

/// Where matches may begin, they are looked for one by one; most tries end with the sentence, but a text can be made so that
/// each goes all the way. After so many times the bytes of a part, what is left of it is looked through at once.
const FUEL: usize = 2;

impl Signature {
    /// The first match outside of masks in a window, widened to whole characters.
    fn seen(&self, haystack: Haystack<'_>, window: &Window<'_>) -> Option<Range<usize>> {
        let readers =
            |range: &Range<usize>| !in_mask(haystack.text, range.start) && !in_mask(haystack.text, range.end);
        let found = match self.heads {
            Some(heads) => self.at_heads(heads, haystack, window, readers),
            None => {
                let mut parts = window.near(&self.groups);
                parts.find_map(|part| self.pattern.all(haystack, part).find(readers))
            }
        };
        found.map(|range| whole(haystack.text, range))
    }

    /// The first of the matches that are `readers`, where one of the heads stands.
    fn at_heads(
        &self,
        heads: Number,
        haystack: Haystack<'_>,
        window: &Window<'_>,
        readers: impl Fn(&Range<usize>) -> bool,
    ) -> Option<Range<usize>> {
        let part = window.range();
        let mut begins = window.begins(heads, &self.groups).peekable();
        begins.peek()?;
        let mut walk = self.pattern.walk(haystack)?;
        let mut from = part.start;
        let mut fuel = FUEL * part.len();
        for begin in begins {
            if fuel == 0 {
                return self.pattern.all(haystack, begin.max(from)..part.end).find(readers);
            }
            if begin >= from
                && let Some(end) = walk.end(begin..part.end.min(begin + LONGEST), &mut fuel)
            {
                if readers(&(begin..end)) {
                    return Some(begin..end);
                }
                from = end;
            }
        }
        None
    }
}

/// A range widened to whole characters.
fn whole(text: &str, mut range: Range<usize>) -> Range<usize> {
    while !text.is_char_boundary(range.start) {
        range.start -= 1;
    }
    while !text.is_char_boundary(range.end) {
        range.end += 1;
    }
    range
}

/// Whether a place lies inside of a mask of ours, as in a form that is sent again: `[masked JWT]` is no word of the reader.
fn in_mask(text: &str, at: usize) -> bool {
    const LONGEST: usize = 48;
    let start = at.saturating_sub(LONGEST);
    let before = text.as_bytes().get(start..at).unwrap_or_default();
    let bracket = before.iter().rposition(|byte| matches!(byte, b'[' | b']'));
    let opened = bracket.and_then(|bracket| text.as_bytes().get(start + bracket..));
    opened.is_some_and(|opened| opened.starts_with(b"[masked"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_mask_are_not_the_readers() {
        let inside = |text: &str, word: &str| in_mask(text, text.find(word).expect("the word"));
        assert!(inside("Bearer [masked JWT], then", "JWT"));
        assert!(inside("Bearer [masked JWT], then", "sked"));
        assert!(!inside("Bearer [masked JWT], then", "then"));
        assert!(!inside("Bearer [masked JWT], then", "Bearer"));
        assert!(!inside("[list] JWT", "JWT"));
        assert!(!inside("[1, JWT]", "JWT"));
        assert!(!inside("[JWT expired]", "JWT"));
        assert!(!inside("[m JWT]", "JWT"));
        assert!(!inside("[AllowAnonymous]", "AllowAnonymous"));
    }
}
