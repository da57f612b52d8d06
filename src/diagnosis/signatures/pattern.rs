//! One signature's pattern: read at once, compiled only when a paste holds its words. Knows nothing of reports.
//!
//! Patterns ignore case. Instead of teaching every automaton both cases, the paste is put into lower case once and the
//! patterns are too; that halves them.

use std::ops::Range;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{self, Cache, DFA};
use regex_automata::meta::{self, Regex};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::pool::{Pool, PoolGuard};
use regex_automata::{Anchored, Input};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition};

use super::words::{self, Required};

/// What a space in a pattern stands for: what separates words in a paste, which is white space, line breaks and the
/// marks with which people set code and stress.
const SPACE: &str = r#"(?:(?:[\s*`_"']|\xE2\x80[\x98-\x9D])+)"#;
/// How much memory the states of one automaton may take before they are built anew, in bytes.
const STATES: usize = 1 << 19;

/// A pattern, and what it is compiled to once that is needed.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    here: OnceLock<Option<Here>>,
    anywhere: OnceLock<Option<Anywhere>>,
}

/// A text in its own case and in lower case.
#[derive(Clone, Copy)]
pub(super) struct Haystack<'h> {
    pub text: &'h str,
    /// The same bytes with ASCII letters in lower case.
    pub lower: &'h [u8],
}

impl<'h> Haystack<'h> {
    /// The bytes that a pattern looks at: one in which a capital must stand, by `(?-i:…)`, the text as it is written.
    fn bytes(self, cased: bool) -> &'h [u8] {
        if cased { self.text.as_bytes() } else { self.lower }
    }
}

impl Pattern {
    /// Reads a pattern, and what each match must hold.
    ///
    /// # Errors
    /// What is wrong with the syntax.
    pub fn read(matches: &str) -> Result<(Pattern, Required), String> {
        let required = words::required(matches)?;
        let pattern =
            Pattern { source: matches.to_owned(), here: OnceLock::new(), anywhere: OnceLock::new() };
        Ok((pattern, required))
    }

    /// Compiles it, to see whether that can be done.
    ///
    /// # Errors
    /// Why it can't: it is too large.
    pub fn try_compile(&self) -> Result<(), String> {
        Here::new(&self.source)?;
        Anywhere::new(&self.source)?;
        Ok(())
    }

    /// Lets go of what it was compiled to until that is needed again.
    pub fn forget(&mut self) {
        self.here.take();
        self.anywhere.take();
    }

    /// Whether it stands anywhere in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        let haystack = Haystack { text, lower: lower.as_bytes() };
        self.all(haystack, 0..text.len()).next().is_some()
    }

    /// What tells where a match ends that begins at a given place of a text.
    pub fn walk<'h>(&'h self, haystack: Haystack<'h>) -> Option<Walk<'h>> {
        let here = self.here.get_or_init(|| Here::new(&self.source).ok()).as_ref()?;
        Some(Walk { dfa: &here.dfa, cache: here.caches.get(), bytes: haystack.bytes(here.cased) })
    }

    /// Every place in a part of a text, in order.
    pub fn all<'h>(
        &'h self,
        haystack: Haystack<'h>,
        part: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + 'h {
        // A pattern that does not compile is a problem when it is proven; here it is seen nowhere.
        let anywhere = self.anywhere.get_or_init(|| Anywhere::new(&self.source).ok());
        anywhere.iter().flat_map(move |anywhere| {
            let input = Input::new(haystack.bytes(anywhere.cased)).range(part.clone());
            anywhere.regex.find_iter(input).map(|found| found.range())
        })
    }
}

/// An automaton for matches that begin at a given place, built state by state while it is used.
#[derive(Debug)]
struct Here {
    dfa: DFA,
    caches: Pool<Cache, NewCache>,
    cased: bool,
}

/// Makes room for the states, once for each thread that uses an automaton at the same time.
type NewCache = Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>;

impl Here {
    fn new(source: &str) -> Result<Here, String> {
        let (hir, cased) = parse(&words::replace_spaces(source, SPACE))?;
        let nfa = thompson::Compiler::new()
            .configure(thompson::Config::new().utf8(false).which_captures(WhichCaptures::None))
            .build_from_hir(&hir)
            .map_err(|error| error.to_string())?;
        let config = dfa::Config::new().cache_capacity(STATES).skip_cache_capacity_check(true);
        let dfa =
            dfa::Builder::new().configure(config).build_from_nfa(nfa).map_err(|error| error.to_string())?;
        let for_caches = dfa.clone();
        Ok(Here { dfa, caches: Pool::new(Box::new(move || for_caches.create_cache())), cased })
    }
}

