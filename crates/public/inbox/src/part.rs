//! A part on its way: bytes that are on the disk, or nearly, and that no row counts yet.

use std::sync::Arc;

use bytes::Bytes;
use hamseda_core::{Day, OsRandom, Random};
use hamseda_store::Spool;

use crate::ledger::Ledger;
use crate::usage::Usage;
use crate::{Budget, Inbox, InboxError, Lane};

/// The folder of all parts.
pub(crate) const PARTS: &str = "part";

/// Bytes that will be appended to an upload, in one blob. Dropped before [`Inbox::count`] took it, they are gone.
#[derive(Debug)]
pub struct Part {
    spool: Spool,
    lane: Lane,
    budget: Budget,
    day: Day,
    usage: Arc<Usage>,
    ledger: Ledger,
    finished: bool,
    counted: bool,
}

impl Inbox {
    /// Begins a part in a lane. `day` is all that the file will tell of when it came.
    #[must_use]
    pub fn part(&self, lane: Lane, day: Day) -> Part {
        let spool = self.blobs.spool(&part_key(&mut OsRandom));
        let (budget, usage, ledger) = (self.quota.of(lane), self.usage.clone(), self.ledger.clone());
        usage.begin(spool.key());
        Part { spool, lane, budget, day, usage, ledger, finished: false, counted: false }
    }
}

impl Part {
    /// Bytes so far.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.spool.length()
    }

    pub(crate) fn key(&self) -> &str {
        self.spool.key()
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// [`InboxError::Full`]; the part then has the length it had before.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), InboxError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.finished = false;
        let more = bytes.len() as u64;
        self.room(more).await?;
        let written = self.spool.write(bytes).await;
        self.given_back_unless(written, more)
    }

    /// Adds the last bytes and makes all of them durable.
    ///
    /// # Errors
    /// As [`Part::write`].
    pub async fn finish(&mut self, bytes: Bytes) -> Result<(), InboxError> {
        if self.finished && bytes.is_empty() {
            return Ok(());
        }
        let more = bytes.len() as u64;
        self.room(more).await?;
        let written = self.spool.finish(bytes, self.day).await;
        self.finished = written.is_ok();
        self.given_back_unless(written, more)
    }

    async fn room(&self, more: u64) -> Result<(), InboxError> {
        let before = self.length();
        let fits = || more == 0 || self.usage.grow(self.lane, self.budget, before, before + more);
        if fits() {
            return Ok(());
        }
        if self.usage.is_stale() {
            self.ledger.recount(self.lane).await;
        }
        if fits() { Ok(()) } else { Err(InboxError::Full) }
    }

    fn given_back_unless(&self, written: Result<(), hamseda_store::StoreError>, more: u64) -> Result<(), InboxError> {
        let Err(error) = written else { return Ok(()) };
        let length = self.length();
        self.usage.give_back(self.lane, length + more);
        // What it had before fits: it was there a moment ago, and nobody is refused for it.
        let all = Budget { bytes: u64::MAX, ..self.budget };
        let _ = length == 0 || self.usage.grow(self.lane, all, 0, length);
        Err(error.into())
    }

    /// Its row may be there: the blob stays.
    pub(crate) fn keep(&mut self) {
        self.counted = true;
    }

    /// Its row is not there.
    pub(crate) fn lose(&mut self) {
        self.counted = false;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.usage.give_back(self.lane, self.length());
        self.usage.end(self.key());
        if !self.counted {
            self.spool.discard();
        }
    }
}

/// A fresh random name: two requests never write to one blob, and a folder of blobs does not tell which belong together.
pub(crate) fn part_key(random: &mut dyn Random) -> String {
    format!("{PARTS}/{:032x}", u128::from_le_bytes(random.bytes()))
}
