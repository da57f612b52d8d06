//! A filter for spam that learns from what moderators decide: naive Bayes over the words that stand in a comment. Knows no
//! database; the counts are handed in.
//!
//! Words are counted by a hash in 65,536 places, so what is learned never grows beyond that. Two words that share a place
//! blur each other a little; with the vocabulary of comments that is rare.

use std::collections::BTreeSet;

use super::fold::fold;

/// How many places there are for words.
const PLACES: u64 = 1 << 16;
/// The place that counts the comments themselves.
pub(super) const COMMENTS: i64 = 1 << 16;
/// No more words of a comment are looked at: a text of the longest length repeats itself by then.
const WORDS_MAX: usize = 500;
/// How many comments of each kind moderators have to judge before the filter says anything.
const LEARNED_MIN: i64 = 10;
/// How many of the most telling words decide. More, and a long text of harmless words would hide what matters.
const TELLING: usize = 25;
/// A comment that is spam with at least this probability is held.
const HOLD: f64 = 0.95;

/// In how many comments of each kind a word stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) spam: i64,
    pub(super) fine: i64,
}

/// The places of the words of a comment, each once.
pub(super) fn places(author: Option<&str>, body: &str) -> Vec<i64> {
    let text = format!("{}\n{body}", author.unwrap_or_default());
    let mut places = BTreeSet::new();
    // The hosts of links tell more than their words do.
    for after in text.split("://").skip(1) {
        let host =
            after.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).next().unwrap_or_default();
        places.insert(place(&format!("://{}", host.to_lowercase())));
    }
    for word in fold(&text).split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1) {
        if places.len() == WORDS_MAX {
            break;
        }
        places.insert(place(word));
    }
    places.into_iter().collect()
}

/// FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>): the same on every machine, which the table relies on.
fn place(word: &str) -> i64 {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    i64::try_from((hash ^ (hash >> 32)) % PLACES).unwrap_or(0)
}

/// Whether a comment with these words should be held. `comments` counts what was judged.
pub(super) fn is_likely_spam(words: impl Iterator<Item = Seen>, comments: Seen) -> bool {
    probability(words, comments).is_some_and(|spam| spam >= HOLD)
}

/// How probable it is that the comment is spam; nothing as long as too little was learned.
fn probability(words: impl Iterator<Item = Seen>, comments: Seen) -> Option<f64> {
    if comments.spam < LEARNED_MIN || comments.fine < LEARNED_MIN {
        return None;
    }
    // One more of each kind everywhere (Laplace), so that what was never seen says nothing certain. Small integers are
    // exact in f64.
    let share = |times: i64, of: i64| (times.max(0) as f64 + 1.0) / (of as f64 + 2.0);
    let mut says: Vec<f64> =
        words.map(|word| (share(word.spam, comments.spam) / share(word.fine, comments.fine)).ln()).collect();
    says.sort_by(|a, b| b.abs().total_cmp(&a.abs()));
    let sum: f64 = says.iter().take(TELLING).sum();
    Some(1.0 / (1.0 + (-sum).exp()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const SPAM: [&str; 12] = [
        "Cheap watches at https://watches.example.io buy now",
        "Buy replica watches, best price, free shipping",
        "Best casino bonus, play now at https://casino.example.io",
        "Earn money from home, click here now",
        "Cheap pills without prescription, free shipping",
        "Buy followers, best price, click here",
        "Replica handbags, cheap, buy now",
        "Casino bonus for new players, click here",
        "Loans without questions, best price, apply now",
        "Earn 5000 a week from home, free bonus",
        "Cheap watches, best replica, free shipping now",
        "Buy cheap pills now, click https://pills.example.io",
    ];
    const FINE: [&str; 12] = [
        "The clock of the container was two minutes off; chronyd fixed it.",
        "My audience was the client id instead of the API.",
        "nginx dropped the Authorization header, proxy_set_header fixed it.",
        "The token had expired, refreshing it before the call worked.",
        "Did not help, the header arrives but the server says invalid_token.",
        "Which issuer does the new tenant have?",
        "The secret was rotated, the old one still stood in the environment.",
        "Works with the trailing slash in the issuer.",
        "The scope was missing in the token, see the claim scp.",
        "It was a newline at the end of the password.",
        "Basic needs base64 of name and password, not the plain text.",
        "The cookie was dropped because of SameSite, now it works.",
    ];

    fn learned() -> (HashMap<i64, Seen>, Seen) {
        let mut words: HashMap<i64, Seen> = HashMap::new();
        for text in SPAM {
            places(None, text).into_iter().for_each(|place| words.entry(place).or_default().spam += 1);
        }
        for text in FINE {
            places(None, text).into_iter().for_each(|place| words.entry(place).or_default().fine += 1);
        }
        (words, Seen { spam: 12, fine: 12 })
    }

    #[track_caller]
    fn check(body: &str, expected: bool) {
        let (words, comments) = learned();
        let seen = |place| words.get(&place).copied().unwrap_or_default();
        let likely = is_likely_spam(places(None, body).into_iter().map(seen), comments);
        assert_eq!(likely, expected, "{:?}", probability(places(None, body).into_iter().map(seen), comments));
    }

    #[test]
    fn what_resembles_learned_spam_is_held() {
        check("Best price for cheap replica watches, buy now!", true);
        check("play casino, free bonus, click here", true);
        check("CHEAP pílls, frее shipping", true);
    }

    #[test]
    fn what_readers_of_a_401_write_is_not() {
        for text in [
            "The token was for the wrong audience, now it works.",
            "It was the clock.",
            "Restarting nginx now fixed the header, thanks!",
            "Completely unknown vocabulary everywhere",
            "",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn a_long_harmless_text_does_not_hide_what_matters() {
        let hidden = format!(
            "cheap replica watches casino bonus buy followers pills click free shipping {}",
            "zebra yak ".repeat(300)
        );
        check(&hidden, true);
    }

    #[test]
    fn as_long_as_little_was_judged_nothing_is_said() {
        let spam_only = Seen { spam: 500, fine: 9 };
        assert_eq!(probability([Seen { spam: 500, fine: 0 }].into_iter(), spam_only), None);
    }

    #[test]
    fn a_text_has_a_bounded_number_of_places_within_the_table() {
        let many: String = (0..8000).map(|n| format!("w{n} ")).collect();
        let places = places(Some("a"), &many);
        assert!(places.len() <= WORDS_MAX && places.iter().all(|place| (0..1 << 16).contains(place)));
    }
}
