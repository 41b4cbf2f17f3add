//! Seals a clip: `hamseda1 | clip | zeros up to the size class | record`, encrypted as it streams.
//!
//! The record comes last and the class is chosen at the end, so a recording is sealed while it is made. Memory use is
//! one chunk of 64 KiB, however long the clip is. What was written before an error is of no use to anybody.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use hamseda_core::{Limits, Random, Secret};

use crate::class::SizeClass;
use crate::device::{self, DeviceSecrets};
use crate::error::SealError;
use crate::format::{CHUNK_LEN, FileKey, MAC_START, VERSION_LINE, header_len, header_mac, payload_key};
use crate::keyset::CurrentKeySet;
use crate::receipt::Receipt;
use crate::record::{Draft, Record};
use crate::stream::StreamWriter;

/// First bytes of the plaintext.
pub const MAGIC: &[u8; 8] = b"hamseda1";

/// What the device knows after sealing.
#[derive(Debug)]
pub struct Sealed<W> {
    /// The output, flushed.
    pub out: W,
    /// Shows that the message is counted; for the contributor.
    pub receipt: Receipt,
    /// Public tag, as it will stand in the log.
    pub tag: [u8; 16],
    /// What proves ownership and takes the message back. Nobody else has it.
    pub secrets: DeviceSecrets,
    /// Size class.
    pub class: SizeClass,
    /// Length of the sealed file, bytes.
    pub bytes: u64,
}

/// Seals a whole clip from a reader.
///
/// # Errors
/// See [`SealError`]. The choices are checked before anything is read.
pub fn seal<W: Write>(
    mut clip: impl Read,
    out: W,
    draft: Draft,
    keys: CurrentKeySet<'_>,
    limits: &Limits,
    random: &mut dyn Random,
) -> Result<Sealed<W>, SealError> {
    draft.check(limits)?;
    let mut sealer = Sealer::start(out, keys, limits, random)?;
    let mut buffer = Zeroizing::new(vec![0; CHUNK_LEN]);
    loop {
        match clip.read(&mut buffer) {
            Ok(0) => return sealer.finish(draft),
            Ok(n) => sealer.write(&buffer[..n])?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(SealError::Read(error)),
        }
    }
}

/// Seals a clip that comes in pieces, such as from a camera.
pub struct Sealer<W> {
    payload: StreamWriter<W>,
    recipients: usize,
    clip_len: u64,
    max_clip_len: u64,
    limits: Limits,
    secrets: DeviceSecrets,
}

impl<W: Write> Sealer<W> {
    /// Writes the header, one stanza for each key of the set in its order, and starts the payload.
    ///
    /// # Errors
    /// When the output can't be written.
    pub fn start(
        mut out: W,
        keys: CurrentKeySet<'_>,
        limits: &Limits,
        random: &mut dyn Random,
    ) -> Result<Self, SealError> {
        let secrets = DeviceSecrets::draw(random);
        let file_key: FileKey = Secret::new(random.bytes());
        let header = header(&file_key, keys, random)?;
        let nonce = random.bytes();
        out.write_all(header.as_bytes()).and_then(|()| out.write_all(&nonce)).map_err(SealError::Write)?;
        let mut payload = StreamWriter::new(&payload_key(&file_key, &nonce), out);
        payload.write_all(MAGIC).map_err(SealError::Write)?;
        let max_clip_len = SizeClass::all(limits).last().map_or(0, SizeClass::clip_capacity);
        Ok(Self { payload, recipients: keys.recipients().len(), clip_len: 0, max_clip_len, limits: *limits, secrets })
    }

    /// Seals the next piece of the clip.
    ///
    /// # Errors
    /// [`SealError::TooLong`] as soon as no class holds the clip; [`SealError::Write`].
    pub fn write(&mut self, piece: &[u8]) -> Result<(), SealError> {
        self.clip_len += piece.len() as u64;
        if self.clip_len > self.max_clip_len {
            return Err(SealError::TooLong { max: self.max_clip_len });
        }
        self.payload.write_all(piece).map_err(SealError::Write)
    }

    /// Pads to the class, writes the record and ends the file.
    ///
    /// # Errors
    /// [`SealError::TooLong`]; [`SealError::Record`] when the choices can't be written.
    pub fn finish(mut self, draft: Draft) -> Result<Sealed<W>, SealError> {
        let class =
            SizeClass::for_len(self.clip_len, &self.limits).ok_or(SealError::TooLong { max: self.max_clip_len })?;
        let secrets = match draft.withdrawal {
            Some(withdrawal) => DeviceSecrets::new(self.secrets.r().clone(), withdrawal),
            None => self.secrets,
        };
        let tag = device::tag(secrets.r());
        let record = Record {
            clip_len: self.clip_len,
            choices: draft.choices,
            tag,
            r_commitment: device::r_commitment(secrets.r()),
            w_commitment: device::w_commitment(secrets.withdrawal()),
            reply_key: draft.reply_key,
        };
        let block = record.to_block(&self.limits)?;
        write_zeros(&mut self.payload, class.clip_capacity() - self.clip_len).map_err(SealError::Write)?;
        self.payload.write_all(block.as_slice()).map_err(SealError::Write)?;
        let out = self.payload.finish().map_err(SealError::Write)?;
        let bytes = class.sealed_len(self.recipients);
        Ok(Sealed { out, receipt: Receipt::of(&tag), tag, secrets, class, bytes })
    }
}

/// The header: version line, stanzas, MAC. No grease stanza, which would mark the program that wrote the file.
pub(crate) fn header(
    file_key: &FileKey,
    keys: CurrentKeySet<'_>,
    random: &mut dyn Random,
) -> Result<String, SealError> {
    let mut header = String::with_capacity(header_len(keys.recipients().len()));
    header.push_str(VERSION_LINE);
    for recipient in keys.recipients() {
        header.push_str(&recipient.wrap_file_key(file_key, random)?);
    }
    header.push_str(MAC_START.trim_end());
    let mac = header_mac(file_key, header.as_bytes());
    header.push(' ');
    STANDARD_NO_PAD.encode_string(mac, &mut header);
    header.push('\n');
    Ok(header)
}

fn write_zeros<W: Write>(payload: &mut StreamWriter<W>, mut count: u64) -> std::io::Result<()> {
    const ZEROS: [u8; 4096] = [0; 4096];
    while count > 0 {
        let now = count.min(ZEROS.len() as u64);
        payload.write_all(&ZEROS[..now as usize])?;
        count -= now;
    }
    Ok(())
}
