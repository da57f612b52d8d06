//! The second factor of moderators, and their roles.

use jiff::Timestamp;

use super::store::{Write, accounts};
use super::{Comments, ModeratorError, Role, Unavailable, totp};

/// What somebody puts into an app to get codes from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret in base32, to type.
    pub secret: String,
    /// The same as an address that apps open
    /// (<https://github.com/google/google-authenticator/wiki/Key-Uri-Format>).
    pub address: String,
}

impl Comments {
    /// A new secret for a second factor. Nothing is stored before a code from it was seen.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn propose_second_factor(&self, moderator: &str) -> Result<SecondFactor, Unavailable> {
        Ok(factor(moderator, &totp::new_secret()?))
    }

    /// The same again, from the secret as it was shown. Nothing when it is none.
    pub fn second_factor(&self, moderator: &str, secret: &str) -> Option<SecondFactor> {
        totp::from_base32(secret)
            .filter(|bytes| bytes.len() == totp::SECRET)
            .map(|bytes| factor(moderator, &bytes))
    }

    /// Makes signing in take a code from now on, when this is one that the app made of the secret. Answers the codes that are good
    /// once, which are shown only now; nothing when the code is wrong.
    ///
    /// # Errors
    /// When the database does not answer. So for all that follow.
    pub async fn set_second_factor(
        &self,
        moderator: &str,
        secret: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<String>>, Unavailable> {
        let secret = totp::from_base32(secret).filter(|bytes| bytes.len() == totp::SECRET);
        let Some(secret) = secret else { return Ok(None) };
        let Some(step) = totp::step_of(&secret, code, 0, now) else { return Ok(None) };
        let mut write = self.store.write(&[]).await?;
        if !accounts::set_totp(write.conn(), moderator, Some(&secret), step).await? {
            return Ok(None);
        }
        let codes = totp::new_recovery_codes()?;
        for (_, digest) in &codes {
            accounts::add_recovery(write.conn(), moderator, *digest).await?;
        }
        self.note(&mut write, "second-factor", None, Some(moderator), moderator, now).await?;
        write.commit().await?;
        Ok(Some(codes.into_iter().map(|(code, _)| code).collect()))
    }

    /// Makes signing in take no code any more, when this is a good one. Whether it was.
    pub async fn drop_second_factor(
        &self,
        moderator: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        let mut write = self.store.write(&[]).await?;
        if !passes(&mut write, moderator, code, now).await? {
            return Ok(false);
        }
        accounts::set_totp(write.conn(), moderator, None, 0).await?;
        self.note(&mut write, "no-second-factor", None, Some(moderator), moderator, now).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Whether signing in takes a code, and how many of those that are good once are left.
    pub async fn second_factor_of(&self, moderator: &str) -> Result<Option<i64>, Unavailable> {
        let mut conn = self.store.read().await?;
        match accounts::totp_of(&mut conn, moderator).await? {
            Some(_) => Ok(Some(accounts::recovery_left(&mut conn, moderator).await?)),
            None => Ok(None),
        }
    }

    /// Gives an account another role; takes its second factor away when it was lost. For the operator.
    ///
    /// # Errors
    /// See [`ModeratorError`].
    pub async fn set_role(&self, name: &str, role: Role) -> Result<(), ModeratorError> {
        let name = name.trim().to_lowercase();
        let mut write = self.store.write(&[]).await?;
        if !accounts::set_role(write.conn(), &name, role).await? {
            return Err(ModeratorError::Unknown(name));
        }
        Ok(write.commit().await?)
    }

    /// Takes the second factor of an account away, when its holder lost it. For the operator.
    ///
    /// # Errors
    /// See [`ModeratorError`].
    pub async fn reset_second_factor(&self, name: &str) -> Result<(), ModeratorError> {
        let name = name.trim().to_lowercase();
        let mut write = self.store.write(&[]).await?;
        if !accounts::set_totp(write.conn(), &name, None, 0).await? {
            return Err(ModeratorError::Unknown(name));
        }
        Ok(write.commit().await?)
    }
}

/// Whether a moderator may pass with this code: there is no second factor, it is the code of now, or one that is good once.
/// It is used up.
pub(super) async fn passes(
    write: &mut Write<'_>,
    moderator: &str,
    code: &str,
    now: Timestamp,
) -> Result<bool, Unavailable> {
    let Some((secret, last)) = accounts::totp_of(write.conn(), moderator).await? else { return Ok(true) };
    if let Some(step) = totp::step_of(&secret, code, last, now) {
        return accounts::use_step(write.conn(), moderator, step).await;
    }
    accounts::use_recovery(write.conn(), moderator, totp::recovery_digest(code)).await
}

fn factor(moderator: &str, secret: &[u8]) -> SecondFactor {
    let secret = totp::base32(secret);
    let label: String = url_safe(moderator);
    SecondFactor { address: format!("otpauth://totp/fix401:{label}?secret={secret}&issuer=fix401"), secret }
}

/// A name as a part of an address (RFC 3986, section 2.1).
fn url_safe(name: &str) -> String {
    let safe = |byte: u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(safe).collect()
}
