//! How much there is of everything, for the desk and for progress bars. A page or a film prints none of it: figures for
//! the world come from tally's claims.

use std::collections::BTreeMap;

use hamseda_core::MessageState;
use hamseda_store::values;

use crate::{Vault, VaultError};

/// Numbers at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages by state; states without any are left out.
    pub messages: BTreeMap<MessageState, u64>,
    /// Jobs nobody has.
    pub jobs_free: u64,
    /// Jobs somebody has a lease on.
    pub jobs_leased: u64,
    /// Leaves that wait for a batch.
    pub leaves_waiting: u64,
    /// Leaves in the log.
    pub leaves_logged: u64,
    /// Batches closed.
    pub batches: u64,
}

impl Counts {
    /// Messages in a state.
    #[must_use]
    pub fn of(&self, state: MessageState) -> u64 {
        self.messages.get(&state).copied().unwrap_or(0)
    }

    /// Messages in all.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.messages.values().sum()
    }
}

impl Vault {
    /// Counts everything in one snapshot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counts(&self) -> Result<Counts, VaultError> {
        let now = self.clock.now().0;
        self.db
            .read("counts", |tx| async move {
                let mut counts = Counts::default();
                for row in tx.all("SELECT state, COUNT(*) FROM message GROUP BY state", &[]).await? {
                    counts.messages.insert(row.parse(0)?, row.get(1)?);
                }
                let sql = "SELECT (SELECT COUNT(*) FROM job WHERE open = 1 AND expires <= $1),
                                  (SELECT COUNT(*) FROM job WHERE open = 1 AND expires > $1),
                                  (SELECT COUNT(*) FROM waiting), (SELECT COUNT(*) FROM leaf),
                                  (SELECT COUNT(*) FROM batch)";
                let row = tx.one(sql, &values![now]).await?;
                counts.jobs_free = row.get(0)?;
                counts.jobs_leased = row.get(1)?;
                counts.leaves_waiting = row.get(2)?;
                counts.leaves_logged = row.get(3)?;
                counts.batches = row.get(4)?;
                Ok(counts)
            })
            .await
    }
}
