//! Tags, nullifiers and commitments: how a leaf's bytes follow from secrets that stay with their owners.
//!
//! Refuses: a plain hash of anything that can be guessed. Whatever is committed is keyed or salted.

use crate::hash::{hmac, sha256_of};
use crate::{Hash, Tag, merkle};

/// The tag of a receipt: from randomness `r` that the contributor's device drew.
#[must_use]
pub fn tag(r: &[u8]) -> Tag {
    first16(sha256_of(&[b"hamseda/tag/v1", r]))
}

/// Commitment of an A or U leaf to the root of its fields.
#[must_use]
pub fn leaf_commitment(field_root: &Hash) -> Hash {
    sha256_of(&[b"hamseda/leaf/v1", field_root])
}

/// The tag of a W, D or T leaf of a message, from the seed that the message's own leaf commits to. There is one: a message
/// can be taken off the count once.
#[must_use]
pub fn strike_nullifier(seed: &Hash) -> Tag {
    first16(sha256_of(&[b"hamseda/strike/v1", seed]))
}

/// The tag of the P leaf of a message's `nth` published clip, from the seed that the message's leaf commits to.
#[must_use]
pub fn publish_nullifier(seed: &Hash, nth: u32) -> Tag {
    first16(sha256_of(&[b"hamseda/publish/v1", seed, &nth.to_be_bytes()]))
}

/// Commitment of a P leaf: HMAC-SHA256(salt, SHA-256 of the published file). The salt lies beside the clip; when both are
/// taken down, the leaf says nothing of them any more.
#[must_use]
pub fn publish_commitment(salt: &Hash, file_sha256: &Hash) -> Hash {
    hmac(salt, &[file_sha256])
}

/// Commitment of a W, D or T leaf to its reason, which auditors open.
#[must_use]
pub fn reason_commitment(salt: &Hash, reason: &str) -> Hash {
    hmac(salt, &[b"hamseda/reason/v1", reason.as_bytes()])
}

/// Salted Merkle root of the spent tokens' hashes, in byte order. Token sets are never published: whoever seized an invite
/// could see that it was spent.
#[must_use]
pub fn token_root(salt: &Hash, spent: &[Hash]) -> Hash {
    let mut spent: Vec<&Hash> = spent.iter().collect();
    spent.sort_unstable();
    let root = merkle::root_of(spent.into_iter().map(|token| hmac(salt, &[b"hamseda/token/v1", token])));
    // Salted once more: the root of no tokens at all must not be recognised either.
    hmac(salt, &[b"hamseda/tokens/v1", &root])
}

fn first16(hash: Hash) -> Tag {
    let mut tag = [0; 16];
    tag.copy_from_slice(&hash[..16]);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_separate_the_derivations() {
        let seed = [3; 32];
        let all = [tag(&seed), strike_nullifier(&seed), publish_nullifier(&seed, 0), publish_nullifier(&seed, 1)];
        for (i, a) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|b| a != b));
        }
    }

    #[test]
    fn the_token_root_does_not_depend_on_the_order_of_spending() {
        let (a, b, c) = ([1; 32], [2; 32], [3; 32]);
        assert_eq!(token_root(&[9; 32], &[a, b, c]), token_root(&[9; 32], &[c, a, b]));
        assert_ne!(token_root(&[9; 32], &[a, b, c]), token_root(&[8; 32], &[a, b, c]));
        assert_ne!(token_root(&[9; 32], &[]), token_root(&[8; 32], &[]));
    }
}
