//! A sealed file that is whole becomes an upload: from its parts, without copying them, or from one blob.
//!
//! The same sealed bytes by two roads are one upload. What came in whole by form, parts or stick is remembered by its
//! SHA-256, also for some days after the desk took it, so that somebody whose answer was lost and who sends again is told
//! "it is here" and not "everything is missing". An upload by tus is not summed as it comes; it is when its handle or length
//! says that it may be the same. The desk finds what is left: it knows every message by that hash.
//!
//! Refuses: bytes that do not have the SHA-256 which their parts name; a message that was withdrawn and is on its way to be
//! forgotten.

use futures_util::TryStreamExt as _;
use hamseda_core::{Day, Handle, OsRandom, SealedHash, UploadId};
use hamseda_store::{StoreError, Tx, values};
use sha2::{Digest as _, Sha256};

use crate::inbox::spend;
use crate::loose::{drop_set, forget_set, token};
use crate::usage::charge;
use crate::{Admission, Inbox, InboxError, Incoming, Lane};

/// What a whole file is to the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// A new upload.
    New(UploadId),
    /// It was here before, by this road or another.
    Known,
    /// Its sender took it back; nothing of it is kept. Nobody is told.
    Withdrawn,
}

/// How often a file is read anew whose blobs move meanwhile.
const ATTEMPTS: u32 = 3;

/// Which uploads may be the same file as one that comes: complete, of its length, never summed.
const SAME_HANDLE: &str = "SELECT id FROM upload WHERE handle = $1 AND length = $2 AND received = length
     AND id NOT IN (SELECT upload FROM arrived)";
const SAME_LENGTH: &str = "SELECT id FROM upload WHERE length = $1 AND received = length
     AND id NOT IN (SELECT upload FROM arrived)";

impl Inbox {
    /// Keeps a whole sealed file whose shape was checked.
    ///
    /// # Errors
    /// [`InboxError::Full`], [`InboxError::Store`]. Nothing of it is kept then.
    pub async fn keep_whole(&self, mut file: Incoming, admission: &Admission, day: Day) -> Result<Arrival, InboxError> {
        let (length, (sealed, key)) = (file.length(), file.finish().await?);
        self.sum_waiting(admission.handle, length, day).await?;
        let (admission, id) = (*admission, UploadId::random(&mut OsRandom));
        let kept = self.db.run("inbox keep whole", |tx| {
            let key = key.clone();
            async move {
                if let Some(settled) = crate::loose::settled(&tx, sealed, &admission.handle).await? {
                    return Ok((settled, admission.lane));
                }
                let lane = spend(&tx, &admission).await?;
                let upload = NewUpload { id, sealed, length, day, admission, lane };
                upload.insert(&tx).await?;
                let part = "INSERT INTO part (upload, start, length, blob_key) VALUES ($1, 0, $2, $3)";
                tx.execute(part, &values![id, length, key]).await?;
                // Parts of it that came by another road are needed no more.
                drop_set(&tx, sealed).await?;
                Ok::<_, StoreError>((Arrival::New(id), lane))
            }
        });
        let (arrival, lane) = kept.await?;
        if matches!(arrival, Arrival::New(_)) {
            self.usage.change(lane, |held| held.bytes += charge(length));
            self.usage.expire();
        } else {
            file.lose();
        }
        drop(file);
        self.finish_removals().await?;
        Ok(arrival)
    }

    /// Makes an upload of a file all of whose parts are here.
    ///
    /// # Errors
    /// [`InboxError::NotTheFile`]: the parts do not make the file that they name, and are gone. [`InboxError::Store`].
    pub(crate) async fn assemble(&self, sealed: SealedHash, day: Day) -> Result<Arrival, InboxError> {
        // A blob may get a new name, or become an upload's, while it is read; one that is really gone is an error.
        for _ in 0..ATTEMPTS {
            match self.assemble_once(sealed, day).await {
                Err(InboxError::Store(StoreError::NoBlob { .. })) => {}
                done => return done,
            }
        }
        self.assemble_once(sealed, day).await
    }

    async fn assemble_once(&self, sealed: SealedHash, day: Day) -> Result<Arrival, InboxError> {
        let found = self.db.read("inbox gathered", |tx| async move {
            let set = "SELECT handle, total FROM loose_set WHERE sealed = $1 AND received = total";
            let Some(set) = tx.optional(set, &values![sealed]).await? else { return Ok(None) };
            let parts = "SELECT blob_key FROM loose_part WHERE sealed = $1 ORDER BY number";
            let parts = tx.all(parts, &values![sealed]).await?;
            let keys = parts.iter().map(|row| row.get(0)).collect::<Result<Vec<String>, StoreError>>()?;
            Ok::<_, StoreError>(Some((set.get::<Handle>(0)?, set.get::<u64>(1)?, keys)))
        });
        // Another request, or another process, was faster.
        let Some((handle, total, keys)) = found.await? else { return Ok(Arrival::Known) };
        if self.sum(keys).await? != sealed {
            self.db.run("inbox drop gathered", |tx| async move { drop_set(&tx, sealed).await }).await?;
            self.finish_removals().await?;
            return Err(InboxError::NotTheFile);
        }
        self.sum_waiting(handle, total, day).await?;
        let arrival = self.db.run("inbox assemble", |tx| async move { assemble(&tx, sealed, day).await }).await?;
        self.finish_removals().await?;
        Ok(arrival)
    }

