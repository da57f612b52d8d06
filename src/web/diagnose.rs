//! The symptom form and its answer. Whatever is pasted is read once, answered once, and forgotten.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::discussion;
use super::error::PageError;
use super::meter::Door;
use super::page::{self, Frame, Place};
use super::sent::{Answer, Carried, Sent, content_type, field, pairs, read};
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

/// The form as it is shown, with what was sent before.
pub struct Form {
    /// The text with its secrets masked: no page of ours has them, not even the reader's own.
    pub text: String,
    pub questions: Vec<QuestionShown>,
    /// What the form carries along unseen.
    pub carried: Vec<Carried>,
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
    let mut sent = Sent::from_pairs(pairs(request.query_string()));
    sent.keep_known(&state.site().diagnoser);
    show(state, &request, sent, Answer::Page).await
}

/// The diagnosis of what was sent: a page for a form, text for a terminal.
pub async fn answer(state: Shared, request: HttpRequest, body: Payload) -> Result<HttpResponse, PageError> {
    let (body, is_whole) = read(body).await?;
    let body = String::from_utf8_lossy(&body);
    let (mut sent, kind) = Sent::read(content_type(&request), &body);
    sent.keep_known(&state.site().diagnoser);
    if !is_whole || sent.text.len() > PASTE_MAX {
        return too_large(&state, &request, sent, kind);
    }
    show(state, &request, sent, kind).await
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
    let tallies = discussion::tallies(&state).await.unwrap_or_default();
    // A large paste takes long enough to hold up everybody else on this thread: to read, and to mark and mask.
    let shared = state.clone();
    let work = move || -> Result<(Vec<u8>, bool), PageError> {
        let input = Input { text: &sent.text, answers: &sent.answers, findings: &sent.findings };
        let diagnosis = site.diagnoser.diagnose(&input, shared.now());
        let verdict = Verdict::new(&site.library, &tallies, &sent.text, &diagnosis);
        if kind == Answer::Text {
            let text = DiagnosisText { verdict: &verdict, origin: shared.origin() }.render()?;
            return Ok((text.into_bytes(), diagnosis.conclusive));
        }
        let in_secrets = in_secrets(&diagnosis);
        let form = Form::of(&site.diagnoser, &sent, &in_secrets);
        let carried = sent.carried(&[], &in_secrets);
        let page = DiagnosePage {
            frame: frame(&shared, &verdict.heading()),
            verdict: Some(verdict.asking(&form.text, diagnosis.question.as_ref(), carried)),
            form,
            problem: None,
        };
        Ok((page::render(&page)?, diagnosis.conclusive))
    };
    let (body, conclusive) = web::block(work).await??;
    state.meter.diagnosed(Door::Page, conclusive);
    let content_type = if kind == Answer::Text { "text/plain; charset=utf-8" } else { page::HTML };
    Ok(page::fresh(request, StatusCode::OK, content_type, body))
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
