//! Fixed numbers and derivations of the age v1 file (<https://c2sp.org/age>), shared by writing, checking and opening.
//!
//! Refuses: to parse. Only one kind of stanza is allowed and all of that kind are equally long, so the length of a
//! header follows from the number of keys and every byte of it has one place.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use hamseda_core::Secret;

/// The symmetric key of one sealed file, which the stanzas wrap.
pub type FileKey = Secret<[u8; FILE_KEY_LEN]>;

/// Length of a file key, bytes.
pub const FILE_KEY_LEN: usize = 16;
/// First line of the file.
pub const VERSION_LINE: &str = "age-encryption.org/v1\n";
/// How each stanza starts; the encapsulated key follows.
pub const STANZA_START: &str = "-> mlkem768x25519 ";
/// How the last line of the header starts; the MAC follows.
pub const MAC_START: &str = "--- ";
/// HPKE `info` of the stanza type.
pub const HPKE_INFO: &[u8] = b"age-encryption.org/mlkem768x25519";
/// Length of an X-Wing encapsulated key, bytes: an ML-KEM-768 ciphertext (1088) and an X25519 share (32).
pub const ENCAPPED_LEN: usize = 1120;
/// Length of a wrapped file key, bytes.
pub const WRAPPED_LEN: usize = FILE_KEY_LEN + TAG_LEN;
/// Length of the header MAC (HMAC-SHA256), bytes.
pub const MAC_LEN: usize = 32;
/// Length of the nonce between header and payload, bytes.
pub const NONCE_LEN: usize = 16;
/// Plaintext bytes in a payload chunk; only the last may be shorter, and in a sealed message it never is.
pub const CHUNK_LEN: usize = 64 * 1024;
/// Length of a ChaCha20-Poly1305 tag, bytes.
pub const TAG_LEN: usize = 16;
/// Length of an encrypted payload chunk, bytes.
pub const SEALED_CHUNK_LEN: usize = CHUNK_LEN + TAG_LEN;
/// Length of one stanza as text: first line and one line of body.
pub const STANZA_LEN: usize = STANZA_START.len() + base64_len(ENCAPPED_LEN) + 1 + base64_len(WRAPPED_LEN) + 1;
/// Length of the MAC line.
pub const MAC_LINE_LEN: usize = MAC_START.len() + base64_len(MAC_LEN) + 1;

/// Length of unpadded base64 of `bytes` bytes.
#[must_use]
pub const fn base64_len(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Length of a whole header with one stanza for each of `recipients` keys, bytes.
#[must_use]
pub const fn header_len(recipients: usize) -> usize {
    VERSION_LINE.len() + recipients * STANZA_LEN + MAC_LINE_LEN
}

/// MAC of a header: `covered` is everything up to and including the three dashes.
#[must_use]
pub fn header_mac(file_key: &FileKey, covered: &[u8]) -> [u8; MAC_LEN] {
    keyed_mac(file_key, covered).finalize().into_bytes().into()
}

/// Whether `mac` is the MAC of the header, compared in constant time.
#[must_use]
pub fn header_mac_fits(file_key: &FileKey, covered: &[u8], mac: &[u8]) -> bool {
    keyed_mac(file_key, covered).verify_slice(mac).is_ok()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn keyed_mac(file_key: &FileKey, covered: &[u8]) -> Hmac<Sha256> {
    let key = derive(file_key, None, b"header");
    Hmac::<Sha256>::new_from_slice(key.expose()).expect("any key length").chain_update(covered)
}

/// Key of the payload.
#[must_use]
pub fn payload_key(file_key: &FileKey, nonce: &[u8; NONCE_LEN]) -> Secret<[u8; 32]> {
    derive(file_key, Some(nonce), b"payload")
}

#[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes; 32 are asked")]
fn derive(file_key: &FileKey, salt: Option<&[u8]>, label: &[u8]) -> Secret<[u8; 32]> {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(salt, file_key.expose()).expand(label, &mut key).expect("32 bytes");
    Secret::new(key)
}

/// Nonce of payload chunk `counter`: an 11-byte big-endian counter and one byte that marks the last chunk.
#[must_use]
pub const fn chunk_nonce(counter: u64, last: bool) -> [u8; 12] {
    let c = counter.to_be_bytes();
    [0, 0, 0, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], last as u8]
}
