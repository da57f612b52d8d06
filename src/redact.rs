//! What looks like a secret, and how it is masked.

use std::ops::Range;

/// A secret and where it stands.
#[derive(Clone, Debug)]
pub struct Secret {
    pub span: Range<usize>,
}

/// Where secrets stand in a text.
pub fn secrets(_text: &str) -> Vec<Secret> {
    Vec::new()
}

/// A part of the text with its secrets masked.
pub fn mask_part(text: &str, _secrets: &[Secret], part: Range<usize>) -> String {
    text.get(part).unwrap_or_default().to_owned()
}
