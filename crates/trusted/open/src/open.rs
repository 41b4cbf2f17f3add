//! Opens a sealed message: `hamseda1 | clip | zeros | record`, streamed, with the record judged before anything counts.
//!
//! It can't know how many keys the key set of that time had: whoever takes a file in, by any road, has
//! [`hamseda_seal::ShapeCheck`] for that.

use std::io::{Read, Write};

use zeroize::Zeroizing;

use hamseda_core::{Limits, Secret};
use hamseda_seal::format::{CHUNK_LEN, FileKey};
use hamseda_seal::{MAGIC, RECORD_LEN, Record, SizeClass};

use crate::clip::{Buffer, Clip};
use crate::desk_key::DeskKey;
use crate::error::OpenError;
use crate::header::Header;
use crate::payload::Payload;

/// A message that opened and in which everything was found right.
#[derive(Debug)]
pub struct Opened<C> {
    /// The clip, or the sink that took it.
    pub clip: C,
    /// What the message says about itself.
    pub record: Record,
    /// Its size class.
    pub class: SizeClass,
    /// The file's own key, to be wrapped to the archive key. It opens this file and nothing else.
    pub file_key: FileKey,
}

/// Opens a sealed message into memory, which is wiped when the clip is dropped.
///
/// # Errors
/// See [`OpenError`].
pub fn open(sealed: impl Read, keys: &[DeskKey], limits: &Limits) -> Result<Opened<Secret<Vec<u8>>>, OpenError> {
    let Opened { clip, record, class, file_key } = open_into(sealed, keys, limits, Buffer::default())?;
    Ok(Opened { clip: Secret::new(clip.into_inner()), record, class, file_key })
}

/// Opens a sealed message with its own key, as the archive keeps it.
///
/// # Errors
/// See [`OpenError`]; [`OpenError::HeaderMac`] for another message's key.
pub fn open_with(
    mut sealed: impl Read,
    file_key: FileKey,
    limits: &Limits,
) -> Result<Opened<Secret<Vec<u8>>>, OpenError> {
    Header::read(&mut sealed)?.authenticate(&file_key)?;
    let Opened { clip, record, class, file_key } = open_payload(sealed, file_key, limits, Buffer::default())?;
    Ok(Opened { clip: Secret::new(clip.into_inner()), record, class, file_key })
}

/// Finds a sealed message's own key, and which of `keys` gave it. Reads the header only.
///
/// # Errors
/// See [`OpenError`].
pub fn file_key(sealed: impl Read, keys: &[DeskKey]) -> Result<(usize, FileKey), OpenError> {
    Header::read(sealed)?.unwrap(keys)
}

/// Opens a sealed message into a sink, in constant memory.
///
/// The sink gets the clip before the end of the file is known, and comes back only if all was right: on an error it is
/// dropped. A sink that outlives that must forget what it got. It must not be a file on a disk.
///
/// # Errors
/// See [`OpenError`].
pub fn open_into<W: Write>(
    mut sealed: impl Read,
    keys: &[DeskKey],
    limits: &Limits,
    sink: W,
) -> Result<Opened<W>, OpenError> {
    let (_, file_key) = Header::read(&mut sealed)?.unwrap(keys)?;
    open_payload(sealed, file_key, limits, sink)
}

/// Opens what follows the header.
fn open_payload<W: Write>(
    sealed: impl Read,
    file_key: FileKey,
    limits: &Limits,
    sink: W,
) -> Result<Opened<W>, OpenError> {
    let max_len = SizeClass::all(limits).last().map_or(0, SizeClass::plaintext_len);
    let mut payload = Payload::start(sealed, &file_key, max_len)?;
    let mut clip = Clip::new(sink);
    let mut block = Zeroizing::new([0; RECORD_LEN]);
    let mut len = 0;
    while let Some((chunk, last)) = payload.next()? {
        // Every class is a whole number of chunks.
        if chunk.len() != CHUNK_LEN {
            return Err(OpenError::Length);
        }
        let mut content = if len == 0 { chunk.strip_prefix(MAGIC).ok_or(OpenError::Magic)? } else { chunk };
        if last {
            let (rest, record) = content.split_at(content.len() - RECORD_LEN);
            block.copy_from_slice(record);
            content = rest;
        }
        clip.push(content)?;
        len += chunk.len() as u64;
    }
    let class = SizeClass::from_plaintext_len(len, limits).ok_or(OpenError::Length)?;
    let record = Record::from_block(&block, limits)?;
    check_len(record.clip_len, class, limits)?;
    let clip = clip.finish(record.clip_len)?;
    Ok(Opened { clip, record, class, file_key })
}

/// Whether the stated length is possible in this class, and needs it.
fn check_len(clip_len: u64, class: SizeClass, limits: &Limits) -> Result<(), OpenError> {
    if clip_len > class.clip_capacity() {
        return Err(OpenError::ClipLength);
    }
    if SizeClass::for_len(clip_len, limits) == Some(class) { Ok(()) } else { Err(OpenError::Class) }
}
