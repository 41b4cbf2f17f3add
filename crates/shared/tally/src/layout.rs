//! A log as static files: everything under `log/` of a site.
//!
//! ```text
//! log/checkpoint  log/policy  log/published.json  log/tags.bin  log/batch/<n>.json
//! log/tile/<level>/<n>[.p/<width>]  log/tile/entries/<n>[.p/<width>]  log/js/<n>.js
//! ```
//!
//! Refuses: to lay out parts that [`crate::verify()`] would not accept together. A mistake stops the build, not the auditor.

use std::collections::BTreeMap;

use crate::merkle::leaf_hash;
use crate::rules::{self, BatchSpan};
use crate::tiles::{TileId, TileKind, WIDTH, encode_entries, partial_tiles_of, tiles_of};
use crate::{BatchFile, Checkpoint, Hash, Leaf, LeafKind, Policy, PublishedIndex, TallyError, Tree, shards};

/// Path of the checkpoint.
pub const CHECKPOINT: &str = "log/checkpoint";
/// Path of the policy.
pub const POLICY: &str = "log/policy";
/// Path of the index of published clips.
pub const PUBLISHED: &str = "log/published.json";
/// Path of the receipts' tags: 16 bytes of each A and U leaf, in the log's order.
pub const TAGS: &str = "log/tags.bin";

/// Path of a batch's public file.
#[must_use]
pub fn batch_path(batch: u64) -> String {
    format!("log/batch/{batch}.json")
}

/// Path of a tile or entry bundle.
#[must_use]
pub fn tile_path(tile: TileId) -> String {
    format!("log/{tile}")
}

/// Everything a log's files are made from.
#[derive(Debug, Clone, Copy)]
pub struct LogParts<'a> {
    /// All leaves.
    pub leaves: &'a [Leaf],
    /// The signed checkpoint over exactly these leaves.
    pub checkpoint: &'a str,
    /// The policy the last batch committed to.
    pub policy: &'a Policy,
    /// The public files of all batches, in order.
    pub batches: &'a [BatchFile],
    /// The clips that can be watched now.
    pub published: &'a PublishedIndex,
}

/// One file of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Path from the site's root.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether a longer log has the same file with the same bytes.
    pub immutable: bool,
}

/// A file every log of a size has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Required {
    pub(crate) path: String,
    pub(crate) shard: u64,
    pub(crate) tile: Option<TileId>,
}

/// The files a log of this size must have, scripts aside, in the order they stand in the scripts.
pub(crate) fn required(size: u64, batches: u64) -> Vec<Required> {
    let plain = |path: String| Required { path, shard: 0, tile: None };
    let tile = |tile| Required { path: tile_path(tile), shard: shards::of_tile(tile), tile: Some(tile) };
    let mut files: Vec<Required> = [CHECKPOINT, POLICY, PUBLISHED, TAGS].map(|p| plain(p.into())).into();
    files.extend((1..=batches).map(|n| plain(batch_path(n))));
    files.extend(tiles_of(size).map(tile));
    files
}

/// Partial tiles of earlier checkpoints (one was signed where each batch closed), without those the log has now.
pub(crate) fn superseded(spans: &[BatchSpan], size: u64) -> BTreeMap<String, TileId> {
    let earlier = spans.iter().map(|span| span.close + 1).filter(|earlier| *earlier < size);
    let mut tiles: BTreeMap<String, TileId> =
        earlier.flat_map(partial_tiles_of).map(|tile| (tile_path(tile), tile)).collect();
    for tile in partial_tiles_of(size) {
        tiles.remove(&tile_path(tile));
    }
    tiles
}

/// Bytes a tile or bundle of our log has.
pub(crate) const fn tile_bytes_len(tile: TileId) -> u64 {
    match tile.kind {
        TileKind::Entries => tile.width * (2 + Leaf::LEN as u64),
        TileKind::Hashes(_) => tile.width * 32,
    }
}

/// The bytes of a tile or bundle.
pub(crate) fn tile_bytes(tile: TileId, leaves: &[Leaf], tree: &Tree) -> Option<Vec<u8>> {
    if tile.kind != TileKind::Entries {
        return tile.hashes_of(tree);
    }
    let start = usize::try_from(tile.start()).ok()?;
    let entries = leaves.get(start..start + usize::try_from(tile.width).ok()?)?;
    encode_entries(entries.iter().map(Leaf::encode)).ok()
}

