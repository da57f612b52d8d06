//! Long tokens that a terminal or a mail broke over lines. Knows only how base64 and JSON Web Tokens look.

/// A byte of base64 in either alphabet, or the dot between the parts of a JSON Web Token.
fn in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_+/=.".contains(&byte)
}

/// Where the token that begins at `start` ends. A line that is full and is followed by one that holds the rest of a
/// token and nothing else belongs together with it.
pub fn end_of_token(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let run = |from: usize| {
        from + bytes.get(from..).unwrap_or_default().iter().take_while(|byte| in_token(**byte)).count()
    };
    let mut end = run(start);
    let mut line_start = start;
    let mut dots = count_dots(bytes, start, end);
    loop {
        let width = end - line_start;
        let rest = bytes.get(end..).unwrap_or_default();
        let gap = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => return end,
        };
        let indent =
            rest.get(gap..).unwrap_or_default().iter().take(8).take_while(|byte| **byte == b' ').count();
        let next = end + gap + indent;
        let next_end = run(next);
        let alone = bytes.get(next_end).is_none_or(|byte| b"\r\n\"'`,;\\".contains(byte));
        let next_width = next_end - next;
        if width < 40 || next_width < 4 || !alone || next_width > width + 80 || (dots >= 2 && next_width < 16)
        {
            return end;
        }
        // The next line must look like base64, and be neither a word, a path nor another token.
        let part = bytes.get(next..next_end).unwrap_or_default();
        let mixed = part.iter().any(u8::is_ascii_digit) && part.iter().any(u8::is_ascii_uppercase);
        if !mixed || (part.starts_with(b"eyJ") && dots >= 2) {
            return end;
        }
        dots += count_dots(bytes, next, next_end);
        line_start = next;
        end = next_end;
    }
}

fn count_dots(bytes: &[u8], start: usize, end: usize) -> usize {
    bytes.get(start..end).unwrap_or_default().iter().filter(|byte| **byte == b'.').count()
}
