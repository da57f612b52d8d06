//! The reference page of the API, made from its description and nothing else.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::Value;

use super::super::address::Address;
use super::super::error::PageError;
use super::super::page::{self, Frame, Place};
use super::super::state::{Made, Shared, State};
use super::problem::{KINDS, Kind, PROBLEM};
use crate::markdown::{self, Html};

/// The methods in the order in which they are shown.
const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

#[derive(Template)]
#[template(path = "api.html")]
struct Reference<'a> {
    frame: Frame,
    about: Html,
    groups: Vec<Group>,
    problems: Vec<(&'a Kind, Html)>,
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
    about: Html,
    /// The parameters, then the fields of the body.
    inputs: Vec<Input>,
    request: String,
    /// The status of what is answered when all is well, and what it means.
    success: (String, String),
    answer: Option<String>,
    refusals: Vec<Refusal>,
}

/// A parameter, or a field of a body.
struct Input {
    name: String,
    /// `path`, `query` or `body`.
    place: &'static str,
    required: bool,
    about: Html,
}

/// A way to be refused.
struct Refusal {
    status: String,
    meaning: String,
    /// Where it is explained.
    href: String,
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
        about: words(&description["info"]["description"]),
        groups: groups(&description, state.origin()),
        problems: KINDS.into_iter().map(|kind| (kind, markdown::comment(kind.remedy))).collect(),
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

/// In the order in which the addresses are registered.
fn operations(description: &Value, origin: &str, tag: &Value) -> Vec<Operation> {
    let paths = super::addresses().into_iter().map(|address| super::full_path(&address));
    let all = paths.flat_map(|path| METHODS.map(|method| (method, path.clone())));
    all.filter_map(|(method, path)| {
        let operation = &description["paths"][&path][method];
        (operation["tags"][0] == *tag).then(|| Operation::new(method, &path, operation, description, origin))
    })
    .collect()
}

impl Operation {
    fn new(method: &str, path: &str, operation: &Value, description: &Value, origin: &str) -> Operation {
        let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
        let body = &operation["requestBody"]["content"]["application/json"];
        let answers = || operation["responses"].as_object().into_iter().flatten();
        let success = answers().find(|(status, _)| status.starts_with('2'));
        let example = success.and_then(|(_, answer)| answer["content"]["application/json"].get("example"));
        let mut inputs: Vec<Input> =
            parameters.iter().map(|parameter| Input::of_parameter(parameter, description)).collect();
        inputs.extend(fields(&body["schema"], description));
        Operation {
            anchor: page::anchor(&text(&operation["summary"])),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            about: words(&operation["description"]),
            inputs,
            request: curl(method, path, &parameters, operation, origin),
            success: success
                .map(|(status, answer)| (status.clone(), text(&answer["description"])))
                .unwrap_or_default(),
            answer: example.and_then(|example| serde_json::to_string_pretty(example).ok()),
            refusals: answers().filter_map(|(status, answer)| Refusal::new(status, answer)).collect(),
        }
    }
}

impl Refusal {
    /// What is described with an example of its kind.
    fn new(status: &str, answer: &Value) -> Option<Refusal> {
        let kind = answer["content"][PROBLEM]["example"]["type"].as_str()?;
        let href = kind.strip_prefix("/api").unwrap_or(kind).to_owned();
        Some(Refusal { status: status.to_owned(), meaning: text(&answer["description"]), href })
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
fn about(words: &Value, schema: &Value, description: &Value) -> Html {
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
    markdown::comment(about.trim())
}

/// Words of the description, which are Markdown.
fn words(value: &Value) -> Html {
    markdown::comment(&text(value))
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
        let body = serde_json::to_string_pretty(body).unwrap_or_default().replace('\'', "'\\''");
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
