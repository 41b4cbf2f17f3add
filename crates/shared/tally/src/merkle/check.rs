//! Checking proofs without the tree: RFC 9162 §2.1.3.2 and §2.1.4.2.

use super::node_hash;
use crate::{Hash, TallyError};

/// Checks that a leaf hash stands at `index` in the tree of `size` leaves with this root.
///
/// # Errors
/// [`TallyError::Proof`].
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> Result<(), TallyError> {
    if index >= size {
        return Err(TallyError::Proof("the index lies outside the tree"));
    }
    let (mut fnode, mut snode, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if snode == 0 {
            return Err(TallyError::Proof("it has more hashes than the tree is high"));
        }
        if fnode % 2 == 1 || fnode == snode {
            hash = node_hash(sibling, &hash);
            let up = if fnode % 2 == 1 { 0 } else { fnode.trailing_zeros() };
            (fnode, snode) = (shift(fnode, up), shift(snode, up));
        } else {
            hash = node_hash(&hash, sibling);
        }
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    if snode != 0 {
        return Err(TallyError::Proof("it has fewer hashes than the tree is high"));
    }
    if hash == *root { Ok(()) } else { Err(TallyError::Proof("it leads to another root")) }
}

/// Checks that the tree (`new_size`, `new_root`) extends the tree (`old_size`, `old_root`).
///
/// # Errors
/// [`TallyError::Proof`].
pub fn verify_consistency(
    (old_size, old_root): (u64, &Hash),
    (new_size, new_root): (u64, &Hash),
    path: &[Hash],
) -> Result<(), TallyError> {
    if old_size > new_size {
        return Err(TallyError::Proof("the tree has shrunk"));
    }
    if old_size == new_size || old_size == 0 {
        let same = old_size == 0 || old_root == new_root;
        let plain = path.is_empty() && same;
        return if plain { Ok(()) } else { Err(TallyError::Proof("two trees of one size differ")) };
    }
    let (first, rest) = match path.split_first() {
        // A complete old tree is a node of the new one, so its root is not repeated in the path.
        Some(_) if old_size.is_power_of_two() => (old_root, path),
        Some((first, rest)) => (first, rest),
        None => return Err(TallyError::Proof("it is empty")),
    };
    let (mut fnode, mut snode) = (old_size - 1, new_size - 1);
    let up = fnode.trailing_ones();
    (fnode, snode) = (shift(fnode, up), shift(snode, up));
    let (mut old, mut new) = (*first, *first);
    for sibling in rest {
        if snode == 0 {
            return Err(TallyError::Proof("it has more hashes than the tree is high"));
        }
        if fnode % 2 == 1 || fnode == snode {
            (old, new) = (node_hash(sibling, &old), node_hash(sibling, &new));
            let up = if fnode % 2 == 1 { 0 } else { fnode.trailing_zeros() };
            (fnode, snode) = (shift(fnode, up), shift(snode, up));
        } else {
            new = node_hash(&new, sibling);
        }
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    match snode == 0 && old == *old_root && new == *new_root {
        true => Ok(()),
        false => Err(TallyError::Proof("the new tree does not extend the old one")),
    }
}

/// `n >> by`, zero when all bits go (`trailing_zeros` of 0 is 64).
const fn shift(n: u64, by: u32) -> u64 {
    match n.checked_shr(by) {
        Some(n) => n,
        None => 0,
    }
}
