//! What a server asks for: `WWW-Authenticate` and `Proxy-Authenticate` (RFC 9110, section 11.6), as real servers send
//! them. Never fails: what the grammar does not have is read as near as possible and flagged. Knows no scheme's rules.

use super::lines::is_tchar;
use super::{Headers, Piece, Span};

/// More challenges or parameters than this in one field are not read.
const LIMIT: usize = 64;

/// Schemes that servers list one after the other without a comma, which the grammar would read as a credential.
const BARE_SCHEMES: [&str; 5] = ["Negotiate", "NTLM", "Kerberos", "Basic", "Bearer"];

/// One challenge: a scheme with what the server says about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenge<'t> {
    /// The name of the scheme, as written; empty when the field begins with a parameter.
    pub scheme: Piece<'t>,
    /// What `Negotiate` and `NTLM` send in the place of parameters.
    pub token68: Option<Piece<'t>>,
    pub params: Vec<Param<'t>>,
    pub span: Span,
    /// Whether it is written as the grammar has it: quotes closed, values quoted where they must be, commas between.
    pub well_formed: bool,
}

/// A parameter of a challenge or of credentials, its value without quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct Param<'t> {
    pub name: Piece<'t>,
    pub value: Piece<'t>,
}

impl<'t> Challenge<'t> {
    /// Every challenge in the fields of this name, in order.
    pub fn all(headers: &Headers<'t>, name: &str) -> Vec<Challenge<'t>> {
        headers.all(name).flat_map(|header| Challenge::read(&header.value)).collect()
    }

    /// The challenges in one field value.
    pub fn read(value: &Piece<'t>) -> Vec<Challenge<'t>> {
        Scan { value, bytes: value.text.as_bytes(), at: 0 }.challenges()
    }

    /// Whether this is the scheme, compared without case (RFC 9110, section 11.1).
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.text.eq_ignore_ascii_case(scheme)
    }

    /// The value of a parameter, its name compared without case.
    pub fn param(&self, name: &str) -> Option<&Piece<'t>> {
        self.params.iter().find(|param| param.name.text.eq_ignore_ascii_case(name)).map(|param| &param.value)
    }
}

/// The parameters of credentials: `Digest username="…", nonce="…"`, `Credential=…, SignedHeaders=…`.
pub(super) fn params<'t>(value: &Piece<'t>) -> Vec<Param<'t>> {
    let mut scan = Scan { value, bytes: value.text.as_bytes(), at: 0 };
    let mut params = Vec::new();
    while params.len() < LIMIT {
        scan.skip(|byte| byte == b',' || byte == b';' || byte.is_ascii_whitespace());
        let name = scan.word(is_tchar);
        if name.text.is_empty() {
            // A character that cannot begin a parameter: past it, so that the rest is still read.
            if scan.advance().is_none() {
                break;
            }
            continue;
        }
        let mut well_formed = true;
        if let Some(param) = scan.param(name, &mut well_formed) {
            params.push(param);
        }
    }
    params
}

struct Scan<'v, 't> {
    value: &'v Piece<'t>,
    bytes: &'v [u8],
    at: usize,
}

