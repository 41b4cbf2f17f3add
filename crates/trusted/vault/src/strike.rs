//! Taking a message off the count: withdrawn by its sender, or found to equal another.
//!
//! A message that is not in the log yet leaves without a trace in it; for one that is, a W or D leaf is queued whose tag
//! nobody outside can link to the message.

use hamseda_core::{ArtefactId, MessageId, MessageState, SealedHash};
use hamseda_store::{Tx, values};
use hamseda_tally::LeafKind;
use hamseda_tally::derive::{reason_commitment, strike_nullifier};
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::message::{self, require, set_state};
use crate::{Vault, VaultError, archive, invite, job, leaf, publish, random, receive};

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
        let (sealed, artefacts) = self
            .db
            .run("withdraw", |tx| async move {
                let message = message::load(&tx, id).await?;
                if message.state == MessageState::Withdrawn {
                    return Ok((message.sealed, Vec::new()));
                }
                job::cancel(&tx, id).await?;
                unlog(&tx, id, message.state, LeafKind::Withdrawn, "withdrawn").await?;
                publish::take_down(&tx, id).await?;
                leaf::shred(&tx, id).await?;
                archive::forget(&tx, id).await?;
                invite::forget(&tx, id).await?;
                let artefacts = forget_parts(&tx, id).await?;
                set_state(&tx, id, MessageState::Withdrawn).await?;
                let detail = json!({ "was": message.state });
                custody::record(&tx, today, by, Event::Withdrawn, Some(id), detail).await?;
                Ok::<(SealedHash, Vec<ArtefactId>), VaultError>((message.sealed, artefacts))
            })
            .await?;
        self.blobs.delete(&receive::key(sealed)).await?;
        for artefact in artefacts {
            self.remove_artefact(artefact).await?;
        }
        Ok(())
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

/// Forgets a message's parts; returns the artefacts that no other message has.
async fn forget_parts(tx: &Tx, id: MessageId) -> Result<Vec<ArtefactId>, VaultError> {
    let sql = "SELECT master, tiles, poster FROM prepared WHERE message = $1";
    let Some(row) = tx.optional(sql, &values![id]).await? else { return Ok(Vec::new()) };
    tx.execute("DELETE FROM prepared WHERE message = $1", &values![id]).await?;
    let mut alone = Vec::new();
    for column in 0..3 {
        let artefact: ArtefactId = row.get(column)?;
        let sql = "SELECT 1 FROM prepared WHERE master = $1 OR tiles = $1 OR poster = $1";
        if tx.optional(sql, &values![artefact]).await?.is_none() {
            alone.push(artefact);
        }
    }
    Ok(alone)
}
