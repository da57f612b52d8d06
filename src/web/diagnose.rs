//! The symptom form and its answer. Whatever is pasted or attached is read once, answered once, and forgotten.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::discussion;
use super::error::PageError;
use super::meter::Door;
use super::page::{self, Frame, Place};
use super::sent::{self, Answer, Carried, Received, Refused, Sent, field, pairs};
use super::state::{Shared, Site, State};
use super::upload::Hold;
use super::verdict::{self, Verdict};
use crate::diagnosis::text::{Colour, text};
use crate::diagnosis::view::View;
use crate::diagnosis::{Diagnoser, Diagnosis, Input, Question};
use crate::redact::{self, Secret};

/// The largest text that the form takes, in bytes, and the largest that is shown whole. Files may be larger.
pub const PASTE_MAX: usize = 1 << 20;
/// How much of a text that is too large is given back in the form, in characters.
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
    /// Whether a file was attached, which is not kept.
    pub had_file: bool,
    /// The largest file, in words.
    pub file_max: String,
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
    problem: Option<String>,
}

const NOTHING_SENT: &str = "There is nothing to look at yet. Paste what you have, or answer a question.";
const NO_TEXT: &str =
    "The file is no text. A HAR file, a log or saved output is; an archive or a picture is not.";

/// The form, or a diagnosis rebuilt from the finding ids of a shared link.
pub async fn form(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let sent = Sent::from_pairs(pairs(request.query_string()));
    show(state, &request, Received { sent, kind: Answer::Page, refused: None, hold: None }).await
}

/// The diagnosis of what was sent: a page for a form, text for a terminal.
pub async fn answer(state: Shared, request: HttpRequest, body: Payload) -> Result<HttpResponse, PageError> {
    let received = sent::receive(&state.uploads, &request, body).await?;
    show(state, &request, received).await
}

async fn show(state: Shared, request: &HttpRequest, received: Received) -> Result<HttpResponse, PageError> {
    let Received { mut sent, kind, refused, hold } = received;
    let site = state.site();
    sent.keep_known(&site.diagnoser);
    if let Some(refused) = refused {
        return refuse(&state, request, sent, kind, refused);
    }
    if sent.is_empty() {
        return nothing_sent(&state, request, kind);
    }
    let tallies = discussion::tallies(&state).await.unwrap_or_default();
    let turn = match &hold {
        Some(_) => state.uploads.turn().await,
        None => None,
    };
    // A large paste takes long enough to hold up everybody else on this thread: to read, and to mark and mask.
    let shared = state.clone();
    let work = move || -> Result<(Vec<u8>, bool), PageError> {
        let answered = put(&shared, &site, &tallies, sent, kind);
        release(hold);
        answered
    };
    let (body, conclusive) = web::block(work).await??;
    drop(turn);
    state.meter.diagnosed(Door::Page, conclusive);
    let content_type = if kind == Answer::Text { "text/plain; charset=utf-8" } else { page::HTML };
    Ok(page::fresh(request, StatusCode::OK, content_type, body))
}

/// The place of a large body is free once it is answered and gone.
fn release(hold: Option<Hold>) {
    drop(hold);
}

/// Diagnoses what was sent and puts the outcome into words.
fn put(
    state: &State,
    site: &Site,
    tallies: &verdict::Tallies,
    mut sent: Sent,
    kind: Answer,
) -> Result<(Vec<u8>, bool), PageError> {
    let had_file = sent.file.is_some();
    let paste = sent.take_paste();
    let given = sent.given();
    let input = Input { text: &paste, answers: &sent.answers, findings: &given };
    let diagnosis = site.diagnoser.diagnose_knowing(&input, state.now(), &state.learnt());
    if kind == Answer::Text {
        let origin = state.origin();
        let about = |cause| verdict::about(&site.library, tallies, origin, cause);
        let permalink = format!("{origin}{}", diagnosis.permalink());
        let view = View::new(&diagnosis, &paste, None, permalink, origin, about);
        let mut text = text(&view, Colour::No);
        text.push_str(&verdict::masked_line(&diagnosis));
        return Ok((text.into_bytes(), diagnosis.conclusive));
    }
    let issued = |slug: &str| state.comments().map(|comments| comments.form_token(slug, state.now())).ok();
    let verdict = Verdict::new(&site.library, tallies, &paste, &diagnosis, issued);
    drop(paste);
    if had_file {
        // The file does not come back with the next answer; what was found in it does.
        sent.from_file = found(&diagnosis);
    }
    let in_secrets = if had_file { Vec::new() } else { in_secrets(&diagnosis) };
    let form = Form { had_file, ..Form::of(state, &site.diagnoser, &sent, &in_secrets) };
    let carried = sent.carried(&[], &in_secrets);
    let page = DiagnosePage {
        frame: frame(state, &verdict.heading()),
        verdict: Some(verdict.asking(&form.text, diagnosis.question.as_ref(), carried)),
        form,
        problem: None,
    };
    Ok((page::render(&page)?, diagnosis.conclusive))
}

/// The ids of what was seen in the text.
fn found(diagnosis: &Diagnosis) -> Vec<String> {
    let seen = diagnosis.findings.iter().filter(|finding| finding.span.is_some());
    let mut ids: Vec<String> = seen.map(|finding| finding.meaning.id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
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

fn frame(state: &State, title: &str) -> Frame {
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
        form: Form::empty(state, &state.site().diagnoser),
        verdict: None,
        problem: was_sent.then(|| NOTHING_SENT.to_owned()),
    };
    let status = if was_sent { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page::answer(request, status, &page)
}

fn refuse(
    state: &Shared,
    request: &HttpRequest,
    sent: Sent,
    kind: Answer,
    refused: Refused,
) -> Result<HttpResponse, PageError> {
    let most = state.uploads.most_in_words();
    let (status, problem) = match refused {
        Refused::Text => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "That is more than 1 MB. Attach it as a file, or cut it down to the request that failed and its answer; the beginning is still in the field.".to_owned(),
        ),
        Refused::File if kind == Answer::Page => (
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The file is larger than {most}. Save only the request that failed, or cut the file down; what you typed is still in the field."),
        ),
        Refused::File => (
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("That is more than {most}. Please cut it down to the request that failed and its answer."),
        ),
        Refused::NoText => (StatusCode::UNPROCESSABLE_ENTITY, NO_TEXT.to_owned()),
    };
    if kind == Answer::Text {
        let text = format!("{problem}\n").into_bytes();
        return Ok(page::fresh(request, status, "text/plain; charset=utf-8", text));
    }
    let text = sent.text.chars().take(GIVEN_BACK).collect();
    let sent = Sent { text, file: None, ..sent };
    let page = DiagnosePage {
        frame: frame(state, "Find the cause of a 401"),
        form: Form::of(state, &state.site().diagnoser, &sent, &[]),
        verdict: None,
        problem: Some(problem),
    };
    page::answer(request, status, &page)
}

impl Form {
    /// The form before anything was sent.
    pub fn empty(state: &State, diagnoser: &Diagnoser) -> Form {
        Form::of(state, diagnoser, &Sent::default(), &[])
    }

    fn of(state: &State, diagnoser: &Diagnoser, sent: &Sent, in_secrets: &[String]) -> Form {
        let shown: Vec<&Question> = diagnoser.questions().iter().take(ASKED_FIRST).collect();
        Form {
            text: redact::mask(&sent.text).text,
            questions: shown.iter().map(|question| QuestionShown::of(question, &sent.answers)).collect(),
            carried: sent.carried(&shown, in_secrets),
            had_file: false,
            file_max: state.uploads.most_in_words(),
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
