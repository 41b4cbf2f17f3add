//! What the roads without a line need once a day: old things expire, blobs lose the trace of when they came.

use hamseda_core::{Day, OsRandom, Random, SealedHash};
use hamseda_store::{StoreError, values};

use crate::loose::drop_set;
use crate::part::PARTS;
use crate::repack::Fresh;
use crate::{Inbox, InboxError};

/// Days a letter waits for the desk. The stated grace for what comes by stick is as long.
const LETTER_DAYS: i32 = 60;

impl Inbox {
    /// Removes what waited too long: parts of files that did not become whole within `days` of the newest one, the memory
    /// of what arrived, letters that no desk came for. Says how many files in parts went.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn expire_roads(&self, today: Day, days: i32) -> Result<usize, InboxError> {
        let before = |days: i32| Day(today.0.saturating_sub(days));
        let (kept_since, letters_since) = (before(days), before(LETTER_DAYS));
        let removal = self.db.run("inbox expire roads", |tx| async move {
            let old = tx.all("SELECT sealed FROM loose_set WHERE day <= $1", &values![kept_since]).await?;
            for row in &old {
                drop_set(&tx, row.get(0)?).await?;
            }
            // What is still here is remembered as long as it is.
            let forget = "DELETE FROM arrived WHERE day <= $1 AND upload NOT IN (SELECT id FROM upload)";
            tx.execute(forget, &values![kept_since]).await?;
            tx.execute("DELETE FROM letter WHERE day <= $1", &values![letters_since]).await?;
            Ok::<_, StoreError>(old.len())
        });
        let gone = removal.await?;
        self.usage.expire();
        self.finish_removals().await?;
        Ok(gone)
    }

    /// Writes loose parts that no night has touched anew, in random order, so that neither a name nor a file's times tell
    /// which came together or when. Says how many.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn repack_loose(&self, today: Day) -> Result<usize, InboxError> {
        let found = self.db.read("inbox unpacked", |tx| async move {
            let rows = tx.all("SELECT sealed, number, blob_key FROM loose_part WHERE packed = 0", &[]).await?;
            let part = |row: &hamseda_store::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            rows.iter().map(part).collect::<Result<Vec<(SealedHash, u32, String)>, StoreError>>()
        });
        let mut parts: Vec<_> = found.await?.into_iter().map(|part| (drawn(), part)).collect();
        parts.sort_unstable();
        let mut packed = 0;
        for (_, (sealed, number, old)) in parts {
            packed += usize::from(self.repack_part(sealed, number, &old, today).await?);
        }
        self.finish_removals().await?;
        Ok(packed)
    }

    async fn repack_part(&self, sealed: SealedHash, number: u32, old: &str, today: Day) -> Result<bool, InboxError> {
        let bytes = match self.blobs.get(old).await {
            Ok(bytes) => bytes,
            // It became part of an upload, or went.
            Err(StoreError::NoBlob { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let mut fresh = Fresh::new(&self.blobs, &self.usage);
        fresh.spool.finish(bytes, today).await?;
        self.blobs.sync_folder(PARTS).await?;
        let new = fresh.spool.key().to_owned();
        // From here on its row may be there, whatever the answer says.
        fresh.kept = true;
        let moved = self.db.run("inbox repack loose", |tx| {
            let new = new.clone();
            async move {
                let sql = "UPDATE loose_part SET blob_key = $1, packed = 1
                           WHERE sealed = $2 AND number = $3 AND blob_key = $4";
                if tx.execute(sql, &values![&new, sealed, number, old]).await? == 0 {
                    return Ok(false);
                }
                tx.execute("INSERT INTO doomed (blob_key) VALUES ($1)", &values![old]).await?;
                Ok::<_, StoreError>(true)
            }
        });
        fresh.kept = moved.await?;
        Ok(fresh.kept)
    }
}

fn drawn() -> u64 {
    let random: &mut dyn Random = &mut OsRandom;
    u64::from_le_bytes(random.bytes())
}
