//! A body made ahead: compressed once, tagged once, then served as it is. Knows nothing of what is in it.

use std::io::Write as _;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest as _, Sha256};

/// How long a copy may be used without asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// For good: the address changes with the content.
    ForGood,
    /// A day: an address that must stay the same.
    ADay,
    /// Ask each time, which costs one short answer when nothing changed.
    Ask,
}

impl Keep {
    const fn value(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Keep::ForGood => "public, max-age=31536000, immutable",
            Keep::ADay => "public, max-age=86400",
            Keep::Ask => "public, no-cache",
        })
    }
}

/// A way to put a body on the wire (RFC 9110, section 8.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

/// One way to send a body, with the strong entity tag of exactly these bytes.
#[derive(Debug)]
struct Form {
    body: Bytes,
    tag: HeaderValue,
}

/// A body with its compressed forms. A form that saves nothing is not kept.
#[derive(Debug)]
pub struct Stored {
    content_type: HeaderValue,
    keep: Keep,
    plain: Form,
    brotli: Option<Form>,
    gzip: Option<Form>,
}

impl Stored {
    /// Compresses and tags a body. Takes milliseconds: not for every request.
    pub fn new(content_type: &'static str, keep: Keep, body: Vec<u8>) -> Stored {
        let packed = (Some(brotli(&body)), gzip(&body, 9));
        Stored::of(content_type, keep, body, packed)
    }

    /// As [`Stored::new`], but compressed lightly: for what is made for one request and may be asked for again.
    pub fn light(content_type: &'static str, keep: Keep, body: Vec<u8>) -> Stored {
        let packed = (None, gzip(&body, 2));
        Stored::of(content_type, keep, body, packed)
    }

    fn of(
        content_type: &'static str,
        keep: Keep,
        body: Vec<u8>,
        packed: (Option<Vec<u8>>, Vec<u8>),
    ) -> Stored {
        let hash = fingerprint(&body);
        let tag = |ending: &str| {
            HeaderValue::from_str(&format!("\"{hash}{ending}\"")).expect("hexadecimal digits are visible")
        };
        let smaller = |packed: Vec<u8>, ending: &str| {
            (packed.len() < body.len()).then(|| Form { body: packed.into(), tag: tag(ending) })
        };
        Stored {
            content_type: HeaderValue::from_static(content_type),
            keep,
            brotli: packed.0.and_then(|packed| smaller(packed, "-br")),
            gzip: smaller(packed.1, "-gz"),
            plain: Form { tag: tag(""), body: body.into() },
        }
    }

    /// The uncompressed body.
    #[cfg(test)]
    pub fn body(&self) -> &Bytes {
        &self.plain.body
    }

    /// The answer to a GET or HEAD: the best form the client takes, or 304 when it has that already.
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let (packed, encoding) = match accepted(request) {
            // A client that takes brotli takes gzip.
            Encoding::Brotli if self.brotli.is_none() => (self.gzip.as_ref(), "gzip"),
            Encoding::Brotli => (self.brotli.as_ref(), "br"),
            Encoding::Gzip => (self.gzip.as_ref(), "gzip"),
            Encoding::Identity => (None, ""),
        };
        let form = packed.unwrap_or(&self.plain);
        let known = request.headers().get_all(header::IF_NONE_MATCH).any(|tags| has_tag(tags, &form.tag));
        let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer
            .insert_header((header::ETAG, form.tag.clone()))
            .insert_header((header::CACHE_CONTROL, self.keep.value()))
            .insert_header((header::VARY, HeaderValue::from_static("Accept-Encoding")));
        if known {
            return answer.finish();
        }
        answer.insert_header((header::CONTENT_TYPE, self.content_type.clone()));
        if packed.is_some() {
            answer.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(encoding)));
        }
        answer.body(form.body.clone())
    }
}

