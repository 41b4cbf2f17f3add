//! One upload as a machine of small steps, each of which may be cut.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hamseda_core::Secret;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use tokio::fs::File;
use tokio::time::Instant;

use super::{CHUNK, Options, Progress, chunk, state};
use crate::{RoadError, http};

/// How often progress is told and a stall looked for.
const TICK: Duration = Duration::from_millis(200);

/// What a step led to.
pub(super) enum Step {
    /// There is more to do.
    More,
    /// Everything is acknowledged.
    Done {
        /// Length of the file.
        bytes: u64,
        /// Offset at which this run began.
        resumed_from: u64,
    },
}

/// A secret as a header that is not printed.
fn header_value(secret: &Secret<String>) -> Result<HeaderValue, RoadError> {
    let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| RoadError::Invite)?;
    value.set_sensitive(true);
    Ok(value)
}

/// An upload under way.
pub(super) struct Sender {
    client: Client,
    creation: Url,
    path: PathBuf,
    file: File,
    total: u64,
    start: String,
    chunk: u64,
    stall: Duration,
    state: Option<PathBuf>,
    token: Option<HeaderValue>,
    handle: Option<String>,
    upload: Option<Url>,
    /// The server's offset; `None` when it has to be asked.
    offset: Option<u64>,
    safe: u64,
    resumed_from: Option<u64>,
}

impl Sender {
    pub(super) async fn open(path: &Path, intake: &str, options: &Options) -> Result<Self, RoadError> {
        let failed = |source| RoadError::File { path: path.to_owned(), source };
        let creation = creation(intake, options.proxy.as_deref())?;
        let client = http::client(&creation, options.proxy.as_deref())?;
        let mut file = File::open(path).await.map_err(failed)?;
        let total = file.metadata().await.map_err(failed)?.len();
        let first = chunk::read(&mut file, 0, state::start_length(total)).await.map_err(failed)?;
        let start = state::start(&first);
        let mut sender = Self {
            client,
            creation,
            path: path.to_owned(),
            file,
            total,
            start,
            chunk: options.chunk.clamp(1, CHUNK),
            stall: options.stall,
            state: options.state.clone(),
            token: options.token.as_ref().map(header_value).transpose()?,
            handle: options.handle.map(|handle| URL_SAFE_NO_PAD.encode(handle.as_bytes())),
            upload: None,
            offset: None,
            safe: 0,
            resumed_from: None,
        };
        sender.recall().await?;
        Ok(sender)
    }

    /// Takes up the upload of an earlier run, if it was of this file to this intake.
    async fn recall(&mut self) -> Result<(), RoadError> {
        let Some(path) = &self.state else { return Ok(()) };
        let Some(saved) = state::load(path).await? else { return Ok(()) };
        let same = saved.bytes == self.total && saved.start == self.start;
        self.upload = Url::parse(&saved.upload).ok().filter(|url| same && self.is_home(url));
        Ok(())
    }

    /// Whether an upload's address lies where uploads are made: a server can't send the file elsewhere.
    fn is_home(&self, url: &Url) -> bool {
        url.origin() == self.creation.origin()
    }

    /// Acknowledged bytes.
    pub(super) const fn safe(&self) -> u64 {
        self.safe
    }

    pub(super) const fn progress(&self) -> Progress {
        Progress { safe: self.safe, sent: self.safe, total: self.total, waiting: None }
    }

    /// Does the next thing. After an error the offset is unknown, so the step after it asks.
    pub(super) async fn step(&mut self, progress: &mut impl FnMut(Progress)) -> Result<Step, RoadError> {
        let known = self.offset.take();
        let offset = match (&self.upload, known) {
            (None, _) => self.create().await?,
            (Some(url), None) => self.ask(url.clone()).await?,
            (Some(url), Some(offset)) if offset < self.total => self.patch(url.clone(), offset, progress).await?,
            (Some(_), Some(_)) => return self.finish().await,
        };
        if offset > self.total {
            return Err(RoadError::Protocol("it has more bytes than the file"));
        }
        self.offset = Some(offset);
        self.safe = offset;
        self.resumed_from.get_or_insert(offset);
        progress(self.progress());
        Ok(Step::More)
    }

