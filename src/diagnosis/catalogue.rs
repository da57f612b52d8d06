//! All meanings by id, from the findings files and from the rules. Every error in a file becomes a [`Problem`]; knows
//! nothing of how findings are made or ranked.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::finding::{Meaning, Weight};
use super::rules;
use crate::cause::Cause;
use crate::problem::Problem;

/// Ids that meant something once. They stay listed, so that no other finding takes them over: shared links and
/// comments carry them.
const RETIRED: &[&str] = &[];

/// Every meaning, by id.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    meanings: BTreeMap<String, Arc<Meaning>>,
    /// A line in which the finding is seen: the first that its first signature hits.
    examples: BTreeMap<String, String>,
    /// What areas are called.
    areas: Areas,
}

/// What areas are called: the parts of the ids before the dot.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Areas {
    /// Those that any report may show.
    #[serde(default)]
    general: BTreeMap<String, String>,
    /// Those of one product each.
    #[serde(default)]
    products: BTreeMap<String, String>,
}

/// What the findings files hold beside the meanings.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub signatures: Vec<WrittenSignature>,
    /// How people describe a cause, a sentence or two each.
    pub descriptions: Vec<(Cause, String)>,
}

/// A signature as it is written, with its place for problems.
#[derive(Debug)]
pub(super) struct WrittenSignature {
    pub path: String,
    pub line: usize,
    pub meaning: Arc<Meaning>,
    pub part: String,
    /// The pattern with the named words filled in.
    pub matches: String,
    pub hits: Vec<String>,
    pub misses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    areas: Areas,
    #[serde(default)]
    words: BTreeMap<String, String>,
    #[serde(default)]
    finding: Vec<RawFinding>,
    #[serde(default)]
    description: Vec<RawDescription>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawFinding {
    id: Spanned<String>,
    says: Spanned<String>,
    points_to: Vec<(Spanned<String>, Weight)>,
    #[serde(default)]
    signature: Vec<RawSignature>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSignature {
    part: String,
    matches: Spanned<String>,
    hits: Vec<String>,
    misses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDescription {
    cause: Spanned<String>,
    says: Vec<String>,
}

impl Catalogue {
    /// Reads the files and adds what the rules mean.
    pub fn read(files: &[(String, String)], problems: &mut Vec<Problem>) -> (Catalogue, Written) {
        let mut catalogue = Catalogue::default();
        let mut written = Written::default();
        for rule in rules::all() {
            catalogue.add(Meaning {
                id: rule.id.to_owned(),
                says: rule.says.to_owned(),
                points_to: rule.points_to.to_vec(),
            });
        }
        let mut raw_files = Vec::new();
        let mut words = HashMap::new();
        for (path, text) in files {
            match toml::from_str::<RawFile>(text) {
                Ok(raw) => {
                    words.extend(raw.words.clone());
                    raw_files.push((path, text, raw));
                }
                Err(error) => {
                    let line = error.span().map_or(1, |span| line_of(text, span.start));
                    let what = format!("{}; write it as the entries around it are written", error.message());
                    problems.push(Problem::new(path, line, what));
                }
            }
        }
        for (path, text, mut raw) in raw_files {
            catalogue.areas.general.append(&mut raw.areas.general);
            catalogue.areas.products.append(&mut raw.areas.products);
            let mut reader = FileReader { path, text, words: &words, problems };
            for finding in raw.finding {
                reader.finding(finding, &mut catalogue, &mut written.signatures);
            }
            for description in raw.description {
                reader.description(description, &mut written.descriptions);
            }
        }
        (catalogue, written)
    }

    pub fn meaning(&self, id: &str) -> Option<&Arc<Meaning>> {
        self.meanings.get(id)
    }

    pub fn meanings(&self) -> impl Iterator<Item = &Arc<Meaning>> {
        self.meanings.values()
    }

    pub fn example(&self, id: &str) -> Option<&str> {
        self.examples.get(id).map(String::as_str)
    }

    /// What an area is called, if it has a name, and whether any report may show what is in it.
    pub fn area(&self, id: &str) -> (Option<&str>, bool) {
        match self.areas.general.get(id) {
            Some(name) => (Some(name), true),
            None => (self.areas.products.get(id).map(String::as_str), false),
        }
    }

    fn add(&mut self, meaning: Meaning) -> Arc<Meaning> {
        let meaning = Arc::new(meaning);
        self.meanings.insert(meaning.id.clone(), Arc::clone(&meaning));
        meaning
    }
}

/// One findings file, being read.
struct FileReader<'r> {
    path: &'r str,
    text: &'r str,
    words: &'r HashMap<String, String>,
    problems: &'r mut Vec<Problem>,
}

impl FileReader<'_> {
    fn problem(&mut self, offset: usize, what: impl Into<String>) {
        self.problems.push(Problem::new(self.path, line_of(self.text, offset), what));
    }

    fn finding(
        &mut self,
        raw: RawFinding,
        catalogue: &mut Catalogue,
        signatures: &mut Vec<WrittenSignature>,
    ) {
        let (at, id) = (raw.id.span().start, raw.id.into_inner());
        if !is_id(&id) {
            self.problem(at, format!("`{id}` is no finding id; write `area.kebab-case`"));
        }
        if RETIRED.contains(&id.as_str()) {
            self.problem(
                at,
                format!("`{id}` was retired; choose another id, since old links still carry it"),
            );
        }
        if catalogue.meaning(&id).is_some() {
            self.problem(at, format!("`{id}` stands twice; give each finding an id of its own"));
        }
        if !is_sentence(raw.says.get_ref()) {
            self.problem(
                raw.says.span().start,
                "this is no sentence; begin with a capital and end with a full stop",
            );
        }
        let mut points_to: Vec<(Cause, Weight)> = Vec::new();
        for (cause, weight) in raw.points_to {
            match cause.get_ref().parse::<Cause>() {
                Ok(cause) if points_to.iter().all(|(known, _)| *known != cause) => {
                    points_to.push((cause, weight))
                }
                Ok(known) => self.problem(cause.span().start, format!("`{known}` stands twice; keep one")),
                Err(_) => {
                    let what =
                        format!("`{}` is no cause; take an id from the list of causes", cause.get_ref());
                    self.problem(cause.span().start, what);
                }
            }
        }
        let meaning = catalogue.add(Meaning { id, says: raw.says.into_inner(), points_to });
        if let Some(hit) = raw.signature.iter().find_map(|signature| signature.hits.first()) {
            catalogue.examples.insert(meaning.id.clone(), hit.clone());
        }
        for signature in raw.signature {
            let at = signature.matches.span().start;
            match fill_words(signature.matches.get_ref(), self.words) {
                Ok(matches) => signatures.push(WrittenSignature {
                    path: self.path.to_owned(),
                    line: line_of(self.text, at),
                    meaning: Arc::clone(&meaning),
                    part: signature.part,
                    matches,
                    hits: signature.hits,
                    misses: signature.misses,
                }),
                Err(word) => {
                    self.problem(at, format!("`{{{word}}}` is no named word; add it under `[words]`"))
                }
            }
        }
    }

    fn description(&mut self, raw: RawDescription, descriptions: &mut Vec<(Cause, String)>) {
        match raw.cause.get_ref().parse::<Cause>() {
            Ok(cause) => descriptions.extend(raw.says.into_iter().map(|says| (cause, says))),
            Err(_) => {
                let what =
                    format!("`{}` is no cause; take an id from the list of causes", raw.cause.get_ref());
                self.problem(raw.cause.span().start, what);
            }
        }
    }
}

/// The line of a byte offset, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// `area.kebab-case`.
fn is_id(id: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let kebab = |part: &str| part.split('-').all(word);
    id.split_once('.').is_some_and(|(area, name)| kebab(area) && kebab(name))
}

/// One sentence: a capital or a digit first, a full stop last and nowhere else before a space.
fn is_sentence(says: &str) -> bool {
    let starts = says.chars().next().is_some_and(|first| first.is_uppercase() || first.is_ascii_digit());
    starts && says.ends_with('.') && !says.contains(". ") && !says.contains('\n')
}

/// Puts the named words in place of `{name}`, as a group. Counts such as `{0,40}` stay as they are.
fn fill_words(pattern: &str, words: &HashMap<String, String>) -> Result<String, String> {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((name, after)) if name.starts_with(|first: char| first.is_ascii_lowercase()) => {
                // `\p{greek}` and `\x{..}` name characters, not words.
                if before.ends_with("\\p") || before.ends_with("\\x") {
                    filled.push_str(&format!("{{{name}}}"));
                } else {
                    let word = words.get(name).ok_or_else(|| name.to_owned())?;
                    filled.push_str(&format!("(?:{word})"));
                }
                rest = after;
            }
            _ => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn problems_of(text: &str) -> String {
        let mut problems = Vec::new();
        Catalogue::read(&[("findings/x.toml".to_owned(), text.to_owned())], &mut problems);
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_unknown_cause_is_named_with_its_line() {
        let text =
            "[[finding]]\nid = \"a.b\"\nsays = \"A thing was seen.\"\npoints-to = [[\"teapot\", \"weak\"]]\n";
        assert_eq!(
            problems_of(text),
            "findings/x.toml:4: `teapot` is no cause; take an id from the list of causes"
        );
    }

    #[test]
    fn an_id_may_stand_once() {
        let one = "[[finding]]\nid = \"a.b\"\nsays = \"A thing was seen.\"\npoints-to = []\n";
        assert_eq!(
            problems_of(&format!("{one}{one}")),
            "findings/x.toml:6: `a.b` stands twice; give each finding an id of its own"
        );
    }

    #[test]
    fn an_id_is_an_area_and_a_kebab_case_name() {
        assert!(is_id("jwt.audience-refused"));
        assert!(!is_id("jwt"));
        assert!(!is_id("jwt.Audience"));
        assert!(!is_id("jwt.audience--refused"));
    }

    #[test]
    fn a_sentence_has_a_capital_and_one_full_stop() {
        assert!(is_sentence("The answer has no challenge."));
        assert!(!is_sentence("the answer has no challenge."));
        assert!(!is_sentence("The answer has no challenge. It is odd."));
    }

    #[test]
    fn named_words_are_filled_in_and_counts_are_left_alone() {
        let words = HashMap::from([("works".to_owned(), "works|succeeds".to_owned())]);
        assert_eq!(
            fill_words("it {works} .{0,40}x", &words),
            Ok("it (?:works|succeeds) .{0,40}x".to_owned())
        );
        assert_eq!(fill_words("{nope}", &words), Err("nope".to_owned()));
    }
}
