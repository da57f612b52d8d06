//! Log lines that are JSON: access logs of Caddy, Traefik, Envoy and gateways, and what structured loggers write. Knows
//! the names of their members; a body that is JSON is not a log line because it stands on one.

use super::json::{Field, Json};
use super::lines::Cursor;
use super::raw::METHODS;
use super::{Header, Headers, Origin, Piece, Report, Request, Response, Span, Status, Value, body};

/// A longer line is no log line.
const LONGEST: usize = 64 * 1024;

/// Members that only a logger writes.
const LOGGED: [&str; 8] =
    ["level", "severity", "lvl", "log.level", "logger", "@timestamp", "levelname", "loglevel"];

/// Where each writes what it tells of a request, as paths of members.
const METHOD: [&[&str]; 10] = [
    &["method"],
    &["request", "method"],
    &["req", "method"],
    &["RequestMethod"],
    &["request_method"],
    &["http", "request", "method"],
    &["http.request.method"],
    &["httpRequest", "requestMethod"],
    &["httpMethod"],
    &["verb"],
];
const TARGET: [&[&str]; 14] = [
    &["path"],
    &["url"],
    &["uri"],
    &["request", "uri"],
    &["request", "url"],
    &["req", "url"],
    &["RequestPath"],
    &["request_uri"],
    &["url", "path"],
    &["url.path"],
    &["httpRequest", "requestUrl"],
    &["requestURI"],
    &["resourcePath"],
    &["req", "path"],
];
const STATUS: [&[&str]; 12] = [
    &["status"],
    &["statusCode"],
    &["status_code"],
    &["res", "statusCode"],
    &["response", "status"],
    &["response", "statusCode"],
    &["DownstreamStatus"],
    &["response_code"],
    &["http", "response", "status_code"],
    &["http.response.status_code"],
    &["httpRequest", "status"],
    &["responseStatus", "code"],
];
const USER: [&[&str]; 6] =
    [&["user_id"], &["ClientUsername"], &["user"], &["user", "username"], &["remote_user"], &["username"]];

/// Reads a line that is one JSON object and was written by a logger.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>, report: &mut Report<'t>) -> bool {
    let Some(line) = cursor.line() else { return false };
    let text = line.text.trim_end();
    let likely = text.starts_with('{') && text.ends_with('}') && text.len() < LONGEST && cursor.may_search();
    if !likely || !text.contains("\"m") && !text.contains("evel\"") && !text.contains("Method\"") {
        return false;
    }
    let (json, looked_at) = Json::at(cursor.text, line.start);
    let Some(json) = json.filter(|json| json.complete && json.span.end == line.start + text.len()) else {
        cursor.pay(looked_at);
        return false;
    };
    // An entry of an archive is a request and its answer, and no line of a log.
    if json.get("startedDateTime").is_some()
        || json.get("log").is_some_and(|log| log.get("entries").is_some())
    {
        return false;
    }
    let logged = json.root().is_some_and(|root| root.children().any(|field| is_logged(field)));
    let told = exchange(&json, report, line.span());
    if !logged && !told {
        return false;
    }
    report.add_log(cursor.piece(text));
    body::add(report, cursor.piece(text));
    cursor.step();
    true
}

fn is_logged(field: Field<'_, '_>) -> bool {
    field.key().is_some_and(|key| LOGGED.iter().any(|known| known.eq_ignore_ascii_case(key)))
}

fn at<'j, 't>(json: &'j Json<'t>, paths: &[&[&str]]) -> Option<Field<'j, 't>> {
    paths.iter().find_map(|path| {
        let mut field = json.root()?;
        for key in *path {
            field = field.get(key)?;
        }
        field
            .value()
            .is_some_and(|value| !matches!(value, Value::Object | Value::Array | Value::Null))
            .then_some(field)
    })
}

/// Adds what the object tells of a request and its answer; says whether it told of one.
pub(super) fn exchange<'t>(json: &Json<'t>, report: &mut Report<'t>, span: Span) -> bool {
    let text = |paths: &[&[&str]]| at(json, paths).and_then(Field::text).cloned();
    let method = text(&METHOD).filter(|method| METHODS.contains(&method.text.as_ref()));
    let (Some(method), Some(target)) = (method, text(&TARGET)) else { return false };
    let Some(status) = at(json, &STATUS).and_then(status) else { return false };
    let user = text(&USER).filter(|user| !matches!(user.text.as_ref(), "" | "-"));
    let request = Request {
        span,
        method: Some(method),
        target: Some(target),
        origin: Origin::Log,
        user,
        ..Request::default()
    };
    let mut headers = Headers::default();
    if let Some(received) = json.get("resp_headers") {
        for field in received.children() {
            let value = field.children().next().unwrap_or(field);
            if let (Some(name), Some(value)) = (field.key_piece(), value.text()) {
                headers.0.push(Header { name: name.clone(), value: value.clone() });
            }
        }
    }
    report.add_logged(request, Response { span, status: Some(status), headers, body: None });
    true
}

