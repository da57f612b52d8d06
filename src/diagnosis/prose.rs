//! What the words of a report say about its cause: nearest labelled texts (BM25) and word counts by cause (naive Bayes).
//! Knows nothing of findings.

use std::collections::{HashMap, HashSet};

use super::case::Case;
use crate::cause::Cause;
use crate::report::{Exchange, Origin, Report};

/// BM25's saturation of repeated words and its correction for length: the usual values (Robertson and Zaragoza, 2009).
const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.6;
/// Added to each word count by cause; small, since causes have few texts.
const SMOOTHING: f64 = 0.05;
/// How much of a text's own length counts in naive Bayes: words of one report are far from independent.
const BAYES_SHARE: f64 = 0.7;
/// Added to the length, so that a handful of words does not outweigh what was found.
const FEW_WORDS: f64 = 15.0;
/// How many neighbours have a say.
const NEIGHBOURS: usize = 24;
/// How often a cause is counted before any case is seen.
const PRIOR_COUNT: f64 = 3.0;

/// The texts by cause, counted once.
#[derive(Debug)]
pub(super) struct Prose {
    documents: Vec<Document>,
    /// Words by number.
    words: HashMap<String, usize>,
    /// For each word the documents it stands in, with how often.
    postings: Vec<Vec<(usize, f64)>>,
    mean_length: f64,
    /// How often each word stands in each cause's texts.
    counts: Vec<[f64; Cause::COUNT]>,
    totals: [f64; Cause::COUNT],
    /// How many cases turned out to be each cause.
    cases: [f64; Cause::COUNT],
}

#[derive(Debug)]
struct Document {
    /// The id of the case; articles and descriptions have none.
    case: Option<String>,
    causes: Vec<(Cause, f64)>,
    kind: Kind,
    length: f64,
    words: Vec<(usize, f64)>,
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

impl Prose {
    /// Counts the words of all texts.
    pub fn new(
        cause_texts: &[(Cause, String)],
        descriptions: Vec<(Cause, String)>,
        cases: Vec<Case>,
    ) -> Prose {
        let mut prose = Prose {
            documents: Vec::new(),
            words: HashMap::new(),
            postings: Vec::new(),
            mean_length: 1.0,
            counts: Vec::new(),
            totals: [0.0; Cause::COUNT],
            cases: [0.0; Cause::COUNT],
        };
        for (cause, text) in cause_texts {
            prose.add(None, vec![(*cause, 1.0)], Kind::Article, &[(text, 1.0)]);
        }
        for (cause, text) in &descriptions {
            prose.add(None, vec![(*cause, 1.0)], Kind::Description, &[(text, 1.0)]);
        }
        for case in cases {
            let mut causes = vec![(case.cause, 1.0)];
            causes.extend(case.also.iter().map(|cause| (*cause, 0.4)));
            if let Some(count) = prose.cases.get_mut(case.cause.index()) {
                *count += 1.0;
            }
            prose.add(Some(case.id), causes, Kind::Case, &[(&case.report, 1.0), (&case.resolution, 0.5)]);
        }
        let lengths: f64 = prose.documents.iter().map(|document| document.length).sum();
        prose.mean_length = (lengths / prose.documents.len().max(1) as f64).max(1.0);
        prose
    }

    fn add(&mut self, case: Option<String>, causes: Vec<(Cause, f64)>, kind: Kind, texts: &[(&String, f64)]) {
        let document = self.documents.len();
        let mut words: HashMap<usize, f64> = HashMap::new();
        let mut length = 0.0;
        for (text, weight) in texts {
            for word in features(text) {
                let next = self.words.len();
                let word = *self.words.entry(word).or_insert(next);
                if word == self.postings.len() {
                    self.postings.push(Vec::new());
                    self.counts.push([0.0; Cause::COUNT]);
                }
                *words.entry(word).or_default() += weight;
                length += weight;
            }
        }
        let mut words: Vec<(usize, f64)> = words.into_iter().collect();
        words.sort_by_key(|(word, _)| *word);
        for (word, count) in &words {
            if let Some(postings) = self.postings.get_mut(*word) {
                postings.push((document, *count));
            }
            for (cause, share) in &causes {
                let counted = count.min(2.0) * kind.bayes() * share;
                if let Some(by_cause) = self.counts.get_mut(*word).and_then(|all| all.get_mut(cause.index()))
                {
                    *by_cause += counted;
                }
                if let Some(total) = self.totals.get_mut(cause.index()) {
                    *total += counted;
                }
            }
        }
        self.documents.push(Document { case, causes, kind, length, words });
    }

