//! Carrying comments away and back: copies, exports, imports.

use std::path::Path;

use uuid::Uuid;

use super::posting::{digest, folded};
use super::reading::{one_more, page};
use super::store::comments::{self, NewRow};
use super::{Comment, Comments, Page, Unavailable};
use crate::redact;

/// No page is longer, whatever is asked for.
const PAGE_MAX: usize = 1000;

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
    /// Every comment, whatever its status, oldest first, after the one with this id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn every(&self, after: Option<Uuid>, limit: usize) -> Result<Page<Comment>, Unavailable> {
        let limit = limit.clamp(1, PAGE_MAX);
        let found = comments::every(&mut *self.store.read().await?, after, one_more(limit)).await?;
        Ok(page(found, limit, |comment| comment.id))
    }

    /// Stores comments that were exported, parents before their answers, and answers how many were new. One whose id is there
    /// already is left as it is. All of them are stored, or none. Secrets are masked here too: who knows where they come from.
    ///
    /// # Errors
    /// When an answer comes before what it answers, or the database does not answer.
    pub async fn import(&self, all: &[Comment]) -> Result<usize, Unavailable> {
        let mut write = self.store.write(&[]).await?;
        let mut stored = 0;
        let mut slugs: Vec<&str> = Vec::new();
        for comment in all {
            let comment = Comment {
                author: comment.author.as_deref().map(|author| redact::mask(author).text),
                body: redact::mask(&comment.body).text,
                ..comment.clone()
            };
            let row = NewRow {
                comment: &comment,
                network: None,
                digest: digest(&comment.body),
                folded: &folded(&comment),
            };
            stored += usize::from(comments::insert(write.conn(), row).await?);
        }
        for comment in all {
            if !slugs.contains(&comment.slug.as_str()) {
                slugs.push(&comment.slug);
                write.changes(&comment.slug).await?;
            }
        }
        write.commit().await?;
        Ok(stored)
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
