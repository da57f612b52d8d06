//! Object literals as code and shells write them: JavaScript and Python objects, hashtables of PowerShell. Nothing is
//! run: what is no literal is kept as it is written and marked so. Knows nothing of HTTP.

use super::Piece;

/// Deeper nesting, and more members, are not read.
const DEPTH: usize = 8;
const MEMBERS: usize = 200;

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Text in quotes, read without them.
    Text,
    /// Text in which variables stand: a template, or text and names joined with `+`. Names are shown as `${name}`.
    Mixed,
    /// Something that only the program knows: a name, a call, a list.
    Code,
}

/// One value with the names that lead to it.
#[derive(Debug)]
pub(super) struct Member<'t> {
    pub path: Vec<String>,
    pub name: Piece<'t>,
    pub value: Piece<'t>,
    pub form: Form,
}

/// A position in a text in which literals stand.
pub(super) struct Scan<'p, 't> {
    piece: &'p Piece<'t>,
    bytes: &'p [u8],
    pub at: usize,
    /// What escapes in double quotes: `\`, or the backtick of PowerShell.
    escape: u8,
}

impl<'p, 't> Scan<'p, 't> {
    pub fn new(piece: &'p Piece<'t>, at: usize, escape: u8) -> Scan<'p, 't> {
        Scan { piece, bytes: piece.text.as_bytes(), at, escape }
    }

    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&skipped) {
            self.at += 1;
        }
    }

    /// Moves past white space and, in PowerShell, past the backtick that joins lines.
    pub fn space(&mut self) {
        let joins = self.escape == b'`';
        self.skip(|byte| byte.is_ascii_whitespace() || joins && byte == b'`');
    }

    /// Whether what follows is this; then moves past it.
    pub fn take(&mut self, text: &str) -> bool {
        let found = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()));
        if found {
            self.at += text.len();
        }
        found
    }

    /// A word of letters, digits and the marks that names have.
    pub fn word(&mut self) -> Piece<'t> {
        let start = self.at;
        self.skip(|byte| byte.is_ascii_alphanumeric() || b"_$-.".contains(&byte) || byte >= 0x80);
        self.piece.slice(start..self.at)
    }

    /// A bare word, up to white space.
    pub fn until_space(&mut self) -> Piece<'t> {
        let start = self.at;
        self.skip(|byte| !byte.is_ascii_whitespace());
        self.piece.slice(start..self.at)
    }

    /// The text in quotes that begins here; its quotes are passed over, its escapes read.
    pub fn text(&mut self) -> Option<Piece<'t>> {
        let quote = self.peek().filter(|byte| b"\"'`".contains(byte))?;
        if quote == self.escape {
            return None;
        }
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            match self.bytes.get(at)? {
                byte if *byte == self.escape && (quote != b'\'' || self.escape == b'\\') => {
                    escaped = true;
                    at += 2;
                }
                byte if *byte == quote => break,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        let inner = self.piece.slice(start..at);
        if !escaped {
            return Some(inner);
        }
        let mut out = String::with_capacity(inner.text.len());
        let mut chars = inner.text.chars();
        while let Some(char) = chars.next() {
            if char == char::from(self.escape) {
                match chars.next() {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some('r') => out.push('\r'),
                    Some(other) => out.push(other),
                    None => {}
                }
            } else {
                out.push(char);
            }
        }
        Some(Piece::decoded(out, inner.span))
    }

    /// A value: text, text joined with names, or code up to the next comma, semicolon, line or bracket.
    pub fn value(&mut self) -> (Piece<'t>, Form) {
        let start = self.at;
        let template = self.peek() == Some(b'`') && self.escape != b'`';
        if let Some(text) = self.text() {
            let form = if template && text.text.contains("${") { Form::Mixed } else { Form::Text };
            let after = self.at;
            self.skip(|byte| byte == b' ');
            if !self.take("+") {
                self.at = after;
                return (text, form);
            }
            self.space();
            let rest = match self.text() {
                Some(more) => more.text.into_owned(),
                None => format!("${{{}}}", self.code().trim()),
            };
            self.code();
            let span = self.piece.part(start..self.at);
            return (Piece::decoded(format!("{}{rest}", text.text), span), Form::Mixed);
        }
        self.code();
        (self.piece.slice(start..self.at).trimmed(), Form::Code)
    }

    /// Moves past code, with its brackets and quotes, up to what ends a value.
    fn code(&mut self) -> String {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' | b'\'' | b'`' if self.text().is_some() => continue,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => break,
                b')' | b']' | b'}' => depth -= 1,
                b',' | b';' | b'\n' if depth == 0 => break,
                _ => {}
            }
            self.at += 1;
        }
        self.piece.slice(start..self.at).text.into_owned()
    }

    /// The members of the object that begins here with `{` or `@{`; says whether it was read to its end.
    pub fn object(&mut self, members: &mut Vec<Member<'t>>) -> bool {
        self.members(&mut Vec::new(), members)
    }

    fn members(&mut self, path: &mut Vec<String>, members: &mut Vec<Member<'t>>) -> bool {
        self.take("@");
        if !self.take("{") {
            return false;
        }
        while members.len() < MEMBERS {
            self.skip(|byte| byte.is_ascii_whitespace() || byte == b',' || byte == b';');
            if self.take("//") {
                self.skip(|byte| byte != b'\n');
                continue;
            }
            if self.take("}") {
                return true;
            }
            let before = self.at;
            let spread = self.take("...");
            let name = self.text().unwrap_or_else(|| self.word());
            self.space();
            let assigned = self.take(":") || self.take("=>") || self.take("=");
            if !assigned {
                // A name that stands for itself, as in `{ headers }`, or a spread: what it holds is not shown.
                if !spread && name.text.is_empty() || self.at == before {
                    return false;
                }
                members.push(Member { path: path.clone(), value: name.clone(), name, form: Form::Code });
                continue;
            }
            self.space();
            let mark = self.at;
            let nested = self.peek() == Some(b'{')
                || self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(b"@{"));
            if nested && path.len() < DEPTH {
                path.push(name.text.to_string());
                let whole = self.members(path, members);
                path.pop();
                if !whole {
                    return false;
                }
                let value = self.piece.slice(mark..self.at);
                members.push(Member { path: path.clone(), name, value, form: Form::Code });
            } else {
                let (value, form) = self.value();
                members.push(Member { path: path.clone(), name, value, form });
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, escape: u8, expected: &str) {
        let piece = Piece::whole(text);
        let mut members = Vec::new();
        let whole = Scan::new(&piece, 0, escape).object(&mut members);
        let shown: Vec<String> = members
            .iter()
            .filter(|member| !member.value.text.starts_with(['{', '@']))
            .map(|member| {
                let path: String = member.path.iter().map(|name| format!("{name}.")).collect();
                format!("{path}{}={} {:?}", member.name.text, member.value.text, member.form)
            })
            .collect();
        assert_eq!(format!("{}{}", shown.join(", "), if whole { "" } else { " !" }), expected);
    }

    #[test]
    fn objects_of_javascript_are_read() {
        check(
            "{ method: 'POST', headers: { \"X-Key\": \"a\\\"b\", Authorization: `Bearer ${token}` } }",
            b'\\',
            "method=POST Text, headers.X-Key=a\"b Text, headers.Authorization=Bearer ${token} Mixed",
        );
        check(
            "{ Authorization: \"Bearer \" + auth.token, ...more }",
            b'\\',
            "Authorization=Bearer ${auth.token} Mixed, more=more Code",
        );
        check("{ a: f({ b: 1 }), c: null", b'\\', "a=f({ b: 1 }) Code, c=null Code !");
    }

    #[test]
    fn hashtables_of_powershell_are_read() {
        check(
            "@{\n\"authority\"=\"api.example.com\"\n  Accept = 'x'; \"q\"=\"a`\"b\"\n}",
            b'`',
            "authority=api.example.com Text, Accept=x Text, q=a\"b Text",
        );
    }
}
