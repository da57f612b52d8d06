//! The description of the API (OpenAPI 3.1), made from the very types and handlers that answer.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi};

use super::super::cache::{Keep, Stored};
use super::problem::{
    BUSY, DUPLICATE, FIELDS, FORBIDDEN, FieldError, Kind, MALFORMED, MEDIA_TYPE, NOT_FOUND, PARAMETERS,
    PROBLEM, Problem, TOKEN, TOO_LARGE, TOO_MANY, UNAVAILABLE,
};
use super::{articles, catalogue, comments, diagnose, outcomes, search};

const ABOUT: &str = "Find out what an HTTP 401 comes from, from a program. No key is needed and no cookie is taken. \
    Every `url` in an answer is relative to this site; a `permalink` is a whole address, to be passed on. \
    Times are UTC (RFC 3339). Every refusal is a problem (RFC 9457). Fields may be added to answers; none is taken away. \
    Pages of other sites may read (CORS); they may send nothing.";

#[derive(OpenApi)]
#[openapi(
    info(title = "fix401", description = ABOUT),
    servers((url = "/", description = "This site")),
    tags(
        (name = "Diagnosis", description = "From a paste to the causes."),
        (name = "Library", description = "Articles, searched and listed."),
        (name = "Comments", description = "What readers say helped them."),
    ),
    paths(
        diagnose::diagnose,
        catalogue::questions,
        catalogue::findings,
        catalogue::causes,
        search::search,
        search::suggest,
        articles::list,
        articles::one,
        comments::list,
        comments::post,
        outcomes::post,
        outcomes::delete,
        comments::one,
        comments::edit,
        comments::delete,
        comments::helped,
    ),
    components(schemas(Problem, FieldError)),
    modifiers(&EditToken, &AnythingElse),
)]
struct Description;

/// How a caller shows the right to a comment.
struct EditToken;

impl Modify for EditToken {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.description = Some("The `edit_token` that came with the comment.".to_owned());
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("edit-token", SecurityScheme::Http(scheme));
    }
}

/// Every operation may fail for reasons of ours.
struct AnythingElse;

impl Modify for AnythingElse {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        for item in api.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                let other =
                    ResponseBuilder::new().description("Any other refusal").content(PROBLEM, problem(None));
                operation.responses.responses.insert("default".to_owned(), other.build().into());
            }
        }
    }
}

fn problem(example: Option<Value>) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(example).build()
}

/// The answer to what is refused in this way.
fn refusal(kind: &Kind) -> (String, RefOr<Response>) {
    let problem_of = match *kind {
        PARAMETERS => Problem::of_fields(
            kind,
            vec![wrong("kind", "Write one of cause, fix, example, guide, stack, service.")],
        ),
        FIELDS => Problem::of_fields(kind, vec![wrong("text", "Write a text, in quotes.")]),
        _ => Problem::new(kind, format!("{}.", kind.title)),
    };
    let example = serde_json::to_value(&problem_of).ok();
    let mut answer = ResponseBuilder::new().description(kind.title).content(PROBLEM, problem(example));
    if [TOO_MANY, BUSY, UNAVAILABLE].contains(kind) {
        answer =
            answer.header("Retry-After", HeaderBuilder::new().description(Some("Seconds to wait")).build());
    }
    if *kind == TOKEN {
        answer =
            answer.header("WWW-Authenticate", HeaderBuilder::new().description(Some("RFC 6750")).build());
    }
    (kind.status.as_str().to_owned(), answer.build().into())
}

fn wrong(field: &str, message: &str) -> FieldError {
    FieldError { field: field.to_owned(), message: message.to_owned() }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $($kind:ident),+;)+) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    [$(refusal(&$kind)),+].into()
                }
            }
        )+
    };
}

refusals! {
    /// What can be wrong with a body.
    BodyRefused: MALFORMED, TOO_LARGE, MEDIA_TYPE, FIELDS;
    /// What can be wrong with a query.
    QueryRefused: PARAMETERS;
    /// The path names nothing.
    NotThere: NOT_FOUND;
    /// The edit token is missing or wrong.
    NoRight: TOKEN;
    /// It comes from where nothing is taken from, or too late.
    NotTaken: FORBIDDEN;
    /// The same comment is there already.
    AlreadyThere: DUPLICATE;
    /// Too many in a short time.
    TooOften: TOO_MANY;
    /// There is no room for another large text.
    NoRoom: BUSY;
    /// The database is away.
    DatabaseAway: UNAVAILABLE;
}

/// The description as data, with an example of every answer and every body.
pub fn json() -> Value {
    let mut description = serde_json::to_value(Description::openapi()).expect("a description is plain data");
    let schemas = description["components"]["schemas"].clone();
    let items = description["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in items.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(content) = operation.pointer_mut("/requestBody/content/application~1json") {
            add_example(content, &schemas);
            // Nobody sends what says nothing.
            if let Some(fields) = content["example"].as_object_mut() {
                fields.retain(|_, value| !is_empty(value));
            }
        }
        for answer in operation["responses"].as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Some(content) = answer.pointer_mut("/content/application~1json") {
                add_example(content, &schemas);
            }
        }
    }
    description
}

/// Puts the example of a content's schema beside it.
fn add_example(content: &mut Value, schemas: &Value) {
    let example = example(&content["schema"], schemas);
    content["example"] = example;
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// A value as the schema says, from the examples of its parts.
fn example(schema: &Value, schemas: &Value) -> Value {
    if let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return example.clone();
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return example(&schemas[name], schemas);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().filter_map(|part| example(part, schemas).as_object().cloned());
        return Value::Object(parts.flatten().collect());
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choice = choices.iter().find(|choice| choice["type"] != "null");
        return choice.map_or(Value::Null, |choice| example(choice, schemas));
    }
    if let Some(ids) = schema["enum"].as_array() {
        return ids.first().cloned().unwrap_or_default();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default();
    match (kind, schema["format"].as_str().unwrap_or_default()) {
        ("object", _) => {
            let parts = schema["properties"].as_object().into_iter().flatten();
            parts.map(|(name, part)| (name.clone(), example(part, schemas))).collect()
        }
        ("array", _) => json!([example(&schema["items"], schemas)]),
        ("string", "uuid") => json!("0199e7a2-5b1c-7c3e-9f21-6f1d2b7a9c44"),
        ("string", "date") => json!("2026-11-23"),
        ("string", "date-time") => json!("2026-11-23T12:00:00Z"),
        ("string", _) => json!("text"),
        ("integer", _) => schema.get("minimum").filter(|least| **least != 0).cloned().unwrap_or(json!(1)),
        ("number", _) => json!(0.5),
        ("boolean", _) => json!(true),
        _ => Value::Null,
    }
}

/// The description.
pub async fn show(request: HttpRequest) -> HttpResponse {
    static STORED: LazyLock<Stored> =
        LazyLock::new(|| Stored::new(super::JSON, Keep::Ask, json().to_string().into_bytes()));
    STORED.answer(&request)
}
