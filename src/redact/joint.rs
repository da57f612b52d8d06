//! How a value follows its name, and where it stands: `name=value`, `"name": "value"`, `<name>value`, `name is value`, on
//! the next line. Knows not which names are those of secrets.

use super::ends::{Ends, byte, closing, end_of_element, end_of_value, run};
use super::looks;
use super::value::Value;

/// How a value follows its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// `name="value"`, `<name>value`, `--name value`.
    Tight,
    /// `name=value`.
    Equals,
    /// `name: value`, as in YAML and in prose.
    Colon,
    /// `name is value`.
    Spoken,
    /// `name value`, as in a sentence.
    Beside,
    /// The only word on the line below its name.
    Below,
    /// In square brackets, as languages print lists.
    Listed,
}

/// The value after a name that stands at `from..to`; nothing when none follows.
pub(super) fn after(text: &str, from: usize, to: usize, ends: &mut Ends) -> Option<Value> {
    let at = to + run(text, to, 2, |byte| byte.is_ascii_digit());
    if byte(text, at).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let before = from.checked_sub(1).and_then(|at| byte(text, at));
    let leads = leads_line(text, from);
    let closers = run(text, at, 6, |byte| b"\"'`]\\*)^".contains(&byte));
    let closed = text.get(at..at + closers)?.contains(['"', '\'']);
    if closers == 0
        && let Some(at) = element(text, before, at)
    {
        return Value::new(at, end_of_element(text, at, ends), Joint::Tight).quoted();
    }
    let at = at + closers;
    let part = closed.then(|| part_of_form(text, from, at)).flatten();
    if let Some(start) = part {
        return Value::new(start, end_of_line(text, start), Joint::Tight).quoted();
    }
    // What was opened before the name is closed behind the value: `-F "password=two words"`.
    let opened = before.filter(|byte| closers == 0 && matches!(byte, b'"' | b'\''));
    let spaces = run(text, at, 16, |byte| matches!(byte, b' ' | b'\t'));
    let next = byte(text, at + spaces);
    let after_next = byte(text, at + spaces + 1);
    let (joint, at) = if let Some(end) = paired(text, at) {
        (Joint::Tight, end)
    } else if next == Some(b':') && after_next != Some(b':') && after_next != Some(b'/') {
        let at = at + spaces + 1 + usize::from(after_next == Some(b'='));
        match below(text, at).filter(|_| leads) {
            Some(below) => (Joint::Below, below),
            None if closed || after_next == Some(b'=') => (Joint::Tight, at),
            None => typed(text, at).map_or((Joint::Colon, at), |at| (Joint::Tight, at)),
        }
    } else if next == Some(b'=')
        && after_next != Some(b'~')
        && (after_next != Some(b'=') || spaces == 0 && (leads || opened.is_some()))
    {
        (Joint::Equals, at + spaces + 1 + usize::from(after_next == Some(b'>')))
    } else if text.get(at..at + 3).is_some_and(|three| three.eq_ignore_ascii_case("%3d")) {
        (Joint::Tight, at + 3)
    } else if next == Some(b',') && closed && argument_follows(text, at + spaces + 1) {
        (Joint::Tight, at + spaces + 1)
    } else if closers == 0 && spaces > 0 && (is_option(text, from) || is_assigned(text, from)) {
        (Joint::Tight, at)
    } else if text.get(at..at + 4) == Some(" is ") {
        (Joint::Spoken, at + 4)
    } else if leads && closers == 0 && byte(text, at) == Some(b'\t') {
        (Joint::Colon, at)
    } else if let Some(below) = below(text, at).filter(|_| leads && closers == 0) {
        (Joint::Below, below)
    } else if spaces == 1 && next.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"\"'`".contains(&byte))
    {
        (Joint::Beside, at + 1)
    } else {
        return None;
    };
    if joint == Joint::Equals && !opens_quotes(text, at) {
        let at = at + run(text, at, 80, |byte| matches!(byte, b' ' | b'\t'));
        let field = opened.and_then(|quote| closing(text, at, quote, 0, ends));
        if let Some(end) = field {
            return Value::new(at, first_of_form(text, at, end), joint).leading(leads).quoted();
        }
        if let Some(end) = end_of_setting(text, at).filter(|_| leads && is_setting(text, from, to)) {
            return Value::new(at, end, joint).leading(leads).checked();
        }
    }
    read(text, at, joint, ends).map(|value| value.leading(leads))
}

/// Whether the value at a place stands in quotes.
fn opens_quotes(text: &str, at: usize) -> bool {
    let at = at + run(text, at, 8, |byte| b" \\^".contains(&byte));
    matches!(byte(text, at), Some(b'"' | b'\'' | b'`'))
}

