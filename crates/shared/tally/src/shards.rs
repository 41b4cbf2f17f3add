//! The log as classic scripts, `log/js/<n>.js`, so that the verify page can read it from a folder opened as `file://`, where
//! browsers forbid to fetch. Each line hands one file to the page:
//!
//! ```text
//! hamsedaLog("log/checkpoint","b3J2YW5h…");
//! ```
//!
//! Shard 0 holds what changes and what is small; shard 1 + ⌊n/16⌋ holds full entry bundles and full level-0 tiles *n*, which
//! never change.

use crate::tiles::{TileId, TileKind};
use crate::{TallyError, base64};

/// Full bundles (and level-0 tiles) in a shard.
pub const BUNDLES: u64 = 16;

/// Path of a shard.
#[must_use]
pub fn path(shard: u64) -> String {
    format!("log/js/{shard}.js")
}

/// The shard a tile is in.
#[must_use]
pub const fn of_tile(tile: TileId) -> u64 {
    match tile.kind {
        TileKind::Entries | TileKind::Hashes(0) if tile.is_full() => 1 + tile.index / BUNDLES,
        _ => 0,
    }
}

/// The script that holds these files.
pub fn encode<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut out = String::new();
    for (path, bytes) in files {
        out.push_str(&format!("hamsedaLog(\"{path}\",\"{}\");\n", base64::encode(bytes)));
    }
    out.into_bytes()
}

/// Reads a script.
///
/// # Errors
/// [`TallyError::Shard`] for anything [`encode`] would not write.
pub fn parse(bytes: &[u8]) -> Result<Vec<(&str, Vec<u8>)>, TallyError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TallyError::Shard("it is not UTF-8"))?;
    let lines = match text {
        "" => return Ok(Vec::new()),
        text => text.strip_suffix('\n').ok_or(TallyError::Shard("its last line is cut off"))?,
    };
    let line = |line: &'static str| TallyError::Shard(line);
    lines
        .split('\n')
        .map(|text| {
            let call = text.strip_prefix("hamsedaLog(\"").and_then(|rest| rest.strip_suffix("\");"));
            let (path, content) = call.and_then(|c| c.split_once("\",\"")).ok_or(line("a line is not one call"))?;
            if path.bytes().any(|b| !b.is_ascii_graphic() || b == b'"' || b == b'\\') {
                return Err(line("a path is not plain"));
            }
            Ok((path, base64::decode(content).ok_or(line("a file is not base64"))?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_shard_reads_back(files in proptest::collection::vec(("[a-z0-9/.]{1,12}", proptest::collection::vec(0u8.., 0..40)), 0..4)) {
            let bytes = encode(files.iter().map(|(p, b)| (p.as_str(), b.as_slice())));
            let read = parse(&bytes).unwrap();
            let read: Vec<(String, Vec<u8>)> = read.into_iter().map(|(p, b)| (p.to_owned(), b)).collect();
            proptest::prop_assert_eq!(read, files);
        }
    }

    #[test]
    fn full_bundles_have_shards_of_their_own() {
        let tile = |kind, index, width| of_tile(TileId { kind, index, width });
        assert_eq!(tile(TileKind::Entries, 0, 256), 1);
        assert_eq!(tile(TileKind::Hashes(0), 16, 256), 2);
        assert_eq!(tile(TileKind::Hashes(1), 0, 256), 0);
        assert_eq!(tile(TileKind::Entries, 3, 255), 0);
    }
}
