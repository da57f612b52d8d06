//! Carrying comments away and back: copies, exports, imports.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};
use std::path::Path;

use super::lines::{self, HEADER, Row};
use super::posting::{digest, folded_text};
use super::store::rows::{self, Inserted, TABLES, Value};
use super::{Comments, Unavailable, store};
use crate::redact;

/// More lines than this are not named: whoever has mended these imports again.
const PROBLEMS_MAX: usize = 50;

/// What is wrong with one line of what is to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProblem {
    /// From 1 on.
    pub line: usize,
    /// What is wrong, and what to do.
    pub says: String,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// These lines are wrong.
    #[error("some lines are wrong")]
    Wrong(Vec<LineProblem>),
    /// The file could not be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why an export is not whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be written.
    #[error(transparent)]
    Unwritable(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many rows of each kind are new.
    pub new: BTreeMap<&'static str, usize>,
    /// How many were there already.
    pub there: usize,
    /// How many were left out, or lost the hash of their network, because other keys are in use here.
    pub without_keys: usize,
}

/// Whether the keys of an export are those of this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeysHere {
    /// The export names none so far.
    None,
    Same,
    Others,
}

/// An import under way.
struct Import {
    /// Whether the database had nothing in it when the import began.
    is_new: bool,
    keys: KeysHere,
    imported: Imported,
}

impl Import {
    /// Stores a row; the answer says what is wrong with it, if something is.
    async fn store(
        &mut self,
        write: &mut store::Write<'_>,
        mut row: Row,
    ) -> Result<Result<(), String>, Unavailable> {
        match row.table {
            "secret_key" => {
                if self.is_new && self.keys == KeysHere::None {
                    rows::forget_keys(write.conn()).await?;
                    self.keys = KeysHere::Same;
                }
                if self.is_new {
                    rows::insert(write.conn(), row.table, &row.values).await?;
                } else if row.text("purpose") == Some("signing") {
                    // There is one for good: where it is the same, the export is of this very database.
                    let same = rows::has_key(write.conn(), &row.values).await?;
                    self.keys = if same { KeysHere::Same } else { KeysHere::Others };
                }
                return Ok(Ok(()));
            }
            // Hashes alone, which nobody can be recognised by without the key.
            "helped" | "ban" if self.keys != KeysHere::Same => {
                self.imported.without_keys += 1;
                return Ok(Ok(()));
            }
            "comment" => self.complete(&mut row),
            "report" | "answer" => self.drop_network(&mut row),
            _ => {}
        }
        match rows::insert(write.conn(), row.table, &row.values).await? {
            Inserted::New => *self.imported.new.entry(row.table).or_default() += 1,
            Inserted::There => self.imported.there += 1,
            Inserted::Dangling => {
                return Ok(Err(
                    "it names a comment or moderator that is not there; put that line before this one"
                        .to_owned(),
                ));
            }
        }
        Ok(Ok(()))
    }

    /// Masks secrets, since who knows where a comment comes from, and adds what follows from its text.
    fn complete(&mut self, row: &mut Row) {
        let author = row.text("author").map(|author| redact::mask(author).text);
        let body = redact::mask(row.text("body").unwrap_or_default()).text;
        row.set("digest", Value::Bytes(Some(digest(&body).to_vec())));
        row.set("folded", Value::Text(Some(folded_text(author.as_deref(), &body))));
        row.set("author", Value::Text(author));
        row.set("body", Value::Text(Some(body)));
        self.drop_network(row);
    }

    /// Takes away the hash of a network that was made with keys which are not here.
    fn drop_network(&mut self, row: &mut Row) {
        let has_network = row
            .values
            .iter()
            .any(|(name, value)| *name == "network" && matches!(value, Value::Bytes(Some(_))));
        if has_network && self.keys != KeysHere::Same {
            row.set("network", Value::Bytes(None));
            self.imported.without_keys += 1;
        }
    }
}

/// Why no copy was made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL has its own tools for that.
    #[error("a PostgreSQL database is copied with pg_dump")]
    NotSqlite,
    /// A copy never replaces a file.
    #[error("there is a file of that name already")]
    FileExists,
    /// The path is not text.
    #[error("the path has bytes that are no text")]
    OddPath,
    /// It could not be read or written.
    #[error("the copy could not be written: {0:?}")]
    Failed(Unavailable),
}

impl Comments {
    /// Writes all comments and all that moderators did as lines of JSON, as they are at one moment. The same content gives the same
    /// bytes, whichever database it is in. The keys are among them: keep it as safe as the database.
    ///
    /// # Errors
    /// When the database does not answer, or `out` takes no more.
    pub async fn export(&self, out: &mut dyn Write) -> Result<(), ExportError> {
        writeln!(out, "{HEADER}")?;
        let mut snapshot = self.store.snapshot().await?;
        for table in TABLES {
            let line = |values: Vec<Value>| writeln!(out, "{}", lines::write(table, &values));
            rows::each(&mut snapshot, table, line).await??;
        }
        Ok(())
    }

    /// Stores what [`Comments::export`] wrote, here or in another database: all of it, or nothing. A row that is there already is
    /// left as it is. A new database takes over the keys, so that edit tokens and bans go on working: open it anew afterwards.
    /// Where others are in use, the hashes made with the keys of the export mean nothing and are left out.
    ///
    /// # Errors
    /// Every line that is wrong, or that the database does not answer.
    pub async fn import(&self, mut lines: impl BufRead) -> Result<Imported, ImportError> {
        let mut write = self.store.write(&[]).await?;
        let mut import = Import {
            is_new: rows::is_new(write.conn()).await?,
            keys: KeysHere::None,
            imported: Imported::default(),
        };
        let mut problems = Vec::new();
        let mut slugs = BTreeSet::new();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let read = match std::str::from_utf8(&line) {
                Ok(text) if text.trim().is_empty() || text.trim() == HEADER => continue,
                Ok(text) => lines::read(text.trim()),
                Err(_) => Err("this is no UTF-8; export it again".to_owned()),
            };
            let stored = match read {
                // What follows is read for more mistakes, but no longer stored.
                Ok(_) if !problems.is_empty() => continue,
                Ok(row) => {
                    slugs.extend(row.text("slug").map(str::to_owned));
                    import.store(&mut write, row).await?
                }
                Err(says) => Err(says),
            };
            if let Err(says) = stored {
                problems.push(LineProblem { line: number, says });
                if problems.len() == PROBLEMS_MAX {
                    break;
                }
            }
        }
        if !problems.is_empty() {
            return Err(ImportError::Wrong(problems));
        }
        for slug in slugs {
            write.changes(&slug).await?;
        }
        write.commit().await?;
        Ok(import.imported)
    }

    /// Writes a copy of the SQLite database, as it is at this moment, to a new file, while everything goes on. The copy
    /// holds the keys too: keep it as safe as the original.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub async fn backup(&self, file: &Path) -> Result<(), BackupError> {
        if file.exists() {
            return Err(BackupError::FileExists);
        }
        let name = file.to_str().ok_or(BackupError::OddPath)?;
        match self.store.copy_to(name).await.map_err(BackupError::Failed)? {
            true => Ok(()),
            false => Err(BackupError::NotSqlite),
        }
    }
}
