//! `fix401 check`: reads the content and lists everything that is wrong with it.

use std::io::{self, Write};

use crate::library::{Files, Kind, Library};
use crate::problem::Problem;
use crate::search::Search;

/// Writes every problem of the content as `path:line: what, and what to do`, or how many articles there are.
///
/// `folder` is written before each path, so that a terminal can open it; empty for the content in the program. `more`
/// are the problems that others have found in the same files.
///
/// # Errors
/// When `out` cannot be written to.
///
/// Returns whether all is well.
pub fn check(files: &Files, folder: &str, more: Vec<Problem>, out: &mut dyn Write) -> io::Result<bool> {
    let mut problems = more;
    // A library with problems is not indexed, but the synonyms can be read all the same.
    problems.extend(Search::check_synonyms(&files.synonyms().1).err().unwrap_or_default());
    let library = match Library::parse(files.articles()) {
        Ok(library) => Some(library),
        Err(found) => {
            problems.extend(found);
            None
        }
    };
    problems.sort();
    problems.dedup();
    let folder = match folder.trim_end_matches('/') {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    for problem in &problems {
        writeln!(out, "{folder}{problem}")?;
    }
    match library {
        Some(library) if problems.is_empty() => {
            counts(&library, out)?;
            Ok(true)
        }
        _ => {
            let noun = if problems.len() == 1 { "problem" } else { "problems" };
            writeln!(out, "{} {noun}.", problems.len())?;
            Ok(false)
        }
    }
}

fn counts(library: &Library, out: &mut dyn Write) -> io::Result<()> {
    for kind in Kind::ALL {
        let count = library.of_kind(*kind).count();
        writeln!(out, "{count:>5}  {}", if count == 1 { kind.label() } else { kind.plural() })?;
    }
    writeln!(out, "{:>5}  articles, no problems.", library.articles().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::fixture;

    #[track_caller]
    fn output(files: Vec<(String, String)>, folder: &str) -> (bool, String) {
        let mut out = Vec::new();
        let well = check(&Files::new(files), folder, Vec::new(), &mut out).expect("memory can be written to");
        (well, String::from_utf8(out).expect("text"))
    }

    #[test]
    fn articles_are_counted_by_kind_when_all_is_well() {
        let (well, text) = output(fixture::files(), "");
        assert!(well);
        insta::assert_snapshot!(text, @r"
           45  Causes
            1  Fix
            0  Examples
            0  Guides
            1  Stack
            0  Services
           47  articles, no problems.
        ");
    }

    #[test]
    fn problems_of_all_files_are_listed_under_the_folder() {
        let mut files = fixture::files();
        fixture::replace(&mut files, "stacks/nginx.md", "text");
        files.push(("synonyms.toml".to_owned(), "same = [[\"a\"]]".to_owned()));
        let (well, text) = output(files, "content/");
        assert!(!well);
        insta::assert_snapshot!(text, @"
        content/stacks/nginx.md:1: the front matter is missing; begin the file with a line `+++`, its keys, and a line `+++`
        content/synonyms.toml:1: a word alone has no synonym; add one or take the line out
        2 problems.
        ");
    }
}
