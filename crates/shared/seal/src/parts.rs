//! Parts: a sealed file cut into numbered pieces of at most 8 MiB, for forms and sticks that can't resume.
//!
//! A part is a header of 128 bytes and its payload. Every header says the whole: how many parts, how long the sealed file
//! is, its SHA-256. All payloads but the last have one length, so header fields follow from each other, and a header that
//! contradicts itself is refused before a byte of its payload is read.
//!
//! Refuses: a second byte form of the same facts (bytes that must be zero are), payloads so small that a file comes in
//! crumbs, names. Whether parts of two headers belong together is [`PartHeader::belongs_with`]; whether the joined bytes are
//! the sealed file only its SHA-256 shows.

use hamseda_core::{Coded, Handle, SealedHash};

/// First bytes of a part.
pub const PART_MAGIC: &[u8; 8] = b"hamsedap";
/// Length of the header, bytes.
pub const PART_HEADER_LEN: usize = 128;
/// Longest part, header and payload, bytes.
pub const PART_MAX_LEN: u64 = 8 * 1024 * 1024;
/// Longest payload, bytes.
pub const PAYLOAD_MAX_LEN: u32 = PART_MAX_LEN as u32 - PART_HEADER_LEN as u32;
/// Shortest payload of a part that is not the last, bytes.
pub const PAYLOAD_LEAST_LEN: u32 = 64 * 1024;

const VERSION: u8 = 1;

/// What is told about a part before its payload. Made only of facts that fit each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartHeader {
    index: u16,
    count: u16,
    total: u64,
    stride: u32,
    handle: Handle,
    sealed: SealedHash,
}

/// Bytes that are not the header of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// The first bytes are another file's.
    #[error("this is not a part of a sealed file; choose the files that the sealer wrote")]
    NotAPart,
    /// A format this version doesn't know.
    #[error("this part was made by another version of the sealer; seal and cut the clip again with the current one")]
    Version,
    /// Fewer bytes than a header has.
    #[error("this part ends inside its first lines; copy it again from where it was made")]
    TooShort,
    /// Fields that contradict each other.
    #[error("this part says impossible things about itself; it was damaged on the way, copy it again")]
    Contradiction,
    /// Parts of a length that is not allowed.
    #[error("a sealed file is cut into parts of 64 KiB to 8 MiB; cut it again")]
    Size,
}

impl Coded for PartError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAPart => "part-not-a-part",
            Self::Version => "part-version",
            Self::TooShort => "part-too-short",
            Self::Contradiction => "part-contradiction",
            Self::Size => "part-size",
        }
    }
}

impl PartHeader {
    /// The headers of all parts of a sealed file of `total` bytes, in order, each payload but the last `payload` bytes long.
    ///
    /// # Errors
    /// [`PartError::Size`] for payloads that are not allowed, an empty file, and one that needs more than 65,535 parts.
    pub fn cut(
        total: u64,
        payload: u32,
        handle: Handle,
        sealed: SealedHash,
    ) -> Result<impl ExactSizeIterator<Item = Self> + use<>, PartError> {
        if !(PAYLOAD_LEAST_LEN..=PAYLOAD_MAX_LEN).contains(&payload) || total == 0 {
            return Err(PartError::Size);
        }
        let count = u16::try_from(total.div_ceil(payload.into())).map_err(|_| PartError::Size)?;
        // One part holds everything: its length is the file's, so that there is one way to say it.
        let stride = if count == 1 { total as u32 } else { payload };
        Ok((0..count).map(move |index| Self { index, count, total, stride, handle, sealed }))
    }

