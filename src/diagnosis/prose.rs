//! What the words of a report say about its cause: nearest labelled texts (BM25) and word counts by cause (naive Bayes).
//! Knows nothing of findings.
//!
//! All logarithms are taken when the texts are counted, so that reading a report is a walk over two lists for each word.

mod terms;

use std::collections::HashMap;

use super::case::Case;
use crate::cause::Cause;
use crate::report::{Exchange, Origin, Piece, Report};
use terms::Vocabulary;

/// BM25's saturation of repeated words and its correction for length: the usual values (Robertson and Zaragoza, 2009).
const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.6;
/// Added to each word count by cause; small, since causes have few texts.
const SMOOTHING: f64 = 0.05;
/// How many words a cause is counted with before any of its texts is read, spread as they are over all texts.
const EXPECTED: f64 = SMOOTHING * 20.0 * 40.0;
/// How much of a text's own length counts in naive Bayes: words of one report are far from independent.
const BAYES_SHARE: f64 = 0.7;
/// Added to the length, so that a handful of words does not outweigh what was found.
const FEW_WORDS: f64 = 15.0;
/// How many neighbours have a say.
const NEIGHBOURS: usize = 24;
/// How often a cause is counted before any case is seen.
const PRIOR_COUNT: f64 = 3.0;

/// So much of a long report is read for its words, in bytes. The labelled texts hold a few hundred words each and a word
/// counts twice at most: what comes after this tells nothing new, and the cost stays bounded.
const LONGEST: usize = 64 * 1024;

/// The texts by cause, counted once.
#[derive(Debug)]
pub(super) struct Prose {
    vocabulary: Vocabulary,
    documents: Vec<Document>,
    /// For each term the documents it stands in, with what it adds to their BM25 score.
    postings: Rows,
    /// For each term the causes in whose texts it stands, with how much likelier than by chance: ln(1 + count / expected).
    gains: Rows,
    /// For each term, how often it is expected in the texts of a cause by chance; the unit of the counts above.
    expected: Vec<f32>,
    /// How many words each cause's texts have.
    totals: [f64; Cause::COUNT],
    /// How many cases turned out to be each cause.
    cases: [f64; Cause::COUNT],
}

/// Rows of numbered weights, one after the other.
#[derive(Debug, Default)]
struct Rows {
    /// Where each row ends.
    ends: Vec<u32>,
    cells: Vec<(u32, f32)>,
}

impl Rows {
    fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        self.cells.extend(row);
        self.ends.push(u32::try_from(self.cells.len()).unwrap_or(u32::MAX));
    }

    fn row(&self, index: usize) -> &[(u32, f32)] {
        let end = self.ends.get(index).copied().unwrap_or_default();
        let start =
            index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.cells.get(start as usize..end as usize).unwrap_or_default()
    }
}

#[derive(Debug)]
struct Document {
    /// The id of the case; articles and descriptions have none.
    case: Option<String>,
    causes: Vec<(Cause, f64)>,
    kind: Kind,
    /// Its terms with how often they stand, of a case only: it may be left out.
    terms: Vec<(u32, f32)>,
}

/// What a text is, which decides how much it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Case,
    Description,
    Article,
}

impl Kind {
    /// How much a neighbour of this kind counts.
    fn neighbour(self) -> f64 {
        match self {
            Kind::Case => 1.0,
            Kind::Description => 1.0,
            Kind::Article => 1.0,
        }
    }

    /// How much each of its words counts by cause.
    fn bayes(self) -> f64 {
        match self {
            Kind::Case => 1.0,
            Kind::Description => 1.0,
            Kind::Article => 0.3,
        }
    }
}

/// What the words say: a term of the score for each cause, and the log prior.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// Nearest texts, 0 to 1 and summing to 1 where there are any.
    pub nearest: [f64; Cause::COUNT],
    /// Naive Bayes, as log probabilities relative to their mean.
    pub bayes: [f64; Cause::COUNT],
    pub log_prior: [f64; Cause::COUNT],
}

/// The texts while they are counted.
#[derive(Default)]
struct Counts {
    vocabulary: Vocabulary,
    documents: Vec<Document>,
    lengths: Vec<f64>,
    /// For each document its terms.
    terms: Vec<Vec<(u32, f64)>>,
}

