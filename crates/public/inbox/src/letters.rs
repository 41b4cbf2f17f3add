//! Sealed letters of contributors on their way to the desk.
//!
//! A letter is known by the SHA-256 of its sealed bytes: one that is sent twice is one.

use hamseda_core::{Day, SealedHash};
use hamseda_store::{StoreError, values};
use sha2::{Digest as _, Sha256};

use crate::{Inbox, InboxError};

/// Letters that wait for the desk, at most: each is about 20 kB.
const MOST: u64 = 5000;
/// Longest list of one answer.
const PAGE: i64 = 1000;

impl Inbox {
    /// Keeps a letter whose shape was checked; durable when this returns.
    ///
    /// # Errors
    /// [`InboxError::Full`], [`InboxError::Store`].
    pub async fn put_letter(&self, sealed: &[u8], day: Day) -> Result<(), InboxError> {
        let id = SealedHash::from_bytes(Sha256::digest(sealed).into());
        self.db
            .run("inbox put letter", |tx| async move {
                if tx.one("SELECT COUNT(*) FROM letter", &[]).await?.get::<u64>(0)? >= MOST {
                    return Err(InboxError::Full);
                }
                let sql = "INSERT INTO letter (id, sealed, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
                tx.execute(sql, &values![id, sealed, day]).await?;
                Ok(())
            })
            .await
    }

    /// Up to 1,000 letters in order of id.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn letters(&self) -> Result<Vec<SealedHash>, InboxError> {
        let found = self.db.read("inbox letters", |tx| async move {
            let rows = tx.all("SELECT id FROM letter ORDER BY id LIMIT $1", &values![PAGE]).await?;
            rows.iter().map(|row| row.get(0)).collect::<Result<_, StoreError>>()
        });
        Ok(found.await?)
    }

    /// A letter's sealed bytes.
    ///
    /// # Errors
    /// [`InboxError::Unknown`], [`InboxError::Store`].
    pub async fn letter(&self, id: SealedHash) -> Result<Vec<u8>, InboxError> {
        self.db
            .read("inbox letter", |tx| async move {
                let row = tx.optional("SELECT sealed FROM letter WHERE id = $1", &values![id]).await?;
                Ok(row.ok_or(InboxError::Unknown)?.get(0)?)
            })
            .await
    }

    /// Forgets a letter that is durable on the trusted machine. Saying it twice is fine.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn letter_done(&self, id: SealedHash) -> Result<(), InboxError> {
        let done = self.db.run("inbox letter done", |tx| async move {
            tx.execute("DELETE FROM letter WHERE id = $1", &values![id]).await
        });
        done.await?;
        self.usage.removed();
        Ok(())
    }
}
