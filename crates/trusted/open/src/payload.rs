//! The payload, read: authenticated chunk by chunk, with a diagnosis when one fails.
//!
//! Authentication alone says "wrong". Which wrong matters to the person who must act (ask for the rest, join the parts
//! again, or suspect somebody), so a chunk that fails is tried at the other places it could belong to.

use std::io::Read;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use zeroize::Zeroizing;

use hamseda_seal::format::{CHUNK_LEN, FileKey, NONCE_LEN, SEALED_CHUNK_LEN, chunk_nonce, payload_key};

use crate::error::OpenError;
use crate::header::read_full;

/// Decrypts chunk by chunk; holds the one at hand and the one after it, which tells whether that was the last.
pub(crate) struct Payload<R> {
    input: R,
    cipher: ChaCha20Poly1305,
    chunk: Zeroizing<Vec<u8>>,
    /// Becomes the chunk by a swap, so it holds old plaintext too.
    ahead: Zeroizing<Vec<u8>>,
    counter: u64,
    max_chunks: u64,
    ended: bool,
}

impl<R: Read> Payload<R> {
    /// Reads the nonce. Plaintexts of more than `max_len` bytes will be refused.
    pub(crate) fn start(mut input: R, file_key: &FileKey, max_len: u64) -> Result<Self, OpenError> {
        let mut nonce = [0; NONCE_LEN];
        if read_full(&mut input, &mut nonce)? < NONCE_LEN {
            return Err(OpenError::Truncated);
        }
        let cipher = ChaCha20Poly1305::new(payload_key(file_key, &nonce).expose().into());
        let chunk = Zeroizing::new(Vec::with_capacity(SEALED_CHUNK_LEN));
        let ahead = Zeroizing::new(Vec::with_capacity(SEALED_CHUNK_LEN));
        let max_chunks = max_len / CHUNK_LEN as u64;
        let mut payload = Self { input, cipher, chunk, ahead, counter: 0, max_chunks, ended: false };
        payload.read_ahead()?;
        Ok(payload)
    }

    /// The next chunk's plaintext and whether it is the last; `None` after that.
    pub(crate) fn next(&mut self) -> Result<Option<(&[u8], bool)>, OpenError> {
        if self.ended {
            return Ok(None);
        }
        if self.counter == self.max_chunks {
            return Err(OpenError::TooLarge);
        }
        std::mem::swap(&mut self.chunk, &mut self.ahead);
        self.read_ahead()?;
        self.ended = self.ahead.is_empty();
        if !self.opens_at(self.counter, self.ended) {
            return Err(self.diagnose());
        }
        self.counter += 1;
        Ok(Some((&self.chunk, self.ended)))
    }

    fn read_ahead(&mut self) -> Result<(), OpenError> {
        self.ahead.resize(SEALED_CHUNK_LEN, 0);
        let got = read_full(&mut self.input, &mut self.ahead)?;
        self.ahead.truncate(got);
        Ok(())
    }

    /// Decrypts the chunk as the one at this place; leaves it as it was when that fails.
    fn opens_at(&mut self, counter: u64, last: bool) -> bool {
        self.cipher.decrypt_in_place(&chunk_nonce(counter, last).into(), b"", &mut *self.chunk).is_ok()
    }

    /// Why the chunk doesn't open where it stands. Costs at most two authentications for each chunk a file can have.
    fn diagnose(&mut self) -> OpenError {
        if self.ended && (self.chunk.len() < SEALED_CHUNK_LEN || self.opens_at(self.counter, false)) {
            return OpenError::Truncated;
        }
        if !self.ended && self.opens_at(self.counter, true) {
            return OpenError::TrailingBytes;
        }
        let elsewhere = (0..self.max_chunks).any(|place| self.opens_at(place, false) || self.opens_at(place, true));
        if elsewhere { OpenError::Reordered } else { OpenError::Tampered }
    }
}
