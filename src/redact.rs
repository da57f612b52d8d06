//! Secrets in other people's text: what looks like one, and how it is masked.

/// What kind of secret it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// An authorization header.
    Authorization,
}

/// A text with its secrets masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text that may be stored.
    pub text: String,
    /// The kinds that were masked.
    pub kinds: Vec<SecretKind>,
}

/// Masks what looks like a secret.
pub fn mask(text: &str) -> Masked {
    Masked { text: text.to_owned(), kinds: Vec::new() }
}

/// stub
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// where
    pub span: std::ops::Range<usize>,
    /// kind
    pub kind: SecretKind,
}
/// stub
pub fn secrets(_text: &str) -> Vec<Secret> {
    Vec::new()
}
impl SecretKind {
    /// stub
    pub fn name(self) -> &'static str {
        "an Authorization header"
    }
}
/// stub
pub fn mask_part(text: &str, _secrets: &[Secret], part: std::ops::Range<usize>) -> String {
    text.get(part).unwrap_or_default().to_owned()
}
