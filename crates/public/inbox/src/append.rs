//! Adding bytes: the claim that one request holds on an upload, and the parts it writes.

use bytes::Bytes;
use hamseda_core::{OsRandom, Random, UploadId};
use hamseda_store::values;

use crate::inbox::{find, held};
use crate::{Inbox, InboxError, Upload};

/// The folder of all parts.
pub(crate) const PARTS: &str = "part";
/// Parts an upload may always have, however short it is: a line may be cut that often.
const PARTS_FREE: u64 = 1024;
/// Beyond that, one part for so many bytes of declared length.
const PART_BYTES_LEAST: u64 = 64 * 1024;

/// The right to append to an upload, until a newer request claims it.
#[derive(Debug)]
pub struct Claim {
    upload: Upload,
    generation: i64,
}

impl Claim {
    /// Where the upload stands.
    #[must_use]
    pub const fn upload(&self) -> &Upload {
        &self.upload
    }

    /// Bytes that are still to come.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.upload.length - self.upload.received
    }
}

impl Inbox {
    /// Claims an upload in order to append from `offset`, and takes it from whoever held it.
    ///
    /// # Errors
    /// [`InboxError::Unknown`], [`InboxError::Offset`], [`InboxError::Full`], [`InboxError::TooManyParts`].
    pub async fn claim(&self, id: UploadId, offset: u64) -> Result<Claim, InboxError> {
        let quota = self.quota;
        self.db
            .run("inbox claim", |tx| async move {
                let upload = find(&tx, id).await?;
                if upload.received != offset {
                    return Err(InboxError::Offset { expected: upload.received });
                }
                if !upload.complete() && held(&tx, upload.lane).await? >= quota.of(upload.lane).bytes {
                    return Err(InboxError::Full);
                }
                let parts = tx.one("SELECT COUNT(*) FROM part WHERE upload = $1", &values![id]).await?;
                if parts.get::<u64>(0)? >= PARTS_FREE + upload.length / PART_BYTES_LEAST {
                    return Err(InboxError::TooManyParts);
                }
                let raise = "UPDATE upload SET generation = generation + 1 WHERE id = $1 RETURNING generation";
                let generation = tx.one(raise, &values![id]).await?.get(0)?;
                Ok(Claim { upload, generation })
            })
            .await
    }

    /// Appends one part; when this returns, its bytes are durable and counted.
    ///
    /// # Errors
    /// [`InboxError::Taken`] after a newer claim, [`InboxError::Unknown`] after a removal, [`InboxError::TooLong`].
    /// Nothing of `bytes` is counted then.
    pub async fn append(&self, claim: &mut Claim, bytes: Bytes) -> Result<(), InboxError> {
        let length = bytes.len() as u64;
        if length > claim.left() {
            return Err(InboxError::TooLong);
        }
        if length == 0 {
            return Ok(());
        }
        let key = part_key(&mut OsRandom);
        self.blobs.put(&key, bytes).await?;
        match self.count(claim, &key, length).await {
            Ok(()) => {
                claim.upload.received += length;
                Ok(())
            }
            Err(refused @ (InboxError::Taken | InboxError::Unknown)) => {
                self.blobs.delete(&key).await?;
                Err(refused)
            }
            // The commit may have happened although its answer was lost: the blob has to stay. If it did not, `sweep`
            // finds the blob without a row.
            Err(unclear) => Err(unclear),
        }
    }

    async fn count(&self, claim: &Claim, key: &str, length: u64) -> Result<(), InboxError> {
        let Claim { upload: Upload { id, received, .. }, generation } = *claim;
        self.db
            .run("inbox append", |tx| {
                let part = values![id, received, length, key];
                async move {
                    let grow = "UPDATE upload SET received = received + $1
                                WHERE id = $2 AND generation = $3 AND received = $4";
                    if tx.execute(grow, &values![length, id, generation, received]).await? == 0 {
                        find(&tx, id).await?;
                        return Err(InboxError::Taken);
                    }
                    let add = "INSERT INTO part (upload, start, length, blob_key) VALUES ($1, $2, $3, $4)";
                    tx.execute(add, &part).await?;
                    Ok(())
                }
            })
            .await
    }
}

/// A fresh random name: two requests never write to one blob, and a folder of blobs does not tell which belong together.
fn part_key(random: &mut dyn Random) -> String {
    format!("{PARTS}/{:032x}", u128::from_le_bytes(random.bytes()))
}
