//! JSON as people paste it, with the place of every value: complete, cut off, wrapped, or a Python dict with single
//! quotes. Never fails: it reads as far as it can. Knows nothing of what the keys mean.

use std::borrow::Cow;

use super::{Piece, Span};

/// Deeper nesting than this is not read.
const DEPTH: usize = 64;
/// More values than this are not read.
const NODES: usize = 100_000;

/// A JSON text: its values in the order they stand in the paste.
#[derive(Debug)]
pub struct Json<'t> {
    pub span: Span,
    /// Whether it was read to its closing bracket.
    pub complete: bool,
    nodes: Vec<Node<'t>>,
}

#[derive(Debug)]
struct Node<'t> {
    key: Option<Piece<'t>>,
    value: Value<'t>,
    depth: usize,
    span: Span,
}

/// A value in a JSON text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    Object,
    Array,
    Text(Piece<'t>),
    /// A number, as written.
    Number(Piece<'t>),
    Bool(bool),
    Null,
}

/// One value with its key, when it is the member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field<'j, 't> {
    json: &'j Json<'t>,
    index: usize,
}

impl<'t> Json<'t> {
    /// Reads the JSON text that begins at `start`, which must be `{` or `[`; nothing when what follows is not JSON.
    /// The number beside it says how many bytes were looked at.
    pub fn at(text: &'t str, start: usize) -> (Option<Json<'t>>, usize) {
        let mut scan = Scan { text, at: start, nodes: Vec::new() };
        let complete = scan.value(None, 0).is_some();
        let looked_at = scan.at.saturating_sub(start) + 1;
        let json = scan.take(start, complete).filter(|json| {
            let keyed = json.nodes.iter().any(|node| node.key.is_some());
            let listed =
                complete && json.nodes.iter().skip(1).any(|node| matches!(node.value, Value::Text(_)));
            keyed || listed || complete && json.nodes.len() == 1
        });
        (json, looked_at)
    }

    /// Reads a piece that holds a JSON text, such as a body. A decoded piece gives its own span for every value.
    pub fn read(piece: &Piece<'t>) -> Option<Json<'t>> {
        match &piece.text {
            Cow::Borrowed(text) => {
                let start = text.find(['{', '['])?;
                text.get(..start)?.trim().is_empty().then_some(())?;
                let mut json = Json::at(text, start).0?;
                json.shift(piece.span.start);
                Some(json)
            }
            Cow::Owned(text) => {
                let start = text.find(['{', '['])?;
                text.get(..start)?.trim().is_empty().then_some(())?;
                let json = Json::at(text, start).0?;
                Some(json.into_owned(piece.span))
            }
        }
    }

    /// Every value, in the order of the paste. The first is the whole text.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_, 't>> {
        (0..self.nodes.len()).map(|index| Field { json: self, index })
    }

    /// The object or array that the text is.
    pub fn root(&self) -> Option<Field<'_, 't>> {
        self.fields().next()
    }

    /// The member of the outermost object with this key.
    pub fn get(&self, key: &str) -> Option<Field<'_, 't>> {
        self.root()?.get(key)
    }

    /// The first member with this key, at any depth.
    pub fn find(&self, key: &str) -> Option<Field<'_, 't>> {
        self.fields().find(|field| field.key() == Some(key))
    }

