//! What kind of file somebody brought, from its first bytes: a form and a stick take several kinds.
//!
//! Refuses: to look at names or media types, which lie and confess.

use crate::bundle::BUNDLE_MAGIC;
use crate::format::VERSION_LINE;
use crate::parts::PART_MAGIC;

/// First bytes that are needed to tell.
pub const CARRIED_MAGIC_LEN: usize = 8;

/// The kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// A whole sealed file, or a sealed letter: an age file.
    Sealed,
    /// A numbered part.
    Part,
    /// A bundle of such files.
    Bundle,
    /// A question for the status, or a withdrawal.
    Small,
    /// Something else: most often a raw video, which must not come any further.
    Foreign,
}

impl Carried {
    /// Tells by the first [`CARRIED_MAGIC_LEN`] bytes; a file shorter than that is foreign.
    #[must_use]
    pub fn of(first: &[u8]) -> Self {
        match first.first_chunk::<CARRIED_MAGIC_LEN>() {
            Some(magic) if magic == PART_MAGIC => Self::Part,
            Some(magic) if magic == BUNDLE_MAGIC => Self::Bundle,
            Some(b"hamsedaS" | b"hamsedaW") => Self::Small,
            Some(magic) if VERSION_LINE.as_bytes().starts_with(magic) => Self::Sealed,
            _ => Self::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_first_bytes() {
        for (bytes, kind) in [
            (&b"age-encryption.org/v1\n-> "[..], Carried::Sealed),
            (b"age-encr", Carried::Sealed),
            (b"hamsedap\x01", Carried::Part),
            (b"hamsedab", Carried::Bundle),
            (b"hamsedaS", Carried::Small),
            (b"hamsedaW", Carried::Small),
            (b"hamsedaX", Carried::Foreign),
            (b"hamseda", Carried::Foreign),
            (b"\0\0\0\x20ftypisom", Carried::Foreign),
            (b"", Carried::Foreign),
        ] {
            assert_eq!(Carried::of(bytes), kind, "{bytes:?}");
        }
    }
}
