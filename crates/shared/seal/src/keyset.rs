//! The campaign's key set: which desk keys a message is sealed to, signed by the campaign's offline key.
//!
//! `keyset.json` has one byte form: compact JSON (what `JSON.stringify` of the same object gives), fields in a fixed
//! order, no line feed at the end. So `sha256sum keyset.json` is the hash that pages and paper print.
//!
//! Refuses: fewer than two desk keys (the loss of one would lose every message), a key named twice, another byte form
//! of the same facts, a signature of another key than the pinned one, and use after the last day.

use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use hamseda_core::{Day, Lang};

use crate::error::KeySetError;
use crate::recipient::Recipient;

/// Fewest desk keys.
pub const MIN_RECIPIENTS: usize = 2;
/// Most desk keys.
pub const MAX_RECIPIENTS: usize = 8;

const FORMAT: &str = "hamseda/keyset/v1";

/// What a key set says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySetTerms {
    /// The campaign, as in [`hamseda_core::Campaign::origin`].
    pub origin: String,
    /// Counts up with each new set; a lower one than already seen is a rollback.
    pub epoch: u32,
    /// Last day on which anything may be sealed to it.
    pub expires: Day,
    /// Desk keys, in the order of the stanzas; 2 to 8.
    pub recipients: Vec<Recipient>,
    /// The campaign's Ed25519 key.
    pub campaign_key: [u8; 32],
}

/// A key set whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet {
    terms: KeySetTerms,
    json: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: String,
    origin: String,
    epoch: u32,
    expires: Day,
    recipients: Vec<String>,
    campaign_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

impl Wire {
    /// Terms and signature of a file whose form is not checked yet.
    fn read(json: &[u8]) -> Result<(KeySetTerms, Option<[u8; 64]>), KeySetError> {
        let wire: Self = serde_json::from_slice(json)?;
        if wire.format != FORMAT {
            return Err(KeySetError::Format);
        }
        let mut campaign_key = [0; 32];
        hex::decode_to_slice(&wire.campaign_key, &mut campaign_key).map_err(|_| KeySetError::CampaignKey)?;
        let signature = wire.signature.map(|text| {
            let mut signature = [0; 64];
            hex::decode_to_slice(text, &mut signature).map(|()| signature).map_err(|_| KeySetError::Signature)
        });
        let recipients = wire.recipients.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        let (origin, epoch, expires) = (wire.origin, wire.epoch, wire.expires);
        Ok((KeySetTerms { origin, epoch, expires, recipients, campaign_key }, signature.transpose()?))
    }
}

impl KeySetTerms {
    /// What the campaign key signs: the file without its signature, after a line that says what it is.
    ///
    /// # Errors
    /// When the terms are not allowed.
    pub fn signed_bytes(&self) -> Result<Vec<u8>, KeySetError> {
        self.check()?;
        Ok(format!("{FORMAT}\n{}", self.to_json(None)?).into_bytes())
    }

    /// The terms as a file to carry to the machine that signs: a key set without its signature.
    ///
    /// # Errors
    /// When the terms are not allowed.
    pub fn to_unsigned(&self) -> Result<String, KeySetError> {
        self.check()?;
        self.to_json(None)
    }

    /// Reads what [`KeySetTerms::to_unsigned`] wrote.
    ///
    /// # Errors
    /// See [`KeySetError`]; [`KeySetError::Signed`] for a file that is signed already.
    pub fn from_unsigned(json: &[u8]) -> Result<Self, KeySetError> {
        let (terms, signature) = Wire::read(json)?;
        if signature.is_some() {
            return Err(KeySetError::Signed);
        }
        if terms.to_unsigned()?.as_bytes() == json { Ok(terms) } else { Err(KeySetError::NotCanonical) }
    }

    fn to_json(&self, signature: Option<&[u8; 64]>) -> Result<String, KeySetError> {
        let wire = Wire {
            format: FORMAT.to_owned(),
            origin: self.origin.clone(),
            epoch: self.epoch,
            expires: self.expires,
            recipients: self.recipients.iter().map(ToString::to_string).collect(),
            campaign_key: hex::encode(self.campaign_key),
            signature: signature.map(hex::encode),
        };
        Ok(serde_json::to_string(&wire)?)
    }

