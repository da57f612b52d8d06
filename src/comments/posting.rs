//! What readers do: post, change, delete, say that something helped.

use jiff::Timestamp;
use uuid::Uuid;

use super::fold::Words;
use super::limits::{self, DAY, Limit, TEN_MINUTES, millis};
use super::store::comments::{self, Changed, NewRow};
use super::store::{Write, bans, desk, learned};
use super::{
    Comment, Comments, Edited, FillTime, HeldBecause, Moderation, NewComment, Posted, Refused, ReportReason,
    Status, Unavailable, Visitor, bayes, keys, spam,
};
use crate::redact::{self, SecretKind};

/// The most changes from one network in ten minutes.
const EDITS: Limit = Limit { most: 30, within: TEN_MINUTES };

/// The most comments that one network can report in a day.
const REPORTS: Limit = Limit { most: 10, within: DAY };

impl Comments {
    /// The hidden field of a comment form under an article: when it was handed out, signed.
    pub fn form_token(&self, slug: &str, now: Timestamp) -> String {
        keys::form_token(&self.keys.signing, slug, now)
    }

    /// How long the sender had the form, by its hidden field.
    pub fn fill_time(&self, slug: &str, token: &str, now: Timestamp) -> FillTime {
        FillTime::since(keys::form_issued(&self.keys.signing, slug, token), now)
    }

    /// Posts a comment under an article. Secrets in it are masked first. Whether there is such an article is for the
    /// caller to know.
    ///
    /// # Errors
    /// `Banned`, `NoSuchParent`, `Duplicate`, `Limited`, `Unavailable`.
    pub async fn post(
        &self,
        slug: &str,
        new: NewComment,
        visitor: &Visitor,
        fill: FillTime,
        now: Timestamp,
    ) -> Result<Posted, Refused> {
        let text = Text::mask(new.author.as_deref(), &new.body);
        let id = self.ids.next(now);
        let mut comment = Comment {
            id,
            slug: slug.to_owned(),
            parent: new.parent,
            thread: id,
            author: text.author,
            body: text.body,
            outcome: new.outcome,
            status: Status::Published,
            held_because: None,
            findings: new.findings,
            created: now,
            edited: None,
            helped: 0,
            pinned: false,
            official: false,
        };

        let mut write = self.admit(visitor, now).await?;
        if let Some(lock) = desk::locks(write.conn(), Some(slug)).await?.pop() {
            return Err(Refused::Locked { reason: lock.reason });
        }
        if let Some(parent) = comment.parent {
            let parent = comments::by_id(write.conn(), parent).await?;
            let parent = parent.filter(|parent| parent.slug == slug && parent.is_published());
            comment.thread = parent.ok_or(Refused::NoSuchParent)?.thread;
        }
        let day_ago =
            Timestamp::from_millisecond(now.as_millisecond() - millis(DAY)).unwrap_or(Timestamp::MIN);
        if let Some(of) = comments::same_again(write.conn(), &comment, text.digest, visitor, day_ago).await? {
            return Err(Refused::Duplicate { of });
        }
        let limits = [
            Limit { most: self.settings.per_ten_minutes, within: TEN_MINUTES },
            Limit { most: self.settings.per_day, within: DAY },
        ];
        limits::check(&mut write, visitor.hashes(), "comment", &limits, now).await?;

        comment.held_because =
            self.why_hold(&mut write, &comment, new.trapped, fill, text.digest, visitor).await?;
        if comment.held_because.is_some() {
            comment.status = Status::Held;
        }
        let row = NewRow {
            comment: &comment,
            network: Some(visitor.network),
            digest: text.digest,
            folded: &folded(&comment),
        };
        comments::insert(write.conn(), row).await?;
        limits::count(&mut write, self.ids.next(now), visitor.network.0, "comment", now).await?;
        if comment.is_published() {
            write.changes(slug).await?;
        }
        write.commit().await?;
        Ok(Posted { edit_token: keys::edit_token(&self.keys.signing, id), comment, masked: text.kinds })
    }

    /// Whether this is the edit token of this comment. The token's holder may see the comment while it is held.
    pub fn is_author(&self, id: Uuid, token: &str) -> bool {
        keys::is_edit_token(&self.keys.signing, id, token)
    }

    /// Whether the token gives the right to change and delete the comment now.
    pub fn may_edit(&self, comment: &Comment, token: &str, now: Timestamp) -> bool {
        self.refuse_stranger(comment, token, now).is_ok()
    }

