//! One click that says whether an article helped, with what the diagnosis had found; and what all of them say together.

use jiff::Timestamp;
use uuid::Uuid;

use super::store::answers;
use super::{
    Comments, Draft, FieldProblem, FillTime, NewComment, Outcome, Refused, Tally, Unavailable, Visitor, keys,
};

/// So many of the newest answers and comments are learnt from. The others would count little for their age.
const LEARNT_FROM: i64 = 20_000;

/// What a reader answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// UUIDv7.
    pub id: Uuid,
    /// The slug of the article.
    pub slug: String,
    /// [`Outcome::Fixed`], [`Outcome::Partly`] or [`Outcome::NotFixed`].
    pub outcome: Outcome,
    /// The ids of what the diagnosis had found; may be empty.
    pub findings: Vec<String>,
    /// When it was given, or changed last.
    pub at: Timestamp,
    /// Whether it came from a program, or faster than anybody reads.
    pub is_bare: bool,
}

/// An answer that may be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnswer {
    outcome: Outcome,
    findings: Vec<String>,
}

impl NewAnswer {
    /// Reads what was sent: the id of an outcome, and ids of findings.
    ///
    /// # Errors
    /// What is wrong with `outcome` or `findings`.
    pub fn parse(outcome: &str, findings: Vec<String>) -> Result<NewAnswer, Vec<FieldProblem>> {
        // The same ids as in a comment, so the same rules.
        let draft =
            Draft { body: "An answer.".into(), outcome: outcome.into(), findings, ..Draft::default() };
        let NewComment { outcome, findings, .. } = NewComment::parse(draft)?;
        if !matches!(outcome, Outcome::Fixed | Outcome::Partly | Outcome::NotFixed) {
            let message = "Choose one of these: fixed, partly, not-fixed.".to_owned();
            return Err(vec![FieldProblem { field: "outcome", message }]);
        }
        Ok(NewAnswer { outcome, findings })
    }
}

/// An answer, with the right to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// As it is stored.
    pub answer: Answer,
    /// Shown once, to who answered; not stored.
    pub token: String,
}

/// Where something that was said comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// A program, or a click faster than anybody reads.
    Bare,
    /// A click on a form.
    Clicked,
    /// A comment.
    Published,
    /// A comment that a moderator published.
    Approved,
}

/// What an answer or a published comment says about an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Testimony {
    /// The slug of the article.
    pub slug: String,
    /// [`Outcome::Fixed`], [`Outcome::Partly`] or [`Outcome::NotFixed`].
    pub outcome: Outcome,
    /// The ids of the findings; may be empty.
    pub findings: Vec<String>,
    /// Tells one network from another, while it is remembered.
    pub network: Option<[u8; 32]>,
    /// When.
    pub at: Timestamp,
    /// Where it comes from.
    pub weight: Weight,
}

/// Whether answers change the ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The slug of a cause; empty for all.
    pub slug: String,
    /// Whether they do.
    pub is_on: bool,
    /// Who switched it last.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Comments {
    /// Stores what a reader answered under an article. A network that answered there today changes what it said. Whether
    /// there is such an article is for the caller to know.
    ///
    /// # Errors
    /// `Banned`, `Unavailable`.
    pub async fn answer(
        &self,
        slug: &str,
        new: NewAnswer,
        visitor: &Visitor,
        fill: FillTime,
        now: Timestamp,
    ) -> Result<Answered, Refused> {
        let day = now.as_second().div_euclid(24 * 3600);
        let mut write = self.admit(visitor, now).await?;
        let known = answers::of_day(write.conn(), slug, day, visitor).await?;
        let answer = Answer {
            id: known.unwrap_or_else(|| self.ids.next(now)),
            slug: slug.to_owned(),
            outcome: new.outcome,
            findings: new.findings,
            at: now,
            is_bare: !matches!(fill, FillTime::Fresh | FillTime::TooOld),
        };
        answers::put(write.conn(), &answer, visitor.network, day).await?;
        write.changes(slug).await?;
        write.commit().await?;
        Ok(Answered { token: keys::edit_token(&self.keys.signing, answer.id), answer })
    }

    /// What was answered, if it was not taken back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn answered(&self, id: Uuid) -> Result<Option<Answer>, Unavailable> {
        answers::by_id(&mut *self.store.read().await?, id).await
    }

    /// Whether the token gives the right to take an answer back now.
    pub fn may_take_back(&self, answer: &Answer, token: &str, now: Timestamp) -> bool {
        self.refuse_other(answer.id, answer.at, token, now).is_ok()
    }

    /// Takes an answer back, as long as a comment could be deleted.
    ///
    /// # Errors
    /// `NoSuchComment`, `NotYours`, `TooLate`, `Unavailable`.
    pub async fn take_back(&self, id: Uuid, token: &str, now: Timestamp) -> Result<Answer, Refused> {
        let mut write = self.store.write(&[]).await?;
        let answer = answers::by_id(write.conn(), id).await?.ok_or(Refused::NoSuchComment)?;
        self.refuse_other(answer.id, answer.at, token, now)?;
        answers::remove(write.conn(), id).await?;
        write.changes(&answer.slug).await?;
        write.commit().await?;
        Ok(answer)
    }

    /// How often an article was said to help by a click, beside what comments say.
    ///
    /// # Errors
    /// When the database does not answer. So for all that follow.
    pub async fn clicked(&self, slug: &str) -> Result<Tally, Unavailable> {
        let found = answers::tallies(&mut *self.store.read().await?, Some(slug)).await?;
        Ok(found.into_iter().fold(Tally::default(), |sum, (_, tally)| sum.plus(tally)))
    }

    /// What answers and published comments say, the newest first.
    pub async fn testimonies(&self) -> Result<Vec<Testimony>, Unavailable> {
        answers::testimonies(&mut *self.store.read().await?, LEARNT_FROM).await
    }

    /// Which switches a moderator ever touched, as they are now.
    pub async fn switches(&self) -> Result<Vec<Switch>, Unavailable> {
        answers::switches(&mut *self.store.read().await?).await
    }

    /// Switches what answers change off or on, for a cause or, with an empty slug, for all. It is noted who did.
    pub async fn switch(&self, slug: &str, is_on: bool, by: &str, now: Timestamp) -> Result<(), Unavailable> {
        let switch = Switch { slug: slug.to_owned(), is_on, by: by.to_owned(), at: now };
        let mut write = self.store.write(&[]).await?;
        answers::note_switch(write.conn(), self.ids.next(now), &switch).await?;
        write.changes(slug).await?;
        write.commit().await
    }
}

impl Tally {
    /// Both together.
    pub fn plus(self, other: Tally) -> Tally {
        Tally {
            fixed: self.fixed + other.fixed,
            partly: self.partly + other.partly,
            not_fixed: self.not_fixed + other.not_fixed,
            comments: self.comments + other.comments,
        }
    }
}
