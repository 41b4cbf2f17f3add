//! The nightly rewriting of what came by day.
//!
//! A file system keeps times that nobody can set (when a file was made, when it last changed) and lays files down in the
//! order in which they came. So every upload is written anew, in an order that is drawn, as one blob: how its sender's line
//! was cut is forgotten too. Then the database is written anew.
//!
//! Refuses: to touch an upload that is being added to at that moment; the next night has it.

use std::sync::Arc;

use bytes::Bytes;
use hamseda_core::{Day, OsRandom, Random, UploadId};
use hamseda_store::{Blobs, Spool, StoreError, Tx, values};

use crate::part::{PARTS, part_key};
use crate::usage::Usage;
use crate::{Inbox, InboxError};

/// Bytes carried at a time.
const PIECE: u64 = 1024 * 1024;

/// A part as its row tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    start: u64,
    length: u64,
    key: String,
}

/// A blob that is being written: no sweep takes it, and unless it is kept it goes.
pub(crate) struct Fresh {
    pub(crate) spool: Spool,
    usage: Arc<Usage>,
    pub(crate) kept: bool,
}

impl Fresh {
    pub(crate) fn new(blobs: &Blobs, usage: &Arc<Usage>) -> Self {
        let key = part_key(&mut OsRandom);
        usage.begin(&key);
        Self { spool: blobs.spool(&key), usage: usage.clone(), kept: false }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        self.usage.end(self.spool.key());
        if !self.kept {
            self.spool.discard();
        }
    }
}

impl Inbox {
    /// Writes every upload anew that has bytes from the day, in an order that is drawn; says how many. Their files say
    /// `day`. Call it once a night.
    ///
    /// # Errors
    /// [`InboxError::Store`]; what was rewritten by then stays so.
    pub async fn repack(&self, day: Day, random: &mut dyn Random) -> Result<usize, InboxError> {
        let mut ids = self.unpacked().await?;
        shuffle(&mut ids, random);
        let mut rewritten = 0;
        for id in ids {
            rewritten += usize::from(self.repack_one(id, day).await?);
            self.finish_removals().await?;
        }
        self.db.rewrite().await?;
        Ok(rewritten)
    }

    async fn unpacked(&self) -> Result<Vec<UploadId>, InboxError> {
        self.db
            .read("inbox unpacked", |tx| async move {
                let rows = tx.all("SELECT id FROM upload WHERE packed < received ORDER BY id", &[]).await?;
                Ok(rows.iter().map(|row| row.get(0)).collect::<Result<_, StoreError>>()?)
            })
            .await
    }

    async fn repack_one(&self, id: UploadId, day: Day) -> Result<bool, InboxError> {
        let old = self.db.read("inbox parts", |tx| async move { rows(&tx, id).await }).await?;
        if old.is_empty() {
            return Ok(false);
        }
        let mut fresh = Fresh::new(&self.blobs, &self.usage);
        match self.copy(&old, &mut fresh.spool, day).await {
            Ok(()) => {}
            // Removed while it was read.
            Err(StoreError::NoBlob { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        self.blobs.sync_folder(PARTS).await?;
        // From here on its row may be there, whatever the answer says.
        fresh.kept = true;
        let (old, key, length) = (Arc::new(old), fresh.spool.key().to_owned(), fresh.spool.length());
        let swap = self.db.run("inbox repack", |tx| {
            let (old, key) = (old.clone(), key.clone());
            async move { swap(&tx, id, &old, &key, length).await }
        });
        fresh.kept = swap.await?;
        Ok(fresh.kept)
    }

    async fn copy(&self, parts: &[Row], into: &mut Spool, day: Day) -> Result<(), StoreError> {
        for Row { length, key, .. } in parts {
            for at in (0..*length).step_by(PIECE as usize) {
                let until = (at + PIECE).min(*length);
                let piece = self.blobs.get_range(key, at..until).await?;
                if piece.len() as u64 != until - at {
                    return Err(StoreError::NoBlob { key: key.clone() });
                }
                into.write(piece).await?;
            }
        }
        into.finish(Bytes::new(), day).await
    }
}

/// Puts one blob where these parts were, unless they changed meanwhile; what came after them stays.
async fn swap(tx: &Tx, id: UploadId, old: &[Row], key: &str, length: u64) -> Result<bool, StoreError> {
    let now = rows(tx, id).await?;
    if !now.starts_with(old) {
        return Ok(false);
    }
    for Row { start, key, .. } in old {
        tx.execute("DELETE FROM part WHERE upload = $1 AND start = $2", &values![id, *start]).await?;
        tx.execute("INSERT INTO doomed (blob_key) VALUES ($1)", &values![key]).await?;
    }
    let add = "INSERT INTO part (upload, start, length, blob_key) VALUES ($1, 0, $2, $3)";
    tx.execute(add, &values![id, length, key]).await?;
    tx.execute("UPDATE upload SET packed = $2 WHERE id = $1", &values![id, length]).await?;
    Ok(true)
}

async fn rows(tx: &Tx, id: UploadId) -> Result<Vec<Row>, StoreError> {
    let sql = "SELECT start, length, blob_key FROM part WHERE upload = $1 ORDER BY start";
    let rows = tx.all(sql, &values![id]).await?;
    rows.iter().map(|row| Ok(Row { start: row.get(0)?, length: row.get(1)?, key: row.get(2)? })).collect()
}

/// Fisher and Yates, with a bias too small to matter: 64 random bits for one of at most some thousand places.
fn shuffle<T>(list: &mut [T], random: &mut dyn Random) {
    for last in (1..list.len()).rev() {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        let other = u64::from_le_bytes(bytes) % (last as u64 + 1);
        list.swap(last, other as usize);
    }
}
