//! What was typed, as a query. Any text is one: there is no syntax, so there is nothing to get wrong.

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::index::{Entry, Fields, Pair};
use super::snippet::Marks;
use super::synonyms::Synonyms;
use super::vocabulary::Vocabulary;
use super::words::{Stemmer, Word, is_filler, words};

/// How much of what was typed is read. A pasted page of log is for the diagnosis.
const MOST_CHARS: usize = 200;

/// How many words of it are looked for.
const MOST_WORDS: usize = 16;

/// What a match counts, by where it is.
mod boost {
    pub const TITLE: f32 = 4.5;
    pub const HEADING: f32 = 1.8;
    /// In the slug: the cause's id, which is the shortest name of an article.
    pub const SLUG: f32 = 2.0;
    pub const TEXT: f32 = 1.0;
    /// In the title of the article that a section belongs to: it makes the section fit, not the reason to show it.
    pub const CONTEXT: f32 = 1.5;
}

/// What a match counts, by how it came about.
mod worth {
    pub const STEM: f32 = 1.0;
    pub const EXACT: f32 = 1.3;
    /// A code such as `invalid_token`, found whole.
    pub const CODE: f32 = 3.0;
    /// The parts of a code, side by side.
    pub const PARTS: f32 = 0.7;
    pub const SYNONYM: f32 = 0.6;
    /// A word that begins like the last one typed.
    pub const ENDING: f32 = 0.4;
    /// A word that the typed one may be a slip of.
    pub const NEIGHBOUR: f32 = 0.35;
    /// Two typed words side by side, added to what they count.
    pub const SIDE_BY_SIDE: f32 = 1.5;
    /// What matches beside the best match of a word adds a little.
    pub const TIE: f32 = 0.1;
}

/// What was typed.
pub(super) struct Typed {
    words: Vec<Word>,
    stems: Vec<String>,
    /// Whether the last word may go on.
    unfinished: bool,
    text: String,
}

/// How far a search goes to find something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Slips are allowed for in words that the library does not have. Most words must be there.
    Near,
    /// Slips are allowed for in every word.
    Wide,
    /// And one word is enough.
    AnyWord,
}

/// A query, and the words that show in a text why it was found.
pub(super) struct Plan {
    pub query: Box<dyn Query>,
    pub marks: Marks,
}

