//! Opens a letter: an age file sealed to the key set around 16 KiB of `hamsedaL | CBOR | zeros`.

use hamseda_seal::format::CHUNK_LEN;
use hamseda_seal::{LETTER_PLAIN_LEN, Letter};
use zeroize::Zeroizing;

use crate::desk_key::DeskKey;
use crate::error::OpenError;
use crate::header::Header;
use crate::payload::Payload;

/// Opens a letter. Whose it is, its reply key tells.
///
/// # Errors
/// See [`OpenError`].
pub fn open_letter(mut sealed: &[u8], keys: &[DeskKey]) -> Result<Letter, OpenError> {
    let (_, file_key) = Header::read(&mut sealed)?.unwrap(keys)?;
    let mut payload = Payload::start(sealed, &file_key, CHUNK_LEN as u64)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(LETTER_PLAIN_LEN));
    while let Some((chunk, _)) = payload.next()? {
        plain.extend_from_slice(chunk);
    }
    Ok(Letter::from_plain(&plain)?)
}
