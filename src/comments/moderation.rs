//! What moderators see and decide.

use jiff::Timestamp;
use uuid::Uuid;

use super::posting::erase;
use super::reading::{one_more, page};
use super::store::{Write, bans, comments};
use super::{Ban, Comment, Comments, Deed, Filter, Page, Refused, Ruling, Status, Unavailable};

/// No page is longer, whatever is asked for.
const PAGE_MAX: usize = 200;
/// The longest reason for a ban that is kept, in characters.
const REASON_MAX: usize = 500;

impl Comments {
    /// What waits for a moderator, oldest first, after the comment with this id.
    ///
    /// # Errors
    /// When the database does not answer. So for all that follow.
    pub async fn queue(&self, after: Option<Uuid>, limit: usize) -> Result<Page<Comment>, Unavailable> {
        let limit = limit.clamp(1, PAGE_MAX);
        let found = comments::held(&mut *self.store.read().await?, after, one_more(limit)).await?;
        Ok(page(found, limit, |comment| comment.id))
    }

    /// How many wait for a moderator.
    pub async fn waiting(&self) -> Result<i64, Unavailable> {
        comments::how_many_held(&mut *self.store.read().await?).await
    }

    /// The comments that the filter lets through, newest first, before the one with this id.
    pub async fn all(
        &self,
        filter: &Filter,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Page<Comment>, Unavailable> {
        let limit = limit.clamp(1, PAGE_MAX);
        let found =
            comments::filtered(&mut *self.store.read().await?, filter, before, one_more(limit)).await?;
        Ok(page(found, limit, |comment| comment.id))
    }

    /// Publishes, hides or deletes a comment, and notes who did it. Doing what is done already is fine and noted once.
    ///
    /// # Errors
    /// `NoSuchComment` when there is none or its text is gone, `Unavailable`.
    pub async fn set_status(
        &self,
        id: Uuid,
        ruling: Ruling,
        by: &str,
        now: Timestamp,
    ) -> Result<Comment, Refused> {
        let mut write = self.store.write(&[]).await?;
        let mut comment = comments::by_id(write.conn(), id).await?.ok_or(Refused::NoSuchComment)?;
        let status = match ruling {
            Ruling::Publish => Status::Published,
            Ruling::Hide => Status::Hidden,
            Ruling::Delete => Status::Deleted,
        };
        if comment.status == status {
            return Ok(comment);
        }
        if comment.status == Status::Deleted {
            return Err(Refused::NoSuchComment);
        }
        if status == Status::Deleted {
            comment = erase(&mut write, comment).await?;
        } else {
            let readers_notice = comment.is_published() || status == Status::Published;
            comment.status = status;
            comments::set_status(write.conn(), id, status).await?;
            if readers_notice {
                write.changes(&comment.slug).await?;
            }
        }
        self.note(&mut write, ruling.id(), Some(id), by, now).await?;
        write.commit().await?;
        Ok(comment)
    }

    /// Shuts out the network that a comment came from. How long that can last: see [`Ban`].
    ///
    /// # Errors
    /// `NoSuchComment` when there is none or its network is no longer remembered, `Unavailable`.
    pub async fn ban(
        &self,
        comment: Uuid,
        reason: &str,
        until: Option<Timestamp>,
        by: &str,
        now: Timestamp,
    ) -> Result<Ban, Refused> {
        let mut write = self.store.write(&[]).await?;
        let network = comments::network_of(write.conn(), comment).await?.ok_or(Refused::NoSuchComment)?;
        let hashed = comments::by_id(write.conn(), comment).await?.ok_or(Refused::NoSuchComment)?.created;
        let reason = reason.trim().replace('\0', "").chars().take(REASON_MAX).collect();
        let ban = Ban { id: self.ids.next(now), reason, by: by.to_owned(), created: now, until };
        bans::insert(write.conn(), &ban, network, hashed).await?;
        self.note(&mut write, "ban", Some(comment), by, now).await?;
        write.commit().await?;
        Ok(ban)
    }

    /// Lifts a ban. Whether there was one.
    pub async fn unban(&self, id: Uuid, by: &str, now: Timestamp) -> Result<bool, Unavailable> {
        let mut write = self.store.write(&[]).await?;
        if !bans::remove(write.conn(), id).await? {
            return Ok(false);
        }
        self.note(&mut write, "unban", None, by, now).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The bans that hold now, newest first.
    pub async fn bans(&self, now: Timestamp) -> Result<Vec<Ban>, Unavailable> {
        bans::in_force(&mut *self.store.read().await?, now).await
    }

    /// What moderators did, newest first, before the deed with this id; to one comment when its id is given.
    pub async fn deeds(
        &self,
        comment: Option<Uuid>,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Page<Deed>, Unavailable> {
        let limit = limit.clamp(1, PAGE_MAX);
        let found = bans::deeds(&mut *self.store.read().await?, comment, before, one_more(limit)).await?;
        Ok(page(found, limit, |deed| deed.id))
    }

    async fn note(
        &self,
        write: &mut Write<'_>,
        what: &str,
        comment: Option<Uuid>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let deed =
            Deed { id: self.ids.next(now), by: by.to_owned(), what: what.to_owned(), comment, at: now };
        bans::note_deed(write.conn(), &deed).await
    }
}

impl Ruling {
    /// The id under which it is noted.
    pub const fn id(self) -> &'static str {
        match self {
            Ruling::Publish => "publish",
            Ruling::Hide => "hide",
            Ruling::Delete => "delete",
        }
    }
}
