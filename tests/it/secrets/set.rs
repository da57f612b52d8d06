//! The test set of secrets: made-up values of many kinds, and the formats of pastes that they are put into. The values are
//! filled in when the test runs, so that no file holds anything that looks like a real key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

const VALUES: &str = include_str!("../../secrets/values.toml");
const FORMATS: &str = include_str!("../../secrets/formats.toml");

/// Where a value is recognised; `values.toml` explains the words.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum As {
    Shape,
    Key,
    Password,
    Cookie,
    Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    kind: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Kind {
    name: String,
    r#as: As,
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Formats {
    format: Vec<Format>,
}

/// A paste with places for a secret.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    pub name: String,
    pub takes: Vec<As>,
    text: String,
}

/// A made-up secret.
pub struct Secret {
    pub kind: String,
    pub r#as: As,
    /// As it stands in a paste.
    pub text: String,
    /// What of it must not be shown.
    pub hidden: Vec<String>,
}

/// Every secret.
pub fn secrets() -> Vec<Secret> {
    let values: Values = toml::from_str(VALUES).expect("values.toml is good");
    let mut seed = 1;
    let mut secrets = Vec::new();
    for kind in values.kind {
        for value in &kind.values {
            secrets.push(Secret::new(&kind.name, kind.r#as, value, &mut seed));
        }
    }
    secrets
}

/// Every format.
pub fn formats() -> Vec<Format> {
    let formats: Formats = toml::from_str(FORMATS).expect("formats.toml is good");
    formats.format
}

impl Secret {
    fn new(kind: &str, r#as: As, shape: &str, seed: &mut u64) -> Secret {
        let (text, hidden) = match r#as {
            As::Text => {
                let parts: Vec<String> = shape.split(['«', '»']).map(|part| filled(part, seed)).collect();
                let hidden = parts.iter().skip(1).step_by(2).cloned().collect();
                (parts.concat(), hidden)
            }
            As::Shape => {
                let start = shape.find('{').expect("a shape has something to fill in");
                let hidden = filled(&shape[start..], seed);
                (format!("{}{hidden}", &shape[..start]), vec![hidden])
            }
            As::Cookie => {
                let text = filled(shape, seed);
                let value = text.split_once('=').expect("a cookie has a name").1.to_owned();
                (text, vec![value])
            }
            As::Key => {
                let text = filled(shape, seed);
                (text.clone(), vec![text])
            }
            As::Password => (shape.to_owned(), vec![shape.to_owned()]),
        };
        Secret { kind: kind.to_owned(), r#as, text, hidden }
    }

    /// Whether it can stand in an unquoted place: nothing in it would end the place.
    pub fn is_plain(&self) -> bool {
        let breaks = |letter: char| letter.is_whitespace() || "\"'`;&|<>(){}[]\\,".contains(letter);
        self.r#as == As::Text || !self.text.contains(breaks) && !self.text.starts_with('=')
    }

    /// The secret as it is written in a place of this name; nothing where it cannot stand there.
    fn written(&self, place: &str) -> Option<String> {
        let text = self.text.as_str();
        let (name, value) = text.split_once('=').unwrap_or((text, text));
        Some(match place {
            "raw" => return self.is_plain().then(|| text.to_owned()),
            "line" => return (!text.starts_with('=')).then(|| text.to_owned()),
            "url" => escaped_for_url(text),
            "json" => escaped_for_json(text),
            "json2" => escaped_for_json(&escaped_for_json(text)),
            "xml" => {
                text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
            }
            "sq" => text.replace('\'', "'\\''"),
            "dq" => escaped(text, "\\\"$`", '\\'),
            "ps" => escaped(text, "`\"$", '`'),
            "cmd" => escaped(text, "^&|<>%!\"()", '^'),
            "b64" => STANDARD.encode(text),
            "basic" => STANDARD.encode(format!("alice:{text}")),
            "name" => name.to_owned(),
            "value" => value.to_owned(),
            other => panic!("no such place: {other}"),
        })
    }
}

impl Format {
    /// Whether a secret is recognised in this format.
    pub fn is_for(&self, secret: &Secret) -> bool {
        self.takes.contains(&secret.r#as) || secret.r#as == As::Shape && self.takes.contains(&As::Key)
    }

    /// The paste with this secret in it, without the lines that it can't stand in; nothing when no line is left for it.
    pub fn with(&self, secret: &Secret) -> Option<String> {
        let mut paste = String::new();
        let mut holds = false;
        for line in self.text.trim_start_matches('\n').split_inclusive('\n') {
            let mut out = String::new();
            let mut fits = true;
            for (place, part) in line.split(['«', '»']).enumerate() {
                match place % 2 {
                    0 => out += part,
                    _ => match secret.written(part) {
                        Some(text) => out += &text,
                        None => fits = false,
                    },
                }
            }
            if fits {
                holds |= line.contains('«');
                paste += &out;
            }
        }
        holds.then_some(paste)
    }
}

fn escaped(text: &str, special: &str, with: char) -> String {
    let escape = |letter: char| special.contains(letter).then_some(with).into_iter().chain([letter]);
    text.chars().flat_map(escape).collect()
}

fn escaped_for_url(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn escaped_for_json(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a text is JSON");
    quoted[1..quoted.len() - 1].to_owned()
}

/// Puts made-up letters in the place of `{a36}` and the like.
fn filled(shape: &str, seed: &mut u64) -> String {
    let mut out = String::new();
    let mut rest = shape;
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        let inner =
            after.split_once('}').filter(|(inner, _)| inner.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let Some((inner, after)) = inner else {
            out.push('{');
            rest = after;
            continue;
        };
        rest = after;
        match inner {
            "jwt" => out += &json_web_token(seed),
            "uuid" => {
                let digits: Vec<String> =
                    [8, 4, 4, 4, 12].iter().map(|length| random("h", *length, seed)).collect();
                out += &digits.join("-");
            }
            _ => {
                let (alphabet, length) = inner.split_at(1);
                out += &random(alphabet, length.parse().expect("a length"), seed);
            }
        }
    }
    out + rest
}

/// No claim or parameter of it begins or ends as those of the examples in articles do, which stand on the same page.
fn json_web_token(seed: &mut u64) -> String {
    let header = STANDARD.encode(format!(r#"{{"kid":"{}","alg":"PS384"}}"#, random("a", 12, seed)));
    let (name, subject) = (random("a", 6, seed), random("a", 30, seed));
    let claims = STANDARD.encode(format!(r#"{{"{name}":1,"sub":"{subject}"}}"#));
    format!("{}.{}.{}", header.trim_end_matches('='), claims.trim_end_matches('='), random("a", 43, seed))
}

fn random(alphabet: &str, length: usize, seed: &mut u64) -> String {
    let alphabet: &[u8] = match alphabet {
        "a" => b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789",
        "h" => b"0123456789abcdef",
        "u" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "l" => b"abcdefghijklmnopqrstuvwxyz0123456789",
        "d" => b"123456789",
        other => panic!("no such alphabet: {other}"),
    };
    // The first letters of short values are mixed by hand: a value of digits only would be no key.
    let next = |_| {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(alphabet[(*seed >> 33) as usize % alphabet.len()])
    };
    (0..length).map(next).collect()
}
