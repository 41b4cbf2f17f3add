//! 32 kbit/s with loss, in reckoned time.
//!
//! Every segment costs the time it would take on the wire; a lost one costs TCP's retransmission time-out, which doubles
//! with each loss in a row. Once the line was silent for longer than a sender waits, the sender gives it up.

use crate::random::Random;

const BYTES_PER_SECOND: u64 = 4_000;
const SEGMENT: u64 = 1_200;
/// Round trip, ms.
const ROUND_TRIP: u64 = 700;
/// First retransmission time-out, ms.
const RETRANSMIT: u64 = 1_000;
/// Silence after which a sender gives a line up, ms.
const GIVE_UP: u64 = 30_000;

pub(super) struct SlowLine<'a> {
    random: &'a mut Random,
    /// Chance of loss, percent, while the line is good and while it is bad.
    loss: (u64, u64),
    bad: bool,
    millis: u64,
}

impl<'a> SlowLine<'a> {
    pub(super) fn new(random: &'a mut Random) -> Self {
        let loss = (1 + random.below(5), 60 + random.below(35));
        Self { random, loss, bad: false, millis: 2 * ROUND_TRIP }
    }

    /// Length of the next segment.
    pub(super) const fn segment(&mut self) -> u64 {
        1 + self.random.below(SEGMENT)
    }

    /// Whether the next segment gets through before the sender gives up.
    pub(super) const fn carries(&mut self) -> bool {
        // Losses come in bursts.
        if self.random.below(50) == 0 {
            self.bad = !self.bad;
        }
        let (mut silent, mut wait) = (SEGMENT * 1_000 / BYTES_PER_SECOND, RETRANSMIT);
        while self.random.below(100) < (if self.bad { self.loss.1 } else { self.loss.0 }) {
            silent += wait;
            wait *= 2;
            if silent > GIVE_UP {
                self.millis += GIVE_UP;
                return false;
            }
        }
        self.millis += silent;
        true
    }

    pub(super) const fn seconds(&self) -> u64 {
        self.millis / 1_000
    }
}
