//! Seeing a message unprotected: a reviewer asks and says why, a worker shows it once. Both are in the custody chain before a
//! byte is opened.
//!
//! Refuses: to let a worker show what nobody asked for, or a second time; free words without a code, for codes can be counted.

use std::str::FromStr;

use hamseda_core::{MessageId, MessageState};
use hamseda_store::{Tx, values};
use serde_json::{Value, json};

use crate::custody::{self, Actor, Event};
use crate::message::require;
use crate::words::words;
use crate::{Vault, VaultError};

/// Most characters of a reviewer's own words.
const WORDS: usize = 200;

words! {
    /// Why a reviewer must see a message unprotected.
    OriginalReason;
    /// To see whether a mask or an altered voice does its work.
    Protection "protection";
    /// The words can't be understood as prepared.
    Words "words";
    /// To compare it with another message.
    Twin "twin";
    /// Somebody may be in danger.
    Risk "risk";
    /// Something else, in the reviewer's words.
    Other "other";
}

impl OriginalReason {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Protection, Self::Words, Self::Twin, Self::Risk, Self::Other];
}

/// A word that is no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a reason is protection, words, twin, risk or other")]
pub struct ParseReasonError;

impl FromStr for OriginalReason {
    type Err = ParseReasonError;

    fn from_str(text: &str) -> Result<Self, ParseReasonError> {
        Self::from_word(text).ok_or(ParseReasonError)
    }
}

/// A view that was asked for and may be shown now, once. Only [`Vault::show_original`] makes one.
#[derive(Debug, PartialEq, Eq)]
pub struct OriginalView {
    message: MessageId,
    reviewer: String,
}

impl OriginalView {
    /// Which message.
    #[must_use]
    pub const fn message(&self) -> MessageId {
        self.message
    }

    /// Who asked, by name.
    #[must_use]
    pub fn reviewer(&self) -> &str {
        &self.reviewer
    }
}

/// States in which there is something to look at.
const SHOWABLE: [MessageState; 7] = [
    MessageState::Prepared,
    MessageState::Held,
    MessageState::Accepted,
    MessageState::Released,
    MessageState::Rejected,
    MessageState::Unreadable,
    MessageState::Duplicate,
];

impl Vault {
    /// Records that a reviewer asks to see a message unprotected. The number it returns lets a worker show it once.
    ///
    /// `words` stay in the chain for good, also when the message is taken back; only [`OriginalReason::Other`] needs any.
    ///
    /// # Errors
    /// [`VaultError::Why`]; [`VaultError::State`] when there is nothing to see (yet, or any more).
    pub async fn ask_original(
        &self,
        message: MessageId,
        reason: OriginalReason,
        words: &str,
        by: &Actor,
    ) -> Result<u64, VaultError> {
        let (today, words) = (self.today(), words.split_whitespace().collect::<Vec<_>>().join(" "));
        let length = words.chars().count();
        let lacking = reason == OriginalReason::Other && length == 0;
        if lacking || length > WORDS || words.chars().any(char::is_control) || !matches!(by, Actor::Reviewer(_)) {
            return Err(VaultError::Why(WORDS));
        }
        let detail = json!({ "why": reason.as_str(), "words": words });
        let detail = &detail;
        self.db
            .run("ask original", |tx| async move {
                require(&tx, message, "shown unprotected", &SHOWABLE).await?;
                let event = Event::OriginalAsked;
                Ok(custody::record(&tx, today, by, event, Some(message), detail.clone()).await?.seq)
            })
            .await
    }

    /// Records that a worker opens a message for the reviewer who asked with event `asked`, and says who that was.
    ///
    /// # Errors
    /// [`VaultError::NotAsked`] when that event is another, another message's, or was used; [`VaultError::State`].
    pub async fn show_original(&self, message: MessageId, asked: u64, by: &Actor) -> Result<OriginalView, VaultError> {
        let today = self.today();
        self.db
            .run("show original", |tx| async move {
                require(&tx, message, "shown unprotected", &SHOWABLE).await?;
                let refused = VaultError::NotAsked { message, asked };
                let Some(reviewer) = unused(&tx, message, asked).await? else { return Err(refused) };
                let detail = json!({ "asked": asked });
                custody::record(&tx, today, by, Event::OriginalShown, Some(message), detail).await?;
                Ok(OriginalView { message, reviewer })
            })
            .await
    }
}

/// Who asked with event `asked`, unless it was shown already.
async fn unused(tx: &Tx, message: MessageId, asked: u64) -> Result<Option<String>, VaultError> {
    const SQL: &str = "SELECT seq, actor, event, detail FROM custody WHERE message = $1 AND seq >= $2 ORDER BY seq";
    let mut reviewer = None;
    for row in tx.all(SQL, &values![message, asked]).await? {
        let (seq, event): (u64, String) = (row.get(0)?, row.get(2)?);
        if seq == asked
            && event == Event::OriginalAsked.as_str()
            && let Actor::Reviewer(name) = row.parse(1)?
        {
            reviewer = Some(name);
        }
        if event == Event::OriginalShown.as_str() {
            let detail: Value = serde_json::from_str(&row.get::<String>(3)?)
                .map_err(|e| VaultError::damaged(format!("custody event {seq}: {e}")))?;
            if detail["asked"] == json!(asked) {
                return Ok(None);
            }
        }
    }
    Ok(reviewer)
}
