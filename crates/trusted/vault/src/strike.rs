//! Taking a message off the count: withdrawn by its sender, or found to equal another.
//!
//! A message that is not in the log yet leaves without a trace in it; for one that is, a W or D leaf is queued whose tag
//! nobody outside can link to the message.

use hamseda_core::{Day, MessageId, MessageState, SealedHash};
use hamseda_store::{Tx, values};
use hamseda_tally::derive::{reason_commitment, strike_nullifier};
use hamseda_tally::{Hash, LeafKind};
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::message::{self, require, set_state};
use crate::{Vault, VaultError, archive, invite, job, leaf, publish, random, receive, reply, tombstone, twin};

/// How many days a withdrawn message's status record says so, before nothing is known of its code any more.
const TOLD_DAYS: i32 = 30;

impl Vault {
    /// Takes a message back: off the count, its keys erased, its copies removed from this machine. Final. A message that
    /// was withdrawn before stays so, and what is left of its copies is removed.
    ///
    /// Film, wall and site lose it with their next build.
    ///
    /// # Errors
    /// [`VaultError::NoMessage`]; when files can't be removed (the withdrawal stands; call again).
    pub async fn withdraw(&self, id: MessageId, by: &Actor) -> Result<(), VaultError> {
        let today = self.today();
        let mason = &self.mason;
        let sealed = self
            .db
            .run("withdraw", |tx| async move {
                let sealed = message::load(&tx, id).await?.sealed;
                withdraw(&tx, today, id, mason.of_sealed(sealed), by).await?;
                Ok::<SealedHash, VaultError>(sealed)
            })
            .await?;
        self.erase(id, sealed).await
    }

    /// Removes what stands outside the database of a withdrawn message, and what the database's own files still hold of it.
    pub(crate) async fn erase(&self, id: MessageId, sealed: SealedHash) -> Result<(), VaultError> {
        self.engrave(&[self.mason.of_sealed(sealed)]).await?;
        self.blobs.delete(&receive::key(sealed)).await?;
        self.remove_artefacts_of(id).await?;
        Ok(self.db.scrub().await?)
    }

    /// Marks a message as the same as `twin`, which stays.
    ///
    /// # Errors
    /// [`VaultError::State`] when it has no parts or is off the count already, or when `twin` is.
    pub async fn duplicate(&self, id: MessageId, twin: MessageId, by: &Actor) -> Result<(), VaultError> {
        use MessageState::{Accepted, Held, Prepared, Released};
        let today = self.today();
        self.db
            .run("duplicate", |tx| async move {
                let states = [Prepared, Held, Accepted, Released];
                let state = require(&tx, id, "marked as a duplicate", &states).await?;
                let other = require(&tx, twin, "the one that stays", &states).await?;
                if id == twin {
                    return Err(VaultError::State { message: id, state: other, step: "a duplicate of itself" });
                }
                unlog(&tx, id, state, LeafKind::Duplicate, "duplicate").await?;
                publish::take_down(&tx, id).await?;
                set_state(&tx, id, MessageState::Duplicate).await?;
                tx.execute("UPDATE message SET twin = $1 WHERE id = $2", &values![twin, id]).await?;
                let detail = json!({ "of": twin });
                custody::record(&tx, today, by, Event::Duplicate, Some(id), detail).await?;
                Ok(())
            })
            .await
    }
}

/// Takes a message back, as a transaction does it. What it erases in the database is overwritten there; the rest is
/// [`Vault::erase`]'s.
pub(crate) async fn withdraw(
    tx: &Tx,
    today: Day,
    id: MessageId,
    tombstone: Hash,
    by: &Actor,
) -> Result<(), VaultError> {
    let message = message::load(tx, id).await?;
    tombstone::set(tx, tombstone).await?;
    if message.state == MessageState::Withdrawn {
        return Ok(());
    }
    job::cancel(tx, id).await?;
    unlog(tx, id, message.state, LeafKind::Withdrawn, "withdrawn").await?;
    publish::take_down(tx, id).await?;
    leaf::shred(tx, id).await?;
    archive::forget(tx, id).await?;
    invite::forget(tx, id).await?;
    reply::forget(tx, id).await?;
    twin::forget(tx, id).await?;
    tx.execute("UPDATE message_key SET header = NULL WHERE message = $1", &values![id]).await?;
    tx.execute("DELETE FROM prepared WHERE message = $1", &values![id]).await?;
    let told_until = Day(today.0.saturating_add(TOLD_DAYS));
    tx.execute("UPDATE opening SET until = $1 WHERE message = $2", &values![told_until, id]).await?;
    set_state(tx, id, MessageState::Withdrawn).await?;
    let detail = json!({ "was": message.state });
    custody::record(tx, today, by, Event::Withdrawn, Some(id), detail).await?;
    Ok(())
}

/// Takes a message off the log or off what waits for it. A message is struck once: a duplicate that is then withdrawn
/// keeps its D leaf.
async fn unlog(tx: &Tx, id: MessageId, state: MessageState, kind: LeafKind, reason: &str) -> Result<(), VaultError> {
    match state {
        MessageState::Accepted => leaf::forget(tx, id).await,
        MessageState::Released => {
            let row = tx.one("SELECT strike_seed FROM leaf_secret WHERE message = $1", &values![id]).await?;
            let (tag, salt) = (strike_nullifier(&row.get(0)?), random::<32>());
            let sql = "INSERT INTO strike (message, kind, salt, reason) VALUES ($1, $2, $3, $4)";
            tx.execute(sql, &values![id, kind.letter().to_string(), salt, reason]).await?;
            leaf::wait(tx, kind, tag, reason_commitment(&salt, reason), id).await
        }
        _ => Ok(()),
    }
}
