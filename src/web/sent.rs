//! What a reader sent to the diagnosis: read from a form, a file, a link or a terminal, and what the next form carries
//! along. Nothing here looks at the text.

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use futures_util::StreamExt as _;

use super::body;
use super::diagnose::PASTE_MAX;
use super::error::PageError;
use super::upload::{self, Hold, Uploads};
use crate::diagnosis::{Diagnoser, Question};

/// The most finding ids and answers that are looked at; a page of ours never sends more.
const GIVEN_MAX: usize = 100;
/// The most fields of a form that are looked at.
const FIELDS_MAX: usize = 500;
/// The longest value of a field that is no text and no file, in bytes.
const VALUE_MAX: usize = 1024;
/// The name of the fields that carry what was found in a file, which is not kept.
const FOUND: &str = "found";

/// What a reader sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sent {
    pub text: String,
    /// A file that was attached.
    pub file: Option<String>,
    /// Finding ids from a file that was attached before.
    pub from_file: Vec<String>,
    /// Question id and answer id.
    pub answers: Vec<(String, String)>,
    /// Finding ids from a shared link.
    pub findings: Vec<String>,
}

/// A field that a form carries along unseen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    pub name: String,
    pub value: String,
    /// Whether it stands for what was seen in a secret, which is masked in the text that the form sends. A script that
    /// still has the text as it was typed sends that instead.
    pub from_secret: bool,
}

impl Carried {
    fn new(name: impl Into<String>, value: impl Into<String>) -> Carried {
        Carried { name: name.into(), value: value.into(), from_secret: false }
    }
}

/// How to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Page,
    Text,
}

/// What came in, and what of it is refused.
pub(super) struct Received {
    pub sent: Sent,
    pub kind: Answer,
    pub refused: Option<Refused>,
    /// The place of a large body, to be kept until it is answered.
    pub hold: Option<Hold>,
}

/// Why what came in is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The text of the form is too large.
    Text,
    /// The file, or what a terminal sent, is too large.
    File,
    /// The file is no text.
    NoText,
}

/// Reads a request.
///
/// # Errors
/// When it ends before it is complete, is no form, or there is no room for it.
pub(super) async fn receive(
    uploads: &Uploads,
    request: &HttpRequest,
    body: Payload,
) -> Result<Received, PageError> {
    let content_type = content_type(request);
    if content_type.eq_ignore_ascii_case("multipart/form-data") {
        let reading = Parts::new(uploads).read(Multipart::new(request.headers(), body));
        return body::within(body::PATIENCE, reading).await?;
    }
    // In a form a byte may take three: `%0A`.
    let small = 3 * PASTE_MAX;
    let (body, is_whole, hold) = uploads.read(request, body, small, uploads.most.max(small)).await?;
    let body = String::from_utf8_lossy(&body);
    let (sent, kind) = Sent::read(content_type, &body);
    let refused = match kind {
        Answer::Page if !is_whole || sent.text.len() > PASTE_MAX => Some(Refused::Text),
        Answer::Text if !is_whole || sent.text.len() > uploads.most => Some(Refused::File),
        _ => None,
    };
    Ok(Received { sent, kind, refused, hold })
}

/// A form in parts (RFC 7578), as it comes in.
struct Parts<'u> {
    uploads: &'u Uploads,
    pairs: Vec<(String, String)>,
    file: Option<Vec<u8>>,
    refused: Option<Refused>,
    hold: Option<Hold>,
    /// Bytes that came in.
    taken: usize,
}

