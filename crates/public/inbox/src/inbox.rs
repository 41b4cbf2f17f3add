//! Opening the inbox, making an upload, asking where it stands.

use std::sync::{Arc, Mutex};

use hamseda_core::{Day, TokenId, UploadId};
use hamseda_store::{Blobs, Db, Migrations, Row, StoreError, Tx, values};

use crate::ledger::{Change, Ledger};
use crate::part::PARTS;
use crate::removal::Suspects;
use crate::usage::Usage;
use crate::{Admission, InboxError, Lane, Quota};

/// The inbox's tables, step by step.
pub const MIGRATIONS: Migrations = Migrations {
    sqlite: &[
        ("1-start", include_str!("../../../../migrations/sqlite/inbox/1-start.sql")),
        ("2-lanes", include_str!("../../../../migrations/sqlite/inbox/2-lanes.sql")),
        ("3-roads", include_str!("../../../../migrations/sqlite/inbox/3-roads.sql")),
        ("4-finished", include_str!("../../../../migrations/sqlite/inbox/4-finished.sql")),
    ],
    postgres: &[
        ("1-start", include_str!("../../../../migrations/postgres/inbox/1-start.sql")),
        ("2-lanes", include_str!("../../../../migrations/postgres/inbox/2-lanes.sql")),
        ("3-roads", include_str!("../../../../migrations/postgres/inbox/3-roads.sql")),
        ("4-finished", include_str!("../../../../migrations/postgres/inbox/4-finished.sql")),
    ],
};

/// The length of an upload whose maker does not know it yet.
pub const DEFERRED: u64 = i64::MAX as u64;

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
    /// The lane it came in by.
    pub lane: Lane,
    /// The good invite it came with, used before or not.
    pub token: Option<TokenId>,
}

/// Columns of [`Upload::from_row`], in its order.
macro_rules! columns {
    () => {
        "id, length, received, day, lane, token"
    };
}
pub(crate) use columns;

impl Upload {
    /// Whether every byte is here.
    #[must_use]
    pub const fn complete(&self) -> bool {
        self.received == self.length
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let token = row.get::<Option<[u8; 32]>>(5)?.map(TokenId::from_bytes);
        let lane = Lane::from_row(row.get(4)?);
        Ok(Self { id: row.get(0)?, length: row.get(1)?, received: row.get(2)?, day: row.get(3)?, lane, token })
    }
}

/// The inbox. Clones share everything; any number of processes may use the same stores.
#[derive(Debug, Clone)]
pub struct Inbox {
    pub(crate) db: Db,
    pub(crate) blobs: Blobs,
    pub(crate) quota: Quota,
    pub(crate) usage: Arc<Usage>,
    pub(crate) ledger: Ledger,
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
        let blobs = Blobs::open(blobs)?;
        blobs.make_folder(PARTS).await?;
        let usage = Arc::<Usage>::default();
        let ledger = Ledger::start(db.clone(), blobs.clone(), quota, usage.clone());
        let inbox = Self { db, blobs, quota, usage, ledger, suspects: Arc::default() };
        inbox.begin_roads().await?;
        inbox.finish_removals().await?;
        Ok(inbox)
    }

    /// Makes an upload of `length` bytes that begins on `day`, in the lane that `admission` gets.
    ///
    /// # Errors
    /// [`InboxError::Full`] when that lane's budget is met.
    pub async fn create(
        &self,
        id: UploadId,
        length: u64,
        day: Day,
        admission: &Admission,
    ) -> Result<Upload, InboxError> {
        let change = Change::Create { id, length, day, admission: *admission };
        Ok(self.ledger.apply(admission.lane, change).await?.0)
    }

    /// Says how long an upload is that began as [`DEFERRED`].
    ///
    /// # Errors
    /// [`InboxError::TooLong`] when it has another length or more bytes already.
    pub async fn declare(&self, id: UploadId, length: u64) -> Result<Upload, InboxError> {
        let lane = self.state(id).await?.lane;
        Ok(self.ledger.apply(lane, Change::Declare { id, length }).await?.0)
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
    let row = tx.optional(concat!("SELECT ", columns!(), " FROM upload WHERE id = $1"), &values![id]).await?;
    Ok(Upload::from_row(&row.ok_or(InboxError::Unknown)?)?)
}

/// The lane an admission gets: a token opens the invited one once. A bad token costs the work of a spent one.
pub(crate) async fn spend(tx: &Tx, admission: &Admission) -> Result<Lane, StoreError> {
    let token = admission.token.map_or([0; 32], |token| *token.as_bytes());
    let sql = "INSERT INTO spent (token) VALUES ($1) ON CONFLICT DO NOTHING";
    let first = tx.execute(sql, &values![token]).await? == 1;
    Ok(if first || admission.token.is_none() { admission.lane } else { Lane::Ordinary })
}
