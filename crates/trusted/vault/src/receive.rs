//! Sealed files come in: first the bytes, durably, then the message that names them.

use std::io;

use futures_util::{Stream, StreamExt as _, stream};
use hamseda_core::{MessageId, MessageState, OsRandom, SealedHash};
use hamseda_store::{BlobStream, Bytes, StoreError, values};
use serde_json::json;

use crate::custody::{self, Actor, Event};
use crate::job::{self, JobKind};
use crate::split::{self, Whole};
use crate::{Stored, Vault, VaultError, strike, tombstone};

/// A sealed file that is durable, under the hash of its bytes; its header, which is its key, is not on the disk before
/// [`Vault::receive`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// SHA-256 of its bytes.
    pub hash: SealedHash,
    /// Their number.
    pub bytes: u64,
    pub(crate) header: Bytes,
}

/// What became of a sealed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A new message.
    New(Stored),
    /// The same sealed file came before, perhaps by another road.
    Known(MessageId),
    /// Its sender took it back: it was not kept.
    Withdrawn(MessageId),
}

impl Received {
    /// The message, new or known.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        match self {
            Self::New(stored) => stored.id(),
            Self::Known(id) | Self::Withdrawn(id) => *id,
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
        let (header, rest) = split::header(stream).await.map_err(StoreError::Input)?;
        let whole = Whole::beginning(&header);
        self.blobs.put_stream(whole.count(rest), |_| key(whole.so_far().0)).await?;
        let (hash, bytes) = whole.so_far();
        Ok(SealedFile { hash, bytes, header })
    }

    /// Takes a durable sealed file as a message: state `stored`, a job to prepare it, a custody event. A file whose message
    /// was withdrawn is removed again, by whatever road it came.
    ///
    /// # Errors
    /// [`StoreError::NoBlob`] when its bytes are not here.
    pub async fn receive(&self, file: SealedFile) -> Result<Received, VaultError> {
        let SealedFile { hash, bytes, header } = &file;
        let (hash, bytes) = (*hash, *bytes);
        if self.blobs.size(&key(hash)).await? != Some(bytes - header.len() as u64) && !self.knows(hash).await? {
            return Err(StoreError::NoBlob { key: key(hash) }.into());
        }
        let id = MessageId::random(&mut OsRandom);
        let (today, tombstone) = (self.today(), self.mason.of_sealed(hash));
        let received = self
            .db
            .run("receive", |tx| async move {
                let known = tx.optional("SELECT id, state FROM message WHERE sealed = $1", &values![hash]).await?;
                if let Some(row) = known {
                    let withdrawn = row.parse::<MessageState>(1)? == MessageState::Withdrawn;
                    return Ok(if withdrawn { Received::Withdrawn(row.get(0)?) } else { Received::Known(row.get(0)?) });
                }
                tx.execute(
                    "INSERT INTO message (id, sealed, bytes, day, state) VALUES ($1, $2, $3, $4, 'stored')",
                    &values![id, hash, bytes, today],
                )
                .await?;
                let detail = json!({ "bytes": bytes, "sealed": hash });
                custody::record(&tx, today, &Actor::Operator, Event::Received, Some(id), detail).await?;
                if tombstone::stands(&tx, tombstone).await? {
                    strike::withdraw(&tx, today, id, tombstone, &Actor::Sender).await?;
                    return Ok(Received::Withdrawn(id));
                }
                let sql = "INSERT INTO message_key (message, header) VALUES ($1, $2)";
                tx.execute(sql, &values![id, header.as_ref()]).await?;
                job::queue(&tx, JobKind::Prepare, id).await?;
                Ok::<_, VaultError>(Received::New(Stored { id, sealed: hash }))
            })
            .await?;
        if matches!(received, Received::Withdrawn(_)) {
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
    /// [`VaultError::NoMessage`]; [`StoreError::NoBlob`] when it was withdrawn.
    pub async fn sealed_blob(&self, message: MessageId) -> Result<BlobStream, VaultError> {
        let sealed = self.message(message).await?.sealed;
        let header = self
            .db
            .read("header", |tx| async move {
                let sql = "SELECT header FROM message_key WHERE message = $1";
                let row = tx.optional(sql, &values![message]).await?;
                // A message of before headers were kept apart has none here, and lies whole in the blob store.
                row.map_or(Ok(Some(Vec::new())), |row| Ok::<_, VaultError>(row.get(0)?))
            })
            .await?;
        let header = header.ok_or_else(|| StoreError::NoBlob { key: key(sealed) })?;
        let rest = self.blobs.stream(&key(sealed)).await?;
        let first = stream::iter((!header.is_empty()).then(|| Ok(Bytes::from(header))));
        Ok(first.chain(rest).boxed())
    }
}

/// Name of a sealed file in the blob store.
pub(crate) fn key(hash: SealedHash) -> String {
    let hex = hash.to_string();
    format!("sealed/{}/{hex}", &hex[..2])
}
