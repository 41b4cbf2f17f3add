//! What opening a message tells: whether it was taken back before it came, and where its sender looks for its status.

use hamseda_core::{MessageId, SealedHash, Secret};
use hamseda_seal::{RecordKey, locator};
use hamseda_store::{Tx, values};
use hamseda_tally::Hash;

use crate::job::Lease;
use crate::{Actor, Vault, VaultError, strike, tombstone};

/// What became of a message that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// Go on with it.
    Stands,
    /// Its sender took it back before it came; nothing of it is left here.
    Withdrawn,
}

impl Vault {
    /// Notes what opening a leased message told. To be called before anything is made of it.
    ///
    /// # Errors
    /// [`VaultError::LeaseLost`] when somebody else has the job.
    pub async fn opened(
        &self,
        lease: &Lease,
        w_commitment: Hash,
        reply_key: Option<&Secret<[u8; 32]>>,
    ) -> Result<Opened, VaultError> {
        let (today, mac, message) = (self.today(), self.mason.of_commitment(&w_commitment), lease.message);
        let (sealed_mac, sealed) = (self.mason.of_sealed(lease.sealed), lease.sealed);
        let withdrawn: Option<SealedHash> = self
            .db
            .run("opened", |tx| async move {
                let sql = "SELECT 1 FROM job WHERE id = $1 AND open = 1 AND token = $2";
                let held = tx.optional(sql, &values![lease.job.0, lease.token]).await?;
                held.ok_or(VaultError::LeaseLost(lease.job))?;
                note(&tx, message, w_commitment, reply_key).await?;
                if !tombstone::stands(&tx, mac).await? {
                    return Ok(None);
                }
                strike::withdraw(&tx, today, message, sealed_mac, &Actor::Sender).await?;
                Ok::<_, VaultError>(Some(sealed))
            })
            .await?;
        match withdrawn {
            None => Ok(Opened::Stands),
            Some(sealed) => self.erase(message, sealed).await.map(|()| Opened::Withdrawn),
        }
    }
}

/// Keeps the commitment and, of a code, the two keys that the desk needs; the reply key itself does not follow from them.
pub(crate) async fn note(
    tx: &Tx,
    message: MessageId,
    w_commitment: Hash,
    reply_key: Option<&Secret<[u8; 32]>>,
) -> Result<(), VaultError> {
    let record_key = reply_key.map(|key| *RecordKey::of(key).expose());
    tx.execute(
        "INSERT INTO opening (message, w_commitment, locator, record_key) VALUES ($1, $2, $3, $4)
         ON CONFLICT (message) DO UPDATE SET locator = excluded.locator, record_key = excluded.record_key",
        &values![message, w_commitment, reply_key.map(locator), record_key],
    )
    .await?;
    Ok(())
}
