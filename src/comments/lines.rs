//! A row as a line of JSON, and back: `{"row":"comment","id":"...","created":"2026-11-24T08:00:00Z",...}`. Knows no database;
//! what may follow what is for the caller.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value as Json;
use uuid::Uuid;

use super::store::rows::{Column, Holds, TABLES, Table, Value};

/// The first line of every export. The number rises when an older version could no longer read it.
pub(super) const HEADER: &str = r#"{"row":"fix401-export","version":1}"#;

/// A row with the table that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) table: &'static str,
    pub(super) values: Vec<(&'static str, Value)>,
}

impl Row {
    /// The value of a column that holds text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.iter().find_map(|(column, value)| match value {
            Value::Text(text) if *column == name => text.as_deref(),
            _ => None,
        })
    }

    /// Puts another value into a column.
    pub(super) fn set(&mut self, name: &'static str, value: Value) {
        match self.values.iter_mut().find(|(column, _)| *column == name) {
            Some((_, place)) => *place = value,
            None => self.values.push((name, value)),
        }
    }
}

/// Writes a row as a line, without its end.
pub(super) fn write(table: &Table, values: &[Value]) -> String {
    let mut line = format!("{{\"row\":{}", quoted(table.name));
    for (column, value) in table.columns.iter().zip(values) {
        // Writing into a string does not fail.
        let _ = write!(line, ",{}:{}", quoted(column.name), said(column, value));
    }
    line.push('}');
    line
}

fn said(column: &Column, value: &Value) -> String {
    match value {
        Value::Text(Some(text)) => quoted(text),
        Value::Number(Some(number)) if column.holds == Holds::Time => {
            match Timestamp::from_millisecond(*number) {
                Ok(time) => quoted(&time.to_string()),
                Err(_out_of_range) => number.to_string(),
            }
        }
        Value::Number(Some(number)) if column.holds == Holds::Flag => (*number != 0).to_string(),
        Value::Number(Some(number)) => number.to_string(),
        Value::Bytes(Some(bytes)) => quoted(&STANDARD.encode(bytes)),
        Value::Text(None) | Value::Number(None) | Value::Bytes(None) => "null".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

/// Reads a line.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(super) fn read(line: &str) -> Result<Row, String> {
    let json: Json = serde_json::from_str(line).map_err(|error| {
        let column = error.column();
        format!("this is no JSON object (character {column}); each line is one, as `fix401 export` writes it")
    })?;
    let Json::Object(fields) = json else {
        return Err("this is no JSON object; each line is one, as `fix401 export` writes it".to_owned());
    };
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    let name = fields.get("row").and_then(Json::as_str).unwrap_or_default();
    let table = TABLES.iter().find(|table| table.name == name).ok_or_else(|| {
        format!("\"row\" says what the line is about; it is {name:?} here, and may be {}", names.join(", "))
    })?;
    let known: BTreeSet<&str> =
        table.columns.iter().map(|column| column.name).chain(std::iter::once("row")).collect();
    if let Some(other) = fields.keys().find(|field| !known.contains(field.as_str())) {
        return Err(format!(
            "a {name} has no {other:?}; take it out, or import with the version that wrote it"
        ));
    }
    let mut values = Vec::with_capacity(table.columns.len());
    for column in table.columns {
        let sent = fields.get(column.name).unwrap_or(&Json::Null);
        values.push((column.name, value(column, sent)?));
    }
    let row = Row { table: table.name, values };
    if row.table == "comment" && (row.text("parent").is_none() != (row.text("thread") == row.text("id"))) {
        return Err(
            "\"thread\" is the comment at the top: the \"id\" itself where \"parent\" is null, and only there".to_owned(),
        );
    }
    Ok(row)
}

fn value(column: &Column, sent: &Json) -> Result<Value, String> {
    let name = column.name;
    if sent.is_null() && !column.optional && column.holds != Holds::Flag {
        return Err(format!("{name:?} is missing; it has to be {}", wanted(column.holds)));
    }
    let wrong = || format!("{name:?} is {sent}; it has to be {}", wanted(column.holds));
    let text = || match sent {
        Json::Null => Ok(None),
        Json::String(text) if text.contains('\0') => {
            Err(format!("{name:?} has a zero byte, which cannot be stored; take it out"))
        }
        Json::String(text) => Ok(Some(text.as_str())),
        _ => Err(wrong()),
    };
    Ok(match column.holds {
        Holds::Text => Value::Text(text()?.map(str::to_owned)),
        Holds::OneOf(list) => {
            let text = text()?;
            if text.is_some_and(|text| !list.contains(&text)) {
                return Err(wrong());
            }
            Value::Text(text.map(str::to_owned))
        }
        // Stored as it is compared: in lower case, with hyphens.
        Holds::Id => Value::Text(
            text()?
                .map(|text| text.parse::<Uuid>().map(|id| id.to_string()).map_err(|_| wrong()))
                .transpose()?,
        ),
        Holds::Time => Value::Number(
            text()?
                .map(|text| text.parse::<Timestamp>().map(Timestamp::as_millisecond).map_err(|_| wrong()))
                .transpose()?,
        ),
        Holds::Bytes(length) => {
            let decoded = text()?.map(|text| STANDARD.decode(text).map_err(|_| wrong())).transpose()?;
            if decoded.as_ref().is_some_and(|bytes| length > 0 && bytes.len() != length) {
                return Err(wrong());
            }
            Value::Bytes(decoded)
        }
        Holds::Flag => match sent {
            Json::Null => Value::Number(Some(0)),
            Json::Bool(flag) => Value::Number(Some(i64::from(*flag))),
            _ => return Err(wrong()),
        },
        Holds::Number => match sent {
            Json::Null => Value::Number(None),
            number => Value::Number(Some(number.as_i64().filter(|number| *number >= 0).ok_or_else(wrong)?)),
        },
    })
}

fn wanted(holds: Holds) -> String {
    match holds {
        Holds::Id => "a UUID".to_owned(),
        Holds::Text => "a text in quotes".to_owned(),
        Holds::OneOf(list) => format!("one of {}", list.join(", ")),
        Holds::Time => "a time such as \"2026-11-24T08:00:00Z\"".to_owned(),
        Holds::Number => "a whole number from 0 on".to_owned(),
        Holds::Flag => "true or false".to_owned(),
        Holds::Bytes(0) => "bytes in base64".to_owned(),
        Holds::Bytes(length) => format!("{length} bytes in base64"),
    }
}
