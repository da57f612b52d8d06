//! Reads what a caller of the API sends, field by field, so that every mistake is named at once and nothing of what was sent
//! is repeated in the answer.

use std::ops::RangeInclusive;

use actix_web::http::header;
use actix_web::web::{BytesMut, Payload};
use actix_web::{HttpRequest, web};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::body;
use super::super::upload::{Hold, Uploads};
use super::problem::{FIELDS, FieldError, MALFORMED, MEDIA_TYPE, PARAMETERS, Problem, TOO_LARGE};
use crate::library::Kind;

/// The fields of a JSON body, and what is wrong with them.
#[derive(Debug)]
pub struct Fields {
    object: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Reads a body of at most `most` bytes.
    ///
    /// # Errors
    /// 400, 413 or 415.
    pub async fn read(request: &HttpRequest, body: Payload, most: usize) -> Result<Fields, Problem> {
        if !is_json(request) {
            return Err(not_json());
        }
        let body = read_all(request, body, most).await?;
        Fields::parse(&body)
    }

    /// Reads a body of at most `most` bytes, which takes a place among the large ones when it is larger than `small`.
    ///
    /// # Errors
    /// 400, 413, 415, or 503 when there is no place.
    pub async fn read_large(
        request: &HttpRequest,
        body: Payload,
        uploads: &Uploads,
        small: usize,
        most: usize,
    ) -> Result<(Fields, Option<Hold>), Problem> {
        if !is_json(request) {
            return Err(not_json());
        }
        let (body, is_whole, hold) = uploads.read(request, body, small, most).await?;
        if !is_whole {
            return Err(too_large(most));
        }
        Ok((Fields::parse(&body)?, hold))
    }

    fn parse(body: &[u8]) -> Result<Fields, Problem> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(Problem::new(&MALFORMED, "The body is empty; send a JSON object."));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => Ok(Fields { object, errors: Vec::new() }),
            Ok(_) => Err(Problem::new(&MALFORMED, "The body is JSON, but not an object: begin it with `{`.")),
            // Read into a `Value`, errors are of grammar only, and those name places and never words of the text.
            Err(error) => Err(Problem::new(&MALFORMED, format!("The body is not JSON: {error}."))),
        }
    }

    /// Whether the field was sent, even as `null`.
    pub fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    /// A text; nothing when the field is not there or `null`.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        match self.object.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => {
                self.wrong(name, "Write a text, in quotes.");
                None
            }
        }
    }

    /// A list of texts, at most `most` of them.
    pub fn texts(&mut self, name: &'static str, most: usize) -> Vec<String> {
        let list = match self.object.remove(name) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.wrong(name, "Write a list of texts.");
                return Vec::new();
            }
        };
        if list.len() > most {
            self.wrong(name, format!("At most {most} are taken."));
            return Vec::new();
        }
        let read: Option<Vec<String>> = list.into_iter().map(into_text).collect();
        if read.is_none() {
            self.wrong(name, "Write a list of texts: one of its entries is something else.");
        }
        read.unwrap_or_default()
    }

    /// An object whose values are texts, at most `most` of them.
    pub fn pairs(&mut self, name: &'static str, most: usize) -> Vec<(String, String)> {
        let object = match self.object.remove(name) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Object(object)) => object,
            Some(_) => {
                self.wrong(name, "Write an object with a text for each question.");
                return Vec::new();
            }
        };
        if object.len() > most {
            self.wrong(name, format!("At most {most} are taken."));
            return Vec::new();
        }
        let read: Option<Vec<(String, String)>> =
            object.into_iter().map(|(key, value)| into_text(value).map(|value| (key, value))).collect();
        if read.is_none() {
            self.wrong(name, "Write a text for each question: one of the values is something else.");
        }
        read.unwrap_or_default()
    }

    /// A whole number.
    pub fn number(&mut self, name: &'static str, range: RangeInclusive<usize>) -> Option<usize> {
        let value = self.object.remove(name).filter(|value| !value.is_null())?;
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(name, whole_number(&range));
        }
        number
    }

    /// Whether nothing is wrong so far.
    pub fn are_good(&self) -> bool {
        self.errors.is_empty()
    }

    /// Notes what is wrong with a field.
    pub fn wrong(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(FieldError { field: name.to_owned(), message: message.into() });
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 422 when anything was wrong.
    pub fn done(self) -> Result<(), Problem> {
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::of_fields(&FIELDS, self.errors)) }
    }
}

fn into_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn whole_number(range: &RangeInclusive<usize>) -> String {
    match *range.end() {
        usize::MAX => format!("Write a whole number from {}.", range.start()),
        end => format!("Write a whole number from {} to {end}.", range.start()),
    }
}