    /// Sums every complete upload of this length that was never summed, so that a file which comes by another road is known
    /// for what it is. Each is read once, however often this is called.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn sum_all_waiting(&self, length: u64, day: Day) -> Result<(), InboxError> {
        let found =
            self.db.read("inbox same length", |tx| async move { ids(&tx.all(SAME_LENGTH, &values![length]).await?) });
        self.remember(found.await?, day).await
    }

    /// The same for those with one handle: a sender who did not wait for the end of an upload.
    async fn sum_waiting(&self, handle: Handle, length: u64, day: Day) -> Result<(), InboxError> {
        let found = self
            .db
            .read("inbox same handle", |tx| async move { ids(&tx.all(SAME_HANDLE, &values![handle, length]).await?) });
        self.remember(found.await?, day).await
    }

    async fn remember(&self, uploads: Vec<UploadId>, day: Day) -> Result<(), InboxError> {
        for id in uploads {
            let keys = self.db.read("inbox keys", |tx| async move {
                let rows = tx.all("SELECT blob_key FROM part WHERE upload = $1 ORDER BY start", &values![id]).await?;
                rows.iter().map(|row| row.get(0)).collect::<Result<Vec<String>, StoreError>>()
            });
            let sealed = match self.sum(keys.await?).await {
                Ok(sealed) => sealed,
                // Taken away or repacked meanwhile: the desk tells it from the other.
                Err(InboxError::Store(StoreError::NoBlob { .. })) => continue,
                Err(error) => return Err(error),
            };
            let sql = "INSERT INTO arrived (sealed, upload, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            let row = values![sealed, id, day];
            self.db
                .run("inbox remember", |tx| {
                    let row = row.clone();
                    async move { tx.execute(sql, &row).await.map(drop) }
                })
                .await?;
        }
        Ok(())
    }

    /// SHA-256 of blobs in a row.
    async fn sum(&self, keys: Vec<String>) -> Result<SealedHash, InboxError> {
        let mut sum = Sha256::new();
        for key in keys {
            let mut bytes = self.blobs.stream(&key).await?;
            while let Some(chunk) = bytes.try_next().await? {
                sum.update(&chunk);
            }
        }
        Ok(SealedHash::from_bytes(sum.finalize().into()))
    }
}

/// An upload that is complete from its first moment.
struct NewUpload {
    id: UploadId,
    sealed: SealedHash,
    length: u64,
    day: Day,
    admission: Admission,
    lane: Lane,
}

impl NewUpload {
    async fn insert(&self, tx: &Tx) -> Result<(), StoreError> {
        let Self { id, sealed, length, day, admission, lane } = *self;
        let sql = "INSERT INTO upload (id, length, received, day, handle, lane, token)
                   VALUES ($1, $2, $2, $3, $4, $5, $6)";
        tx.execute(sql, &values![id, length, day, admission.handle, lane as i64, token(admission.token)]).await?;
        let sql = "INSERT INTO arrived (sealed, upload, day) VALUES ($1, $2, $3)";
        tx.execute(sql, &values![sealed, id, day]).await.map(drop)
    }
}

/// The step that makes parts an upload: their blobs stay where they are.
async fn assemble(tx: &Tx, sealed: SealedHash, day: Day) -> Result<Arrival, StoreError> {
    let set = "SELECT handle, total, stride, lane, token FROM loose_set WHERE sealed = $1 AND received = total";
    let Some(set) = tx.optional(set, &values![sealed]).await? else { return Ok(Arrival::Known) };
    let handle = set.get(0)?;
    if let Some(settled) = crate::loose::settled(tx, sealed, &handle).await? {
        drop_set(tx, sealed).await?;
        return Ok(settled);
    }
    let id = UploadId::random(&mut OsRandom);
    let lane = Lane::from_row(set.get(3)?);
    let token = set.get::<Option<[u8; 32]>>(4)?.map(hamseda_core::TokenId::from_bytes);
    let admission = Admission { handle, lane, token };
    NewUpload { id, sealed, length: set.get(1)?, day, admission, lane }.insert(tx).await?;
    let parts = "INSERT INTO part (upload, start, length, blob_key)
                 SELECT $1, number * $2, length, blob_key FROM loose_part WHERE sealed = $3";
    tx.execute(parts, &values![id, set.get::<u64>(2)?, sealed]).await?;
    forget_set(tx, sealed).await?;
    Ok(Arrival::New(id))
}

/// Whether a file is here or was lately.
pub(crate) async fn arrived(tx: &Tx, sealed: SealedHash) -> Result<bool, StoreError> {
    Ok(tx.optional("SELECT 1 FROM arrived WHERE sealed = $1", &values![sealed]).await?.is_some())
}

/// Whether the sender of what has this handle took it back, and the desk does not know yet.
pub(crate) async fn withdrawn(tx: &Tx, handle: &Handle) -> Result<bool, StoreError> {
    Ok(tx.optional("SELECT 1 FROM withdrawal WHERE handle = $1", &values![*handle]).await?.is_some())
}

fn ids(rows: &[hamseda_store::Row]) -> Result<Vec<UploadId>, StoreError> {
    rows.iter().map(|row| row.get(0)).collect()
}
