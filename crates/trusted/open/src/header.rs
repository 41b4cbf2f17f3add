//! The header: read to its last byte and no further, checked, and opened with a desk key.

use std::io::{ErrorKind, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, single_shot_open};
use zeroize::Zeroizing;

use hamseda_core::Secret;
use hamseda_seal::format::{
    ENCAPPED_LEN, FileKey, HPKE_INFO, MAC_LINE_LEN, MAC_START, STANZA_LEN, STANZA_START, VERSION_LINE, base64_len,
    header_mac_fits,
};
use hamseda_seal::{MAX_RECIPIENTS, MIN_RECIPIENTS, ShapeError, check_header};

use crate::desk_key::DeskKey;
use crate::error::OpenError;

/// A header of the right shape; nothing in it is authenticated before [`Header::unwrap`].
pub(crate) struct Header {
    bytes: Vec<u8>,
    stanzas: usize,
}

impl Header {
    /// Reads a header. The number of stanzas is found by reading: a line that starts with `---` is the last.
    pub(crate) fn read(mut input: impl Read) -> Result<Self, OpenError> {
        let mut header = Self { bytes: Vec::new(), stanzas: 0 };
        header.extend(&mut input, VERSION_LINE.len())?;
        while !header.at_mac_line(&mut input)? {
            header.stanzas += 1;
            if header.stanzas > MAX_RECIPIENTS {
                return Err(ShapeError::ExtraStanza.into());
            }
            header.extend(&mut input, STANZA_LEN - MAC_START.len())?;
        }
        if header.stanzas < MIN_RECIPIENTS {
            return Err(ShapeError::TooFewStanzas.into());
        }
        header.extend(&mut input, MAC_LINE_LEN - MAC_START.len())?;
        Ok(header)
    }

    /// Reads as many bytes as tell a stanza from the MAC line.
    fn at_mac_line(&mut self, input: &mut impl Read) -> Result<bool, OpenError> {
        let whole = self.read_more(input, MAC_START.len())?;
        if whole { Ok(self.bytes.ends_with(MAC_START.as_bytes())) } else { Err(OpenError::Truncated) }
    }

    /// Reads and checks the rest of a line, or of a stanza.
    fn extend(&mut self, input: &mut impl Read, more: usize) -> Result<(), OpenError> {
        let whole = self.read_more(input, more)?;
        // What is wrong is told before what is missing: a short text file is not a message that was cut.
        check_header(self.stanzas, &self.bytes)?;
        if whole { Ok(()) } else { Err(OpenError::Truncated) }
    }

    /// Reads `more` bytes, or as many as there are; tells whether that was all.
    fn read_more(&mut self, input: &mut impl Read, more: usize) -> Result<bool, OpenError> {
        let start = self.bytes.len();
        self.bytes.resize(start + more, 0);
        let got = read_full(input, &mut self.bytes[start..])?;
        self.bytes.truncate(start + got);
        Ok(got == more)
    }

    /// Finds the file key: the first stanza that opens with one of the keys, if the header's MAC then fits. Says which key
    /// it was.
    pub(crate) fn unwrap(&self, keys: &[DeskKey]) -> Result<(usize, FileKey), OpenError> {
        let stanzas = self.bytes[VERSION_LINE.len()..].chunks_exact(STANZA_LEN).take(self.stanzas);
        let mut tries = stanzas.flat_map(|stanza| keys.iter().enumerate().map(move |(at, key)| (stanza, at, key)));
        let found = tries.find_map(|(stanza, at, key)| Some((at, unwrap_stanza(stanza, key)?)));
        let (at, file_key) = found.ok_or(OpenError::UnknownRecipient)?;
        self.authenticate(&file_key)?;
        Ok((at, file_key))
    }

    /// Whether the header belongs to this file key.
    pub(crate) fn authenticate(&self, file_key: &FileKey) -> Result<(), OpenError> {
        let (covered, mac) = self.bytes.split_at(self.bytes.len() - MAC_LINE_LEN + MAC_START.trim_end().len());
        let mac = STANDARD_NO_PAD.decode(mac.trim_ascii()).map_err(|_| ShapeError::Malformed)?;
        if header_mac_fits(file_key, covered, &mac) { Ok(()) } else { Err(OpenError::HeaderMac) }
    }
}

/// Opens one stanza; `None` when it is for another key. The stanza has its whole length.
pub(crate) fn unwrap_stanza(stanza: &[u8], key: &DeskKey) -> Option<FileKey> {
    let (encapped, wrapped) = stanza[STANZA_START.len()..].split_at(base64_len(ENCAPPED_LEN));
    let encapped = STANDARD_NO_PAD.decode(encapped).ok()?;
    let wrapped = STANDARD_NO_PAD.decode(wrapped.trim_ascii()).ok()?;
    let encapped = <XWing as Kem>::EncappedKey::from_bytes(&encapped).ok()?;
    let opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeR::Base,
        key.private(),
        &encapped,
        HPKE_INFO,
        &wrapped,
        b"",
    );
    let opened = Zeroizing::new(opened.ok()?);
    Some(Secret::new(opened.as_slice().try_into().ok()?))
}

/// Fills `buffer` as far as the input goes; returns how far.
pub(crate) fn read_full(input: &mut impl Read, buffer: &mut [u8]) -> Result<usize, OpenError> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(OpenError::Read(error)),
        }
    }
    Ok(filled)
}
