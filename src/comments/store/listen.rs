//! Hears from the other instances, through PostgreSQL's NOTIFY, what changed.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::super::Change;
use super::CHANNEL;

/// How long to wait before the next attempt to connect: at first, and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(15));
/// After so long without a word, ask whether the connection is still there: a network may lose it silently.
const QUIET: Duration = Duration::from_secs(30);
/// How long the answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// Listens until it is dropped.
pub(super) struct Listener(JoinHandle<()>);

impl Listener {
    /// Hears everything that is said after this returns.
    pub(super) async fn start(
        url: &str,
        changes: broadcast::Sender<Change>,
        instance: String,
    ) -> Result<Listener, sqlx::Error> {
        let mut listener = connect(url).await?;
        let url = url.to_owned();
        Ok(Listener(tokio::spawn(async move {
            loop {
                hear(&mut listener, &changes, &instance).await;
                tracing::warn!("lost the connection that hears of new comments on other instances");
                listener = reconnect(&url).await;
                // Nobody told us what happened while nobody listened.
                let _ = changes.send(Change::Everything);
            }
        })))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn connect(url: &str) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    // Otherwise it reconnects without a word, and what was said in between is lost.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

async fn reconnect(url: &str) -> PgListener {
    let mut pause = PAUSE.0;
    loop {
        sleep(pause).await;
        match connect(url).await {
            Ok(listener) => return listener,
            Err(_still_away) => pause = (pause * 2).min(PAUSE.1),
        }
    }
}

/// Passes on what others say, until the connection is lost.
async fn hear(listener: &mut PgListener, changes: &broadcast::Sender<Change>, instance: &str) {
    loop {
        match timeout(QUIET, listener.try_recv()).await {
            Ok(Ok(Some(notice))) => match notice.payload().split_once(' ') {
                // Nobody listens to us: fine.
                Some((from, slug)) if from != instance => {
                    let _ = changes.send(Change::Article(slug.to_owned()));
                }
                _ours => {}
            },
            Ok(_lost) => return,
            Err(_quiet) => match timeout(ANSWER, sqlx::query("SELECT 1").execute(&mut *listener)).await {
                Ok(Ok(_there)) => {}
                _lost => return,
            },
        }
    }
}
