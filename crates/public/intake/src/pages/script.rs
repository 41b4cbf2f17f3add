//! Our own scripts, pinned by their hash: a page runs the file it names or none.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A script of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Script {
    name: &'static str,
    text: &'static str,
}

impl Script {
    /// The first load of the pages for sending and for codes.
    pub(super) const SEND: Self = Self { name: "send.js", text: hamseda_assets::SEND_JS };

    /// Where it lies.
    pub(super) fn path(self) -> String {
        format!("/capture/{}", self.name)
    }

    /// For the attribute `integrity`.
    pub(super) fn integrity(self) -> String {
        format!("sha256-{}", STANDARD.encode(Sha256::digest(self.text)))
    }
}

/// `GET /capture/{file}`
pub(crate) async fn file(Path(name): Path<String>) -> Response {
    match hamseda_assets::CAPTURE_SCRIPTS.into_iter().find(|script| script.0 == name) {
        Some((_, text)) => ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
