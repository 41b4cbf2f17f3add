//! The issuer: an RSA key that signs what it can't see.
//!
//! Refuses: to be kept without a passphrase, and to sign a request for another campaign or key.

use openssl::bn::BigNum;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use zeroize::Zeroizing;

use hamseda_core::Secret;
use hamseda_open::{KeyFileError, WorkFactor, lock, unlock};
use hamseda_seal::token::IssuerKey;

use crate::ask::{Answer, Ask};
use crate::blind::PublicKey;
use crate::error::InviteError;

const BITS: u32 = 2048;
const EXPONENT: u32 = 65537;
const KIND: &str = "issuer's key (RSA 2048)";

/// An issuer's key pair. Never printed.
pub struct IssuerSecret {
    key: Rsa<Private>,
    public: IssuerKey,
}

impl IssuerSecret {
    /// A fresh key.
    ///
    /// # Errors
    /// When OpenSSL can't make one.
    pub fn generate() -> Result<Self, InviteError> {
        let exponent = BigNum::from_u32(EXPONENT)?;
        Self::new(Rsa::generate_with_e(BITS, &exponent)?)
    }

    fn new(key: Rsa<Private>) -> Result<Self, InviteError> {
        let public = IssuerKey::from_spki(&key.public_key_to_der()?)?;
        Ok(Self { key, public })
    }

    /// The public half, for `campaign.toml`.
    #[must_use]
    pub const fn public(&self) -> &IssuerKey {
        &self.public
    }

    /// The key file: PKCS #8, protected by a passphrase.
    ///
    /// # Errors
    /// See [`lock`].
    pub fn to_file(&self, passphrase: &Secret<String>, work: WorkFactor) -> Result<Vec<u8>, InviteError> {
        let pem = Zeroizing::new(PKey::from_rsa(self.key.clone())?.private_key_to_pem_pkcs8()?);
        Ok(lock(&pem, passphrase, work)?)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// See [`unlock`]; [`KeyFileError::OtherSecret`] when it holds something else.
    pub fn from_file(file: &[u8], passphrase: &Secret<String>) -> Result<Self, InviteError> {
        let pem = unlock(file, passphrase)?;
        let key = PKey::private_key_from_pem(pem.expose()).and_then(|key| key.rsa());
        Self::new(key.map_err(|_| KeyFileError::OtherSecret(KIND))?)
    }

    /// Signs everything a circle asks for, or nothing.
    ///
    /// # Errors
    /// [`InviteError::OtherIssuer`]; [`InviteError::Blinded`] with the first number that can't be signed.
    pub fn sign(&self, ask: &Ask) -> Result<Answer, InviteError> {
        if ask.issuer() != self.public.id().to_string() {
            return Err(InviteError::OtherIssuer(ask.issuer().to_owned()));
        }
        let public = PublicKey::new(self.public.modulus(), EXPONENT)?;
        let blinded = ask.blinded()?;
        for (at, message) in blinded.iter().enumerate() {
            if !public.takes(message)? {
                return Err(InviteError::Blinded(at + 1));
            }
        }
        let signatures: Result<Vec<_>, InviteError> =
            blinded.iter().map(|message| sign_raw(&self.key, message)).collect();
        Ok(Answer::new(ask, &signatures?))
    }
}

impl std::fmt::Debug for IssuerSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IssuerSecret({})", self.public.id())
    }
}

/// The RSA power, blinded against timing by OpenSSL, and checked: a fault while computing would betray the key.
pub(crate) fn sign_raw(key: &Rsa<Private>, message: &[u8]) -> Result<Vec<u8>, InviteError> {
    let len = usize::try_from(key.size()).unwrap_or_default();
    let mut signature = vec![0; len];
    key.private_decrypt(message, &mut signature, Padding::NONE)?;
    let mut again = vec![0; len];
    key.public_encrypt(&signature, &mut again, Padding::NONE)?;
    if again == message { Ok(signature) } else { Err(InviteError::Blinded(0)) }
}
