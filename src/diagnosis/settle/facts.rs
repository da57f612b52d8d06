//! What of a report goes into a command or a sentence: address, method, how the credential is sent, what the server asks
//! for, what the token says. Owned values with every secret left out; knows no check.

use jiff::Timestamp;
use url::Url;

use super::shell::{Part, is_host, is_name, quoted, word};
use crate::redact::{self, Secret};
use crate::report::{Authorization, Credential, Exchange, Login, Origin, Piece, Report, Request, TokenForm};

/// Stands where a secret stood while an address is read.
const MARKER: &str = "fix401secret";
/// A longer address is left to the reader to fill in.
const LONGEST_ADDRESS: usize = 300;
/// Longer values are cut in sentences.
const LONGEST_VALUE: usize = 100;

/// What a check may need of a report. The names are those of `needs` in `checks.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The address that the request was redirected to.
    Redirect,
    /// The schemes of the challenge.
    Asked,
    /// The scheme that was sent.
    Scheme,
    /// The audience of the token.
    Aud,
    /// The issuer of the token, as an `https:` address.
    Iss,
    /// The end of the token.
    Exp,
    /// The report has a JSON Web Token.
    Jwt,
    /// Name and password are sent or asked for.
    Basic,
    /// A browser sends the request.
    Browser,
    /// git sends the request.
    Git,
    /// GitHub answers it.
    Github,
    /// The request is signed for AWS.
    Aws,
}

/// What is known of the request that was refused.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The whole address, as parts of a word.
    url: Option<Vec<Part>>,
    /// The address that was called before a redirect led here.
    start: Option<Vec<Part>>,
    /// Scheme, host and port.
    site: Option<String>,
    pub host: Option<String>,
    /// Host and path, for sentences.
    pub address: Option<String>,
    /// Host and path of where a redirect led.
    pub redirect: Option<String>,
    method: Option<String>,
    /// The options that send the credential as the report's request does.
    credential: Option<String>,
    /// The name of the header that carries it.
    pub header: Option<String>,
    pub scheme: Option<String>,
    pub asked: Option<String>,
    origin: Option<String>,
    asked_method: Option<String>,
    pub aud: Option<String>,
    pub iss: Option<String>,
    pub exp: Option<String>,
    jwt: bool,
    basic: bool,
    browser: bool,
    git: bool,
}

impl Facts {
    /// Reads a report whose secrets stand at these places.
    pub fn of(report: &Report<'_>, secrets: &[Secret]) -> Facts {
        let mut facts = Facts::default();
        facts.read_token(report);
        facts.git = report.text.contains("fatal: Authentication failed for")
            || report
                .commands
                .iter()
                .any(|command| command.text.trim_start_matches("$ ").starts_with("git "));
        let refused = refused(report);
        if let Some((exchange, before)) = refused {
            if let Some(request) = &exchange.request {
                facts.read_request(report, secrets, request, before);
            }
            facts.read_challenges(exchange);
        }
        if facts.url.is_none() {
            let logged = logged_address(report, secrets);
            facts.take_address(logged);
        }
        facts.browser |= report.text.contains("Mozilla/5.0 (");
        facts
    }

    fn read_request(
        &mut self,
        report: &Report<'_>,
        secrets: &[Secret],
        request: &Request<'_>,
        before: Option<&Exchange<'_>>,
    ) {
        let here = address(report, secrets, request);
        let before = before.and_then(|exchange| exchange.request.as_ref());
        if let Some(first) = before.and_then(|request| address(report, secrets, request)) {
            self.start = Some(first.parts);
            self.redirect = here.as_ref().map(|here| here.shown.clone());
        }
        self.take_address(here);
        let is_method =
            |text: &str| (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase());
        let method = request.method.as_ref().map(|method| method.text.to_ascii_uppercase());
        self.method = method.filter(|method| is_method(method));
        let field = |name: &str| request.headers.first(name).map(|header| header.value.text.to_string());
        self.origin = field("Origin").filter(|origin| is_origin(origin));
        self.asked_method = field("Access-Control-Request-Method").filter(|method| is_method(method));
        self.browser = request.origin == Origin::Browser || self.origin.is_some();
        let carrier = carrier(request);
        self.basic = carrier.basic;
        self.header = carrier.header;
        self.scheme = carrier.scheme;
        self.credential = carrier.options;
        if self.credential.is_none() && self.url.iter().flatten().any(|part| *part == SECRET) {
            // The credential stands in the address.
            self.credential = Some(String::new());
        }
    }

