//! The queue and one message of it.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use hamseda_core::{MessageId, MessageState};
use hamseda_tally::{Claim, count};
use hamseda_vault::{Correspondence, Message, Page as Window};
use serde::Deserialize;

use crate::app::{App, Shared};
use crate::error::Refusal;
use crate::guard::Reviewer;
use crate::made;
use crate::pages::{Asking, Letters, QueuePage, Tab};
use crate::twins::TwinRow;
use crate::view::{Page, Said, html, refusal};

/// Messages on one page of the queue.
const PAGE: u32 = 50;

/// States that have a tab, in the order of a reviewer's day.
const TABS: [MessageState; 7] = [
    MessageState::Prepared,
    MessageState::Held,
    MessageState::Accepted,
    MessageState::Released,
    MessageState::Rejected,
    MessageState::Unreadable,
    MessageState::Withdrawn,
];

#[derive(Deserialize)]
pub(crate) struct Where {
    state: Option<String>,
    /// Arrival after which the page begins.
    page: Option<i64>,
    /// What was just decided.
    done: Option<String>,
}

impl Where {
    fn state(&self) -> MessageState {
        self.state.as_deref().and_then(|s| s.parse().ok()).unwrap_or(MessageState::Prepared)
    }
}

pub(crate) async fn list(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Query(place): Query<Where>,
) -> Response {
    answer(&app, &reviewer, &place, None).await
}

pub(crate) async fn message(
    State(app): State<Shared>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    Query(place): Query<Where>,
) -> Response {
    answer(&app, &reviewer, &place, Some(id)).await
}

async fn answer(app: &App, reviewer: &Reviewer, place: &Where, id: Option<String>) -> Response {
    match build(app, reviewer, place, id).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(problem) => refusal(app, reviewer.lang, problem),
    }
}

async fn build<'a>(
    app: &'a App,
    reviewer: &Reviewer,
    place: &Where,
    id: Option<String>,
) -> Result<QueuePage<'a>, Refusal> {
    let page = Page::new(app, reviewer.lang);
    let vault = &app.config.vault;
    let chosen = match id {
        Some(id) => Some(vault.message(id.parse::<MessageId>().map_err(|_| Refusal::GONE)?).await?),
        None => None,
    };
    let state = place.state();
    // A message opened from a link shows its neighbours, so that the list stands where the person is.
    let after = place.page.or(chosen.as_ref().map(|m| m.arrival - 1 - i64::from(PAGE) / 4)).unwrap_or(0);
    let mut items = vault.messages(Some(state), Window { after: after.max(0), limit: PAGE + 1 }).await?;
    let more =
        (items.len() > PAGE as usize).then(|| items.truncate(PAGE as usize)).and(items.last().map(|m| m.arrival));
    // Whoever opens the queue wants to work: the first message is shown at once.
    let chosen = chosen.or_else(|| items.first().cloned());

    let written = match &chosen {
        Some(message) => vault.correspondence(message.id).await?,
        None => Correspondence::default(),
    };
    let events = match &chosen {
        Some(message) => vault.custody(Some(message.id)).await?,
        None => Vec::new(),
    };
    let twins = match &chosen {
        Some(message) => TwinRow::of(&page, vault, message).await?,
        None => Vec::new(),
    };
    let counts = vault.counts().await?;
    let tabs = TABS.map(|tab| Tab {
        state: tab.as_str(),
        label: page.t(&format!("state-{tab}")),
        count: page.number(counts.of(tab)),
        here: tab == state,
    });
    Ok(QueuePage {
        slogan: slogan(app, reviewer),
        tabs: tabs.into(),
        state: state.as_str(),
        waiting: page.with("bar-waiting", &[("n", &page.number(counts.of(MessageState::Prepared)))]),
        counted: counted(app, reviewer).await?,
        csrf: reviewer.csrf(),
        reviewer: reviewer.session.reviewer.clone(),
        items: items.iter().map(|m| QueuePage::item(app, &page, m, chosen.as_ref())).collect(),
        more,
        done: place.done.as_deref().and_then(|what| done(&page, what)),
        message: chosen.as_ref().map(|m: &Message| QueuePage::detail(app, &page, m)),
        original: chosen.as_ref().map(|m| Asking::of(&page, m, &events)),
        made: chosen.as_ref().and_then(|m| Some(made::of(&page, &m.parts.as_ref()?.report))).unwrap_or_default(),
        letters: chosen.as_ref().map(|m| Letters::of(&page, m, written)),
        codes: QueuePage::codes(&page),
        twins,
        page,
    })
}

fn slogan(app: &App, reviewer: &Reviewer) -> Said {
    app.config
        .campaign
        .slogan
        .best(reviewer.lang)
        .map_or_else(|| Said::of("", reviewer.lang), |(lang, text)| Said::of(text, lang))
}

/// The one figure on the desk that is about the log comes from the log.
async fn counted(app: &App, reviewer: &Reviewer) -> Result<String, Refusal> {
    let leaves = app.config.vault.log().await?.map_or_else(Vec::new, |log| log.leaves);
    Ok(Claim::logged(&count(&leaves)).text(reviewer.lang).sentence)
}

fn done(page: &Page<'_>, what: &str) -> Option<String> {
    match what {
        "reply" => return Some(page.t("reply-kept")),
        "duplicate" => return Some(page.t("twin-struck")),
        "different" => return Some(page.t("twin-settled")),
        "original" => return Some(page.t("original-ended")),
        _ => {}
    }
    let id = ["accept", "hold", "reject"].into_iter().find(|id| *id == what)?;
    Some(page.with("decided", &[("what", &page.t(id))]))
}
