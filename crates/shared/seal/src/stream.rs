//! The payload of an age file, written: STREAM over ChaCha20-Poly1305 in chunks of 64 KiB.
//!
//! A full chunk is kept back until more follows, because the last one has its own nonce.

use std::io::{self, Write};

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use zeroize::Zeroizing;

use hamseda_core::Secret;

use crate::format::{CHUNK_LEN, SEALED_CHUNK_LEN, chunk_nonce};

/// Encrypts what is written to it; [`StreamWriter::finish`] must be called, else the file is a truncated one.
pub(crate) struct StreamWriter<W> {
    cipher: ChaCha20Poly1305,
    out: W,
    chunk: Zeroizing<Vec<u8>>,
    counter: u64,
}

impl<W: Write> StreamWriter<W> {
    pub(crate) fn new(key: &Secret<[u8; 32]>, out: W) -> Self {
        let chunk = Zeroizing::new(Vec::with_capacity(SEALED_CHUNK_LEN));
        Self { cipher: ChaCha20Poly1305::new(key.expose().into()), out, chunk, counter: 0 }
    }

    pub(crate) fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.chunk.len() == CHUNK_LEN {
                self.write_chunk(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK_LEN - self.chunk.len()));
            self.chunk.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Writes the last chunk and gives the output back, flushed.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.write_chunk(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn write_chunk(&mut self, last: bool) -> io::Result<()> {
        let nonce = chunk_nonce(self.counter, last);
        let sealed = self.cipher.encrypt_in_place(&nonce.into(), b"", &mut *self.chunk);
        sealed.map_err(|_| io::Error::other("the cipher refused a chunk"))?;
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        self.counter += 1;
        Ok(())
    }
}