    fn read_challenges(&mut self, exchange: &Exchange<'_>) {
        let challenges = exchange.response.as_ref().map(|response| response.challenges()).unwrap_or_default();
        let mut schemes: Vec<String> = Vec::new();
        for challenge in challenges.iter().filter(|challenge| is_name(&challenge.scheme.text)) {
            let scheme = challenge.scheme.text.to_string();
            if schemes.len() < 4 && !schemes.contains(&scheme) {
                schemes.push(scheme);
            }
        }
        let offers = |name: &str| schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(name));
        self.basic |= offers("Basic");
        if self.credential.is_none() {
            self.credential = ["Bearer", "Basic", "Digest", "Negotiate", "NTLM"]
                .into_iter()
                .find(|scheme| offers(scheme))
                .and_then(options_of);
        }
        self.asked = (!schemes.is_empty()).then(|| schemes.join(", "));
    }

    fn read_token(&mut self, report: &Report<'_>) {
        let readable = |form| matches!(form, TokenForm::Signed | TokenForm::Unsigned | TokenForm::Claims);
        self.jwt = report.tokens.iter().any(|token| token.form != TokenForm::Claims);
        let Some(token) = report.tokens.iter().find(|token| token.claims.is_some() && readable(token.form))
        else {
            return;
        };
        let audiences: Vec<&str> = token.texts("aud").into_iter().take(3).collect();
        self.aud = Some(shown(&audiences.join(" and "))).filter(|aud| !aud.is_empty());
        let issuer = token.text("iss").filter(|iss| Url::parse(iss).is_ok_and(|url| url.scheme() == "https"));
        self.iss = issuer.map(shown).filter(|iss| Some(iss.as_str()) == issuer);
        let end = token.time("exp").and_then(|seconds| Timestamp::from_second(seconds).ok());
        self.exp = end.map(|end| end.strftime("%-d %B %Y, %H:%M:%S UTC").to_string());
    }

    fn take_address(&mut self, address: Option<Address>) {
        if let Some(address) = address {
            self.host = Some(address.host);
            self.site = Some(address.site);
            self.address = Some(address.shown);
            self.url = Some(address.parts);
        }
    }

    /// Whether the report shows what a check needs.
    pub fn has(&self, need: Need) -> bool {
        match need {
            Need::Redirect => self.redirect.is_some(),
            Need::Asked => self.asked.is_some(),
            Need::Scheme => self.scheme.is_some(),
            Need::Aud => self.aud.is_some(),
            Need::Iss => self.iss.is_some(),
            Need::Exp => self.exp.is_some(),
            Need::Jwt => self.jwt,
            Need::Basic => self.basic,
            Need::Browser => self.browser,
            Need::Git => self.git,
            Need::Github => self.host.as_deref().is_some_and(|host| host.ends_with("github.com")),
            Need::Aws => {
                self.scheme.as_deref().is_some_and(|scheme| scheme.eq_ignore_ascii_case("AWS4-HMAC-SHA256"))
            }
        }
    }

    /// What stands in a command for a placeholder, quoted; nothing for one that there is not.
    pub fn words(&self, placeholder: &str) -> Option<String> {
        let address = |parts: &Option<Vec<Part>>, name: &'static str| {
            word(parts.as_deref().unwrap_or(&[Part::Variable(name)]))
        };
        Some(match placeholder {
            "url" | "redirect" => address(&self.url, "URL"),
            "start" => address(&self.start.clone().or_else(|| self.url.clone()), "URL"),
            "site" => self.site.as_deref().map_or_else(|| "\"$URL\"".to_owned(), quoted),
            "method" => self.method_options(),
            "credential" => match &self.credential {
                Some(options) => options.clone(),
                None => options_of("Bearer")?,
            },
            "origin" => self.origin.as_ref().map_or_else(
                || "\"Origin: $ORIGIN\"".to_owned(),
                |origin| quoted(&format!("Origin: {origin}")),
            ),
            "asked-method" => {
                let real = self.method.as_deref().filter(|method| *method != "OPTIONS");
                let method = self.asked_method.as_deref().or(real).unwrap_or("GET");
                quoted(&format!("Access-Control-Request-Method: {method}"))
            }
            "metadata" => match &self.iss {
                Some(issuer) => {
                    quoted(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')))
                }
                None => "\"$ISSUER/.well-known/openid-configuration\"".to_owned(),
            },
            _ => return None,
        })
    }

    /// curl's options for the method of the request that failed, without a body.
    fn method_options(&self) -> String {
        match self.method.as_deref() {
            None | Some("GET" | "CONNECT") => String::new(),
            Some("HEAD") => "-I".to_owned(),
            // With a length of 0, which some servers insist on before they look at anything else.
            Some(method @ ("POST" | "PUT" | "PATCH")) => format!("-X {method} -d ''"),
            Some(method) => format!("-X {method}"),
        }
    }

    /// The method, when sending it again may change something.
    pub fn changing_method(&self) -> Option<&str> {
        let harmless = ["GET", "HEAD", "OPTIONS", "CONNECT", "TRACE", "PROPFIND", "REPORT"];
        self.method.as_deref().filter(|method| !harmless.contains(method))
    }
}

