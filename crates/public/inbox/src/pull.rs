//! The desk's side: what is complete, its bytes in order, and its end.

use bytes::Bytes;
use futures_util::{Stream, stream};
use hamseda_core::UploadId;
use hamseda_store::{Row, StoreError, values};

use crate::inbox::columns;
use crate::{Inbox, InboxError, Upload};

/// Longest list of one answer.
const PAGE: i64 = 100;
/// Bytes read at a time.
const PIECE: u64 = 1024 * 1024;
/// How often a part may have moved while it is looked for.
const MOVED: u32 = 5;

impl Inbox {
    /// Up to 100 complete uploads in order of id, after `after`.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn complete(&self, after: Option<UploadId>) -> Result<Vec<Upload>, InboxError> {
        // Every id sorts after the empty string of bytes.
        let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        self.db
            .read("inbox complete", |tx| {
                let after = values![after.clone(), PAGE];
                async move {
                    let sql = concat!(
                        "SELECT ",
                        columns!(),
                        " FROM upload WHERE received = length AND id > $1 ORDER BY id LIMIT $2"
                    );
                    Ok(tx.all(sql, &after).await?.iter().map(Upload::from_row).collect::<Result<_, StoreError>>()?)
                }
            })
            .await
    }

    /// All bytes of a complete upload, in order. A night that writes it anew meanwhile changes nothing for the reader.
    ///
    /// # Errors
    /// [`InboxError::Unknown`], also for one that is not complete; the stream ends with an error when a part is missing.
    pub async fn read(
        &self,
        id: UploadId,
    ) -> Result<(Upload, impl Stream<Item = Result<Bytes, InboxError>> + Send + use<>), InboxError> {
        let upload = self.state(id).await?;
        if !upload.complete() {
            return Err(InboxError::Unknown);
        }
        let inbox = self.clone();
        let bytes = stream::try_unfold(0, move |at| {
            let inbox = inbox.clone();
            async move {
                if at >= upload.length {
                    return Ok(None);
                }
                let piece = inbox.piece(id, at).await?;
                let next = at + piece.len() as u64;
                Ok(Some((piece, next)))
            }
        });
        Ok((upload, bytes))
    }

    /// Some bytes from `at` on, at least one.
    async fn piece(&self, id: UploadId, at: u64) -> Result<Bytes, InboxError> {
        let mut left = MOVED;
        loop {
            let row = self.db.read("inbox part", |tx| async move {
                let sql = "SELECT start, length, blob_key FROM part
                           WHERE upload = $1 AND start <= $2 ORDER BY start DESC LIMIT 1";
                tx.optional(sql, &values![id, at]).await
            });
            let row: Option<Row> = row.await?;
            let row = row.ok_or(InboxError::Unknown)?;
            let (start, length, key) = (row.get::<u64>(0)?, row.get::<u64>(1)?, row.get::<String>(2)?);
            let missing = StoreError::NoBlob { key: key.clone() };
            if at >= start + length {
                return Err(missing.into());
            }
            let from = at - start;
            match self.blobs.get_range(&key, from..(from + PIECE).min(length)).await {
                Ok(piece) if piece.is_empty() => return Err(missing.into()),
                // Written anew since its row was read: another look finds its new place.
                Err(StoreError::NoBlob { .. }) if left > 0 => left -= 1,
                piece => return Ok(piece?),
            }
        }
    }
}