    /// Reads the header from the first bytes of a part; bytes after it are not looked at.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PartError> {
        let magic = &bytes[..bytes.len().min(PART_MAGIC.len())];
        if !PART_MAGIC.starts_with(magic) {
            return Err(PartError::NotAPart);
        }
        let bytes: &[u8; PART_HEADER_LEN] = bytes.first_chunk().ok_or(PartError::TooShort)?;
        if bytes[8] != VERSION {
            return Err(PartError::Version);
        }
        let fields = Fields { bytes, at: 12 };
        let (index, fields) = fields.take::<2>();
        let (count, fields) = fields.take::<2>();
        let (total, fields) = fields.take::<8>();
        let (offset, fields) = fields.take::<8>();
        let (length, fields) = fields.take::<4>();
        let (handle, fields) = fields.take::<32>();
        let (sealed, _) = fields.take::<32>();
        let (index, count, total) = (u16::from_be_bytes(index), u16::from_be_bytes(count), u64::from_be_bytes(total));
        let stride = stride(index, count, u64::from_be_bytes(offset), u32::from_be_bytes(length))?;
        let header = Self {
            index,
            count,
            total,
            stride,
            handle: Handle::from_bytes(handle),
            sealed: SealedHash::from_bytes(sealed),
        };
        header.check()?;
        // One header has one text; everything derived must come out as it was written.
        if header.to_bytes() == *bytes { Ok(header) } else { Err(PartError::Contradiction) }
    }

    /// The header as it stands in the file.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PART_HEADER_LEN] {
        let mut bytes = [0; PART_HEADER_LEN];
        let fields: [&[u8]; 9] = [
            PART_MAGIC,
            &[VERSION, 0, 0, 0],
            &self.index.to_be_bytes(),
            &self.count.to_be_bytes(),
            &self.total.to_be_bytes(),
            &self.offset().to_be_bytes(),
            &self.payload_len().to_be_bytes(),
            self.handle.as_bytes(),
            self.sealed.as_bytes(),
        ];
        let mut at = 0;
        for field in fields {
            bytes[at..at + field.len()].copy_from_slice(field);
            at += field.len();
        }
        bytes
    }

    fn check(&self) -> Result<(), PartError> {
        let most = u64::from(self.stride) * u64::from(self.count);
        let least = u64::from(self.stride) * u64::from(self.count).saturating_sub(1);
        if self.index >= self.count || self.total > most || self.total <= least {
            return Err(PartError::Contradiction);
        }
        let sizes = if self.count == 1 { 1..=PAYLOAD_MAX_LEN } else { PAYLOAD_LEAST_LEN..=PAYLOAD_MAX_LEN };
        if sizes.contains(&self.stride) { Ok(()) } else { Err(PartError::Size) }
    }

    /// Its number, from 0.
    #[must_use]
    pub const fn index(&self) -> u16 {
        self.index
    }

    /// How many parts the file was cut into.
    #[must_use]
    pub const fn count(&self) -> u16 {
        self.count
    }

    /// Length of the whole sealed file, bytes.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Length of every payload but the last, bytes.
    #[must_use]
    pub const fn stride(&self) -> u32 {
        self.stride
    }

    /// Where the payload stands in the sealed file.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.stride as u64 * self.index as u64
    }

    /// Length of the payload, bytes.
    #[must_use]
    pub const fn payload_len(&self) -> u32 {
        let left = self.total - self.offset();
        if left < self.stride as u64 { left as u32 } else { self.stride }
    }

    /// What a withdrawal is matched by.
    #[must_use]
    pub const fn handle(&self) -> Handle {
        self.handle
    }

    /// SHA-256 of the whole sealed file.
    #[must_use]
    pub const fn sealed(&self) -> SealedHash {
        self.sealed
    }

    /// Whether two headers tell of the same file, cut in the same way.
    #[must_use]
    pub fn belongs_with(&self, other: &Self) -> bool {
        Self { index: 0, ..*self } == Self { index: 0, ..*other }
    }
}

/// Length of every payload but the last, as far as one part tells.
fn stride(index: u16, count: u16, offset: u64, length: u32) -> Result<u32, PartError> {
    let last = index.checked_add(1) == Some(count);
    if !last || index == 0 {
        return Ok(length);
    }
    // The last part may be shorter; where it begins tells how long the others are.
    u32::try_from(offset / u64::from(index)).map_err(|_| PartError::Contradiction)
}

