//! The Merkle tree of RFC 6962 / RFC 9162 §2.1: growing, proving and checking.
//!
//! Refuses: proofs with a missing, extra or unused hash.

mod check;
mod tree;

pub use check::{verify_consistency, verify_inclusion};
pub use tree::Tree;

use crate::Hash;
use crate::hash::{sha256, sha256_of};

/// Hash of a leaf's bytes: SHA-256(0x00 ‖ data).
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    sha256_of(&[&[0], data])
}

/// Hash of two subtrees: SHA-256(0x01 ‖ left ‖ right).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut block = [1; 65];
    block[1..33].copy_from_slice(left);
    block[33..].copy_from_slice(right);
    sha256(&block)
}

/// Root over leaf *data* (each is hashed with the leaf prefix).
pub fn root_of(data: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Hash {
    let mut tree = Tree::new();
    for item in data {
        tree.push(leaf_hash(item.as_ref()));
    }
    tree.root()
}