/// The value that stands at a place, in quotes or brackets or without them.
pub(super) fn read(text: &str, at: usize, joint: Joint, ends: &mut Ends) -> Option<Value> {
    let mut at = at + run(text, at, 80, |byte| matches!(byte, b' ' | b'\t'));
    let mut joint = joint;
    if byte(text, at) == Some(b'[') {
        let inner = at + 1 + run(text, at + 1, 8, |byte| byte.is_ascii_whitespace());
        if matches!(byte(text, inner), Some(b'"' | b'\'' | b'\\')) || is_listed(text, inner, ends) {
            at = inner;
            joint = Joint::Listed;
        }
    }
    // The marks of YAML for a text on the lines below.
    if matches!(byte(text, at), Some(b'|' | b'>')) {
        let marks = run(text, at, 4, |byte| b"|>+-0123456789".contains(&byte));
        at = below(text, at + marks)?;
        at += run(text, at, 80, |byte| matches!(byte, b' ' | b'\t'));
        joint = Joint::Below;
    }
    // Python's b'…' and r"…", and quotes escaped inside of another string.
    if matches!(byte(text, at), Some(b'b' | b'r' | b'f' | b'u' | b'@' | b'$'))
        && matches!(byte(text, at + 1), Some(b'"' | b'\''))
    {
        at += 1;
    }
    let escapes = run(text, at, 7, |byte| matches!(byte, b'\\' | b'^'));
    let quote = byte(text, at + escapes).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    if let Some(quote) = quote {
        let start = at + escapes + 1;
        let slashes = text.get(at..at + escapes)?.bytes().filter(|byte| *byte == b'\\').count();
        return match closing(text, start, quote, slashes, ends) {
            Some(end) => Value::new(start, end, joint).quoted(),
            None => Value::new(start, end_of_value(text, start, ends), joint).checked(),
        };
    }
    if let Some(rest) = text.get(at..).and_then(|rest| rest.strip_prefix(['“', '‘', '«'])) {
        at = text.len() - rest.len();
    }
    let mut end = end_of_value(text, at, ends);
    if joint == Joint::Listed {
        end = text.get(at..end).and_then(|value| value.find([']', ','])).map_or(end, |length| at + length);
    }
    Value::new(at, end, joint).checked()
}

/// Whether one word in square brackets stands there that looks like a credential: `[Bearer …]` is read elsewhere.
fn is_listed(text: &str, at: usize, ends: &mut Ends) -> bool {
    let end = end_of_value(text, at, ends);
    let word = text.get(at..end).unwrap_or_default();
    let word = word.split([']', ',']).next().unwrap_or_default();
    let closed = byte(text, at + word.len()).is_some_and(|byte| matches!(byte, b']' | b','));
    closed && word.len() >= 12 && looks::is_random(word) && !looks::is_placeholder(word)
}

/// The text of the element whose name ends at `at`: `<password>…`, also with attributes.
fn element(text: &str, before: Option<u8>, at: usize) -> Option<usize> {
    if !matches!(before, Some(b'<' | b':')) {
        return None;
    }
    if byte(text, at) == Some(b'>') {
        return Some(at + 1);
    }
    if before != Some(b'<') && byte(text, at) != Some(b' ') || byte(text, at) != Some(b' ') {
        return None;
    }
    let length = run(text, at, 300, |byte| !matches!(byte, b'<' | b'>' | b'\n'));
    let attributes = text.get(at..at + length)?;
    let is_open = byte(text, at + length) == Some(b'>') && !attributes.ends_with('/');
    (is_open && attributes.contains("=\"")).then_some(at + length + 1)
}

/// The value of a part of a form whose name is quoted at `from`: `name="password"`, an empty line, the value.
fn part_of_form(text: &str, from: usize, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let rest = rest.strip_prefix("\r\n\r\n").or_else(|| rest.strip_prefix("\n\n"))?;
    text.get(..from)?.ends_with("name=\"").then(|| text.len() - rest.len())
}

fn end_of_line(text: &str, start: usize) -> usize {
    start + run(text, start, 4096, |byte| !matches!(byte, b'\n' | b'\r'))
}

/// The type between a name and its value: `let token: &str = "…"`.
fn typed(text: &str, at: usize) -> Option<usize> {
    let spaces = run(text, at, 2, |byte| byte == b' ');
    let length =
        run(text, at + spaces, 32, |byte| byte.is_ascii_alphanumeric() || b"&<>[]_|? '".contains(&byte));
    let name = text.get(at + spaces..at + spaces + length)?.trim_end();
    let equals = at + spaces + length;
    let quote = byte(text, equals + 1 + run(text, equals + 1, 2, |byte| byte == b' '));
    let is_type = name.starts_with('&')
        || name.starts_with(|char: char| char.is_ascii_alphabetic()) && !name.contains(' ');
    (is_type && byte(text, equals) == Some(b'=') && matches!(quote, Some(b'"' | b'\'' | b'`')))
        .then_some(equals + 1)
}