impl<'t> Scan<'_, 't> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn advance(&mut self) -> Option<()> {
        self.peek()?;
        self.at += 1;
        while !self.value.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        Some(())
    }

    fn skip(&mut self, skipped: impl Fn(u8) -> bool) -> usize {
        let before = self.at;
        while self.peek().is_some_and(&skipped) {
            self.at += 1;
        }
        self.at - before
    }

    fn word(&mut self, belongs: impl Fn(u8) -> bool) -> Piece<'t> {
        let start = self.at;
        self.skip(belongs);
        self.value.slice(start..self.at)
    }

    fn challenges(mut self) -> Vec<Challenge<'t>> {
        let mut challenges: Vec<Challenge<'t>> = Vec::new();
        let mut params = 0;
        let mut comma = true;
        while challenges.len() < LIMIT && params < LIMIT * LIMIT {
            let before = self.at;
            self.skip(|byte| byte == b',' || byte.is_ascii_whitespace());
            comma |= self.bytes.get(before..self.at).is_some_and(|between| between.contains(&b','));
            let start = self.at;
            let word = self.word(is_tchar);
            if word.text.is_empty() {
                match self.advance() {
                    None => break,
                    Some(()) => {
                        if let Some(last) = challenges.last_mut() {
                            last.well_formed = false;
                        }
                        continue;
                    }
                }
            }
            let mut well_formed = true;
            if let Some(param) = self.param(word.clone(), &mut well_formed) {
                params += 1;
                let span = Span::new(word.span.start, self.value.part(start..self.at).end);
                if challenges.is_empty() {
                    challenges.push(Challenge {
                        scheme: word.slice(0..0),
                        token68: None,
                        params: Vec::new(),
                        span,
                        well_formed: false,
                    });
                }
                if let Some(last) = challenges.last_mut() {
                    // The first parameter follows its scheme after a space, the others after a comma.
                    last.well_formed &= well_formed && (comma || last.params.is_empty());
                    last.params.push(param);
                    last.span = last.span.to(span);
                }
            } else {
                let token68 = self.token68();
                let well_formed = comma;
                let span = self.value.part(start..self.at);
                challenges.push(Challenge { scheme: word, token68, params: Vec::new(), span, well_formed });
            }
            comma = false;
        }
        challenges
    }

    /// The rest of a parameter whose name was just read; nothing when no `=` follows.
    fn param(&mut self, name: Piece<'t>, well_formed: &mut bool) -> Option<Param<'t>> {
        let before = self.at;
        self.skip(|byte| byte.is_ascii_whitespace());
        if self.peek() != Some(b'=') {
            self.at = before;
            return None;
        }
        self.at += 1;
        self.skip(|byte| byte.is_ascii_whitespace());
        let value = match self.peek() {
            Some(b'"') => self.quoted(well_formed),
            Some(b'\'') => {
                *well_formed = false;
                let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
                let end = rest.iter().take(4096).take_while(|byte| !b"'\n".contains(byte)).count();
                if rest.get(end) == Some(&b'\'') {
                    let start = self.at + 1;
                    self.at = start + end + 1;
                    self.value.slice(start..start + end)
                } else {
                    self.word(|byte| byte != b',' && !byte.is_ascii_whitespace())
                }
            }
            _ => {
                let value = self.word(|byte| byte != b',' && !byte.is_ascii_whitespace());
                *well_formed &= !value.text.is_empty() && value.text.bytes().all(is_tchar);
                value
            }
        };
        Some(Param { name, value })
    }

    /// A quoted string; one that is not closed ends with the field.
    fn quoted(&mut self, well_formed: &mut bool) -> Piece<'t> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            match self.bytes.get(at) {
                None => {
                    *well_formed = false;
                    break;
                }
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                Some(_) => at += 1,
            }
        }
        let end = at.min(self.bytes.len());
        self.at = (at + 1).min(self.bytes.len());
        let value = self.value.slice(start..end);
        if escaped {
            let mut text = String::with_capacity(value.text.len());
            let mut chars = value.text.chars();
            while let Some(char) = chars.next() {
                text.push(if char == '\\' { chars.next().unwrap_or('\\') } else { char });
            }
            return Piece::decoded(text, value.span);
        }
        value
    }

    /// What may stand after a scheme in the place of parameters.
    fn token68(&mut self) -> Option<Piece<'t>> {
        let before = self.at;
        let spaces = self.skip(|byte| byte == b' ' || byte == b'\t');
        let start = self.at;
        let word = self.word(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte));
        self.skip(|byte| byte == b'=');
        let ends = self.peek().is_none_or(|byte| byte == b',' || byte.is_ascii_whitespace());
        let next_scheme = BARE_SCHEMES.iter().any(|scheme| word.text.eq_ignore_ascii_case(scheme));
        let assigned = self.bytes.get(self.at..).unwrap_or_default();
        let assigned = assigned.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'=');
        if spaces == 0 || word.text.is_empty() || !ends || next_scheme || assigned {
            self.at = before;
            return None;
        }
        Some(self.value.slice(start..self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &str) {
        let whole = Piece::whole(value);
        let shown: Vec<String> = Challenge::read(&whole).iter().map(show).collect();
        assert_eq!(shown.join(" | "), expected);
    }

    fn show(challenge: &Challenge<'_>) -> String {
        let mut out = challenge.scheme.text.to_string();
        if let Some(token) = &challenge.token68 {
            out += &format!(" <{}>", token.text);
        }
        for param in &challenge.params {
            out += &format!(" {}={}", param.name.text, param.value.text);
        }
        if !challenge.well_formed {
            out += " !";
        }
        out
    }

    #[test]
    fn the_example_of_the_standard_is_read() {
        check(
            r#"Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\"""#,
            r#"Basic realm=simple | Newauth realm=apps type=1 title=Login to "apps""#,
        );
    }

    #[test]
    fn schemes_without_parameters_are_read() {
        check("Negotiate, NTLM", "Negotiate | NTLM");
        check("Bearer", "Bearer");
        check("Negotiate YIIabc+/==, Basic realm=x", "Negotiate <YIIabc+/==> | Basic realm=x");
    }

    #[test]
    fn commas_in_quotes_and_empty_elements_divide_nothing() {
        check(r#", Bearer realm="a, b",,scope="x y""#, "Bearer realm=a, b scope=x y");
    }

    #[test]
    fn what_servers_get_wrong_is_read_and_flagged() {
        check(r#"Bearer realm="x" error="invalid_token""#, "Bearer realm=x error=invalid_token !");
        check(
            "Bearer authorization_uri=https://login.example/x",
            "Bearer authorization_uri=https://login.example/x !",
        );
        check(r#"Digest realm="open"#, "Digest realm=open !");
        check("Negotiate NTLM", "Negotiate | NTLM !");
        check(r#"realm="x""#, " realm=x !");
        check("Basic realm='my realm'", "Basic realm=my realm !");
        check("Bearer error=\"\\", "Bearer error=\\ !");
    }
}
