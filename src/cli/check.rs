//! `fix401 check`: reads the content and lists everything that is wrong with it.

use std::io::{self, Write};

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::app::build_site;
use crate::library::{Files, Kind, Library};
use crate::problem::Problem;

/// Builds all that is built at a start, and writes every problem as `path:line: what, and what to do`; or, when all is
/// well, how many articles there are and which of them nobody has reviewed for a year before `today`.
///
/// `folder` is written before each path, so that a terminal can open it; empty for the content in the program. Returns
/// whether all is well.
///
/// # Errors
/// When `out` cannot be written to.
pub fn check(files: &Files, folder: &str, today: Date, out: &mut dyn Write) -> io::Result<bool> {
    match build_site(files) {
        Ok(site) => {
            counts(&site.library, out)?;
            old_reviews(&site.library, folder, today, out)?;
            Ok(true)
        }
        Err(problems) => list(&problems, folder, out).map(|()| false),
    }
}

fn list(problems: &[Problem], folder: &str, out: &mut dyn Write) -> io::Result<()> {
    let folder = prefix(folder);
    for problem in problems {
        writeln!(out, "{folder}{problem}")?;
    }
    writeln!(out, "{} {}.", problems.len(), if problems.len() == 1 { "problem" } else { "problems" })
}

/// What stands before a path, so that a terminal can open it.
fn prefix(folder: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => String::new(),
        folder => format!("{folder}/"),
    }
}

/// A note, no failure: what was true a year ago may be so still, but somebody should look.
fn old_reviews(library: &Library, folder: &str, today: Date, out: &mut dyn Write) -> io::Result<()> {
    let is_old = |reviewed: Date| reviewed.checked_add(1.year()).is_ok_and(|due| due <= today);
    let mut old: Vec<_> = library.articles().iter().filter(|article| is_old(article.reviewed)).collect();
    if old.is_empty() {
        return Ok(());
    }
    old.sort_by_key(|article| (article.reviewed, article.path()));
    writeln!(out, "Not reviewed for a year, the oldest first:")?;
    let folder = prefix(folder);
    for article in old {
        writeln!(out, "{folder}{}: {}", article.path(), article.reviewed)?;
    }
    Ok(())
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
    use jiff::civil::date;

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
    fn articles_that_nobody_has_reviewed_for_a_year_are_named() {
        let mut files = fixture::files();
        for (path, reviewed) in [("stacks/nginx.md", "2025-11-24"), ("causes/clock-skew.md", "2024-02-29")] {
            let (_, text) = files.iter().find(|(there, _)| there == path).expect("it is in the fixture");
            let text = text.replace("reviewed = 2026-11-20", &format!("reviewed = {reviewed}"));
            fixture::replace(&mut files, path, &text);
        }
        let library = Library::parse(files).expect("the library is good");
        let noted = |today| written(|out| old_reviews(&library, "content/", today, out));
        insta::assert_snapshot!(noted(date(2026, 11, 24)), @"
        Not reviewed for a year, the oldest first:
        content/causes/clock-skew.md: 2024-02-29
        content/stacks/nginx.md: 2025-11-24
        ");
        assert!(!noted(date(2026, 11, 23)).contains("nginx"));
        assert_eq!(noted(date(2025, 2, 27)), "");
    }

    #[test]
    fn a_file_that_breaks_a_rule_is_told_from_one_that_does_not() {
        let mut files = fixture::files();
        fixture::replace(&mut files, "stacks/nginx.md", "text");
        let mut out = Vec::new();
        assert!(
            !check(&Files::new(files), "", date(2026, 11, 24), &mut out).expect("memory can be written to")
        );
        let text = String::from_utf8(out).expect("text");
        assert!(text.contains("stacks/nginx.md:1: the front matter is missing"), "{text}");
    }
}