impl<'u> Parts<'u> {
    fn new(uploads: &'u Uploads) -> Parts<'u> {
        Parts { uploads, pairs: Vec::new(), file: None, refused: None, hold: None, taken: 0 }
    }

    async fn read(mut self, mut form: Multipart) -> Result<Received, PageError> {
        let mut busy = false;
        while let Some(field) = form.next().await {
            let mut field = field.map_err(|_| no_form())?;
            let name = field.name().unwrap_or_default().to_owned();
            let is_file = name == "file";
            let most = match name.as_str() {
                "file" => self.uploads.most,
                "text" => PASTE_MAX,
                _ => VALUE_MAX,
            };
            let (value, is_whole) = self.value(&mut field, most, &mut busy).await?;
            match name.as_str() {
                _ if !is_whole && is_file => self.refused = Some(Refused::File),
                // A browser sends an empty part where no file is chosen.
                "file" if value.is_empty() => {}
                "file" => self.file = Some(value),
                _ => {
                    if name == "text" && !is_whole {
                        self.refused = self.refused.or(Some(Refused::Text));
                    }
                    if self.pairs.len() < FIELDS_MAX {
                        let value = String::from_utf8_lossy(&value);
                        self.pairs.push((without_nul(&name), without_nul(&value)));
                    }
                }
            }
        }
        if busy {
            return Err(PageError::Busy);
        }
        let mut sent = Sent::from_pairs(self.pairs);
        if let Some(bytes) = self.file {
            sent.file = upload::text_of(bytes);
            if sent.file.is_none() {
                self.refused = self.refused.or(Some(Refused::NoText));
            }
        }
        Ok(Received { sent, kind: Answer::Page, refused: self.refused, hold: self.hold })
    }

    /// The value of a field, up to so many bytes, and whether that was all of it. The rest is taken off the wire, so that
    /// the browser reads the answer.
    async fn value(
        &mut self,
        field: &mut Field,
        most: usize,
        busy: &mut bool,
    ) -> Result<(Vec<u8>, bool), PageError> {
        let mut value = Vec::new();
        let mut is_whole = true;
        while let Some(chunk) = field.next().await {
            let chunk = chunk.map_err(|_| no_form())?;
            self.taken += chunk.len();
            if self.taken > upload::taken_off(self.uploads.most) {
                return Err(PageError::Rejected(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "This is far more than is read.",
                ));
            }
            if self.hold.is_none() && value.len() + chunk.len() > PASTE_MAX && most > PASTE_MAX {
                match self.uploads.hold() {
                    Ok(hold) => self.hold = Some(hold),
                    Err(_) => *busy = true,
                }
            }
            let room = if *busy { 0 } else { most.saturating_sub(value.len()) };
            is_whole &= chunk.len() <= room;
            value.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
        }
        Ok((value, is_whole))
    }
}

fn no_form() -> PageError {
    PageError::Rejected(StatusCode::BAD_REQUEST, "The form did not arrive whole. Please send it again.")
}

pub(super) fn content_type(request: &HttpRequest) -> &str {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.split(';').next()).unwrap_or_default().trim()
}

/// The fields of an urlencoded text, in order.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (without_nul(&name), without_nul(&value)))
        .collect()
}

/// HTML has no way to write NUL, so that what comes back in a form would be another text. Pastes from consoles have it.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The name of a question's field.
pub(super) fn field(question: &str) -> String {
    format!("q.{question}")
}

