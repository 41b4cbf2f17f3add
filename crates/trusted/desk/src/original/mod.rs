//! Seeing a message unprotected: asking, looking, ending it.
//!
//! Refuses: without a reason; before the request is in the custody chain; more than one at a time; another session than the
//! one that asked.

mod bytes;
mod page;
mod showing;

use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use hamseda_core::{MessageId, MessageState};
use hamseda_vault::{Actor, OriginalReason};
use serde::Deserialize;

use crate::app::{App, Shared};
use crate::error::Refusal;
use crate::guard::Reviewer;
use crate::hatch::Order;
use crate::view::refusal;

pub(crate) use page::page;
pub(crate) use showing::Showing;

#[derive(Deserialize)]
pub(crate) struct Request {
    csrf: String,
    reason: String,
    words: String,
    /// The queue it was asked from, to go back there.
    state: String,
}

#[derive(Deserialize)]
pub(crate) struct End {
    csrf: String,
    state: String,
}

pub(crate) async fn ask(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    Form(request): Form<Request>,
) -> Response {
    match start(&app, &reviewer, &id, &request).await {
        Ok(next) => Redirect::to(&next).into_response(),
        Err(problem) => refusal(&app, reviewer.lang, problem),
    }
}

/// Records the request and asks a worker; returns the address of what is shown.
async fn start(app: &App, reviewer: &Reviewer, id: &str, request: &Request) -> Result<String, Refusal> {
    reviewer.check_csrf(&request.csrf)?;
    let message: MessageId = id.parse().map_err(|_| Refusal::GONE)?;
    let state: MessageState = request.state.parse().map_err(|_| Refusal::FORM)?;
    let reason: OriginalReason = request.reason.parse().map_err(|_| Refusal::WHY)?;
    // First a worker that could show it and a free place: what can't be shown need not be recorded.
    let worker = app.config.hatch.knock().await.ok_or(Refusal::NO_WORKER)?;
    let seat = app.showing.take(message, reviewer.session.token_sha256).ok_or(Refusal::BUSY)?;
    let by = Actor::Reviewer(reviewer.session.reviewer.clone());
    let asked = app.config.vault.ask_original(message, reason, &request.words, &by).await?;
    seat.fill(worker, Order { message, asked }, app.config.view_time);
    Ok(format!("/message/{message}/original?state={state}"))
}

pub(crate) async fn clip(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let clip = id.parse().ok().and_then(|message| app.showing.clip(message, reviewer.session.token_sha256));
    match clip {
        Some(clip) => bytes::answer(&clip, &headers),
        None => refusal(&app, reviewer.lang, Refusal::GONE),
    }
}

pub(crate) async fn end(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    Form(end): Form<End>,
) -> Response {
    let parsed = id.parse::<MessageId>().ok().zip(end.state.parse::<MessageState>().ok());
    match (reviewer.check_csrf(&end.csrf), parsed) {
        (Ok(()), Some((message, state))) => {
            app.showing.end(reviewer.session.token_sha256);
            Redirect::to(&format!("/message/{message}?state={state}&done=original")).into_response()
        }
        _ => refusal(&app, reviewer.lang, Refusal::FORM),
    }
}