/// A walk of an automaton over a text, from one place after the other.
pub(super) struct Walk<'h> {
    dfa: &'h DFA,
    cache: PoolGuard<'h, Cache, NewCache>,
    bytes: &'h [u8],
}

impl Walk<'_> {
    /// Where the match ends that begins where a part of the text does, and lies in it. Takes from `fuel` how many bytes it
    /// looked at; by hand, because only so can that be told: a text can be made in which it looks far from every place.
    pub fn end(&mut self, part: Range<usize>, fuel: &mut usize) -> Option<usize> {
        let input = Input::new(self.bytes).range(part.clone()).anchored(Anchored::Yes);
        let mut state = self.dfa.start_state_forward(&mut self.cache, &input).ok()?;
        let mut end = None;
        // A state says that there was a match before the byte that led to it, so that one byte more is read.
        let bytes = self.bytes.get(part.start..self.bytes.len().min(part.end + 1))?;
        for (at, byte) in (part.start..).zip(bytes) {
            state = self.dfa.next_state(&mut self.cache, state, *byte).ok()?;
            if state.is_tagged() {
                if state.is_match() {
                    end = Some(at);
                } else if state.is_dead() || state.is_quit() {
                    *fuel = fuel.saturating_sub(at - part.start + 1);
                    return end;
                }
            }
        }
        *fuel = fuel.saturating_sub(part.len() + 1);
        if part.end >= self.bytes.len() {
            let last = self.dfa.next_eoi_state(&mut self.cache, state).ok()?;
            end = if last.is_match() { Some(part.end) } else { end };
        }
        end
    }
}

/// The engine for matches that may begin anywhere.
#[derive(Debug)]
struct Anywhere {
    regex: Regex,
    cased: bool,
}

impl Anywhere {
    fn new(source: &str) -> Result<Anywhere, String> {
        let (hir, cased) = parse(&words::replace_spaces(source, SPACE))?;
        // The words were found before; looking for literals once more would cost more than it saves.
        let config = meta::Config::new()
            .utf8_empty(false)
            .auto_prefilter(false)
            .which_captures(WhichCaptures::Implicit)
            .hybrid_cache_capacity(STATES);
        let regex =
            Regex::builder().configure(config).build_from_hir(&hir).map_err(|error| error.to_string())?;
        Ok(Anywhere { regex, cased })
    }
}

/// How patterns are read: without case, `^` and `$` at each line, and `\w`, `\b` and the like in ASCII, which keeps
/// several hundred automata small. Says too whether a part of the pattern asks for a case.
fn parse(source: &str) -> Result<(Hir, bool), String> {
    let mut parser = ParserBuilder::new();
    let parser = parser.multi_line(true).unicode(false).utf8(false).case_insensitive(true);
    let hir = parser.build().parse(source).map_err(|error| error.to_string())?;
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

    #[test]
    fn a_match_is_found_where_it_begins_and_what_was_looked_at_is_counted() {
        #[track_caller]
        fn check(pattern: &str, text: &str, part: Range<usize>, expected: (Option<usize>, usize)) {
            let (pattern, _) = Pattern::read(pattern).expect("a pattern");
            let lower = text.to_ascii_lowercase();
            let mut fuel = 100;
            let mut walk = pattern.walk(Haystack { text, lower: lower.as_bytes() }).expect("an automaton");
            let end = walk.end(part, &mut fuel);
            assert_eq!((end, 100 - fuel), expected, "{text}");
        }
        check(r"jwt expired\b", "JWT expired.", 0..12, (Some(11), 13));
        check(r"jwt expired\b", "JWT expired", 0..11, (Some(11), 12));
        check(r"jwt expired\b", "JWT expired today", 0..11, (Some(11), 12));
        check(r"jwt expired\b", "JWT expiredly", 0..13, (None, 12));
        check(r"expired", "JWT expired", 0..11, (None, 1));
        check(r"jwt[^.\n]*?expired", "jwt is. expired", 0..15, (None, 7));
        check(r"jwt|jwt expired", "jwt expired", 0..11, (Some(3), 5));
        check(r"a+", "aaaa", 0..2, (Some(2), 3));
    }
}
