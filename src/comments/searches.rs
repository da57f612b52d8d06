//! What readers searched for in vain, for moderators to see which article is missing. Counted in memory and stored now and then: a
//! search never waits for the disk.

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

use super::limits::millis;
use super::store::upkeep;
use super::{Comments, MissedSearch, Unavailable, spam};
use crate::redact;

/// Longer than this it is a paste, not a question, in characters.
const WORDS_MAX: usize = 80;
/// How many different words wait in memory; what comes on top is not counted.
const WAITING_MAX: usize = 500;
/// How many are kept in the database, and for how long.
const KEPT_MAX: i64 = 2000;
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How often and when last, by words.
pub(super) type Waiting = Mutex<HashMap<String, (i64, i64)>>;

impl Comments {
    /// Notes that a search found nothing. Long ones, and those that look like a secret, are not kept.
    pub fn note_missed_search(&self, typed: &str, now: Timestamp) {
        let words = spam::essence(&typed.replace('\0', ""));
        if words.is_empty() || words.chars().count() > WORDS_MAX || !redact::mask(typed).kinds.is_empty() {
            return;
        }
        let mut waiting = self.missed.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if waiting.len() < WAITING_MAX || waiting.contains_key(&words) {
            let (times, latest) = waiting.entry(words).or_default();
            *times += 1;
            *latest = now.as_millisecond();
        }
    }

    /// What was most often searched for in vain, the most frequent first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn missed_searches(&self, limit: usize) -> Result<Vec<MissedSearch>, Unavailable> {
        self.store_missed_searches().await?;
        let limit = i64::try_from(limit).unwrap_or(KEPT_MAX);
        upkeep::misses(&mut *self.store.read().await?, limit).await
    }

    /// Stores what waits in memory. What can't be stored is forgotten: it is not worth more.
    async fn store_missed_searches(&self) -> Result<(), Unavailable> {
        let waiting =
            std::mem::take(&mut *self.missed.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        if waiting.is_empty() {
            return Ok(());
        }
        let mut waiting: Vec<_> = waiting.into_iter().collect();
        // Instances that store at the same time do so in the same order, so that none waits for the other.
        waiting.sort_unstable();
        let mut write = self.store.write(&[]).await?;
        for (words, (times, latest)) in waiting {
            upkeep::add_misses(write.conn(), &words, times, latest).await?;
        }
        write.commit().await
    }

    /// Stores what waits in memory and forgets what is old.
    pub(super) async fn tend_missed_searches(&self, now: Timestamp) -> Result<(), Unavailable> {
        self.store_missed_searches().await?;
        let mut write = self.store.write(&[]).await?;
        let before = now.as_millisecond().saturating_sub(millis(KEPT_FOR));
        upkeep::forget_misses(write.conn(), before, KEPT_MAX).await?;
        write.commit().await
    }
}
