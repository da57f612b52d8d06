//! Header fields that stand in a paste as an object: what Python and Node print of them, the console of Postman, the network
//! panel of Firefox. Knows which names are fields; what they mean is for others.

use super::json::{Field, Json};
use super::lines::Cursor;
use super::literal::{Form, Member, Scan};
use super::raw::{self, METHODS, add_list, side};
use super::{Header, Headers, Origin, Report, Request, Response, Span, Value};

/// A longer object is none of these.
const LONGEST: usize = 16 * 1024;

/// Reads an object of fields that begins on the current line, behind other words or not.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(line) = cursor.line() else { return false };
    let head = line.text.get(..line.text.floor_char_boundary(300)).unwrap_or_default();
    let Some(at) = head.find('{').filter(|_| cursor.may_search()) else { return false };
    // A member of a larger object that a program printed.
    if head.starts_with("  ") && head.get(..at).is_some_and(|before| before.trim_end().ends_with(':')) {
        return false;
    }
    let start = line.start + at;
    if console(cursor, report, start, head) {
        return true;
    }
    let rest = cursor.cut(Span::new(start, (start + LONGEST).min(cursor.text.len())));
    if !rest.text.get(..rest.text.floor_char_boundary(600)).is_some_and(names_a_field) {
        return false;
    }
    let mut members = Vec::new();
    let mut scan = Scan::new(&rest, 0, b'\\');
    let whole = scan.object(&mut members);
    cursor.pay(scan.at);
    let flat = members.iter().all(|member| member.path.is_empty());
    let known = members.iter().filter(|member| side(&member.name.text).is_some()).count();
    if !whole || !flat || known < 2 {
        return false;
    }
    let end = start + scan.at;
    let headers: Vec<Header<'t>> = members.into_iter().filter_map(field).collect();
    let status = report.statuses.iter().rfind(|status| status.span.end <= start).copied();
    let status = status.filter(|status| status.span.start >= line.start.max(start.saturating_sub(32)));
    let before = report.exchanges.len();
    add_list(report, Headers(headers), Origin::List);
    join(report, before);
    let added = report.exchanges.len() > before;
    if let Some(response) = report.exchanges.last_mut().and_then(|last| last.response.as_mut())
        && (added || response.status.is_none())
    {
        response.status = response.status.or(status);
    }
    // What stands before the object on its line is left as it is read.
    report.add_log(cursor.cut(Span::new(line.start, end)));
    cursor.seek(end);
    true
}

/// People print the answer's fields first and those of its request below: both are one exchange.
fn join(report: &mut Report<'_>, before: usize) {
    let asked = report.exchanges.get(before).is_some_and(|added| added.response.is_none());
    let open = before.checked_sub(1).and_then(|last| report.exchanges.get(last)).is_some_and(|last| {
        last.request.is_none() && last.response.as_ref().is_some_and(|response| response.body.is_none())
    });
    if report.exchanges.len() == before + 1 && asked && open {
        let request = report.exchanges.pop().and_then(|added| added.request);
        if let Some(last) = report.exchanges.last_mut() {
            last.request = request;
        }
    }
}

/// Whether a text has the name of a field that stands in no other objects.
fn names_a_field(text: &str) -> bool {
    const TELLING: [&str; 6] =
        ["content-type", "www-authenticate", "user-agent", "content-length", "set-cookie", "accept-encoding"];
    let text = text.to_ascii_lowercase();
    TELLING.iter().any(|name| text.contains(name))
}

