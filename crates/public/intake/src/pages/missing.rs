//! The page for an address that leads nowhere.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::words::Words;
use super::{EXIT, call, language};
use crate::router::Shared;

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    words: Words<'a>,
    exit: &'static str,
}

/// The fallback of all routes.
pub(crate) async fn page(State(app): State<Shared>, headers: HeaderMap) -> Response {
    let lang = language::choose(call::wish(&headers), &app.pages.langs);
    let page = Missing { words: Words { texts: &app.pages.texts, lang }, exit: EXIT };
    call::html(StatusCode::NOT_FOUND, page.render())
}
