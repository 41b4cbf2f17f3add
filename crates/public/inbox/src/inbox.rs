//! Opening the inbox, making an upload, asking where it stands.

use std::sync::{Arc, Mutex};

use hamseda_core::{Day, Limits, UploadId};
use hamseda_store::{Blobs, Db, Migrations, Row, StoreError, Tx, values};

use crate::InboxError;
use crate::removal::Suspects;

const MIGRATIONS: Migrations = Migrations {
    sqlite: &[("1-start", include_str!("../../../../migrations/sqlite/inbox/1-start.sql"))],
    postgres: &[("1-start", include_str!("../../../../migrations/postgres/inbox/1-start.sql"))],
};

/// How much the inbox takes before it says it is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Uploads that are not complete.
    pub open_uploads: u64,
    /// Bytes of all uploads that are on the disk.
    pub bytes: u64,
}

impl From<Limits> for Quota {
    fn from(limits: Limits) -> Self {
        Self { open_uploads: u64::from(limits.open_uploads), bytes: limits.inbox_bytes }
    }
}

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// Declared length, bytes.
    pub length: u64,
    /// Durable bytes.
    pub received: u64,
    /// The day it began.
    pub day: Day,
}

impl Upload {
    /// Whether every byte is here.
    #[must_use]
    pub const fn complete(&self) -> bool {
        self.received == self.length
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { id: row.get(0)?, length: row.get(1)?, received: row.get(2)?, day: row.get(3)? })
    }
}

/// The inbox. Clones share everything; any number of processes may use the same stores.
#[derive(Debug, Clone)]
pub struct Inbox {
    pub(crate) db: Db,
    pub(crate) blobs: Blobs,
    pub(crate) quota: Quota,
    pub(crate) suspects: Arc<Mutex<Suspects>>,
}

impl Inbox {
    /// Opens (and makes, where missing) the inbox in `database` (`sqlite:PATH` or `postgres://…`) and `blobs`
    /// (`file:PATH`), and finishes removals that a stop had cut short.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn open(database: &str, blobs: &str, quota: Quota) -> Result<Self, InboxError> {
        let db = Db::connect(database, &MIGRATIONS).await?;
        let inbox = Self { db, blobs: Blobs::open(blobs)?, quota, suspects: Arc::default() };
        inbox.finish_removals().await?;
        Ok(inbox)
    }

    /// Makes an upload of `length` bytes that begins on `day`.
    ///
    /// # Errors
    /// [`InboxError::Full`] when a quota is met.
    pub async fn create(&self, id: UploadId, length: u64, day: Day) -> Result<Upload, InboxError> {
        let quota = self.quota;
        self.db
            .run("inbox create", |tx| async move {
                let open = "SELECT COUNT(*) FROM upload WHERE received < length";
                if tx.one(open, &[]).await?.get::<u64>(0)? >= quota.open_uploads || held(&tx).await? >= quota.bytes {
                    return Err(InboxError::Full);
                }
                let row = values![id, length, day];
                tx.execute("INSERT INTO upload (id, length, day) VALUES ($1, $2, $3)", &row).await?;
                Ok(Upload { id, length, received: 0, day })
            })
            .await
    }

    /// Where an upload stands. Waits for no request that writes to it.
    ///
    /// # Errors
    /// [`InboxError::Unknown`].
    pub async fn state(&self, id: UploadId) -> Result<Upload, InboxError> {
        self.db.read("inbox state", |tx| async move { find(&tx, id).await }).await
    }
}

/// The upload's row.
pub(crate) async fn find(tx: &Tx, id: UploadId) -> Result<Upload, InboxError> {
    let row = tx.optional("SELECT id, length, received, day FROM upload WHERE id = $1", &values![id]).await?;
    Ok(Upload::from_row(&row.ok_or(InboxError::Unknown)?)?)
}

/// Durable bytes of all uploads. What is declared but never sent takes no room: declaring costs nothing.
pub(crate) async fn held(tx: &Tx) -> Result<u64, StoreError> {
    tx.one("SELECT CAST(COALESCE(SUM(received), 0) AS BIGINT) FROM upload", &[]).await?.get(0)
}
