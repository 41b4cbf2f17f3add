//! Size classes: many messages share one length, so that a length says little.
//!
//! 1, 2, 3, 4, 6, 8, 12, 16, 24 … MiB of plaintext: powers of two and the step of ×1.5 between them.

use hamseda_core::Limits;

use crate::format::{CHUNK_LEN, NONCE_LEN, TAG_LEN, header_len};
use crate::record::RECORD_LEN;
use crate::sealer::MAGIC;

const MIB: u64 = 1024 * 1024;
/// Classes there are at all; the largest is 32 GiB, far above any cap that is set.
const CLASSES: u8 = 31;

/// A class of plaintext lengths; ordered by size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SizeClass(u8);

impl SizeClass {
    /// Every class up to the cap: those whose plaintext is at most [`Limits::clip_bytes`] long.
    pub fn all(limits: &Limits) -> impl Iterator<Item = Self> + use<> {
        let cap = limits.clip_bytes;
        (0..CLASSES).map(Self).take_while(move |class| class.plaintext_len() <= cap)
    }

    /// The smallest class that holds a clip of `clip_len` bytes; `None` above the cap. An empty clip has the smallest: whether
    /// a message says anything is for the desk to find out, not for the format.
    #[must_use]
    pub fn for_len(clip_len: u64, limits: &Limits) -> Option<Self> {
        Self::all(limits).find(|class| clip_len <= class.clip_capacity())
    }

    /// The class whose plaintext is exactly this long.
    #[must_use]
    pub fn from_plaintext_len(len: u64, limits: &Limits) -> Option<Self> {
        Self::all(limits).find(|class| class.plaintext_len() == len)
    }

    /// The class with this position in the list, from 0.
    #[must_use]
    pub fn from_index(index: u8) -> Option<Self> {
        (index < CLASSES).then_some(Self(index))
    }

    /// Position in the list of classes, from 0. Stable: it is a field of the log.
    #[must_use]
    pub const fn index(self) -> u8 {
        self.0
    }

    /// Plaintext length, MiB.
    #[must_use]
    pub const fn mib(self) -> u64 {
        match self.0 {
            0 => 1,
            i if i % 2 == 1 => 1 << i.div_ceil(2),
            i => 3 << (i / 2 - 1),
        }
    }

    /// Plaintext length, bytes: magic, clip, zeros, record.
    #[must_use]
    pub const fn plaintext_len(self) -> u64 {
        self.mib() * MIB
    }

    /// Longest clip that fits, bytes.
    #[must_use]
    pub const fn clip_capacity(self) -> u64 {
        self.plaintext_len() - MAGIC.len() as u64 - RECORD_LEN as u64
    }

    /// Length of the sealed file, bytes.
    #[must_use]
    pub const fn sealed_len(self, recipients: usize) -> u64 {
        // Every class is a whole number of chunks.
        let chunks = self.plaintext_len() / CHUNK_LEN as u64;
        (header_len(recipients) + NONCE_LEN) as u64 + self.plaintext_len() + chunks * TAG_LEN as u64
    }

    /// All lengths a file sealed to `recipients` keys can have, ascending: what the intake accepts.
    pub fn sealed_lens(recipients: usize, limits: &Limits) -> impl Iterator<Item = u64> + use<> {
        Self::all(limits).map(move |class| class.sealed_len(recipients))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classes_of_the_specification() {
        let mib: Vec<_> = SizeClass::all(&Limits::DEFAULT).map(SizeClass::mib).collect();
        assert_eq!(mib, [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]);
    }

    proptest::proptest! {
        #[test]
        fn a_clip_gets_the_smallest_class_that_holds_it(len in 0u64..600 * MIB) {
            match SizeClass::for_len(len, &Limits::DEFAULT) {
                Some(class) => {
                    proptest::prop_assert!(len <= class.clip_capacity());
                    proptest::prop_assert_eq!(SizeClass::from_index(class.index()), Some(class));
                    let smaller = class.index().checked_sub(1).and_then(SizeClass::from_index);
                    proptest::prop_assert!(smaller.is_none_or(|smaller| smaller.clip_capacity() < len));
                }
                None => proptest::prop_assert!(len > SizeClass(17).clip_capacity()),
            }
        }
    }
}
