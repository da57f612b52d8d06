//! HTTP archives (HAR 1.2), as browsers save and copy them, and single entries of one. Of an archive with many
//! entries those are kept that failed, with what stands right before them. Knows nothing of other JSON.

use super::json::{Field, Json, Value};
use super::lines::Cursor;
use super::{Exchange, Header, Headers, Origin, Report, Request, Response, Span, Status};

/// When nothing failed, so many entries are kept.
const WHEN_ALL_IS_WELL: usize = 20;

/// Reads an archive that begins on the current line.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(line) = cursor.line() else { return false };
    let start = line.start + (line.text.len() - line.text.trim_start().len());
    // An archive is most of a paste; after a few other bodies none is looked for.
    // The first key tells an archive or an entry of one from other JSON.
    let head = cursor.cut(Span::new(start, start + 64)).text;
    let telling = ["\"log\"", "\"request\"", "\"startedDateTime\"", "\"_initiator\""];
    if !head.starts_with('{') || !telling.iter().any(|key| head.contains(key)) || !cursor.may_search() {
        return false;
    }
    let (json, looked_at) = Json::at(cursor.text, start);
    cursor.pay(looked_at);
    let Some(json) = json else { return false };
    let entries: Vec<Field<'_, 't>> = match json.get("log").and_then(|log| log.get("entries")) {
        Some(entries) => entries.children().collect(),
        None => json.root().filter(|root| root.get("request").is_some()).into_iter().collect(),
    };
    if entries.is_empty() {
        return false;
    }
    let failed: Vec<bool> = entries.iter().map(|entry| has_failed(*entry)).collect();
    let any = failed.contains(&true);
    for (index, entry) in entries.iter().enumerate() {
        let next = failed.get(index + 1).copied().unwrap_or_default();
        let this = failed.get(index).copied().unwrap_or_default();
        let kept = if any { this || next } else { index < WHEN_ALL_IS_WELL };
        if kept && report.exchanges.len() < super::EXCHANGES {
            report.exchanges.extend(exchange(*entry));
        }
    }
    cursor.seek(json.span.end);
    true
}

fn status(entry: Field<'_, '_>) -> Option<Status> {
    let field = entry.get("response")?.get("status")?;
    let code = u16::try_from(field.integer()?).ok().filter(|code| (100..600).contains(code))?;
    Some(Status { code, span: field.span() })
}

/// Whether an entry was refused, or was not answered at all, as a blocked preflight is.
fn has_failed(entry: Field<'_, '_>) -> bool {
    let code = status(entry).map(|status| status.code);
    code.is_none_or(|code| matches!(code, 401 | 403 | 407 | 419 | 440 | 498 | 511))
}

fn exchange<'t>(entry: Field<'_, 't>) -> Option<Exchange<'t>> {
    let sent = entry.get("request")?;
    let text = |field: Field<'_, 't>, key: &str| field.get(key).and_then(Field::text).cloned();
    let request = Request {
        span: sent.whole_span(),
        method: text(sent, "method"),
        target: text(sent, "url"),
        headers: headers(sent),
        body: sent.get("postData").and_then(|data| text(data, "text")),
        origin: Origin::Browser,
        ..Request::default()
    };
    let response = entry.get("response").map(|received| Response {
        span: received.whole_span(),
        status: status(entry),
        headers: headers(received),
        body: received
            .get("content")
            .and_then(|content| text(content, "text"))
            .filter(|body| !body.text.is_empty()),
    });
    Some(Exchange { request: Some(request), response })
}

fn headers<'t>(message: Field<'_, 't>) -> Headers<'t> {
    let Some(list) = message.get("headers") else { return Headers::default() };
    let mut headers = Headers::default();
    for item in list.children() {
        match (item.get("name").and_then(Field::text), item.get("value").and_then(Field::text)) {
            (Some(name), Some(value)) => headers.0.push(Header { name: name.clone(), value: value.clone() }),
            // Some tools write an object of names and values.
            _ => {
                let (Some(name), Some(Value::Text(value))) = (item.key_piece(), item.value()) else {
                    continue;
                };
                headers.0.push(Header { name: name.clone(), value: value.clone() });
            }
        }
    }
    headers
}