/// A part of an address that is secret.
const SECRET: Part = Part::Variable("SECRET");

/// The exchange that was refused, and the one before it when that redirected here.
fn refused<'r, 't>(report: &'r Report<'t>) -> Option<(&'r Exchange<'t>, Option<&'r Exchange<'t>>)> {
    let code = |exchange: &Exchange<'_>| exchange.response.as_ref().and_then(|response| response.code());
    let indexed = || report.exchanges.iter().enumerate();
    // An archive has many; its first refusal is the one that others follow from. A log in a row ends with the one meant.
    let is_archive = |exchange: &Exchange<'_>| {
        exchange.request.as_ref().is_some_and(|request| request.origin == Origin::Browser)
    };
    let of_archive = indexed().find(|(_, exchange)| code(exchange) == Some(401) && is_archive(exchange));
    let last = || indexed().rfind(|(_, exchange)| code(exchange) == Some(401) && exchange.request.is_some());
    let any = || indexed().rfind(|(_, exchange)| exchange.request.is_some());
    let bare = || indexed().rfind(|(_, exchange)| code(exchange) == Some(401));
    let (index, exchange) = of_archive.or_else(last).or_else(any).or_else(bare)?;
    let before = index.checked_sub(1).and_then(|before| report.exchanges.get(before));
    let redirects = |exchange: &&Exchange<'_>| {
        matches!(code(exchange), Some(301 | 302 | 303 | 307 | 308))
            && exchange.response.as_ref().is_some_and(|response| response.headers.first("Location").is_some())
    };
    Some((exchange, before.filter(redirects)))
}

/// How a request sends its credential.
#[derive(Default)]
struct Carrier {
    options: Option<String>,
    header: Option<String>,
    scheme: Option<String>,
    basic: bool,
}

fn carrier(request: &Request<'_>) -> Carrier {
    let mut carrier = Carrier::default();
    if let Some(authorization) = request.authorization() {
        let scheme = scheme_of(&authorization);
        carrier.basic = scheme.as_deref().is_some_and(|scheme| scheme.eq_ignore_ascii_case("Basic"));
        carrier.options = match (&scheme, authorization.credential()) {
            (Some(scheme), Some(Credential::Params { .. })) => {
                options_of(scheme).or_else(|| Some("-H \"Authorization: $AUTHORIZATION\"".to_owned()))
            }
            (Some(scheme), _) => {
                options_of(scheme).or_else(|| Some(format!("-H \"Authorization: {scheme} $TOKEN\"")))
            }
            (None, _) => None,
        };
        carrier.header = Some("Authorization".to_owned());
        carrier.scheme = scheme;
        return carrier;
    }
    let login = match request.login {
        Some(Login::Digest) => options_of("Digest"),
        Some(Login::Ntlm) => options_of("NTLM"),
        Some(Login::Negotiate) => options_of("Negotiate"),
        Some(Login::Any) => Some("--anyauth -u \"$NAME\"".to_owned()),
        Some(Login::Netrc | Login::Basic) => options_of("Basic"),
        Some(Login::Signature) => options_of("AWS4-HMAC-SHA256"),
        Some(Login::Certificate) | None => None,
    };
    if login.is_some() {
        carrier.basic = matches!(request.login, Some(Login::Netrc | Login::Basic));
        carrier.options = login;
        return carrier;
    }
    let is_key = |name: &str| {
        let name = name.to_ascii_lowercase();
        is_name(&name)
            && !name.starts_with("sec-")
            && ["key", "token", "auth"].iter().any(|word| name.contains(word))
    };
    let key = request.headers.0.iter().find(|header| is_key(&header.name.text));
    if let Some(key) = key.map(|header| header.name.text.to_string()) {
        carrier.options = Some(format!("-H \"{key}: $KEY\""));
        carrier.header = Some(key);
    } else if request.headers.first("Cookie").is_some() {
        carrier.options = Some("-b \"$COOKIE\"".to_owned());
        carrier.header = Some("Cookie".to_owned());
    }
    carrier
}

