//! Chance, drawn once per message and thrown away.

use hamseda_core::Random;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroize;

/// Chance that everything else is derived from. Never printed, never kept: wiped when dropped.
pub(crate) struct Seed([u8; 32]);

impl Seed {
    pub(crate) fn new(random: &mut dyn Random) -> Self {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// A stream of its own for each purpose: who works one of them out (noise can be heard) learns nothing of the others.
    pub(crate) fn stream(&self, purpose: &'static str) -> Stream {
        let mut hash = Sha256::new();
        hash.update(b"hamseda voice 1 ");
        hash.update(purpose.as_bytes());
        hash.update(self.0);
        let mut bytes: [u8; 32] = hash.finalize().into();
        let word = |i: usize| u64::from_le_bytes(std::array::from_fn(|j| bytes[i * 8 + j]));
        let state = [word(0), word(1), word(2), word(3)];
        bytes.zeroize();
        Stream(state)
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// xoshiro256++ (Blackman and Vigna): fast, and even enough for sound.
pub(crate) struct Stream([u64; 4]);

impl Stream {
    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// Evenly from 0 to 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// Evenly between two bounds.
    pub(crate) fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Around 0, variance 1: twelve even numbers added up, near enough to a bell.
    pub(crate) fn bell(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
