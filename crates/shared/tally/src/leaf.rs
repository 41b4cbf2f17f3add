//! A leaf: the 54 bytes that the log holds of a fact. With RFC 6962's prefix they fill one SHA-256 block.
//!
//! `u8 version = 1 | u8 kind | u32 batch | tag [16] | commitment [32]`, integers big endian.
//!
//! Refuses: anything from which a message, a place or a time could be read. What a leaf means is committed, not written.

use std::fmt;

use crate::{Hash, TallyError};

/// What finds a leaf: a receipt's tag or an unlinkable nullifier.
pub type Tag = [u8; 16];

/// The kind of fact. The byte is the letter's ASCII code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LeafKind {
    /// An accepted message.
    Accepted = b'A',
    /// An accepted message that came without an invite: counted and audited apart.
    Uninvited = b'U',
    /// Taken back by its sender: −1.
    Withdrawn = b'W',
    /// Found to be the same as another: −1.
    Duplicate = b'D',
    /// A known clip of a partner that was opened: −1.
    Canary = b'T',
    /// A published clip.
    Published = b'P',
    /// Closes a batch.
    Batch = b'B',
    /// Commits to a freeze.
    Freeze = b'F',
    /// Commits to an auditors' report.
    Report = b'R',
    /// Commits to a correction.
    Correction = b'X',
}

impl LeafKind {
    /// Every kind, in the order of the design's table.
    pub const ALL: [Self; 10] = [
        Self::Accepted,
        Self::Uninvited,
        Self::Withdrawn,
        Self::Duplicate,
        Self::Canary,
        Self::Published,
        Self::Batch,
        Self::Freeze,
        Self::Report,
        Self::Correction,
    ];

    /// The kind of a byte.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|k| *k as u8 == byte)
    }

    /// The letter of the kind.
    #[must_use]
    pub const fn letter(self) -> char {
        self as u8 as char
    }

    /// Whether leaves of this kind carry a tag; the others have sixteen zeros there.
    #[must_use]
    pub const fn is_tagged(self) -> bool {
        !matches!(self, Self::Batch | Self::Freeze | Self::Report | Self::Correction)
    }

    /// Whether leaves of this kind count as an accepted message, invited or not.
    #[must_use]
    pub const fn is_message(self) -> bool {
        matches!(self, Self::Accepted | Self::Uninvited)
    }

    /// Whether leaves of this kind take one message off the count.
    #[must_use]
    pub const fn is_strike(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Duplicate | Self::Canary)
    }
}

impl fmt::Display for LeafKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

/// One entry of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// The kind.
    pub kind: LeafKind,
    /// The batch it was closed with, from 1.
    pub batch: u32,
    /// The tag; zeros for kinds that have none.
    pub tag: Tag,
    /// The commitment to what the leaf stands for.
    pub commitment: Hash,
}

impl Leaf {
    /// Length in bytes.
    pub const LEN: usize = 54;
    const VERSION: u8 = 1;

    /// The leaf's bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut out = [0; Self::LEN];
        out[0] = Self::VERSION;
        out[1] = self.kind as u8;
        out[2..6].copy_from_slice(&self.batch.to_be_bytes());
        out[6..22].copy_from_slice(&self.tag);
        out[22..].copy_from_slice(&self.commitment);
        out
    }

    /// Reads a leaf.
    ///
    /// # Errors
    /// [`TallyError::Leaf`] for anything [`Leaf::encode`] would not write of a leaf that may stand in a log.
    pub fn parse(bytes: &[u8]) -> Result<Self, TallyError> {
        let bytes: &[u8; Self::LEN] = bytes.try_into().map_err(|_| TallyError::Leaf("it is not 54 bytes long"))?;
        let [version, kind, b0, b1, b2, b3, rest @ ..] = bytes;
        if *version != Self::VERSION {
            return Err(TallyError::Leaf("its version is not 1"));
        }
        let kind = LeafKind::from_byte(*kind).ok_or(TallyError::Leaf("its kind is unknown"))?;
        let batch = u32::from_be_bytes([*b0, *b1, *b2, *b3]);
        if batch == 0 {
            return Err(TallyError::Leaf("batches are counted from 1"));
        }
        let (mut tag, mut commitment) = ([0; 16], [0; 32]);
        tag.copy_from_slice(&rest[..16]);
        commitment.copy_from_slice(&rest[16..]);
        if kind.is_tagged() == (tag == [0; 16]) {
            return Err(TallyError::Leaf("its kind and its tag don't fit together"));
        }
        Ok(Self { kind, batch, tag, commitment })
    }

    /// The key by which leaves of one batch are sorted, so that their order says nothing of time.
    #[must_use]
    pub const fn order(&self) -> (Tag, LeafKind, Hash) {
        (self.tag, self.kind, self.commitment)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn any_leaf() -> impl Strategy<Value = Leaf> {
        (0..LeafKind::ALL.len(), 1u32.., any::<Tag>(), any::<Hash>()).prop_map(|(kind, batch, mut tag, commitment)| {
            let kind = LeafKind::ALL[kind];
            tag[0] |= 1;
            Leaf { kind, batch, tag: if kind.is_tagged() { tag } else { [0; 16] }, commitment }
        })
    }

    proptest! {
        #[test]
        fn a_leaf_reads_back(leaf in any_leaf()) {
            prop_assert_eq!(Leaf::parse(&leaf.encode()), Ok(leaf));
        }

        #[test]
        fn a_flipped_bit_is_refused_or_another_leaf(leaf in any_leaf(), bit in 0usize..Leaf::LEN * 8) {
            let mut bytes = leaf.encode();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = Leaf::parse(&bytes) {
                prop_assert_ne!(other, leaf);
                prop_assert_eq!(other.encode(), bytes);
            }
        }
    }

    #[test]
    fn other_bytes_are_refused() {
        let good = Leaf { kind: LeafKind::Accepted, batch: 1, tag: [9; 16], commitment: [8; 32] }.encode();
        let with = |at: usize, byte: u8| {
            let mut bytes = good.to_vec();
            bytes[at] = byte;
            Leaf::parse(&bytes)
        };
        assert!(Leaf::parse(&good[..53]).is_err());
        assert!(with(0, 2).is_err(), "version");
        assert!(with(1, b'Z').is_err(), "kind");
        assert!(with(5, 0).is_err(), "batch 0");
        assert!(with(1, b'B').is_err(), "a batch leaf with a tag");
    }
}
