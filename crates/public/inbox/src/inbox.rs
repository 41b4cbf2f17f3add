//! Opening the inbox, making an upload, asking where it stands.

use std::sync::{Arc, Mutex};

use hamseda_core::{Day, TokenId, UploadId};
use hamseda_store::{Blobs, Db, Migrations, Row, StoreError, Tx, values};

use crate::removal::Suspects;
use crate::{Admission, InboxError, Lane, Quota};

/// The inbox's tables, step by step.
pub const MIGRATIONS: Migrations = Migrations {
    sqlite: &[
        ("1-start", include_str!("../../../../migrations/sqlite/inbox/1-start.sql")),
        ("2-lanes", include_str!("../../../../migrations/sqlite/inbox/2-lanes.sql")),
    ],
    postgres: &[
        ("1-start", include_str!("../../../../migrations/postgres/inbox/1-start.sql")),
        ("2-lanes", include_str!("../../../../migrations/postgres/inbox/2-lanes.sql")),
    ],
};

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
        let (quota, admission) = (self.quota, *admission);
        self.db
            .run("inbox create", |tx| async move {
                let lane = spend(&tx, &admission).await?;
                let budget = quota.of(lane);
                let open = "SELECT COUNT(*) FROM upload WHERE received < length AND lane = $1";
                let open = tx.one(open, &values![lane as i64]).await?.get::<u64>(0)?;
                if open >= budget.open_uploads || held(&tx, lane).await? >= budget.bytes {
                    return Err(InboxError::Full);
                }
                let Admission { handle, token, .. } = admission;
                let row = values![id, length, day, handle, lane as i64, token.map(|t| *t.as_bytes())];
                let sql = "INSERT INTO upload (id, length, day, handle, lane, token) VALUES ($1, $2, $3, $4, $5, $6)";
                tx.execute(sql, &row).await?;
                Ok(Upload { id, length, received: 0, day, lane, token })
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
    let row = tx.optional(concat!("SELECT ", columns!(), " FROM upload WHERE id = $1"), &values![id]).await?;
    Ok(Upload::from_row(&row.ok_or(InboxError::Unknown)?)?)
}

/// The lane an admission gets: a token opens the invited one once. A bad token costs the work of a spent one.
async fn spend(tx: &Tx, admission: &Admission) -> Result<Lane, StoreError> {
    let token = admission.token.map_or([0; 32], |token| *token.as_bytes());
    let first = tx.execute("INSERT INTO spent (token) VALUES ($1) ON CONFLICT DO NOTHING", &values![token]).await? == 1;
    Ok(if first || admission.token.is_none() { admission.lane } else { Lane::Ordinary })
}

/// Durable bytes of a lane's uploads. What is declared but never sent takes no room: declaring costs nothing.
pub(crate) async fn held(tx: &Tx, lane: Lane) -> Result<u64, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(received), 0) AS BIGINT) FROM upload WHERE lane = $1";
    tx.one(sql, &values![lane as i64]).await?.get(0)
}
