//! A desk key: the secret that opens what is sealed to the campaign's key set. The archive's key is of the same kind.

use hpke::kem::XWing;
use hpke::{Deserializable, Kem, Serializable};
use zeroize::Zeroizing;

use hamseda_core::{Random, Secret};
use hamseda_seal::Recipient;
use hamseda_seal::format::{ENCAPPED_LEN, FileKey, STANZA_LEN, STANZA_START, base64_len};

use crate::error::KeyFileError;
use crate::header::unwrap_stanza;
use crate::secret_file::{WorkFactor, lock, only_line, secret_from_text, secret_text, unlock};

const PREFIX: &str = "age-secret-key-pq-";
const KIND: &str = "desk key (AGE-SECRET-KEY-PQ-1…)";

/// A post-quantum hybrid age identity (X-Wing). Wiped when dropped, never printed.
#[derive(Clone)]
pub struct DeskKey {
    key: <XWing as Kem>::PrivateKey,
}

impl DeskKey {
    /// A fresh key.
    ///
    /// # Errors
    /// Never with 32 bytes; the type of the key library says it could.
    pub fn generate(random: &mut dyn Random) -> Result<Self, KeyFileError> {
        Self::from_seed(&Secret::new(random.bytes()))
    }

    fn from_seed(seed: &Secret<[u8; 32]>) -> Result<Self, KeyFileError> {
        let key = Deserializable::from_bytes(seed.expose()).map_err(|_| KeyFileError::OtherSecret(KIND))?;
        Ok(Self { key })
    }

    /// Reads `AGE-SECRET-KEY-PQ-1…`.
    ///
    /// # Errors
    /// [`KeyFileError::OtherSecret`] for every other text.
    pub fn from_text(text: &str) -> Result<Self, KeyFileError> {
        Self::from_seed(&secret_from_text(PREFIX, text).ok_or(KeyFileError::OtherSecret(KIND))?)
    }

    /// `AGE-SECRET-KEY-PQ-1…`, as age tools take it.
    ///
    /// # Errors
    /// Never with 32 bytes.
    pub fn to_text(&self) -> Result<Secret<String>, KeyFileError> {
        let seed = Secret::new(<[u8; 32]>::from(self.key.to_bytes()));
        secret_text(PREFIX, seed.expose())
    }

    /// The public half, for the key set.
    ///
    /// # Errors
    /// Never: a public key that was just made is valid.
    pub fn recipient(&self) -> Result<Recipient, KeyFileError> {
        let public = XWing::sk_to_pk(&self.key);
        Recipient::from_bytes(&public.to_bytes()).map_err(|_| KeyFileError::OtherSecret(KIND))
    }

    /// The key file: what `age-keygen -pq` writes, protected by a passphrase.
    ///
    /// # Errors
    /// See [`lock`].
    pub fn to_file(&self, passphrase: &Secret<String>, work: WorkFactor) -> Result<Vec<u8>, KeyFileError> {
        let text = self.to_text()?;
        let content = Zeroizing::new(format!("# public key: {}\n{}\n", self.recipient()?, text.expose()));
        lock(content.as_bytes(), passphrase, work)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// See [`unlock`]; [`KeyFileError::OtherSecret`] when it holds something else.
    pub fn from_file(file: &[u8], passphrase: &Secret<String>) -> Result<Self, KeyFileError> {
        let content = unlock(file, passphrase)?;
        Self::from_text(only_line(&content).ok_or(KeyFileError::OtherSecret(KIND))?)
    }

    /// Unwraps what [`Recipient::wrap_file_key`] wrapped to this key; `None` for another's.
    #[must_use]
    pub fn unwrap_file_key(&self, stanza: &str) -> Option<FileKey> {
        let bytes = stanza.as_bytes();
        let fits = bytes.len() == STANZA_LEN
            && stanza.starts_with(STANZA_START)
            && bytes[STANZA_START.len() + base64_len(ENCAPPED_LEN)] == b'\n'
            && stanza.ends_with('\n');
        if fits { unwrap_stanza(bytes, self) } else { None }
    }

    pub(crate) const fn private(&self) -> &<XWing as Kem>::PrivateKey {
        &self.key
    }
}

impl std::fmt::Debug for DeskKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeskKey(…)")
    }
}
