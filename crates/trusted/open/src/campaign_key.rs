//! The campaign's offline key: it signs key sets and nothing else, and belongs on no machine that is online.

use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use hamseda_core::{Day, Random, Secret};
use hamseda_seal::{KeySet, KeySetError, KeySetTerms, Recipient};

use crate::error::KeyFileError;
use crate::secret_file::{WorkFactor, lock, only_line, secret_from_text, secret_text, unlock};

const PREFIX: &str = "hamseda-campaign-key-";
const KIND: &str = "campaign key (HAMSEDA-CAMPAIGN-KEY-1…)";

/// An Ed25519 key. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct CampaignKey {
    key: SigningKey,
}

impl CampaignKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(random: &mut dyn Random) -> Self {
        Self::from_seed(&Secret::new(random.bytes()))
    }

    fn from_seed(seed: &Secret<[u8; 32]>) -> Self {
        Self { key: SigningKey::from_bytes(seed.expose()) }
    }

    /// The public half, which pages, apps and paper pin.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    /// Signs a key set.
    ///
    /// # Errors
    /// [`KeyFileError::KeySet`] when the terms are not allowed.
    pub fn sign_key_set(
        &self,
        origin: &str,
        epoch: u32,
        expires: Day,
        recipients: Vec<Recipient>,
    ) -> Result<KeySet, KeyFileError> {
        let campaign_key = self.public();
        self.sign_terms(KeySetTerms { origin: origin.to_owned(), epoch, expires, recipients, campaign_key })
    }

    /// Signs terms that were made elsewhere, for this key.
    ///
    /// # Errors
    /// [`KeyFileError::KeySet`] when the terms are not allowed or name another campaign key.
    pub fn sign_terms(&self, terms: KeySetTerms) -> Result<KeySet, KeyFileError> {
        if terms.campaign_key != self.public() {
            return Err(KeySetError::OtherCampaign.into());
        }
        let signature = self.key.sign(&terms.signed_bytes()?).to_bytes();
        Ok(KeySet::assemble(terms, &signature)?)
    }

    /// The key file, protected by a passphrase.
    ///
    /// # Errors
    /// See [`lock`].
    pub fn to_file(&self, passphrase: &Secret<String>, work: WorkFactor) -> Result<Vec<u8>, KeyFileError> {
        let text = secret_text(PREFIX, self.key.as_bytes())?;
        let content = Zeroizing::new(format!("# Hamseda campaign key: keep it offline\n{}\n", text.expose()));
        lock(content.as_bytes(), passphrase, work)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// See [`unlock`]; [`KeyFileError::OtherSecret`] when it holds something else.
    pub fn from_file(file: &[u8], passphrase: &Secret<String>) -> Result<Self, KeyFileError> {
        let content = unlock(file, passphrase)?;
        let line = only_line(&content).ok_or(KeyFileError::OtherSecret(KIND))?;
        secret_from_text(PREFIX, line).as_ref().map(Self::from_seed).ok_or(KeyFileError::OtherSecret(KIND))
    }
}

impl std::fmt::Debug for CampaignKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CampaignKey(…)")
    }
}