/// The scheme that is sent, when it is a plain word.
fn scheme_of(authorization: &Authorization<'_>) -> Option<String> {
    let scheme = authorization.scheme()?.text.trim_end_matches(':').to_owned();
    is_name(&scheme).then_some(scheme)
}

/// curl's options for a scheme that it knows by itself, or that takes a bare token. Without a password curl asks for it.
fn options_of(scheme: &str) -> Option<String> {
    let options = match scheme.to_ascii_lowercase().as_str() {
        "basic" => "-u \"$NAME\"",
        "bearer" => "-H \"Authorization: Bearer $TOKEN\"",
        "digest" => "--digest -u \"$NAME\"",
        "negotiate" | "kerberos" => "--negotiate -u :",
        "ntlm" => "--ntlm -u \"$NAME\"",
        "aws4-hmac-sha256" => "--aws-sigv4 \"aws:amz:$REGION:$SERVICE\" -u \"$KEY_ID\"",
        _ => return None,
    };
    Some(options.to_owned())
}

/// An address with its secrets left out.
struct Address {
    parts: Vec<Part>,
    site: String,
    host: String,
    /// Host and path, for a sentence.
    shown: String,
}

/// The address that a request asks for: its target, put together with the host where it is only a path.
fn address(report: &Report<'_>, secrets: &[Secret], request: &Request<'_>) -> Option<Address> {
    let target = without_secrets(request.target.as_ref()?, secrets)?;
    if target.contains("://") {
        return read_address(&target);
    }
    if !target.starts_with('/') {
        // `curl api.example.com/v1`
        return read_address(&format!("{}://{target}", scheme_for(report, host_of(&target))));
    }
    let host = ["Host", ":authority"].iter().find_map(|name| request.headers.first(name))?;
    let host = without_secrets(&host.value, secrets)?;
    read_address(&format!("{}://{host}{target}", scheme_for(report, &host)))
}