/// A member as a field: text, bytes of Python, a list with one text.
fn field(member: Member<'_>) -> Option<Header<'_>> {
    let Member { name, value, form, .. } = member;
    if form != Form::Code {
        return Some(Header { name, value });
    }
    let inner = value.text.strip_prefix('b').unwrap_or(&value.text);
    let inner = inner.trim_matches(['[', ']', ' ']);
    let quoted = inner.len() > 1 && inner.starts_with(['\'', '"']) && inner.ends_with(['\'', '"']);
    let at = value.text.find(inner)? + 1;
    quoted.then(|| Header { name, value: value.slice(at..at + inner.len() - 2) })
}

/// The console of Postman (`GET https://…: {"Request Headers": {…}, …}`) and Firefox's "Copy All".
fn console<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>, start: usize, head: &str) -> bool {
    let begins = cursor
        .cut(Span::new(start, start + 400))
        .text
        .trim_start_matches(['{', ' ', '\n', '\r', '\t'])
        .to_owned();
    let telling =
        ["\"Network\"", "\"Request Headers", "\"Response Headers"].iter().any(|key| begins.starts_with(key))
            || METHODS.iter().any(|method| begins.starts_with(&format!("\"{method}\"")));
    if !telling {
        return false;
    }
    let (json, looked_at) = Json::at(cursor.text, start);
    cursor.pay(looked_at);
    let Some(json) = json else { return false };
    let Some(root) = json.root() else { return false };
    let (mut method, mut target, mut status) = (None, None, None);
    let mut words =
        head.get(..head.find('{').unwrap_or_default()).unwrap_or_default().split_ascii_whitespace();
    if let (Some(verb), Some(address)) = (words.next().filter(|verb| METHODS.contains(verb)), words.next()) {
        // The words were cut out of the paste's own line.
        let line = cursor.line().map_or("", |line| line.text);
        let place = |word: &str| {
            line.find(word).and_then(|at| line.get(at..at + word.len())).map(|word| cursor.piece(word))
        };
        method = place(verb);
        target = place(address.trim_end_matches(':'));
    }
    let (mut sent, mut received, mut body) = (Headers::default(), Headers::default(), None);
    for part in root.children() {
        let key = part.key().unwrap_or_default();
        if key.starts_with("Request Headers") {
            sent = fields(part);
        } else if key.starts_with("Response Headers") {
            received = fields(part);
        } else if key == "Response Body" {
            body = part.text().cloned();
        } else if METHODS.contains(&key) {
            method = part.key_piece().cloned();
            target = part.get("filename").and_then(Field::text).cloned();
            let code = part.get("Status").or_else(|| part.get("status")).and_then(Field::text);
            status = code.and_then(|code| {
                let code = code.text.get(..3)?.parse().ok()?;
                Some(super::Status { code, span: part.span() })
            });
        }
    }
    let span = Span::new(cursor.line().map_or(start, |line| line.start), json.span.end);
    let open = report.exchanges.last_mut().and_then(|last| last.request.as_mut());
    let open =
        open.filter(|open| open.origin == Origin::Browser && open.headers.0.is_empty() && target.is_none());
    if let Some(open) = open.filter(|_| !sent.0.is_empty()) {
        // Firefox copies the parts of one request one after the other.
        open.headers = sent;
        open.span = open.span.to(span);
    } else if !sent.0.is_empty() || target.is_some() {
        report.add_request(Request {
            span,
            method,
            target,
            headers: sent,
            origin: Origin::Browser,
            ..Request::default()
        });
    }
    if !received.0.is_empty() || body.is_some() || status.is_some() {
        report.add_response(Response { span, status, headers: received, body });
    }
    cursor.seek(json.span.end);
    true
}

/// The fields of an object: names with values, or a list of both under `headers`.
fn fields<'t>(part: Field<'_, 't>) -> Headers<'t> {
    let mut headers = Headers::default();
    let listed = part.get("headers");
    for item in listed.unwrap_or(part).children() {
        let named = (item.get("name").and_then(Field::text), item.get("value").and_then(Field::text));
        let (name, value) = match named {
            (Some(name), Some(value)) => (name.clone(), value.clone()),
            _ => match (item.key_piece(), item.value()) {
                (Some(name), Some(Value::Text(value))) => (name.clone(), value.clone()),
                _ => continue,
            },
        };
        if raw::is_name(&name.text) {
            headers.0.push(Header { name, value });
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Piece;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let report = Report::read(text);
        let shown: Vec<String> = report
            .exchanges
            .iter()
            .map(|exchange| {
                let text =
                    |piece: Option<&Piece<'_>>| piece.map(|piece| piece.text.to_string()).unwrap_or_default();
                let names = |headers: &Headers<'_>| {
                    headers
                        .0
                        .iter()
                        .map(|header| format!(" {}={}", header.name.text, header.value.text))
                        .collect::<String>()
                };
                let mut out = String::new();
                if let Some(request) = &exchange.request {
                    out += &format!(
                        "{} {}{}",
                        text(request.method.as_ref()),
                        text(request.target.as_ref()),
                        names(&request.headers)
                    );
                }
                if let Some(response) = &exchange.response {
                    out += &format!(" > {:?}{}", response.code(), names(&response.headers));
                }
                out
            })
            .collect();
        assert_eq!(shown.join("\n"), expected);
    }

    #[test]
    fn what_python_and_node_print_of_fields_is_read() {
        check(
            "401 {'server': 'uvicorn', 'content-type': 'application/json', 'www-authenticate': 'Bearer'}",
            " > Some(401) server=uvicorn content-type=application/json www-authenticate=Bearer",
        );
        check(
            "401 Unauthorized {\n  'content-length': '65',\n  date: 'now',\n  'www-authenticate': 'Bearer'\n}",
            " > Some(401) content-length=65 date=now www-authenticate=Bearer",
        );
    }

    #[test]
    fn the_console_of_postman_is_read() {
        check(
            "GET https://api.example.com/v1: {\n  \"Network\": {},\n  \"Request Headers\": {\n    \"authorization\": \"Bearer a\"\n  },\n  \"Response Headers\": {\n    \"server\": \"nginx\"\n  },\n  \"Response Body\": \"{}\"\n}",
            "GET https://api.example.com/v1 authorization=Bearer a > None server=nginx",
        );
    }

    #[test]
    fn the_network_panel_of_firefox_is_read() {
        check(
            "{\"Response Headers (65 B)\":{\"headers\":[{\"name\":\"server\",\"value\":\"nginx\"}]}}",
            " > None server=nginx",
        );
    }

    #[test]
    fn other_objects_are_none() {
        check("{\"user\": \"ada\", \"content-type\": \"x\"}", "");
    }
}
