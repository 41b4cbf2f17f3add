//! What a worker reports of a message: its parts, or why it can't be read.

use hamseda_core::{ArtefactId, Day, MessageId, MessageState, Secret};
use hamseda_store::{Row, Tx, values};
use hamseda_tally::sha256;
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::job::{self, JobKind, Lease};
use crate::message::{require, set_state};
use crate::{Parts, Prepared, Vault, VaultError, artefact, opening};

impl Vault {
    /// Ends a job with a message's parts: it waits for a decision, or is held when its sender gave it as testimony only.
    ///
    /// # Errors
    /// [`VaultError::LeaseLost`] when somebody else has the job; [`VaultError::NoArtefact`] when a part was not kept.
    pub async fn prepared(&self, lease: &Lease, parts: Parts) -> Result<Prepared, VaultError> {
        for id in [parts.master, parts.tiles, parts.poster] {
            self.artefact(id).await?.ok_or(VaultError::NoArtefact(id))?;
        }
        let (today, written) = (self.today(), &parts);
        let state = if parts.choices.uses.testimony { MessageState::Held } else { MessageState::Prepared };
        self.db
            .run("prepared", |tx| async move {
                job::finish(&tx, lease).await?;
                require(&tx, lease.message, "prepared", &[MessageState::Stored]).await?;
                insert(&tx, lease.message, written).await?;
                opening::note(&tx, lease.message, written.w_commitment, written.reply_key.as_ref()).await?;
                for part in [written.master, written.tiles, written.poster] {
                    artefact::own(&tx, lease.message, part).await?;
                }
                set_state(&tx, lease.message, state).await?;
                let detail = json!({
                    "master": written.master,
                    "poster": written.poster,
                    "report": hex::encode(sha256(written.report.to_string().as_bytes())),
                    "tiles": written.tiles,
                    "template": written.report["template"],
                    "tools": written.report["tools"],
                    "treatment": written.report["treatment"],
                });
                custody::record(&tx, today, &lease.actor(), Event::Prepared, Some(lease.message), detail).await?;
                if state == MessageState::Held {
                    let detail = json!({ "why": "given as testimony" });
                    custody::record(&tx, today, &Actor::Sender, Event::Held, Some(lease.message), detail).await?;
                }
                Ok::<_, VaultError>(())
            })
            .await?;
        Ok(Prepared { id: lease.message, parts })
    }

    /// Ends a job because the message can't be opened or decoded. `reason` is what the desk shows.
    ///
    /// # Errors
    /// [`VaultError::LeaseLost`] when somebody else has the job.
    pub async fn unreadable(&self, lease: &Lease, code: &str, reason: &str) -> Result<(), VaultError> {
        let today = self.today();
        self.db
            .run("unreadable", |tx| async move {
                job::finish(&tx, lease).await?;
                mark_unreadable(&tx, today, lease, code, reason).await
            })
            .await
    }

    /// Tries an unreadable message again, for instance after an update.
    ///
    /// # Errors
    /// [`VaultError::State`] when it is anything else.
    pub async fn retry(&self, message: MessageId, actor: &Actor) -> Result<(), VaultError> {
        let today = self.today();
        self.db
            .run("retry", |tx| async move {
                require(&tx, message, "tried again", &[MessageState::Unreadable]).await?;
                set_state(&tx, message, MessageState::Stored).await?;
                job::queue(&tx, JobKind::Prepare, message).await?;
                tx.execute("DELETE FROM archive WHERE message = $1 AND stanza IS NULL", &values![message]).await?;
                custody::record(&tx, today, actor, Event::Retried, Some(message), json!({})).await?;
                Ok(())
            })
            .await
    }
}

/// Marks a message whose job was just ended.
pub(crate) async fn mark_unreadable(
    tx: &Tx,
    today: Day,
    lease: &Lease,
    code: &str,
    reason: &str,
) -> Result<(), VaultError> {
    require(tx, lease.message, "marked as unreadable", &[MessageState::Stored]).await?;
    set_state(tx, lease.message, MessageState::Unreadable).await?;
    let sql = "UPDATE message SET code = $1, reason = $2 WHERE id = $3";
    tx.execute(sql, &values![code, reason, lease.message]).await?;
    let detail = json!({ "code": code });
    custody::record(tx, today, &lease.actor(), Event::Unreadable, Some(lease.message), detail).await?;
    Ok(())
}

async fn insert(tx: &Tx, message: MessageId, parts: &Parts) -> Result<(), VaultError> {
    let choices = serde_json::to_string(&parts.choices).map_err(|e| VaultError::damaged(e.to_string()))?;
    let row = values![
        message,
        parts.master,
        parts.tiles,
        parts.poster,
        parts.units,
        parts.shown,
        parts.sound,
        choices,
        parts.tag,
        parts.r_commitment,
        parts.w_commitment,
        parts.reply_key.as_ref().map(|key| *key.expose()),
        parts.size_class,
        parts.fingerprint,
        parts.report.to_string(),
    ];
    tx.execute(
        "INSERT INTO prepared (message, master, tiles, poster, units, shown, sound, choices, tag, r_commitment,
                               w_commitment, reply_key, size_class, fingerprint, report)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        &row,
    )
    .await?;
    Ok(())
}

/// The parts in a row whose columns from `at` on are those of `prepared` without the first; `None` when all are NULL.
pub(crate) fn parts_from_row(row: &Row, at: usize) -> Result<Option<Parts>, VaultError> {
    let Some(master) = row.get::<Option<ArtefactId>>(at)? else { return Ok(None) };
    let json = |what: &str, e: serde_json::Error| VaultError::damaged(format!("{what} of a message: {e}"));
    Ok(Some(Parts {
        master,
        tiles: row.get(at + 1)?,
        poster: row.get(at + 2)?,
        units: row.get(at + 3)?,
        shown: row.get(at + 4)?,
        sound: row.get(at + 5)?,
        choices: serde_json::from_str(&row.get::<String>(at + 6)?).map_err(|e| json("choices", e))?,
        tag: row.get(at + 7)?,
        r_commitment: row.get(at + 8)?,
        w_commitment: row.get(at + 9)?,
        reply_key: row.get::<Option<[u8; 32]>>(at + 10)?.map(Secret::new),
        size_class: row.get(at + 11)?,
        fingerprint: row.get(at + 12)?,
        report: serde_json::from_str(&row.get::<String>(at + 13)?).map_err(|e| json("report", e))?,
    }))
}