impl Typed {
    /// Reads what was typed, as far as it is read.
    pub fn read(text: &str) -> Typed {
        let text: String = text.chars().take(MOST_CHARS).collect();
        let mut words = words(&text);
        words.truncate(MOST_WORDS);
        let mut stemmer = Stemmer::new();
        let stems = words.iter().map(|word| stemmer.stem(&word.text)).collect();
        let unfinished = words.last().is_some_and(|last| last.span.end == text.len());
        Typed { words, stems, unfinished, text }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words, and whether each is the beginning of one.
    pub fn beginnings(&self) -> impl Iterator<Item = (&str, bool)> {
        let last = self.words.len().saturating_sub(1);
        self.words
            .iter()
            .enumerate()
            .map(move |(at, word)| (word.text.as_str(), self.unfinished && at == last))
    }

    /// Whether this is the head of the article whose title or slug was typed, with blanks or dashes between the words.
    pub fn names(&self, entry: &Entry) -> bool {
        let same = |name: &str| {
            let name = name.to_lowercase();
            let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
            let typed = self.words.iter().flat_map(|word| match word.parts.as_slice() {
                [] => vec![word.text.as_str()],
                parts => parts.iter().map(|part| part.text.as_str()).collect(),
            });
            parts.eq(typed)
        };
        entry.heading.is_none() && (same(&entry.slug) || same(&entry.title))
    }

    /// The text with every word that the library does not have replaced by the nearest one that it has. `None` when
    /// it has them all, or nothing is near.
    pub fn corrected(&self, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Option<String> {
        let mut corrected = self.text.clone();
        let mut changed = false;
        for (at, word) in self.words.iter().enumerate().rev() {
            let unfinished = self.unfinished && at + 1 == self.words.len();
            let known = vocabulary.knows(&word.text, &self.stems[at])
                || synonyms.at(&[&self.stems[at]]).is_some()
                || is_filler(&word.text)
                || (unfinished && !vocabulary.endings(&word.text).is_empty());
            if known {
                continue;
            }
            if let Some(nearest) = vocabulary.neighbours(&word.text).first() {
                corrected.replace_range(word.span.clone(), nearest);
                changed = true;
            }
        }
        changed.then(|| corrected.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The query, or `None` when none of the words can be found.
    pub fn plan(
        &self,
        fields: &Fields,
        vocabulary: &Vocabulary,
        synonyms: &Synonyms,
        reach: Reach,
    ) -> Option<Plan> {
        let mut builder = Builder {
            typed: self,
            fields,
            vocabulary,
            synonyms,
            reach,
            stemmer: Stemmer::new(),
            marks: Marks::default(),
            phrases: Vec::new(),
        };
        let units = builder.units();
        if units.is_empty() {
            return None;
        }
        let required = match (reach, units.len()) {
            (Reach::AnyWord, _) => 1,
            (_, all @ 1..=2) => all,
            (_, 3..=4) => units.len() - 1,
            (_, many) => many * 3 / 5,
        };
        // A section is found for what it says itself. The title above it only makes it fit better.
        let anywhere = clauses(&units, |unit| unit.anywhere.box_clone());
        let own = clauses(&units, |unit| unit.own.box_clone());
        let mut parts: Vec<(Occur, Box<dyn Query>)> = vec![
            (Occur::Must, Box::new(BooleanQuery::with_minimum_required_clauses(anywhere, required))),
            (Occur::Must, Box::new(BoostQuery::new(Box::new(BooleanQuery::new(own)), 0.0))),
        ];
        parts.extend(builder.side_by_side().into_iter().map(|query| (Occur::Should, query)));
        Some(Plan { query: Box::new(BooleanQuery::new(parts)), marks: builder.marks })
    }
}

/// A typed word, or a phrase with synonyms, as a query.
struct Unit {
    /// Over all fields.
    anywhere: Box<dyn Query>,
    /// Without the context.
    own: Box<dyn Query>,
}

fn clauses(units: &[Unit], of: impl Fn(&Unit) -> Box<dyn Query>) -> Vec<(Occur, Box<dyn Query>)> {
    units.iter().map(|unit| (Occur::Should, of(unit))).collect()
}

/// What one unit is looked for as: alternatives, of which the best counts.
type Alternatives = Vec<Box<dyn Fn(Pair) -> Box<dyn Query>>>;

struct Builder<'b> {
    typed: &'b Typed,
    fields: &'b Fields,
    vocabulary: &'b Vocabulary,
    synonyms: &'b Synonyms,
    reach: Reach,
    stemmer: Stemmer,
    marks: Marks,
    /// The places of words that a phrase with synonyms goes on after.
    phrases: Vec<usize>,
}

impl Builder<'_> {
    /// One unit for each word or phrase that can be found. Fillers count only where nothing else was typed.
    fn units(&mut self) -> Vec<Unit> {
        let only_fillers = self.typed.words.iter().all(|word| is_filler(&word.text));
        let stems: Vec<&str> = self.typed.stems.iter().map(String::as_str).collect();
        let mut units = Vec::new();
        let mut at = 0;
        while let Some(rest) = stems.get(at..).filter(|rest| !rest.is_empty()) {
            let synonyms = self.synonyms.at(rest);
            let length = synonyms.map_or(1, |(length, _)| length);
            let filler = synonyms.is_none() && is_filler(&self.typed.words[at].text);
            if !filler || only_fillers {
                let same = synonyms.map_or(&[][..], |(_, same)| same);
                units.extend(self.unit(at, length, same));
            }
            // Within a phrase it is no surprise that the words stand side by side.
            self.phrases.extend(at..at + length - 1);
            at += length;
        }
        units
    }

    fn unit(&mut self, at: usize, length: usize, same: &[Vec<String>]) -> Option<Unit> {
        let mut alternatives: Alternatives = Vec::new();
        if length == 1 {
            self.word(at, &mut alternatives);
        } else {
            let phrase: Vec<String> =
                self.typed.words[at..at + length].iter().map(|word| word.text.clone()).collect();
            self.phrase(at, &phrase, worth::STEM, &mut alternatives);
            self.apart(at, length, &mut alternatives);
        }
        for phrase in same {
            self.phrase(at, phrase, worth::SYNONYM, &mut alternatives);
        }
        if alternatives.is_empty() {
            return None;
        }
        let over = |fields: &[(Pair, f32)]| -> Box<dyn Query> {
            let queries = fields
                .iter()
                .flat_map(|(pair, boost)| {
                    alternatives.iter().map(|alternative| boosted(alternative(*pair), *boost))
                })
                .collect();
            Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, worth::TIE))
        };
        let Fields { title, slug, heading, text, context } = *self.fields;
        let own =
            [(title, boost::TITLE), (slug, boost::SLUG), (heading, boost::HEADING), (text, boost::TEXT)];
        let anywhere = [own[0], own[1], own[2], own[3], (context, boost::CONTEXT)];
        Some(Unit { anywhere: over(&anywhere), own: over(&own) })
    }

