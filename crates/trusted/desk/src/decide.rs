//! A reviewer's decision. It goes to the vault under the reviewer's name, then the next message of the queue is shown.

use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use hamseda_core::{MessageId, MessageState};
use hamseda_vault::{Actor, Decision, Page};
use serde::Deserialize;

use crate::app::{App, Shared};
use crate::error::Refusal;
use crate::guard::Reviewer;
use crate::view::refusal;

#[derive(Deserialize)]
pub(crate) struct Verdict {
    csrf: String,
    decision: String,
    /// Why, when it is rejected.
    code: String,
    /// The queue it was decided from, to go on there.
    state: String,
}

impl Verdict {
    fn decision(&self) -> Option<Decision> {
        match self.decision.as_str() {
            "accept" => Some(Decision::Accept),
            "hold" => Some(Decision::Hold),
            "reject" => self.code.parse().ok().map(Decision::Reject),
            _ => None,
        }
    }
}

pub(crate) async fn decide(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    Form(verdict): Form<Verdict>,
) -> Response {
    match record(&app, &reviewer, &id, &verdict).await {
        Ok(next) => Redirect::to(&next).into_response(),
        Err(problem) => refusal(&app, reviewer.lang, problem),
    }
}

/// Records the decision and returns the address of what comes next.
async fn record(app: &App, reviewer: &Reviewer, id: &str, verdict: &Verdict) -> Result<String, Refusal> {
    reviewer.check_csrf(&verdict.csrf)?;
    let id: MessageId = id.parse().map_err(|_| Refusal::GONE)?;
    let decision = verdict.decision().ok_or(Refusal::FORM)?;
    let state: MessageState = verdict.state.parse().map_err(|_| Refusal::FORM)?;
    let vault = &app.config.vault;
    let arrival = vault.message(id).await?.arrival;
    vault.decide(id, decision, &Actor::Reviewer(reviewer.session.reviewer.clone())).await?;
    let next = vault.messages(Some(state), Page { after: arrival, limit: 1 }).await?;
    let next = match next.first() {
        Some(message) => Some(message.id),
        None => vault.messages(Some(state), Page::first(1)).await?.first().map(|m| m.id),
    };
    let done = match decision {
        Decision::Accept => "accept",
        Decision::Hold => "hold",
        Decision::Reject(_) => "reject",
    };
    Ok(match next {
        Some(next) => format!("/message/{next}?state={state}&done={done}"),
        None => format!("/?state={state}&done={done}"),
    })
}