/// Fields of fixed length, one after the other.
struct Fields<'a> {
    bytes: &'a [u8; PART_HEADER_LEN],
    at: usize,
}

impl Fields<'_> {
    fn take<const N: usize>(self) -> ([u8; N], Self) {
        let mut field = [0; N];
        field.copy_from_slice(&self.bytes[self.at..self.at + N]);
        (field, Self { at: self.at + N, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn headers()(
            payload in PAYLOAD_LEAST_LEN..=PAYLOAD_MAX_LEN,
            total in 1u64..600 * 1024 * 1024,
            handle: [u8; 32],
            sealed: [u8; 32],
            pick: prop::sample::Index,
        ) -> (PartHeader, usize) {
            let all: Vec<_> = PartHeader::cut(total, payload, Handle::from_bytes(handle), SealedHash::from_bytes(sealed)).unwrap().collect();
            (all[pick.index(all.len())], all.len())
        }
    }

    proptest! {
        #[test]
        fn a_header_survives_its_bytes((header, count) in headers()) {
            prop_assert_eq!(PartHeader::parse(&header.to_bytes()), Ok(header));
            prop_assert_eq!(usize::from(header.count()), count);
        }

        #[test]
        fn payloads_cover_the_file_without_gap_or_overlap(
            total in 1u64..64 * 1024 * 1024, payload in PAYLOAD_LEAST_LEN..=PAYLOAD_MAX_LEN,
        ) {
            let mut at = 0;
            for header in PartHeader::cut(total, payload, Handle::from_bytes([1; 32]), SealedHash::from_bytes([2; 32])).unwrap() {
                prop_assert_eq!(header.offset(), at);
                prop_assert!(header.payload_len() > 0);
                at += u64::from(header.payload_len());
            }
            prop_assert_eq!(at, total);
        }

        /// One flipped bit makes another true header (of another file, say) or none; never the same one.
        #[test]
        fn a_flipped_bit_is_seen((header, _) in headers(), bit in 0usize..PART_HEADER_LEN * 8) {
            let mut bytes = header.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = PartHeader::parse(&bytes) {
                prop_assert_eq!(other.to_bytes(), bytes);
                prop_assert_ne!(other, header);
            }
        }

        #[test]
        fn any_bytes_are_refused_or_come_back(mut bytes in prop::collection::vec(any::<u8>(), 0..200), dress: bool) {
            if dress && bytes.len() > 12 {
                bytes[..12].copy_from_slice(b"hamsedap\x01\0\0\0");
            }
            if let Ok(header) = PartHeader::parse(&bytes) {
                prop_assert_eq!(&header.to_bytes()[..], &bytes[..PART_HEADER_LEN]);
            }
        }
    }

    #[test]
    fn sizes_that_are_not_allowed() {
        let cut = |total, payload| {
            PartHeader::cut(total, payload, Handle::from_bytes([0; 32]), SealedHash::from_bytes([0; 32]))
                .map(|parts| parts.len())
        };
        assert_eq!(cut(1, PAYLOAD_MAX_LEN), Ok(1));
        assert_eq!(cut(0, PAYLOAD_MAX_LEN), Err(PartError::Size));
        assert_eq!(cut(9, PAYLOAD_MAX_LEN + 1), Err(PartError::Size));
        assert_eq!(cut(9, PAYLOAD_LEAST_LEN - 1), Err(PartError::Size));
        assert_eq!(cut(65_536 * u64::from(PAYLOAD_LEAST_LEN), PAYLOAD_LEAST_LEN), Err(PartError::Size));
        assert_eq!(cut(65_535 * u64::from(PAYLOAD_LEAST_LEN), PAYLOAD_LEAST_LEN), Ok(65_535));
    }
}