    /// Reads a report; `without` is the id of a case to leave out.
    pub fn read(&self, text: &str, without: Option<&str>) -> Words {
        let mut query: HashMap<usize, f64> = HashMap::new();
        for word in features(text) {
            if let Some(word) = self.words.get(&word) {
                *query.entry(*word).or_default() += 1.0;
            }
        }
        let mut query: Vec<(usize, f64)> = query.into_iter().collect();
        query.sort_by_key(|(word, _)| *word);
        let left_out = without
            .and_then(|id| self.documents.iter().position(|document| document.case.as_deref() == Some(id)));
        Words {
            nearest: self.nearest(&query, left_out),
            bayes: self.bayes(&query, left_out),
            log_prior: self.log_prior(left_out),
        }
    }

    fn nearest(&self, query: &[(usize, f64)], left_out: Option<usize>) -> [f64; Cause::COUNT] {
        let mut scores = vec![0.0; self.documents.len()];
        let count = self.documents.len() as f64;
        for (word, times) in query {
            let Some(postings) = self.postings.get(*word) else { continue };
            let standing = postings.len() as f64;
            let idf = (1.0 + (count - standing + 0.5) / (standing + 0.5)).ln();
            for (document, often) in postings {
                let length = self.documents.get(*document).map_or(1.0, |document| document.length);
                let norm = SATURATION * (1.0 - LENGTH + LENGTH * length / self.mean_length);
                if let Some(score) = scores.get_mut(*document) {
                    *score += idf * often * (SATURATION + 1.0) / (often + norm) * times.min(2.0).sqrt();
                }
            }
        }
        let mut best: Vec<(f64, &Document)> = scores
            .iter()
            .zip(&self.documents)
            .enumerate()
            .filter(|(index, (score, _))| Some(*index) != left_out && **score > 0.0)
            .map(|(_, (score, document))| (score * document.kind.neighbour(), document))
            .collect();
        best.sort_by(|one, other| other.0.total_cmp(&one.0));
        best.truncate(NEIGHBOURS);
        let mut nearest = [0.0; Cause::COUNT];
        let top = best.first().map_or(1.0, |(score, _)| *score);
        for (score, document) in best {
            for (cause, share) in &document.causes {
                if let Some(entry) = nearest.get_mut(cause.index()) {
                    *entry += (score / top).powi(4) * share;
                }
            }
        }
        let sum: f64 = nearest.iter().sum();
        nearest.map(|share| if sum > 0.0 { share / sum } else { 0.0 })
    }

