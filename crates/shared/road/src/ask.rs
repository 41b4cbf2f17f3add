//! Small questions of a contributor's device: how does my message stand, take it back, here is a letter.
//!
//! Refuses: to send a code. What goes out is a locator, a withdrawal secret, or a sealed letter.

use hamseda_core::{Locator, Secret};
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderValue};

use crate::{RoadError, http};

/// Length of a status record, bytes.
pub const STATUS_LEN: usize = 4096;
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// Asks the intake at `intake` (its first page's address) for the record of a locator. Something of the right length always
/// comes; only the reply key tells whether it is a record.
///
/// # Errors
/// See [`RoadError`]; nothing is tried twice.
pub async fn status(intake: &str, proxy: Option<&str>, locator: Locator) -> Result<[u8; STATUS_LEN], RoadError> {
    let mut response = post(intake, proxy, "status", locator.as_bytes().to_vec()).await?;
    let mut record = Vec::with_capacity(STATUS_LEN);
    while let Some(chunk) = response.chunk().await? {
        if record.len() + chunk.len() > STATUS_LEN {
            break;
        }
        record.extend_from_slice(&chunk);
    }
    record.try_into().map_err(|_| RoadError::Protocol("a status record has another length"))
}

/// Takes a message back. The answer is the same whatever the intake had; saying it twice is fine.
///
/// # Errors
/// See [`RoadError`]; nothing is tried twice.
pub async fn withdraw(intake: &str, proxy: Option<&str>, secret: &Secret<[u8; 32]>) -> Result<(), RoadError> {
    post(intake, proxy, "withdraw", secret.expose().to_vec()).await.map(drop)
}

/// Hands in a sealed letter. Sending it twice is fine: it is one letter.
///
/// # Errors
/// See [`RoadError`]; nothing is tried twice.
pub async fn letter(intake: &str, proxy: Option<&str>, sealed: Vec<u8>) -> Result<(), RoadError> {
    post(intake, proxy, "letter", sealed).await.map(drop)
}

async fn post(intake: &str, proxy: Option<&str>, name: &str, body: Vec<u8>) -> Result<reqwest::Response, RoadError> {
    let url = below(intake, proxy, name)?;
    let request = http::client(&url, proxy)?.post(url).header(CONTENT_TYPE, BYTES).body(body);
    http::accepted(request.send().await?).await
}

/// An address below the intake's first page.
fn below(intake: &str, proxy: Option<&str>, name: &str) -> Result<Url, RoadError> {
    let mut url = http::address(intake, proxy)?;
    let path = format!("{}/{name}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_go_below_the_first_page() {
        for (given, asked) in [
            ("http://127.0.0.1:8480", "http://127.0.0.1:8480/status"),
            ("https://a.example/call/", "https://a.example/call/status"),
            ("https://a.example/call?x#y", "https://a.example/call/status"),
        ] {
            assert_eq!(below(given, None, "status").unwrap().as_str(), asked);
        }
        assert!(matches!(below("http://a.onion/", None, "status"), Err(RoadError::OnionWithoutProxy)));
    }
}
