//! Repeatable chance, so that the same demo is drawn on every machine.
//!
//! Refuses: secrets. Nothing that protects anyone may come from here.

/// SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for every seed.
    pub(crate) const fn new(seed: u64) -> Self {
        // Mixed first: streams of neighbouring seeds would be the same one, shifted.
        let mut start = Self(seed);
        Self(start.next())
    }

    /// The next 64 bits.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Between two bounds.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// One of a list that isn't empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[(self.next() % list.len() as u64) as usize]
    }
}
