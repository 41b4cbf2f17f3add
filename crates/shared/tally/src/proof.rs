//! C2SP tlog-proof@v1: a text that proves offline that one leaf stands in the log, checkpoint included.
//!
//! Refuses: extra data. It is not authenticated, and nothing of ours needs it.

use std::collections::HashSet;

use crate::checkpoint::{Checkpoint, decimal};
use crate::merkle::{leaf_hash, verify_inclusion};
use crate::note::MAX_BYTES;
use crate::{Hash, Leaf, Policy, TallyError, Tree, base64, cosignature};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The proof of one leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// Position of the leaf.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub path: Vec<Hash>,
    /// The signed checkpoint, as the log published it.
    pub checkpoint: String,
}

impl LogProof {
    /// Proves leaf `index` under a signed checkpoint of `tree`'s present or an earlier size.
    #[must_use]
    pub fn new(tree: &Tree, index: u64, size: u64, checkpoint: &str) -> Option<Self> {
        Some(Self { index, path: tree.inclusion(index, size)?, checkpoint: checkpoint.to_owned() })
    }

    /// The text.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = format!("{HEADER}\nindex {}\n", self.index);
        for hash in &self.path {
            out.push_str(&base64::encode(hash));
            out.push('\n');
        }
        out.push('\n');
        out.push_str(&self.checkpoint);
        out
    }

    /// Reads a text. The checkpoint in it is checked by [`LogProof::verify`].
    ///
    /// # Errors
    /// [`TallyError::Proof`] for anything [`LogProof::encode`] would not write.
    pub fn parse(text: &str) -> Result<Self, TallyError> {
        if text.len() > 2 * MAX_BYTES {
            return Err(TallyError::Proof("it is too long"));
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(TallyError::Proof("it holds no checkpoint"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(TallyError::Proof("it does not begin with c2sp.org/tlog-proof@v1"));
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let index = index.ok_or(TallyError::Proof("the line 'index' is missing or not a plain number"))?;
        let path: Option<Vec<Hash>> = lines.map(base64::decode_hash).collect();
        let path = path.ok_or(TallyError::Proof("a hash is not 32 bytes of base64"))?;
        Ok(Self { index, path, checkpoint: checkpoint.to_owned() })
    }

    /// Checks that the leaf stands in the log of this policy, cosigned as it asks.
    ///
    /// # Errors
    /// Whatever does not hold.
    pub fn verify(&self, leaf: &Leaf, policy: &Policy) -> Result<Checkpoint, TallyError> {
        let (checkpoint, note) = Checkpoint::open(self.checkpoint.as_bytes(), &policy.log)?;
        let mut cosigned = HashSet::new();
        for witness in &policy.witnesses {
            if cosignature::verify(&note, &witness.key)?.is_some() {
                cosigned.insert(witness.name.as_str());
            }
        }
        if !policy.is_met_by(&cosigned) {
            return Err(TallyError::Proof("too few witnesses have cosigned the checkpoint"));
        }
        let hash = leaf_hash(&leaf.encode());
        verify_inclusion(&hash, self.index, checkpoint.size, &self.path, &checkpoint.root)?;
        Ok(checkpoint)
    }
}
