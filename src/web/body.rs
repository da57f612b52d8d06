//! Forms as they arrive: read up to a limit, then field by field. Knows no single form.

use actix_web::http::StatusCode;
use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt as _;

use super::error::PageError;

/// The fields of a form, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields of an urlencoded text: a body or a query.
    pub fn of(text: &str) -> Fields {
        let pairs = url::form_urlencoded::parse(text.as_bytes());
        Fields(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// Reads the body of a form, and whether that was all of it: what is beyond the limit is left unread.
    ///
    /// # Errors
    /// When the request ends before its body does.
    pub async fn read(body: Payload, limit: usize) -> Result<(Fields, bool), PageError> {
        let (body, is_whole) = read(body, limit).await?;
        Ok((Fields::of(&String::from_utf8_lossy(&body)), is_whole))
    }

    /// The first value of a field; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Every value of a field.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    }
}

/// Reads a body up to the limit, and whether that was all of it.
///
/// # Errors
/// When the request ends before its body does.
pub async fn read(mut body: Payload, limit: usize) -> Result<(BytesMut, bool), PageError> {
    let mut read = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| {
            PageError::Rejected(StatusCode::BAD_REQUEST, "The request ended before it was complete.")
        })?;
        let room = limit.saturating_sub(read.len());
        if chunk.len() > room {
            read.extend_from_slice(chunk.get(..room).unwrap_or_default());
            return Ok((read, false));
        }
        read.extend_from_slice(&chunk);
    }
    Ok((read, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_was_not_sent_is_empty() {
        let fields = Fields::of("a=1&b=x+y%26z&a=2");
        assert_eq!(fields.text("b"), "x y&z");
        assert_eq!(fields.text("c"), "");
        assert_eq!((fields.text("a"), fields.texts("a")), ("1", vec!["1".to_owned(), "2".to_owned()]));
    }
}
