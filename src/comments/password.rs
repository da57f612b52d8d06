//! Passwords of moderators: argon2id (RFC 9106) with the parameters that OWASP names as the least (19 MiB, 2 passes).
//! Slow by design: call these on a thread that may block.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

/// The shortest and the longest password, in characters. The length is what makes a password strong (NIST SP
/// 800-63B, section 3.1.1); the upper bound only keeps the work bounded.
pub(super) const LENGTH: std::ops::RangeInclusive<usize> = 12..=200;

/// The hash of a password that nobody has, made with the same parameters: checking a password against it takes as
/// long as against a real one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiBub2JvZHkh$dGhlIGhhc2ggb2Ygbm8gcGFzc3dvcmQgYXQgYWxsLiE";

/// The hash to store, in the PHC string format.
pub(super) fn hash(password: &str) -> Result<String, String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

/// Whether the password is the one. Without a hash the answer is no, after the same work.
pub(super) fn matches(password: &str, stored: Option<&str>) -> Result<bool, String> {
    let hash = PasswordHash::new(stored.unwrap_or(NOBODY)).map_err(|error| error.to_string())?;
    let same = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    Ok(same && stored.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let stored = hash("correct horse battery").unwrap();
        assert_eq!(matches("correct horse battery", Some(&stored)), Ok(true));
        assert_eq!(matches("correct horse batterz", Some(&stored)), Ok(false));
    }

    #[test]
    fn the_same_password_has_another_hash_each_time() {
        assert_ne!(hash("correct horse battery").unwrap(), hash("correct horse battery").unwrap());
    }

    #[test]
    fn an_unknown_name_takes_the_same_work_as_a_known_one() {
        let parameters = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(parameters(NOBODY), parameters(&hash("correct horse battery").unwrap()));
        assert_eq!(matches("anything", None), Ok(false));
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(parsed.hash.map(|output| output.len()), Some(32));
    }
}
