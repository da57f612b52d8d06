//! From files to a [`Site`]: reads the content, checks all of it, and builds library, search and diagnosis.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::diagnosis::{Case, Diagnoser, Knowledge};
use crate::library::{self, Files, Library};
use crate::problem::Problem;
use crate::search::Search;
use crate::web::Site;

/// Labelled reports that the diagnosis learns words and frequencies from: part of the program, as the articles are.
const CASES: &[(&str, &str)] = &[
    ("tests/cases/dev.jsonl", include_str!("../../tests/cases/dev.jsonl")),
    ("tests/cases/own-1.jsonl", include_str!("../../tests/cases/own-1.jsonl")),
    ("tests/cases/own-2.jsonl", include_str!("../../tests/cases/own-2.jsonl")),
    ("tests/cases/own-3.jsonl", include_str!("../../tests/cases/own-3.jsonl")),
    ("tests/cases/own-4.jsonl", include_str!("../../tests/cases/own-4.jsonl")),
    ("tests/cases/own-5.jsonl", include_str!("../../tests/cases/own-5.jsonl")),
];

/// Why a content folder can't be served: all that is wrong with it, a line each.
#[derive(Debug, thiserror::Error)]
pub struct Problems {
    problems: Vec<Problem>,
    folder: Option<PathBuf>,
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.as_deref().unwrap_or(Path::new("content"));
        write!(f, "the content has {} that must be mended first:", counted(self.problems.len()))?;
        for problem in &self.problems {
            write!(f, "\n{}/{problem}", folder.display())?;
        }
        Ok(())
    }
}

fn counted(problems: usize) -> String {
    format!("{problems} problem{}", if problems == 1 { "" } else { "s" })
}

/// Reads the content of a folder, or the one inside the program.
///
/// # Errors
/// When the folder can't be read.
pub fn read_files(folder: Option<&Path>) -> anyhow::Result<Files> {
    match folder {
        Some(folder) => library::from_dir(folder).context("the content can't be read"),
        None => Ok(library::embedded()),
    }
}

/// Reads a folder, or the content inside the program, and builds everything from it.
///
/// # Errors
/// When the folder can't be read, or with [`Problems`].
pub fn open_site(folder: Option<&Path>) -> anyhow::Result<Site> {
    build(&read_files(folder)?, folder.is_none())
        .map_err(|problems| Problems { problems, folder: folder.map(Path::to_owned) }.into())
}

/// Builds library, search and diagnosis: all of them, or a list of everything that stands in the way.
///
/// # Errors
/// Every [`Problem`] of every file, in order.
pub fn build_site(files: &Files) -> Result<Site, Vec<Problem>> {
    build(files, false)
}

/// As [`build_site`]; the samples of signatures that are `proven` already are not tried again.
fn build(files: &Files, proven: bool) -> Result<Site, Vec<Problem>> {
    let mut problems = Vec::new();
    let library = kept(Library::parse(files.articles()), &mut problems);
    let search = match &library {
        Some(library) => kept(Search::build(library, &files.synonyms().1), &mut problems),
        None => kept(Search::check_synonyms(&files.synonyms().1), &mut problems).and(None),
    };
    let knowledge = Knowledge {
        findings: files.findings(),
        questions: files.questions(),
        checks: files.checks(),
        weights: files.weights(),
        cause_texts: library.iter().flat_map(Library::articles).filter_map(cause_text).collect(),
        cases: cases(&mut problems),
        proven,
    };
    let diagnoser = kept(Diagnoser::new(knowledge), &mut problems);
    match (library, search, diagnoser) {
        (Some(library), Some(search), Some(diagnoser)) if problems.is_empty() => {
            Ok(Site::new(library, search, diagnoser))
        }
        _ => {
            problems.sort();
            problems.dedup();
            Err(problems)
        }
    }
}

fn kept<T>(outcome: Result<T, Vec<Problem>>, problems: &mut Vec<Problem>) -> Option<T> {
    outcome.map_err(|found| problems.extend(found)).ok()
}

fn cause_text(article: &library::Article) -> Option<(crate::cause::Cause, String)> {
    let sections = article.sections.iter().map(|section| format!("{}\n{}\n", section.heading, section.text));
    Some((
        article.cause()?,
        format!("{}\n{}\n{}", article.title, article.summary, sections.collect::<String>()),
    ))
}

/// The labelled reports that are part of the program.
///
/// # Errors
/// When one of them is no labelled report.
pub fn labelled_reports() -> Result<Vec<Case>, Problems> {
    let mut problems = Vec::new();
    let cases = cases(&mut problems);
    if problems.is_empty() { Ok(cases) } else { Err(Problems { problems, folder: None }) }
}

fn cases(problems: &mut Vec<Problem>) -> Vec<Case> {
    let read = CASES.iter().filter_map(|(path, text)| kept(Case::read_all(path, text), problems));
    read.flatten().collect()
}
