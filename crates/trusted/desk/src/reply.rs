//! A reviewer writes to a message's sender, who reads it with the code when the records are next handed to the intake.

use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use hamseda_core::{MessageId, MessageState};
use hamseda_vault::Actor;
use serde::Deserialize;

use crate::app::{App, Shared};
use crate::error::Refusal;
use crate::guard::Reviewer;
use crate::view::refusal;

#[derive(Deserialize)]
pub(crate) struct Words {
    csrf: String,
    text: String,
    /// The queue it was written from, to stay there.
    state: String,
}

pub(crate) async fn reply(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    Form(words): Form<Words>,
) -> Response {
    match keep(&app, &reviewer, &id, &words).await {
        Ok(next) => Redirect::to(&next).into_response(),
        Err(problem) => refusal(&app, reviewer.lang, problem),
    }
}

/// Keeps the reply and returns the address of its message.
async fn keep(app: &App, reviewer: &Reviewer, id: &str, words: &Words) -> Result<String, Refusal> {
    reviewer.check_csrf(&words.csrf)?;
    let id: MessageId = id.parse().map_err(|_| Refusal::GONE)?;
    let state: MessageState = words.state.parse().map_err(|_| Refusal::FORM)?;
    app.config.vault.reply(id, &words.text, &Actor::Reviewer(reviewer.session.reviewer.clone())).await?;
    Ok(format!("/message/{id}?state={state}&done=reply#letters"))
}
