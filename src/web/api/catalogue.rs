//! What the diagnosis knows: its questions, its findings, its causes.

use actix_web::{HttpRequest, HttpResponse};

use super::super::state::Shared;
use super::problem::Problem;
use super::types::{CauseBrief, CauseList, FindingList, Meaning, Pointer, QuestionList, WeightId};
use crate::diagnosis;
use crate::diagnosis::view::QuestionView;
use crate::library::Kind;

/// List the questions of the symptom form
///
/// An answer is sent to `POST /api/v1/diagnose` as `{"answers": {"QUESTION": "ANSWER"}}`.
#[utoipa::path(
    get,
    path = "/api/v1/questions",
    operation_id = "listQuestions",
    tag = "Diagnosis",
    responses((status = 200, description = "The questions, in the order of the form", body = QuestionList)),
)]
pub async fn questions(state: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let questions = state.site().diagnoser.questions().iter().map(QuestionView::new).collect();
    super::shared(&request, &QuestionList { questions })
}

/// List everything that a diagnosis can notice
///
/// The ids are stable for good: permalinks and comments carry them.
#[utoipa::path(
    get,
    path = "/api/v1/findings",
    operation_id = "listFindings",
    tag = "Diagnosis",
    responses((status = 200, description = "The findings, in the order of their ids", body = FindingList)),
)]
pub async fn findings(state: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let site = state.site();
    let examples = site.examples(state.now());
    let meaning = |meaning: &diagnosis::Meaning| Meaning {
        id: meaning.id.clone(),
        says: meaning.says.clone(),
        points_to: meaning
            .points_to
            .iter()
            .map(|(cause, weight)| Pointer { cause: cause.id(), weight: WeightId(*weight) })
            .collect(),
        example: examples.of(&site, &meaning.id).map(str::to_owned),
        url: super::super::findings::address(&meaning.id),
    };
    let findings = site.diagnoser.meanings().map(|known| meaning(known)).collect();
    super::shared(&request, &FindingList { findings })
}

/// List the causes of a 401
///
/// The list is closed and its ids are stable for good. Each cause has one article, whose slug is the cause's id.
#[utoipa::path(
    get,
    path = "/api/v1/causes",
    operation_id = "listCauses",
    tag = "Diagnosis",
    responses((status = 200, description = "The causes, in the order of their list", body = CauseList)),
)]
pub async fn causes(state: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let site = state.site();
    let causes = site.library.of_kind(Kind::Cause).filter_map(CauseBrief::new).collect();
    super::shared(&request, &CauseList { causes })
}