impl Counts {
    fn add(&mut self, case: Option<String>, causes: Vec<(Cause, f64)>, kind: Kind, texts: &[(&str, f64)]) {
        let mut counted: HashMap<u32, f64> = HashMap::new();
        let mut length = 0.0;
        for (text, weight) in texts {
            self.vocabulary.learn([*text], |term| {
                *counted.entry(term).or_default() += weight;
                length += weight;
            });
        }
        let mut terms: Vec<(u32, f64)> = counted.into_iter().collect();
        terms.sort_unstable_by_key(|(term, _)| *term);
        let kept = case.iter().flat_map(|_| &terms).map(|(term, count)| (*term, *count as f32)).collect();
        self.documents.push(Document { case, causes, kind, terms: kept });
        self.lengths.push(length);
        self.terms.push(terms);
    }
}

impl Prose {
    /// Counts the words of all texts.
    pub fn new(
        cause_texts: &[(Cause, String)],
        descriptions: &[(Cause, String)],
        labelled: &[Case],
    ) -> Prose {
        let mut counts = Counts::default();
        let mut cases = [0.0; Cause::COUNT];
        for (cause, text) in cause_texts {
            counts.add(None, vec![(*cause, 1.0)], Kind::Article, &[(text, 1.0)]);
        }
        for (cause, text) in descriptions {
            counts.add(None, vec![(*cause, 1.0)], Kind::Description, &[(text, 1.0)]);
        }
        for case in labelled {
            let mut causes = vec![(case.cause, 1.0)];
            causes.extend(case.also.iter().map(|cause| (*cause, 0.4)));
            if let Some(count) = cases.get_mut(case.cause.index()) {
                *count += 1.0;
            }
            counts.add(
                Some(case.id.clone()),
                causes,
                Kind::Case,
                &[(&case.report, 1.0), (&case.resolution, 0.5)],
            );
        }
        Prose::weigh(counts, cases)
    }

    /// Turns counts into weights.
    fn weigh(counts: Counts, cases: [f64; Cause::COUNT]) -> Prose {
        let Counts { mut vocabulary, documents, lengths, terms } = counts;
        vocabulary.shrink();
        let mut standing: Vec<Vec<(u32, f64)>> = vec![Vec::new(); vocabulary.len()];
        for (document, terms) in (0..).zip(&terms) {
            for (term, count) in terms {
                if let Some(standing) = standing.get_mut(*term as usize) {
                    standing.push((document, *count));
                }
            }
        }
        let mut totals = [0.0; Cause::COUNT];
        let by_cause: Vec<[f64; Cause::COUNT]> = standing
            .iter()
            .map(|standing| {
                let mut by_cause = [0.0; Cause::COUNT];
                for (document, count) in standing {
                    let Some(document) = documents.get(*document as usize) else { continue };
                    for (cause, share) in &document.causes {
                        let counted = count.min(2.0) * document.kind.bayes() * share;
                        by_cause.get_mut(cause.index()).into_iter().for_each(|sum| *sum += counted);
                        totals.get_mut(cause.index()).into_iter().for_each(|sum| *sum += counted);
                    }
                }
                by_cause
            })
            .collect();
        let background = totals.iter().sum::<f64>() + SMOOTHING * vocabulary.len() as f64;
        let mean_length = (lengths.iter().sum::<f64>() / documents.len().max(1) as f64).max(1.0);
        let mut prose = Prose {
            vocabulary,
            documents,
            postings: Rows::default(),
            gains: Rows::default(),
            expected: Vec::with_capacity(standing.len()),
            totals,
            cases,
        };
        let count = prose.documents.len() as f64;
        for (standing, by_cause) in standing.iter().zip(&by_cause) {
            let often = standing.len() as f64;
            let idf = (1.0 + (count - often + 0.5) / (often + 0.5)).ln();
            prose.postings.push(standing.iter().map(|(document, often)| {
                let length = lengths.get(*document as usize).copied().unwrap_or(1.0);
                let norm = SATURATION * (1.0 - LENGTH + LENGTH * length / mean_length);
                (*document, (idf * often * (SATURATION + 1.0) / (often + norm)) as f32)
            }));
            let everywhere = by_cause.iter().sum::<f64>().max(SMOOTHING);
            let expected = EXPECTED * (everywhere + SMOOTHING) / background;
            let counted = (0..).zip(by_cause).filter(|(_, count)| **count > 0.0);
            prose.gains.push(counted.map(|(cause, count)| (cause, (count / expected).ln_1p() as f32)));
            prose.expected.push(expected as f32);
        }
        prose
    }

