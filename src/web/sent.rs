//! What a reader sent to the diagnosis: read from a form, a link or a terminal, and what the next form carries along.
//! Nothing here looks at the text.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{BytesMut, Payload};

use super::body;
use super::diagnose::PASTE_MAX;
use super::error::PageError;
use crate::diagnosis::{Diagnoser, Question};

/// The most finding ids and answers that are looked at; a page of ours never sends more.
const GIVEN_MAX: usize = 100;

/// What a reader sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sent {
    pub text: String,
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

/// Reads a body up to the limit, and whether that was all of it.
pub(super) async fn read(body: Payload) -> Result<(BytesMut, bool), PageError> {
    // In a form a byte may take three: `%0A`.
    body::read(body, 3 * PASTE_MAX).await
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
            let is_ours = |name: &str| name == "text" || name == "f" || name.starts_with("q.");
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
                _ => {}
            }
        }
        sent
    }

    /// Leaves only what the diagnosis knows: ids go back into the page and its links, other words must not.
    pub fn keep_known(&mut self, diagnoser: &Diagnoser) {
        self.findings.retain(|id| diagnoser.meaning(id).is_some());
        self.answers.retain(|(id, answer)| {
            let question = diagnoser.questions().iter().find(|question| question.id == *id);
            question.is_some_and(|question| question.answers.iter().any(|known| known.id == *answer))
        });
    }

    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.answers.is_empty() && self.findings.is_empty()
    }

    /// What a form carries along unseen: all that was answered before, but for the questions that it shows.
    pub fn carried(&self, shown: &[&Question], in_secrets: &[String]) -> Vec<Carried> {
        let is_shown = |id: &str| shown.iter().any(|question| question.id == id);
        let answers = self.answers.iter().filter(|(id, _)| !is_shown(id));
        let answers = answers.map(|(id, answer)| Carried::new(field(id), answer));
        let findings = self.findings.iter().map(|id| Carried::new("f", id));
        let is_new = |id: &&String| !self.findings.contains(id);
        let seen =
            in_secrets.iter().filter(is_new).map(|id| Carried { from_secret: true, ..Carried::new("f", id) });
        answers.chain(findings).chain(seen).collect()
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
    fn answers_of_questions_that_are_shown_are_not_carried_along_twice() {
        let question = Question { id: "where".into(), text: "Where?".into(), answers: Vec::new() };
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
