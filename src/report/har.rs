//! HTTP archives (HAR 1.2), as browsers save and copy them, and single entries of one. Of an archive with many
//! entries those are kept that failed, with what stands right before them. Knows nothing of other JSON.

use super::json::{Field, Json, Value, Walk};
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
    let mut kept = Kept::default();
    let mut walk = Walk::at(cursor.text, start);
    kept.archive(&mut walk);
    if kept.seen == 0 {
        walk = Walk::at(cursor.text, start);
        let entry = walk.value().filter(|entry| entry.get("request").is_some());
        entry.into_iter().for_each(|entry| kept.entry(entry));
    }
    cursor.pay(walk.place() - start);
    if kept.seen == 0 {
        return false;
    }
    kept.finish(report);
    cursor.seek(walk.place());
    true
}

/// The entries of an archive as they come: an archive may be large, so that no more of it is held than what is kept.
#[derive(Default)]
struct Kept<'t> {
    /// How many entries there were.
    seen: usize,
    /// Failed entries, and what stands right before them.
    failed: Vec<Exchange<'t>>,
    /// The first entries, for when nothing failed.
    first: Vec<Exchange<'t>>,
    /// The entry before, unless it is kept already.
    before: Option<Json<'t>>,
    left_out: Vec<Span>,
    /// Where the first entries stand.
    first_places: Vec<Span>,
}

impl<'t> Kept<'t> {
    /// Takes every entry of an archive; nothing when it is none or is cut off.
    fn archive(&mut self, walk: &mut Walk<'t>) -> Option<()> {
        walk.open(b'{')?;
        while let Some(key) = walk.key()? {
            if key.text != "log" {
                walk.value()?;
                continue;
            }
            walk.open(b'{')?;
            while let Some(key) = walk.key()? {
                if key.text != "entries" {
                    walk.value()?;
                    continue;
                }
                walk.open(b'[')?;
                while walk.item()? {
                    let entry = walk.value()?;
                    let complete = entry.complete;
                    self.entry(entry);
                    complete.then_some(())?;
                }
            }
        }
        Some(())
    }

    fn entry(&mut self, entry: Json<'t>) {
        self.seen += 1;
        let Some(root) = entry.root() else { return };
        if has_failed(root) {
            for entry in self.before.take().iter().filter_map(Json::root).chain([root]) {
                if self.failed.len() < super::EXCHANGES {
                    self.failed.extend(exchange(entry));
                }
            }
            return;
        }
        if self.first.len() < WHEN_ALL_IS_WELL && self.failed.is_empty() {
            self.first.extend(exchange(root));
            self.first_places.push(entry.span);
        }
        if let Some(before) = self.before.replace(entry) {
            self.left_out.push(before.span);
        }
    }

    /// Hands over what is kept.
    fn finish(mut self, report: &mut Report<'t>) {
        self.left_out.extend(self.before.map(|before| before.span));
        let kept = if self.failed.is_empty() {
            self.left_out.retain(|span| !self.first_places.contains(span));
            self.first
        } else {
            self.failed
        };
        let room = super::EXCHANGES.saturating_sub(report.exchanges.len());
        report.exchanges.extend(kept.into_iter().take(room));
        report.left_out.extend(self.left_out);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(statuses: &[u16]) -> String {
        let entry = |status: &u16| {
            format!(
                r#"{{"request": {{"method": "GET", "url": "https://a.example/{status}"}}, "response": {{"status": {status}}}}}"#
            )
        };
        let entries = statuses.iter().map(entry).collect::<Vec<_>>().join(", ");
        format!(r#"{{"log": {{"version": "1.2", "entries": [{entries}], "pages": []}}}} and words"#)
    }

    #[track_caller]
    fn check(text: &str, kept: &[u16], left_out: usize) {
        let report = Report::read(text);
        let codes: Vec<u16> =
            report.exchanges.iter().filter_map(|exchange| exchange.response.as_ref()?.code()).collect();
        assert_eq!((codes.as_slice(), report.left_out.len()), (kept, left_out));
        for span in &report.left_out {
            let entry = &text[span.range()];
            assert!(entry.starts_with(r#"{"request""#) && entry.ends_with("}}"), "{entry}");
        }
    }

    #[test]
    fn failed_entries_are_kept_with_what_stands_before_them() {
        check(&archive(&[200, 201, 401, 202, 403, 407, 204]), &[201, 401, 202, 403, 407], 2);
        check(&archive(&[401]), &[401], 0);
    }

    #[test]
    fn when_nothing_failed_the_first_entries_are_kept() {
        check(&archive(&[200, 201]), &[200, 201], 0);
        check(&archive(&[200; 30]), &[200; 20], 10);
    }

    #[test]
    fn an_archive_that_is_cut_off_gives_what_it_has() {
        let text = archive(&[200, 401, 201]);
        // The last entry may have failed, for all that is left of it.
        check(&text[..text.find("201}").unwrap()], &[200, 401], 0);
        check(&archive(&[200, 201, 401])[..150], &[200], 0);
    }

    #[test]
    fn words_behind_an_archive_are_read() {
        let text = archive(&[401]);
        let report = Report::read(&text);
        assert_eq!(report.prose.iter().map(|piece| piece.text.as_ref()).collect::<Vec<_>>(), ["and words"]);
    }
}
