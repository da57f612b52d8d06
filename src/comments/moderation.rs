//! What moderators see and decide.

use jiff::Timestamp;
use uuid::Uuid;

use super::bayes::{self, Seen};
use super::fold::fold;
use super::posting::erase;
use super::reading::{one_more, page};
use super::store::{Write, bans, comments, desk, learned, upkeep};
use super::{
    ArticleLock, Ban, Comment, Comments, Deed, Filter, MutedWord, Page, Refused, Reports, Ruling, Status,
    Unavailable,
};

/// No page is longer, whatever is asked for.
const PAGE_MAX: usize = 200;
/// The longest reason for a ban that is kept, in characters.
const REASON_MAX: usize = 500;
/// The longest word that can be muted, in characters, and how many there can be: they are looked for with every comment.
const WORD_MAX: usize = 100;
const WORDS_MAX: usize = 1000;

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

    /// Does with a comment what a moderator decided, and notes who did it. What readers reported about it is settled. Doing what
    /// is done already is fine and noted once.
    ///
    /// # Errors
    /// `NoSuchComment` when there is none or its text is gone, `Unavailable`.
    pub async fn rule(&self, id: Uuid, ruling: Ruling, by: &str, now: Timestamp) -> Result<Comment, Refused> {
        let mut write = self.store.write(&[]).await?;
        let before = comments::by_id(write.conn(), id).await?.ok_or(Refused::NoSuchComment)?;
        if before.status == Status::Deleted {
            return if ruling == Ruling::Delete { Ok(before) } else { Err(Refused::NoSuchComment) };
        }
        let settled = desk::settle(write.conn(), id, now).await?;
        let learned = self.learn(&mut write, &before, ruling).await?;
        let after = match ruling {
            Ruling::Delete => erase(&mut write, before.clone()).await?,
            _ => Comment {
                status: ruling.status().unwrap_or(before.status),
                pinned: ruling.pins().unwrap_or(before.pinned),
                official: ruling.makes_official().unwrap_or(before.official),
                ..before.clone()
            },
        };
        if after == before && !settled && !learned {
            return Ok(after);
        }
        if ruling != Ruling::Delete && after != before {
            comments::set_status(write.conn(), id, after.status).await?;
            comments::set_marks(write.conn(), &after).await?;
            if before.is_published() || after.is_published() {
                write.changes(&after.slug).await?;
            }
        }
        self.note(&mut write, ruling.id(), Some(id), None, by, now).await?;
        write.commit().await?;
        Ok(after)
    }

    /// Lets the filter for spam learn what a moderator took a comment for. Whether that is new.
    async fn learn(
        &self,
        write: &mut Write<'_>,
        comment: &Comment,
        ruling: Ruling,
    ) -> Result<bool, Unavailable> {
        let judged = match ruling {
            Ruling::Spam => "spam",
            Ruling::Keep => "fine",
            Ruling::Publish if !comment.is_published() => "fine",
            _ => return Ok(false),
        };
        let earlier = comments::judged(write.conn(), comment.id).await?;
        if earlier.as_deref() == Some(judged) {
            return Ok(false);
        }
        let places = bayes::places(comment.author.as_deref(), &comment.body);
        let kind = |judged: &str, times| match judged {
            "spam" => Seen { spam: times, fine: 0 },
            _ => Seen { spam: 0, fine: times },
        };
        if let Some(earlier) = earlier {
            learned::learn(write.conn(), &places, kind(&earlier, -1)).await?;
        }
        learned::learn(write.conn(), &places, kind(judged, 1)).await?;
        comments::set_judged(write.conn(), comment.id, judged).await?;
        Ok(true)
    }

    /// The comments that readers reported and nobody has looked at since, those reported most first, each with why.
    pub async fn reported(&self, limit: usize) -> Result<Vec<(Comment, Vec<Reports>)>, Unavailable> {
        let mut conn = self.store.read().await?;
        let limit = i64::try_from(limit.clamp(1, PAGE_MAX)).unwrap_or(1);
        let mut found = Vec::new();
        for comment in desk::reported(&mut conn, limit).await? {
            let reports = desk::reports_of(&mut conn, comment.id).await?;
            found.push((comment, reports));
        }
        Ok(found)
    }

    /// Locks an article: nobody can write under it until it is opened. The reason is shown to readers.
    pub async fn lock(&self, slug: &str, reason: &str, by: &str, now: Timestamp) -> Result<(), Unavailable> {
        let mut write = self.store.write(&[]).await?;
        let lock =
            ArticleLock { slug: slug.to_owned(), reason: tidy(reason), by: by.to_owned(), created: now };
        if desk::lock(write.conn(), &lock).await? {
            write.changes(slug).await?;
            self.note(&mut write, "lock", None, Some(slug), by, now).await?;
        }
        write.commit().await
    }

    /// Opens an article again.
    pub async fn unlock(&self, slug: &str, by: &str, now: Timestamp) -> Result<(), Unavailable> {
        let mut write = self.store.write(&[]).await?;
        if desk::unlock(write.conn(), slug).await? {
            write.changes(slug).await?;
            self.note(&mut write, "unlock", None, Some(slug), by, now).await?;
        }
        write.commit().await
    }

    /// The articles that are locked; only one of them when it is named.
    pub async fn locks(&self, slug: Option<&str>) -> Result<Vec<ArticleLock>, Unavailable> {
        desk::locks(&mut *self.store.read().await?, slug).await
    }

    /// Mutes a word: a comment with it is held. Whether it can be one: something has to be left when it is compared.
    pub async fn mute(&self, word: &str, by: &str, now: Timestamp) -> Result<bool, Unavailable> {
        let word: String = tidy(word).chars().take(WORD_MAX).collect();
        let folded = fold(&word);
        if !folded.chars().any(char::is_alphanumeric) {
            return Ok(false);
        }
        let mut write = self.store.write(&[]).await?;
        if desk::muted(write.conn()).await?.len() >= WORDS_MAX {
            return Ok(false);
        }
        let about = word.clone();
        let muted = MutedWord { word, by: by.to_owned(), created: now };
        if desk::mute(write.conn(), &folded, &muted).await? {
            self.note(&mut write, "mute", None, Some(&about), by, now).await?;
        }
        write.commit().await?;
        Ok(true)
    }

    /// Lets a word pass again.
    pub async fn unmute(&self, word: &str, by: &str, now: Timestamp) -> Result<(), Unavailable> {
        let mut write = self.store.write(&[]).await?;
        if desk::unmute(write.conn(), &fold(word)).await? {
            self.note(&mut write, "unmute", None, Some(word), by, now).await?;
        }
        write.commit().await
    }

    /// The muted words, by the letters that they are compared by.
    pub async fn muted(&self) -> Result<Vec<MutedWord>, Unavailable> {
        desk::muted(&mut *self.store.read().await?).await
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
        let reason = tidy(reason);
        let ban = Ban { id: self.ids.next(now), reason, by: by.to_owned(), created: now, until };
        bans::insert(write.conn(), &ban, network, hashed).await?;
        self.note(&mut write, "ban", Some(comment), None, by, now).await?;
        write.commit().await?;
        Ok(ban)
    }

    /// Takes away for good what was written from the network of a comment, as long as networks are remembered: name, text and findings of
    /// each, and what else was kept of that network. Answers how many comments that were, and under which articles.
    ///
    /// # Errors
    /// `NoSuchComment` when there is none or its network is no longer remembered, `Unavailable`.
    pub async fn erase_all_of(
        &self,
        comment: Uuid,
        by: &str,
        now: Timestamp,
    ) -> Result<Vec<Comment>, Refused> {
        let mut write = self.store.write(&[]).await?;
        let network = comments::network_of(write.conn(), comment).await?.ok_or(Refused::NoSuchComment)?;
        let mut erased = Vec::new();
        for comment in comments::of_network(write.conn(), network).await? {
            if comment.status != Status::Deleted {
                erased.push(erase(&mut write, comment).await?);
            }
        }
        self.note(&mut write, "erase", Some(comment), None, by, now).await?;
        upkeep::forget_network(write.conn(), network).await?;
        write.commit().await?;
        Ok(erased)
    }

    /// Lifts a ban. Whether there was one.
    pub async fn unban(&self, id: Uuid, by: &str, now: Timestamp) -> Result<bool, Unavailable> {
        let mut write = self.store.write(&[]).await?;
        if !bans::remove(write.conn(), id).await? {
            return Ok(false);
        }
        self.note(&mut write, "unban", None, None, by, now).await?;
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

    pub(super) async fn note(
        &self,
        write: &mut Write<'_>,
        what: &str,
        comment: Option<Uuid>,
        about: Option<&str>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let about = about.map(str::to_owned);
        let deed = Deed {
            id: self.ids.next(now),
            by: by.to_owned(),
            what: what.to_owned(),
            comment,
            about,
            at: now,
        };
        bans::note_deed(write.conn(), &deed).await
    }
}