    /// The text at a path of keys below the outermost object.
    pub fn text_at(&self, path: &[&str]) -> Option<&Piece<'t>> {
        let mut field = self.root()?;
        for key in path {
            field = field.get(key)?;
        }
        field.text()
    }

    /// Moves every place, for a text that does not begin the paste.
    fn shift(&mut self, by: usize) {
        let moved = |span: Span| Span::new(span.start + by, span.end + by);
        self.span = moved(self.span);
        for node in &mut self.nodes {
            node.span = moved(node.span);
            if let Some(key) = &mut node.key {
                key.span = moved(key.span);
            }
            if let Value::Text(piece) | Value::Number(piece) = &mut node.value {
                piece.span = moved(piece.span);
            }
        }
    }

    fn into_owned<'o>(self, span: Span) -> Json<'o> {
        let owned = |piece: Piece<'_>| Piece::decoded(piece.text.into_owned(), span);
        let nodes = self.nodes.into_iter().map(|node| Node {
            key: node.key.map(owned),
            value: match node.value {
                Value::Text(piece) => Value::Text(owned(piece)),
                Value::Number(piece) => Value::Number(owned(piece)),
                Value::Object => Value::Object,
                Value::Array => Value::Array,
                Value::Bool(value) => Value::Bool(value),
                Value::Null => Value::Null,
            },
            depth: node.depth,
            span,
        });
        Json { span, complete: self.complete, nodes: nodes.collect() }
    }
}

impl<'j, 't> Field<'j, 't> {
    fn node(self) -> Option<&'j Node<'t>> {
        self.json.nodes.get(self.index)
    }

    /// The key, decoded.
    pub fn key(self) -> Option<&'j str> {
        self.node()?.key.as_ref().map(|key| key.text.as_ref())
    }

    /// The key with its place.
    pub fn key_piece(self) -> Option<&'j Piece<'t>> {
        self.node()?.key.as_ref()
    }

    /// The place of the key, when there is one.
    pub fn key_span(self) -> Option<Span> {
        self.node()?.key.as_ref().map(|key| key.span)
    }

    /// The value itself.
    pub fn value(self) -> Option<&'j Value<'t>> {
        self.node().map(|node| &node.value)
    }

    /// The text, when the value is a string.
    pub fn text(self) -> Option<&'j Piece<'t>> {
        match self.value()? {
            Value::Text(piece) => Some(piece),
            _ => None,
        }
    }

    /// The number, when the value is a whole one or a string that holds one.
    pub fn integer(self) -> Option<i64> {
        match self.value()? {
            Value::Number(piece) | Value::Text(piece) => piece.text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The place of the value, without its key. In an object or array, up to where it was read.
    pub fn span(self) -> Span {
        self.node().map(|node| node.span).unwrap_or_default()
    }

    /// The place of key and value together.
    pub fn whole_span(self) -> Span {
        self.key_span().map_or(self.span(), |key| key.to(self.span()))
    }

    /// How many objects and arrays stand around it.
    pub fn depth(self) -> usize {
        self.node().map(|node| node.depth).unwrap_or_default()
    }

    /// The values directly inside this object or array.
    pub fn children(self) -> impl Iterator<Item = Field<'j, 't>> {
        let depth = self.depth();
        let rest = self.json.nodes.get(self.index + 1..).unwrap_or_default();
        let inside = rest.iter().take_while(move |node| node.depth > depth).enumerate();
        inside
            .filter(move |(_, node)| node.depth == depth + 1)
            .map(move |(offset, _)| Field { json: self.json, index: self.index + 1 + offset })
    }

    /// The member of this object with this key.
    pub fn get(self, key: &str) -> Option<Field<'j, 't>> {
        self.children().find(|field| field.key() == Some(key))
    }
}

/// A walk through a JSON text that may be large: what is stepped into is not held, only the values that are taken.
pub(super) struct Walk<'t>(Scan<'t>);

impl<'t> Walk<'t> {
    /// A walk from this offset on.
    pub fn at(text: &'t str, start: usize) -> Walk<'t> {
        Walk(Scan { text, at: start, nodes: Vec::new() })
    }

    /// How far it went.
    pub fn place(&self) -> usize {
        self.0.at
    }

    /// Steps into an object (`{`) or an array (`[`); nothing when none begins here.
    pub fn open(&mut self, bracket: u8) -> Option<()> {
        self.0.skip_space();
        (self.0.peek()? == bracket).then(|| self.0.at += 1)
    }

    /// The key of the next member of the object it is in; `Some(None)` at its end, which it steps out of.
    pub fn key(&mut self) -> Option<Option<Piece<'t>>> {
        self.0.skip_space();
        if self.0.peek()? == b',' {
            self.0.at += 1;
            self.0.skip_space();
        }
        if self.0.peek()? == b'}' {
            self.0.at += 1;
            return Some(None);
        }
        let quote = self.0.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let key = self.0.string(quote)?;
        self.0.skip_space();
        (self.0.peek()? == b':').then(|| self.0.at += 1)?;
        Some(Some(key))
    }