/// `application/json`, and all that is JSON in more particular clothes (RFC 6839, section 3.1).
fn is_json(request: &HttpRequest) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence =
        value.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

async fn read_all(request: &HttpRequest, body: Payload, most: usize) -> Result<BytesMut, Problem> {
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > most as u64) {
        return Err(too_large(most));
    }
    let (read, is_whole) = body::read(body, most).await?;
    if is_whole { Ok(read) } else { Err(too_large(most)) }
}

fn too_large(most: usize) -> Problem {
    Problem::new(&TOO_LARGE, format!("A body here has at most {} KB.", most / 1024))
}

fn not_json() -> Problem {
    Problem::new(&MEDIA_TYPE, "Send JSON, and say so: `Content-Type: application/json`.")
}

/// The parameters of a query, and what is wrong with them. Those that nobody asks for are ignored.
#[derive(Debug)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Parameters {
    /// Reads the query of a request.
    pub fn of(request: &HttpRequest) -> Parameters {
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
        Parameters { pairs: pairs.into_owned().collect(), errors: Vec::new() }
    }

    /// A text of at most `most` characters, without the white space around it; nothing when there is none.
    pub fn text(&mut self, name: &'static str, most: usize) -> Option<String> {
        let text = self.value(name)?.trim().to_owned();
        if text.chars().count() > most {
            let message =
                format!("At most {most} characters are taken. `POST /api/v1/diagnose` reads longer texts.");
            self.wrong(name, message);
            return None;
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// What was sent, as it was sent.
    fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A whole number.
    pub fn number(&mut self, name: &'static str, range: RangeInclusive<usize>) -> Option<usize> {
        let text = self.value(name)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(name, whole_number(&range));
        }
        number
    }

    /// A kind of article.
    pub fn kind(&mut self, name: &'static str) -> Option<Kind> {
        let text = self.value(name)?;
        let kind = text.parse().ok();
        if kind.is_none() {
            let ids: Vec<&str> = Kind::ALL.iter().map(|kind| kind.id()).collect();
            self.wrong(name, format!("Write one of {}.", ids.join(", ")));
        }
        kind
    }

    /// An id of a comment.
    pub fn id(&mut self, name: &'static str) -> Option<Uuid> {
        let text = self.value(name)?;
        let id = text.parse().ok();
        if id.is_none() {
            self.wrong(name, "Write the id of a comment.");
        }
        id
    }

    /// Whether nothing is wrong so far.
    pub fn are_good(&self) -> bool {
        self.errors.is_empty()
    }

    /// Notes what is wrong with a parameter.
    pub fn wrong(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(FieldError { field: name.to_owned(), message: message.into() });
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 400 when anything was wrong.
    pub fn done(self) -> Result<(), Problem> {
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::of_fields(&PARAMETERS, self.errors)) }
    }
}

/// The id in the path of a comment's address.
///
/// # Errors
/// 404 when it is no id at all.
pub fn comment_id(path: &web::Path<String>) -> Result<Uuid, Problem> {
    path.parse().map_err(|_| Problem::no_comment())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(body: &str, detail: &str) {
        let problem = Fields::parse(body.as_bytes()).expect_err("a body that is refused");
        assert_eq!(problem.detail, detail);
    }

    #[test]
    fn a_body_that_is_no_json_is_refused_with_the_place_and_without_its_words() {
        refused("", "The body is empty; send a JSON object.");
        refused("[1]", "The body is JSON, but not an object: begin it with `{`.");
        refused("{hunter2}", "The body is not JSON: key must be a string at line 1 column 2.");
        refused("{\"a\": hunter2}", "The body is not JSON: expected value at line 1 column 7.");
        refused("{\"a\": 1,}", "The body is not JSON: trailing comma at line 1 column 9.");
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        refused(&deep, "The body is not JSON: recursion limit exceeded at line 1 column 132.");
    }

    #[test]
    fn every_wrong_field_is_named() {
        let body = r#"{"text": 5, "list": ["a", 1], "pairs": {"a": []}, "number": -1}"#;
        let mut fields = Fields::parse(body.as_bytes()).unwrap();
        fields.text("text");
        fields.texts("list", 9);
        fields.pairs("pairs", 9);
        fields.number("number", 1..=9);
        let problem = fields.done().unwrap_err();
        let names: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(names, ["text", "list", "pairs", "number"]);
    }

    #[test]
    fn null_is_the_same_as_not_there() {
        let mut fields = Fields::parse(br#"{"text": null, "number": null}"#).unwrap();
        assert!(fields.has("text"));
        assert_eq!((fields.text("text"), fields.number("number", 1..=2)), (None, None));
        assert!(fields.done().is_ok());
    }
}
