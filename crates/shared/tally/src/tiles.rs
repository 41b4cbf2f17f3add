//! C2SP tlog-tiles: where hashes and entries of a log lie as static files.
//!
//! A full tile (256 hashes) or entry bundle never changes again. The last one of each level may be partial; it has its width
//! in its name and stays beside later ones until the full one exists, for whoever holds an earlier checkpoint.

use std::fmt;

use crate::{Hash, TallyError, Tree};

/// Hashes or entries in a full tile.
pub const WIDTH: u64 = 256;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// The entries themselves.
    Entries,
    /// Hashes of complete subtrees of 256ˡ leaves, for level `l`.
    Hashes(u8),
}

/// A tile's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// What it holds.
    pub kind: TileKind,
    /// Its position in its level.
    pub index: u64,
    /// How many hashes or entries: 1 to 256.
    pub width: u64,
}

impl TileId {
    /// Whether it is full, which means it never changes again.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.width == WIDTH
    }

    /// First hash or entry, counted in its level.
    #[must_use]
    pub const fn start(self) -> u64 {
        self.index * WIDTH
    }

    /// The bytes of a hash tile of this tree; `None` for entries and for a tile the tree is too small for.
    #[must_use]
    pub fn hashes_of(self, tree: &Tree) -> Option<Vec<u8>> {
        let TileKind::Hashes(level) = self.kind else { return None };
        let mut out = Vec::with_capacity(self.width as usize * 32);
        for index in self.start()..self.start() + self.width {
            out.extend(tree.node(u32::from(level) * 8, index)?);
        }
        Some(out)
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Entries => f.write_str("tile/entries/")?,
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        f.write_str(&groups.join("/"))?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// All tiles and entry bundles of a tree of `size` leaves: entries first, then level after level.
pub fn tiles_of(size: u64) -> impl Iterator<Item = TileId> {
    levels(size).flat_map(|(kind, hashes)| {
        (0..hashes.div_ceil(WIDTH)).map(move |index| TileId { kind, index, width: WIDTH.min(hashes - index * WIDTH) })
    })
}

/// The partial tiles of a tree of `size` leaves: at most one a level.
pub fn partial_tiles_of(size: u64) -> impl Iterator<Item = TileId> {
    levels(size).filter(|(_, hashes)| hashes % WIDTH != 0).map(|(kind, hashes)| TileId {
        kind,
        index: hashes / WIDTH,
        width: hashes % WIDTH,
    })
}

/// Kinds of tiles a tree has, with the number of hashes or entries of each.
fn levels(size: u64) -> impl Iterator<Item = (TileKind, u64)> {
    let hashes = (0..8u8).map(move |level| (TileKind::Hashes(level), size >> (8 * level)));
    std::iter::once((TileKind::Entries, size)).chain(hashes).take_while(|(_, hashes)| *hashes > 0)
}

/// An entry bundle: each entry behind its length as a big-endian `u16`.
///
/// # Errors
/// [`TallyError::Tile`] for an entry longer than 65,535 bytes.
pub fn encode_entries(entries: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<Vec<u8>, TallyError> {
    let mut out = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length =
            u16::try_from(entry.len()).map_err(|_| TallyError::Tile("an entry is longer than 65,535 bytes"))?;
        out.extend(length.to_be_bytes());
        out.extend(entry);
    }
    Ok(out)
}

/// Reads an entry bundle.
///
/// # Errors
/// [`TallyError::Tile`] when it is cut off.
pub fn parse_entries(mut bytes: &[u8]) -> Result<Vec<&[u8]>, TallyError> {
    let cut = TallyError::Tile("an entry is cut off");
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk().ok_or(cut.clone())?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(cut.clone())?;
        entries.push(entry);
        bytes = rest;
    }
    Ok(entries)
}

/// Reads a hash tile.
///
/// # Errors
/// [`TallyError::Tile`] when it is not `width` hashes.
pub fn parse_hashes(bytes: &[u8], width: u64) -> Result<Vec<Hash>, TallyError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() && hashes.len() as u64 == width {
        Ok(hashes.to_vec())
    } else {
        Err(TallyError::Tile("it does not hold as many hashes as its name says"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let path = |kind, index, width| TileId { kind, index, width }.to_string();
        assert_eq!(path(TileKind::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(TileKind::Hashes(1), 0, 17), "tile/1/000.p/17");
        assert_eq!(path(TileKind::Entries, 273, 112), "tile/entries/273.p/112");
        assert_eq!(path(TileKind::Entries, 1000, 256), "tile/entries/x001/000");
    }

    #[test]
    fn tiles_of_the_specification_s_examples() {
        let hashes = |size, level, full| {
            tiles_of(size).filter(|t| t.kind == TileKind::Hashes(level) && t.is_full() == full).collect::<Vec<_>>()
        };
        assert_eq!(hashes(70_000, 0, true).len(), 273);
        assert_eq!(hashes(70_000, 0, false)[0].width, 112);
        assert_eq!((hashes(70_000, 1, true).len(), hashes(70_000, 1, false)[0].width), (1, 17));
        assert_eq!((hashes(70_000, 2, true).len(), hashes(70_000, 2, false)[0].width), (0, 1));
        assert_eq!(
            tiles_of(256).map(|t| t.to_string()).collect::<Vec<_>>(),
            ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
        );
        assert_eq!(tiles_of(0).count(), 0);
    }

    proptest::proptest! {
        #[test]
        fn a_bundle_reads_back(entries: Vec<Vec<u8>>) {
            let bytes = encode_entries(&entries).unwrap();
            proptest::prop_assert_eq!(parse_entries(&bytes).unwrap(), entries);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            if let Ok(entries) = parse_entries(&bytes) {
                proptest::prop_assert_eq!(encode_entries(entries).unwrap(), bytes);
            }
        }

        #[test]
        fn partial_tiles_are_the_partial_ones(size in 0u64..1 << 26) {
            let partial: Vec<_> = tiles_of(size).filter(|t| !t.is_full()).collect();
            proptest::prop_assert_eq!(partial_tiles_of(size).collect::<Vec<_>>(), partial);
        }
    }
}
