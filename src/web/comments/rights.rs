//! What a browser may change: the comments that were posted with it, each with its edit token, in one cookie.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use uuid::Uuid;

use super::super::cookies::Jar;
use super::super::state::State;

/// A cookie has room for about 4,000 bytes (RFC 6265, section 6.1); a comment takes 81.
const MOST: usize = 20;
/// A comment can be changed for a day; while it is held, which may take longer, its author can look at it.
const KEPT: Duration = Duration::days(14);

/// Comments with their edit tokens, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights(Vec<(Uuid, String)>);

impl Rights {
    /// What the browser sent. Whether a token is good is for the comments to say.
    pub fn of(state: &State, request: &HttpRequest) -> Rights {
        Jar::Author.open(state, request).map(|value| Rights::read(&value)).unwrap_or_default()
    }

    /// The token for a comment.
    pub fn token(&self, comment: Uuid) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == comment).map(|(_, token)| token.as_str())
    }

    /// The same with one more comment; the oldest gives way when there are too many.
    pub fn with(mut self, comment: Uuid, token: String) -> Rights {
        self.0.retain(|(known, _)| *known != comment);
        self.0.insert(0, (comment, token));
        self.0.truncate(MOST);
        self
    }

    /// The cookie that keeps them.
    pub fn cookie(&self, state: &State) -> Cookie<'static> {
        Jar::Author.fill(state, self.write(), Some(KEPT))
    }

    fn read(value: &str) -> Rights {
        let right = |part: &str| {
            let (id, token) = part.split_once('.')?;
            Some((id.parse().ok()?, token.to_owned()))
        };
        Rights(value.split('~').filter_map(right).take(MOST).collect())
    }

    fn write(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(|(id, token)| format!("{id}.{token}")).collect();
        parts.join("~")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let rights = Rights::default().with(id(1), "one".into()).with(id(2), "two".into());
        assert_eq!(Rights::read(&rights.write()), rights);
        assert_eq!(rights.token(id(1)), Some("one"));
        assert_eq!(rights.token(id(3)), None);
    }

    #[test]
    fn the_newest_twenty_are_kept() {
        let rights = (1..=21).fold(Rights::default(), |rights, n| rights.with(id(n), "t".repeat(43)));
        assert_eq!(rights.token(id(1)), None);
        assert!(rights.token(id(2)).is_some() && rights.token(id(21)).is_some());
        assert!(rights.write().len() < 2000);
    }

    #[test]
    fn a_damaged_part_costs_only_itself() {
        let good = format!("{}.token", id(7));
        assert_eq!(Rights::read(&format!("nonsense~.~{good}~")).token(id(7)), Some("token"));
        assert_eq!(Rights::read(""), Rights::default());
    }
}
