//! Headers of tus answers.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use hamseda_inbox::Upload;

use super::{VERSION, date};
use crate::router::App;

/// How far an upload is, and until when it can go on.
pub(super) fn offset_headers(app: &App, upload: &Upload) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("Upload-Offset", upload.received.into());
    if !upload.complete() {
        let expires = date::http(upload.expires(app.config.limits.upload_days));
        headers.extend(HeaderValue::try_from(expires).ok().map(|value| (EXPIRES, value)));
    }
    headers
}

const EXPIRES: axum::http::HeaderName = axum::http::HeaderName::from_static("upload-expires");

/// What every tus answer carries.
pub(super) fn dress(mut response: Response) -> Response {
    response.headers_mut().insert("Tus-Resumable", HeaderValue::from_static(VERSION));
    response
}
