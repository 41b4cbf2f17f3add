//! Messages that may be the same: shown beside one another, decided by whoever looks at them.
//!
//! Refuses to decide by itself, and to show anything but protected masters.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hamseda_core::{MessageId, MessageState};
use hamseda_vault::{Actor, Message, Twin, TwinSense, TwinVerdict, Vault};
use serde::Deserialize;

use crate::app::{App, Shared};
use crate::error::Refusal;
use crate::guard::Reviewer;
use crate::view::{Page, html, refusal};

/// Most pairs on the list.
const MOST: u32 = 200;

/// One message that may be the same as the one that is shown.
pub(crate) struct TwinRow {
    pub(crate) id: String,
    pub(crate) state: &'static str,
    /// What a second look made of it.
    pub(crate) verdict: String,
    /// What picture and sound say, and where and when the message stands.
    pub(crate) detail: String,
}

impl TwinRow {
    /// All of a message that is still waiting or counted.
    pub(crate) async fn of(page: &Page<'_>, vault: &Vault, message: &Message) -> Result<Vec<Self>, Refusal> {
        let mut rows = Vec::new();
        if may_be_struck(message.state) {
            for twin in vault.twins(message.id).await? {
                rows.push(Self::row(page, &vault.message(twin.other).await?, &twin));
            }
        }
        Ok(rows)
    }

    fn row(page: &Page<'_>, other: &Message, twin: &Twin) -> Self {
        let senses = [("twin-picture", twin.picture), ("twin-sound", twin.sound)].map(|(label, sense)| {
            let word = match sense {
                TwinSense::Same => "twin-is-same",
                TwinSense::Other => "twin-is-other",
                TwinSense::Unclear => "twin-is-unclear",
            };
            page.with(label, &[("what", &page.t(word))])
        });
        let verdict = match twin.verdict {
            TwinVerdict::Same => "twin-same",
            TwinVerdict::Unsure => "twin-unsure",
        };
        let state = page.t(&format!("state-{}", other.state));
        Self {
            id: other.id.to_string(),
            state: other.state.as_str(),
            verdict: page.t(verdict),
            detail: format!("{} · {} · {state} · {}", senses[0], senses[1], other.day),
        }
    }
}

const fn may_be_struck(state: MessageState) -> bool {
    use MessageState::{Accepted, Held, Prepared, Released};
    matches!(state, Prepared | Held | Accepted | Released)
}

/// A pair on the list: the later message, and what it may be the same as.
struct Pair {
    id: String,
    state: &'static str,
    twin: TwinRow,
}

#[derive(Template)]
#[template(path = "twins.html")]
struct TwinsPage<'a> {
    page: Page<'a>,
    pairs: Vec<Pair>,
}

/// Every pair that waits for a person.
pub(crate) async fn list(State(app): State<Shared>, Extension(reviewer): Extension<Reviewer>) -> Response {
    match pairs(&app, &reviewer).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(problem) => refusal(&app, reviewer.lang, problem),
    }
}

async fn pairs<'a>(app: &'a App, reviewer: &Reviewer) -> Result<TwinsPage<'a>, Refusal> {
    let page = Page::new(app, reviewer.lang);
    let vault = &app.config.vault;
    let mut pairs = Vec::new();
    for (id, twin) in vault.open_twins(MOST).await? {
        let (message, other) = (vault.message(id).await?, vault.message(twin.other).await?);
        let twin = TwinRow::row(&page, &other, &twin);
        pairs.push(Pair { id: id.to_string(), state: message.state.as_str(), twin });
    }
    Ok(TwinsPage { page, pairs })
}

#[derive(Deserialize)]
pub(crate) struct Judgement {
    csrf: String,
    other: String,
    what: String,
    /// The queue it was judged from, to stay there.
    state: String,
}

/// A person says that a message is a copy, or that it is none.
pub(crate) async fn judge(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    Form(judgement): Form<Judgement>,
) -> Response {
    match record(&app, &reviewer, &id, &judgement).await {
        Ok(next) => Redirect::to(&next).into_response(),
        Err(problem) => refusal(&app, reviewer.lang, problem),
    }
}

/// Records it and returns the address of what stays.
async fn record(app: &App, reviewer: &Reviewer, id: &str, judgement: &Judgement) -> Result<String, Refusal> {
    reviewer.check_csrf(&judgement.csrf)?;
    let id: MessageId = id.parse().map_err(|_| Refusal::GONE)?;
    let other: MessageId = judgement.other.parse().map_err(|_| Refusal::FORM)?;
    let state: MessageState = judgement.state.parse().map_err(|_| Refusal::FORM)?;
    let (vault, by) = (&app.config.vault, Actor::Reviewer(reviewer.session.reviewer.clone()));
    match judgement.what.as_str() {
        "duplicate" => {
            vault.duplicate(id, other, &by).await?;
            Ok(format!("/message/{other}?state={state}&done=duplicate"))
        }
        "different" => {
            vault.settle_twins(id, other, &by).await?;
            Ok(format!("/message/{id}?state={state}&done=different"))
        }
        _ => Err(Refusal::FORM),
    }
}
