//! Adding bytes: the claim that one request holds on an upload, and the parts that it counts.

use bytes::Bytes;
use hamseda_core::UploadId;

use crate::ledger::Change;
use crate::{Inbox, InboxError, Part, Upload};

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
        // Read first: what is refused costs no write, and its lane decides which queue it joins. A finished one is
        // refused for its offset, or, by the ledger, as unknown.
        let upload = self.stands(id).await?;
        if upload.received != offset {
            return Err(InboxError::Offset { expected: upload.received });
        }
        let (upload, generation) = self.ledger.apply(upload.lane, Change::Claim { id, offset }).await?;
        Ok(Claim { upload, generation })
    }

    /// Appends parts, all of them or none; when this returns, their bytes are durable and counted.
    ///
    /// # Errors
    /// [`InboxError::Taken`] after a newer claim, [`InboxError::Unknown`] after a removal, [`InboxError::TooLong`].
    /// Nothing of them is counted then.
    pub async fn count(&self, claim: &mut Claim, mut parts: Vec<Part>) -> Result<(), InboxError> {
        parts.retain(|part| part.length() > 0);
        if parts.iter().map(Part::length).sum::<u64>() > claim.left() {
            return Err(InboxError::TooLong);
        }
        if parts.is_empty() {
            return Ok(());
        }
        for part in &mut parts {
            part.finish(Bytes::new()).await?;
        }
        let listed = parts.iter().map(|part| (part.key().to_owned(), part.length())).collect();
        let Claim { upload, generation } = *claim;
        // From here on the rows may be there, whatever the answer says.
        parts.iter_mut().for_each(Part::keep);
        match self.ledger.apply(upload.lane, Change::Count { upload, generation, parts: listed }).await {
            Ok((upload, _)) => {
                claim.upload = upload;
                Ok(())
            }
            Err(refused @ (InboxError::Taken | InboxError::Unknown)) => {
                parts.iter_mut().for_each(Part::lose);
                Err(refused)
            }
            // The commit may have happened although its answer was lost: the blobs have to stay. If it did not, `sweep`
            // finds them without a row.
            Err(unclear) => Err(unclear),
        }
    }

    /// Appends bytes that are here already, as one part.
    ///
    /// # Errors
    /// As [`Inbox::count`], and [`InboxError::Full`].
    pub async fn append(&self, claim: &mut Claim, bytes: Bytes) -> Result<(), InboxError> {
        if bytes.len() as u64 > claim.left() {
            return Err(InboxError::TooLong);
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let mut part = self.part(claim.upload.lane, claim.upload.day);
        part.finish(bytes).await?;
        self.count(claim, vec![part]).await
    }
}
