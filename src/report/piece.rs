//! A piece of the paste: its text and where it stands.

use std::borrow::Cow;
use std::ops::Range;

/// A half-open range of byte offsets into the paste.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The span from `start` up to and without `end`.
    pub const fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The span as a range, for slicing with `str::get`.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// Text from the paste with its place. The text is borrowed unless it had to be decoded (JSON escapes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'t> {
    pub text: Cow<'t, str>,
    pub span: Span,
}

impl<'t> Piece<'t> {
    /// The whole of a paste.
    pub fn whole(text: &'t str) -> Piece<'t> {
        Piece { text: Cow::Borrowed(text), span: Span::new(0, text.len()) }
    }

    /// Where a part of this piece's text stands in the paste. In a decoded piece, whose offsets do not carry over, the whole of it.
    pub fn part(&self, range: Range<usize>) -> Span {
        if self.text.len() == self.span.end - self.span.start {
            Span::new(self.span.start + range.start, self.span.start + range.end)
        } else {
            self.span
        }
    }
}
