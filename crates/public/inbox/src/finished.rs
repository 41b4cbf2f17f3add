//! What was whole and went to the desk, remembered for a few days.
//!
//! A sender whose last answer was lost asks where the upload stands. By then the desk may have taken it, and without this the
//! answer would be "there is no such upload": everything would be sent again over a line that has just shown how bad it is.
//!
//! Refuses: to keep more than what the question needs. A row is the SHA-256 of an id, which only the sender has, and the length;
//! the day is there to remove it by. Nothing leads from it to a message, a handle or an invite.

use hamseda_core::{Day, UploadId};
use hamseda_store::{Row, StoreError, Tx, values};
use sha2::{Digest as _, Sha256};

use crate::{Inbox, InboxError, Lane, Upload};

/// Days a finished upload is remembered: a shutdown over a weekend, and no more.
const DAYS: i32 = 3;

impl Inbox {
    /// Where an upload stands for its sender: one that the desk took lately stands at its end.
    ///
    /// # Errors
    /// [`InboxError::Unknown`].
    pub async fn stands(&self, id: UploadId) -> Result<Upload, InboxError> {
        self.db
            .read("inbox stands", |tx| async move {
                match crate::inbox::find(&tx, id).await {
                    Err(InboxError::Unknown) => find(&tx, id).await,
                    found => found,
                }
            })
            .await
    }
}

/// A finished upload. Its lane and invite are forgotten.
async fn find(tx: &Tx, id: UploadId) -> Result<Upload, InboxError> {
    let row = tx.optional("SELECT length, day FROM finished WHERE id = $1", &values![hash(id)]).await?;
    let upload = |row: Row| -> Result<Upload, StoreError> {
        let length = row.get(0)?;
        Ok(Upload { id, length, received: length, day: row.get(1)?, lane: Lane::Ordinary, token: None })
    };
    Ok(upload(row.ok_or(InboxError::Unknown)?)?)
}

/// Remembers an upload that is going.
pub(crate) async fn remember(tx: &Tx, upload: &Upload, today: Day) -> Result<(), StoreError> {
    let sql = "INSERT INTO finished (id, length, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, &values![hash(upload.id), upload.length, today]).await.map(drop)
}

/// Forgets those whose days are over.
pub(crate) async fn forget(tx: &Tx, today: Day) -> Result<(), StoreError> {
    let last = Day(today.0.saturating_sub(DAYS));
    tx.execute("DELETE FROM finished WHERE day <= $1", &values![last]).await.map(drop)
}

fn hash(id: UploadId) -> [u8; 32] {
    Sha256::digest(id.as_bytes()).into()
}
