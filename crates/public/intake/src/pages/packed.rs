//! Pages, styles and scripts are sent packed to browsers that take it: over a throttled line it is the difference between
//! eight seconds and thirty.
//!
//! Refuses: to pack anything secret together with what somebody else chose (a length would tell of it): everything that
//! comes through here is public, and the same for everybody.

use std::io::Write as _;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use flate2::{Compression, write::GzEncoder};

/// Larger answers go as they are: none of the pages' files is.
const MOST: usize = 4 * 1024 * 1024;
/// What does not fill one packet is not worth it.
const LEAST: usize = 1024;

/// Packs the answers of the routes it lies around.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let wanted = takes_gzip(request.headers());
    let response = next.run(request).await;
    let (mut parts, body) = response.into_parts();
    // Nothing may keep a copy (no-store), so nothing needs to know that copies differ.
    if !wanted || !is_text(&parts.headers) {
        return Response::from_parts(parts, body);
    }
    let Ok(plain) = to_bytes(body, MOST).await else {
        parts.status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    match (plain.len() >= LEAST).then(|| pack(&plain)) {
        Some(Ok(packed)) => {
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, packed.into())
        }
        _ => Response::from_parts(parts, plain.into()),
    }
}

fn pack(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::new(6));
    encoder.write_all(plain)?;
    encoder.finish()
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/") || kind == "application/json"
}

/// Whether a browser takes gzip (RFC 9110, section 12.5.3); `gzip;q=0` says it does not.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let wishes = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    wishes.flat_map(|value| value.split(',')).any(|wish| {
        let (name, quality) = wish.split_once(';').unwrap_or((wish, ""));
        let refused = quality.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (wish, expected) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("GZIP", true),
            ("gzip;q=0", false),
            ("gzip;q=0.000", false),
            ("identity", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(wish))]);
            assert_eq!(takes_gzip(&headers), expected, "{wish:?}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
