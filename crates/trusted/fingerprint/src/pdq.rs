//! PDQ: 256 bits that say which of a picture's coarse waves lie above their median. Written from Meta's published
//! description (pdqhash-2017-10-09): luma on 64 by 64, a DCT of which the 16 by 16 lowest waves without the constant are
//! kept, one bit each, most significant first from the highest wave down.

use std::sync::OnceLock;

/// Side of the luma square.
pub(crate) const INPUT: usize = 64;
/// Waves kept in each direction.
const WAVES: usize = 16;
/// Bits of a hash.
pub(crate) const BITS: u32 = 256;

/// A hash. Bit `16 y + x` is the wave with `y + 1` half periods down and `x + 1` across; the lowest 64-bit word comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Hash(pub(crate) [u64; 4]);

impl Hash {
    /// Of 64 by 64 luma values, row by row.
    pub(crate) fn of(luma: &[f32]) -> Self {
        let waves = waves(luma);
        let mut sorted = waves;
        // The lower of the two middle values, as the published code takes it.
        let median = *sorted.select_nth_unstable_by(WAVES * WAVES / 2 - 1, f32::total_cmp).1;
        let mut words = [0; 4];
        for (i, &wave) in waves.iter().enumerate() {
            words[i / 64] |= u64::from(wave > median) << (i % 64);
        }
        Self(words)
    }

    /// How many bits differ.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// Of the picture turned by half: waves with an odd sum of half periods change sign. Exact but for waves beside the
    /// median.
    #[must_use]
    pub fn half_turned(self) -> Self {
        self.flipped(|x, y| (x + y) % 2 == 1)
    }

    /// Of the picture turned by a quarter, clockwise or the other way.
    #[must_use]
    pub fn quarter_turned(self, clockwise: bool) -> Self {
        let mut turned = [0; 4];
        for i in 0..WAVES * WAVES {
            let (x, y) = (i % WAVES, i / WAVES);
            let bit = self.0[i / 64] >> (i % 64) & 1;
            let j = x * WAVES + y;
            turned[j / 64] |= bit << (j % 64);
        }
        Self(turned).flipped(|x, y| if clockwise { x % 2 == 1 } else { y % 2 == 1 })
    }

    fn flipped(self, odd: impl Fn(usize, usize) -> bool) -> Self {
        let mut words = self.0;
        for i in 0..WAVES * WAVES {
            // Half periods count from one.
            if odd(i % WAVES + 1, i / WAVES + 1) {
                words[i / 64] ^= 1 << (i % 64);
            }
        }
        Self(words)
    }

    /// The 32 bytes of it, lowest wave last, as the published code prints them.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (slot, word) in bytes.chunks_exact_mut(8).zip(self.0.iter().rev()) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    /// From [`Hash::to_bytes`].
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().rev().zip(bytes.chunks_exact(8)) {
            *word = bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
        }
        Self(words)
    }
}

/// The 16 by 16 lowest waves but the constant.
fn waves(luma: &[f32]) -> [f32; WAVES * WAVES] {
    let cosines = cosines();
    // Rows first: 64 rows of 16 waves across.
    let mut across = [0.0; INPUT * WAVES];
    for (row, out) in luma.chunks_exact(INPUT).zip(across.chunks_exact_mut(WAVES)) {
        for (wave, out) in cosines.chunks_exact(INPUT).zip(out) {
            *out = wave.iter().zip(row).map(|(c, v)| c * v).sum();
        }
    }
    let mut both = [0.0; WAVES * WAVES];
    for (wave, out) in cosines.chunks_exact(INPUT).zip(both.chunks_exact_mut(WAVES)) {
        for (c, row) in wave.iter().zip(across.chunks_exact(WAVES)) {
            out.iter_mut().zip(row).for_each(|(out, v)| *out += c * v);
        }
    }
    both
}

/// 16 waves of 64 values.
fn cosines() -> &'static [f32; WAVES * INPUT] {
    static TABLE: OnceLock<[f32; WAVES * INPUT]> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = [0.0; WAVES * INPUT];
        for (i, value) in table.iter_mut().enumerate() {
            let (wave, place) = ((i / INPUT + 1) as f64, (i % INPUT) as f64);
            let angle = std::f64::consts::PI / 2.0 / INPUT as f64 * wave * (2.0 * place + 1.0);
            *value = ((2.0 / INPUT as f64).sqrt() * angle.cos()) as f32;
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture that a formula gives, so that other programs can hash it too.
    fn picture() -> Vec<f32> {
        let value = |x: u32, y: u32| ((x * x * 3 + y * y * 5 + x * y * 7 + (x / 9) * 40 + (y / 13) * 60) / 11) % 256;
        (0..INPUT as u32 * INPUT as u32).map(|i| value(i % 64, i / 64) as f32).collect()
    }

    fn turned(from: impl Fn(usize, usize) -> (usize, usize)) -> Vec<f32> {
        let picture = picture();
        let at = |i: usize| from(i % INPUT, i / INPUT);
        (0..INPUT * INPUT).map(|i| picture[at(i).1 * INPUT + at(i).0]).collect()
    }

    #[test]
    fn turned_hashes_are_hashes_of_turned_pictures() {
        let hash = Hash::of(&picture());
        let last = INPUT - 1;
        let cases = [
            (hash.half_turned(), turned(|x, y| (last - x, last - y))),
            (hash.quarter_turned(true), turned(|x, y| (y, last - x))),
            (hash.quarter_turned(false), turned(|x, y| (last - y, x))),
        ];
        for (derived, picture) in cases {
            let distance = derived.distance(Hash::of(&picture));
            assert!(distance <= 20, "{distance} bits differ");
        }
        assert!(hash.distance(hash.half_turned()) > 90);
    }

    #[test]
    fn the_published_code_gives_the_same_bits() {
        // PyPI's pdqhash 0.2.8 (Meta's C++) of the same picture in grey.
        let published = "d804f00051f793ff77c4f7009600961fb67f967e5678f6f0a670767076609660";
        let ours: String = Hash::of(&picture()).to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(ours, published);
    }

    #[test]
    fn bytes_read_back() {
        let hash = Hash::of(&picture());
        assert_eq!(Hash::from_bytes(hash.to_bytes()), hash);
        assert_eq!(hash.0.iter().map(|w| w.count_ones()).sum::<u32>(), BITS / 2);
    }
}