    /// Whether another item stands in the array it is in; at its end it steps out of it.
    pub fn item(&mut self) -> Option<bool> {
        self.0.skip_space();
        if self.0.peek()? == b',' {
            self.0.at += 1;
            self.0.skip_space();
        }
        let more = self.0.peek()? != b']';
        self.0.at += usize::from(!more);
        Some(more)
    }

    /// The value that begins here, as far as it goes; nothing when none does.
    pub fn value(&mut self) -> Option<Json<'t>> {
        self.0.skip_space();
        let start = self.0.at;
        let complete = self.0.value(None, 0).is_some();
        self.0.take(start, complete)
    }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    nodes: Vec<Node<'t>>,
}

impl<'t> Scan<'t> {
    /// The values that were read since `start`.
    fn take(&mut self, start: usize, complete: bool) -> Option<Json<'t>> {
        let nodes = std::mem::take(&mut self.nodes);
        let end = start + self.text.get(start..self.at).unwrap_or_default().trim_end().len();
        (!nodes.is_empty()).then_some(Json { span: Span::new(start, end), complete, nodes })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Reads one value; nothing when the text stops being JSON, with what was read until then kept.
    fn value(&mut self, key: Option<Piece<'t>>, depth: usize) -> Option<()> {
        if self.nodes.len() >= NODES || depth > DEPTH {
            return None;
        }
        let start = self.at;
        let first = self.peek()?;
        let value = match first {
            b'{' | b'[' => {
                let index = self.nodes.len();
                let value = if first == b'{' { Value::Object } else { Value::Array };
                self.nodes.push(Node { key, value, depth, span: Span::new(start, start + 1) });
                self.at += 1;
                let closed = if first == b'{' { self.members(depth + 1) } else { self.items(depth + 1) };
                if let Some(node) = self.nodes.get_mut(index) {
                    node.span.end = self.at;
                }
                return closed;
            }
            b'"' | b'\'' => Value::Text(self.string(first)?),
            // Python's byte strings, f-strings and the like: a letter, then a quote.
            b'b' | b'u' if matches!(self.text.as_bytes().get(self.at + 1), Some(b'\'' | b'"')) => {
                self.at += 1;
                let quote = self.peek()?;
                Value::Text(self.string(quote)?)
            }
            _ => self.bare()?,
        };
        self.nodes.push(Node { key, value, depth, span: Span::new(start, self.at) });
        Some(())
    }

