//! Tile proxies: a few raw frames of a protected master in several small squares, from which walls are composed by
//! copying rows.
//!
//! File: magic `hmtiles1`, `u8` strips, then for each strip `u16` side, `u16` frames (big endian), then the frames of all
//! strips in that order. A frame is planar YUV 4:2:0, BT.709 limited range: side², then twice (side/2)² bytes. Frames are
//! [`STEP`] video frames apart.

/// Video frames between two tile frames (10 a second).
pub const STEP: u32 = 3;
/// Sides of the strips a message gets, pixels, and frames of each: 990 kB in all.
pub const STRIPS: [(u16, u16); 4] = [(160, 16), (80, 24), (40, 48), (20, 48)];

const MAGIC: &[u8; 8] = b"hmtiles1";

/// One size of one message's tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    /// Side in pixels; even.
    pub side: u16,
    /// Raw frames one after another, each [`frame_bytes`] long.
    pub data: Vec<u8>,
}

/// All sizes of one message's tile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TileSet {
    /// The strips.
    pub strips: Vec<Strip>,
}

/// Where a strip lies in a tile file, so that a wall of thousands reads only the size it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StripPlace {
    /// Side in pixels.
    pub side: u16,
    /// Frames.
    pub frames: u16,
    /// First byte in the file.
    pub offset: u64,
}

/// Most bytes that [`TileSet::places`] needs from the start of a file.
pub const HEAD_BYTES: usize = 8 + 1 + 4 * 255;

/// Bytes of one frame of a strip.
#[must_use]
pub const fn frame_bytes(side: u16) -> usize {
    side as usize * side as usize * 3 / 2
}

/// Bytes that are not a tile file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tile file, or cut short; delete the artefact and build again")]
pub struct TilesError;

impl Strip {
    /// Number of frames.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.data.len() / frame_bytes(self.side).max(1)
    }

    /// One frame; wraps around at the end, so that a tile loops.
    #[must_use]
    pub fn frame(&self, index: usize) -> &[u8] {
        let bytes = frame_bytes(self.side);
        let at = (index % self.frames().max(1)) * bytes;
        self.data.get(at..at + bytes).unwrap_or_default()
    }
}

impl TileSet {
    /// The file's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(u8::try_from(self.strips.len()).unwrap_or(u8::MAX));
        for strip in &self.strips {
            out.extend(strip.side.to_be_bytes());
            out.extend(u16::try_from(strip.frames()).unwrap_or(u16::MAX).to_be_bytes());
        }
        for strip in &self.strips {
            out.extend(&strip.data);
        }
        out
    }

    /// Where the strips of a file lie, from its first [`HEAD_BYTES`] bytes (or all of it, if it is shorter).
    ///
    /// # Errors
    /// A beginning that [`TileSet::to_bytes`] would not have written.
    pub fn places(head: &[u8]) -> Result<Vec<StripPlace>, TilesError> {
        let rest = head.strip_prefix(MAGIC).ok_or(TilesError)?;
        let (&count, rest) = rest.split_first().ok_or(TilesError)?;
        let entries = rest.get(..usize::from(count) * 4).ok_or(TilesError)?;
        let mut offset = (MAGIC.len() + 1 + entries.len()) as u64;
        let mut places = Vec::with_capacity(usize::from(count));
        for entry in entries.chunks_exact(4) {
            let side = u16::from_be_bytes([entry[0], entry[1]]);
            let frames = u16::from_be_bytes([entry[2], entry[3]]);
            if side == 0 || side % 2 == 1 {
                return Err(TilesError);
            }
            places.push(StripPlace { side, frames, offset });
            offset += u64::from(frames) * frame_bytes(side) as u64;
        }
        Ok(places)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Anything that [`TileSet::to_bytes`] would not have written.
    pub fn parse(bytes: &[u8]) -> Result<Self, TilesError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(TilesError)?;
        let (&count, rest) = rest.split_first().ok_or(TilesError)?;
        let (head, mut data) = rest.split_at_checked(usize::from(count) * 4).ok_or(TilesError)?;
        let mut strips = Vec::new();
        for entry in head.chunks_exact(4) {
            let side = u16::from_be_bytes([entry[0], entry[1]]);
            let frames = usize::from(u16::from_be_bytes([entry[2], entry[3]]));
            if side == 0 || side % 2 == 1 {
                return Err(TilesError);
            }
            let (frames, rest) = data.split_at_checked(frames * frame_bytes(side)).ok_or(TilesError)?;
            strips.push(Strip { side, data: frames.to_vec() });
            data = rest;
        }
        if data.is_empty() { Ok(Self { strips }) } else { Err(TilesError) }
    }

    /// The smallest strip whose side is at least `side`, else the largest.
    #[must_use]
    pub fn at_least(&self, side: u16) -> Option<&Strip> {
        let fitting = self.strips.iter().filter(|s| s.side >= side).min_by_key(|s| s.side);
        fitting.or_else(|| self.strips.iter().max_by_key(|s| s.side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_tile_file_reads_back(sides in proptest::collection::vec((1u16..9, 0u16..4), 0..4)) {
            let strips = sides.iter().map(|&(half, frames)| Strip {
                side: half * 2,
                data: vec![7; frame_bytes(half * 2) * usize::from(frames)],
            }).collect();
            let set = TileSet { strips };
            let bytes = set.to_bytes();
            for (place, strip) in TileSet::places(&bytes).unwrap().iter().zip(&set.strips) {
                let at = place.offset as usize;
                proptest::prop_assert_eq!(place.side, strip.side);
                proptest::prop_assert_eq!(&bytes[at..at + frame_bytes(place.side) * usize::from(place.frames)], &strip.data);
            }
            proptest::prop_assert_eq!(TileSet::parse(&bytes), Ok(set));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            if let Ok(set) = TileSet::parse(&bytes) {
                proptest::prop_assert_eq!(set.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn a_message_gets_less_than_a_megabyte() {
        let bytes: usize = STRIPS.iter().map(|&(side, frames)| frame_bytes(side) * usize::from(frames)).sum();
        assert!(bytes < 1_000_000, "{bytes}");
    }
}