/// Whether the next argument of a call is a string: `.set('Authorization', 'Bearer …')`. With a colon behind it the string
/// is the next key of an object: `{"error": "invalid_token", "error_description": …`.
pub(super) fn argument_follows(text: &str, at: usize) -> bool {
    let at = at + run(text, at, 16, |byte| byte.is_ascii_whitespace());
    let Some(quote) = byte(text, at).filter(|byte| matches!(byte, b'"' | b'\'' | b'`')) else { return false };
    let behind = at + 1 + run(text, at + 1, 512, |byte| byte != quote && byte != b'\n') + 1;
    byte(text, behind + run(text, behind, 16, |byte| byte.is_ascii_whitespace())) != Some(b':')
}

/// `"name": "x", "value": "y"` in an archive of requests, `name: x` and `value: y` on two lines in a manifest.
fn paired(text: &str, at: usize) -> Option<usize> {
    let mut at = at
        + run(text, at, 120, |byte| {
            byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'\'' | b'\\')
        });
    let rest = text.get(at..)?;
    let name = ["value", "Value", "VALUE"].into_iter().find(|name| rest.starts_with(name))?;
    at += name.len();
    at += run(text, at, 4, |byte| matches!(byte, b'"' | b'\'' | b'\\'));
    at += run(text, at, 8, |byte| byte.is_ascii_whitespace());
    matches!(byte(text, at), Some(b':' | b'=')).then_some(at + 1)
}

/// The value before a quoted name, where a tag or an object has them the other way round: `value="y" key="x"`.
pub(super) fn before(text: &str, from: usize, ends: &mut Ends) -> Option<Value> {
    let start = text.floor_char_boundary(from.saturating_sub(600));
    let head = text.get(start..from)?;
    let head = head.get(head.rfind('<').or_else(|| head.rfind(['{', '}', '\n']))? + 1..)?;
    let named = ["key=\"", "name=\"", "\"key\":\"", "\"name\":\"", "\"key\": \"", "\"name\": \""];
    if !named.iter().any(|name| head.ends_with(name)) {
        return None;
    }
    let at = ["value=", "\"value\":"].into_iter().find_map(|name| Some(head.rfind(name)? + name.len()))?;
    read(text, from - head.len() + at, Joint::Tight, ends)
}

/// Whether a name begins its line, with at most a mark of a list or a quotation before it.
fn leads_line(text: &str, from: usize) -> bool {
    let before = text.as_bytes().get(from.saturating_sub(24)..from).unwrap_or_default();
    for byte in before.iter().rev() {
        match byte {
            b'\n' => return true,
            byte if b" \t-*+\"'`#|>.".contains(byte) => {}
            _ => return false,
        }
    }
    before.len() == from
}

fn is_option(text: &str, from: usize) -> bool {
    let before = from.checked_sub(1).and_then(|at| byte(text, at));
    byte(text, from) == Some(b'-') || before == Some(b'-')
}

/// Whether the line gives a name its value with nothing but a space between: `ENV NAME value`, `setx NAME value`.
fn is_assigned(text: &str, from: usize) -> bool {
    let start = text.floor_char_boundary(from.saturating_sub(160));
    let line = text.get(start..from).unwrap_or_default();
    let line = line.get(line.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
    [" ENV ", "setx ", "config set ", "config --global ", "config --local ", "machine ", "\tENV "]
        .iter()
        .any(|word| line.contains(word))
        || line.trim_start() == "ENV "
}

/// Where the next line begins, when nothing but its break is left of this one.
fn below(text: &str, at: usize) -> Option<usize> {
    let at = at + run(text, at, 4, |byte| matches!(byte, b' ' | b'\t'));
    let breaks = if byte(text, at) == Some(b'\r') { 2 } else { 1 };
    (byte(text, at + breaks - 1) == Some(b'\n')).then_some(at + breaks)
}

/// Where the first field of a form ends, or the first cookie.
fn first_of_form(text: &str, start: usize, end: usize) -> usize {
    let value = text.get(start..text.floor_char_boundary(end.min(start + 4096))).unwrap_or_default();
    let field = |rest: &str| {
        let rest = rest.trim_start_matches(' ');
        let name = rest
            .bytes()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
            .count();
        name > 0 && rest.as_bytes().get(name) == Some(&b'=')
    };
    let next =
        value.match_indices(['&', ';']).take(16).find(|(at, _)| value.get(at + 1..).is_some_and(field));
    next.map_or(end, |(at, _)| start + at)
}

/// Whether a name is one of a file of settings, in small letters and with its parts divided: `db.password`.
fn is_setting(text: &str, from: usize, to: usize) -> bool {
    let name = text.get(from..to).unwrap_or_default();
    name.contains('.') && !name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Where the value of a setting ends, which may hold spaces: at the end of its line, unless other pairs stand there.
fn end_of_setting(text: &str, start: usize) -> Option<usize> {
    let end = end_of_line(text, start);
    let value = text.get(start..end)?;
    let is_whole = value.len() <= 120
        && !value.get(1..)?.contains('=')
        && !value.contains(['`', '&'])
        && (!value.contains(' ') || !value.contains(['"', '\'']));
    is_whole.then_some(end)
}
