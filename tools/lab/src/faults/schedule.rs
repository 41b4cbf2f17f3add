//! Which message, in which chunks, and what goes wrong where: all from one seed.

use crate::random::Random;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
/// Largest chunk of a sender's page.
const CHUNK_MAX: u64 = 8 * MIB;

/// Classes in MiB with their weights: 1 to 64, median 4.
const CLASSES: [(u64, u64); 12] =
    [(14, 1), (16, 2), (14, 3), (16, 4), (10, 6), (9, 8), (6, 12), (5, 16), (4, 24), (3, 32), (2, 48), (1, 64)];
const CHUNKS: [(u64, u64); 4] = [(1, 256 * KIB), (2, MIB), (2, 4 * MIB), (3, CHUNK_MAX)];
const KINDS: [(u64, Kind); 11] = [
    (14, Kind::Reset),
    (8, Kind::Close),
    (12, Kind::HalfOpen),
    (12, Kind::Kill),
    (6, Kind::KillAcknowledged),
    (12, Kind::PowerCut),
    (10, Kind::PowerCutAcknowledged),
    (8, Kind::DiskFull),
    (8, Kind::Reorder),
    (6, Kind::Again),
    (4, Kind::Unheard),
];
/// One schedule in so many is a slow line.
const SLOW: u64 = 10;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The line is reset in the middle of a chunk.
    Reset,
    /// The line is closed in the middle of a chunk.
    Close,
    /// Nothing comes any more and nobody says so: the line stays open until the schedule ends.
    HalfOpen,
    /// `kill -9` of the server in the middle of a chunk.
    Kill,
    /// `kill -9` right after an acknowledgement.
    KillAcknowledged,
    /// `kill -9`, and what was not synced is gone, in the middle of a chunk.
    PowerCut,
    /// The same right after an acknowledgement.
    PowerCutAcknowledged,
    /// The disk is full for one chunk.
    DiskFull,
    /// The rest of a given-up request arrives while a newer one is under way.
    Reorder,
    /// A chunk that was acknowledged is sent once more.
    Again,
    /// The acknowledgement is lost on its way.
    Unheard,
    /// 32 kbit/s with loss: small segments, and cut lines where time-outs would have cut them.
    Slow,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Close => "close",
            Self::HalfOpen => "half-open",
            Self::Kill => "kill -9",
            Self::KillAcknowledged => "kill -9 after an answer",
            Self::PowerCut => "power cut",
            Self::PowerCutAcknowledged => "power cut after an answer",
            Self::DiskFull => "disk full",
            Self::Reorder => "reordered",
            Self::Again => "sent again",
            Self::Unheard => "answer lost",
            Self::Slow => "slow line",
        }
    }
}

/// Something that goes wrong at a place in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: u64,
    pub(crate) kind: Kind,
}

/// How an upload goes.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    /// Class of the message, MiB.
    pub(crate) mib: u64,
    pub(crate) chunk: u64,
    /// In order of place.
    pub(crate) faults: Vec<Fault>,
    /// What happens to the server when all is acknowledged, before the message is read back.
    pub(crate) end: Option<Kind>,
    pub(crate) random: Random,
}

impl Schedule {
    /// The schedule number `number` of a seed. With `mib` the message has that class.
    pub(crate) fn new(seed: u64, number: u64, mib: Option<u64>) -> Self {
        let mut random = Random::new(seed ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        // The first numbers of seeds that lie close together are alike.
        (0..4).for_each(|_| {
            random.next();
        });
        let end =
            random.weighted(&[(5, None), (2, Some(Kind::KillAcknowledged)), (3, Some(Kind::PowerCutAcknowledged))]);
        if mib.is_none() && random.below(SLOW) == 0 {
            let faults = vec![Fault { at: 0, kind: Kind::Slow }];
            return Self { mib: 1, chunk: random.weighted(&[(1, 64 * KIB), (1, 256 * KIB)]), faults, end, random };
        }
        let mib = mib.unwrap_or_else(|| random.weighted(&CLASSES));
        let chunk = random.weighted(&CHUNKS);
        let mut faults: Vec<Fault> = (0..random.below(6) + 1)
            .map(|_| Fault { at: random.below(mib * MIB), kind: random.weighted(&KINDS) })
            .collect();
        faults.sort_by_key(|fault| fault.at);
        Self { mib, chunk, faults, end, random }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_schedule_and_all_kinds_come_up() {
        let all: Vec<_> = (0..1_000).map(|n| Schedule::new(7, n, None)).collect();
        let again = Schedule::new(7, 33, None);
        assert_eq!((again.mib, again.chunk, &again.faults), (all[33].mib, all[33].chunk, &all[33].faults));
        let mut sizes: Vec<_> = all.iter().filter(|s| s.faults[0].kind != Kind::Slow).map(|s| s.mib).collect();
        sizes.sort_unstable();
        assert_eq!((sizes[0], sizes[sizes.len() / 2], sizes[sizes.len() - 1]), (1, 4, 64));
        let kinds: std::collections::BTreeSet<_> = all.iter().flat_map(|s| &s.faults).map(|f| f.kind).collect();
        assert_eq!(kinds.len(), KINDS.len() + 1);
    }
}