    fn members(&mut self, depth: usize) -> Option<()> {
        self.skip_space();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.skip_space();
            let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
            let before = self.at;
            let key = self.string(quote)?;
            self.skip_space();
            if self.peek() != Some(b':') {
                self.at = before;
                return None;
            }
            self.at += 1;
            self.skip_space();
            self.value(Some(key), depth)?;
            self.skip_space();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
            self.skip_space();
            // A trailing comma is no JSON, and common in what people paste.
            if self.peek()? == b'}' {
                self.at += 1;
                return Some(());
            }
        }
    }

    fn items(&mut self, depth: usize) -> Option<()> {
        loop {
            self.skip_space();
            if self.peek()? == b']' {
                self.at += 1;
                return Some(());
            }
            self.value(None, depth)?;
            self.skip_space();
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {}
                _ => return None,
            }
        }
    }

    /// Reads a quoted string. It may be wrapped over lines, as terminals do, but not over a blank line.
    fn string(&mut self, quote: u8) -> Option<Piece<'t>> {
        let open = self.at;
        let mut escaped = false;
        let mut at = open + 1;
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(at)?;
            match byte {
                b'\\' => {
                    escaped = true;
                    at += 1;
                }
                b'\n' if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => return None,
                byte if byte == quote => break,
                _ => {}
            }
            at += 1;
        }
        self.at = at + 1;
        let inner = self.text.get(open + 1..at)?;
        let span = Span::new(open + 1, at);
        let text = if escaped { Cow::Owned(unescaped(inner)) } else { Cow::Borrowed(inner) };
        Some(Piece { text, span })
    }

    /// Reads a number, `true`, `false`, `null` or Python's names for them.
    fn bare(&mut self) -> Option<Value<'t>> {
        let rest = self.text.get(self.at..)?;
        let end = rest
            .bytes()
            .take(64)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
            .count();
        let word = rest.get(..end)?;
        let value = match word {
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            "null" | "None" | "undefined" => Value::Null,
            number if number.parse::<f64>().is_ok() && number.bytes().any(|byte| byte.is_ascii_digit()) => {
                Value::Number(Piece { text: Cow::Borrowed(number), span: Span::new(self.at, self.at + end) })
            }
            _ => return None,
        };
        self.at += end;
        Some(value)
    }
}

/// The text of a JSON string with its escapes undone (RFC 8259, section 7). Escapes that are none stay as they are.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('u') => {
                let code = unit(&mut chars);
                out.push(match code {
                    Some(high @ 0xd800..=0xdbff) => surrogate(&mut chars, high),
                    Some(code) => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                    None => char::REPLACEMENT_CHARACTER,
                });
            }
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// Four hexadecimal digits; nothing, and nothing taken, when they are not there.
fn unit(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let code = u32::from_str_radix(chars.as_str().get(..4)?, 16).ok()?;
    chars.nth(3)?;
    Some(code)
}

/// The character of a surrogate pair whose first half was read.
fn surrogate(chars: &mut std::str::Chars<'_>, high: u32) -> char {
    let mut ahead = chars.clone();
    if ahead.next() == Some('\\')
        && ahead.next() == Some('u')
        && let Some(low @ 0xdc00..=0xdfff) = unit(&mut ahead)
    {
        *chars = ahead;
        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::REPLACEMENT_CHARACTER
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> String {
        let json = Json::read(&Piece::whole(text)).expect("JSON");
        let keys: Vec<_> = json.fields().filter_map(|field| field.key().map(str::to_owned)).collect();
        format!("{} complete={}", keys.join(" "), json.complete)
    }

    #[test]
    fn nested_members_are_found_with_their_place() {
        let text = r#"{"error":{"code":401,"message":"no \"key\""},"ok":false}"#;
        let json = Json::read(&Piece::whole(text)).expect("JSON");
        assert_eq!(json.text_at(&["error", "message"]).map(|piece| piece.text.as_ref()), Some(r#"no "key""#));
        assert_eq!(json.find("code").and_then(Field::integer), Some(401));
        assert_eq!(json.find("code").map(|field| &text[field.whole_span().range()]), Some(r#"code":401"#));
        assert_eq!(json.root().map(|root| root.children().count()), Some(2));
        assert!(json.complete);
    }

    #[test]
    fn json_that_is_cut_off_gives_what_it_has() {
        assert_eq!(keys(r#"{"error": "x", "errors": [{"message": "inv"#), "error errors complete=false");
        assert_eq!(keys("{'status': 401, 'detail': None, }"), "status detail complete=true");
    }

    #[test]
    fn braces_in_prose_are_not_json() {
        for text in ["{token}", "{ foo: 1 }", "[error] no", "{{base_url}}", "[[[[", "[401]"] {
            assert!(Json::read(&Piece::whole(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescaped(r"a\n\u00e9\ud83d\ude00\ud83d\/\u12"), "a\né😀\u{fffd}/\u{fffd}12");
    }
}
