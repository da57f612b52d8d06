//! What looks like spam. Such a comment is held, never dropped: a moderator sees it and why it was held.

use super::fold::Words;
use super::{FillTime, HeldBecause};

/// A text that was posted before counts against a comment only when it is at least this long, in characters: two
/// people may well both write "That fixed it, thanks".
pub(super) const REPEATED_MIN: usize = 60;

/// What looks wrong about a comment as it stands, the surest sign first. Asks nobody else.
pub(super) fn suspicion(
    author: Option<&str>,
    body: &str,
    trapped: bool,
    fill: FillTime,
    most_links: usize,
    muted: &Words,
) -> Option<HeldBecause> {
    if trapped {
        return Some(HeldBecause::Trap);
    }
    match fill {
        FillTime::Forged => return Some(HeldBecause::ForgedForm),
        FillTime::TooFast => return Some(HeldBecause::TooFast),
        FillTime::Fresh | FillTime::TooOld | FillTime::NoForm => {}
    }
    if author.is_some_and(|name| links(name) > 0 || name.to_lowercase().contains("www.")) {
        return Some(HeldBecause::LinkAsName);
    }
    if links(body) > most_links {
        return Some(HeldBecause::ManyLinks);
    }
    if muted.stand_in(author.unwrap_or_default()) || muted.stand_in(body) {
        return Some(HeldBecause::MutedWord);
    }
    None
}

/// How many links a reader could follow. Hosts that exist for documents (RFC 2606) don't count.
fn links(text: &str) -> usize {
    let lower = text.to_lowercase();
    lower.split("://").skip(1).filter(|after| !is_example(after)).count()
}

fn is_example(after_scheme: &str) -> bool {
    let host = after_scheme
        .split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-'))
        .next()
        .unwrap_or_default();
    ["example.com", "example.org", "example.net", "localhost"]
        .iter()
        .any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
        || [".example", ".test", ".invalid", ".localhost"].iter().any(|ending| host.ends_with(ending))
        || host.starts_with("127.")
}

/// The text without regard to case and spaces.
pub(super) fn essence(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(author: &str, body: &str, expected: Option<HeldBecause>) {
        let muted = Words::new(["casino", "Straße"].into_iter());
        let author = Some(author).filter(|name| !name.is_empty());
        assert_eq!(suspicion(author, body, false, FillTime::Fresh, 2, &muted), expected);
    }

    #[test]
    fn an_ordinary_comment_is_not_suspicious() {
        check("Ada", "The clock was off; see https://www.rfc-editor.org/rfc/rfc7519 and set up NTP.", None);
    }

    #[test]
    fn many_links_are_suspicious() {
        check("", "https://a.io https://b.io https://c.io", Some(HeldBecause::ManyLinks));
    }

    #[test]
    fn addresses_of_examples_are_no_links() {
        check(
            "",
            "curl https://api.example.com/a http://localhost:8080 https://x.example https://a.io",
            None,
        );
        check(
            "",
            "http://notexample.com http://b.io http://example.com.evil.io",
            Some(HeldBecause::ManyLinks),
        );
    }

    #[test]
    fn an_address_as_a_name_is_suspicious() {
        check("https://cheap.io", "Nice.", Some(HeldBecause::LinkAsName));
        check("WWW.cheap.io", "Nice.", Some(HeldBecause::LinkAsName));
    }

    #[test]
    fn a_muted_word_counts_as_a_word_whatever_its_case() {
        check("", "Best CASINO!", Some(HeldBecause::MutedWord));
        check("Casino", "Nice.", Some(HeldBecause::MutedWord));
        check("", "in der STRASSE oder straße", Some(HeldBecause::MutedWord));
        check("", "casinos are something else", None);
    }

    #[test]
    fn what_a_program_does_is_suspicious() {
        let muted = Words::new(std::iter::empty());
        let suspicion = |trapped, fill| suspicion(None, "Nice.", trapped, fill, 4, &muted);
        assert_eq!(suspicion(true, FillTime::Fresh), Some(HeldBecause::Trap));
        assert_eq!(suspicion(false, FillTime::TooFast), Some(HeldBecause::TooFast));
        assert_eq!(suspicion(false, FillTime::Forged), Some(HeldBecause::ForgedForm));
        assert_eq!(suspicion(false, FillTime::TooOld), None);
        assert_eq!(suspicion(false, FillTime::NoForm), None);
    }
}