    /// Changes author, body and outcome of a comment; what it answers and its findings stay. A published comment that
    /// now looks like spam is held again, and every changed one is where all comments are moderated.
    ///
    /// # Errors
    /// `NoSuchComment` (also for one that a moderator took down), `NotYours`, `TooLate`, `Banned`, `Limited`,
    /// `Unavailable`.
    pub async fn edit(
        &self,
        id: Uuid,
        token: &str,
        new: NewComment,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Edited, Refused> {
        let text = Text::mask(new.author.as_deref(), &new.body);
        let mut write = self.admit(visitor, now).await?;
        let comment = comments::by_id(write.conn(), id).await?;
        let mut comment = comment.ok_or(Refused::NoSuchComment)?;
        self.refuse_stranger(&comment, token, now)?;
        let was_published = match comment.status {
            Status::Published => true,
            Status::Held => false,
            Status::Hidden | Status::Deleted => return Err(Refused::NoSuchComment),
        };
        limits::check(&mut write, visitor.hashes(), "edit", &[EDITS], now).await?;

        comment.author = text.author;
        comment.body = text.body;
        comment.outcome = new.outcome;
        comment.edited = Some(now);
        if was_published {
            let why = self
                .why_hold(&mut write, &comment, new.trapped, FillTime::NoForm, text.digest, visitor)
                .await?;
            // It was published: it is not the network's first any more.
            if let Some(why) = why.filter(|why| *why != HeldBecause::FirstComment) {
                comment.held_because = Some(why);
                comment.status = Status::Held;
            }
        }
        let changed = Changed { comment: &comment, digest: text.digest, folded: &folded(&comment) };
        comments::update(write.conn(), changed).await?;
        limits::count(&mut write, self.ids.next(now), visitor.network.0, "edit", now).await?;
        if was_published {
            write.changes(&comment.slug).await?;
        }
        write.commit().await?;
        Ok(Edited { comment, masked: text.kinds })
    }

    /// Takes author, text and findings of a comment away for good. The row stays, for the answers under it.
    ///
    /// # Errors
    /// `NoSuchComment`, `NotYours`, `TooLate`, `Unavailable`.
    pub async fn delete(&self, id: Uuid, token: &str, now: Timestamp) -> Result<Comment, Refused> {
        let mut write = self.store.write(&[]).await?;
        let comment = comments::by_id(write.conn(), id).await?.ok_or(Refused::NoSuchComment)?;
        self.refuse_stranger(&comment, token, now)?;
        if comment.status == Status::Deleted {
            return Err(Refused::NoSuchComment);
        }
        let comment = erase(&mut write, comment).await?;
        write.commit().await?;
        Ok(comment)
    }

    /// Notes that a comment helped somebody, once for each network. Answers how many it helped.
    ///
    /// # Errors
    /// `NoSuchComment` when it is not published, `Banned`, `Unavailable`.
    pub async fn helped(&self, id: Uuid, visitor: &Visitor, now: Timestamp) -> Result<i64, Refused> {
        let mut write = self.admit(visitor, now).await?;
        let comment = comments::by_id(write.conn(), id).await?.filter(Comment::is_published);
        let comment = comment.ok_or(Refused::NoSuchComment)?;
        if !comments::note_helped(write.conn(), id, visitor, now).await? {
            return Ok(comment.helped);
        }
        write.changes(&comment.slug).await?;
        write.commit().await?;
        Ok(comment.helped + 1)
    }

    /// Notes that a reader asks the moderators to look at a comment; once for each network.
    ///
    /// # Errors
    /// `NoSuchComment` when it is not published, `Banned`, `Limited`, `Unavailable`.
    pub async fn report(
        &self,
        id: Uuid,
        reason: ReportReason,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let mut write = self.admit(visitor, now).await?;
        comments::by_id(write.conn(), id)
            .await?
            .filter(Comment::is_published)
            .ok_or(Refused::NoSuchComment)?;
        if desk::has_reported(write.conn(), id, visitor).await? {
            return Ok(());
        }
        let since = now.as_millisecond() - millis(REPORTS.within);
        let times = desk::reported_at(write.conn(), visitor, since, REPORTS.most).await?;
        if let Some(retry_after) = limits::wait(&times, REPORTS, now) {
            return Err(Refused::Limited { retry_after });
        }
        desk::report(write.conn(), self.ids.next(now), id, reason.id(), visitor.network, now).await?;
        Ok(write.commit().await?)
    }

    /// Begins a transaction for a visitor, alone among those from the same network. A network that is shut out is
    /// refused; when it was recognised by the key of the last period, the ban moves on to the key of this one.
    pub(super) async fn admit(&self, visitor: &Visitor, now: Timestamp) -> Result<Write<'_>, Refused> {
        let mut write = self.store.write(&[visitor.network.0]).await?;
        if !bans::holds_for(write.conn(), visitor, now).await? {
            return Ok(write);
        }
        bans::carry_over(write.conn(), visitor, now).await?;
        write.commit().await?;
        Err(Refused::Banned)
    }