/// The bytes of `tags.bin`.
#[must_use]
pub fn tags(leaves: &[Leaf]) -> Vec<u8> {
    leaves.iter().filter(|leaf| leaf.kind.is_message()).flat_map(|leaf| leaf.tag).collect()
}

/// All files under `log/`.
///
/// # Errors
/// [`TallyError::Layout`] when the parts do not belong together, and the checkpoint's own errors.
pub fn log_files(parts: &LogParts<'_>) -> Result<Vec<LogFile>, TallyError> {
    let tree: Tree = parts.leaves.iter().map(|leaf| leaf_hash(&leaf.encode())).collect();
    let spans = rules::batches(parts.leaves);
    agree(parts, &tree, &spans)?;

    let mut files = Vec::new();
    let mut scripts: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for required in required(tree.size(), spans.len() as u64) {
        let bytes = match required.tile {
            Some(tile) => tile_bytes(tile, parts.leaves, &tree).unwrap_or_default(),
            None => plain_bytes(parts, &required.path),
        };
        scripts.entry(required.shard).or_default().push(files.len());
        let immutable = required.path.starts_with("log/batch/") || required.tile.is_some();
        files.push(LogFile { path: required.path, bytes, immutable });
    }
    let last = scripts.keys().next_back().copied();
    for (shard, members) in scripts {
        let bytes = shards::encode(members.iter().map(|&i| (files[i].path.as_str(), files[i].bytes.as_slice())));
        files.push(LogFile { path: shards::path(shard), bytes, immutable: shard > 0 && Some(shard) != last });
    }
    for (path, tile) in superseded(&spans, tree.size()) {
        // Nobody needs a partial tile once the full one is there.
        if tile.index == level_size(tile.kind, tree.size()) / WIDTH {
            let bytes = tile_bytes(tile, parts.leaves, &tree).unwrap_or_default();
            files.push(LogFile { path, bytes, immutable: true });
        }
    }
    Ok(files)
}

/// Hashes or entries of a kind that a tree has.
const fn level_size(kind: TileKind, size: u64) -> u64 {
    match kind {
        TileKind::Entries => size,
        TileKind::Hashes(level) => size >> (8 * level),
    }
}

fn plain_bytes(parts: &LogParts<'_>, path: &str) -> Vec<u8> {
    match path {
        CHECKPOINT => parts.checkpoint.into(),
        POLICY => parts.policy.encode().into(),
        PUBLISHED => parts.published.encode(),
        TAGS => tags(parts.leaves),
        _ => {
            let batch = parts.batches.iter().find(|file| batch_path(file.batch.into()) == path);
            batch.map(BatchFile::encode).unwrap_or_default()
        }
    }
}

fn agree(parts: &LogParts<'_>, tree: &Tree, spans: &[BatchSpan]) -> Result<(), TallyError> {
    let fail = |why: String| Err(TallyError::Layout(why));
    let (checkpoint, _) = Checkpoint::open(parts.checkpoint.as_bytes(), &parts.policy.log)?;
    if (checkpoint.size, checkpoint.root) != (tree.size(), tree.root()) {
        return fail("the checkpoint is of other leaves".into());
    }
    if let Some(breach) = rules::check(parts.leaves).first() {
        return fail(format!("leaf {}: {}", breach.index, breach.why));
    }
    let commitments: Vec<Hash> =
        parts.leaves.iter().filter(|l| l.kind == LeafKind::Batch).map(|l| l.commitment).collect();
    if parts.batches.iter().map(BatchFile::commitment).collect::<Vec<_>>() != commitments {
        return fail("the batch files are not those the B leaves commit to".into());
    }
    if let Some(breach) = rules::batch_files(spans, parts.batches).first() {
        return fail(format!("batch {}: {}", breach.0, breach.1));
    }
    match parts.batches.last() {
        None => return fail("no batch has closed yet, so there is nothing to publish".into()),
        Some(last) if last.policy_sha256 == parts.policy.sha256() && last.floors == parts.policy.floors => {}
        _ => return fail("the last batch commits to another policy".into()),
    }
    match rules::published(parts.leaves, parts.published).into_iter().next() {
        Some(why) => fail(why),
        None => Ok(()),
    }
}
