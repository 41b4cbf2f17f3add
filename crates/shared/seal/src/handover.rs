//! The hand-over receipt: what an intake took from a stick, signed by its own key. The courier takes it home.
//!
//! It has one byte form, compact JSON with its fields in a fixed order, like a key set. Sealed files are named by SHA-256:
//! who still has a sealed file finds it there, nobody else learns anything.
//!
//! Refuses: file names, and to sign (who has the key does).

use std::collections::BTreeMap;

use ed25519_dalek::{Signature, VerifyingKey};
use hamseda_core::{Coded, Day, SealedHash};
use serde::{Deserialize, Serialize};

const FORMAT: &str = "hamseda/handover/v1";

/// What was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverTerms {
    /// The campaign.
    pub origin: String,
    /// The day.
    pub day: Day,
    /// Messages that the intake had not.
    pub new: Vec<SealedHash>,
    /// Messages that it had.
    pub known: Vec<SealedHash>,
    /// Messages of which parts are missing.
    pub incomplete: Vec<Incomplete>,
    /// Withdrawals passed on.
    pub withdrawals: u32,
    /// Letters passed on.
    pub letters: u32,
    /// Files that were refused, by the code of the reason.
    pub refused: BTreeMap<String, u32>,
    /// The intake's Ed25519 key, hex.
    #[serde(with = "hex_key")]
    pub intake_key: [u8; 32],
}

/// A message of which parts are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incomplete {
    /// SHA-256 of the whole sealed file.
    pub sealed: SealedHash,
    /// Parts it was cut into.
    pub parts: u16,
    /// Numbers of those that are missing, from 1.
    pub missing: Vec<u16>,
}

/// A receipt whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    terms: HandoverTerms,
    json: String,
}

/// Bytes that are no valid receipt.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// Not the JSON of a receipt.
    #[error("hand-over receipt: {0}; this is another file, or it was changed")]
    Json(#[from] serde_json::Error),
    /// Readable, but written in another way than the one allowed.
    #[error("hand-over receipt: the file was changed; ask for the original")]
    NotCanonical,
    /// Signed by another key than the one expected.
    #[error("hand-over receipt: signed by another intake than the one expected; what it says is worth nothing here")]
    OtherIntake,
    /// The signature doesn't fit.
    #[error("hand-over receipt: the signature does not fit; what it says is worth nothing")]
    Signature,
}

impl Coded for HandoverError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "handover-json",
            Self::NotCanonical => "handover-not-canonical",
            Self::OtherIntake => "handover-other-intake",
            Self::Signature => "handover-signature",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: String,
    handover: HandoverTerms,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

impl HandoverTerms {
    /// What the intake's key signs.
    ///
    /// # Errors
    /// [`HandoverError::Json`].
    pub fn signed_bytes(&self) -> Result<Vec<u8>, HandoverError> {
        Ok(format!("{FORMAT}\n{}", self.to_json(None)?).into_bytes())
    }

    fn to_json(&self, signature: Option<&[u8; 64]>) -> Result<String, HandoverError> {
        let wire = Wire { format: FORMAT.to_owned(), handover: self.clone(), signature: signature.map(hex::encode) };
        Ok(serde_json::to_string(&wire)?)
    }
}

impl Handover {
    /// How the file begins; by this a stick's receipt is told from what it carries.
    pub const START: &str = "{\"format\":\"hamseda/handover/";

    /// Joins terms and signature, and checks both.
    ///
    /// # Errors
    /// [`HandoverError::Signature`], [`HandoverError::Json`].
    pub fn assemble(terms: HandoverTerms, signature: &[u8; 64]) -> Result<Self, HandoverError> {
        let key = VerifyingKey::from_bytes(&terms.intake_key).map_err(|_| HandoverError::Signature)?;
        let fits = key.verify_strict(&terms.signed_bytes()?, &Signature::from_bytes(signature));
        fits.map_err(|_| HandoverError::Signature)?;
        let json = terms.to_json(Some(signature))?;
        Ok(Self { terms, json })
    }

    /// Reads a receipt and checks its signature. With `intake_key` the signer must be that key; without, any signer is
    /// taken, which says only that the file is whole.
    ///
    /// # Errors
    /// See [`HandoverError`].
    pub fn verify(json: &[u8], intake_key: Option<&[u8; 32]>) -> Result<Self, HandoverError> {
        let wire: Wire = serde_json::from_slice(json)?;
        if wire.format != FORMAT {
            return Err(HandoverError::NotCanonical);
        }
        let mut signature = [0; 64];
        let text = wire.signature.as_deref().ok_or(HandoverError::Signature)?;
        hex::decode_to_slice(text, &mut signature).map_err(|_| HandoverError::Signature)?;
        let receipt = Self::assemble(wire.handover, &signature)?;
        if receipt.json.as_bytes() != json {
            return Err(HandoverError::NotCanonical);
        }
        if intake_key.is_some_and(|expected| *expected != receipt.terms.intake_key) {
            return Err(HandoverError::OtherIntake);
        }
        Ok(receipt)
    }

    /// What it says.
    #[must_use]
    pub const fn terms(&self) -> &HandoverTerms {
        &self.terms
    }

    /// The file, byte for byte.
    #[must_use]
    pub fn to_json(&self) -> &str {
        &self.json
    }
}

/// A key as hex.
mod hex_key {
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(key: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(key))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let mut key = [0; 32];
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut key).map_err(D::Error::custom)?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer as _, SigningKey};

    fn receipt(key: &SigningKey) -> Handover {
        let terms = HandoverTerms {
            origin: "orvana.example/test".into(),
            day: Day(20_520),
            new: vec![SealedHash::from_bytes([1; 32])],
            known: vec![],
            incomplete: vec![Incomplete { sealed: SealedHash::from_bytes([2; 32]), parts: 3, missing: vec![1, 3] }],
            withdrawals: 0,
            letters: 1,
            refused: BTreeMap::from([("import-foreign".into(), 2)]),
            intake_key: key.verifying_key().to_bytes(),
        };
        let signature = key.sign(&terms.signed_bytes().unwrap()).to_bytes();
        Handover::assemble(terms, &signature).unwrap()
    }

    #[test]
    fn a_receipt_survives_its_text_and_no_byte_of_it_can_change() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let receipt = receipt(&key);
        let json = receipt.to_json().as_bytes();
        assert!(receipt.to_json().starts_with(Handover::START));
        assert_eq!(Handover::verify(json, Some(&key.verifying_key().to_bytes())).unwrap(), receipt);
        for at in 0..json.len() {
            let mut changed = json.to_vec();
            changed[at] ^= 1;
            assert!(Handover::verify(&changed, None).is_err(), "byte {at}");
        }
        let spaced = receipt.to_json().replace(':', ": ");
        assert!(matches!(Handover::verify(spaced.as_bytes(), None), Err(HandoverError::NotCanonical)));
        assert!(matches!(Handover::verify(json, Some(&[9; 32])), Err(HandoverError::OtherIntake)));
    }
}
