//! The symptom form and its answer. Whatever is pasted is read once, answered once, and forgotten.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{BytesMut, Payload};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures_util::StreamExt as _;

use super::discussion;
use super::error::PageError;
use super::meter::Door;
use super::page::{self, Frame, Place};
use super::state::Shared;
use super::verdict::Verdict;
use crate::diagnosis::{Diagnoser, Diagnosis, Input, Question};
use crate::redact::{self, Secret};

/// The largest paste, in bytes. A HAR file of one failing page fits.
pub const PASTE_MAX: usize = 1 << 20;
/// How much of a paste that is too large is given back in the form, in characters.
const GIVEN_BACK: usize = 20_000;
/// How many of the questions the form shows before anything is known.
const ASKED_FIRST: usize = 4;
/// The most finding ids and answers that are looked at; a page of ours never sends more.
const GIVEN_MAX: usize = 100;

/// What a reader sent.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sent {
    text: String,
    /// Question id and answer id.
    answers: Vec<(String, String)>,
    /// Finding ids from a shared link.
    findings: Vec<String>,
}

/// The form as it is shown, with what was sent before.
pub struct Form {
    /// The text with its secrets masked: no page of ours has them, not even the reader's own.
    pub text: String,
    pub questions: Vec<QuestionShown>,
    /// What the form carries along unseen.
    pub carried: Vec<Carried>,
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

/// A question with its answers.
pub struct QuestionShown {
    /// The name of the field: `q.` and the question's id.
    pub name: String,
    pub text: String,
    pub answers: Vec<AnswerShown>,
}

/// An answer to choose.
pub struct AnswerShown {
    pub id: String,
    pub text: String,
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "diagnose.html")]
struct DiagnosePage<'a> {
    frame: Frame,
    form: Form,
    verdict: Option<Verdict<'a>>,
    /// What is wrong with what was sent.
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "diagnose.txt")]
struct DiagnosisText<'a> {
    verdict: &'a Verdict<'a>,
    origin: &'a str,
}

const NOTHING_SENT: &str = "There is nothing to look at yet. Paste what you have, or answer a question.";
const TOO_LARGE: &str = "That is more than 1 MB. Please cut it down to the request that failed and its answer; the beginning is still in the field.";

/// The form, or a diagnosis rebuilt from the finding ids of a shared link.
pub async fn form(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let sent = Sent::from_pairs(pairs(request.query_string()));
    show(state, &request, sent, Answer::Page).await
}

/// The diagnosis of what was sent: a page for a form, text for a terminal.
pub async fn answer(state: Shared, request: HttpRequest, body: Payload) -> Result<HttpResponse, PageError> {
    let (body, is_whole) = read(body).await?;
    let body = String::from_utf8_lossy(&body);
    let (sent, kind) = Sent::read(content_type(&request), &body);
    if !is_whole || sent.text.len() > PASTE_MAX {
        return too_large(&state, &request, sent, kind);
    }
    show(state, &request, sent, kind).await
}

/// How to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Page,
    Text,
}

async fn show(
    state: Shared,
    request: &HttpRequest,
    sent: Sent,
    kind: Answer,
) -> Result<HttpResponse, PageError> {
    let site = state.site();
    if sent.is_empty() {
        return nothing_sent(&state, request, kind);
    }
    let now = state.now();
    // A large paste takes long enough to hold up everybody else on this thread.
    let (site, sent, diagnosis) = web::block(move || {
        let input = Input { text: &sent.text, answers: &sent.answers, findings: &sent.findings };
        let diagnosis = site.diagnoser.diagnose(&input, now);
        (site, sent, diagnosis)
    })
    .await?;
    state.meter.diagnosed(Door::Page, diagnosis.conclusive);
    let tallies = discussion::tallies(&state).await.unwrap_or_default();
    let verdict = Verdict::new(&site.library, &tallies, &sent.text, &diagnosis);
    if kind == Answer::Text {
        let text = DiagnosisText { verdict: &verdict, origin: state.origin() }.render()?;
        return Ok(page::fresh(request, StatusCode::OK, "text/plain; charset=utf-8", text.into_bytes()));
    }
    let in_secrets = in_secrets(&diagnosis);
    let form = Form::of(&site.diagnoser, &sent, &in_secrets);
    let page = DiagnosePage {
        frame: frame(&state, &verdict.heading()),
        verdict: Some(verdict.asking(
            &form.text,
            diagnosis.question.as_ref(),
            sent.carried(&[], &in_secrets),
        )),
        form,
        problem: None,
    };
    page::answer(request, StatusCode::OK, &page)
}

/// The ids of what was seen in secrets: a token that is out of date, a doubled encoding. It cannot be seen again once they
/// are masked, so forms carry it along.
fn in_secrets(diagnosis: &Diagnosis) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for finding in &diagnosis.findings {
        let touches = |secret: &Secret| {
            finding.span.is_some_and(|span| span.start < secret.span.end && secret.span.start < span.end)
        };
        if diagnosis.secrets.iter().any(touches) && !ids.contains(&finding.meaning.id) {
            ids.push(finding.meaning.id.clone());
        }
    }
    ids
}

