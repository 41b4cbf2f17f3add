//! The sending page. Its steps are drawn by our own script; without script it leads to the plain road.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use hamseda_core::Lang;

use super::call::html;
use super::frame::{Frame, in_language};
use super::script::Script;
use crate::headers;
use crate::router::{App, Shared};

#[derive(Template)]
#[template(path = "send.html")]
struct Send<'a> {
    frame: Frame<'a>,
    script: Script,
    /// The campaign, as JSON.
    facts: &'a str,
    /// The texts that the script says, as JSON.
    texts: &'a str,
}

/// `GET /fa/send`
pub(crate) async fn chosen(State(app): State<Shared>, path: Path<String>, headers: HeaderMap) -> Response {
    in_language(app, path, headers, page).await
}

fn page(app: &App, lang: Lang) -> Response {
    let page = Send {
        frame: Frame::new(app, lang, "send"),
        script: Script::SEND,
        facts: &app.pages.facts,
        texts: app.pages.client_texts(lang),
    };
    let mut response = html(StatusCode::OK, page.render());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, headers::SCRIPT);
    response.headers_mut().insert(headers::PERMISSIONS_POLICY, headers::CAMERA);
    response
}
