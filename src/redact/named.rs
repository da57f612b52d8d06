//! Secrets that are known by what stands before them: the name of a field, a variable, a parameter or an option, the
//! scheme of an `Authorization` field, the user of a URL. One automaton finds the names; what follows is read by hand.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::SecretKind::{self, *};
use super::calls;
use super::ends::{self, Ends};
use super::fields::{cookie_objects, cookie_row, cookies, scheme};
use super::joint;
use super::looks;
use super::names::Manner::{self, Capital, Credential, Maybe, Query, Sure};
use super::names::NAMES;
use super::value::Value;
use super::{Found, fold};

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut builder = AhoCorasick::builder();
    let builder = builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
    builder.build(NAMES.iter().map(|(name, _)| *name)).ok()
});

/// So many bytes behind a name may belong to a value that goes on where the one around it ends.
const ROOM: usize = 80;

/// Adds every secret that is known by what stands before it.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let Some(names) = FINDER.as_ref() else { return super::hide_all(text, found) };
    let ends = &mut Ends::default();
    let (mut cookies_to, mut row_to) = (0, 0);
    // Overlapping hits, so that `password` is seen inside of `_password` and `token` inside of `_authToken`.
    for hit in names.find_overlapping_iter(text) {
        let Some((_, manner)) = NAMES.get(hit.pattern().as_usize()) else { continue };
        let name = Name { text, start: hit.start(), end: hit.end() };
        // What stands in the middle of a value that is hidden already tells nothing new.
        if found.last().is_some_and(|last: &Found| last.hidden <= name.start && name.end + ROOM < last.end) {
            continue;
        }
        // The word in our own mask announces nothing.
        if text.get(..name.start).is_some_and(|before| before.ends_with("[masked ")) {
            continue;
        }
        match manner {
            Sure(kind) => {
                name.value(ends).filter(|value| value.is_secret(text)).map(|value| value.found(*kind))
            }
            Maybe(Signature) => name
                .value(ends)
                .filter(|value| value.is_credible(text))
                .map(|value| value.without_algorithm(text).found(Signature)),
            Maybe(kind) => {
                name.value(ends).filter(|value| value.is_credible(text)).map(|value| value.found(*kind))
            }
            Capital(kind) => name
                .value(ends)
                .filter(|value| name.is_capital() && value.is_credible(text))
                .map(|value| value.found(*kind)),
            Query(kind) => name
                .value(ends)
                .filter(|value| name.is_query() && value.is_credible(text))
                .map(|value| value.found(*kind)),
            Manner::Scheme => {
                if let Some(value) = name.value(ends).filter(|value| !value.is_beside()) {
                    scheme(text, value.start, ends, found);
                }
                None
            }
            Credential(kind) => {
                let joined = calls::joined(text, name.end, ends).filter(|value| value.is_credible(text));
                joined.map(|value| value.found(*kind)).or_else(|| credential(name, *kind, ends))
            }
            Manner::Argument(kind) => calls::argument(text, name.end, ends)
                .filter(|value| value.is_quoted() && value.is_secret(text) || value.is_credible(text))
                .map(|value| value.found(*kind)),
            Manner::Second(kind) => calls::second_argument(text, name.end, ends)
                .filter(|value| value.is_secret(text))
                .map(|value| value.found(*kind)),
            Manner::Pair(kind) => calls::pair(text, name.end, ends)
                .filter(|value| value.is_secret(text))
                .map(|value| value.found(*kind)),
            Manner::ByHost(kind) => {
                calls::by_host(text, name.end, ends, |value| {
                    if value.is_secret(text) {
                        found.push(value.found(*kind));
                    }
                });
                None
            }
            Manner::Command(command, kind) => calls::command(text, *command, name.start, name.end, *kind),
            Manner::CookieRow if name.start < row_to => None,
            Manner::CookieRow => {
                row_to = name.end + ends::run(text, name.end, usize::MAX, |byte| byte != b'\n');
                cookie_row(text, name.start)
            }
            Manner::Cookies => {
                if name.start >= cookies_to {
                    cookies_to = cookie_objects(text, name.end, ends, found);
                }
                None
            }
            Manner::Cookie => {
                // What stands behind the first name on a line is read with it, whatever names follow.
                if let Some(value) =
                    name.value(ends).filter(|value| value.start >= cookies_to && !value.is_beside())
                {
                    let line = value.line_end(text);
                    let all = text.get(value.start..line).unwrap_or_default();
                    let first = all.find(';').filter(|_| name.is_set_cookie()).map(|at| value.start + at);
                    cookies_to = cookies(text, value.start, first.unwrap_or(line), found);
                }
                None
            }
            Manner::Url => {
                url(name, found);
                None
            }
        }
        .into_iter()
        .for_each(|one| found.push(one));
    }
}

/// A name where it stands in the text.
#[derive(Clone, Copy)]
struct Name<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

