//! Forms as they arrive: read up to a limit, then field by field. Knows no single form.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt as _;

use super::error::PageError;

/// How long a body may take to arrive: the largest paste, over a slow phone.
pub const PATIENCE: Duration = Duration::from_secs(120);

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
/// When the request ends before its body does, or takes too long for it.
pub async fn read(body: Payload, limit: usize) -> Result<(BytesMut, bool), PageError> {
    within(PATIENCE, up_to(limit, body)).await?.map_err(|_| ended_early())
}

/// Why a body that broke off is not read.
pub fn ended_early() -> PageError {
    PageError::Rejected(StatusCode::BAD_REQUEST, "The request ended before it was complete.")
}

/// What comes in time. Whoever sends a byte now and then would else hold a connection and its memory for ever.
///
/// # Errors
/// When it does not.
pub async fn within<T>(patience: Duration, reading: impl Future<Output = T>) -> Result<T, PageError> {
    const TOO_SLOW: &str = "The request took too long to arrive. Please send it again.";
    tokio::time::timeout(patience, reading)
        .await
        .map_err(|_| PageError::Rejected(StatusCode::REQUEST_TIMEOUT, TOO_SLOW))
}

async fn up_to(limit: usize, mut body: Payload) -> Result<(BytesMut, bool), PayloadError> {
    let mut read = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk?;
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

    #[actix_web::test]
    async fn a_body_that_never_comes_is_not_waited_for() {
        let error = within(Duration::ZERO, std::future::pending::<()>()).await.unwrap_err();
        assert!(matches!(error, PageError::Rejected(StatusCode::REQUEST_TIMEOUT, _)), "{error:?}");
    }

    #[test]
    fn a_field_that_was_not_sent_is_empty() {
        let fields = Fields::of("a=1&b=x+y%26z&a=2");
        assert_eq!(fields.text("b"), "x y&z");
        assert_eq!(fields.text("c"), "");
        assert_eq!((fields.text("a"), fields.texts("a")), ("1", vec!["1".to_owned(), "2".to_owned()]));
    }
}
