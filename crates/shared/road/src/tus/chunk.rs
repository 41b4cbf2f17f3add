//! The body of one PATCH, which counts the bytes as the line takes them.

use std::io::SeekFrom;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::stream;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// Bytes handed to the line at a time: small enough that progress moves on a slow one.
const SLICE: usize = 16 * 1024;

/// Reads `length` bytes of `file` from `offset`.
pub(super) async fn read(file: &mut File, offset: u64, length: u64) -> std::io::Result<Bytes> {
    file.seek(SeekFrom::Start(offset)).await?;
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    file.read_exact(&mut bytes).await?;
    Ok(bytes.into())
}

/// A body that adds what was taken from it to `taken`.
pub(super) fn body(bytes: Bytes, taken: Arc<AtomicU64>) -> reqwest::Body {
    let slices = stream::unfold(bytes, move |mut rest| {
        let slice = rest.split_to(rest.len().min(SLICE));
        taken.fetch_add(slice.len() as u64, Ordering::Relaxed);
        std::future::ready((!slice.is_empty()).then_some((Ok::<_, std::io::Error>(slice), rest)))
    });
    reqwest::Body::wrap_stream(slices)
}