impl Name<'_> {
    fn byte(self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn before(self) -> Option<u8> {
        self.start.checked_sub(1).and_then(|at| self.byte(at))
    }

    /// Where the whole identifier begins that ends with this name.
    fn identifier(self) -> usize {
        let mut at = self.start;
        while at > 0 && self.start - at < 80 {
            let before = self.byte(at - 1);
            if !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
            {
                break;
            }
            at -= 1;
        }
        at
    }

    /// `STRIPE_KEY`, not `cache_key`.
    fn is_capital(self) -> bool {
        let identifier = self.text.get(self.identifier()..self.end).unwrap_or_default();
        identifier.len() > self.end - self.start && !identifier.bytes().any(|byte| byte.is_ascii_lowercase())
    }

    /// Whether the field is the one by which a server sets a cookie, whose attributes follow the value.
    fn is_set_cookie(self) -> bool {
        let identifier = self.text.get(self.identifier()..self.start).unwrap_or_default();
        identifier.to_ascii_lowercase().ends_with("set-")
    }

    /// A parameter in a URL or a form.
    fn is_query(self) -> bool {
        matches!(self.before(), Some(b'?' | b'&')) && self.byte(self.end) == Some(b'=')
    }

    /// Whether the name stands in quotes.
    fn is_quoted(self) -> bool {
        matches!(self.before(), Some(b'"')) && self.byte(self.end) == Some(b'"')
    }

    fn value(self, ends: &mut Ends) -> Option<Value> {
        joint::after(self.text, self.identifier(), self.end, ends)
            .or_else(|| joint::before(self.text, self.start, ends).filter(|_| self.is_quoted()))
    }
}

/// The credential after a scheme in any text, which must look like one: `bearer authentication` is prose.
fn credential(name: Name<'_>, kind: SecretKind, ends: &mut Ends) -> Option<Found> {
    if name.before().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return None;
    }
    let rest = name.text.get(name.end..)?;
    let colon = usize::from(rest.starts_with(':'));
    let rest = rest.get(colon..)?;
    let spaced = rest.starts_with([' ', '\t']);
    let gap = if rest.starts_with("%20") {
        3
    } else if rest.starts_with("\\u0020") {
        6
    } else {
        rest.bytes().take(8).take_while(|byte| matches!(byte, b' ' | b'\t' | b'+')).count()
    };
    if gap == 0 {
        return None;
    }
    let start = name.end + colon + gap;
    let end = ends::end_of_word(name.text, start, ends);
    let word = name.text.get(start..end)?;
    // `realm="…"` and the like: a challenge.
    let head = looks::head(word);
    let param = head
        .find('=')
        .is_some_and(|at| head.get(at..).is_some_and(|rest| !rest.bytes().all(|byte| byte == b'=')));
    let quote_follows = matches!(name.byte(end), Some(b'"' | b'\'')) && looks::is_param_name(word);
    if (param && kind != BasicCredentials)
        || quote_follows
        || word.starts_with("http")
        || looks::is_placeholder(word)
    {
        return None;
    }
    let credible = match kind {
        BasicCredentials => {
            word.len() >= 6
                && looks::is_base64(word)
                && (looks::decodes_to_pair(word) || looks::is_random(word) && word.len() >= 16)
        }
        KerberosOrNtlm => word.len() >= 16 && looks::is_base64(word),
        _ => looks::is_random(word),
    };
    // Only a token that stands alone may go on in the next line.
    let end = if spaced && end - start >= 40 { fold::end_of_token(name.text, start).max(end) } else { end };
    credible.then(|| Found::new(start, start, end, kind))
}

/// The password in the user part of a URL, or a token that stands there for the user (RFC 3986, section 3.2.1).
fn url(name: Name<'_>, found: &mut Vec<Found>) {
    if !name.before().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return;
    }
    let Some(rest) = name.text.get(name.end..) else { return };
    // The next address has a `/` too, so that no byte is read for two of them.
    let ends = |byte: u8| byte.is_ascii_whitespace() || b"/?#\"'`<>\\".contains(&byte);
    let length = rest.bytes().take_while(|byte| !ends(*byte)).count();
    let Some(info) = rest.get(..length).and_then(|rest| rest.get(..rest.rfind('@')?)) else { return };
    let (user, password) = info.split_once(':').unwrap_or((info, ""));
    let mut add = |start: usize, value: &str| {
        if !looks::is_placeholder(value) {
            found.push(Found::new(start, start, start + value.len(), UrlPassword));
        }
    };
    if !password.is_empty() {
        add(name.end + user.len() + 1, password);
    }
    if stands_for_user(user, password) {
        add(name.end, user);
    }
}

/// Whether a token stands in the place of the user, as many services take it: with no password or one that says nothing.
pub(super) fn stands_for_user(user: &str, password: &str) -> bool {
    let alone =
        password.len() <= 2 || ["x-oauth-basic", "x-token-auth", "api_token", "token"].contains(&password);
    let token = if alone { looks::is_random(user) } else { looks::is_dense(user) };
    token && !user.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_make_an_automaton() {
        assert!(FINDER.is_some());
    }
}