fn host_of(address: &str) -> &str {
    address.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether a host is spoken to over TLS. In doubt it is, so that no credential goes out in the open.
fn scheme_for(report: &Report<'_>, host: &str) -> &'static str {
    let named = |scheme: &str| !host.is_empty() && report.text.contains(&format!("{scheme}://{host}"));
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_own = matches!(name, "localhost" | "127.0.0.1" | "[::1]" | "0.0.0.0");
    let plain = named("http") || report.text.contains(") port 80") || (is_own && !host.ends_with(":443"));
    if plain && !named("https") { "http" } else { "https" }
}

/// The address on the first line of a log or of prose that speaks of the 401.
fn logged_address(report: &Report<'_>, secrets: &[Secret]) -> Option<Address> {
    let status = report.statuses.iter().filter(|status| status.code == 401).take(20);
    status.filter_map(|status| line_around(report.text, status.span.start)).find_map(|(start, line)| {
        let at = line.find("https://").or_else(|| line.find("http://"))?;
        let rest = line.get(at..)?;
        let end = rest.find(|letter: char| letter.is_whitespace() || "\"'<>`)]},;|".contains(letter));
        let text = rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches(['.', ':', '!', '?']);
        let place = start + at..start + at + text.len();
        read_address(&without_secrets(&Piece::cut(report.text, place), secrets)?)
    })
}

/// The line around a place, and where it begins. Longer lines than a few thousand bytes are no lines of a log.
fn line_around(text: &str, at: usize) -> Option<(usize, &str)> {
    const REACH: usize = 2000;
    let from = text.floor_char_boundary(at.saturating_sub(REACH));
    let to = text.floor_char_boundary((at + REACH).min(text.len()));
    let before = text.get(from..at)?;
    let start = before.rfind('\n').map_or(from, |line| from + line + 1);
    let end = text.get(at..to)?.find('\n').map_or(to, |line| at + line);
    Some((start, text.get(start..end)?))
}

/// A text of the paste with [`MARKER`] in the place of each secret and of each mask. Nothing when a secret of the paste
/// lies in it that can't be placed.
fn without_secrets(piece: &Piece<'_>, secrets: &[Secret]) -> Option<String> {
    let text = piece.text.trim();
    let inside: Vec<Secret> = redact::secrets(text);
    let range = piece.span.range();
    let first = secrets.partition_point(|secret| secret.span.end <= range.start);
    let known = secrets.get(first..).unwrap_or_default().iter().take_while(|one| one.span.start < range.end);
    let lead = piece.text.len() - piece.text.trim_start().len();
    let mut hidden: Vec<(usize, usize)> =
        inside.iter().map(|secret| (secret.span.start, secret.span.end)).collect();
    for secret in known {
        if piece.is_verbatim() {
            let origin = range.start + lead;
            let start = secret.span.start.saturating_sub(origin).min(text.len());
            let end = secret.span.end.saturating_sub(origin).min(text.len());
            hidden.push((start, end));
        } else if hidden.is_empty() {
            return None;
        }
    }
    hidden.sort_unstable();
    let mut out = String::new();
    let mut at = 0;
    for (start, end) in hidden {
        if end > at {
            out.push_str(text.get(at..start.max(at))?);
            out.push_str(MARKER);
            at = end;
        }
    }
    out.push_str(text.get(at..)?);
    Some(without_masks(&out))
}

/// Our own masks, which come back with a form that is sent again.
fn without_masks(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[masked") {
        out.push_str(before);
        out.push_str(MARKER);
        rest = after.split_once(']').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// Reads an address. User and password in it, and the fragment, are left out; a host that is none, anything but HTTP and
/// what is too long give nothing.
fn read_address(text: &str) -> Option<Address> {
    if text.len() > 4 * LONGEST_ADDRESS || text.contains(char::is_control) {
        return None;
    }
    let mut url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_fragment(None);
    let host = url.host_str().filter(|host| is_host(host) && !host.contains(MARKER))?.to_owned();
    let site = format!("{}/", url.origin().ascii_serialization());
    let rest = url.as_str().strip_prefix(&site)?;
    // Curl takes these for patterns of several addresses; in a path they have to be encoded anyway (RFC 3986, section 2.2).
    let mut whole = site.clone();
    for letter in rest.chars() {
        match letter {
            '[' => whole.push_str("%5B"),
            ']' => whole.push_str("%5D"),
            '{' => whole.push_str("%7B"),
            '}' => whole.push_str("%7D"),
            letter if letter.is_ascii_graphic() => whole.push(letter),
            _ => return None,
        }
    }
    if whole.len() > LONGEST_ADDRESS {
        return None;
    }
    let mut parts = Vec::new();
    for (index, text) in whole.split(MARKER).enumerate() {
        if index > 0 {
            parts.push(SECRET);
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
    }
    let path = url.path().trim_end_matches('/').replace(MARKER, "…");
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let shown = shown(&format!("{host}{port}{path}"));
    Some(Address { parts, site, host, shown })
}

fn is_origin(text: &str) -> bool {
    text == "null"
        || Url::parse(text).is_ok_and(|url| {
            url.origin().ascii_serialization() == text && url.host_str().is_some_and(is_host)
        })
}

/// A value of the reader's for a sentence: masked, on one line, of bounded length.
pub fn shown(text: &str) -> String {
    let masked = redact::mask(text).text;
    let is_hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut letters = masked.chars().filter(|letter| !is_hidden(*letter));
    let mut out: String = letters.by_ref().take(LONGEST_VALUE).collect();
    if letters.next().is_some() {
        out.push('…');
    }
    out.trim().to_owned()
}