fn frame(state: &Shared, title: &str) -> Frame {
    let description =
        "Paste a failing request, a log or an error message and see the likely causes of the 401.";
    Frame::unlisted(state, Place::Diagnose, title, description)
}

fn nothing_sent(state: &Shared, request: &HttpRequest, kind: Answer) -> Result<HttpResponse, PageError> {
    let was_sent = request.method() == actix_web::http::Method::POST;
    if kind == Answer::Text {
        let text = format!(
            "{NOTHING_SENT}\n\n  curl -sv ADDRESS 2>&1 | curl --data-binary @- {}/diagnose\n",
            state.origin()
        );
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page::fresh(request, status, "text/plain; charset=utf-8", text.into_bytes()));
    }
    let page = DiagnosePage {
        frame: frame(state, "Find the cause of a 401"),
        form: Form::empty(&state.site().diagnoser),
        verdict: None,
        problem: was_sent.then_some(NOTHING_SENT),
    };
    let status = if was_sent { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page::answer(request, status, &page)
}

fn too_large(
    state: &Shared,
    request: &HttpRequest,
    sent: Sent,
    kind: Answer,
) -> Result<HttpResponse, PageError> {
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    if kind == Answer::Text {
        let text = format!("{TOO_LARGE}\n").into_bytes();
        return Ok(page::fresh(request, status, "text/plain; charset=utf-8", text));
    }
    let text = sent.text.chars().take(GIVEN_BACK).collect();
    let page = DiagnosePage {
        frame: frame(state, "Find the cause of a 401"),
        form: Form::of(&state.site().diagnoser, &Sent { text, ..sent }, &[]),
        verdict: None,
        problem: Some(TOO_LARGE),
    };
    page::answer(request, status, &page)
}

/// Reads a body up to the limit, and whether that was all of it.
async fn read(mut body: Payload) -> Result<(BytesMut, bool), PageError> {
    // In a form a byte may take three: `%0A`.
    const BODY_MAX: usize = 3 * PASTE_MAX;
    let mut read = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| {
            PageError::Rejected(StatusCode::BAD_REQUEST, "The request ended before it was complete.")
        })?;
        if read.len() + chunk.len() > BODY_MAX {
            return Ok((read, false));
        }
        read.extend_from_slice(&chunk);
    }
    Ok((read, true))
}

fn content_type(request: &HttpRequest) -> &str {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.split(';').next()).unwrap_or_default().trim()
}

/// The fields of an urlencoded text, in order.
fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// The name of a question's field.
fn field(question: &str) -> String {
    format!("q.{question}")
}

impl Sent {
    /// Reads a body. `curl --data-binary` names a form as the type of whatever it sends, so what is no form of ours is a
    /// paste.
    fn read(content_type: &str, body: &str) -> (Sent, Answer) {
        if content_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let pairs = pairs(body);
            let is_ours = |name: &str| name == "text" || name == "f" || name.starts_with("q.");
            if pairs.is_empty() || pairs.iter().all(|(name, _)| is_ours(name)) {
                return (Sent::from_pairs(pairs), Answer::Page);
            }
        }
        (Sent { text: body.to_owned(), ..Sent::default() }, Answer::Text)
    }

    fn from_pairs(pairs: Vec<(String, String)>) -> Sent {
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

    fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.answers.is_empty() && self.findings.is_empty()
    }

    /// What a form carries along unseen: all that was answered before, but for the questions that it shows.
    fn carried(&self, shown: &[&Question], in_secrets: &[String]) -> Vec<Carried> {
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

impl Form {
    /// The form before anything was sent.
    pub fn empty(diagnoser: &Diagnoser) -> Form {
        Form::of(diagnoser, &Sent::default(), &[])
    }

    fn of(diagnoser: &Diagnoser, sent: &Sent, in_secrets: &[String]) -> Form {
        let shown: Vec<&Question> = diagnoser.questions().iter().take(ASKED_FIRST).collect();
        Form {
            text: redact::mask(&sent.text).text,
            questions: shown.iter().map(|question| QuestionShown::of(question, &sent.answers)).collect(),
            carried: sent.carried(&shown, in_secrets),
        }
    }

    /// Whether one of the questions is answered, so that they are shown.
    pub fn has_answers(&self) -> bool {
        self.questions.iter().any(|question| question.answers.iter().any(|answer| answer.chosen))
    }
}

impl QuestionShown {
    /// A question, with the answer that was given before.
    pub fn of(question: &Question, given: &[(String, String)]) -> QuestionShown {
        let answer = |answer: &crate::diagnosis::Answer| AnswerShown {
            id: answer.id.clone(),
            text: answer.text.clone(),
            chosen: given.iter().any(|(id, chosen)| *id == question.id && *chosen == answer.id),
        };
        QuestionShown {
            name: field(&question.id),
            text: question.text.clone(),
            answers: question.answers.iter().map(answer).collect(),
        }
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
