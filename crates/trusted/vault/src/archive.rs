//! The archive: each message's own key, wrapped to the offline archive key, and what still hinders the destruction of an
//! epoch's secrets.
//!
//! The sealed file itself stays as it came; the wrapped key beside it opens it once the desk's keys are gone.
//!
//! Refuses: a key of a withdrawn message, and a second key for one message.

use hamseda_core::{MessageId, MessageState};
use hamseda_store::{Tx, values};
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::message::require;
use crate::{Vault, VaultError};

/// A message's wrapped key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Epoch of the key set it was sealed to.
    pub epoch: u32,
    /// Its own key, wrapped to the archive's: an age stanza.
    pub stanza: String,
}

/// What of an epoch still needs its secrets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EpochLeft {
    /// Messages of this epoch that wait to be opened.
    pub unopened: u64,
    /// Messages of any epoch whose key is not in the archive yet.
    pub unarchived: u64,
    /// Messages of this epoch whose key is in the archive.
    pub archived: u64,
}

impl Vault {
    /// Messages whose key is not in the archive and that nobody has tried, in order of arrival.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unarchived(&self, limit: u32) -> Result<Vec<MessageId>, VaultError> {
        self.db
            .read("unarchived", |tx| async move {
                let sql = "SELECT id FROM message WHERE state <> 'withdrawn'
                           AND id NOT IN (SELECT message FROM archive) ORDER BY arrival LIMIT $1";
                tx.all(sql, &values![limit]).await?.iter().map(|row| Ok(row.get(0)?)).collect()
            })
            .await
    }

    /// Keeps a message's wrapped key; one that is kept already stays.
    ///
    /// # Errors
    /// [`VaultError::State`] for a message that was withdrawn.
    pub async fn archive(&self, id: MessageId, archived: &Archived, by: &Actor) -> Result<(), VaultError> {
        let today = self.today();
        self.db
            .run("archive", |tx| async move {
                require_kept(&tx, id).await?;
                let sql = "INSERT INTO archive (message, epoch, stanza) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
                if tx.execute(sql, &values![id, archived.epoch, archived.stanza.as_str()]).await? == 1 {
                    let detail = json!({ "epoch": archived.epoch });
                    custody::record(&tx, today, by, Event::Archived, Some(id), detail).await?;
                }
                Ok(())
            })
            .await
    }

    /// Notes that no desk key opens a message, and by which code. [`Vault::retry`] forgets it.
    ///
    /// # Errors
    /// [`VaultError::State`] for a message that was withdrawn.
    pub async fn not_archived(&self, id: MessageId, code: &str) -> Result<(), VaultError> {
        self.db
            .run("not archived", |tx| async move {
                require_kept(&tx, id).await?;
                let sql = "INSERT INTO archive (message, code) VALUES ($1, $2) ON CONFLICT DO NOTHING";
                tx.execute(sql, &values![id, code]).await?;
                Ok(())
            })
            .await
    }

    /// A message's wrapped key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn archived(&self, id: MessageId) -> Result<Option<Archived>, VaultError> {
        self.db
            .read("archived", |tx| async move {
                let sql = "SELECT epoch, stanza FROM archive WHERE message = $1 AND stanza IS NOT NULL";
                let row = tx.optional(sql, &values![id]).await?;
                row.map(|row| Ok(Archived { epoch: row.get(0)?, stanza: row.get(1)? })).transpose()
            })
            .await
    }

    /// What of an epoch still needs its secrets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn epoch_left(&self, epoch: u32) -> Result<EpochLeft, VaultError> {
        self.db
            .read("epoch left", |tx| async move {
                let sql = "SELECT (SELECT COUNT(*) FROM archive a JOIN message m ON m.id = a.message
                                   WHERE a.epoch = $1 AND m.state = 'stored'),
                                  (SELECT COUNT(*) FROM message WHERE state <> 'withdrawn'
                                   AND id NOT IN (SELECT message FROM archive)),
                                  (SELECT COUNT(*) FROM archive WHERE epoch = $1 AND stanza IS NOT NULL)";
                let row = tx.one(sql, &values![epoch]).await?;
                Ok(EpochLeft { unopened: row.get(0)?, unarchived: row.get(1)?, archived: row.get(2)? })
            })
            .await
    }

    /// Writes into custody that an epoch's secrets were destroyed, and what was still needed of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn epoch_destroyed(&self, epoch: u32, left: EpochLeft) -> Result<(), VaultError> {
        let today = self.today();
        self.db
            .run("epoch destroyed", |tx| async move {
                let EpochLeft { unopened, unarchived, archived } = left;
                let detail =
                    json!({ "epoch": epoch, "archived": archived, "unarchived": unarchived, "unopened": unopened });
                custody::record(&tx, today, &Actor::Operator, Event::KeysDestroyed, None, detail).await?;
                Ok(())
            })
            .await
    }
}

/// Destroys a message's wrapped key.
pub(crate) async fn forget(tx: &Tx, id: MessageId) -> Result<(), VaultError> {
    tx.execute("DELETE FROM archive WHERE message = $1", &values![id]).await?;
    Ok(())
}

/// Refuses a message that was withdrawn.
async fn require_kept(tx: &Tx, id: MessageId) -> Result<MessageState, VaultError> {
    use MessageState::{Accepted, Duplicate, Held, Prepared, Rejected, Released, Stored, Unreadable};
    let kept = [Stored, Prepared, Accepted, Released, Held, Rejected, Duplicate, Unreadable];
    require(tx, id, "archived", &kept).await
}
