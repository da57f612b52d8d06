//! Cookies: what a server sets, with its attributes, and what a client sends (RFC 6265, sections 4.1 and 4.2).
//! Knows nothing of which cookies carry a session.

use super::lines::is_token;
use super::{Header, Headers, Piece};

/// A cookie that a response sets. Attributes are compared without case; a later one wins, as in browsers.
#[derive(Debug)]
pub struct SetCookie<'t> {
    pub name: Piece<'t>,
    pub value: Piece<'t>,
    pub secure: bool,
    pub http_only: bool,
    pub partitioned: bool,
    pub same_site: Option<Piece<'t>>,
    pub domain: Option<Piece<'t>>,
    pub path: Option<Piece<'t>>,
    pub expires: Option<Piece<'t>>,
    pub max_age: Option<Piece<'t>>,
}

/// A cookie that a request carries.
#[derive(Debug)]
pub struct Cookie<'t> {
    pub name: Piece<'t>,
    pub value: Piece<'t>,
}

impl<'t> SetCookie<'t> {
    /// Every cookie that these fields set.
    pub fn all(headers: &Headers<'t>) -> Vec<SetCookie<'t>> {
        headers.all("Set-Cookie").filter_map(|header| SetCookie::read(&header.value)).collect()
    }

    /// Whether a line is the value of such a field without its name, as people copy it: its attributes tell.
    pub(super) fn is_bare(line: &str) -> bool {
        let line = line.trim();
        let Some((name, _)) = line.split_once('=') else { return false };
        let attributes = line.split(';').skip(1).filter(|part| {
            let part = part.trim().to_ascii_lowercase();
            part == "httponly"
                || part == "secure"
                || part.starts_with("path=/")
                || part.starts_with("samesite=")
        });
        is_token(name) && attributes.count() >= 2
    }

    /// The cookie in one field value; nothing when it has no name.
    pub fn read(value: &Piece<'t>) -> Option<SetCookie<'t>> {
        let mut parts = parts(value);
        let (name, content) = pair(&parts.next()?);
        if name.text.is_empty() {
            return None;
        }
        let mut cookie = SetCookie {
            name,
            value: content?,
            secure: false,
            http_only: false,
            partitioned: false,
            same_site: None,
            domain: None,
            path: None,
            expires: None,
            max_age: None,
        };
        for part in parts {
            let (name, content) = pair(&part);
            match name.text.to_ascii_lowercase().as_str() {
                "secure" => cookie.secure = true,
                "httponly" => cookie.http_only = true,
                "partitioned" => cookie.partitioned = true,
                "samesite" => cookie.same_site = content,
                "domain" => cookie.domain = content,
                "path" => cookie.path = content,
                "expires" => cookie.expires = content,
                "max-age" => cookie.max_age = content,
                _ => {}
            }
        }
        Some(cookie)
    }

    /// Whether `SameSite` has this value, compared without case.
    pub fn is_same_site(&self, value: &str) -> bool {
        self.same_site.as_ref().is_some_and(|piece| piece.text.eq_ignore_ascii_case(value))
    }
}

impl<'t> Cookie<'t> {
    /// Every cookie in the `Cookie` fields of a request.
    pub fn all(headers: &Headers<'t>) -> Vec<Cookie<'t>> {
        headers.all("Cookie").flat_map(|header: &Header<'t>| Cookie::read(&header.value)).collect()
    }

    /// The cookies in one field value.
    pub fn read(value: &Piece<'t>) -> Vec<Cookie<'t>> {
        let pairs = parts(value).map(|part| pair(&part));
        pairs.filter_map(|(name, value)| Some(Cookie { name, value: value? })).collect()
    }
}

/// The parts of a value between semicolons; more than a browser would keep are not read.
fn parts<'t>(value: &Piece<'t>) -> impl Iterator<Item = Piece<'t>> {
    let mut start = 0;
    let mut ranges = Vec::new();
    for part in value.text.split(';').take(256) {
        ranges.push(start..start + part.len());
        start += part.len() + 1;
    }
    let value = value.clone();
    ranges.into_iter().map(move |range| value.slice(range))
}

fn pair<'t>(part: &Piece<'t>) -> (Piece<'t>, Option<Piece<'t>>) {
    match part.text.find('=') {
        Some(at) => (part.slice(0..at).trimmed(), Some(part.slice(at + 1..part.text.len()).trimmed())),
        None => (part.trimmed(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_without_case_and_the_last_one_wins() {
        let value = Piece::whole("sid=a=b; path=/; SECURE; SameSite=Lax; samesite=None; Domain=.example.org");
        let cookie = SetCookie::read(&value).expect("a cookie");
        assert_eq!(cookie.name.text, "sid");
        assert_eq!(cookie.value.text, "a=b");
        assert!(cookie.secure && !cookie.http_only);
        assert!(cookie.is_same_site("none"));
        assert_eq!(cookie.domain.map(|domain| domain.span), Some(crate::report::Span::new(61, 73)));
    }

    #[test]
    fn a_request_carries_several_cookies() {
        let cookies = Cookie::read(&Piece::whole("a=1; b=2;c"));
        let names: Vec<_> = cookies.iter().map(|cookie| cookie.name.text.as_ref()).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
