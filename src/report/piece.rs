//! A piece of the paste: its text and where it stands.

use std::borrow::Cow;
use std::fmt;
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

    /// The span from the start of this one to the end of another that stands after it.
    #[must_use]
    pub fn to(self, later: Span) -> Span {
        Span::new(self.start, later.end.max(self.end))
    }
}

/// Text from the paste with its place. The text is borrowed unless it had to be decoded (JSON escapes, shell quotes).
#[derive(Clone, PartialEq, Eq)]
pub struct Piece<'t> {
    pub text: Cow<'t, str>,
    pub span: Span,
}

impl<'t> Piece<'t> {
    /// The whole of a paste.
    pub fn whole(text: &'t str) -> Piece<'t> {
        Piece { text: Cow::Borrowed(text), span: Span::new(0, text.len()) }
    }

    /// A part of a paste that was cut out of it with `split`, `trim` and the like: its place follows from its address.
    /// An empty text from elsewhere is placed at the start.
    pub fn of(whole: &'t str, part: &'t str) -> Piece<'t> {
        let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
        let end = start.saturating_add(part.len());
        debug_assert!(part.is_empty() || end <= whole.len(), "the part was not cut out of the whole");
        let span = if end <= whole.len() { Span::new(start, end) } else { Span::default() };
        Piece { text: Cow::Borrowed(part), span }
    }

    /// The bytes of the paste in this range. Offsets inside a character are moved to its start.
    pub fn cut(whole: &'t str, range: Range<usize>) -> Piece<'t> {
        let start = whole.floor_char_boundary(range.start);
        let end = whole.floor_char_boundary(range.end).max(start);
        Piece { text: Cow::Borrowed(whole.get(start..end).unwrap_or_default()), span: Span::new(start, end) }
    }

    /// Text that does not stand in the paste in this form, with the place it was made from.
    pub fn decoded(text: String, span: Span) -> Piece<'t> {
        Piece { text: Cow::Owned(text), span }
    }

    /// Where a part of this piece's text stands in the paste. In a decoded piece, whose offsets do not carry over,
    /// the whole of it.
    pub fn part(&self, range: Range<usize>) -> Span {
        match &self.text {
            Cow::Borrowed(text) => {
                let start = self.span.start + range.start.min(text.len());
                Span::new(start, (self.span.start + range.end.min(text.len())).max(start))
            }
            Cow::Owned(_) => self.span,
        }
    }

    /// A part of this piece, by byte offsets into its text. Offsets inside a character give an empty piece.
    pub fn slice(&self, range: Range<usize>) -> Piece<'t> {
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(range.clone()).unwrap_or_default()),
            Cow::Owned(text) => Cow::Owned(text.get(range.clone()).unwrap_or_default().to_owned()),
        };
        Piece { text, span: self.part(range) }
    }

    /// This piece without white space at its ends.
    #[must_use]
    pub fn trimmed(&self) -> Piece<'t> {
        let start = self.text.len() - self.text.trim_start().len();
        let end = self.text.trim_end().len().max(start);
        self.slice(start..end)
    }

    /// Whether the text is written as it stands in the paste.
    pub fn is_verbatim(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }
}

/// Shows the place and the length, never the text: a piece may hold a credential, and debug output ends in logs.
impl fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Piece({}..{}, {} bytes)", self.span.start, self.span.end, self.text.len())
    }
}
