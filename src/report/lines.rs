//! The paste line by line: a cursor that the readers share, and the small questions they all ask of a line.
//! Knows nothing of what the lines mean together.

use super::{Piece, Span};

/// One line without its line break.
#[derive(Clone, Copy)]
pub(super) struct Line<'t> {
    pub text: &'t str,
    pub start: usize,
}

impl<'t> Line<'t> {
    pub fn span(self) -> Span {
        Span::new(self.start, self.end())
    }

    pub fn end(self) -> usize {
        self.start + self.text.len()
    }

    pub fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }

    /// A Markdown fence, with or without a language.
    pub fn is_fence(self) -> bool {
        let trimmed = self.text.trim();
        (trimmed.starts_with("```") || trimmed.starts_with("~~~"))
            && !trimmed.trim_start_matches(['`', '~']).contains('`')
    }
}

/// A position in the paste that only moves forward, so that reading stays linear.
pub(super) struct Cursor<'t> {
    pub text: &'t str,
    lines: Vec<Line<'t>>,
    at: usize,
    /// Whether the current line stands between Markdown fences: then no line is prose.
    pub fenced: bool,
    /// Whether the current line is the rest of one whose beginning was read.
    pub within_line: bool,
    /// Bytes that may still be looked at in vain. A search that may fail after a long way pays for it here, so that
    /// many such starts cannot make the reading quadratic.
    fuel: usize,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str) -> Cursor<'t> {
        let mut lines = Vec::new();
        let mut start = 0;
        for piece in text.split_inclusive('\n') {
            let line = piece.strip_suffix('\n').unwrap_or(piece);
            let line = line.strip_suffix('\r').unwrap_or(line);
            lines.push(Line { text: line, start });
            start += piece.len();
        }
        Cursor {
            text,
            lines,
            at: 0,
            fenced: false,
            within_line: false,
            fuel: text.len().saturating_mul(4).saturating_add(4096),
        }
    }

    /// The current line.
    pub fn line(&self) -> Option<Line<'t>> {
        self.ahead(0)
    }

    /// The line `count` lines further on.
    pub fn ahead(&self, count: usize) -> Option<Line<'t>> {
        self.lines.get(self.at + count).copied()
    }

    /// Moves on to the next line.
    pub fn step(&mut self) {
        self.at += 1;
        self.within_line = false;
    }

    /// Moves on to a byte offset. What is left of its line becomes the current line, unless it is blank.
    pub fn seek(&mut self, offset: usize) {
        while let Some(line) = self.lines.get_mut(self.at) {
            if offset <= line.start {
                return;
            }
            if offset < line.end() {
                let rest = line.text.get(offset - line.start..).unwrap_or_default();
                if rest.trim_start().is_empty() {
                    self.step();
                } else {
                    *line = Line { text: rest, start: offset };
                    self.within_line = true;
                }
                return;
            }
            self.step();
        }
    }

    /// Pays for a search over so many bytes that came to nothing. When the fuel is used up, no such search is begun.
    pub fn pay(&mut self, bytes: usize) {
        self.fuel = self.fuel.saturating_sub(bytes);
    }

    /// Whether a search may begin.
    pub fn may_search(&self) -> bool {
        self.fuel > 0
    }

    /// The text of the paste between two offsets.
    pub fn cut(&self, span: Span) -> Piece<'t> {
        Piece::cut(self.text, span.range())
    }

    /// A part of a line as a piece.
    pub fn piece(&self, part: &'t str) -> Piece<'t> {
        Piece::of(self.text, part)
    }
}

/// Whether a byte may stand in a token, such as a field name (RFC 9110, section 5.6.2).
pub(super) fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether a text is a token (RFC 9110, section 5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_tchar)
}
