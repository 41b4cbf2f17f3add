//! C2SP tlog-cosignature v1 (Ed25519): a witness states that, at a time, this was the largest tree it had seen of the log.
//!
//! Refuses: subtree and post-quantum cosignatures, which no policy of ours can name.

use crate::keys::{KeyUse, VerifierKey};
use crate::note::{Note, NoteSignature};
use crate::{TallyError, checkpoint::Checkpoint};

/// A verified cosignature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// The witness's key name.
    pub witness: String,
    /// When it says it saw the tree, seconds since 1970 (the witness's word).
    pub time: u64,
}

/// The bytes a witness signs: a header, the time and the checkpoint's text.
#[must_use]
pub fn message(checkpoint: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{checkpoint}")
}

/// Splits a signature line's bytes into time and Ed25519 signature.
///
/// # Errors
/// [`TallyError::Note`] when they are not 8 + 64 bytes or the time exceeds 2⁶³ − 1.
pub fn split(line: &NoteSignature) -> Result<(u64, [u8; 64]), TallyError> {
    let bad = TallyError::Note("a cosignature is 8 bytes of time and 64 bytes of Ed25519");
    let bytes: &[u8; 72] = line.signature.as_slice().try_into().map_err(|_| bad.clone())?;
    let (mut time, mut signature) = ([0; 8], [0; 64]);
    time.copy_from_slice(&bytes[..8]);
    signature.copy_from_slice(&bytes[8..]);
    let time = u64::from_be_bytes(time);
    if i64::try_from(time).is_ok() { Ok((time, signature)) } else { Err(bad) }
}

/// Looks for a witness's cosignature on a checkpoint; the latest when there are several.
///
/// # Errors
/// [`TallyError::Signature`] when one by this key does not verify, [`TallyError::Checkpoint`] when the text is none.
pub fn verify(note: &Note, witness: &VerifierKey) -> Result<Option<Cosignature>, TallyError> {
    let error = |why| TallyError::Signature { name: witness.name().to_owned(), why };
    if witness.usage() != KeyUse::Witness {
        return Err(error("the key is not a witness's"));
    }
    Checkpoint::parse(note.text())?;
    let mut latest = None;
    for line in note.by(witness) {
        let (time, signature) = split(line)?;
        if !witness.accepts(message(note.text(), time).as_bytes(), &signature) {
            return Err(error("the cosignature does not verify"));
        }
        latest = latest.max(Some(time));
    }
    Ok(latest.map(|time| Cosignature { witness: witness.name().to_owned(), time }))
}

#[cfg(test)]
pub(crate) mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;
    use crate::keys::tests::log_key;

    pub(crate) fn witness(seed: u8) -> (SigningKey, VerifierKey) {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let name = format!("witness.example/w{seed}");
        let key = VerifierKey::new(&name, KeyUse::Witness, secret.verifying_key().as_bytes()).unwrap();
        (secret, key)
    }

    pub(crate) fn cosign(note: &mut Note, (secret, key): &(SigningKey, VerifierKey), time: u64) {
        let mut signature = time.to_be_bytes().to_vec();
        signature.extend(secret.sign(message(note.text(), time).as_bytes()).to_bytes());
        note.add(NoteSignature { name: key.name().into(), id: key.id(), signature });
    }

    #[test]
    fn a_cosignature_verifies_and_a_changed_time_does_not() {
        let checkpoint = Checkpoint { origin: "orvana.example/we-can".into(), size: 3, root: [5; 32] };
        let mut note = Note::parse(checkpoint.sign(&log_key()).unwrap().as_bytes()).unwrap();
        let witness = witness(1);
        assert_eq!(verify(&note, &witness.1), Ok(None));
        cosign(&mut note, &witness, 1_773_000_000);
        let note = Note::parse(note.encode().as_bytes()).unwrap();
        assert_eq!(verify(&note, &witness.1).unwrap().unwrap().time, 1_773_000_000);

        let mut line = note.signatures()[1].clone();
        line.signature[7] ^= 1;
        let mut forged = Note::parse(checkpoint.sign(&log_key()).unwrap().as_bytes()).unwrap();
        forged.add(line);
        assert!(verify(&forged, &witness.1).is_err());
    }
}
