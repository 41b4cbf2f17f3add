//! Small bodies: raw from script, or a small file in a plain form.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use hamseda_core::{Coded, Lang};
use hamseda_inbox::InboxError;
use tokio::time::timeout;

use crate::form::{Event, Form, FormError};
use crate::pages::{code, frame};
use crate::router::App;

/// Largest body: a letter to eight keys is half as long.
const MOST: usize = 64 * 1024;

/// A body that came whole.
pub(super) enum Brought {
    /// As a script sends it.
    Raw(Vec<u8>),
    /// The file of a form.
    File(Vec<u8>),
}

/// Reads the body, whichever it is; `None` when it is cut, too long or no form.
pub(super) async fn read(idle: Duration, request: Request) -> Option<Brought> {
    let kind = content_type(request.headers()).to_owned();
    let mut body = request.into_body().into_data_stream();
    let (mut all, mut length) = (Vec::new(), 0);
    while let Some(bytes) = timeout(idle, body.next()).await.ok()? {
        let bytes = bytes.ok()?;
        length += bytes.len();
        // What is a little too long is still read, so that its sender sees the answer instead of a broken line.
        if length > 16 * MOST {
            return None;
        }
        all.extend_from_slice(&bytes[..bytes.len().min(MOST - all.len())]);
    }
    if length > MOST {
        return None;
    }
    if !kind.to_ascii_lowercase().starts_with("multipart/") {
        return Some(Brought::Raw(all));
    }
    file(&kind, &all).ok().flatten().map(Brought::File)
}

/// The first file of a form that is not empty.
fn file(kind: &str, body: &[u8]) -> Result<Option<Vec<u8>>, FormError> {
    let mut form = Form::new(kind)?;
    form.push(body);
    let (mut found, mut open) = (None, false);
    while let Some(event) = form.next_event()? {
        match event {
            Event::Begin { file, .. } => open = file && found.is_none(),
            Event::Data(bytes) if open => found.get_or_insert_with(Vec::new).extend_from_slice(&bytes),
            Event::Data(_) | Event::End => {}
        }
    }
    form.finish()?;
    Ok(found)
}

/// What a request says its body is.
pub(super) fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Who asks: a page's form, in its language, or a script.
pub(super) struct Asker {
    form: Option<Lang>,
}

impl Asker {
    pub(super) fn of(app: &App, request: &Request) -> Self {
        let headers = request.headers();
        let form = content_type(headers).to_ascii_lowercase().starts_with("multipart/");
        Self { form: form.then(|| named(app, request.uri()).unwrap_or_else(|| frame::asked(app, headers))) }
    }

    /// The page for a form, or the line for a script.
    pub(super) fn told(&self, app: &App, page: impl FnOnce(&App, Lang) -> Response, line: &'static str) -> Response {
        self.form.map_or_else(|| line.into_response(), |lang| page(app, lang))
    }

    /// The answer to a body that is not what this address takes.
    pub(super) fn refused(&self, app: &App) -> Response {
        if let Some(lang) = self.form {
            return code::not_small(app, lang, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        (StatusCode::BAD_REQUEST, "this address takes something else; open the page again\n").into_response()
    }
}

/// The language that the form's page was in: `?lang=fa`.
fn named(app: &App, uri: &Uri) -> Option<Lang> {
    let query = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    frame::offered(app, query)
}

/// The answer when the inbox did not take it: the same whatever was asked.
pub(super) fn failed(error: &InboxError) -> Response {
    if error.is_full() {
        return (StatusCode::INSUFFICIENT_STORAGE, "there is no room at the moment; try again tomorrow\n")
            .into_response();
    }
    tracing::error!(code = error.code(), %error, "a request could not be done");
    (StatusCode::INTERNAL_SERVER_ERROR, "the server failed; try again in an hour\n").into_response()
}
