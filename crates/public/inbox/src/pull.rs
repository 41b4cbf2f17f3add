//! The desk's side: what is complete, its bytes in order, and its end.

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use hamseda_core::UploadId;
use hamseda_store::{StoreError, values};

use crate::inbox::{columns, find};
use crate::{Inbox, InboxError, Upload};

/// Longest list of one answer.
const PAGE: i64 = 100;

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

    /// All bytes of a complete upload, part after part.
    ///
    /// # Errors
    /// [`InboxError::Unknown`], also for one that is not complete; the stream ends with an error when a part is missing.
    pub async fn read(
        &self,
        id: UploadId,
    ) -> Result<(Upload, impl Stream<Item = Result<Bytes, InboxError>> + Send + use<>), InboxError> {
        let (upload, parts) = self.parts(id).await?;
        if !upload.complete() {
            return Err(InboxError::Unknown);
        }
        let blobs = self.blobs.clone();
        let bytes = stream::iter(parts)
            .then(move |key| {
                let blobs = blobs.clone();
                async move { blobs.stream(&key).await }
            })
            .try_flatten()
            .map_err(InboxError::from);
        Ok((upload, bytes))
    }

    async fn parts(&self, id: UploadId) -> Result<(Upload, Vec<String>), InboxError> {
        self.db
            .read("inbox parts", |tx| async move {
                let upload = find(&tx, id).await?;
                let sql = "SELECT blob_key FROM part WHERE upload = $1 ORDER BY start";
                let rows = tx.all(sql, &values![id]).await?;
                Ok((upload, rows.iter().map(|row| row.get(0)).collect::<Result<_, StoreError>>()?))
            })
            .await
    }
}
