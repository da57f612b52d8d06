//! Requests that stand in a paste as a call in code: `fetch("…", {…})` as browsers copy it and people write it, axios,
//! Python's requests and httpx. Nothing is run: what only the program knows is left out, and the request says so.

use super::lines::Cursor;
use super::literal::{Form, Member, Scan};
use super::raw::METHODS;
use super::{Header, Origin, Piece, Report, Request, Span};

/// A longer call is not read.
const LONGEST: usize = 16 * 1024;

/// What calls begin with: the name up to the bracket, and the method that it implies.
const CALLS: [(&str, &str); 22] = [
    ("fetch(", "GET"),
    ("axios(", "GET"),
    ("axios.get(", "GET"),
    ("axios.post(", "POST"),
    ("axios.put(", "PUT"),
    ("axios.patch(", "PATCH"),
    ("axios.delete(", "DELETE"),
    ("axios.request(", "GET"),
    ("requests.get(", "GET"),
    ("requests.post(", "POST"),
    ("requests.put(", "PUT"),
    ("requests.patch(", "PATCH"),
    ("requests.delete(", "DELETE"),
    ("requests.head(", "HEAD"),
    ("httpx.get(", "GET"),
    ("httpx.post(", "POST"),
    ("httpx.put(", "PUT"),
    ("httpx.delete(", "DELETE"),
    ("$.ajax(", "GET"),
    ("got(", "GET"),
    ("ky(", "GET"),
    ("request(", "GET"),
];

/// Reads a call that begins on this line.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(line) = cursor.line() else { return false };
    let head = line.text.get(..line.text.floor_char_boundary(200)).unwrap_or_default();
    if !head.contains('(') || !cursor.may_search() {
        return false;
    }
    let found = CALLS.iter().find_map(|(call, method)| {
        let at = head.find(call)?;
        let before = head.get(..at)?.chars().next_back();
        let apart = before.is_none_or(|char| !char.is_alphanumeric() && !matches!(char, '_' | '.' | '`'));
        apart.then_some((at, call.len(), *method))
    });
    let Some((at, length, method)) = found else { return false };
    let rest = cursor.cut(Span::new(line.start + at, (line.start + at + LONGEST).min(cursor.text.len())));
    let mut scan = Scan::new(&rest, length, b'\\');
    let request = arguments(&mut scan, method);
    cursor.pay(scan.at);
    let Some(mut request) = request else { return false };
    let end = rest.span.start + scan.at;
    request.span = Span::new(rest.span.start, end);
    if report.commands.len() < super::COMMANDS {
        report.commands.push(cursor.cut(request.span));
        report.add_request(request);
    }
    // What is left of the last line, such as a semicolon, belongs to the call.
    while cursor.line().is_some_and(|line| line.start < end) {
        cursor.step();
    }
    true
}

/// The request that the arguments describe; nothing when the first is neither an address nor an object, or when the call
/// is not closed.
fn arguments<'t>(scan: &mut Scan<'_, 't>, implied: &'static str) -> Option<Request<'t>> {
    let mut request = Request { origin: Origin::Command, ..Request::default() };
    let mut members: Vec<Member<'t>> = Vec::new();
    let mut first = true;
    loop {
        scan.space();
        if scan.take(")") {
            break;
        }
        if !first {
            scan.take(",");
            scan.space();
            if scan.take(")") {
                break;
            }
        }
        if scan.peek() == Some(b'{') {
            scan.object(&mut members).then_some(())?;
        } else {
            let start = scan.at;
            let name = scan.word();
            scan.space();
            // Python names its arguments.
            if !first && scan.take("=") {
                scan.space();
                named(scan, &name, &mut members)?;
            } else {
                scan.at = start;
                let (value, form) = scan.value();
                match (first, form) {
                    (true, Form::Text | Form::Mixed) if is_address(&value.text) => {
                        request.target = Some(value)
                    }
                    (true, _) => return None,
                    // Options that only the program knows.
                    (false, Form::Code) if value.text != "null" => request.origin = Origin::List,
                    (false, _) => {}
                }
                if scan.at == start {
                    return None;
                }
            }
        }
        first = false;
    }
    for member in members {
        take(&mut request, member);
    }
    request.target.as_ref()?;
    let place = request.target.as_ref().map(|target| target.span).unwrap_or_default();
    request.method.get_or_insert_with(|| Piece::decoded(implied.to_owned(), place));
    Some(request)
}

