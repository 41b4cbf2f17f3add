//! A tree that grows by one leaf at a time and keeps the hash of every complete subtree.

use super::node_hash;
use crate::Hash;
use crate::hash::sha256;

/// An append-only tree: 64 bytes a leaf, roots and proofs of any earlier size in logarithmic time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// `levels[k][i]` is the hash of leaves `i·2ᵏ .. (i+1)·2ᵏ`.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// A tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a leaf by its hash ([`super::leaf_hash`]).
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(hash);
            let [.., left, right] = row.as_slice() else { return };
            if row.len() % 2 == 1 {
                return;
            }
            hash = node_hash(left, right);
        }
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, Vec::len) as u64
    }

    /// The root; SHA-256 of nothing for an empty tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.fold(0, self.size())
    }

    /// The root when the tree had `size` leaves.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        (size <= self.size()).then(|| self.fold(0, size))
    }

    /// Hash of the complete subtree `index` of height `level`: a hash of a tile.
    #[must_use]
    pub fn node(&self, level: u32, index: u64) -> Option<&Hash> {
        self.levels.get(level as usize)?.get(usize::try_from(index).ok()?)
    }

    /// Proof that leaf `index` is in the tree of the first `size` leaves, from the leaf's sibling to the root's child.
    #[must_use]
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        if index >= size || size > self.size() {
            return None;
        }
        let (mut start, mut end, mut path) = (0, size, Vec::new());
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.fold(middle, end));
                end = middle;
            } else {
                path.push(self.fold(start, middle));
                start = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// Proof that the tree of `new` leaves extends the tree of `old` leaves (RFC 9162 §2.1.4.1). Empty when they are equal
    /// or the old one is empty.
    #[must_use]
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        if old > new || new > self.size() {
            return None;
        }
        if old == new || old == 0 {
            return Some(Vec::new());
        }
        let (mut start, mut end, mut path, mut whole) = (0, new, Vec::new(), true);
        while old != end {
            let middle = start + split(end - start);
            if old <= middle {
                path.push(self.fold(middle, end));
                end = middle;
            } else {
                path.push(self.fold(start, middle));
                start = middle;
                whole = false;
            }
        }
        if !whole {
            path.push(self.fold(start, end));
        }
        path.reverse();
        Some(path)
    }

    /// Merkle tree hash of leaves `start..end`, where `start` is aligned as RFC 6962's recursion aligns it.
    fn fold(&self, start: u64, end: u64) -> Hash {
        let (mut at, mut stack) = (start, Vec::new());
        while at < end {
            let level = (end - at).ilog2();
            if let Some(hash) = self.node(level, at >> level) {
                stack.push(*hash);
            }
            at += 1 << level;
        }
        stack.into_iter().rev().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(|| sha256(b""))
    }
}

/// The largest power of two smaller than `n` (n > 1).
const fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

impl FromIterator<Hash> for Tree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut tree = Self::new();
        for leaf in leaves {
            tree.push(leaf);
        }
        tree
    }
}