    async fn create(&mut self) -> Result<u64, RoadError> {
        let mut request = self.request(Method::POST, self.creation.clone()).header("Upload-Length", self.total);
        if let Some(token) = &self.token {
            request = request.header("Hamseda-Token", token.clone());
        }
        if let Some(handle) = &self.handle {
            request = request.header("Hamseda-Handle", handle);
        }
        let response = http::accepted(self.quick(request).await?).await?;
        let location = response.headers().get(LOCATION).and_then(|v| v.to_str().ok());
        let url = location.and_then(|text| self.creation.join(text).ok()).filter(|url| self.is_home(url));
        let url = url.ok_or(RoadError::Protocol("it names no address for the upload"))?;
        if let Some(path) = &self.state {
            let saved = state::Saved { upload: url.to_string(), bytes: self.total, start: self.start.clone() };
            state::save(path, &saved).await?;
        }
        self.upload = Some(url);
        Ok(0)
    }

    async fn ask(&mut self, url: Url) -> Result<u64, RoadError> {
        let response = self.quick(self.request(Method::HEAD, url)).await?;
        if matches!(response.status().as_u16(), 404 | 410) {
            // Expired, or another server now: begin again. An attempt, so that it can't go on for ever.
            self.upload = None;
            return Err(RoadError::Cut("the server no longer has the beginning".into()));
        }
        offset_of(&http::accepted(response).await?)
    }

    async fn patch(&mut self, url: Url, offset: u64, progress: &mut impl FnMut(Progress)) -> Result<u64, RoadError> {
        let length = self.chunk.min(self.total - offset);
        let bytes = chunk::read(&mut self.file, offset, length)
            .await
            .map_err(|source| RoadError::File { path: self.path.clone(), source })?;
        let taken = Arc::new(AtomicU64::new(0));
        let request = self
            .request(Method::PATCH, url)
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .header(CONTENT_LENGTH, length)
            .header("Upload-Offset", offset)
            .body(chunk::body(bytes, taken.clone()));
        let response = self.watched(request, &taken, progress).await?;
        match offset_of(&http::accepted(response).await?)? {
            new if new > offset && new <= offset + length => Ok(new),
            _ => Err(RoadError::Protocol("its offset does not follow from what was sent")),
        }
    }

    async fn finish(&self) -> Result<Step, RoadError> {
        if let Some(path) = &self.state {
            state::forget(path).await?;
        }
        Ok(Step::Done { bytes: self.total, resumed_from: self.resumed_from.unwrap_or(0) })
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url).header("Tus-Resumable", "1.0.0")
    }

    /// A request without a body of note.
    async fn quick(&self, request: RequestBuilder) -> Result<Response, RoadError> {
        let stalled = |_| RoadError::Cut("no answer".into());
        Ok(tokio::time::timeout(self.stall, request.send()).await.map_err(stalled)??)
    }

    /// A request with a body: tells progress while it moves, gives up when it no longer does.
    async fn watched(
        &self,
        request: RequestBuilder,
        taken: &AtomicU64,
        progress: &mut impl FnMut(Progress),
    ) -> Result<Response, RoadError> {
        let mut response = pin!(request.send());
        let mut tick = tokio::time::interval(TICK);
        let mut moved = (0, Instant::now());
        loop {
            tokio::select! {
                answer = &mut response => return Ok(answer?),
                _ = tick.tick() => {}
            }
            let now = taken.load(Ordering::Relaxed);
            if now != moved.0 {
                moved = (now, Instant::now());
                progress(Progress { sent: self.safe + now, ..self.progress() });
            } else if moved.1.elapsed() >= self.stall {
                return Err(RoadError::Cut("nothing moved".into()));
            }
        }
    }
}

/// Where uploads are made: `upload` below the intake's first page, or the address itself if it already ends so.
fn creation(intake: &str, proxy: Option<&str>) -> Result<Url, RoadError> {
    let mut url = http::address(intake, proxy)?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&if path.ends_with("/upload") { path } else { format!("{path}/upload") });
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn offset_of(response: &Response) -> Result<u64, RoadError> {
    let header = response.headers().get("Upload-Offset").and_then(|v| v.to_str().ok());
    header.and_then(|text| text.parse().ok()).ok_or(RoadError::Protocol("it does not say how much it has"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_are_made_below_the_first_page() {
        for (given, made) in [
            ("http://127.0.0.1:8480", "http://127.0.0.1:8480/upload"),
            ("http://127.0.0.1:8480/", "http://127.0.0.1:8480/upload"),
            ("https://a.example/call/", "https://a.example/call/upload"),
            ("https://a.example/upload/", "https://a.example/upload"),
            ("https://a.example/upload?x#y", "https://a.example/upload"),
        ] {
            assert_eq!(creation(given, None).unwrap().as_str(), made);
        }
    }
}
