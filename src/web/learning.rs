//! From what readers answered to what the diagnosis learns: the slugs of causes become causes. Knows neither how answers are
//! stored nor how they are weighed.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::state::Site;
use crate::cause::Cause;
use crate::comments::{Comments, Outcome, Switch, Testimony, Weight};
use crate::diagnosis::learnt::{Learnt, Told, Trust, Went};

/// Learns from all answers; nothing while the database is away.
pub async fn learn(site: Arc<Site>, comments: &Comments, now: Timestamp) -> Option<Learnt> {
    let (said, switches) = tokio::join!(comments.testimonies(), comments.switches());
    let (said, switches) = match (said, switches) {
        (Ok(said), Ok(switches)) => (said, switches),
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(?error, "answers could not be learnt from; the ranking stays as it was");
            return None;
        }
    };
    let work = move || {
        let told: Vec<Told> = said.into_iter().filter_map(told).collect();
        site.diagnoser.learn(&told, off(&switches), now)
    };
    // Thousands of answers take longer than other requests on this thread should wait.
    tokio::task::spawn_blocking(work).await.ok()
}

/// An answer about a cause; those about other articles change no ranking.
fn told(said: Testimony) -> Option<Told> {
    Some(Told {
        cause: said.slug.parse().ok()?,
        went: match said.outcome {
            Outcome::Fixed => Went::Fixed,
            Outcome::Partly => Went::Partly,
            Outcome::NotFixed => Went::NotFixed,
            Outcome::Question | Outcome::Note => return None,
        },
        findings: said.findings,
        network: said.network,
        at: said.at,
        trust: match said.weight {
            Weight::Bare => Trust::Bare,
            Weight::Clicked => Trust::Clicked,
            Weight::Published => Trust::Published,
            Weight::Approved => Trust::Approved,
        },
    })
}

/// The causes that answers may not move.
fn off(switches: &[Switch]) -> BTreeSet<Cause> {
    let all = switches.iter().any(|switch| switch.slug.is_empty() && !switch.is_on);
    let is_off =
        |cause: &&Cause| all || switches.iter().any(|switch| switch.slug == cause.id() && !switch.is_on);
    Cause::ALL.iter().filter(is_off).copied().collect()
}
