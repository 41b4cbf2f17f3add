//! Invite tokens: what gives a sender the invited lane, and how anybody checks one.
//!
//! A token is a blind RSA signature (RFC 9474, RSABSSA-SHA384-PSS-Randomized) by one of the campaign's issuers over
//! `hamseda/invite/v1 ‖ nonce`. The issuer never saw the nonce or the signature, so it can't tell whose token was used;
//! the signature is an ordinary RSASSA-PSS one, so every tool checks it. One token has one byte form, 325 bytes, and one
//! text, base64url without padding.
//!
//! Refuses: to sign or to blind (that is `hamseda-invite`, on the issuer's and the circle's machines), keys of another
//! kind than RSA 2048 with exponent 65537, and to say why a token is bad.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{RSA_PSS_2048_8192_SHA384, RsaPublicKeyComponents};
use sha2::{Digest, Sha256};

use hamseda_core::TokenId;
use hamseda_core::campaign::Issuer;

use crate::error::{IssuerError, TokenError};

/// Length of a token, bytes.
pub const TOKEN_LEN: usize = 1 + ISSUER_ID_LEN + 32 + 32 + SIGNATURE_LEN;
/// Length of the RSA modulus and of a signature, bytes.
pub const SIGNATURE_LEN: usize = 256;
/// What is signed begins with it, after the randomizer.
pub const LABEL: &[u8] = b"hamseda/invite/v1";

const VERSION: u8 = 1;
const ISSUER_ID_LEN: usize = 4;
/// Public exponent 65537.
const EXPONENT: [u8; 3] = [1, 0, 1];
/// `SubjectPublicKeyInfo` of an RSA key of 2048 bits up to the modulus: every such key has the same.
const SPKI_START: [u8; 33] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00,
];
/// What follows the modulus: exponent 65537.
const SPKI_END: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];
const SPKI_LEN: usize = SPKI_START.len() + SIGNATURE_LEN + SPKI_END.len();

/// First bytes of the SHA-256 of an issuer's key: says which key signed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssuerId([u8; ISSUER_ID_LEN]);

impl fmt::Display for IssuerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for IssuerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuerId({self})")
    }
}

/// A token of the right form; whether it is good only [`Issuers::verify`] says.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The key that signed.
    pub issuer: IssuerId,
    /// Random prefix of the message (RFC 9474, `PrepareRandomize`).
    pub randomizer: [u8; 32],
    /// What makes it one of its kind.
    pub nonce: [u8; 32],
    /// The unblinded signature.
    pub signature: [u8; SIGNATURE_LEN],
}

impl Token {
    /// Reads the byte form.
    ///
    /// # Errors
    /// [`TokenError`] for another length or version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TokenError> {
        let bytes: &[u8; TOKEN_LEN] = bytes.try_into().map_err(|_| TokenError)?;
        let (version, rest) = bytes.split_at(1);
        let (issuer, rest) = rest.split_at(ISSUER_ID_LEN);
        let (randomizer, rest) = rest.split_at(32);
        let (nonce, signature) = rest.split_at(32);
        if version != [VERSION] {
            return Err(TokenError);
        }
        let take = |_| TokenError;
        Ok(Self {
            issuer: IssuerId(issuer.try_into().map_err(take)?),
            randomizer: randomizer.try_into().map_err(take)?,
            nonce: nonce.try_into().map_err(take)?,
            signature: signature.try_into().map_err(take)?,
        })
    }

    /// The byte form.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; TOKEN_LEN] {
        let mut bytes = [VERSION; TOKEN_LEN];
        let parts: [&[u8]; 4] = [&self.issuer.0, &self.randomizer, &self.nonce, &self.signature];
        let mut at = 1;
        for part in parts {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        bytes
    }

    /// What the issuer signed without seeing it: randomizer, label, nonce.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        signed_bytes(&self.randomizer, &self.nonce)
    }

    /// What is remembered of a token once it was used.
    #[must_use]
    pub fn id(&self) -> TokenId {
        TokenId::from_bytes(Sha256::digest(self.to_bytes()).into())
    }
}

/// The message of a token.
#[must_use]
pub fn signed_bytes(randomizer: &[u8; 32], nonce: &[u8; 32]) -> Vec<u8> {
    [randomizer.as_slice(), LABEL, nonce].concat()
}

/// The text that stands after `#t=` in a link.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.to_bytes()))
    }
}

/// A token is a bearer's secret until it is used.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(by {}, …)", self.issuer)
    }
}

impl FromStr for Token {
    type Err = TokenError;

    /// Reads the text, also out of a whole link; blanks around it are ignored, for it was copied by hand.
    fn from_str(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        let text = text.rsplit_once("#t=").map_or(text, |(_, token)| token);
        Self::from_bytes(&URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError)?)
    }
}

/// An issuer's public key.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuerKey {
    spki: [u8; SPKI_LEN],
}

