//! Moderators: their accounts, and who is signed in.

use jiff::{SignedDuration, Timestamp};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::errors::Cause;
use super::limits::{self, Limit, millis};
use super::store::accounts::{self, NewSession};
use super::store::bans;
use super::{
    Comments, Moderator, ModeratorError, Refused, Role, Session, Unavailable, Visitor, keys, password, second,
};

const QUARTER: SignedDuration = SignedDuration::from_mins(15);
/// The most failed attempts to sign in from one network.
const PER_NETWORK: Limit = Limit { most: 10, within: QUARTER };
/// The most failed attempts on one name, from everywhere. Somebody else can use it up; who is signed in stays so.
const PER_NAME: Limit = Limit { most: 50, within: QUARTER };
/// A session's end is moved on at most this often, so that not every page writes.
const SEEN_STEP: SignedDuration = SignedDuration::from_mins(5);

impl Comments {
    /// Makes an account. Names are compared without regard to case.
    ///
    /// # Errors
    /// See [`ModeratorError`].
    pub async fn add_moderator(
        &self,
        name: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<(), ModeratorError> {
        let name = valid_name(name)?;
        let hash = self.hash(password).await?;
        let mut write = self.store.write(&[]).await?;
        if !accounts::insert(write.conn(), &name, &hash, now).await? {
            return Err(ModeratorError::Exists(name));
        }
        Ok(write.commit().await?)
    }

    /// Gives an account another password and ends its sessions.
    ///
    /// # Errors
    /// See [`ModeratorError`].
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), ModeratorError> {
        let name = valid_name(name)?;
        let hash = self.hash(password).await?;
        let mut write = self.store.write(&[]).await?;
        if !accounts::set_password(write.conn(), &name, &hash).await? {
            return Err(ModeratorError::Unknown(name));
        }
        accounts::end_all(write.conn(), &name).await?;
        Ok(write.commit().await?)
    }

    /// Takes an account away and ends its sessions. What it did stays noted.
    ///
    /// # Errors
    /// See [`ModeratorError`].
    pub async fn remove_moderator(&self, name: &str) -> Result<(), ModeratorError> {
        let name = valid_name(name)?;
        let mut write = self.store.write(&[]).await?;
        accounts::end_all(write.conn(), &name).await?;
        if !accounts::remove(write.conn(), &name).await? {
            return Err(ModeratorError::Unknown(name));
        }
        Ok(write.commit().await?)
    }

    /// The accounts, by name.
    ///
    /// # Errors
    /// When the database does not answer. So for all that follow.
    pub async fn moderators(&self) -> Result<Vec<Moderator>, Unavailable> {
        accounts::list(&mut *self.store.read().await?).await
    }

    /// Signs a moderator in: the token for the cookie, or nothing when name, password and, where there is a second factor, the code do
    /// not match. That takes as long for a name that nobody has.
    ///
    /// # Errors
    /// `Limited` after too many attempts from this network or on this name, `Unavailable`.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        code: &str,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Option<String>, Refused> {
        let name = name.trim().to_lowercase();
        // People type passwords into the field for the name: what was tried is kept as a keyed hash only.
        let name_hash = self.keys.signing.sign("name", &[name.as_bytes()]);
        let network = visitor.network.0;

        // Counted before the password is looked at, or many at once would pass.
        let mut write = self.store.write(&[network, name_hash]).await?;
        limits::check(&mut write, visitor.hashes(), "sign-in", &[PER_NETWORK], now).await?;
        limits::check(&mut write, [name_hash; 2], "sign-in", &[PER_NAME], now).await?;
        limits::count(&mut write, self.ids.next(now), network, "sign-in", now).await?;
        limits::count(&mut write, self.ids.next(now), name_hash, "sign-in", now).await?;
        write.commit().await?;

        let known = match valid_name(&name) {
            Ok(name) => accounts::password_of(&mut *self.store.read().await?, &name).await?,
            Err(_no_such_name) => None,
        };
        let typed =
            if password.chars().count() <= *password::LENGTH.end() { password } else { "" }.to_owned();
        if !self.off_thread(move || password::matches(&typed, known.as_deref())).await? {
            return Ok(None);
        }

        let (token, digest) = keys::session_token()?;
        let expires = later(now, self.settings.session);
        let role = Role::Moderator; // What it is, is asked each time.
        let session =
            Session { id: self.ids.next(now), moderator: name, role, created: now, seen: now, expires };
        let mut write = self.store.write(&[]).await?;
        if !second::passes(&mut write, &session.moderator, code, now).await? {
            return Ok(None);
        }
        for who in [network, name_hash] {
            bans::forget_attempts(write.conn(), who, "sign-in").await?;
        }
        if !accounts::begin_session(write.conn(), NewSession { session: &session, digest }).await? {
            return Ok(None);
        }
        write.commit().await?;
        Ok(Some(token))
    }

    /// Whose session this token is; moves its end on.
    pub async fn session(&self, token: &str, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        let digest = keys::digest(token.as_bytes());
        let found = accounts::session_by_digest(&mut *self.store.read().await?, digest, now).await?;
        let Some(mut session) = found else { return Ok(None) };
        if now.as_millisecond() - session.seen.as_millisecond() >= millis(SEEN_STEP) {
            session.seen = now;
            session.expires = later(now, self.settings.session);
            let mut write = self.store.write(&[]).await?;
            accounts::seen(write.conn(), &session).await?;
            write.commit().await?;
        }
        Ok(Some(session))
    }

    /// Ends the session with this token.
    pub async fn sign_out(&self, token: &str) -> Result<(), Unavailable> {
        let mut write = self.store.write(&[]).await?;
        accounts::end_by_digest(write.conn(), keys::digest(token.as_bytes())).await?;
        write.commit().await
    }

    /// Where a moderator is signed in, newest first.
    pub async fn sessions(&self, moderator: &str, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        accounts::sessions_of(&mut *self.store.read().await?, moderator, now).await
    }

    /// Ends one session of a moderator by its id. Whether there was one.
    pub async fn end_session(&self, moderator: &str, id: Uuid) -> Result<bool, Unavailable> {
        let mut write = self.store.write(&[]).await?;
        let ended = accounts::end_by_id(write.conn(), moderator, id).await?;
        write.commit().await?;
        Ok(ended)
    }

    async fn hash(&self, password: &str) -> Result<String, ModeratorError> {
        if !password::LENGTH.contains(&password.chars().count()) {
            return Err(ModeratorError::BadPassword);
        }
        let password = password.to_owned();
        Ok(self.off_thread(move || password::hash(&password)).await?)
    }

    /// Does slow work where it stops nobody else, and not too much of it at once.
    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, Unavailable> {
        // The semaphore is never closed; without a permit the work is done all the same.
        let _permit = self.checking.acquire().await.ok();
        let done = spawn_blocking(work).await.map_err(|error| Cause::Password(error.to_string()))?;
        Ok(done.map_err(Cause::Password)?)
    }
}

fn valid_name(name: &str) -> Result<String, ModeratorError> {
    let name = name.trim().to_lowercase();
    let fits = (1..=60).contains(&name.chars().count());
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if fits && is_plain { Ok(name) } else { Err(ModeratorError::BadName) }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
