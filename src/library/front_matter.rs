//! The head of an article's file as it was written: `+++`, TOML, `+++`. What it says is checked in `article`.

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;
use toml::value::Datetime;

use crate::problem::Problem;

/// The keys as they stand in the file. Nothing but `article` sees them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FrontMatter {
    pub title: Option<Spanned<String>>,
    pub summary: Option<Spanned<String>>,
    pub reviewed: Option<Spanned<Datetime>>,
    pub see_also: Vec<Spanned<String>>,
    pub sources: Vec<Spanned<RawSource>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    pub title: String,
    pub url: String,
}

const KEYS: [&str; 5] = ["title", "summary", "reviewed", "see-also", "sources"];

/// A file taken apart.
pub(super) struct Parts<'a> {
    /// Empty when it cannot be read, which is then the one problem to report of it.
    pub front: FrontMatter,
    /// Whether it can be read.
    pub readable: bool,
    /// What follows the front matter.
    pub body: &'a str,
    /// The line on which the body begins.
    pub body_line: usize,
    toml: &'a str,
}

impl Parts<'_> {
    /// The line in the file on which a value of the front matter begins.
    pub fn line_of<T>(&self, value: &Spanned<T>) -> usize {
        line_in(self.toml, value.span().start)
    }
}

/// Takes a file apart. What cannot be read is left out and reported, so that the rest can still be checked.
pub(super) fn split<'a>(path: &str, text: &'a str, problems: &mut Vec<Problem>) -> Parts<'a> {
    let Some((toml, body)) = text.strip_prefix("+++\n").and_then(cut_at_end) else {
        let what =
            "the front matter is missing; begin the file with a line `+++`, its keys, and a line `+++`";
        problems.push(Problem::new(path, 1, what));
        return Parts { front: FrontMatter::default(), readable: false, body: text, body_line: 1, toml: "" };
    };
    let body_line = 3 + toml.matches('\n').count();
    let front = read(path, toml, problems);
    Parts { readable: front.is_some(), front: front.unwrap_or_default(), body, body_line, toml }
}

/// Cuts at the line that ends the front matter.
fn cut_at_end(text: &str) -> Option<(&str, &str)> {
    if let Some(body) = text.strip_prefix("+++\n") {
        return Some(("", body));
    }
    let (toml, body) = text.split_once("\n+++\n").or_else(|| Some((text.strip_suffix("\n+++")?, "")))?;
    // The line break before `+++` belongs to the last key, so that lines count right.
    Some((text.get(..=toml.len())?, body))
}

fn read(path: &str, toml: &str, problems: &mut Vec<Problem>) -> Option<FrontMatter> {
    let mut report =
        |start: usize, what: String| problems.push(Problem::new(path, line_in(toml, start), what));
    let mut table = match DeTable::parse(toml) {
        Ok(table) => table,
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            report(start, format!("the front matter is not TOML: {}; mend it", one_line(error.message())));
            return None;
        }
    };
    // Reading stops at the first unknown key, and a writer wants to hear of all.
    let unknown: Vec<_> =
        table.get_ref().keys().filter(|key| !KEYS.contains(&key.get_ref().as_ref())).cloned().collect();
    for key in unknown {
        report(
            key.span().start,
            format!("`{}` is no key of the front matter; use {}", key.get_ref(), KEYS.join(", ")),
        );
        table.get_mut().remove(&key);
    }
    match FrontMatter::deserialize(toml::Deserializer::from(table)) {
        Ok(front) => Some(front),
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            report(start, format!("the front matter cannot be read: {}; mend it", one_line(error.message())));
            None
        }
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The line in the file of an offset into the TOML, whose first line is the second of the file.
fn line_in(toml: &str, offset: usize) -> usize {
    2 + toml.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
