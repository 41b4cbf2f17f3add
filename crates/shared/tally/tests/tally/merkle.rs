//! Our tree against the crate `ct-merkle`, and proofs against bent ones.

use ct_merkle::digest::Output;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use hamseda_tally::merkle::{leaf_hash, verify_consistency, verify_inclusion};
use hamseda_tally::{Hash, Tree};
use proptest::prelude::*;
use sha2::Sha256;

fn leaf(n: u64) -> Vec<u8> {
    format!("leaf {n}").into_bytes()
}

fn ours(size: u64) -> Tree {
    (0..size).map(|n| leaf_hash(&leaf(n))).collect()
}

fn theirs(size: u64) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    (0..size).for_each(|n| tree.push(leaf(n)));
    tree
}

fn digests(path: &[Hash]) -> Vec<Output<Sha256>> {
    path.iter().map(|hash| (*hash).into()).collect()
}

proptest! {
    #[test]
    fn roots_and_inclusion_proofs_agree(size in 1u64..600, at: prop::sample::Index) {
        let (ours, theirs, index) = (ours(size), theirs(size), at.index(size as usize) as u64);
        prop_assert_eq!(ours.root().to_vec(), theirs.root().as_bytes().to_vec());
        let path = ours.inclusion(index, size).unwrap();
        let same = theirs.prove_inclusion(index as usize);
        prop_assert_eq!(path.concat(), same.as_bytes());
        prop_assert_eq!(verify_inclusion(&leaf_hash(&leaf(index)), index, size, &path, &ours.root()), Ok(()));
        let proof = InclusionProof::<Sha256>::from_digests(&digests(&path));
        prop_assert!(theirs.root().verify_inclusion(&leaf(index), index, &proof).is_ok());
    }

    #[test]
    fn consistency_proofs_agree(old in 1u64..400, more in 0u64..400) {
        let (new_tree, new) = (ours(old + more), old + more);
        let path = new_tree.consistency(old, new).unwrap();
        let roots = ((old, &ours(old).root()), (new, &new_tree.root()));
        prop_assert_eq!(verify_consistency(roots.0, roots.1, &path), Ok(()));
        prop_assert_eq!(new_tree.root_at(old).unwrap(), ours(old).root());
        if more > 0 {
            let same = theirs(new).prove_consistency(more as usize);
            prop_assert_eq!(path.concat(), same.as_bytes());
            let proof = ConsistencyProof::<Sha256>::from_digests(&digests(&path));
            let root = |hash: Hash, size| RootHash::<Sha256>::new(hash.into(), size);
            prop_assert!(root(new_tree.root(), new).verify_consistency(&root(ours(old).root(), old), &proof).is_ok());
        }
    }

    #[test]
    fn a_bent_inclusion_proof_fails(
        size in 2u64..300,
        at: prop::sample::Index,
        bend: prop::sample::Index,
        how in 0u8..5,
    ) {
        let (tree, index) = (ours(size), at.index(size as usize) as u64);
        let mut path = tree.inclusion(index, size).unwrap();
        let (mut claimed, mut claimed_size) = (index, size);
        match how {
            0 => drop(path.remove(bend.index(path.len()))),
            1 => path.insert(bend.index(path.len() + 1), [0; 32]),
            2 => bend.get_mut(&mut path)[5] ^= 1,
            3 => claimed = (index + 1) % size,
            _ => claimed_size = 0,
        }
        prop_assert!(verify_inclusion(&leaf_hash(&leaf(index)), claimed, claimed_size, &path, &tree.root()).is_err());
    }

    #[test]
    fn a_bent_consistency_proof_fails(old in 1u64..200, more in 1u64..200, bend: prop::sample::Index, how in 0u8..4) {
        let (tree, new) = (ours(old + more), old + more);
        let (mut path, mut old_root) = (tree.consistency(old, new).unwrap(), ours(old).root());
        match how {
            0 => drop(path.remove(bend.index(path.len()))),
            1 => path.insert(bend.index(path.len() + 1), [0; 32]),
            2 => bend.get_mut(&mut path)[5] ^= 1,
            _ => old_root[5] ^= 1,
        }
        prop_assert!(verify_consistency((old, &old_root), (new, &tree.root()), &path).is_err());
    }
}

#[test]
fn edges() {
    let tree = ours(5);
    assert_eq!(hex::encode(Tree::new().root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(tree.inclusion(5, 5), None);
    assert_eq!(tree.inclusion(0, 6), None);
    assert_eq!(tree.consistency(3, 6), None);
    assert_eq!(tree.consistency(0, 5), Some(vec![]));
    assert_eq!(verify_consistency((5, &tree.root()), (5, &tree.root()), &[]), Ok(()));
    assert!(verify_consistency((5, &[0; 32]), (5, &tree.root()), &[]).is_err());
    assert!(verify_consistency((5, &tree.root()), (4, &tree.root()), &[]).is_err());
}
