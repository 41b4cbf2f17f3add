//! A file, or a part of one, on its way in by a road that says neither length nor sum before.
//!
//! Its bytes go to one blob as they come, on their lane's budget. Until a row counts them they are nothing: dropped, they are
//! gone, and what a stopped machine leaves behind the daily sweep takes.

use bytes::Bytes;
use hamseda_core::{Day, SealedHash};
use sha2::{Digest as _, Sha256};

use crate::part::{PARTS, Part};
use crate::{Inbox, InboxError, Lane};

/// The bytes so far, and their sum.
#[derive(Debug)]
pub struct Incoming {
    inbox: Inbox,
    part: Part,
    sum: Sha256,
}

impl Inbox {
    /// Begins to take in bytes on the budget of `lane`.
    #[must_use]
    pub fn incoming(&self, lane: Lane, day: Day) -> Incoming {
        Incoming { inbox: self.clone(), part: self.part(lane, day), sum: Sha256::new() }
    }
}

impl Inbox {
    /// Draws what is drawn once, and counts what is here.
    pub(crate) async fn begin_roads(&self) -> Result<(), InboxError> {
        self.db.run("inbox begin", |tx| async move { crate::records::begin(&tx).await }).await?;
        self.recount().await
    }

    async fn recount(&self) -> Result<(), InboxError> {
        let usage = &self.usage;
        Ok(self.db.read("inbox usage", |tx| async move { usage.recount(&tx).await }).await?)
    }
}

impl Incoming {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`InboxError::Full`], [`InboxError::Store`]. What came before is of no use then.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), InboxError> {
        self.sum.update(&bytes);
        match self.part.write(bytes.clone()).await {
            // What was counted may be gone by now.
            Err(InboxError::Full) if self.inbox.usage.is_stale() => {
                self.inbox.recount().await?;
                self.part.write(bytes).await
            }
            written => written,
        }
    }

    /// Bytes so far.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.part.length()
    }

    /// SHA-256 of the bytes so far.
    #[must_use]
    pub fn sum(&self) -> SealedHash {
        SealedHash::from_bytes(self.sum.clone().finalize().into())
    }

    /// Makes all bytes durable; says their SHA-256 and the name of their blob, which stays if the row may have come to be.
    pub(crate) async fn finish(&mut self) -> Result<(SealedHash, String), InboxError> {
        self.part.finish(Bytes::new()).await?;
        self.inbox.blobs.sync_folder(PARTS).await?;
        self.part.keep();
        Ok((self.sum(), self.part.key().to_owned()))
    }

    /// No row counts these bytes after all.
    pub(crate) fn lose(&mut self) {
        self.part.lose();
    }
}
