//! Words of a command line, as a POSIX shell divides it. Nothing is run, and no variable is expanded.

use std::borrow::Cow;
use std::ops::Range;

use super::Piece;

/// How a word was quoted. Only in single quotes a shell leaves `$NAME` as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    None,
    Single,
    Double,
}

/// A word of a command line.
#[derive(Clone, Debug)]
pub struct Word<'t> {
    /// The word without its quotes.
    pub piece: Piece<'t>,
    /// The first quote in it.
    pub quote: Quote,
}

/// The words of a command line, as a POSIX shell divides it, up to the first `|`, `;` or `&&`.
pub fn words<'t>(command: &Piece<'t>) -> Vec<Word<'t>> {
    let text = command.text.as_ref();
    let mut words = Vec::new();
    let mut chars = text.char_indices().peekable();
    loop {
        // Between words: white space, and the marks that join lines.
        while let Some(&(at, char)) = chars.peek() {
            let joins = matches!(char, '\\' | '^' | '`')
                && text.get(at + 1..).is_some_and(|rest| {
                    rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || rest.is_empty()
                });
            if !char.is_whitespace() && !joins {
                break;
            }
            chars.next();
        }
        let Some(&(start, first)) = chars.peek() else { return words };
        if matches!(first, '|' | ';')
            || text.get(start..).is_some_and(|rest| rest.starts_with("&&") || rest.starts_with("# "))
        {
            return words;
        }
        let mut out = String::new();
        let mut quote = Quote::None;
        let mut open: Option<char> = None;
        let mut ansi = false;
        let mut end = start;
        while let Some(&(at, char)) = chars.peek() {
            end = at + char.len_utf8();
            match open {
                Some(mark) if char == mark && !ansi => open = None,
                Some('\'') if ansi && char == '\'' => (open, ansi) = (None, false),
                Some(_) if ansi && char == '\\' => {
                    chars.next();
                    match chars.peek().copied() {
                        Some((_, 'n')) => out.push('\n'),
                        Some((_, 'r')) => out.push('\r'),
                        Some((_, 't')) => out.push('\t'),
                        Some((_, next)) => out.push(next),
                        None => break,
                    }
                    end = chars.peek().map_or(end, |(at, char)| at + char.len_utf8());
                }
                Some('"') if char == '\\' => {
                    chars.next();
                    match chars.peek().copied() {
                        Some((_, next @ ('"' | '\\' | '$' | '`'))) => out.push(next),
                        Some((_, '\n')) => {}
                        Some((_, next)) => out.extend(['\\', next]),
                        None => break,
                    }
                    end = chars.peek().map_or(end, |(at, char)| at + char.len_utf8());
                }
                Some(_) => out.push(char),
                // `$'…'`, in which a backslash escapes: browsers copy bodies like this.
                None if char == '$' && text.get(end..).is_some_and(|rest| rest.starts_with('\'')) => {
                    ansi = true
                }
                None if char == '\'' || char == '"' => {
                    open = Some(char);
                    if quote == Quote::None {
                        quote = if char == '"' { Quote::Double } else { Quote::Single };
                    }
                }
                None if char == '\\' => {
                    chars.next();
                    match chars.peek().copied() {
                        Some((_, '\n' | '\r')) | None => {
                            end = at;
                            break;
                        }
                        Some((next, char)) => {
                            out.push(char);
                            end = next + char.len_utf8();
                        }
                    }
                }
                None if char.is_whitespace() => {
                    end = at;
                    break;
                }
                None => out.push(char),
            }
            chars.next();
        }
        words.push(Word { piece: word(command, start..end, out), quote });
        if words.len() >= 400 {
            return words;
        }
    }
}

/// A word is borrowed from the paste where its quotes stand at its ends only.
fn word<'t>(command: &Piece<'t>, range: Range<usize>, text: String) -> Piece<'t> {
    let raw = command.slice(range.clone());
    if raw.is_verbatim() {
        if raw.text == text {
            return raw;
        }
        if raw.text.len() == text.len() + 2 {
            let inner = command.slice(range.start + 1..range.end - 1);
            if inner.text == text {
                return inner;
            }
        }
        if let Some(at) = raw.text.find(&text).filter(|_| !text.is_empty()) {
            return raw.slice(at..at + text.len());
        }
    }
    Piece { text: Cow::Owned(text), span: raw.span }
}

/// The quote that is open at the end of a text: `'`, `"`, or `$` for `$'…'`, in which a backslash escapes.
pub(super) fn open_quote(text: &str, mut open: Option<char>) -> Option<char> {
    let mut escaped = false;
    let mut before = ' ';
    for char in text.chars() {
        let dollar = std::mem::replace(&mut before, char) == '$';
        if escaped {
            escaped = false;
            continue;
        }
        match (open, char) {
            (Some('\'' | '$'), '\'') | (Some('"'), '"') => open = None,
            (Some('\''), _) => {}
            (_, '\\') => escaped = true,
            (None, '\'') if dollar => open = Some('$'),
            (None, '\'' | '"') => open = Some(char),
            _ => {}
        }
    }
    open
}
