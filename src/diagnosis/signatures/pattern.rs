//! One signature's pattern: read at once, compiled only when a paste holds its words. Knows nothing of reports.
//!
//! Patterns ignore case. Instead of teaching every automaton both cases, the paste is put into lower case once and the
//! patterns are too; that halves them.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::{Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::{Anchored, Input};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition};

use super::words::{self, Required};

/// What a space in a pattern stands for: what separates words in a paste, which is white space, line breaks and the
/// marks with which people set code and stress.
const SPACE: &str = r#"(?:(?:[\s*`_"']|\xE2\x80[\x98-\x9D])+)"#;
/// How much memory the states of one automaton may take before they are built anew, in bytes.
const STATES: usize = 1 << 20;

/// A pattern, and the automaton for it once it was needed.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    compiled: OnceLock<Option<Compiled>>,
}

#[derive(Debug)]
pub(super) struct Compiled {
    regex: Regex,
    /// Whether a part of it, `(?-i:…)`, tells upper from lower case: then it looks at the paste as it is written.
    cased: bool,
}

/// A text in its own case and in lower case.
#[derive(Clone, Copy)]
pub(super) struct Haystack<'h> {
    pub text: &'h str,
    /// The same bytes with ASCII letters in lower case.
    pub lower: &'h [u8],
}

impl Pattern {
    /// Reads a pattern, and what each match must hold.
    ///
    /// # Errors
    /// What is wrong with the syntax.
    pub fn read(matches: &str) -> Result<(Pattern, Required), String> {
        let required = words::required(matches)?;
        Ok((Pattern { source: matches.to_owned(), compiled: OnceLock::new() }, required))
    }

    /// Compiles the automaton, if that has not happened yet.
    ///
    /// # Errors
    /// Why there is none: it is too large.
    pub fn compile(&self) -> Result<&Compiled, String> {
        if let Some(Some(compiled)) = self.compiled.get() {
            return Ok(compiled);
        }
        let built = build(&self.source);
        let failed = built.as_ref().err().cloned();
        let compiled = self.compiled.get_or_init(|| built.ok());
        compiled.as_ref().ok_or_else(|| failed.unwrap_or_default())
    }

    /// Lets go of the automaton until it is needed again.
    pub fn forget(&mut self) {
        self.compiled.take();
    }

    /// Whether it stands anywhere in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        let haystack = Haystack { text, lower: lower.as_bytes() };
        self.all(haystack, 0..text.len()).next().is_some()
    }

    /// The place that begins where a part of a text does, and ends in it.
    pub fn at(&self, haystack: Haystack<'_>, part: Range<usize>) -> Option<Range<usize>> {
        let compiled = self.compile().ok()?;
        let input = Input::new(compiled.bytes(haystack)).range(part).anchored(Anchored::Yes);
        compiled.regex.search(&input).map(|found| found.range())
    }

    /// Every place in a part of a text, in order.
    pub fn all<'h>(
        &'h self,
        haystack: Haystack<'h>,
        part: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + 'h {
        // A pattern that does not compile is a problem when it is proven; here it is seen nowhere.
        self.compile().ok().into_iter().flat_map(move |compiled| {
            let input = Input::new(compiled.bytes(haystack)).range(part.clone());
            compiled.regex.find_iter(input).map(|found| found.range())
        })
    }
}

impl Compiled {
    fn bytes<'h>(&self, haystack: Haystack<'h>) -> &'h [u8] {
        if self.cased { haystack.text.as_bytes() } else { haystack.lower }
    }
}

fn build(source: &str) -> Result<Compiled, String> {
    let (hir, cased) = parse(&words::replace_spaces(source, SPACE)).map_err(|error| error.to_string())?;
    // The words were found before; looking for literals once more would cost more than it saves.
    let config = Config::new()
        .utf8_empty(false)
        .auto_prefilter(false)
        .onepass(false)
        .which_captures(WhichCaptures::Implicit)
        .hybrid_cache_capacity(STATES);
    let regex = Regex::builder().configure(config).build_from_hir(&hir).map_err(|error| error.to_string())?;
    Ok(Compiled { regex, cased })
}

/// How patterns are read: without case, `^` and `$` at each line, and `\w`, `\b` and the like in ASCII, which keeps
/// several hundred automata small. Says too whether a part of the pattern asks for a case.
fn parse(source: &str) -> Result<(Hir, bool), regex_syntax::Error> {
    let mut parser = ParserBuilder::new();
    let parser = parser.multi_line(true).unicode(false).utf8(false).case_insensitive(true);
    let hir = parser.build().parse(source)?;
    let cased = asks_for_case(&hir);
    Ok((if cased { hir } else { lowered(&hir) }, cased))
}

/// Whether a capital must stand somewhere.
fn asks_for_case(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.iter().any(u8::is_ascii_uppercase),
        HirKind::Repetition(repetition) => asks_for_case(&repetition.sub),
        HirKind::Capture(capture) => asks_for_case(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(asks_for_case),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// The pattern for text in lower case: no capitals in its classes, so that `[Tt][Oo]` becomes the word `to`, and no groups.
fn lowered(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(Class::Bytes(class)) => {
            let mut class = class.clone();
            class.difference(&ClassBytes::new([ClassBytesRange::new(b'A', b'Z')]));
            Hir::class(Class::Bytes(class))
        }
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(lowered(&repetition.sub)), ..repetition.clone() })
        }
        HirKind::Capture(Capture { sub, .. }) => lowered(sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(lowered).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(lowered).collect()),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) | HirKind::Class(Class::Unicode(_)) => {
            hir.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_spans_line_breaks_and_marks_but_not_in_a_class() {
        let (pattern, _) = Pattern::read(r"works in [a b]postman").expect("a pattern");
        assert!(pattern.is_in("Works\nin  Postman"));
        assert!(pattern.is_in("works in `bpostman`"));
        assert!(!pattern.is_in("worksin postman"));
    }

    #[test]
    fn case_counts_only_where_a_pattern_asks_for_it() {
        let (pattern, _) = Pattern::read(r"code = (?-i:UNAUTHENTICATED)").expect("a pattern");
        assert!(pattern.is_in("Code = UNAUTHENTICATED"));
        assert!(!pattern.is_in("code = unauthenticated"));
        let (pattern, _) = Pattern::read(r"[^A-Z]x\W").expect("a pattern");
        assert!(pattern.is_in("1X-"));
        assert!(!pattern.is_in("aX-"));
    }
}
