//! The offline sealer and the campaign's file for it.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::router::Shared;

/// `GET /sealer.html`: one file, the same at every campaign, so that its digits can be printed.
pub(crate) async fn sealer(State(app): State<Shared>) -> Response {
    let mut response = hamseda_assets::SEALER_HTML.into_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, app.pages.sealer_policy.clone());
    response
}

/// `GET /kit.json`
pub(crate) async fn kit(State(app): State<Shared>) -> Response {
    match app.pages.kit.kit(&app.keyset()) {
        Ok(kit) => ([(header::CONTENT_TYPE, "application/json")], kit).into_response(),
        Err(error) => {
            tracing::error!(code = "intake-kit", %error, "the campaign's file could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The policy that the sealer carries in itself, as a header: the hashes of its one style and its one script, and no
/// connection to anybody. A file without one may run nothing.
pub(super) fn policy() -> HeaderValue {
    let page = hamseda_assets::SEALER_HTML;
    let own = page.split_once("Content-Security-Policy\" content=\"").and_then(|(_, rest)| rest.split_once('"'));
    let policy = own.map_or("default-src 'none'", |(policy, _)| policy);
    let whole = format!("{policy}; frame-ancestors 'none'");
    HeaderValue::from_str(&whole).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
