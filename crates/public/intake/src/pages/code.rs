//! The page of codes: status, answers, a letter, withdrawal. With script the code is typed; without, small files that
//! the offline sealer made are handed in.
//!
//! Refuses: a form with a field for a code. What a form holds is posted, and a code must never leave the device.

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
#[template(path = "code.html")]
struct Code<'a> {
    frame: Frame<'a>,
    script: Script,
    facts: &'a str,
    texts: &'a str,
}

#[derive(Template)]
#[template(path = "note.html")]
struct Note<'a> {
    frame: Frame<'a>,
    heading: &'static str,
    text: &'static str,
}

/// `GET /fa/code`
pub(crate) async fn chosen(State(app): State<Shared>, path: Path<String>, headers: HeaderMap) -> Response {
    in_language(app, path, headers, page).await
}

fn page(app: &App, lang: Lang) -> Response {
    let page = Code {
        frame: Frame::new(app, lang, "code"),
        script: Script::SEND,
        facts: &app.pages.facts,
        texts: app.pages.client_texts(lang),
    };
    let mut response = html(StatusCode::OK, page.render());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, headers::SCRIPT);
    response
}

/// What the plain form for withdrawals answers, whatever there is.
pub(crate) fn withdrawn(app: &App, lang: Lang) -> Response {
    note(app, lang, StatusCode::OK, "withdrawn-heading", "withdrawn")
}

/// What the plain form for letters answers to a letter of the right shape.
pub(crate) fn letter_taken(app: &App, lang: Lang) -> Response {
    note(app, lang, StatusCode::OK, "letter-heading", "letter")
}

/// For a file that is none of the small files, or none that this form takes.
pub(crate) fn not_small(app: &App, lang: Lang, status: StatusCode) -> Response {
    note(app, lang, status, "notsmall-heading", "notsmall")
}

fn note(app: &App, lang: Lang, status: StatusCode, heading: &'static str, text: &'static str) -> Response {
    html(status, Note { frame: Frame::new(app, lang, "code"), heading, text }.render())
}