    fn check(&self) -> Result<(), KeySetError> {
        let fine = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
        if self.origin.is_empty() || self.origin.len() > 255 || !self.origin.chars().all(fine) {
            return Err(KeySetError::Origin);
        }
        let count = self.recipients.len();
        if !(MIN_RECIPIENTS..=MAX_RECIPIENTS).contains(&count) {
            return Err(KeySetError::Count(count));
        }
        if self.recipients.iter().enumerate().any(|(i, key)| self.recipients[..i].contains(key)) {
            return Err(KeySetError::Repeated);
        }
        Ok(())
    }
}

impl KeySet {
    /// Reads `keyset.json` and checks form and signature. With `campaign_key` the signer must be that key; without, any
    /// signer is taken, which says only that the file is whole.
    ///
    /// # Errors
    /// See [`KeySetError`]. Expiry is not looked at: see [`KeySet::current`].
    pub fn verify(json: &[u8], campaign_key: Option<&[u8; 32]>) -> Result<Self, KeySetError> {
        let (terms, signature) = Wire::read(json)?;
        let key = terms.campaign_key;
        let set = Self::assemble(terms, &signature.ok_or(KeySetError::Signature)?)?;
        if set.json.as_bytes() != json {
            return Err(KeySetError::NotCanonical);
        }
        if campaign_key.is_some_and(|pinned| *pinned != key) {
            return Err(KeySetError::OtherCampaign);
        }
        Ok(set)
    }

    /// Joins terms and signature, and checks both.
    ///
    /// # Errors
    /// See [`KeySetError`].
    pub fn assemble(terms: KeySetTerms, signature: &[u8; 64]) -> Result<Self, KeySetError> {
        let signed = terms.signed_bytes()?;
        let key = VerifyingKey::from_bytes(&terms.campaign_key).map_err(|_| KeySetError::CampaignKey)?;
        let fits = key.verify_strict(&signed, &Signature::from_bytes(signature));
        fits.map_err(|_| KeySetError::Signature)?;
        let json = terms.to_json(Some(signature))?;
        Ok(Self { terms, json })
    }

    /// What the set says.
    #[must_use]
    pub const fn terms(&self) -> &KeySetTerms {
        &self.terms
    }

    /// Desk keys, in the order of the stanzas.
    #[must_use]
    pub fn recipients(&self) -> &[Recipient] {
        &self.terms.recipients
    }

    /// The file `keyset.json`, byte for byte.
    #[must_use]
    pub fn to_json(&self) -> &str {
        &self.json
    }

    /// SHA-256 of the file, which pages and paper print.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.json).into()
    }

    /// The hash's first 132 bits as twelve words, which are read aloud and compared more easily than digits; `None` where
    /// the language has no list. Nobody can make another key set with the same words.
    #[must_use]
    pub fn words(&self, lang: Lang) -> Option<Vec<&'static str>> {
        let list = crate::words::of(lang)?;
        let hash = self.hash();
        let bit = |at: usize| u16::from(hash[at / 8] >> (7 - at % 8) & 1);
        let index = |word: usize| (0..11).fold(0, |index, place| index << 1 | bit(word * 11 + place));
        Some((0..12).map(|word| list.word(index(word))).collect())
    }

    /// The set, if it may be sealed to today. Sealing takes nothing else.
    ///
    /// # Errors
    /// [`KeySetError::Expired`] after the last day.
    pub fn current(&self, today: Day) -> Result<CurrentKeySet<'_>, KeySetError> {
        let expires = self.terms.expires;
        if today > expires { Err(KeySetError::Expired { expires, today }) } else { Ok(CurrentKeySet(self)) }
    }
}

/// A key set that was found usable today.
#[derive(Debug, Clone, Copy)]
pub struct CurrentKeySet<'a>(&'a KeySet);

impl<'a> CurrentKeySet<'a> {
    /// Desk keys, in the order of the stanzas.
    #[must_use]
    pub fn recipients(self) -> &'a [Recipient] {
        self.0.recipients()
    }
}
