//! How much each lane holds: counted when asked for after a change, remembered in between.
//!
//! Removals only lower it, so a remembered figure refuses too early at worst; before anything is refused it is counted
//! afresh.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hamseda_store::{StoreError, Tx, values};

use crate::{Budget, Lane};

/// A part costs its lane at least this much: a file system has one inode for so many bytes, and a flood of crumbs must not
/// take those of the invited.
const LEAST: u64 = 16 * 1024;

/// What a part of `length` bytes costs its lane.
pub(crate) const fn charge(length: u64) -> u64 {
    if length > LEAST { length } else { LEAST }
}

/// Uploads under way and bytes charged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) open: u64,
    pub(crate) bytes: u64,
}

/// Shared by all clones of an inbox.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    counted: Mutex<[Held; 2]>,
    /// Charged for parts that have no row yet.
    spooled: [AtomicU64; 2],
    stale: AtomicBool,
    /// Whether something was removed whose bytes may still lie in the database's write-ahead log.
    unscrubbed: AtomicBool,
    /// Blobs that are being written and have no row yet.
    alive: Mutex<HashSet<String>>,
}

impl Usage {
    fn counted(&self) -> MutexGuard<'_, [Held; 2]> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a lane holds, as far as is known.
    pub(crate) fn of(&self, lane: Lane) -> Held {
        self.counted()[lane.index()]
    }

    fn writing(&self) -> MutexGuard<'_, HashSet<String>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blobs that are being written.
    pub(crate) fn alive(&self) -> HashSet<String> {
        self.writing().clone()
    }

    pub(crate) fn begin(&self, key: &str) {
        self.writing().insert(key.to_owned());
    }

    pub(crate) fn end(&self, key: &str) {
        self.writing().remove(key);
    }

    /// Changes what is known.
    pub(crate) fn change(&self, lane: Lane, change: impl FnOnce(&mut Held)) {
        change(&mut self.counted()[lane.index()]);
    }

    /// Something was removed, or another process may have written.
    pub(crate) fn expire(&self) {
        self.stale.store(true, Ordering::Relaxed);
    }

    /// Rows were removed: their bytes are to follow.
    pub(crate) fn removed(&self) {
        self.unscrubbed.store(true, Ordering::Relaxed);
    }

    /// Whether rows were removed since this was last asked.
    pub(crate) fn was_removed(&self) -> bool {
        self.unscrubbed.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Relaxed)
    }

    /// Counts afresh.
    pub(crate) async fn recount(&self, tx: &Tx) -> Result<(), StoreError> {
        // First: a removal during the count makes it stale again.
        self.stale.store(false, Ordering::Relaxed);
        let mut held = [Held::default(); 2];
        for lane in Lane::ALL {
            let open = "SELECT COUNT(*) FROM upload WHERE received < length AND lane = $1";
            let bytes = "SELECT CAST(COALESCE(SUM(CASE WHEN p.length > $2 THEN p.length ELSE $2 END), 0) AS BIGINT)
                         FROM part p JOIN upload u ON u.id = p.upload WHERE u.lane = $1";
            let loose = "SELECT CAST(COALESCE(SUM(CASE WHEN p.length > $2 THEN p.length ELSE $2 END), 0) AS BIGINT)
                         FROM loose_part p JOIN loose_set s ON s.sealed = p.sealed WHERE s.lane = $1";
            held[lane.index()] = Held {
                open: tx.one(open, &values![lane as i64]).await?.get(0)?,
                bytes: tx.one(bytes, &values![lane as i64, LEAST]).await?.get::<u64>(0)?
                    + tx.one(loose, &values![lane as i64, LEAST]).await?.get::<u64>(0)?,
            };
        }
        *self.counted() = held;
        Ok(())
    }

    /// Takes room for a part that grows from `before` to `after` bytes; whether there was any.
    pub(crate) fn grow(&self, lane: Lane, budget: Budget, before: u64, after: u64) -> bool {
        let more = charge(after) - if before == 0 { 0 } else { charge(before) };
        let counted = self.of(lane).bytes;
        let spooled = &self.spooled[lane.index()];
        let now = spooled.fetch_add(more, Ordering::Relaxed) + more;
        let fits = counted.saturating_add(now) <= budget.bytes;
        if !fits {
            spooled.fetch_sub(more, Ordering::Relaxed);
        }
        fits
    }

    /// Gives back what a part of `length` bytes had taken.
    pub(crate) fn give_back(&self, lane: Lane, length: u64) {
        if length > 0 {
            self.spooled[lane.index()].fetch_sub(charge(length), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Whatever parts grow and go in whatever order, a lane never takes more than its budget and ends with nothing.
        #[test]
        fn a_budget_is_never_exceeded(
            steps in proptest::collection::vec((0usize..5, 1u64..60_000), 1..60),
            bytes in 0u64..300_000,
        ) {
            let (usage, budget) = (Usage::default(), Budget { open_uploads: 1, bytes });
            let mut parts = [0u64; 5];
            for (part, more) in steps {
                if more % 7 == 0 {
                    usage.give_back(Lane::Ordinary, std::mem::take(&mut parts[part]));
                } else if usage.grow(Lane::Ordinary, budget, parts[part], parts[part] + more) {
                    parts[part] += more;
                }
                let charged: u64 = parts.iter().filter(|&&length| length > 0).map(|&length| charge(length)).sum();
                proptest::prop_assert_eq!(usage.spooled[0].load(Ordering::Relaxed), charged);
                proptest::prop_assert!(charged <= bytes);
            }
        }
    }
}