/// An argument of Python's: `headers={…}`, `auth=("ada", "…")`.
fn named<'t>(scan: &mut Scan<'_, 't>, name: &Piece<'t>, members: &mut Vec<Member<'t>>) -> Option<()> {
    if scan.peek() == Some(b'{') {
        let before = members.len();
        scan.object(members).then_some(())?;
        for member in members.iter_mut().skip(before) {
            member.path.insert(0, name.text.to_string());
        }
        return Some(());
    }
    let (value, form) = scan.value();
    members.push(Member { path: Vec::new(), name: name.clone(), value, form });
    Some(())
}

/// Puts what an option says into the request.
fn take<'t>(request: &mut Request<'t>, member: Member<'t>) {
    let Member { path, name, value, form } = member;
    let of_headers = path.last().is_some_and(|last| last == "headers") && path.len() == 1;
    match (path.is_empty(), name.text.as_ref()) {
        (true, "method" | "type") if form == Form::Text => {
            let upper = value.text.to_ascii_uppercase();
            if METHODS.contains(&upper.as_str()) {
                let same = upper == value.text;
                request.method = Some(if same { value } else { Piece::decoded(upper, value.span) });
            }
        }
        (true, "url") if form != Form::Code => request.target = Some(value),
        (true, "body" | "data" | "json") if value.text != "null" => request.body = Some(value),
        (true, "auth" | "credentials" | "cookies") if form == Form::Code => request.origin = Origin::List,
        // A browser adds cookies that the call does not show.
        (true, "credentials") if value.text == "include" => request.origin = Origin::Browser,
        (true, "headers") if form == Form::Code && !value.text.starts_with('{') => {
            request.origin = Origin::List
        }
        (true, _) if form == Form::Code && value.text == name.text => request.origin = Origin::List,
        _ if of_headers && form != Form::Code => request.headers.0.push(Header { name, value }),
        _ if of_headers || path.first().is_some_and(|first| first == "auth") => request.origin = Origin::List,
        _ => {}
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with(['/', '$', '{']) || text.contains("://") || text.contains("${")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let report = Report::read(text);
        let shown: Vec<String> = report
            .exchanges
            .iter()
            .filter_map(|exchange| exchange.request.as_ref())
            .map(|request| {
                let text = |piece: &Option<Piece<'_>>| {
                    piece.as_ref().map(|piece| piece.text.to_string()).unwrap_or_default()
                };
                let headers: Vec<String> = request
                    .headers
                    .0
                    .iter()
                    .map(|header| format!("{}={}", header.name.text, header.value.text))
                    .collect();
                let headers = headers.join("; ");
                format!(
                    "{:?} {} {} [{headers}]",
                    request.origin,
                    text(&request.method),
                    text(&request.target)
                )
            })
            .collect();
        assert_eq!(shown.join("\n"), expected, "{text}");
    }

    #[test]
    fn what_the_browser_copies_as_fetch_is_a_request() {
        check(
            "fetch(\"https://api.example.com/v1\", {\n  \"headers\": {\n    \"authorization\": \"Bearer null\"\n  },\n  \"body\": null,\n  \"method\": \"POST\",\n  \"mode\": \"cors\",\n  \"credentials\": \"omit\"\n});",
            "Command POST https://api.example.com/v1 [authorization=Bearer null]",
        );
    }

    #[test]
    fn calls_in_code_are_requests() {
        check(
            "const r = await fetch(`${base}/me`, { headers: { Authorization: `Bearer ${token}` } });",
            "Command GET ${base}/me [Authorization=Bearer ${token}]",
        );
        check(
            "axios.post('https://x.example/a', body, { headers: { Authorization: 'Bearer' + token } })",
            "List POST https://x.example/a [Authorization=Bearer${token}]",
        );
        check(
            "r = requests.get(\"https://x.example/a\", headers={\"X-Api-Key\": \"abc\"}, timeout=5)",
            "Command GET https://x.example/a [X-Api-Key=abc]",
        );
    }

    #[test]
    fn what_only_the_program_knows_is_left_out() {
        check("fetch('/api/me', options)", "List GET /api/me []");
        check("fetch('/api/me', { headers: authHeaders() })", "List GET /api/me []");
        check("fetch('/api/me', { headers: { ...auth } })", "List GET /api/me []");
        check("requests.get(url, auth=(user, password))", "");
        check("we call fetch() and then prefetch(x)", "");
    }
}
