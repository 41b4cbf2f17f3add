//! The desk's way to what arrived: list, fetch, and say "done" once it is durable on the trusted machine.
//!
//! The intake never calls the desk. A fetch that is cut starts again from its first byte: parts of a sealed file are
//! worth nothing, and a fetch leaves no trace of how far it came.

mod roads;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use hamseda_core::{Day, TokenId, UploadId};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;

use crate::{RoadError, http};

/// A sealed message that waits at the intake.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Waiting {
    /// Its id there.
    pub id: UploadId,
    /// Its length, bytes: one of the few a size class allows.
    pub bytes: u64,
    /// The day its upload began.
    pub day: Day,
    /// SHA-256 of the invite token it came with, if that was a good one.
    #[serde(default)]
    pub token: Option<TokenId>,
}

/// The desk's client.
#[derive(Debug, Clone)]
pub struct Client {
    base: Url,
    http: reqwest::Client,
    bearer: HeaderValue,
}

impl Client {
    /// A client of the intake at `intake`, with the desk's token, through `proxy` (`socks5h://…`) where one is given.
    ///
    /// # Errors
    /// A bad address, proxy or token. Nothing is sent yet.
    pub fn new(intake: &str, token: &str, proxy: Option<&str>) -> Result<Self, RoadError> {
        let mut base = http::address(intake, proxy)?;
        let path = format!("{}/pull/v1/", base.path().trim_end_matches('/'));
        base.set_path(&path);
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.trim())).map_err(|_| RoadError::Token)?;
        bearer.set_sensitive(true);
        Ok(Self { http: http::client(&base, proxy)?, base, bearer })
    }

    /// Some of what waits, in order of id, after `after`; an empty list means there is no more. Ids are random, so a new
    /// message may sort before those already seen: begin again without `after` for the next round.
    ///
    /// # Errors
    /// See [`RoadError`].
    pub async fn list(&self, after: Option<UploadId>) -> Result<Vec<Waiting>, RoadError> {
        let mut url = self.url("list")?;
        if let Some(id) = after {
            url.query_pairs_mut().append_pair("after", &id.to_string());
        }
        let response = self.send(self.http.get(url)).await?;
        response
            .json()
            .await
            .map_err(|e| if e.is_decode() { RoadError::Protocol("its list can't be read") } else { e.into() })
    }

    /// A sealed message's bytes. The stream ends with an error unless exactly `waiting.bytes` came.
    ///
    /// # Errors
    /// See [`RoadError`].
    pub async fn fetch(
        &self,
        waiting: &Waiting,
    ) -> Result<impl Stream<Item = Result<Bytes, RoadError>> + Send + Unpin + use<>, RoadError> {
        let response = self.send(self.http.get(self.url(&waiting.id.to_string())?)).await?;
        Ok(exactly(waiting.bytes, Box::pin(response.bytes_stream().map(|chunk| chunk.map_err(RoadError::from)))))
    }

    /// Tells the intake to delete its copy. Call it only when the message is durable here. Saying it twice is fine.
    ///
    /// # Errors
    /// See [`RoadError`].
    pub async fn done(&self, id: UploadId) -> Result<(), RoadError> {
        self.send(self.http.post(self.url(&format!("{id}/done"))?)).await.map(drop)
    }

    fn url(&self, path: &str) -> Result<Url, RoadError> {
        self.base.join(path).map_err(|_| RoadError::Url(path.to_owned()))
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, RoadError> {
        http::accepted(request.header(AUTHORIZATION, self.bearer.clone()).send().await?).await
    }
}

/// Passes chunks on and adds an error at the end when their lengths do not add up to `expected`.
fn exactly<S>(expected: u64, chunks: S) -> impl Stream<Item = Result<Bytes, RoadError>> + Send + Unpin
where
    S: Stream<Item = Result<Bytes, RoadError>> + Send + Unpin,
{
    let step = move |state: Option<(S, u64)>| async move {
        let (mut chunks, left) = state?;
        match chunks.next().await {
            Some(Ok(chunk)) if chunk.len() as u64 <= left => {
                let left = left - chunk.len() as u64;
                Some((Ok(chunk), Some((chunks, left))))
            }
            Some(Ok(_)) => Some((Err(RoadError::Protocol("more bytes came than it announced")), None)),
            Some(Err(e)) => Some((Err(e), None)),
            None if left == 0 => None,
            None => Some((Err(RoadError::Cut(format!("{left} bytes are missing"))), None)),
        }
    };
    Box::pin(stream::unfold(Some((chunks, expected)), step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hamseda_core::Coded as _;

    async fn run(expected: u64, chunks: &[&'static str]) -> Result<String, &'static str> {
        let given = stream::iter(chunks.iter().map(|c| Ok(Bytes::from_static(c.as_bytes()))).collect::<Vec<_>>());
        let mut got = exactly(expected, given);
        let mut text = String::new();
        while let Some(chunk) = got.next().await {
            text.push_str(std::str::from_utf8(&chunk.map_err(|e| e.code())?).unwrap());
        }
        Ok(text)
    }

    #[tokio::test]
    async fn a_fetch_that_ends_early_or_late_is_an_error() {
        assert_eq!(run(4, &["ab", "cd"]).await, Ok("abcd".into()));
        assert_eq!(run(0, &[]).await, Ok(String::new()));
        assert_eq!(run(5, &["ab", "cd"]).await, Err("road-cut"));
        assert_eq!(run(3, &["ab", "cd"]).await, Err("road-protocol"));
    }

    #[test]
    fn a_token_is_not_printed() {
        let client = Client::new("http://127.0.0.1:1/", "planted-token", None).unwrap();
        assert!(!format!("{client:?}").contains("planted"));
    }
}
