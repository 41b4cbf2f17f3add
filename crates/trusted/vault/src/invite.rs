//! Invite tokens that were used: a token counts once, and its hash is all that is known of it.
//!
//! Refuses: to give a spent token to a second message, also after its own was withdrawn.

use hamseda_core::{MessageId, TokenId};
use hamseda_store::{Tx, values};

use crate::{Received, SealedFile, Vault, VaultError};

impl Vault {
    /// As [`Vault::receive`], for a file that came with a good token. The message counts as invited if the token was not
    /// spent before; if it was, the message is one like any other.
    ///
    /// # Errors
    /// As [`Vault::receive`].
    pub async fn receive_invited(&self, file: SealedFile, token: TokenId) -> Result<Received, VaultError> {
        let received = self.receive(file).await?;
        let id = received.id();
        self.db.run("spend", |tx| async move { spend(&tx, token, id).await }).await?;
        Ok(received)
    }

    /// Whether a message came with an invite of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invited(&self, id: MessageId) -> Result<bool, VaultError> {
        self.db
            .read("invited", |tx| async move {
                Ok(tx.optional("SELECT 1 FROM spent WHERE message = $1", &values![id]).await?.is_some())
            })
            .await
    }

    /// Number of tokens spent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens_spent(&self) -> Result<u64, VaultError> {
        self.db
            .read("tokens spent", |tx| async move { Ok(tx.one("SELECT COUNT(*) FROM spent", &[]).await?.get(0)?) })
            .await
    }
}

/// Spends a token on a message. One that was invited already needs no second token.
async fn spend(tx: &Tx, token: TokenId, id: MessageId) -> Result<(), VaultError> {
    let sql = "INSERT INTO spent (token, message)
               SELECT $1, id FROM message WHERE id = $2 AND state <> 'withdrawn'
               AND id NOT IN (SELECT message FROM spent WHERE message IS NOT NULL)
               ON CONFLICT DO NOTHING";
    tx.execute(sql, &values![*token.as_bytes(), id]).await?;
    Ok(())
}

/// Cuts the link between a withdrawn message and its token, which stays spent.
pub(crate) async fn forget(tx: &Tx, id: MessageId) -> Result<(), VaultError> {
    tx.execute("UPDATE spent SET message = NULL WHERE message = $1", &values![id]).await?;
    Ok(())
}
