//! Large bodies: how large one may be, how many are held in memory at once, and how many are read at once. A small paste
//! passes by all of this. Nothing is written to a disk.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::body;
use super::error::PageError;

/// So many large bodies are held at once; who comes later is asked to try again.
const HELD: usize = 4;
/// Of those so many are read at once, which takes several times their size.
const READ: usize = 1;
/// What is beyond the limit is still taken off the wire, up to so many times the limit: a browser that is answered while
/// it sends shows an error of its own and not our answer.
const TAKEN_OFF: usize = 4;

/// Room for large bodies.
pub struct Uploads {
    /// The largest body, in bytes.
    pub most: usize,
    held: Arc<Semaphore>,
    read: Semaphore,
}

/// A place among the large bodies that are held; free again when it is dropped.
pub struct Hold(#[allow(dead_code, reason = "it is held, not looked at")] OwnedSemaphorePermit);

impl Uploads {
    /// Room for bodies of at most so many bytes.
    pub fn new(most: usize) -> Uploads {
        Uploads { most, held: Arc::new(Semaphore::new(HELD)), read: Semaphore::new(READ) }
    }

    /// The largest body in words: `50 MB`.
    pub fn most_in_words(&self) -> String {
        format!("{} MB", self.most >> 20)
    }

    /// Takes a place.
    ///
    /// # Errors
    /// [`PageError::Busy`] when there is none.
    pub fn hold(&self) -> Result<Hold, PageError> {
        Arc::clone(&self.held).try_acquire_owned().map(Hold).map_err(|_| PageError::Busy)
    }

    /// Takes a place unless there is one already.
    fn place(&self, hold: &mut Option<Hold>) -> Result<(), PageError> {
        if hold.is_none() {
            *hold = Some(self.hold()?);
        }
        Ok(())
    }

    /// Waits until a large body may be read.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.read.acquire().await.ok()
    }

    /// Reads a body of at most `most` bytes, and whether that was all of it. One larger than `small` takes a place.
    ///
    /// # Errors
    /// [`PageError::Busy`] when there is no place for it, or when it ends early or takes too long.
    pub async fn read(
        &self,
        request: &HttpRequest,
        mut payload: Payload,
        small: usize,
        most: usize,
    ) -> Result<(BytesMut, bool, Option<Hold>), PageError> {
        body::within(body::PATIENCE, async {
            let mut read = BytesMut::new();
            let mut hold = None;
            let mut is_busy = announced(request) > small && self.place(&mut hold).is_err();
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|_| body::ended_early())?;
                is_busy = is_busy || (read.len() + chunk.len() > small && self.place(&mut hold).is_err());
                if is_busy {
                    drop(read);
                    take_off(&mut payload, most).await;
                    return Err(PageError::Busy);
                }
                if read.len() + chunk.len() > most {
                    let room = most.saturating_sub(read.len());
                    read.extend_from_slice(chunk.get(..room).unwrap_or_default());
                    take_off(&mut payload, most).await;
                    return Ok((read, false, hold));
                }
                read.extend_from_slice(&chunk);
            }
            Ok((read, true, hold))
        })
        .await?
    }
}

/// The length that a request announces.
fn announced(request: &HttpRequest) -> usize {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

/// Takes the rest of a body off the wire without keeping it.
async fn take_off(payload: &mut Payload, most: usize) {
    let mut taken = 0;
    while let Some(Ok(chunk)) = payload.next().await {
        taken += chunk.len();
        if taken > taken_off(most) {
            return;
        }
    }
}

/// So much is taken off the wire at most, where so much is read.
pub const fn taken_off(most: usize) -> usize {
    most.saturating_mul(TAKEN_OFF)
}

/// A file as text: UTF-8, or UTF-16 with its mark, as PowerShell writes it. Nothing when it is no text.
pub fn text_of(bytes: Vec<u8>) -> Option<String> {
    let wide = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.as_chunks().0.iter().map(|unit| read(*unit)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => return Some(wide(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => return Some(wide(rest, u16::from_be_bytes)),
        _ => {}
    }
    if bytes.iter().take(4096).any(|byte| *byte == 0) {
        return None;
    }
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Some(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whatever_windows_made_of_it() {
        assert_eq!(text_of(b"401 \xc3\xa9".to_vec()).as_deref(), Some("401 é"));
        assert_eq!(text_of(b"\xef\xbb\xbf{}".to_vec()).as_deref(), Some("{}"));
        let wide: Vec<u8> = "\u{feff}401".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text_of(wide).as_deref(), Some("401"));
        let other: Vec<u8> = "\u{feff}401".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text_of(other).as_deref(), Some("401"));
        assert_eq!(text_of(b"caf\xe9".to_vec()).as_deref(), Some("caf\u{fffd}"));
        assert_eq!(text_of(b"PK\x03\x04\x00\x00".to_vec()), None);
    }

    #[test]
    fn there_is_room_for_so_many_and_again_once_one_is_gone() {
        let uploads = Uploads::new(1 << 20);
        let mut held: Vec<Hold> = (0..HELD).map(|_| uploads.hold().expect("room")).collect();
        assert!(matches!(uploads.hold(), Err(PageError::Busy)));
        held.pop();
        assert!(uploads.hold().is_ok());
    }
}
