//! Log and witness keys in the text form of C2SP signed-note: `name+id+base64(type ‖ public key)`.
//!
//! Refuses: any algorithm but Ed25519, and keys whose id is not the one their name and bytes give.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hamseda_core::Secret;

use crate::hash::sha256_of;
use crate::{TallyError, base64};

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum KeyUse {
    /// Notes: a log's key (type 0x01).
    Log = 0x01,
    /// Timestamped cosignatures: a witness's key (type 0x04).
    Witness = 0x04,
}

/// The first four bytes of the hash that names a key.
pub type KeyId = [u8; 4];

/// A public key with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    usage: KeyUse,
    id: KeyId,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Names a public key.
    ///
    /// # Errors
    /// [`TallyError::Key`] for a name that signed notes don't allow, or bytes that are no key.
    pub fn new(name: &str, usage: KeyUse, key: &[u8; 32]) -> Result<Self, TallyError> {
        if !valid_name(name) {
            return Err(TallyError::Key("a name has at least one character, no blanks and no '+'"));
        }
        let parsed = VerifyingKey::from_bytes(key).map_err(|_| TallyError::Key("the bytes are no Ed25519 key"))?;
        // A key of small order would accept signatures that nobody made.
        if parsed.is_weak() {
            return Err(TallyError::Key("the Ed25519 key is weak"));
        }
        Ok(Self { name: name.to_owned(), usage, id: key_id(name, usage, key), key: parsed })
    }

    /// Its name; for a log, the origin of its checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub const fn usage(&self) -> KeyUse {
        self.usage
    }

    /// Its id in signature lines.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The public key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|s| self.key.verify_strict(message, &s).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut material = vec![self.usage as u8];
        material.extend(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), base64::encode(&material))
    }
}

impl FromStr for VerifierKey {
    type Err = TallyError;

    fn from_str(text: &str) -> Result<Self, TallyError> {
        // The base64 part may hold '+' itself, so only the first two separate.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(TallyError::Key("it is not of the form name+id+key"));
        };
        let (usage, bytes) = split_material(material)?;
        let key = Self::new(name, usage, &bytes)?;
        if key.to_string() == text { Ok(key) } else { Err(TallyError::Key("its id is not that of its name and key")) }
    }
}

/// The secret half of a log key.
pub struct LogKey {
    secret: Secret<[u8; 32]>,
    public: VerifierKey,
}

impl LogKey {
    /// A key from 32 random bytes, named after the log's origin.
    ///
    /// # Errors
    /// [`TallyError::Key`] for a name that signed notes don't allow.
    pub fn from_seed(origin: &str, seed: Secret<[u8; 32]>) -> Result<Self, TallyError> {
        let bytes = SigningKey::from_bytes(seed.expose()).verifying_key().to_bytes();
        Ok(Self { public: VerifierKey::new(origin, KeyUse::Log, &bytes)?, secret: seed })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`TallyError::Key`] for anything [`LogKey::to_text`] would not write.
    pub fn parse(text: &str) -> Result<Self, TallyError> {
        let bad = TallyError::Key("a log's secret key is of the form PRIVATE+KEY+name+id+key");
        let rest = text.trim_end_matches('\n').strip_prefix("PRIVATE+KEY+").ok_or(bad.clone())?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad);
        };
        let (usage, seed) = split_material(material)?;
        let key = Self::from_seed(name, Secret::new(seed))?;
        if usage == KeyUse::Log && hex::encode(key.public.id) == id { Ok(key) } else { Err(bad) }
    }

    /// The text form (`PRIVATE+KEY+name+id+base64(type ‖ seed)`, as Go's `note` package writes it). A secret.
    #[must_use]
    pub fn to_text(&self) -> Secret<String> {
        let mut material = vec![KeyUse::Log as u8];
        material.extend(self.secret.expose());
        let text =
            format!("PRIVATE+KEY+{}+{}+{}\n", self.public.name, hex::encode(self.public.id), base64::encode(&material));
        Secret::new(text)
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        SigningKey::from_bytes(self.secret.expose()).sign(message).to_bytes()
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.public)
    }
}

/// Whether signed notes allow the name.
pub(crate) fn valid_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

fn key_id(name: &str, usage: KeyUse, key: &[u8; 32]) -> KeyId {
    let [a, b, c, d, ..] = sha256_of(&[name.as_bytes(), b"\n", &[usage as u8], key]);
    [a, b, c, d]
}

fn split_material(text: &str) -> Result<(KeyUse, [u8; 32]), TallyError> {
    let bytes: [u8; 33] = base64::decode(text)
        .and_then(|b| b.try_into().ok())
        .ok_or(TallyError::Key("its last part is not 33 bytes of base64"))?;
    let usage = match bytes[0] {
        0x01 => KeyUse::Log,
        0x04 => KeyUse::Witness,
        _ => return Err(TallyError::Key("its algorithm is not Ed25519")),
    };
    let mut key = [0; 32];
    key.copy_from_slice(&bytes[1..]);
    Ok((usage, key))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn log_key() -> LogKey {
        LogKey::from_seed("orvana.example/we-can", Secret::new([7; 32])).unwrap()
    }

    #[test]
    fn the_example_key_of_the_specification_reads_back() {
        let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!((key.name(), key.usage(), key.to_string().as_str()), ("example.com/foo", KeyUse::Log, text));
    }

    #[test]
    fn a_secret_key_reads_back_and_is_not_printed() {
        let text = log_key().to_text();
        assert_eq!(LogKey::parse(text.expose()).unwrap().verifier(), log_key().verifier());
        assert!(!format!("{:?}", log_key()).contains("PRIVATE"));
    }

    proptest::proptest! {
        #[test]
        fn any_changed_character_of_a_key_is_refused(at in 0usize..70, bit in 0u8..7) {
            let mut text = log_key().verifier().to_string().into_bytes();
            let at = at % text.len();
            text[at] ^= 1 << bit;
            if let Ok(text) = String::from_utf8(text) {
                proptest::prop_assert!(text.parse::<VerifierKey>().is_err());
            }
        }
    }
}
