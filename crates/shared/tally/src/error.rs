//! What can be wrong with bytes that claim to be part of a log.

use hamseda_core::Coded;

/// A text or byte string of the log that can't be used. The sentence says what is wrong; callers add which file it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TallyError {
    /// Not a leaf.
    #[error("not a leaf of this log: {0}")]
    Leaf(&'static str),
    /// Not a signed note.
    #[error("not a signed note: {0}")]
    Note(&'static str),
    /// Not a verifier or signer key.
    #[error("not a log or witness key: {0}")]
    Key(&'static str),
    /// A signature of a known key that does not verify, or none by that key.
    #[error("signature of {name}: {why}; the text was changed or signed by somebody else")]
    Signature {
        /// Name of the key.
        name: String,
        /// What is wrong.
        why: &'static str,
    },
    /// Not a checkpoint.
    #[error("not a checkpoint: {0}")]
    Checkpoint(&'static str),
    /// Not a policy.
    #[error("policy, line {line}: {why}")]
    Policy {
        /// Line, from 1; 0 for the whole file.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// Not a proof, or one that proves something else.
    #[error("proof: {0}")]
    Proof(&'static str),
    /// Not a tile, an entry bundle or the path of one.
    #[error("not a tile: {0}")]
    Tile(&'static str),
    /// Not a batch file.
    #[error("batch file: {0}")]
    Batch(String),
    /// Not an index of published clips.
    #[error("index of published clips: {0}")]
    Published(String),
    /// A script shard of the log that can't be read.
    #[error("script shard: {0}")]
    Shard(&'static str),
    /// Parts of a log that don't belong together.
    #[error("these parts are not one log: {0}; nothing was written")]
    Layout(String),
}

impl Coded for TallyError {
    fn code(&self) -> &'static str {
        match self {
            Self::Leaf(_) => "tally-leaf",
            Self::Note(_) => "tally-note",
            Self::Key(_) => "tally-key",
            Self::Signature { .. } => "tally-signature",
            Self::Checkpoint(_) => "tally-checkpoint",
            Self::Policy { .. } => "tally-policy",
            Self::Proof(_) => "tally-proof",
            Self::Tile(_) => "tally-tile",
            Self::Batch(_) => "tally-batch",
            Self::Published(_) => "tally-published",
            Self::Shard(_) => "tally-shard",
            Self::Layout(_) => "tally-layout",
        }
    }
}
