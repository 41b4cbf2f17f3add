//! C2SP tlog-checkpoint: origin, size and root of the log, signed.
//!
//! Refuses: extension lines. Nobody audits them; facts go into leaves.

use crate::note::Note;
use crate::{Hash, LogKey, TallyError, VerifierKey, base64};

/// The head of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's origin.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Root hash.
    pub root: Hash,
}

impl Checkpoint {
    /// Reads a note's text.
    ///
    /// # Errors
    /// [`TallyError::Checkpoint`] for anything [`Checkpoint::encode`] would not write.
    pub fn parse(text: &str) -> Result<Self, TallyError> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some("")) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(TallyError::Checkpoint("it is not three lines: origin, size, root"));
        };
        let size = decimal(size).ok_or(TallyError::Checkpoint("the size is not a plain number"))?;
        let root = base64::decode_hash(root).ok_or(TallyError::Checkpoint("the root is not 32 bytes of base64"))?;
        let checkpoint = Self { origin: origin.to_owned(), size, root };
        if !origin.is_empty() && checkpoint.encode() == text {
            Ok(checkpoint)
        } else {
            Err(TallyError::Checkpoint("it is not three lines: origin, size, root"))
        }
    }

    /// The text that is signed.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, base64::encode(&self.root))
    }

    /// The signed file `log/checkpoint`.
    ///
    /// # Errors
    /// [`TallyError::Checkpoint`] when the origin is not the key's name.
    pub fn sign(&self, key: &LogKey) -> Result<String, TallyError> {
        if self.origin != key.verifier().name() {
            return Err(TallyError::Checkpoint("the origin is not the name of the log key"));
        }
        Ok(Note::sign(&self.encode(), key)?.encode())
    }

    /// Reads a signed checkpoint and checks that the log's key signed it.
    ///
    /// # Errors
    /// [`TallyError::Note`], [`TallyError::Signature`] or [`TallyError::Checkpoint`].
    pub fn open(signed: &[u8], key: &VerifierKey) -> Result<(Self, Note), TallyError> {
        let note = Note::parse(signed)?;
        let checkpoint = Self::parse(note.verified_by(key)?)?;
        if checkpoint.origin != key.name() {
            return Err(TallyError::Checkpoint("its origin is not the log's"));
        }
        Ok((checkpoint, note))
    }
}

/// A plain decimal number: digits without leading zeros or sign.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n: &u64| n.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::tests::log_key;

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "orvana.example/we-can".into(), size: 20_852_163, root: [5; 32] }
    }

    #[test]
    fn a_signed_checkpoint_reads_back() {
        let signed = checkpoint().sign(&log_key()).unwrap();
        let (read, note) = Checkpoint::open(signed.as_bytes(), log_key().verifier()).unwrap();
        assert_eq!((read, note.encode()), (checkpoint(), signed));
    }

    #[test]
    fn other_texts_are_refused() {
        let good = checkpoint().encode();
        assert_eq!(Checkpoint::parse(&good), Ok(checkpoint()));
        for bad in [
            good.replace("2085", "02085"),
            good.replace("2085", "+2085"),
            format!("{good}extension\n"),
            good.trim_end().into(),
            good.replace("orvana.example/we-can", ""),
            good.replace('=', ""),
        ] {
            assert!(Checkpoint::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn another_origin_is_not_signed() {
        assert!(Checkpoint { origin: "elsewhere.example".into(), ..checkpoint() }.sign(&log_key()).is_err());
    }
}
