//! Sealed files come in: first the bytes, durably, then the message that names them.

use std::io;

use futures_util::Stream;
use hamseda_core::{MessageId, MessageState, OsRandom, SealedHash};
use hamseda_store::{BlobStream, Bytes, values};
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::job::{self, JobKind};
use crate::{Stored, Vault, VaultError};

/// A sealed file that is durable, under the hash of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedFile {
    /// SHA-256 of its bytes.
    pub hash: SealedHash,
    /// Their number.
    pub bytes: u64,
}

/// What became of a sealed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A new message.
    New(Stored),
    /// The same sealed file came before, perhaps by another road.
    Known(MessageId),
}

impl Received {
    /// The message, new or known.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        match self {
            Self::New(stored) => stored.id(),
            Self::Known(id) => *id,
        }
    }
}

impl Vault {
    /// Writes a sealed file while hashing it; on the disk when this returns. The same file twice is kept once.
    ///
    /// # Errors
    /// When the stream breaks off or the store can't write; then nothing was kept.
    pub async fn put_sealed<S>(&self, stream: S) -> Result<SealedFile, VaultError>
    where
        S: Stream<Item = io::Result<Bytes>> + Unpin + Send,
    {
        let written = self.blobs.put_stream(stream, |hash| key(SealedHash::from_bytes(*hash))).await?;
        Ok(SealedFile { hash: SealedHash::from_bytes(written.sha256), bytes: written.bytes })
    }

    /// Takes a durable sealed file as a message: state `stored`, a job to prepare it, a custody event. A file whose message
    /// was withdrawn is removed again, by whatever road it came.
    ///
    /// # Errors
    /// [`hamseda_store::StoreError::NoBlob`] when its bytes are not here.
    pub async fn receive(&self, file: SealedFile) -> Result<Received, VaultError> {
        let SealedFile { hash, bytes } = file;
        if self.blobs.size(&key(hash)).await? != Some(bytes) && !self.knows(hash).await? {
            return Err(hamseda_store::StoreError::NoBlob { key: key(hash) }.into());
        }
        let id = MessageId::random(&mut OsRandom);
        let today = self.today();
        let received = self
            .db
            .run("receive", |tx| async move {
                if let Some(row) = tx.optional("SELECT id FROM message WHERE sealed = $1", &values![hash]).await? {
                    return Ok(Received::Known(row.get(0)?));
                }
                tx.execute(
                    "INSERT INTO message (id, sealed, bytes, day, state) VALUES ($1, $2, $3, $4, 'stored')",
                    &values![id, hash, bytes, today],
                )
                .await?;
                job::queue(&tx, JobKind::Prepare, id).await?;
                let detail = json!({ "bytes": bytes, "sealed": hash });
                custody::record(&tx, today, &Actor::Operator, Event::Received, Some(id), detail).await?;
                Ok::<_, VaultError>(Received::New(Stored { id, sealed: hash }))
            })
            .await?;
        if let Received::Known(id) = received
            && self.message(id).await?.state == MessageState::Withdrawn
        {
            self.blobs.delete(&key(hash)).await?;
        }
        Ok(received)
    }

    /// Whether a sealed file came before; a withdrawn message's is remembered although its bytes are gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows(&self, hash: SealedHash) -> Result<bool, VaultError> {
        self.db
            .read("knows", |tx| async move {
                Ok(tx.optional("SELECT 1 FROM message WHERE sealed = $1", &values![hash]).await?.is_some())
            })
            .await
    }

    /// The sealed bytes of a message.
    ///
    /// # Errors
    /// [`VaultError::NoMessage`]; [`hamseda_store::StoreError::NoBlob`] when it was withdrawn.
    pub async fn sealed_blob(&self, message: MessageId) -> Result<BlobStream, VaultError> {
        let sealed = self.message(message).await?.sealed;
        Ok(self.blobs.stream(&key(sealed)).await?)
    }
}

/// Name of a sealed file in the blob store.
pub(crate) fn key(hash: SealedHash) -> String {
    let hex = hash.to_string();
    format!("sealed/{}/{hex}", &hex[..2])
}
