//! Fetching a small public file, such as a key set.

use crate::{RoadError, http};

/// Fetches `url` whole; longer than `limit` bytes is an error.
///
/// # Errors
/// See [`RoadError`]; nothing is tried twice.
pub async fn get(url: &str, proxy: Option<&str>, limit: usize) -> Result<Vec<u8>, RoadError> {
    let url = http::address(url, proxy)?;
    let response = http::client(&url, proxy)?.get(url).send().await?;
    let mut response = http::accepted(response).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > limit {
            return Err(RoadError::Protocol("the file is longer than such a file can be"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
