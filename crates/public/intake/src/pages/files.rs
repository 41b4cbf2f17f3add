//! The campaign's public files, byte for byte.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::router::Shared;

/// `GET /keyset`: its SHA-256 is the hash that pages and paper print.
pub(crate) async fn keyset(State(app): State<Shared>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], app.keyset().to_json().to_owned())
}

/// `GET /campaign.toml`
pub(crate) async fn campaign(State(app): State<Shared>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], app.config.campaign_toml.clone())
}
