//! The count and its proof: leaves, tiles, checkpoints, cosignatures, proofs, counting, and the only way to print a figure.
//!
//! Formats are C2SP's (signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature v1, tlog-proof@v1, tlog-policy) over RFC
//! 6962 hashing, so that other people's tools read our log. Every parser here re-encodes what it read and refuses bytes it
//! would not have written: one meaning, one byte string.
//!
//! Refuses: files, sockets, clocks and randomness (all are arguments), and any secret but the log key and leaf keys it is
//! handed.

mod base64;
pub mod batch;
pub mod checkpoint;
pub mod claim;
pub mod cosignature;
mod count;
pub mod derive;
mod error;
pub mod fields;
mod hash;
mod json;
pub mod keys;
pub mod layout;
mod leaf;
pub mod merkle;
pub mod note;
pub mod policy;
pub mod proof;
pub mod published;
pub mod rules;
pub mod shards;
pub mod tiles;
pub mod verify;

pub use batch::{BatchFile, Pending};
pub use checkpoint::Checkpoint;
pub use claim::{Claim, ClaimKind, ClaimText};
pub use count::{Count, Messages, count};
pub use error::TallyError;
pub use hash::{Hash, Hasher, sha256, sha256_reader};
pub use keys::{LogKey, VerifierKey};
pub use layout::{LogFile, LogParts};
pub use leaf::{Leaf, LeafKind, Tag};
pub use merkle::Tree;
pub use policy::Policy;
pub use published::{PublishedClip, PublishedIndex};
pub use verify::{Expectation, Fault, FaultCode, ReadError, Report, Source, verify};