    /// Reads the parts of a report; `without` is the id of a case to leave out.
    pub fn read<'t>(&self, parts: impl IntoIterator<Item = &'t str>, without: Option<&str>) -> Words {
        let mut found: Vec<u32> = Vec::new();
        self.vocabulary.find(parts, |term| found.push(term));
        found.sort_unstable();
        let query: Vec<(u32, f64)> = found
            .chunk_by(|one, other| one == other)
            .filter_map(|same| Some((*same.first()?, same.len().min(2) as f64)))
            .collect();
        let left_out = without
            .and_then(|id| self.documents.iter().position(|document| document.case.as_deref() == Some(id)));
        Words {
            nearest: self.nearest(&query, left_out),
            bayes: self.bayes(&query, left_out),
            log_prior: self.log_prior(left_out),
        }
    }

    fn nearest(&self, query: &[(u32, f64)], left_out: Option<usize>) -> [f64; Cause::COUNT] {
        let mut scores = vec![0.0; self.documents.len()];
        for (term, times) in query {
            let times = times.sqrt();
            for (document, weight) in self.postings.row(*term as usize) {
                if let Some(score) = scores.get_mut(*document as usize) {
                    *score += times * f64::from(*weight);
                }
            }
        }
        let mut best: Vec<(f64, usize)> = scores
            .into_iter()
            .zip(&self.documents)
            .enumerate()
            .filter(|(index, (score, _))| Some(*index) != left_out && *score > 0.0)
            .map(|(index, (score, document))| (score * document.kind.neighbour(), index))
            .collect();
        let order =
            |one: &(f64, usize), other: &(f64, usize)| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1));
        if best.len() > NEIGHBOURS {
            best.select_nth_unstable_by(NEIGHBOURS, order);
            best.truncate(NEIGHBOURS);
        }
        best.sort_unstable_by(order);
        let mut nearest = [0.0; Cause::COUNT];
        let top = best.first().map_or(1.0, |(score, _)| *score);
        for (score, index) in best {
            for (cause, share) in self.documents.get(index).iter().flat_map(|document| &document.causes) {
                if let Some(entry) = nearest.get_mut(cause.index()) {
                    *entry += (score / top).powi(4) * share;
                }
            }
        }
        let sum: f64 = nearest.iter().sum();
        nearest.map(|share| if sum > 0.0 { share / sum } else { 0.0 })
    }

    /// Naive Bayes. The likelihood of a word given a cause is (count + expected) / (total + EXPECTED); what it has in
    /// common for all causes falls out when the mean is taken off.
    fn bayes(&self, query: &[(u32, f64)], left_out: Option<usize>) -> [f64; Cause::COUNT] {
        let mut logs = [0.0; Cause::COUNT];
        let mut totals = self.totals;
        for (term, times) in query {
            for (cause, gain) in self.gains.row(*term as usize) {
                if let Some(log) = logs.get_mut(*cause as usize) {
                    *log += times * f64::from(*gain);
                }
            }
        }
        if let Some(document) = left_out.and_then(|index| self.documents.get(index)) {
            self.take_off(document, query, &mut logs, &mut totals);
        }
        let length: f64 = query.iter().map(|(_, times)| times).sum();
        for (log, total) in logs.iter_mut().zip(totals) {
            *log -= length * (total.max(0.0) + EXPECTED).ln();
        }
        let mean = logs.iter().sum::<f64>() / Cause::COUNT as f64;
        logs.map(|log| (log - mean) / (length.max(1.0) + FEW_WORDS).powf(BAYES_SHARE))
    }

    /// Takes off what a document that is left out added.
    fn take_off(
        &self,
        document: &Document,
        query: &[(u32, f64)],
        logs: &mut [f64; Cause::COUNT],
        totals: &mut [f64; Cause::COUNT],
    ) {
        let counted = |count: f32| f64::from(count).min(2.0) * document.kind.bayes();
        let own_total: f64 = document.terms.iter().map(|(_, count)| counted(*count)).sum();
        for (cause, share) in &document.causes {
            let (Some(log), Some(total)) = (logs.get_mut(cause.index()), totals.get_mut(cause.index()))
            else {
                continue;
            };
            *total -= share * own_total;
            for (term, times) in query {
                let Ok(own) = document.terms.binary_search_by_key(term, |(term, _)| *term) else { continue };
                let own = document.terms.get(own).map_or(0.0, |(_, count)| counted(*count));
                let gain =
                    self.gains.row(*term as usize).iter().find(|(of, _)| *of as usize == cause.index());
                let gain = gain.map_or(0.0, |(_, gain)| f64::from(*gain));
                let expected = self.expected.get(*term as usize).map_or(1.0, |expected| f64::from(*expected));
                let left = (gain.exp_m1() - share * own / expected).max(0.0);
                *log += times * (left.ln_1p() - gain);
            }
        }
    }

    fn log_prior(&self, left_out: Option<usize>) -> [f64; Cause::COUNT] {
        let mut counts = self.cases;
        let own =
            left_out.and_then(|index| self.documents.get(index)).and_then(|document| document.causes.first());
        if let Some(count) = own.and_then(|(cause, _)| counts.get_mut(cause.index())) {
            *count -= 1.0;
        }
        let sum: f64 = counts.iter().map(|count| count + PRIOR_COUNT).sum();
        counts.map(|count| ((count + PRIOR_COUNT) / sum).ln())
    }
}

