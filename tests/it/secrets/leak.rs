//! Where a secret can be read in a text: as it stands there, or after undoing what HTML, JSON, URLs and base64 do to it.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// So many characters of a secret in a row give it away.
const TELLING: usize = 12;
/// So many of a password do.
const TELLING_OF_PASSWORD: usize = 5;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Looks for secrets in texts.
pub struct Leaks {
    pieces: AhoCorasick,
}

impl Leaks {
    /// Looks for what can be nothing else, in pages with words of their own.
    pub fn of<'s>(hidden: impl IntoIterator<Item = &'s String>) -> Leaks {
        Leaks::of_pieces(hidden, TELLING)
    }

    /// Looks for less than the whole of a password, too.
    pub fn of_password(hidden: &[String]) -> Leaks {
        Leaks::of_pieces(hidden, TELLING_OF_PASSWORD)
    }

    fn of_pieces<'s>(hidden: impl IntoIterator<Item = &'s String>, length: usize) -> Leaks {
        let mut pieces: Vec<String> = Vec::new();
        for secret in hidden {
            let letters: Vec<char> = secret.chars().collect();
            pieces.extend(letters.windows(letters.len().min(length)).map(String::from_iter));
        }
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        Leaks { pieces: AhoCorasick::builder().kind(kind).build(pieces).expect("pieces make an automaton") }
    }

    /// The first piece of a secret that can be read in a text.
    pub fn first(&self, text: &str) -> Option<String> {
        readings(text).iter().find_map(|reading| {
            let hit = self.pieces.find(reading.as_str())?;
            Some(reading[hit.range()].to_owned())
        })
    }
}

/// The text as it stands and with each of its encodings undone, also one inside the other.
fn readings(text: &str) -> Vec<String> {
    let plain = without_escapes(text);
    let mut readings = vec![text.to_owned(), plain.clone(), without_escapes(&plain)];
    readings.push(without_percents(&plain));
    readings.push(plain.replace(['\\', '^', '`'], ""));
    for at in 0..readings.len() {
        let decoded = decoded(&readings[at]);
        if !decoded.is_empty() {
            readings.push(decoded);
        }
    }
    readings.dedup();
    readings
}

/// Without the escapes of HTML and JSON.
fn without_escapes(text: &str) -> String {
    let mut text = text.to_owned();
    for (escape, letter) in [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
        ("'\\''", "'"),
        ("\\n", "\n"),
        ("\\\"", "\""),
        ("\\/", "/"),
        ("\\\\", "\\"),
    ] {
        if text.contains(escape) {
            text = text.replace(escape, letter);
        }
    }
    text
}

fn without_percents(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex.filter(|_| *byte == b'%') {
            Some(letter) => {
                out.push(letter);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What every run of base64 in the text says, one a line.
fn decoded(text: &str) -> String {
    let mut out = String::new();
    for run in text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"+/-_".contains(letter)) {
        if run.len() >= 8
            && let Ok(bytes) = STANDARD.decode(run).or_else(|_| URL_SAFE.decode(run))
        {
            out += &String::from_utf8_lossy(&bytes);
            out.push('\n');
        }
    }
    out
}
