//! How much one may do in a time. Counted in the database, so that it holds for all instances together.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::store::{Write, bans};
use super::{Refused, Unavailable};

pub(super) const TEN_MINUTES: SignedDuration = SignedDuration::from_mins(10);
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// At most `most` in `within`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) most: i64,
    pub(super) within: SignedDuration,
}

/// Refuses when there were too many. `who` is the same one under two names: the key of the day and the one before.
pub(super) async fn check(
    write: &mut Write<'_>,
    who: [[u8; 32]; 2],
    what: &'static str,
    limits: &[Limit],
    now: Timestamp,
) -> Result<(), Refused> {
    let most = limits.iter().map(|limit| limit.most).max().unwrap_or(0);
    let longest = limits.iter().map(|limit| limit.within).max().unwrap_or(SignedDuration::ZERO);
    let since = now.as_millisecond().saturating_sub(millis(longest));
    let times = bans::attempts(write.conn(), who, what, since, most).await?;
    match limits.iter().filter_map(|limit| wait(&times, *limit, now)).max() {
        Some(retry_after) => Err(Refused::Limited { retry_after }),
        None => Ok(()),
    }
}

/// Counts one more.
pub(super) async fn count(
    write: &mut Write<'_>,
    id: Uuid,
    who: [u8; 32],
    what: &'static str,
    now: Timestamp,
) -> Result<(), Unavailable> {
    bans::note_attempt(write.conn(), id, who, what, now).await
}

/// How long until one more is allowed, if it is not now. `times` in milliseconds, newest first.
pub(super) fn wait(times: &[i64], limit: Limit, now: Timestamp) -> Option<SignedDuration> {
    let nth = usize::try_from(limit.most.max(1) - 1).unwrap_or(usize::MAX);
    let free_at = times.get(nth)?.saturating_add(millis(limit.within));
    let left = free_at.saturating_sub(now.as_millisecond());
    // Never longer than the limit itself, whatever another instance's clock says.
    (left > 0).then(|| SignedDuration::from_millis(left.clamp(1000, millis(limit.within).max(1000))))
}

/// In milliseconds, as times are in the database.
pub(super) fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds_ago: &[i64], expected: Option<i64>) {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let times: Vec<i64> = seconds_ago.iter().map(|s| now.as_millisecond() - s * 1000).collect();
        let limit = Limit { most: 3, within: TEN_MINUTES };
        assert_eq!(wait(&times, limit, now).map(|left| left.as_secs()), expected);
    }

    #[test]
    fn below_the_limit_nobody_waits() {
        check(&[], None);
        check(&[1, 2], None);
    }

    #[test]
    fn at_the_limit_the_wait_ends_when_the_first_of_them_is_old_enough() {
        check(&[10, 20, 100], Some(500));
    }

    #[test]
    fn what_is_old_enough_no_longer_counts() {
        check(&[10, 20, 600], None);
    }

    #[test]
    fn a_wait_is_at_least_a_second() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let times = [now.as_millisecond() - 599_999];
        let wait = wait(&times, Limit { most: 1, within: TEN_MINUTES }, now);
        assert_eq!(wait, Some(SignedDuration::from_secs(1)));
    }

    #[test]
    fn a_clock_that_runs_ahead_elsewhere_does_not_make_the_wait_longer_than_the_limit() {
        check(&[-90_000, -90_000, -90_000], Some(600));
    }
}
