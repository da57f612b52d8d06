//! Gets the content: the one built into the program, or a folder. The only part of the library that reads files.

use std::fs;
use std::io;
use std::path::Path;

use rust_embed::Embed;

/// How deep folders are looked into; the content folder has one level. A link to a parent folder ends here.
const DEEPEST: usize = 4;

#[derive(Embed)]
#[folder = "content/"]
#[include = "*.md"]
#[include = "*.toml"]
struct BuiltIn;

/// The text files of a content folder, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

    /// What would settle a diagnosis, `checks.toml`; empty text where the file is missing.
    pub fn checks(&self) -> (String, String) {
        self.one("checks.toml")
    }

    /// The numbers of the diagnosis's model, `weights.toml`; empty text where the file is missing.
    pub fn weights(&self) -> (String, String) {
        self.one("weights.toml")
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
    let files = BuiltIn::iter().filter_map(|path| {
        let data = BuiltIn::get(&path)?.data;
        // Content that is not UTF-8 does not get past the tests, which read the folder.
        Some((path.into_owned(), String::from_utf8_lossy(&data).into_owned()))
    });
    Files::new(files.collect())
}

/// The content of a folder: its `.md` and `.toml` files. Hidden files and what editors leave behind are passed over.
///
/// # Errors
/// When the folder or a file in it cannot be read, or a file is not UTF-8; the message names it.
pub fn from_dir(folder: &Path) -> io::Result<Files> {
    let mut files = Vec::new();
    walk(folder, "", DEEPEST, &mut files)?;
    Ok(Files::new(files))
}

fn walk(folder: &Path, prefix: &str, deepest: usize, files: &mut Vec<(String, String)>) -> io::Result<()> {
    let named =
        |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    for entry in fs::read_dir(folder).map_err(|error| named(folder, error))? {
        let path = entry.map_err(|error| named(folder, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let relative = format!("{prefix}{name}");
        if path.is_dir() {
            if deepest > 0 {
                walk(&path, &format!("{relative}/"), deepest - 1, files)?;
            }
        } else if name.ends_with(".md") || name.ends_with(".toml") {
            let text = fs::read_to_string(&path).map_err(|error| named(&path, error))?;
            files.push((relative, text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_markdown_and_toml_files_in_order() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        fs::create_dir_all(folder.path().join("causes")).expect("a folder in it");
        for name in [
            "synonyms.toml",
            "causes/b.md",
            "causes/a.md",
            "causes/.b.md.swp.md",
            "causes/a.md~",
            "notes.txt",
        ] {
            fs::write(folder.path().join(name), name).expect("a file in it");
        }
        let files = from_dir(folder.path()).expect("it can be read");
        assert_eq!(
            files.0.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(),
            ["causes/a.md", "causes/b.md", "synonyms.toml"]
        );
        assert_eq!(files.articles().len(), 2);
        assert_eq!(files.synonyms().1, "synonyms.toml");
        assert_eq!(files.questions(), ("questions.toml".to_owned(), String::new()));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let missing = folder.path().join("nowhere");
        let error = from_dir(&missing).expect_err("there is no such folder");
        assert!(error.to_string().contains("nowhere"), "{error}");
        fs::write(folder.path().join("a.md"), [0xff, 0xfe]).expect("a file in it");
        let error = from_dir(folder.path()).expect_err("the file is not UTF-8");
        assert!(error.to_string().contains("a.md"), "{error}");
    }

    #[test]
    fn the_content_in_the_program_is_the_content_of_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
        assert_eq!(embedded(), from_dir(&folder).expect("the content folder can be read"));
    }
}