    /// A typed word: itself, its stem, its parts, what it may be the beginning or a slip of.
    fn word(&mut self, at: usize, alternatives: &mut Alternatives) {
        let typed = self.typed;
        let (word, stem) = (&typed.words[at], &typed.stems[at]);
        let known = self.vocabulary.knows(&word.text, stem);
        if known {
            let (worth, weight) = if word.parts.is_empty() { (worth::EXACT, 1) } else { (worth::CODE, 3) };
            self.marks.word(&word.text, at, weight);
            self.marks.word(stem, at, weight);
            alternatives.push(exact(&word.text, worth));
            alternatives.push(stemmed(stem, worth::STEM));
        }
        if !word.parts.is_empty() {
            let parts: Vec<String> = word.parts.iter().map(|part| part.text.clone()).collect();
            self.phrase(at, &parts, worth::PARTS, alternatives);
        }
        if typed.unfinished && at + 1 == typed.words.len() && word.text.chars().count() > 1 {
            for ending in self.vocabulary.endings(&word.text) {
                self.marks.word(ending, at, 1);
                alternatives.push(exact(ending, worth::ENDING));
            }
        }
        if alternatives.is_empty() || self.reach != Reach::Near {
            for neighbour in self.vocabulary.neighbours(&word.text) {
                self.marks.word(neighbour, at, 1);
                alternatives.push(exact(neighbour, worth::NEIGHBOUR));
            }
        }
    }

    /// Words one after the other.
    fn phrase(&mut self, at: usize, phrase: &[String], worth: f32, alternatives: &mut Alternatives) {
        let stems: Vec<String> = phrase.iter().map(|word| self.stemmer.stem(word)).collect();
        if !phrase.iter().zip(&stems).all(|(word, stem)| self.vocabulary.knows(word, stem)) {
            return;
        }
        match <[String; 1]>::try_from(stems) {
            Ok([stem]) => {
                self.marks.word(&stem, at, 1);
                alternatives.push(stemmed(&stem, worth));
            }
            Err(stems) => {
                self.marks.phrase(&stems, at);
                alternatives.push(Box::new(move |pair| {
                    let terms = stems.iter().map(|stem| Term::from_field_text(pair.stem, stem)).collect();
                    boosted(Box::new(PhraseQuery::new(terms)), worth)
                }));
            }
        }
    }

    /// The typed words of a phrase, all of them but not one after the other.
    fn apart(&mut self, at: usize, length: usize, alternatives: &mut Alternatives) {
        let stems: Vec<String> = (at..at + length)
            .filter(|at| !is_filler(&self.typed.words[*at].text))
            .map(|at| self.typed.stems[at].clone())
            .collect();
        if stems.len() < 2 {
            return;
        }
        for stem in &stems {
            self.marks.word(stem, at, 1);
        }
        alternatives.push(Box::new(move |pair| {
            let all = stems.iter().map(|stem| (Occur::Must, term(pair.stem, stem))).collect();
            boosted(Box::new(BooleanQuery::new(all)), worth::PARTS)
        }));
    }

    /// Typed words side by side.
    fn side_by_side(&self) -> Vec<Box<dyn Query>> {
        let pairs = self.typed.words.iter().zip(&self.typed.stems).collect::<Vec<_>>();
        let phrase = |field: Field, boost: f32, a: &str, b: &str| {
            let terms = vec![Term::from_field_text(field, a), Term::from_field_text(field, b)];
            boosted(Box::new(PhraseQuery::new(terms)), boost * worth::SIDE_BY_SIDE)
        };
        pairs
            .windows(2)
            .enumerate()
            .filter(|(at, _)| !self.phrases.contains(at))
            .filter_map(|(_, two)| match two {
                [(a, a_stem), (b, b_stem)] if a.parts.is_empty() && b.parts.is_empty() => {
                    Some((a_stem, b_stem))
                }
                _ => None,
            })
            .flat_map(|(a, b)| {
                [
                    phrase(self.fields.title.stem, boost::TITLE / 2.0, a, b),
                    phrase(self.fields.slug.stem, boost::SLUG, a, b),
                    phrase(self.fields.context.stem, boost::CONTEXT / 2.0, a, b),
                    phrase(self.fields.heading.stem, boost::HEADING / 2.0, a, b),
                    phrase(self.fields.text.stem, boost::TEXT, a, b),
                ]
            })
            .collect()
    }
}

fn term(field: Field, word: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs))
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}

fn exact(word: &str, worth: f32) -> Box<dyn Fn(Pair) -> Box<dyn Query>> {
    let word = word.to_owned();
    Box::new(move |pair| boosted(term(pair.exact, &word), worth))
}

fn stemmed(stem: &str, worth: f32) -> Box<dyn Fn(Pair) -> Box<dyn Query>> {
    let stem = stem.to_owned();
    Box::new(move |pair| boosted(term(pair.stem, &stem), worth))
}