impl Sent {
    /// Reads a body. `curl --data-binary` names a form as the type of whatever it sends, so what is no form of ours is a
    /// paste.
    pub fn read(content_type: &str, body: &str) -> (Sent, Answer) {
        if content_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let pairs = pairs(body);
            let is_ours =
                |name: &str| matches!(name, "text" | "f" | FOUND | "file") || name.starts_with("q.");
            if pairs.is_empty() || pairs.iter().all(|(name, _)| is_ours(name)) {
                return (Sent::from_pairs(pairs), Answer::Page);
            }
        }
        (Sent { text: without_nul(body), ..Sent::default() }, Answer::Text)
    }

    pub fn from_pairs(pairs: Vec<(String, String)>) -> Sent {
        let mut sent = Sent::default();
        for (name, value) in pairs {
            match name.strip_prefix("q.") {
                // Of two answers to one question the later one counts: the form carries earlier ones along.
                Some(question) if !value.is_empty() && sent.answers.len() < GIVEN_MAX => {
                    sent.answers.retain(|(known, _)| known != question);
                    sent.answers.push((question.to_owned(), value));
                }
                None if name == "text" => sent.text = value,
                None if name == "f" && sent.findings.len() < GIVEN_MAX => sent.findings.push(value),
                None if name == FOUND && sent.from_file.len() < GIVEN_MAX => sent.from_file.push(value),
                _ => {}
            }
        }
        sent
    }

    /// Leaves only what the diagnosis knows: ids go back into the page and its links, other words must not.
    pub fn keep_known(&mut self, diagnoser: &Diagnoser) {
        self.findings.retain(|id| diagnoser.meaning(id).is_some());
        self.from_file.retain(|id| diagnoser.meaning(id).is_some());
        self.answers.retain(|(id, answer)| {
            let question = diagnoser.questions().iter().find(|question| question.id == *id);
            question.is_some_and(|question| question.answers.iter().any(|known| known.id == *answer))
        });
    }

    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
            && self.file.is_none()
            && self.answers.is_empty()
            && self.findings.is_empty()
            && self.from_file.is_empty()
    }

    /// Takes the file out and puts it behind the text: what is looked at as one paste. What was found in an earlier file
    /// stands for it only as long as no other is attached.
    pub fn take_paste(&mut self) -> String {
        match self.file.take() {
            None => self.text.clone(),
            Some(file) => {
                self.from_file.clear();
                match self.text.trim().is_empty() {
                    true => file,
                    false => format!("{}\n\n{file}", self.text.trim_end()),
                }
            }
        }
    }

    /// All finding ids that came along.
    pub fn given(&self) -> Vec<String> {
        self.findings.iter().chain(&self.from_file).cloned().collect()
    }

    /// What a form carries along unseen: all that was answered before, but for the questions that it shows.
    pub fn carried(&self, shown: &[&Question], in_secrets: &[String]) -> Vec<Carried> {
        let from_file = self.from_file.iter().map(|id| Carried::new(FOUND, id));
        let is_shown = |id: &str| shown.iter().any(|question| question.id == id);
        let answers = self.answers.iter().filter(|(id, _)| !is_shown(id));
        let answers = answers.map(|(id, answer)| Carried::new(field(id), answer));
        let findings = self.findings.iter().map(|id| Carried::new("f", id));
        let is_new = |id: &&String| !self.findings.contains(id) && !self.from_file.contains(id);
        let seen =
            in_secrets.iter().filter(is_new).map(|id| Carried { from_secret: true, ..Carried::new("f", id) });
        answers.chain(findings).chain(from_file).chain(seen).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn a_form_of_ours_is_read_field_by_field() {
        let (sent, kind) = Sent::read(FORM, "text=a%0Ab&q.where=curl&q.where=browser&q.when=&f=jwt.expired");
        assert_eq!(kind, Answer::Page);
        assert_eq!(sent.text, "a\nb");
        assert_eq!(sent.answers, [("where".to_owned(), "browser".to_owned())]);
        assert_eq!(sent.findings, ["jwt.expired"]);
    }

    #[test]
    fn what_curl_sends_as_a_form_is_taken_as_the_paste_that_it_is() {
        let paste = "> GET /?a=b&c=d HTTP/1.1\n< HTTP/1.1 401 Unauthorized\n";
        let (sent, kind) = Sent::read(FORM, paste);
        assert_eq!((sent.text.as_str(), kind), (paste, Answer::Text));
        let (sent, kind) = Sent::read("text/plain", "text=1");
        assert_eq!((sent.text.as_str(), kind), ("text=1", Answer::Text));
    }

    #[test]
    fn what_was_found_in_a_file_is_forgotten_once_another_is_attached() {
        let (mut sent, kind) = Sent::read(FORM, "text=it+fails&file=&found=jwt.expired");
        assert_eq!((kind, sent.given()), (Answer::Page, vec!["jwt.expired".to_owned()]));
        assert_eq!(sent.carried(&[], &[]), [Carried::new(FOUND, "jwt.expired")]);
        sent.file = Some("{}".to_owned());
        assert_eq!(sent.take_paste(), "it fails\n\n{}");
        assert_eq!(sent.given(), [""; 0]);
    }

    #[test]
    fn answers_of_questions_that_are_shown_are_not_carried_along_twice() {
        let question = Question { id: "where".into(), text: "Where?".into(), effort: 1, answers: Vec::new() };
        let sent = Sent {
            answers: vec![("where".into(), "curl".into()), ("when".into(), "today".into())],
            findings: vec!["jwt.expired".into()],
            ..Sent::default()
        };
        let carried = sent.carried(&[&question], &["jwt.malformed".to_owned()]);
        let seen = Carried { from_secret: true, ..Carried::new("f", "jwt.malformed") };
        assert_eq!(carried, [Carried::new("q.when", "today"), Carried::new("f", "jwt.expired"), seen]);
    }
}
