//! Taking things away: rows first, and in the same transaction the promise that their blobs follow.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use hamseda_core::{Day, UnixSeconds, UploadId};
use hamseda_store::{StoreError, Tx, values};

use crate::inbox::columns;
use crate::part::PARTS;
use crate::{Inbox, InboxError, Lane, Upload, finished};

/// Days an upload without a single byte is kept: making one costs its maker nothing.
const EMPTY_DAYS: i32 = 2;

/// Every blob that has a row.
const KNOWN: &str = "SELECT blob_key FROM part UNION ALL SELECT blob_key FROM loose_part";

/// Blobs that had no row when the last sweep looked.
pub(crate) type Suspects = BTreeSet<String>;

impl Upload {
    /// The first day on which an unfinished upload is gone, where `days` are kept.
    #[must_use]
    pub fn expires(&self, days: i32) -> Day {
        Day(self.day.0 + if self.received == 0 { days.min(EMPTY_DAYS) } else { days })
    }
}

impl Inbox {
    /// Removes a complete upload that is durable on the trusted machine; its sender can ask about it for some days more.
    /// Saying it twice is fine.
    ///
    /// # Errors
    /// [`InboxError::Unknown`] for one that is not complete.
    pub async fn done(&self, id: UploadId, today: Day) -> Result<(), InboxError> {
        let removal = self.db.run("inbox done", |tx| async move {
            match crate::inbox::find(&tx, id).await {
                Ok(upload) if upload.complete() => {
                    finished::remember(&tx, &upload, today).await?;
                    Ok(remove(&tx, id).await?)
                }
                Ok(_) => Err(InboxError::Unknown),
                Err(InboxError::Unknown) => Ok(()),
                Err(e) => Err(e),
            }
        });
        removal.await?;
        self.usage.removed();
        self.finish_removals().await
    }

    /// Removes an upload at its sender's wish.
    ///
    /// # Errors
    /// [`InboxError::Unknown`].
    pub async fn terminate(&self, id: UploadId) -> Result<(), InboxError> {
        let removal = self.db.run("inbox terminate", |tx| async move {
            crate::inbox::find(&tx, id).await?;
            // It may come again by another road, and is not known then.
            tx.execute("DELETE FROM arrived WHERE upload = $1", &values![id]).await?;
            Ok::<_, InboxError>(remove(&tx, id).await?)
        });
        removal.await?;
        self.usage.removed();
        self.finish_removals().await
    }

    /// Removes unfinished uploads whose days are over, and forgets finished ones; says how many went of the first.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn expire(&self, today: Day, days: i32) -> Result<usize, InboxError> {
        let removal = self.db.run("inbox expire", |tx| async move {
            let begun = concat!("SELECT ", columns!(), " FROM upload WHERE received < length");
            let mut gone = 0;
            finished::forget(&tx, today).await?;
            for row in tx.all(begun, &[]).await? {
                let upload = Upload::from_row(&row)?;
                if upload.expires(days) <= today {
                    remove(&tx, upload.id).await?;
                    gone += 1;
                }
            }
            Ok::<_, InboxError>(gone)
        });
        let gone = removal.await?;
        self.usage.removed();
        self.finish_removals().await?;
        Ok(gone)
    }

    /// Deletes the blobs whose rows are gone.
    ///
    /// # Errors
    /// [`InboxError::Store`]; what is left goes with the next call.
    pub async fn finish_removals(&self) -> Result<(), InboxError> {
        self.usage.expire();
        let doomed = self.db.read("inbox doomed", |tx| async move { keys(&tx, "SELECT blob_key FROM doomed").await });
        let doomed = doomed.await?;
        if doomed.is_empty() {
            return Ok(());
        }
        for key in &doomed {
            self.blobs.delete(key).await?;
        }
        self.blobs.sync_folder(PARTS).await?;
        let doomed = Arc::new(doomed);
        let forget = self.db.run("inbox forget", |tx| {
            let doomed = doomed.clone();
            async move {
                for key in doomed.iter() {
                    tx.execute("DELETE FROM doomed WHERE blob_key = $1", &values![key]).await?;
                }
                Ok(())
            }
        });
        forget.await
    }

    /// Moves what rows said that were removed out of the database's files, if there are any since the last call. Its cost is one
    /// wait for the disk, so that it can be done every half minute. PostgreSQL overwrites nothing: see [`hamseda_store::Db::scrub`].
    ///
    /// # Errors
    /// [`InboxError::Store`]; the next call tries again.
    pub async fn scrub(&self) -> Result<(), InboxError> {
        if !self.usage.was_removed() {
            return Ok(());
        }
        let scrubbed = self.db.scrub().await;
        if scrubbed.is_err() {
            self.usage.removed();
        }
        Ok(scrubbed?)
    }

    /// Deletes blobs without a row, which a machine that stopped between writing a blob and its row leaves behind; says
    /// how many. Only those go that already had none at the sweep before: a row may be on its way. Call it once a day.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn sweep(&self, now: UnixSeconds) -> Result<usize, InboxError> {
        self.blobs.sweep_unfinished(now).await?;
        // Listed before the rows are read: a part that is appended in between has its row in the answer. One that is being
        // written here is not looked at, however long it takes.
        let alive = self.usage.alive();
        let listed = self.blobs.list(PARTS).await?.into_iter().map(|blob| blob.key).filter(|key| !alive.contains(key));
        let listed: Suspects = listed.collect();
        let known = self.db.read("inbox parts known", |tx| async move { keys(&tx, KNOWN).await });
        let known: Suspects = known.await?.into_iter().collect();
        let without: Suspects = listed.difference(&known).cloned().collect();
        let before =
            std::mem::replace(&mut *self.suspects.lock().unwrap_or_else(PoisonError::into_inner), without.clone());
        let mut gone = 0;
        for key in without.intersection(&before) {
            self.blobs.delete(key).await?;
            gone += 1;
        }
        Ok(gone)
    }
}

/// Removes an upload's rows and dooms its blobs. The invite of one that never became whole is good again.
pub(crate) async fn remove(tx: &Tx, id: UploadId) -> Result<(), StoreError> {
    tx.execute("INSERT INTO doomed (blob_key) SELECT blob_key FROM part WHERE upload = $1", &values![id]).await?;
    let unspend = "DELETE FROM spent WHERE token = (SELECT token FROM upload
                   WHERE id = $1 AND lane = $2 AND received < length)";
    tx.execute(unspend, &values![id, Lane::Invited as i64]).await?;
    tx.execute("DELETE FROM part WHERE upload = $1", &values![id]).await?;
    tx.execute("DELETE FROM upload WHERE id = $1", &values![id]).await.map(drop)
}

async fn keys(tx: &Tx, sql: &'static str) -> Result<Vec<String>, StoreError> {
    tx.all(sql, &[]).await?.iter().map(|row| row.get(0)).collect()
}
