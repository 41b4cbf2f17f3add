//! The page on which an unprotected clip is waited for and looked at.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hamseda_core::{MessageId, MessageState};
use serde::Deserialize;

use super::showing::Stage;
use crate::app::Shared;
use crate::error::Refusal;
use crate::guard::Reviewer;
use crate::hatch::Why;
use crate::view::{Page, html, refusal};

#[derive(Template)]
#[template(path = "original.html")]
struct OriginalPage<'a> {
    page: Page<'a>,
    id: String,
    state: &'static str,
    csrf: String,
    /// Asked again by the browser while it is made.
    wait: Option<Wait>,
    ready: bool,
    /// Why it is not shown.
    problem: Option<&'static str>,
    detail: String,
    recorded: String,
    minutes: String,
}

struct Wait {
    frames: u64,
    of: u64,
}

#[derive(Deserialize)]
pub(crate) struct Where {
    state: Option<String>,
}

pub(crate) async fn page(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    Query(place): Query<Where>,
) -> Response {
    let Ok(message) = id.parse::<MessageId>() else { return refusal(&app, reviewer.lang, Refusal::GONE) };
    let state = place.state.as_deref().and_then(|s| s.parse().ok()).unwrap_or(MessageState::Prepared).as_str();
    let Some(stage) = app.showing.stage(message, reviewer.session.token_sha256) else {
        // Nothing was asked for, or its time is up.
        return Redirect::to(&format!("/message/{message}?state={state}")).into_response();
    };
    let page = Page::new(&app, reviewer.lang);
    let minutes = page.number(app.config.view_time.as_secs().div_ceil(60));
    let mut shown = OriginalPage {
        id: message.to_string(),
        state,
        csrf: reviewer.csrf(),
        wait: None,
        ready: false,
        problem: None,
        detail: String::new(),
        recorded: page.with("original-recorded", &[("who", &reviewer.session.reviewer)]),
        minutes: page.with("original-minutes", &[("n", &minutes)]),
        page,
    };
    match stage {
        Stage::Made { frames, of } => shown.wait = Some(Wait { frames, of }),
        Stage::Ready(_) => shown.ready = true,
        Stage::Refused { why, detail } => (shown.problem, shown.detail) = (Some(problem(why)), detail),
    }
    html(StatusCode::OK, &shown)
}

const fn problem(why: Why) -> &'static str {
    match why {
        Why::Busy => "original-busy",
        Why::TooOften => "original-too-often",
        Why::NotAsked => "original-not-asked",
        Why::Unreadable => "original-unreadable",
        Why::Failed => "original-failed",
    }
}
