//! A letter: what a contributor answers to a reply. Sealed to the key set as a message is, always of one length.
//!
//! An age file around `hamsedaL | CBOR | zeros`, 16 KiB. It names its message by the reply key, so only who has the code
//! can write one, and nothing outside tells which message it belongs to.

use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use hamseda_core::{Random, Secret};

use crate::error::{LetterError, SealError, ShapeError};
use crate::format::{FileKey, NONCE_LEN, TAG_LEN, header_len, payload_key};
use crate::keyset::CurrentKeySet;
use crate::sealer;
use crate::shape::check_header;
use crate::stream::StreamWriter;
use crate::wire;

/// First bytes of the plaintext.
pub const LETTER_MAGIC: &[u8; 8] = b"hamsedaL";
/// Length of the plaintext, bytes.
pub const LETTER_PLAIN_LEN: usize = 16 * 1024;
/// Longest text, characters.
pub const LETTER_CHARS: usize = 4000;
const VERSION: u8 = 1;

/// A letter, open.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Names the message it belongs to.
    pub reply_key: Secret<[u8; 32]>,
    /// What it says.
    pub text: Secret<String>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    version: u8,
    #[cbor(n(1), with = "minicbor::bytes")]
    reply_key: [u8; 32],
    #[n(2)]
    text: String,
}

/// Length of a sealed letter, bytes. The intake takes no other.
#[must_use]
pub const fn letter_len(recipients: usize) -> usize {
    header_len(recipients) + NONCE_LEN + LETTER_PLAIN_LEN + TAG_LEN
}

/// Looks at a sealed letter from outside: its length, and every byte of its header.
///
/// # Errors
/// See [`ShapeError`].
pub fn check_letter(recipients: usize, sealed: &[u8]) -> Result<(), ShapeError> {
    check_header(recipients, sealed)?;
    if sealed.len() == letter_len(recipients) { Ok(()) } else { Err(ShapeError::Length) }
}

impl Letter {
    /// A letter of a code's owner.
    ///
    /// # Errors
    /// [`LetterError::Text`] when the text is empty, too long, or holds control characters.
    pub fn new(reply_key: Secret<[u8; 32]>, text: &str) -> Result<Self, LetterError> {
        // Line ends of another system are not another text.
        let text = text.replace("\r\n", "\n");
        if is_text(&text) { Ok(Self { reply_key, text: Secret::new(text) }) } else { Err(LetterError::Text) }
    }

    /// Seals the letter to the campaign's key set.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn seal(&self, keys: CurrentKeySet<'_>, random: &mut dyn Random) -> Result<Vec<u8>, SealError> {
        let plain = self.to_plain().map_err(|_| SealError::Wrap)?;
        let file_key: FileKey = Secret::new(random.bytes());
        let mut out = Vec::with_capacity(letter_len(keys.recipients().len()));
        out.extend_from_slice(sealer::header(&file_key, keys, random)?.as_bytes());
        let nonce: [u8; NONCE_LEN] = random.bytes();
        out.extend_from_slice(&nonce);
        let mut payload = StreamWriter::new(&payload_key(&file_key, &nonce), out);
        payload.write_all(&plain).map_err(SealError::Write)?;
        payload.finish().map_err(SealError::Write)
    }

    /// The plaintext inside the seal.
    ///
    /// # Errors
    /// Never with a text that [`Letter::new`] allowed.
    pub fn to_plain(&self) -> Result<Zeroizing<Vec<u8>>, LetterError> {
        let mut plain = Zeroizing::new(Vec::with_capacity(LETTER_PLAIN_LEN));
        plain.extend_from_slice(LETTER_MAGIC);
        let (reply_key, text) = (*self.reply_key.expose(), self.text.expose().clone());
        wire::write(&Wire { version: VERSION, reply_key, text }, &mut plain).map_err(LetterError::Wire)?;
        if plain.len() > LETTER_PLAIN_LEN {
            return Err(LetterError::Text);
        }
        plain.resize(LETTER_PLAIN_LEN, 0);
        Ok(plain)
    }

    /// Reads the plaintext of a letter.
    ///
    /// # Errors
    /// See [`LetterError`]; nothing of a letter that is wrong anywhere is believed.
    pub fn from_plain(plain: &[u8]) -> Result<Self, LetterError> {
        if plain.len() != LETTER_PLAIN_LEN {
            return Err(LetterError::Length);
        }
        let rest = plain.strip_prefix(LETTER_MAGIC).ok_or(LetterError::Magic)?;
        let wire: Wire = wire::read(rest, VERSION).map_err(LetterError::Wire)?;
        let letter = Self { reply_key: Secret::new(wire.reply_key), text: Secret::new(wire.text) };
        if is_text(letter.text.expose()) { Ok(letter) } else { Err(LetterError::Text) }
    }
}

fn is_text(text: &str) -> bool {
    let fine = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    (1..=LETTER_CHARS).contains(&text.chars().count()) && text.chars().all(fine)
}
