//! The door: the key that `hamseda desk` printed, and a name for the record. The key has 128 random bits, so guessing needs
//! no brake.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use hamseda_core::{OsRandom, Random, UnixSeconds};
use hamseda_tally::sha256;
use hamseda_vault::Session;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use crate::app::{App, Shared};
use crate::error::Refusal;
use crate::guard::{COOKIE, Reviewer, language};
use crate::view::{Page, html, refusal};

/// A session ends after a working day.
const SESSION_SECS: i64 = 10 * 3600;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    page: Page<'a>,
    problem: Option<&'static str>,
    name: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct Entry {
    name: String,
    key: String,
}

#[derive(Deserialize)]
pub(crate) struct Leave {
    csrf: String,
}

pub(crate) async fn page(State(app): State<Shared>, headers: HeaderMap) -> Response {
    door(&app, &headers, StatusCode::OK, None, "")
}

fn door(app: &App, headers: &HeaderMap, status: StatusCode, problem: Option<&'static str>, name: &str) -> Response {
    html(status, &LoginPage { page: Page::new(app, language(headers)), problem, name })
}

pub(crate) async fn enter(State(app): State<Shared>, headers: HeaderMap, Form(entry): Form<Entry>) -> Response {
    let name = entry.name.trim();
    if name.is_empty() || name.chars().count() > 40 || name.chars().any(char::is_control) {
        return door(&app, &headers, StatusCode::BAD_REQUEST, Some("login-name-wrong"), "");
    }
    let fits: bool = app.config.login_key.expose().as_bytes().ct_eq(entry.key.trim().as_bytes()).into();
    if !fits {
        return door(&app, &headers, StatusCode::FORBIDDEN, Some("login-wrong"), name);
    }
    let mut random = OsRandom;
    let random: &mut dyn Random = &mut random;
    let token = hex::encode(random.bytes::<32>());
    let session = Session {
        token_sha256: sha256(token.as_bytes()),
        reviewer: name.to_owned(),
        csrf: random.bytes(),
        expires: UnixSeconds(app.config.clock.now().0 + SESSION_SECS),
    };
    if let Err(error) = app.config.vault.put_session(&session).await {
        return refusal(&app, language(&headers), Refusal::from(error));
    }
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={SESSION_SECS}");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

pub(crate) async fn logout(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Form(leave): Form<Leave>,
) -> Response {
    let ended = async {
        reviewer.check_csrf(&leave.csrf)?;
        app.showing.end(reviewer.session.token_sha256);
        app.config.vault.end_session(reviewer.session.token_sha256).await.map_err(Refusal::from)
    };
    if let Err(problem) = ended.await {
        return refusal(&app, reviewer.lang, problem);
    }
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response()
}
