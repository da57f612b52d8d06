//! Where a value ends, read so that a text full of names costs no more than one reading of it.

/// One byte of a text.
pub(super) fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// How many bytes from `at` pass the test, at most `limit`.
pub(super) fn run(text: &str, at: usize, limit: usize, passes: impl Fn(u8) -> bool) -> usize {
    text.as_bytes().get(at..).unwrap_or_default().iter().take(limit).take_while(|byte| passes(**byte)).count()
}

/// Where runs end that were read already. A name inside of a value that was just looked at ends where that one ends, so
/// that a text full of names is read once and not once for each.
#[derive(Default)]
pub(super) struct Ends {
    value: Run,
    word: Run,
    element: Run,
    quotes: [Run; 12],
}

/// A stretch of text that was read from a place to the first byte that ends it.
#[derive(Clone, Copy, Default)]
struct Run {
    from: usize,
    to: usize,
    /// The same without what does not belong to the value at its end.
    trimmed: usize,
}

impl Run {
    /// The ends of the run that holds `start`, which is read only where that is not known.
    fn end(&mut self, start: usize, read: impl FnOnce() -> (usize, usize)) -> (usize, usize) {
        if !(self.from..self.to).contains(&start) {
            let (to, trimmed) = read();
            *self = Run { from: start, to, trimmed };
        }
        (self.to, self.trimmed.max(start))
    }
}

/// Where a quoted value ends: before its closing quote, on the same line. A quote with backslashes before it is closed by
/// one with as many; more of them write a quote in the value. In the command shell of Windows a caret may stand between.
pub(super) fn closing(text: &str, start: usize, quote: u8, slashes: usize, ends: &mut Ends) -> Option<usize> {
    let slashes = slashes.min(3);
    let index = usize::from(quote == b'\'') + 2 * usize::from(quote == b'`');
    let run = ends.quotes.get_mut(index + 3 * slashes)?;
    let bytes = text.as_bytes();
    let read = || {
        let mut at = start;
        loop {
            let next = bytes.get(at + 1);
            match bytes.get(at) {
                None | Some(b'\n') => return at.min(bytes.len()),
                Some(b'\\') if next == Some(&b'\n') => at += 1,
                Some(b'\\') if slashes > 0 => {
                    let count = super::ends::run(text, at, usize::MAX, |byte| byte == b'\\');
                    let behind = at + count;
                    let caret = usize::from(bytes.get(behind) == Some(&b'^'));
                    let quoted = bytes.get(behind + caret) == Some(&quote);
                    if quoted && count <= slashes {
                        return at;
                    }
                    at = behind + usize::from(quoted) * (caret + 1);
                }
                Some(b'\\') => at += 2,
                // The shell's way to write a quote in quotes.
                Some(b'\'') if quote == b'\'' && bytes.get(at + 1..at + 4) == Some(br"\''") => at += 4,
                // PowerShell's way, where another quote closes.
                Some(b'`') if quote == b'"' && next == Some(&b'"') && closes_later(bytes, at + 2) => at += 2,
                Some(byte) if *byte == quote => return at,
                Some(_) => at += 1,
            }
        }
    };
    let (end, _) = run.end(start, || {
        let end = read();
        (end, end)
    });
    matches!(bytes.get(end), Some(byte) if *byte != b'\n').then_some(end)
}

/// Whether another double quote stands soon on the same line, directly before what ends an argument.
fn closes_later(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default().iter().take(200).take_while(|byte| **byte != b'\n');
    let quote = rest.clone().position(|byte| *byte == b'"');
    quote.is_some_and(|place| bytes.get(at + place + 1).is_none_or(|byte| b" \r\n,;)}\"'".contains(byte)))
}

/// Where a value without quotes ends.
pub(super) fn end_of_value(text: &str, start: usize, ends: &mut Ends) -> usize {
    let closes = |byte: u8| byte.is_ascii_whitespace() || b"\"'`&<;".contains(&byte);
    // A backslash at the end of a line joins lines; punctuation belongs to the sentence around.
    let marks = ['\\', ',', '.', ':', ')', '}', ']', '>', '!', '?', '|', '*', '”', '’', '»'];
    let (_, trimmed) = ends.value.end(start, || ends_of(text, start, closes, &marks));
    trimmed
}

/// Where a credential ends that stands after a scheme.
pub(super) fn end_of_word(text: &str, start: usize, ends: &mut Ends) -> usize {
    // A placeholder may begin with `<`.
    if byte(text, start) == Some(b'<') {
        let length = run(text, start, 200, |byte| byte != b'>' && byte != b'\n');
        return text.floor_char_boundary(start + length + 1).min(text.len());
    }
    let closes = |byte: u8| byte.is_ascii_whitespace() || b"\"'`<\\".contains(&byte);
    let marks = [',', '.', ';', ')', '}', ']', '!', '?', '*', '”', '’', '»'];
    let (_, trimmed) = ends.word.end(start, || ends_of(text, start, closes, &marks));
    trimmed
}

/// Where an element's text ends: before its closing tag on the same line. Without one it is a value like any other.
pub(super) fn end_of_element(text: &str, start: usize, ends: &mut Ends) -> usize {
    let closes = |byte: u8| matches!(byte, b'<' | b'\n' | b'\r');
    let (_, trimmed) = ends.element.end(start, || ends_of(text, start, closes, &[]));
    if byte(text, trimmed) == Some(b'<') { trimmed } else { end_of_value(text, start, ends) }
}

/// The first byte from `start` on that closes, and where the marks begin that stand before it. Dots at the end say that
/// something was left out, and stay.
fn ends_of(text: &str, start: usize, closes: impl Fn(u8) -> bool, marks: &[char]) -> (usize, usize) {
    let end = start + run(text, start, usize::MAX, |byte| !closes(byte));
    let value = text.get(start..end).unwrap_or_default();
    let trimmed = if value.ends_with("..") { value } else { value.trim_end_matches(marks) };
    (end, start + trimmed.len())
}

/// Whether nothing but this word stands behind it on its line.
pub(super) fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    start < end && matches!(byte(text, end), None | Some(b'\n' | b'\r' | b'"' | b'\'' | b'`'))
}