impl IssuerKey {
    /// Reads a `SubjectPublicKeyInfo` (DER) of RSA 2048 with exponent 65537.
    ///
    /// # Errors
    /// [`IssuerError::Key`] for every other key.
    pub fn from_spki(der: &[u8]) -> Result<Self, IssuerError> {
        let spki: [u8; SPKI_LEN] = der.try_into().map_err(|_| IssuerError::Key)?;
        let key = Self { spki };
        let modulus = key.modulus();
        let fine = spki.starts_with(&SPKI_START)
            && spki.ends_with(&SPKI_END)
            && modulus[0] >= 0x80
            && modulus[SIGNATURE_LEN - 1] % 2 == 1;
        if fine { Ok(key) } else { Err(IssuerError::Key) }
    }

    /// Reads the base64 text of `campaign.toml`.
    ///
    /// # Errors
    /// [`IssuerError::Key`].
    pub fn from_text(text: &str) -> Result<Self, IssuerError> {
        Self::from_spki(&STANDARD.decode(text).map_err(|_| IssuerError::Key)?)
    }

    /// The base64 text of `campaign.toml`.
    #[must_use]
    pub fn to_text(&self) -> String {
        STANDARD.encode(self.spki)
    }

    /// `SubjectPublicKeyInfo`, DER.
    #[must_use]
    pub const fn spki(&self) -> &[u8; SPKI_LEN] {
        &self.spki
    }

    /// The key's short name inside tokens.
    #[must_use]
    pub fn id(&self) -> IssuerId {
        let hash: [u8; 32] = Sha256::digest(self.spki).into();
        IssuerId([hash[0], hash[1], hash[2], hash[3]])
    }

    /// The RSA modulus, big endian.
    #[must_use]
    pub fn modulus(&self) -> &[u8] {
        &self.spki[SPKI_START.len()..SPKI_START.len() + SIGNATURE_LEN]
    }

    /// Whether this key signed the token.
    #[must_use]
    pub fn signed(&self, token: &Token) -> bool {
        let key = RsaPublicKeyComponents { n: self.modulus(), e: &EXPONENT };
        token.issuer == self.id()
            && key.verify(&RSA_PSS_2048_8192_SHA384, &token.signed_bytes(), &token.signature).is_ok()
    }
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuerKey({})", self.id())
    }
}

/// The issuers a campaign trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issuers(Vec<IssuerKey>);

impl Issuers {
    /// Reads the keys of `campaign.toml`.
    ///
    /// # Errors
    /// [`IssuerError`] for a key of another kind, and for two whose short names are the same.
    pub fn new(issuers: &[Issuer]) -> Result<Self, IssuerError> {
        let mut keys = Vec::with_capacity(issuers.len());
        for issuer in issuers {
            let key = IssuerKey::from_text(&issuer.spki)?;
            if keys.iter().any(|other: &IssuerKey| other.id() == key.id()) {
                return Err(IssuerError::Repeated);
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }

    /// Whether nobody can be invited.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[IssuerKey] {
        &self.0
    }

    /// The id of a good token; `None` for everything else. Whether it was used before is not known here.
    #[must_use]
    pub fn verify(&self, token: &[u8]) -> Option<TokenId> {
        let token = Token::from_bytes(token).ok()?;
        self.0.iter().any(|key| key.signed(&token)).then(|| token.id())
    }

    /// As [`Issuers::verify`], for the text of a header, a form or a link.
    #[must_use]
    pub fn verify_text(&self, token: &str) -> Option<TokenId> {
        let token: Token = token.parse().ok()?;
        self.0.iter().any(|key| key.signed(&token)).then(|| token.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_token_has_one_byte_form_and_one_text(bytes: [u8; 64], id: [u8; 4], s: u8) {
            let (randomizer, nonce) = bytes.split_at(32);
            let token = Token {
                issuer: IssuerId(id),
                randomizer: randomizer.try_into().unwrap(),
                nonce: nonce.try_into().unwrap(),
                signature: [s; SIGNATURE_LEN],
            };
            proptest::prop_assert_eq!(Token::from_bytes(&token.to_bytes()), Ok(token.clone()));
            proptest::prop_assert_eq!(token.to_string().parse(), Ok(token.clone()));
            let link = format!(" https://voices.example/fa/send#t={token}\n");
            proptest::prop_assert_eq!(link.parse(), Ok(token.clone()));
            proptest::prop_assert!(Issuers::default().verify(&token.to_bytes()).is_none());
        }

        #[test]
        fn other_bytes_are_no_token(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..700)) {
            if let Ok(token) = Token::from_bytes(&bytes) {
                proptest::prop_assert_eq!(token.to_bytes().to_vec(), bytes);
            }
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        let token = Token { issuer: IssuerId([1; 4]), randomizer: [2; 32], nonce: [3; 32], signature: [4; 256] };
        assert_eq!(format!("{token:?}"), "Token(by 01010101, …)");
    }
}
