//! The reference page of the API, made from its description and nothing else.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::Value;

use super::super::address::Address;
use super::super::error::PageError;
use super::super::page::{self, Frame, Place};
use super::super::state::{Made, Shared, State};
use super::problem::{KINDS, Kind};

/// The methods in the order in which they are shown.
const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

#[derive(Template)]
#[template(path = "api.html")]
struct Reference<'a> {
    frame: Frame,
    about: String,
    groups: Vec<Group>,
    problems: &'a [&'a Kind],
}

/// Operations that belong together.
struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

/// What can be asked for at one address in one way.
struct Operation {
    /// The fragment of its place on the page.
    anchor: String,
    method: String,
    path: String,
    summary: String,
    paragraphs: Vec<String>,
    parameters: Vec<Input>,
    fields: Vec<Input>,
    request: String,
    answer: Option<String>,
    statuses: Vec<(String, String)>,
}

/// A parameter, or a field of a body.
struct Input {
    name: String,
    /// `path`, `query` or `body`.
    place: &'static str,
    required: bool,
    about: String,
}

/// The page.
pub async fn show(state: Shared, request: HttpRequest) -> Result<HttpResponse, PageError> {
    state.serve(&request, Address::Api).await
}

pub fn make(state: &State) -> Result<Made, PageError> {
    let description = super::description::json();
    let title = "The API";
    let lead = "Diagnose, search and comment from a program: each address with an example to run.";
    let page = Reference {
        frame: Frame::new(state, "/api", Place::Elsewhere, title, lead),
        about: text(&description["info"]["description"]),
        groups: groups(&description, state.origin()),
        problems: &KINDS,
    };
    Ok(Made { html: page::render(&page)?, lasting: true })
}

fn groups(description: &Value, origin: &str) -> Vec<Group> {
    let tags = description["tags"].as_array().into_iter().flatten();
    tags.map(|tag| Group {
        name: text(&tag["name"]),
        about: text(&tag["description"]),
        operations: operations(description, origin, &tag["name"]),
    })
    .collect()
}

fn operations(description: &Value, origin: &str, tag: &Value) -> Vec<Operation> {
    let paths = description["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, item)| METHODS.map(|method| (method, path, &item[method])));
    all.filter(|(_, _, operation)| operation["tags"][0] == *tag)
        .map(|(method, path, operation)| Operation::new(method, path, operation, description, origin))
        .collect()
}

impl Operation {
    fn new(method: &str, path: &str, operation: &Value, description: &Value, origin: &str) -> Operation {
        let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
        let body = &operation["requestBody"]["content"]["application/json"];
        let statuses = operation["responses"].as_object().into_iter().flatten();
        let answer =
            statuses.clone().filter(|(status, _)| status.starts_with('2')).find_map(|(_, answer)| {
                let example = answer["content"]["application/json"].get("example")?;
                serde_json::to_string_pretty(example).ok()
            });
        Operation {
            anchor: page::anchor(&text(&operation["summary"])),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            paragraphs: text(&operation["description"])
                .split("\n\n")
                .map(|part| part.replace('\n', " "))
                .collect(),
            parameters: parameters
                .iter()
                .map(|parameter| Input::of_parameter(parameter, description))
                .collect(),
            fields: fields(&body["schema"], description),
            request: curl(method, path, &parameters, operation, origin),
            answer,
            statuses: statuses
                .map(|(status, answer)| (status.clone(), text(&answer["description"])))
                .collect(),
        }
    }
}

impl Input {
    fn of_parameter(parameter: &Value, description: &Value) -> Input {
        Input {
            name: text(&parameter["name"]),
            place: if parameter["in"] == "path" { "path" } else { "query" },
            required: parameter["required"] == true,
            about: about(&parameter["description"], &parameter["schema"], description),
        }
    }
}

/// The fields of a body.
fn fields(schema: &Value, description: &Value) -> Vec<Input> {
    let schema = resolved(schema, description);
    let required = |name: &str| {
        schema["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name))
    };
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields
        .map(|(name, field)| Input {
            name: name.clone(),
            place: "body",
            required: required(name),
            about: about(&field["description"], field, description),
        })
        .collect()
}

/// What it means, and what it takes.
fn about(words: &Value, schema: &Value, description: &Value) -> String {
    let inner = schema["oneOf"].as_array().into_iter().flatten().find_map(|choice| choice.get("description"));
    let mut about = text(inner.unwrap_or(words)).replace('\n', " ");
    let schema = resolved(schema, description);
    if !about.is_empty() && !about.ends_with('.') {
        about.push('.');
    }
    if let Some(ids) = schema["enum"].as_array() {
        let ids: Vec<String> = ids.iter().map(text).collect();
        about.push_str(&format!(" One of {}.", ids.join(", ")));
    }
    about.trim().to_owned()
}

/// The schema behind a reference, also behind one that may be null.
fn resolved<'a>(schema: &'a Value, description: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return &description["components"]["schemas"][name];
    }
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    match choices.into_iter().find(|choice| choice["type"] != "null") {
        Some(choice) => resolved(choice, description),
        None => schema,
    }
}

/// The request as a command that can be run.
fn curl(method: &str, path: &str, parameters: &[&Value], operation: &Value, origin: &str) -> String {
    let mut address = path.to_owned();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for parameter in parameters {
        let example = parameter.get("example").or_else(|| parameter["schema"].get("example"));
        let name = text(&parameter["name"]);
        match (parameter["in"].as_str(), example) {
            (Some("path"), example) => {
                let example = example.map_or_else(|| name.to_uppercase(), text);
                address = address.replace(&format!("{{{name}}}"), &example);
            }
            (_, Some(example)) => {
                query.append_pair(&name, &text(example));
            }
            _ => {}
        }
    }
    let query = query.finish();
    if !query.is_empty() {
        address = format!("{address}?{query}");
    }
    let mut command = String::from("curl -s");
    if !matches!(method, "get" | "post") || (method == "post" && operation.get("requestBody").is_none()) {
        command.push_str(&format!(" -X {}", method.to_uppercase()));
    }
    command.push_str(&format!(" '{origin}{address}'"));
    let has_token = operation["security"]
        .as_array()
        .is_some_and(|any| any.iter().all(|one| one.get("edit-token").is_some()));
    if has_token {
        command.push_str(" \\\n  -H 'Authorization: Bearer EDIT_TOKEN'");
    }
    if let Some(body) = operation["requestBody"]["content"]["application/json"].get("example") {
        let body = body.to_string().replace('\'', "'\\''");
        command.push_str(&format!(" \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"));
    }
    command
}

/// A value as it is shown: texts without quotes.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