fn status(field: Field<'_, '_>) -> Option<Status> {
    let code = match field.value()? {
        Value::Text(piece) | Value::Number(piece) => piece.text.parse::<u16>().ok()?,
        _ => return None,
    };
    (100..600).contains(&code).then(|| Status { code, span: field.span() })
}

impl<'t> Report<'t> {
    /// Adds what a log line tells, unless the same exchange was just read in a better form. Of long logs, those are kept
    /// that were refused, and a few others.
    pub(super) fn add_logged(&mut self, request: Request<'t>, response: Response<'t>) {
        let refused = matches!(response.code(), Some(401 | 403 | 407));
        let logged = |exchange: &super::Exchange<'t>| {
            exchange.request.as_ref().is_some_and(|request| request.origin == Origin::Log)
        };
        let kept = self.exchanges.iter().filter(|exchange| logged(exchange)).count();
        if kept >= if refused { LOGGED_LINES } else { OTHER_LINES } {
            return;
        }
        let known = self.exchanges.last().filter(|last| !logged(last)).is_some_and(|last| {
            let same =
                last.request.as_ref().is_none_or(|known| path_of(&known.target) == path_of(&request.target));
            same && last.response.as_ref().is_none_or(|known| known.code() == response.code())
        });
        if let Some(status) = response.status.filter(|status| !self.statuses.contains(status)) {
            self.statuses.push(status);
        }
        if let Some(last) = self.exchanges.last_mut().filter(|_| known) {
            last.response.get_or_insert(response);
            match &mut last.request {
                Some(known) => {
                    known.method = known.method.take().or(request.method);
                    known.target = known.target.take().or(request.target);
                }
                None => last.request = Some(request),
            }
        } else if self.exchanges.len() < super::EXCHANGES {
            self.exchanges.push(super::Exchange { request: Some(request), response: Some(response) });
        }
    }
}

/// The path of a target, to compare one with an authority to one without.
pub(super) fn path_of(target: &Option<Piece<'_>>) -> String {
    let text = target.as_ref().map_or("", |target| target.text.as_ref());
    let path =
        text.split_once("://").map_or(text, |(_, rest)| rest.split_once('/').map_or("", |parts| parts.1));
    path.trim_start_matches('/').to_owned()
}

/// So many refused requests of a log are kept, and of the others while there are fewer than the second number.
const LOGGED_LINES: usize = 40;
const OTHER_LINES: usize = 12;

#[cfg(test)]
mod tests {
    use crate::report::Report;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let report = Report::read(line);
        let shown: Vec<String> = report
            .exchanges
            .iter()
            .map(|exchange| {
                let request = exchange.request.as_ref().expect("a request");
                let text = |piece: &Option<crate::report::Piece<'_>>| {
                    piece.as_ref().map(|piece| piece.text.to_string()).unwrap_or_default()
                };
                let code =
                    exchange.response.as_ref().and_then(|response| response.code()).unwrap_or_default();
                format!("{} {} {code} {}", text(&request.method), text(&request.target), text(&request.user))
            })
            .collect();
        assert_eq!(shown.join("\n"), expected, "{line}");
        assert_eq!(report.logs.len(), usize::from(!expected.is_empty()), "{line}");
    }

    #[test]
    fn access_logs_in_json_tell_of_a_request() {
        check(
            r#"{"level":"error","msg":"handled request","request":{"method":"GET","uri":"/v1/me"},"user_id":"ada","status":401}"#,
            "GET /v1/me 401 ada",
        );
        check(
            r#"{"ClientUsername":"-","DownstreamStatus":401,"RequestMethod":"GET","RequestPath":"/v1/me","level":"info"}"#,
            "GET /v1/me 401 ",
        );
        check(
            r#"{"level":30,"req":{"method":"GET","url":"/v1/me"},"res":{"statusCode":401},"msg":"request completed"}"#,
            "GET /v1/me 401 ",
        );
    }

    #[test]
    fn an_error_body_on_one_line_is_no_log() {
        check(
            r#"{"timestamp":"2026-10-05T12:00:00Z","status":401,"error":"Unauthorized","path":"/api/me"}"#,
            "",
        );
        check(r#"{"error":"invalid_token","message":"expired"}"#, "");
    }
}
