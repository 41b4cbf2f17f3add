//! A reviewer's or a rule's decision.

use hamseda_core::{MessageId, MessageState, RejectCode};
use hamseda_store::{Tx, values};
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::message::{self, require, set_state};
use crate::{Accepted, Vault, VaultError, leaf};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is a message of this campaign and counts.
    Accept,
    /// Put it aside.
    Hold,
    /// Refuse it; batches publish how many of each code.
    Reject(RejectCode),
}

/// What a decision led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// Its leaf waits for the next batch.
    Accepted(Accepted),
    /// It is put aside.
    Held,
    /// It is refused.
    Rejected(RejectCode),
}

impl Vault {
    /// Decides on a message that is prepared or held. Accepting draws its leaf: from then on it will be counted.
    ///
    /// # Errors
    /// [`VaultError::State`] in any other state; [`VaultError::NotCounted`] when its sender did not allow it.
    pub async fn decide(&self, message: MessageId, decision: Decision, by: &Actor) -> Result<Decided, VaultError> {
        let today = self.today();
        self.db
            .run("decide", |tx| async move {
                let step = match decision {
                    Decision::Accept => "accepted",
                    Decision::Hold => "held",
                    Decision::Reject(_) => "rejected",
                };
                let before = require(&tx, message, step, &[MessageState::Prepared, MessageState::Held]).await?;
                match decision {
                    Decision::Accept => accept(&tx, today, message, by).await.map(Decided::Accepted),
                    Decision::Hold if before == MessageState::Held => {
                        Err(VaultError::State { message, state: before, step })
                    }
                    Decision::Hold => {
                        set_state(&tx, message, MessageState::Held).await?;
                        custody::record(&tx, today, by, Event::Held, Some(message), json!({})).await?;
                        Ok(Decided::Held)
                    }
                    Decision::Reject(code) => {
                        set_state(&tx, message, MessageState::Rejected).await?;
                        let sql = "UPDATE message SET code = $1 WHERE id = $2";
                        tx.execute(sql, &values![code.as_str(), message]).await?;
                        let detail = json!({ "code": code });
                        custody::record(&tx, today, by, Event::Rejected, Some(message), detail).await?;
                        Ok(Decided::Rejected(code))
                    }
                }
            })
            .await
    }
}

async fn accept(tx: &Tx, today: hamseda_core::Day, id: MessageId, by: &Actor) -> Result<Accepted, VaultError> {
    let message = message::load(tx, id).await?;
    let parts = message.parts.ok_or_else(|| VaultError::damaged(format!("{id} has a decision but no parts")))?;
    if !parts.choices.uses.count || parts.choices.uses.testimony {
        return Err(VaultError::NotCounted(id));
    }
    let claim = leaf::claim(tx, &parts).await?;
    let detail = json!({ "tag_was_taken": claim.tag_was_taken });
    let decision = custody::record(tx, today, by, Event::Accepted, Some(id), detail).await?;
    set_state(tx, id, MessageState::Accepted).await?;
    leaf::draw(tx, id, message.sealed, &parts, &claim, decision).await?;
    Ok(Accepted { id, tag: claim.tag, tag_was_taken: claim.tag_was_taken })
}
