//! Entries and hash tiles against the signed root.
//!
//! Entries and level-0 tiles say the same thing twice, so a change in either can be told from a change in the other: the one
//! that leads to the signed root is right.

use super::{Audit, FaultCode};
use crate::layout::{self, CHECKPOINT};
use crate::merkle::leaf_hash;
use crate::tiles::{TileId, TileKind, parse_entries, parse_hashes, tiles_of};
use crate::{Checkpoint, Hash, Leaf, Tree};

/// Missing files after which the recount stops naming more of them.
const PATIENCE: usize = 64;

/// An authentic log.
pub(super) struct Log {
    pub(super) leaves: Vec<Leaf>,
    pub(super) tree: Tree,
}

/// One entry bundle and the level-0 tile over the same leaves.
struct Pair {
    entries: TileId,
    hashes: TileId,
    from_entries: Option<Vec<Hash>>,
    from_tile: Option<Vec<Hash>>,
}

impl Audit<'_> {
    /// The leaves and their tree, when the entries are those the checkpoint signs.
    pub(super) fn tree(&mut self, checkpoint: &Checkpoint) -> Option<Log> {
        let mut leaves = Vec::new();
        let pairs = self.pairs(checkpoint.size, &mut leaves)?;
        let by_entries = pairs.iter().map(|p| p.from_entries.as_ref().or(p.from_tile.as_ref()));
        let by_tiles = pairs.iter().map(|p| p.from_tile.as_ref().or(p.from_entries.as_ref()));
        let tree = match grow(by_entries).filter(|tree| tree.root() == checkpoint.root) {
            Some(tree) => tree,
            None => match grow(by_tiles).filter(|tree| tree.root() == checkpoint.root) {
                Some(tree) => {
                    self.blame_entries(&pairs);
                    tree
                }
                None => {
                    self.blame_both(&pairs);
                    return None;
                }
            },
        };
        self.hash_tiles(checkpoint.size, &tree);
        let changed = self.report.faults.iter().any(|fault| fault.code == FaultCode::EntriesChanged);
        (!changed && leaves.len() as u64 == checkpoint.size).then_some(Log { leaves, tree })
    }

    fn pairs(&mut self, size: u64, leaves: &mut Vec<Leaf>) -> Option<Vec<Pair>> {
        let before = self.report.faults.len();
        let mut pairs = Vec::new();
        for entries in tiles_of(size).filter(|t| t.kind == TileKind::Entries) {
            let hashes = TileId { kind: TileKind::Hashes(0), ..entries };
            let from_entries = self.entries(entries, leaves);
            let path = layout::tile_path(hashes);
            let tile = self.fetch(&path, layout::tile_bytes_len(hashes));
            let from_tile = tile.and_then(|bytes| parse_hashes(&bytes, hashes.width).ok());
            pairs.push(Pair { entries, hashes, from_entries, from_tile });
            if self.report.faults.len() - before > PATIENCE {
                self.fault(FaultCode::CheckpointRoot, CHECKPOINT, "too many of the files it speaks of can't be had");
                return None;
            }
        }
        Some(pairs)
    }

    /// Hashes of a bundle's entries; names the bundle when it is not one, and adds its leaves.
    fn entries(&mut self, tile: TileId, leaves: &mut Vec<Leaf>) -> Option<Vec<Hash>> {
        let path = layout::tile_path(tile);
        let bytes = self.fetch(&path, layout::tile_bytes_len(tile))?;
        let entries = match parse_entries(&bytes) {
            Ok(entries) if entries.len() as u64 == tile.width => entries,
            _ => {
                self.fault(FaultCode::EntriesChanged, &path, "it does not hold as many entries as its name says");
                return None;
            }
        };
        for (index, entry) in (tile.start()..).zip(&entries) {
            match Leaf::parse(entry) {
                Ok(leaf) => leaves.push(leaf),
                Err(error) => self.fault(FaultCode::EntriesChanged, &path, format!("entry {index}: {error}")),
            }
        }
        Some(entries.into_iter().map(leaf_hash).collect())
    }

    fn blame_entries(&mut self, pairs: &[Pair]) {
        for pair in pairs {
            if let Some(index) = pair.first_difference() {
                let why = format!("entry {index} is not the one the log holds");
                self.fault(FaultCode::EntriesChanged, &layout::tile_path(pair.entries), why);
            }
        }
    }

    fn blame_both(&mut self, pairs: &[Pair]) {
        let before = self.report.faults.len();
        for pair in pairs {
            if let Some(index) = pair.first_difference() {
                let why = format!("entries and hashes contradict each other at {index}; at least one was changed");
                self.fault(FaultCode::EntriesChanged, &layout::tile_path(pair.entries), why.clone());
                self.fault(FaultCode::TileChanged, &layout::tile_path(pair.hashes), why);
            }
        }
        if self.report.faults.len() == before {
            self.fault(FaultCode::CheckpointRoot, CHECKPOINT, "its root is not that of the entries beside it");
        }
    }

    fn hash_tiles(&mut self, size: u64, tree: &Tree) {
        for tile in tiles_of(size).filter(|t| t.kind != TileKind::Entries) {
            let path = layout::tile_path(tile);
            let found = match tile.kind {
                // Read already; one that can't be had was named then.
                TileKind::Hashes(0) => self.files.get(&path).cloned(),
                _ => self.fetch(&path, layout::tile_bytes_len(tile)),
            };
            if found.is_some_and(|found| Some(&*found) != tile.hashes_of(tree).as_deref()) {
                self.fault(FaultCode::TileChanged, &path, "its hashes are not those of the log");
            }
        }
    }
}

impl Pair {
    fn first_difference(&self) -> Option<u64> {
        let (entries, tile) = (self.from_entries.as_ref()?, self.from_tile.as_ref()?);
        let at = entries.iter().zip(tile).position(|(a, b)| a != b)?;
        Some(self.entries.start() + at as u64)
    }
}

/// A tree of all bundles' hashes; none when a bundle has no hashes at all.
fn grow<'h>(bundles: impl Iterator<Item = Option<&'h Vec<Hash>>>) -> Option<Tree> {
    let mut tree = Tree::new();
    for bundle in bundles {
        for hash in bundle? {
            tree.push(*hash);
        }
    }
    Some(tree)
}
