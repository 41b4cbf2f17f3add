//! Looks at a sealed message from outside while its bytes arrive: what the blind intake can and must check.
//!
//! Only one kind of stanza is allowed, so every byte of the header has one place and a set of values that may stand
//! there: the check is a table walk. It buffers nothing, refuses at the first byte that is wrong, and its whole state
//! is a position, so it goes on after a cut from the offset alone. A client's word ("I encrypted this") is never asked.
//!
//! Refuses: to guess what is inside. A well-shaped file may still hold rubbish.

use hamseda_core::Limits;

use crate::class::SizeClass;
use crate::error::ShapeError;
use crate::format::{
    ENCAPPED_LEN, MAC_LEN, MAC_START, STANZA_LEN, STANZA_START, VERSION_LINE, WRAPPED_LEN, base64_len, header_len,
};

/// A check of one arriving file.
#[derive(Debug, Clone)]
pub struct ShapeCheck {
    recipients: usize,
    total: u64,
    at: u64,
}

impl ShapeCheck {
    /// Starts a check of a file of `total` bytes, sealed to a key set of `recipients` keys.
    ///
    /// # Errors
    /// [`ShapeError::Length`] when no size class has this length.
    pub fn new(recipients: usize, total: u64, limits: &Limits) -> Result<Self, ShapeError> {
        Self::resume(recipients, total, 0, limits)
    }

    /// Goes on with a check whose first `at` bytes passed.
    ///
    /// # Errors
    /// [`ShapeError::Length`] as in [`ShapeCheck::new`]; [`ShapeError::TooLong`] when `at` lies beyond the end.
    pub fn resume(recipients: usize, total: u64, at: u64, limits: &Limits) -> Result<Self, ShapeError> {
        if !SizeClass::sealed_lens(recipients, limits).any(|len| len == total) {
            return Err(ShapeError::Length);
        }
        if at > total { Err(ShapeError::TooLong) } else { Ok(Self { recipients, total, at }) }
    }

    /// Bytes that passed so far.
    #[must_use]
    pub const fn at(&self) -> u64 {
        self.at
    }

    /// Checks the next bytes.
    ///
    /// # Errors
    /// The first byte that is wrong decides, however the bytes are cut; the position then stays before it, so that
    /// the same bytes fail again.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), ShapeError> {
        let header_left = (header_len(self.recipients) as u64).saturating_sub(self.at);
        let in_header = usize::try_from(header_left).map_or(bytes.len(), |left| left.min(bytes.len()));
        for &byte in &bytes[..in_header] {
            check_byte(self.recipients, self.at as usize, byte)?;
            self.at += 1;
        }
        // After the header every byte is possible: nonce and ciphertext look random.
        let rest = (bytes.len() - in_header) as u64;
        let left = self.total - self.at;
        self.at += rest.min(left);
        if rest > left { Err(ShapeError::TooLong) } else { Ok(()) }
    }

    /// Ends the check.
    ///
    /// # Errors
    /// [`ShapeError::TooShort`] while bytes are missing.
    pub const fn finish(self) -> Result<(), ShapeError> {
        match self.total - self.at {
            0 => Ok(()),
            missing => Err(ShapeError::TooShort { missing }),
        }
    }
}

/// Checks the first bytes of a header, as far as they go.
///
/// # Errors
/// The first byte that is wrong decides. Bytes beyond the header are not looked at.
pub fn check_header(recipients: usize, bytes: &[u8]) -> Result<(), ShapeError> {
    bytes.iter().take(header_len(recipients)).enumerate().try_for_each(|(at, &byte)| check_byte(recipients, at, byte))
}

/// Checks the byte at position `at` of a header with `recipients` stanzas.
fn check_byte(recipients: usize, at: usize, byte: u8) -> Result<(), ShapeError> {
    let Some(after_version) = at.checked_sub(VERSION_LINE.len()) else {
        return literal(VERSION_LINE, at, byte, ShapeError::NotAge);
    };
    let (stanza, place) = (after_version / STANZA_LEN, after_version % STANZA_LEN);
    if stanza < recipients {
        check_stanza_byte(place, byte)
    } else {
        check_mac_byte(after_version - recipients * STANZA_LEN, byte)
    }
}

fn check_stanza_byte(at: usize, byte: u8) -> Result<(), ShapeError> {
    let Some(at) = at.checked_sub(STANZA_START.len()) else {
        let error = match (at, byte) {
            (1, b'-') => ShapeError::TooFewStanzas, // "---": the MAC line came early
            (0..3, _) => ShapeError::Malformed,
            _ => ShapeError::ForeignStanza,
        };
        return literal(STANZA_START, at, byte, error);
    };
    match at.checked_sub(base64_len(ENCAPPED_LEN) + 1) {
        None => check_base64_line(ENCAPPED_LEN, at, byte),
        Some(at) => check_base64_line(WRAPPED_LEN, at, byte),
    }
}

fn check_mac_byte(at: usize, byte: u8) -> Result<(), ShapeError> {
    match at.checked_sub(MAC_START.len()) {
        None if at == 1 && byte == b'>' => Err(ShapeError::ExtraStanza), // "->": a stanza where none is left
        None => literal(MAC_START, at, byte, ShapeError::Malformed),
        Some(at) => check_base64_line(MAC_LEN, at, byte),
    }
}

/// A line of unpadded base64 of `bytes` bytes and its line feed. The bits left over in the last digit must be zero:
/// one value has one text.
fn check_base64_line(bytes: usize, at: usize, byte: u8) -> Result<(), ShapeError> {
    let len = base64_len(bytes);
    let fine = if at == len {
        byte == b'\n'
    } else {
        let left_over = (len * 6 - bytes * 8) as u32;
        base64_digit(byte).is_some_and(|digit| at + 1 < len || digit.trailing_zeros() >= left_over)
    };
    if fine { Ok(()) } else { Err(ShapeError::Malformed) }
}

fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

fn literal(text: &str, at: usize, byte: u8, error: ShapeError) -> Result<(), ShapeError> {
    if text.as_bytes()[at] == byte { Ok(()) } else { Err(error) }
}