/// The parts of a report whose words tell something: what people and programs wrote. Header fields and request lines
/// are the same in most pastes and are left to the rules. Of a long report, what people wrote comes first.
pub(super) fn telling<'r>(report: &'r Report<'_>) -> Vec<&'r str> {
    let on_the_wire = |exchange: &Exchange<'_>| {
        exchange
            .request
            .as_ref()
            .is_some_and(|request| matches!(request.origin, Origin::Wire | Origin::Browser))
    };
    if report.text.len() <= LONGEST && !report.exchanges.iter().any(on_the_wire) {
        return vec![report.text];
    }
    let bodies = report.exchanges.iter().flat_map(|exchange| {
        let sent = exchange.request.as_ref().and_then(|request| request.body.as_ref());
        let answered = exchange.response.as_ref().and_then(|response| response.body.as_ref());
        sent.into_iter().chain(answered)
    });
    let fields = report.exchanges.iter().flat_map(|exchange| {
        let sent = exchange.request.as_ref().map(|request| &request.headers);
        let answered = exchange.response.as_ref().map(|response| &response.headers);
        sent.into_iter().chain(answered).flat_map(|headers| &headers.0)
    });
    let names = fields.map(|header| &header.name).filter(|name| is_telling(&name.text));
    let pieces = report.prose.iter().chain(&report.logs).chain(&report.bodies).chain(&report.commands);
    let mut left = LONGEST;
    let shortened = |piece: &'r Piece<'_>| {
        let part = piece.text.get(..piece.text.floor_char_boundary(left)).unwrap_or_default();
        left -= part.len();
        (!part.is_empty()).then_some(part)
    };
    pieces.chain(bodies).chain(names).map_while(shortened).collect()
}

/// Whether the name of a header field tells more than that there was a request.
fn is_telling(name: &str) -> bool {
    const COMMON: [&str; 14] = [
        "host",
        "user-agent",
        "accept",
        "date",
        "server",
        "connection",
        "cache-control",
        "authorization",
        "pragma",
        "vary",
        "etag",
        "expires",
        "via",
        "set-cookie",
    ];
    let begins = |start: &str| name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    !COMMON.iter().any(|common| name.eq_ignore_ascii_case(common))
        && !begins("content-")
        && !begins("accept-")
}
