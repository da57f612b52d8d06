//! Who sends something: the keys in use, and the network of a visitor hashed with them.

use std::net::IpAddr;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

use super::keys::Key;
use super::limits::millis;
use super::network::NetworkHash;
use super::store::Store;
use super::store::upkeep::{self, Purpose};
use super::{Unavailable, Visitor};

/// The keys of all instances, as far as this one has read them.
pub(super) struct Keys {
    /// Signs edit tokens and form tokens.
    pub(super) signing: Key,
    /// The keys of one period; replaced when the next begins.
    networks: Mutex<Option<NetworkKeys>>,
    rotation: SignedDuration,
}

#[derive(Clone, Copy)]
struct NetworkKeys {
    starts: i64,
    current: Key,
    earlier: Option<Key>,
}

impl Keys {
    /// Reads the signing key, and makes it when this is a new database.
    pub(super) async fn open(store: &Store, rotation: SignedDuration) -> Result<Keys, Unavailable> {
        let signing = key_of_period(store, Purpose::Signing, 0).await?.0;
        Ok(Keys { signing, networks: Mutex::new(None), rotation })
    }

    /// Who this is under the key of the day and the one before it.
    pub(super) async fn visitor(
        &self,
        store: &Store,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<Visitor, Unavailable> {
        let keys = self.networks(store, now).await?;
        Ok(Visitor {
            network: NetworkHash::of(address, &keys.current),
            earlier: keys.earlier.map(|key| NetworkHash::of(address, &key)),
        })
    }

    /// The beginning of the period before this one, in milliseconds. What was hashed earlier than that is of no use.
    pub(super) fn horizon(&self, now: Timestamp) -> i64 {
        self.period(now).saturating_sub(self.length())
    }

    async fn networks(&self, store: &Store, now: Timestamp) -> Result<NetworkKeys, Unavailable> {
        let starts = self.period(now);
        let known = *self.networks.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(keys) = known.filter(|keys| keys.starts == starts) {
            return Ok(keys);
        }
        let (current, earlier) = key_of_period(store, Purpose::Network, starts).await?;
        let earlier = earlier.filter(|(began, _)| *began >= starts.saturating_sub(self.length()));
        let keys = NetworkKeys { starts, current, earlier: earlier.map(|(_, key)| key) };
        *self.networks.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(keys);
        Ok(keys)
    }

    /// When the period began that this is in. The same on all instances.
    fn period(&self, now: Timestamp) -> i64 {
        let now = now.as_millisecond();
        now - now.rem_euclid(self.length())
    }

    fn length(&self) -> i64 {
        millis(self.rotation).max(1)
    }
}

/// The key of this period, made now if it is the first time that somebody asks; and the one before it.
async fn key_of_period(
    store: &Store,
    purpose: Purpose,
    starts: i64,
) -> Result<(Key, Option<(i64, Key)>), Unavailable> {
    let mut known = upkeep::keys(&mut *store.read().await?, purpose, starts).await?;
    if known.first().is_none_or(|(began, _)| *began != starts) {
        let mut write = store.write(&[]).await?;
        upkeep::offer_key(write.conn(), purpose, starts, &Key::random()?).await?;
        write.commit().await?;
        known = upkeep::keys(&mut *store.read().await?, purpose, starts).await?;
    }
    let mut known = known.into_iter();
    let (_, current) = known.next().ok_or_else(|| sqlx::Error::RowNotFound)?;
    Ok((current, known.next()))
}
