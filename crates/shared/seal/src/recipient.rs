//! A public desk key (`age1pq1…`) and how a file key is wrapped to it.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeS, Serializable, single_shot_seal_with_rng};

use hamseda_core::Random;

use crate::bech;
use crate::error::{RecipientError, SealError};
use crate::format::{FileKey, HPKE_INFO, STANZA_LEN, STANZA_START};

const PREFIX: &str = "age1pq";
/// Length of an X-Wing public key, bytes: ML-KEM-768 (1184) and X25519 (32).
const PUBLIC_KEY_LEN: usize = 1216;

type PublicKey = <XWing as Kem>::PublicKey;

/// A post-quantum hybrid age recipient: X-Wing (ML-KEM-768 with X25519).
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    key: PublicKey,
}

impl Recipient {
    /// Reads a raw X-Wing public key, 1216 bytes.
    ///
    /// # Errors
    /// When the length is another one or the ML-KEM half is not a valid encapsulation key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecipientError> {
        PublicKey::from_bytes(bytes).map(|key| Self { key }).map_err(|_| RecipientError)
    }

    /// The raw X-Wing public key.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PUBLIC_KEY_LEN] {
        self.key.to_bytes().into()
    }

    /// Writes the stanza that wraps `file_key` to this key: HPKE base mode, HKDF-SHA256, ChaCha20-Poly1305.
    ///
    /// # Errors
    /// [`SealError::Wrap`].
    pub fn wrap_file_key(&self, file_key: &FileKey, random: &mut dyn Random) -> Result<String, SealError> {
        let (encapped, wrapped) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeS::Base,
            &self.key,
            HPKE_INFO,
            file_key.expose(),
            b"",
            &mut CryptoRandom(random),
        )
        .map_err(|_| SealError::Wrap)?;
        let mut stanza = String::with_capacity(STANZA_LEN);
        stanza.push_str(STANZA_START);
        STANDARD_NO_PAD.encode_string(encapped.to_bytes(), &mut stanza);
        stanza.push('\n');
        STANDARD_NO_PAD.encode_string(wrapped, &mut stanza);
        stanza.push('\n');
        Ok(stanza)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech::encode(PREFIX, &self.to_bytes()).ok_or(fmt::Error)?)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({:.24}…)", self.to_string())
    }
}

impl FromStr for Recipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        let recipient = Self::from_bytes(&bech::decode(PREFIX, text).ok_or(RecipientError)?)?;
        // Bech32 has an upper-case twin and lax padding bits: one key has one text.
        if recipient.to_string() == text { Ok(recipient) } else { Err(RecipientError) }
    }
}

/// Our source of randomness, as the hpke crate asks for it.
struct CryptoRandom<'a>(&'a mut dyn Random);

impl TryRng for CryptoRandom<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.0.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.0.bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for CryptoRandom<'_> {}
