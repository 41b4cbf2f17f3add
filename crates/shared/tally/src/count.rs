//! Counting: `net = A − W − D − T`, by anyone, from the leaves alone.
//!
//! Refuses: to print. A figure becomes text only through [`crate::Claim`].

use serde::Serialize;

use crate::{Leaf, LeafKind};

/// A number of messages. It has no `Display`: a bare number beside "messages" is what [`crate::Claim`] is there to prevent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Messages(pub(crate) u64);

impl Messages {
    /// The number itself, for arithmetic and for machine-readable reports; never for a page or a film.
    #[must_use]
    pub const fn raw(self) -> u64 {
        self.0
    }
}

/// What the leaves of a log say. Made by [`count`] only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// Accepted messages (A).
    pub accepted: Messages,
    /// Accepted without an invite (U); not part of `net`.
    pub uninvited: Messages,
    /// Taken back (W).
    pub withdrawn: Messages,
    /// Duplicates (D).
    pub duplicate: Messages,
    /// Opened canaries (T).
    pub canary: Messages,
    /// A − W − D − T. A struck uninvited message lowers it too: which message was struck can't be seen, and a lower bound is
    /// the honest side to err on.
    pub net: Messages,
    /// Published clips (P), taken down or not.
    pub published: Messages,
    /// Closed batches (B).
    pub batches: u64,
    /// Leaves in all.
    pub leaves: u64,
}

/// Counts leaves. Says nothing of whether they may stand together: that is [`crate::rules::check`].
#[must_use]
pub fn count(leaves: &[Leaf]) -> Count {
    let mut count = Count { leaves: leaves.len() as u64, ..Count::default() };
    for leaf in leaves {
        match leaf.kind {
            LeafKind::Accepted => count.accepted.0 += 1,
            LeafKind::Uninvited => count.uninvited.0 += 1,
            LeafKind::Withdrawn => count.withdrawn.0 += 1,
            LeafKind::Duplicate => count.duplicate.0 += 1,
            LeafKind::Canary => count.canary.0 += 1,
            LeafKind::Published => count.published.0 += 1,
            LeafKind::Batch => count.batches += 1,
            LeafKind::Freeze | LeafKind::Report | LeafKind::Correction => {}
        }
    }
    let struck = count.withdrawn.0 + count.duplicate.0 + count.canary.0;
    count.net = Messages(count.accepted.0.saturating_sub(struck));
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_struck_is_taken_off() {
        let leaf = |kind| Leaf { kind, batch: 1, tag: [1; 16], commitment: [0; 32] };
        let leaves: Vec<Leaf> = "AAAAAUWDTPPB".bytes().filter_map(LeafKind::from_byte).map(leaf).collect();
        let count = count(&leaves);
        assert_eq!((count.accepted.0, count.uninvited.0, count.net.0, count.published.0), (5, 1, 2, 2));
        assert_eq!((count.batches, count.leaves), (1, 12));
    }
}
