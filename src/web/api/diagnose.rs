//! A diagnosis as JSON. What is sent is read once, answered once, and forgotten.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::ToSchema;

use super::super::diagnose::PASTE_MAX;
use super::super::error::PageError;
use super::super::meter::Door;
use super::super::state::Shared;
use super::super::verdict;
use super::description::{BodyRefused, NoRoom, NotTaken};
use super::input::Fields;
use super::problem::{Problem, TOO_LARGE};
use crate::cause::Cause;
use crate::diagnosis::Input;
use crate::diagnosis::view::View;

/// The largest body around a text of so many bytes: in JSON a byte may take two, and more only in what nobody pastes.
const fn body_max(text: usize) -> usize {
    2 * text + 64 * 1024
}
/// The most finding ids and answers that are looked at.
const GIVEN_MAX: usize = 100;

/// What to look at. One of `text`, `answers` and `findings` must say something.
#[derive(Debug, ToSchema)]
pub struct DiagnoseRequest {
    /// Whatever shows the trouble: the output of `curl -v`, headers, a HAR, a log, an error message, a token, or words.
    /// At most 50 MB, unless this server is set otherwise; a HAR file goes in here as text (`jq -Rs '{text: .}' page.har`).
    /// It is not stored and not logged.
    #[schema(
        required = false,
        nullable,
        example = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The token expired\""
    )]
    text: String,
    /// Answers to questions: the id of a question, the id of the answer. Unknown ids are passed over.
    #[schema(required = false, nullable, value_type = std::collections::BTreeMap<String, String>, example = json!({}))]
    answers: Vec<(String, String)>,
    /// Ids of findings, as a permalink carries them. Unknown ids are passed over.
    #[schema(required = false, nullable, max_items = 100, example = json!([]))]
    findings: Vec<String>,
    /// The most causes to name; all without it.
    #[schema(minimum = 1, maximum = 45, example = 1)]
    limit: Option<usize>,
}

impl DiagnoseRequest {
    fn read(mut fields: Fields, most: usize) -> Result<DiagnoseRequest, Problem> {
        let sent = DiagnoseRequest {
            text: fields.text("text").unwrap_or_default(),
            answers: fields.pairs("answers", GIVEN_MAX),
            findings: fields.texts("findings", GIVEN_MAX),
            limit: fields.number("limit", 1..=Cause::COUNT),
        };
        if sent.text.len() > most {
            return Err(Problem::new(&TOO_LARGE, format!("The text has more than {} MB.", most >> 20)));
        }
        if fields.are_good()
            && sent.text.trim().is_empty()
            && sent.answers.is_empty()
            && sent.findings.is_empty()
        {
            fields.wrong("text", "There is nothing to look at. Send a text, an answer or a finding.");
        }
        fields.done()?;
        Ok(sent)
    }
}

/// Rank the causes of a 401
///
/// Reads what you have and says what it most likely comes from, best first, with the places in your own text that speak for
/// and against each cause, the one observation that would settle it, and the one question whose answer would tell most.
/// Send its answer along with the same text to get further.
///
/// `settle.run` is a command for a POSIX shell: what came from the text is quoted, and secrets stand in it as variables.
/// `not_a_401` says so when the text shows another refusal or failure and nothing speaks of a 401.
///
/// Of large texts only a few are read at once; another is refused with 503 and `Retry-After`.
///
/// Secrets in excerpts are masked. `start` and `end` are byte offsets into the `text` that you sent. When `conclusive` is
/// false the evidence is thin: ask, don't act. The permalink carries ids of findings and nothing of the text.
///
/// Nothing of the text is stored or logged, and the answer may not be cached.
#[utoipa::path(
    post,
    path = "/api/v1/diagnose",
    operation_id = "diagnose",
    tag = "Diagnosis",
    request_body = DiagnoseRequest,
    responses((status = 200, description = "The causes, best first", body = View, headers(("Cache-Control" = String, description = "`no-store`"))), BodyRefused, NotTaken, NoRoom),
)]
pub async fn diagnose(state: Shared, request: HttpRequest, body: Payload) -> Result<HttpResponse, Problem> {
    let most = state.uploads.most;
    let (fields, hold) =
        Fields::read_large(&request, body, &state.uploads, body_max(PASTE_MAX), body_max(most)).await?;
    let sent = DiagnoseRequest::read(fields, most)?;
    let site = state.site();
    let tallies = super::tallies(&state).await.unwrap_or_default();
    let turn = match &hold {
        Some(_) => state.uploads.turn().await,
        None => None,
    };
    // A large paste takes long enough to hold up everybody else on this thread: to read, and to mask.
    let shared = state.clone();
    let work = move || {
        let input = Input { text: &sent.text, answers: &sent.answers, findings: &sent.findings };
        let diagnosis = site.diagnoser.diagnose_knowing(&input, shared.now(), &shared.learnt());
        let about = |cause: Cause| verdict::about(&site.library, &tallies, "", cause);
        // To be passed on to somebody else, so it is the whole address.
        let permalink = format!("{}{}", shared.origin(), diagnosis.permalink());
        let view = View::new(&diagnosis, &sent.text, sent.limit, permalink, "", about);
        // The place of a large text is free once it is answered and gone.
        drop(sent);
        drop(hold);
        (view, diagnosis.conclusive)
    };
    let (view, conclusive) = web::block(work).await.map_err(PageError::from)?;
    drop(turn);
    state.meter.diagnosed(Door::Api, conclusive);
    super::fresh(&request, StatusCode::OK, &view)
}
