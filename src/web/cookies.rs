//! The two cookies of the site, and how they are kept: out of reach of scripts, never sent from another site. Knows not
//! what is in them.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::state::State;

/// A cookie by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jar {
    /// The right to change one's own comments.
    Author,
    /// A moderator's session.
    Moderator,
}

impl Jar {
    /// Its name. `__Host-` keeps other hosts and plain connections from setting it, and browsers take such a name only
    /// with `Secure` (RFC 6265bis, section 4.1.3.2): without TLS, on another machine, it has to go without.
    fn name(self, state: &State) -> &'static str {
        match (self, state.config.public_url.keeps_secure_cookies()) {
            (Jar::Author, true) => "__Host-fix401-author",
            (Jar::Author, false) => "fix401-author",
            (Jar::Moderator, true) => "__Host-fix401-moderator",
            (Jar::Moderator, false) => "fix401-moderator",
        }
    }

    /// What the browser sent.
    pub fn open(self, state: &State, request: &HttpRequest) -> Option<String> {
        request.cookie(self.name(state)).map(|cookie| cookie.value().to_owned())
    }

    /// Puts a value in; without a time it lasts until the browser is closed.
    pub fn fill(self, state: &State, value: String, keep: Option<Duration>) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.name(state), value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(state.config.public_url.keeps_secure_cookies())
            .finish();
        if let Some(keep) = keep {
            cookie.set_max_age(keep);
        }
        cookie
    }

    /// Throws it away.
    pub fn empty(self, state: &State) -> Cookie<'static> {
        self.fill(state, String::new(), Some(Duration::ZERO))
    }
}
