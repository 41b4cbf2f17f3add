//! A contributor takes a message back: what is here goes at once, and the secret waits for the desk.
//!
//! Refuses: to tell whether there was anything.

use hamseda_core::{Day, Handle};
use hamseda_store::{StoreError, values};

use crate::loose::drop_set;
use crate::removal::remove;
use crate::{Inbox, InboxError};

/// Withdrawals that wait for the desk, at most: random ones cost their maker nothing.
const MOST: u64 = 200_000;
/// Longest list of one answer.
const PAGE: i64 = 1000;

impl Inbox {
    /// Removes whatever has this handle and keeps the secret for the desk. Blobs follow with [`Inbox::finish_removals`],
    /// which the caller lets run by itself: whether there are any must not show in the time of the answer.
    ///
    /// # Errors
    /// [`InboxError::Full`] when the desk has not come for very many; [`InboxError::Store`].
    pub async fn withdraw(&self, secret: &[u8; 32], handle: Handle, day: Day) -> Result<(), InboxError> {
        let removal = self.db.run("inbox withdraw", |tx| async move {
            if tx.one("SELECT COUNT(*) FROM withdrawal", &[]).await?.get::<u64>(0)? >= MOST {
                return Err(InboxError::Full);
            }
            let sql = "INSERT INTO withdrawal (secret, handle, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            tx.execute(sql, &values![secret, handle, day]).await?;
            for row in tx.all("SELECT id FROM upload WHERE handle = $1", &values![handle]).await? {
                let id = row.get(0)?;
                tx.execute("DELETE FROM arrived WHERE upload = $1", &values![id]).await?;
                remove(&tx, id).await?;
            }
            for row in tx.all("SELECT sealed FROM loose_set WHERE handle = $1", &values![handle]).await? {
                drop_set(&tx, row.get(0)?).await?;
            }
            Ok(())
        });
        removal.await?;
        self.usage.expire();
        self.usage.removed();
        Ok(())
    }

    /// Up to 1,000 secrets that wait for the desk.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn withdrawals(&self) -> Result<Vec<[u8; 32]>, InboxError> {
        let found = self.db.read("inbox withdrawals", |tx| async move {
            let rows = tx.all("SELECT secret FROM withdrawal ORDER BY secret LIMIT $1", &values![PAGE]).await?;
            rows.iter().map(|row| row.get(0)).collect::<Result<_, StoreError>>()
        });
        Ok(found.await?)
    }

    /// Forgets secrets that the desk has. Saying it twice is fine.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn withdrawals_done(&self, secrets: &[[u8; 32]]) -> Result<(), InboxError> {
        let done = self.db.run("inbox withdrawals done", |tx| async move {
            for secret in secrets {
                tx.execute("DELETE FROM withdrawal WHERE secret = $1", &values![secret]).await?;
            }
            Ok::<_, StoreError>(())
        });
        done.await?;
        self.usage.removed();
        Ok(())
    }
}
