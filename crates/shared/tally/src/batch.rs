//! Batches: how leaves are closed together, and the public file that a B leaf commits to.
//!
//! `log/batch/<n>.json` is the preimage: `sha256sum` of it is the commitment of batch *n*'s B leaf. It holds running totals at
//! the time of closing, the custody log's head, the salted root of spent tokens and the hash of the policy in force.
//!
//! Refuses: leaves in the order they came, and any time.

use std::collections::BTreeMap;

use hamseda_core::RejectCode;
use hamseda_core::campaign::Floors;
use serde::{Deserialize, Serialize};

use crate::hash::hex32;
use crate::{Hash, Leaf, LeafKind, Tag, TallyError, json, sha256};

/// The public file of a closed batch. Fields are in the order of the canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchFile {
    /// The batch, from 1.
    pub batch: u32,
    /// Whether the campaign was closed with it, which allows fewer messages than the floor.
    pub closing: bool,
    /// Head of the hash-linked custody events.
    #[serde(with = "hex32")]
    pub custody_head: Hash,
    /// Floors of the policy in force.
    pub floors: Floors,
    /// SHA-256 of the policy file in force.
    #[serde(with = "hex32")]
    pub policy_sha256: Hash,
    /// Messages received so far.
    pub received: u64,
    /// Messages that stand as rejected, by code; codes without any are left out.
    #[serde(serialize_with = "by_word")]
    pub rejected: BTreeMap<RejectCode, u64>,
    /// Salted root of the tokens spent so far ([`crate::derive::token_root`]).
    #[serde(with = "hex32")]
    pub token_root: Hash,
    /// Messages that could not be opened or decoded.
    pub unreadable: u64,
}

impl BatchFile {
    /// The file's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        // Numbers, truth values, hex and reject codes are always plain ASCII.
        json::encode(self).unwrap_or_default()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`TallyError::Batch`] for anything [`BatchFile::encode`] would not write.
    pub fn parse(bytes: &[u8]) -> Result<Self, TallyError> {
        json::parse(bytes).map_err(TallyError::Batch)
    }

    /// The commitment of the batch's B leaf.
    #[must_use]
    pub fn commitment(&self) -> Hash {
        sha256(&self.encode())
    }
}

/// Writes counts by the code's word, in byte order, without zeros.
fn by_word<S: serde::Serializer>(counts: &BTreeMap<RejectCode, u64>, serializer: S) -> Result<S::Ok, S::Error> {
    let counts: BTreeMap<&str, u64> =
        counts.iter().filter(|(_, n)| **n > 0).map(|(code, n)| (code.as_str(), *n)).collect();
    counts.serialize(serializer)
}

/// A leaf that waits for its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// The kind; not B.
    pub kind: LeafKind,
    /// The tag; zeros for F, R and X.
    pub tag: Tag,
    /// The commitment.
    pub commitment: Hash,
}

/// Closes a batch: gives waiting leaves its number, sorts them by tag and adds the B leaf that commits to `file`. The result
/// is appended to the log as it is.
///
/// # Errors
/// [`TallyError::Batch`] when a leaf is itself a B leaf, has a tag its kind must not have, or stands twice.
pub fn close(pending: &[Pending], file: &BatchFile) -> Result<Vec<Leaf>, TallyError> {
    let bad = |why: &str| TallyError::Batch(format!("batch {} can't be closed: {why}", file.batch));
    let mut leaves = Vec::with_capacity(pending.len() + 1);
    for &Pending { kind, tag, commitment } in pending {
        let leaf = Leaf { kind, batch: file.batch, tag, commitment };
        if kind == LeafKind::Batch || Leaf::parse(&leaf.encode()).is_err() {
            return Err(bad("a leaf's kind, tag or batch number is not allowed"));
        }
        leaves.push(leaf);
    }
    leaves.sort_unstable_by_key(Leaf::order);
    if leaves.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(bad("a leaf stands twice"));
    }
    leaves.push(Leaf { kind: LeafKind::Batch, batch: file.batch, tag: [0; 16], commitment: file.commitment() });
    Ok(leaves)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn file(batch: u32) -> BatchFile {
        BatchFile {
            batch,
            closing: false,
            custody_head: [1; 32],
            floors: Floors { batch: 1, k: 1 },
            policy_sha256: [2; 32],
            received: 9,
            rejected: BTreeMap::from([(RejectCode::Junk, 2), (RejectCode::OffTopic, 1)]),
            token_root: [3; 32],
            unreadable: 1,
        }
    }

    #[test]
    fn the_canonical_text_is_stable() {
        let (ones, twos, threes) = ("01".repeat(32), "02".repeat(32), "03".repeat(32));
        let expected = format!(
            "{{\"batch\":1,\"closing\":false,\"custody_head\":\"{ones}\",\"floors\":{{\"batch\":1,\"k\":1}},\
             \"policy_sha256\":\"{twos}\",\"received\":9,\"rejected\":{{\"junk\":2,\"off-topic\":1}},\
             \"token_root\":\"{threes}\",\"unreadable\":1}}\n"
        );
        assert_eq!(String::from_utf8(file(1).encode()).unwrap(), expected);
        assert_eq!(BatchFile::parse(&file(1).encode()), Ok(file(1)));
    }

    #[test]
    fn other_texts_of_the_same_value_are_refused() {
        let text = String::from_utf8(file(1).encode()).unwrap();
        for other in [
            text.replace("{\"batch\":1", "{ \"batch\":1"),
            text.trim_end().to_owned(),
            text.replace("\"received\":9", "\"received\":9.0"),
            text.replace("\"closing\":false,", ""),
            text.replace("\"unreadable\":1", "\"unreadable\":1,\"note\":\"\""),
            text.replace("0101", "01010"),
        ] {
            assert_ne!(other, text);
            assert!(BatchFile::parse(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn closing_sorts_and_commits() {
        let pending = |kind, tag| Pending { kind, tag: [tag; 16], commitment: [0; 32] };
        let waiting =
            [pending(LeafKind::Accepted, 9), pending(LeafKind::Published, 3), pending(LeafKind::Withdrawn, 5)];
        let leaves = close(&waiting, &file(4)).unwrap();
        let letters: String = leaves.iter().map(|l| l.kind.letter()).collect();
        assert_eq!(letters, "PWAB");
        assert!(leaves.iter().all(|l| l.batch == 4));
        assert_eq!(leaves[3].commitment, sha256(&file(4).encode()));
        assert!(close(&[waiting[0], waiting[0]], &file(4)).is_err());
        assert!(close(&[pending(LeafKind::Batch, 0)], &file(4)).is_err());
        assert!(close(&[pending(LeafKind::Freeze, 1)], &file(4)).is_err());
    }
}