    fn refuse_stranger(&self, comment: &Comment, token: &str, now: Timestamp) -> Result<(), Refused> {
        self.refuse_other(comment.id, comment.created, token, now)
    }

    /// Refuses whoever did not write what has this id, and everybody once the time to change it is over.
    pub(super) fn refuse_other(
        &self,
        id: Uuid,
        since: Timestamp,
        token: &str,
        now: Timestamp,
    ) -> Result<(), Refused> {
        if !self.is_author(id, token) {
            return Err(Refused::NotYours);
        }
        let window = self.settings.edit_window;
        if now.as_millisecond() - since.as_millisecond() > millis(window) {
            return Err(Refused::TooLate { window });
        }
        Ok(())
    }

    /// Why this comment has to wait for a moderator, if it has to.
    async fn why_hold(
        &self,
        write: &mut Write<'_>,
        comment: &Comment,
        trapped: bool,
        fill: FillTime,
        digest: [u8; 32],
        visitor: &Visitor,
    ) -> Result<Option<HeldBecause>, Unavailable> {
        let author = comment.author.as_deref();
        let muted = desk::muted(write.conn()).await?;
        let words = self.settings.muted_words.iter().chain(muted.iter().map(|muted| &muted.word));
        let words = Words::new(words.map(String::as_str));
        let links = self.settings.links;
        if let Some(why) = spam::suspicion(author, &comment.body, trapped, fill, links, &words) {
            return Ok(Some(why));
        }
        if comment.body.chars().count() >= spam::REPEATED_MIN
            && comments::is_known_text(write.conn(), digest, comment.id).await?
        {
            return Ok(Some(HeldBecause::Duplicate));
        }
        let (words, judged) = learned::seen(write.conn(), &bayes::places(author, &comment.body)).await?;
        if bayes::is_likely_spam(words.into_iter(), judged) {
            return Ok(Some(HeldBecause::LikelySpam));
        }
        Ok(match self.settings.moderation {
            Moderation::None => None,
            Moderation::All => Some(HeldBecause::EveryComment),
            Moderation::First if comments::was_published(write.conn(), visitor).await? => None,
            Moderation::First => Some(HeldBecause::FirstComment),
        })
    }
}

/// Takes everything away that its author wrote.
pub(super) async fn erase(write: &mut Write<'_>, comment: Comment) -> Result<Comment, Unavailable> {
    let was_seen = comment.status != Status::Held;
    let comment = Comment {
        author: None,
        body: String::new(),
        findings: Vec::new(),
        held_because: None,
        status: Status::Deleted,
        ..comment
    };
    let changed = Changed { comment: &comment, digest: keys::digest(b""), folded: "" };
    comments::update(write.conn(), changed).await?;
    if was_seen {
        write.changes(&comment.slug).await?;
    }
    Ok(comment)
}

/// What is stored of a text: secrets masked.
struct Text {
    author: Option<String>,
    body: String,
    kinds: Vec<SecretKind>,
    digest: [u8; 32],
}

impl Text {
    fn mask(author: Option<&str>, body: &str) -> Text {
        let author = author.map(redact::mask);
        let body = redact::mask(body);
        let mut kinds: Vec<SecretKind> = Vec::new();
        for kind in author.iter().flat_map(|masked| &masked.kinds).chain(&body.kinds) {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
        let digest = digest(&body.text);
        Text { author: author.map(|masked| masked.text), body: body.text, kinds, digest }
    }
}

/// What tells the same text again.
pub(super) fn digest(body: &str) -> [u8; 32] {
    keys::digest(spam::essence(body).as_bytes())
}

/// What moderators search.
pub(super) fn folded(comment: &Comment) -> String {
    folded_text(comment.author.as_deref(), &comment.body)
}

/// The same, of a comment that is not in one piece. A deleted one has nothing to search.
pub(super) fn folded_text(author: Option<&str>, body: &str) -> String {
    match (author, body) {
        (None, "") => String::new(),
        _ => format!("{}\n{body}", author.unwrap_or_default()).to_lowercase(),
    }
}
