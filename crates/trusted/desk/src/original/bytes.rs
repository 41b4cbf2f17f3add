//! A clip out of memory, with ranges so that a player seeks. An answer that is under way ends when the view does.

use std::io;
use std::ops::Range;
use std::sync::Weak;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use hamseda_core::Secret;

use crate::error::Refusal;

/// Bytes copied at a time: a piece that was handed out is all that outlives a view.
const PIECE: u64 = 64 * 1024;

/// The clip, or the part that was asked for.
pub(super) fn answer(clip: &Weak<Secret<Vec<u8>>>, headers: &HeaderMap) -> Response {
    let Some(length) = clip.upgrade().map(|clip| clip.expose().len() as u64) else {
        return Refusal::GONE.status.into_response();
    };
    let asked = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Ok(part) = wanted(asked, length) else {
        let whole = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
        return (StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response();
    };
    let mut response = Response::new(Body::from_stream(pieces(clip.clone(), part.clone().unwrap_or(0..length))));
    let fixed = response.headers_mut();
    fixed.insert(header::CONTENT_TYPE, HeaderValue::from_static("video/mp4"));
    fixed.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    fixed.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    match part {
        None => {
            fixed.insert(header::CONTENT_LENGTH, length.into());
        }
        Some(Range { start, end }) => {
            fixed.insert(header::CONTENT_LENGTH, (end - start).into());
            if let Ok(value) = format!("bytes {start}-{}/{length}", end - 1).parse() {
                fixed.insert(header::CONTENT_RANGE, value);
            }
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
    }
    response
}

fn pieces(
    clip: Weak<Secret<Vec<u8>>>,
    part: Range<u64>,
) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold(part.start, move |at| {
        let next = if at >= part.end {
            Ok(None)
        } else if let Some(clip) = clip.upgrade() {
            let end = part.end.min(at + PIECE);
            let piece = clip.expose().get(at as usize..end as usize).map(Bytes::copy_from_slice);
            piece.map(|piece| Some((piece, end))).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        } else {
            Err(io::Error::other("the view has ended"))
        };
        async move { next }
    })
}

/// The part of `length` bytes that a `Range` header means; all of it where there is none or one of several parts.
fn wanted(header: Option<&str>, length: u64) -> Result<Option<Range<u64>>, ()> {
    let Some((first, last)) = header.and_then(|h| h.strip_prefix("bytes=")?.split_once('-')) else { return Ok(None) };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let part = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..length.min(last.saturating_add(1)),
        (Some(first), None) if last.is_empty() => first..length,
        (None, Some(last)) if first.is_empty() => length.saturating_sub(last)..length,
        _ => return Ok(None),
    };
    if part.start < part.end { Ok(Some(part)) } else { Err(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_what_players_mean() {
        for (header, part) in [
            (None, None),
            (Some("bytes=0-"), Some(0..100)),
            (Some("bytes=10-19"), Some(10..20)),
            (Some("bytes=90-500"), Some(90..100)),
            (Some("bytes=-5"), Some(95..100)),
            (Some("bytes=-500"), Some(0..100)),
            (Some("bytes=5-3"), None),
            (Some("bytes=0-1,5-6"), None),
            (Some("lines=1-2"), None),
        ] {
            assert_eq!(wanted(header, 100), Ok(part), "{header:?}");
        }
        assert_eq!(wanted(Some("bytes=100-"), 100), Err(()));
        assert_eq!(wanted(Some("bytes=-0"), 100), Err(()));
    }
}