impl Ruling {
    /// All of them.
    pub const ALL: [Ruling; 9] = [
        Ruling::Publish,
        Ruling::Hide,
        Ruling::Delete,
        Ruling::Spam,
        Ruling::Keep,
        Ruling::Pin,
        Ruling::Unpin,
        Ruling::Official,
        Ruling::Unofficial,
    ];

    /// The id under which it is noted.
    pub const fn id(self) -> &'static str {
        match self {
            Ruling::Publish => "publish",
            Ruling::Hide => "hide",
            Ruling::Delete => "delete",
            Ruling::Spam => "spam",
            Ruling::Keep => "keep",
            Ruling::Pin => "pin",
            Ruling::Unpin => "unpin",
            Ruling::Official => "official",
            Ruling::Unofficial => "unofficial",
        }
    }

    /// The status that it leads to, if it is about that.
    const fn status(self) -> Option<Status> {
        match self {
            Ruling::Publish => Some(Status::Published),
            Ruling::Hide | Ruling::Spam => Some(Status::Hidden),
            Ruling::Delete => Some(Status::Deleted),
            _ => None,
        }
    }

    const fn pins(self) -> Option<bool> {
        match self {
            Ruling::Pin => Some(true),
            Ruling::Unpin => Some(false),
            _ => None,
        }
    }

    const fn makes_official(self) -> Option<bool> {
        match self {
            Ruling::Official => Some(true),
            Ruling::Unofficial => Some(false),
            _ => None,
        }
    }
}

/// What a moderator typed, on one line and not longer than a sentence or three.
fn tidy(typed: &str) -> String {
    let line = typed.replace('\0', "").split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(REASON_MAX).collect()
}
