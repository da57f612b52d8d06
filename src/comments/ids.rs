//! New ids: UUIDv7 (RFC 9562, section 5.7), each greater than the one before, also within a millisecond.

use std::sync::Mutex;

use jiff::Timestamp;
use uuid::{ContextV7, Uuid};

/// Hands out ids.
#[derive(Default)]
pub(super) struct Ids(Mutex<ContextV7>);

impl Ids {
    /// An id for something that happens now.
    pub(super) fn next(&self, now: Timestamp) -> Uuid {
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.0, seconds, nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_in_the_same_instant_are_in_the_order_in_which_they_were_made() {
        let ids = Ids::default();
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let made: Vec<Uuid> = (0..1000).map(|_| ids.next(now)).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
    }
}
