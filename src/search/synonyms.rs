//! Words that mean the same to a searcher, as `content/synonyms.toml` lists them.

use std::collections::HashMap;

use serde::Deserialize;
use toml::Spanned;

use super::words::{Stemmer, words};
use crate::problem::Problem;

const PATH: &str = "synonyms.toml";

/// The file: lists of words or short phrases that stand for each other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    same: Vec<Spanned<Vec<Spanned<String>>>>,
}

/// Groups of words or phrases that stand for each other.
#[derive(Default)]
pub(super) struct Synonyms {
    /// Each member as its words, in lower case.
    groups: Vec<Vec<Vec<String>>>,
    /// From the stems of a member, with spaces between them, to its group.
    by_stems: HashMap<String, usize>,
    /// The most words that a member has.
    longest: usize,
}

impl Synonyms {
    /// Reads the text of `synonyms.toml`; an empty one has no synonyms.
    pub fn parse(text: &str) -> Result<Synonyms, Vec<Problem>> {
        let line = |start: usize| 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
        let raw: Raw = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            vec![Problem::new(PATH, line(start), format!("cannot be read: {}; mend it", error.message()))]
        })?;
        let mut stemmer = Stemmer::new();
        let mut synonyms = Synonyms::default();
        let mut problems = Vec::new();
        for group in raw.same {
            let at = synonyms.groups.len();
            let mut members = Vec::new();
            if group.get_ref().len() < 2 {
                let what = "a word alone has no synonym; add one or take the line out";
                problems.push(Problem::new(PATH, line(group.span().start), what));
            }
            for member in group.get_ref() {
                let line = line(member.span().start);
                let member = member.get_ref();
                let split: Vec<String> = words(member).into_iter().map(|word| word.text).collect();
                let stems: Vec<String> = split.iter().map(|word| stemmer.stem(word)).collect();
                if split.is_empty() {
                    problems.push(Problem::new(
                        PATH,
                        line,
                        "an entry without a word; write one or take it out",
                    ));
                    continue;
                }
                if synonyms.by_stems.insert(stems.join(" "), at).is_some() {
                    let what = format!(
                        "`{member}`, or a form of it, stands here already; join the lists or take it out"
                    );
                    problems.push(Problem::new(PATH, line, what));
                }
                synonyms.longest = synonyms.longest.max(split.len());
                members.push(split);
            }
            synonyms.groups.push(members);
        }
        if problems.is_empty() { Ok(synonyms) } else { Err(problems) }
    }

    /// The longest phrase with synonyms that these stems begin with: its number of words, and all that means the same.
    pub fn at(&self, stems: &[&str]) -> Option<(usize, &[Vec<String>])> {
        (1..=self.longest.min(stems.len())).rev().find_map(|length| {
            let group = self.by_stems.get(&stems.get(..length)?.join(" "))?;
            Some((length, self.groups.get(*group)?.as_slice()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_is_taken() {
        let text = r#"same = [["login", "log in", "sign in"], ["log", "trace"]]"#;
        let synonyms = Synonyms::parse(text).unwrap_or_default();
        let (length, same) = synonyms.at(&["log", "in", "fail"]).expect("it is listed");
        assert_eq!((length, same.len()), (2, 3));
        assert_eq!(synonyms.at(&["log", "file"]).map(|(length, _)| length), Some(1));
        assert!(synonyms.at(&["fail"]).is_none());
        assert!(synonyms.at(&[]).is_none());
    }

    #[test]
    fn slips_are_reported_with_their_line() {
        let text = "same = [\n  [\"a\", \"b\"],\n  [\"b\", \"c\"],\n  [\"d\"],\n  [\"\", \"e\"],\n]\n";
        let problems = Synonyms::parse(text).err().unwrap_or_default();
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(shown.join("\n"), @"
        synonyms.toml:3: `b`, or a form of it, stands here already; join the lists or take it out
        synonyms.toml:4: a word alone has no synonym; add one or take the line out
        synonyms.toml:5: an entry without a word; write one or take it out
        ");
        let problems = Synonyms::parse("same = [\n").err().unwrap_or_default();
        assert_eq!(problems.len(), 1);
    }
}
