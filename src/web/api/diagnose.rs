//! A diagnosis as JSON. What is sent is read once, answered once, and forgotten.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::ToSchema;

use super::super::diagnose::PASTE_MAX;
use super::super::error::PageError;
use super::super::meter::Door;
use super::super::state::Shared;
use super::description::{BodyRefused, NotTaken};
use super::input::Fields;
use super::problem::{Problem, TOO_LARGE};
use crate::cause::Cause;
use crate::diagnosis::Input;
use crate::diagnosis::view::{About, View};

/// The largest body: in JSON a byte of the text may take two, and more only in what nobody pastes.
const BODY_MAX: usize = 2 * PASTE_MAX + 64 * 1024;
/// The most finding ids and answers that are looked at.
const GIVEN_MAX: usize = 100;

/// What to look at. One of `text`, `answers` and `findings` must say something.
#[derive(Debug, ToSchema)]
pub struct DiagnoseRequest {
    /// Whatever shows the trouble: the output of `curl -v`, headers, a HAR, a log, an error message, a token, or words.
    /// At most 1 MB. It is not stored and not logged.
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
    fn read(mut fields: Fields) -> Result<DiagnoseRequest, Problem> {
        let sent = DiagnoseRequest {
            text: fields.text("text").unwrap_or_default(),
            answers: fields.pairs("answers", GIVEN_MAX),
            findings: fields.texts("findings", GIVEN_MAX),
            limit: fields.number("limit", 1..=Cause::COUNT),
        };
        if sent.text.len() > PASTE_MAX {
            return Err(Problem::new(&TOO_LARGE, "The text has more than 1 MB."));
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
/// and against each cause, what to check first, and the one question whose answer would tell most. Send its answer
/// along with the same text to get further.
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
    responses((status = 200, description = "The causes, best first", body = View, headers(("Cache-Control" = String, description = "`no-store`"))), BodyRefused, NotTaken),
)]
pub async fn diagnose(state: Shared, request: HttpRequest, body: Payload) -> Result<HttpResponse, Problem> {
    let sent = DiagnoseRequest::read(Fields::read(&request, body, BODY_MAX).await?)?;
    let site = state.site();
    let tallies = super::tallies(&state).await.unwrap_or_default();
    // A large paste takes long enough to hold up everybody else on this thread: to read, and to mask.
    let shared = state.clone();
    let work = move || {
        let input = Input { text: &sent.text, answers: &sent.answers, findings: &sent.findings };
        let diagnosis = site.diagnoser.diagnose(&input, shared.now());
        let about = |cause: Cause| {
            let article = site.library.cause(cause);
            let fixed = tallies.get(&article.slug).map_or(0, |tally| tally.fixed);
            About {
                title: article.title.clone(),
                url: article.url(),
                check: article.check(),
                fixed_for: u64::try_from(fixed).unwrap_or(0),
            }
        };
        // To be passed on to somebody else, so it is the whole address.
        let permalink = format!("{}{}", shared.origin(), diagnosis.permalink());
        (View::new(&diagnosis, &sent.text, sent.limit, permalink, about), diagnosis.conclusive)
    };
    let (view, conclusive) = web::block(work).await.map_err(PageError::from)?;
    state.meter.diagnosed(Door::Api, conclusive);
    super::fresh(&request, StatusCode::OK, &view)
}
