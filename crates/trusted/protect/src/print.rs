//! Fingerprints at rest. One holds a rough picture of somebody who may have asked for a mask: it is sealed under a key of its
//! own, made from a key that the vault does not hold and a salt that goes with the message when it is taken back.
//!
//! Refuses to give one out unsealed, and one that was sealed for another message.

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use hamseda_core::{MessageId, Random, Secret};
use hamseda_fingerprint::Fingerprint;
use hkdf::Hkdf;
use sha2::Sha256;

/// Bytes of a salt. It comes first, the ciphertext after it.
const SALT: usize = 32;

/// Seals and opens fingerprints. Without it those in the vault are noise: a campaign that is over may destroy it.
#[derive(Clone, Debug)]
pub struct PrintKey(Secret<[u8; 32]>);

impl PrintKey {
    /// From 32 random bytes.
    #[must_use]
    pub const fn new(secret: Secret<[u8; 32]>) -> Self {
        Self(secret)
    }

    /// Seals the fingerprint of a message.
    pub(crate) fn seal(&self, message: MessageId, print: &Fingerprint, random: &mut impl Random) -> Vec<u8> {
        let mut salt = [0; SALT];
        random.fill(&mut salt);
        let mut sealed = print.to_bytes();
        let cipher = self.cipher(&salt);
        // Each key is used once, so the nonce may be zero.
        #[expect(clippy::expect_used, reason = "a fingerprint is 16 KiB at most")]
        cipher.encrypt_in_place(&[0; 12].into(), message.as_bytes(), &mut sealed).expect("within ChaCha20's bound");
        [salt.as_slice(), &sealed].concat()
    }

    /// Opens a message's fingerprint; `None` when it was sealed with another key, for another message, or in another version.
    pub(crate) fn open(&self, message: MessageId, sealed: &[u8]) -> Option<Fingerprint> {
        let (salt, sealed) = sealed.split_first_chunk::<SALT>()?;
        let mut plain = sealed.to_vec();
        self.cipher(salt).decrypt_in_place(&[0; 12].into(), message.as_bytes(), &mut plain).ok()?;
        Fingerprint::parse(&plain).ok()
    }

    fn cipher(&self, salt: &[u8; SALT]) -> ChaCha20Poly1305 {
        let mut key = [0; 32];
        #[expect(clippy::expect_used, reason = "HKDF gives up to 8,160 bytes")]
        Hkdf::<Sha256>::new(Some(salt), self.0.expose()).expand(b"hamseda fingerprint 1", &mut key).expect("32 bytes");
        let key = Secret::new(key);
        ChaCha20Poly1305::new(key.expose().into())
    }
}

#[cfg(test)]
mod tests {
    use hamseda_core::OsRandom;
    use hamseda_fingerprint::{Area, Maker};

    use super::*;

    #[test]
    fn a_fingerprint_opens_for_its_message_and_its_key_only() {
        let mut maker = Maker::new(Area { x: 0, y: 0, width: 64, height: 64 }, 64).unwrap();
        (0..30u8).for_each(|t| maker.frame(&(0..64 * 64).map(|i| (i % 64) as u8 * 3 + t).collect::<Vec<_>>()));
        let print = maker.finish(&[]);
        let (key, other) = (PrintKey::new(Secret::new([1; 32])), PrintKey::new(Secret::new([2; 32])));
        let (one, two) = (MessageId::from_bytes([1; 16]), MessageId::from_bytes([2; 16]));
        let sealed = key.seal(one, &print, &mut OsRandom);
        assert_eq!(key.open(one, &sealed), Some(print.clone()));
        assert_eq!(key.open(two, &sealed), None);
        assert_eq!(other.open(one, &sealed), None);
        for at in [0, SALT, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(one, &changed), None);
        }
        assert_ne!(key.seal(one, &print, &mut OsRandom), sealed, "salts differ");
        let plain = print.to_bytes();
        assert!(plain.windows(8).all(|window| !sealed.windows(8).any(|other| other == window)));
    }
}
