//! Desk sessions. The vault knows the hash of a session's token only: who reads the database can't take a session over.

use hamseda_core::UnixSeconds;
use hamseda_store::values;
use hamseda_tally::Hash;

use crate::{Vault, VaultError};

/// A reviewer who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token in the browser's cookie.
    pub token_sha256: Hash,
    /// Who.
    pub reviewer: String,
    /// What forms must bring along.
    pub csrf: [u8; 32],
    /// When it ends.
    pub expires: UnixSeconds,
}

impl Vault {
    /// Begins a session, or extends the one of the same token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_session(&self, session: &Session) -> Result<(), VaultError> {
        let now = self.clock.now().0;
        self.db
            .run("put session", |tx| async move {
                tx.execute("DELETE FROM session WHERE expires <= $1", &values![now]).await?;
                let row = values![session.token_sha256, &session.reviewer, session.csrf, session.expires.0];
                let sql = "INSERT INTO session (token_sha256, reviewer, csrf, expires) VALUES ($1, $2, $3, $4)
                           ON CONFLICT (token_sha256) DO UPDATE SET expires = excluded.expires";
                tx.execute(sql, &row).await?;
                Ok(())
            })
            .await
    }

    /// The session of a token, unless it ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token_sha256: Hash) -> Result<Option<Session>, VaultError> {
        let now = self.clock.now().0;
        self.db
            .read("session", |tx| async move {
                let sql = "SELECT reviewer, csrf, expires FROM session WHERE token_sha256 = $1 AND expires > $2";
                let Some(row) = tx.optional(sql, &values![token_sha256, now]).await? else { return Ok(None) };
                let expires = UnixSeconds(row.get(2)?);
                Ok(Some(Session { token_sha256, reviewer: row.get(0)?, csrf: row.get(1)?, expires }))
            })
            .await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, token_sha256: Hash) -> Result<(), VaultError> {
        self.db
            .run("end session", |tx| async move {
                tx.execute("DELETE FROM session WHERE token_sha256 = $1", &values![token_sha256]).await?;
                Ok(())
            })
            .await
    }
}