/// 16 hexadecimal digits that stand for these bytes.
pub fn fingerprint(body: &[u8]) -> String {
    Sha256::digest(body).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Compresses with gzip; level 1 is fast, 9 is small.
pub fn gzip(body: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}

fn brotli(body: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    // Quality 9 costs a few milliseconds a page; 11 costs ten times that for 3 % less.
    let settings = brotli::enc::BrotliEncoderParams { quality: 9, ..Default::default() };
    brotli::BrotliCompress(&mut &*body, &mut packed, &settings).expect("writing to memory does not fail");
    packed
}

/// The encoding that the client likes best (RFC 9110, section 12.5.3); of equals the one that saves most.
pub fn accepted(request: &HttpRequest) -> Encoding {
    let lines = request.headers().get_all(header::ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    best(&lines.collect::<Vec<_>>().join(","))
}

fn best(accept: &str) -> Encoding {
    let mut named: Vec<(String, f32)> = Vec::new();
    for part in accept.split(',') {
        let mut pieces = part.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let quality = pieces.find_map(|piece| piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q=")));
        named.push((name, quality.map_or(1.0, |text| text.parse().unwrap_or(0.0))));
    }
    let quality = |name: &str| named.iter().find(|(known, _)| known == name).map(|(_, quality)| *quality);
    let wildcard = quality("*");
    let gzip = quality("gzip").or(quality("x-gzip")).or(wildcard).unwrap_or(0.0);
    let brotli = quality("br").or(wildcard).unwrap_or(0.0);
    // Without a word about it, identity is welcome, but no more than anything that was asked for.
    let identity = quality("identity").unwrap_or(0.0);
    if brotli > 0.0 && brotli >= gzip && brotli >= identity {
        Encoding::Brotli
    } else if gzip > 0.0 && gzip >= identity {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// Whether an `If-None-Match` names this tag; the comparison is weak (RFC 9110, section 13.1.2).
fn has_tag(field: &HeaderValue, tag: &HeaderValue) -> bool {
    let Ok(field) = field.to_str() else { return false };
    field
        .split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one).as_bytes() == tag.as_bytes())
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody as _;
    use actix_web::test::TestRequest;

    use super::*;

    fn stored() -> Stored {
        Stored::new("text/html; charset=utf-8", Keep::Ask, "a page, a page, ".repeat(200).into_bytes())
    }

    #[track_caller]
    fn check(accept: &str, encoding: Encoding) {
        assert_eq!(best(accept), encoding, "{accept}");
    }

    #[test]
    fn the_client_gets_the_encoding_it_likes_best() {
        check("gzip, deflate, br, zstd", Encoding::Brotli);
        check("gzip", Encoding::Gzip);
        check("", Encoding::Identity);
        check("br;q=0.5, gzip;q=0.8", Encoding::Gzip);
        check("br;q=0, gzip", Encoding::Gzip);
        check("*", Encoding::Brotli);
        check("*;q=0.1, br;q=0", Encoding::Gzip);
        check("identity, br;q=0.2", Encoding::Identity);
        check("BR; q=0.9", Encoding::Brotli);
        check("br;q=nonsense", Encoding::Identity);
    }

    #[test]
    fn a_client_that_has_the_page_gets_no_body() {
        let stored = stored();
        let first =
            stored.answer(&TestRequest::default().insert_header(("Accept-Encoding", "br")).to_http_request());
        let tag = first.headers().get(header::ETAG).expect("a tag").clone();
        let again = TestRequest::default()
            .insert_header(("Accept-Encoding", "br"))
            .insert_header((header::IF_NONE_MATCH, format!("\"other\", W/{}", tag.to_str().unwrap())))
            .to_http_request();
        let second = stored.answer(&again);
        assert_eq!(second.status(), 304);
        assert_eq!(second.headers().get(header::ETAG), Some(&tag));
        assert!(second.headers().get(header::CONTENT_ENCODING).is_none());
    }

    #[test]
    fn each_form_has_a_tag_of_its_own() {
        let stored = stored();
        let tags = ["br", "gzip", "identity"].map(|encoding| {
            let request =
                TestRequest::default().insert_header(("Accept-Encoding", encoding)).to_http_request();
            stored.answer(&request).headers().get(header::ETAG).cloned()
        });
        assert_ne!(tags[0], tags[1]);
        assert_ne!(tags[1], tags[2]);
    }

    #[test]
    fn what_compression_makes_larger_is_sent_as_it_is() {
        let stored = Stored::new("text/plain; charset=utf-8", Keep::Ask, b"x".to_vec());
        let request = TestRequest::default().insert_header(("Accept-Encoding", "br")).to_http_request();
        let answer = stored.answer(&request);
        assert!(answer.headers().get(header::CONTENT_ENCODING).is_none());
        assert_eq!(answer.into_body().try_into_bytes().unwrap(), "x");
    }
}