    fn bayes(&self, query: &[(usize, f64)], left_out: Option<usize>) -> [f64; Cause::COUNT] {
        let left_out = left_out.and_then(|index| self.documents.get(index));
        let own: HashMap<usize, f64> =
            left_out.map(|document| document.words.iter().copied().collect()).unwrap_or_default();
        let share_of = |cause: usize| {
            left_out.map_or(0.0, |document| {
                let share = document
                    .causes
                    .iter()
                    .find(|(own, _)| own.index() == cause)
                    .map_or(0.0, |(_, share)| *share);
                share * document.kind.bayes()
            })
        };
        let vocabulary = self.words.len() as f64;
        let own_total: f64 = own.values().map(|count| count.min(2.0)).sum();
        let mut logs = [0.0; Cause::COUNT];
        let background: f64 = self.totals.iter().sum::<f64>() + SMOOTHING * vocabulary;
        for (index, log) in logs.iter_mut().enumerate() {
            let share = share_of(index);
            let total = self.totals.get(index).copied().unwrap_or_default() - share * own_total;
            for (word, times) in query {
                let Some(counts) = self.counts.get(*word) else { continue };
                let own_count = own.get(word).map_or(0.0, |count| count.min(2.0));
                let count = counts.get(index).copied().unwrap_or_default() - share * own_count;
                let everywhere: f64 = counts.iter().sum::<f64>().max(SMOOTHING);
                let likelihood = (count.max(0.0)
                    + SMOOTHING * 20.0 * (everywhere + SMOOTHING) / background * 40.0)
                    / (total.max(0.0) + SMOOTHING * 20.0 * 40.0);
                *log += times.min(2.0) * (likelihood / ((everywhere + SMOOTHING) / background)).ln();
            }
        }
        let length: f64 = query.iter().map(|(_, times)| times.min(2.0)).sum::<f64>().max(1.0);
        let mean = logs.iter().sum::<f64>() / Cause::COUNT as f64;
        logs.map(|log| (log - mean) / (length + FEW_WORDS).powf(BAYES_SHARE))
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
/// are the same in most pastes and are left to the rules.
pub(super) fn telling(report: &Report<'_>) -> String {
    let on_the_wire = |exchange: &Exchange<'_>| {
        exchange
            .request
            .as_ref()
            .is_some_and(|request| matches!(request.origin, Origin::Wire | Origin::Browser))
    };
    if !report.exchanges.iter().any(on_the_wire) {
        return report.text.to_owned();
    }
    let pieces = report.prose.iter().chain(&report.logs).chain(&report.bodies).chain(&report.commands);
    let bodies = report.exchanges.iter().flat_map(|exchange| {
        let sent = exchange.request.as_ref().and_then(|request| request.body.as_ref());
        let answered = exchange.response.as_ref().and_then(|response| response.body.as_ref());
        sent.into_iter().chain(answered)
    });
    let mut telling = String::with_capacity(report.text.len());
    let fields = report.exchanges.iter().flat_map(|exchange| {
        let sent = exchange.request.as_ref().map(|request| &request.headers);
        let answered = exchange.response.as_ref().map(|response| &response.headers);
        sent.into_iter().chain(answered).flat_map(|headers| &headers.0)
    });
    let names = fields.map(|header| &header.name).filter(|name| is_telling(&name.text));
    for piece in pieces.chain(bodies).chain(names) {
        telling.push_str(&piece.text);
        telling.push('\n');
    }
    telling
}

/// Whether the name of a header field tells more than that there was a request.
fn is_telling(name: &str) -> bool {
    const COMMON: [&str; 13] = [
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
    ];
    let name = name.to_ascii_lowercase();
    !COMMON.contains(&name.as_str()) && !name.starts_with("content-") && !name.starts_with("accept-")
}

/// The words that carry meaning, stemmed, and pairs of neighbours.
fn features(text: &str) -> Vec<String> {
    let mut features = Vec::new();
    let mut previous: Option<String> = None;
    for word in text.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
        let word = word.trim_matches('_').to_lowercase();
        if word.len() < 2
            || word.len() > 32
            || word.bytes().all(|byte| byte.is_ascii_digit())
            || is_stop_word(&word)
        {
            continue;
        }
        let stem = stem(&word).to_owned();
        if let Some(previous) = previous.replace(stem.clone()) {
            features.push(format!("{previous} {stem}"));
        }
        features.push(stem);
    }
    features
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

fn is_stop_word(word: &str) -> bool {
    use std::sync::LazyLock;
    static STOP_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        "a an and are as at be been but by can could did do does for from get gets got had has have having he her his how i if in into is it its \
         just like me my no of on or our out she should so some such than that the their them then there these they this those \
         to too up us was we were what when where which while who why will with would you your am im ive there also any anyone please \
         thanks thank hi hello help tried try trying using use used unauthorized error http https com www status code response request 401"
            .split_whitespace()
            .collect()
    });
    STOP_WORDS.contains(word)
}
