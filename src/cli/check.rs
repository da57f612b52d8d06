//! `fix401 check`: reads the content and lists everything that is wrong with it.

use std::io::{self, Write};

use crate::app::build_site;
use crate::library::{Files, Kind, Library};
use crate::problem::Problem;

/// Builds all that is built at a start, and writes every problem as `path:line: what, and what to do`; or, when all is
/// well, how many articles there are.
///
/// `folder` is written before each path, so that a terminal can open it; empty for the content in the program. Returns
/// whether all is well.
///
/// # Errors
/// When `out` cannot be written to.
pub fn check(files: &Files, folder: &str, out: &mut dyn Write) -> io::Result<bool> {
    match build_site(files) {
        Ok(site) => counts(&site.library, out).map(|()| true),
        Err(problems) => list(&problems, folder, out).map(|()| false),
    }
}

fn list(problems: &[Problem], folder: &str, out: &mut dyn Write) -> io::Result<()> {
    for problem in problems {
        match folder.trim_end_matches('/') {
            "" => writeln!(out, "{problem}")?,
            folder => writeln!(out, "{folder}/{problem}")?,
        }
    }
    writeln!(out, "{} {}.", problems.len(), if problems.len() == 1 { "problem" } else { "problems" })
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
    fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).expect("memory can be written to");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn articles_are_counted_by_kind_when_all_is_well() {
        let library = fixture::library();
        insta::assert_snapshot!(written(|out| counts(&library, out)), @r"
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
    fn problems_are_listed_under_the_folder() {
        let problems =
            [Problem::new("causes/a.md", 3, "a dead link; mend it"), Problem::new("synonyms.toml", 1, "b")];
        insta::assert_snapshot!(written(|out| list(&problems, "content/", out)), @"
        content/causes/a.md:3: a dead link; mend it
        content/synonyms.toml:1: b
        2 problems.
        ");
        insta::assert_snapshot!(written(|out| list(&problems[1..], "", out)), @"
        synonyms.toml:1: b
        1 problem.
        ");
    }

    #[test]
    fn a_file_that_breaks_a_rule_is_told_from_one_that_does_not() {
        let mut files = fixture::files();
        fixture::replace(&mut files, "stacks/nginx.md", "text");
        let mut out = Vec::new();
        assert!(!check(&Files::new(files), "", &mut out).expect("memory can be written to"));
        let text = String::from_utf8(out).expect("text");
        assert!(text.contains("stacks/nginx.md:1: the front matter is missing"), "{text}");
    }
}
