//! SHA-256, HMAC and HKDF as this crate uses them, and hex for JSON.

use std::io::Read;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// SHA-256 over pieces, for files that should not be held in memory.
#[derive(Debug, Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// An empty hasher.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of everything added.
    #[must_use]
    pub fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

/// SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// SHA-256 of several pieces, one after another.
pub(crate) fn sha256_of(pieces: &[&[u8]]) -> Hash {
    let mut hasher = Hasher::new();
    for piece in pieces {
        hasher.update(piece);
    }
    hasher.finish()
}

/// SHA-256 of everything a reader gives, 64 KiB at a time.
///
/// # Errors
/// The reader's.
pub fn sha256_reader(mut reader: impl Read) -> std::io::Result<Hash> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(n) => hasher.update(&buffer[..n]),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// HMAC-SHA256 (RFC 2104) with a key of 32 bytes.
pub(crate) fn hmac(key: &[u8; 32], pieces: &[&[u8]]) -> Hash {
    // HMAC pads a shorter key with zeros to the block; doing it here makes the call infallible.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for piece in pieces {
        mac.update(piece);
    }
    mac.finalize().into_bytes().into()
}

/// HKDF-SHA256 (RFC 5869) without salt, 32 bytes out.
pub(crate) fn hkdf(key: &[u8; 32], info: &[u8]) -> Hash {
    let mut out = [0; 32];
    #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes; 32 always fit")]
    hkdf::Hkdf::<Sha256>::new(None, key).expand(info, &mut out).expect("32 bytes from HKDF");
    out
}

/// `#[serde(with = "hex32")]`: a hash as 64 lower-case hex digits.
pub(crate) mod hex32 {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(hash: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(hash))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let mut hash = [0; 32];
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut hash).map_err(serde::de::Error::custom)?;
        Ok(hash)
    }
}

/// Like [`hex32`], for a hash that may be absent.
pub(crate) mod hex32_option {
    use serde::Serializer;

    pub(crate) fn serialize<S: Serializer>(hash: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
        match hash {
            Some(hash) => serializer.serialize_some(&hex::encode(hash)),
            None => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_is_rfc_4231_and_hkdf_is_rfc_5869() {
        // RFC 4231 test case 1 has a 20-byte key; zero padding to 32 does not change the value.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(hex::encode(hmac(&key, &[b"Hi ", b"There"])), expected);
        // HKDF by hand from RFC 5869 §2: PRK = HMAC(zeros, IKM), T(1) = HMAC(PRK, info ‖ 1).
        let prk = hmac(&[0; 32], &[&[7; 32]]);
        assert_eq!(hkdf(&[7; 32], b"place"), hmac(&prk, &[b"place", &[1]]));
    }

    #[test]
    fn a_reader_hashes_like_its_bytes() {
        let bytes = vec![5; 200_000];
        assert_eq!(sha256_reader(bytes.as_slice()).unwrap(), sha256(&bytes));
    }
}
