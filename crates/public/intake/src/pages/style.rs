//! The one style sheet, in the campaign's colour, and the fonts beside it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::router::Shared;

/// The look of these pages, in the campaign's accent.
pub(super) fn sheet(accent: [u8; 3]) -> String {
    [hamseda_assets::INTAKE_CSS, &hamseda_assets::accent_css(accent)].concat()
}

/// `GET /style/{file}`
pub(crate) async fn file(State(app): State<Shared>, Path(name): Path<String>) -> Response {
    if name == "intake.css" {
        return ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], app.pages.style.clone()).into_response();
    }
    match hamseda_assets::WEB_FONTS.into_iter().find(|font| font.name == name) {
        Some(font) => ([(header::CONTENT_TYPE, hamseda_assets::WOFF2_TYPE)], font.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
