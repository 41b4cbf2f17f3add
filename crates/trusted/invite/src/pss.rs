//! EMSA-PSS encoding (RFC 8017, section 9.1.1) with SHA-384 and MGF1 of the same: what is signed, before the RSA power.
//!
//! Everything here is public to whoever calls: the circle that blinds it.

use sha2::{Digest, Sha384};

/// Length of a SHA-384 hash and of our salt, bytes.
pub(crate) const HASH_LEN: usize = 48;

/// Encodes `message` for a modulus of `modulus_bits` bits; `None` where the modulus is too short for it.
pub(crate) fn encode(message: &[u8], salt: &[u8], modulus_bits: usize) -> Option<Vec<u8>> {
    let bits = modulus_bits.checked_sub(1)?;
    let len = bits.div_ceil(8);
    let block_len = len.checked_sub(HASH_LEN + 1)?;
    let zeros = block_len.checked_sub(salt.len() + 1)?;
    let hash = Sha384::new().chain_update([0; 8]).chain_update(Sha384::digest(message)).chain_update(salt).finalize();

    let mut encoded = vec![0; zeros];
    encoded.push(1);
    encoded.extend_from_slice(salt);
    for (byte, mask) in encoded.iter_mut().zip(mgf1(&hash)) {
        *byte ^= mask;
    }
    encoded[0] &= 0xff >> (8 * len - bits);
    encoded.extend_from_slice(&hash);
    encoded.push(0xbc);
    Some(encoded)
}

/// MGF1 with SHA-384: an endless mask.
fn mgf1(seed: &[u8]) -> impl Iterator<Item = u8> + use<> {
    let seed = seed.to_vec();
    (0u32..).flat_map(move |counter| Sha384::new().chain_update(&seed).chain_update(counter.to_be_bytes()).finalize())
}
