//! What is masked and what stays readable, in the formats that people paste.

use super::{mask, secrets};

/// The secret part, its marks `«»` cut out before masking, must not be in the masked text in any part.
#[track_caller]
fn check(pasted: &str, expected: &str) {
    let masked = mask(pasted);
    assert_eq!(masked.text, expected);
    assert_eq!(mask(&masked.text).text, masked.text, "masking twice changes the text");
}

#[test]
fn scratch() {
    check("Authorization: Bearer abc123def456", "Authorization: Bearer [masked]");
}
