//! The status record: what a contributor reads under a code. Always 4,096 bytes, encrypted under the reply key.
//!
//! The desk writes all records anew every day, so a record's change says nothing; the intake keeps them and can't open
//! one. For a locator nobody has, the intake answers random bytes of the same length: who does not know the code can't
//! tell one from the other, and who knows it sees [`StatusError::Nothing`].

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use hkdf::Hkdf;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use hamseda_core::{Day, Locator, MessageState, Random, Secret};

use crate::code;
use crate::error::StatusError;
use crate::wire;

/// Length of a record, bytes.
pub const STATUS_LEN: usize = 4096;
/// Longest reply, characters.
pub const REPLY_CHARS: usize = 800;
const NONCE: usize = 24;
const TAG: usize = 16;
const PLAIN: usize = STATUS_LEN - NONCE - TAG;
const VERSION: u8 = 1;

/// Where a message stands, as its sender is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Status {
    /// It reached the desk whole.
    Arrived = 0,
    /// It waits for a decision, or for its batch.
    InReview = 1,
    /// Its leaf is in the log.
    Counted = 2,
    /// It is put aside, or kept as testimony.
    Held = 3,
    /// It is not used.
    NotUsed = 4,
    /// It was taken back.
    Withdrawn = 5,
    /// It can't be opened or decoded.
    Unreadable = 6,
}

impl Status {
    /// Every status, in the order of their numbers.
    pub const ALL: [Self; 7] =
        [Self::Arrived, Self::InReview, Self::Counted, Self::Held, Self::NotUsed, Self::Withdrawn, Self::Unreadable];

    /// The word for machine-readable output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::InReview => "in-review",
            Self::Counted => "counted",
            Self::Held => "held",
            Self::NotUsed => "not-used",
            Self::Withdrawn => "withdrawn",
            Self::Unreadable => "unreadable",
        }
    }

    fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

impl From<MessageState> for Status {
    fn from(state: MessageState) -> Self {
        match state {
            MessageState::Stored => Self::Arrived,
            // Accepted is told as counted only when the log shows it: the receipt can be checked from then on.
            MessageState::Prepared | MessageState::Accepted => Self::InReview,
            MessageState::Released => Self::Counted,
            MessageState::Held => Self::Held,
            MessageState::Rejected | MessageState::Duplicate => Self::NotUsed,
            MessageState::Withdrawn => Self::Withdrawn,
            MessageState::Unreadable => Self::Unreadable,
        }
    }
}

/// What a contributor reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRecord {
    /// Where the message stands.
    pub status: Status,
    /// The day of writing.
    pub day: Day,
    /// Replies of the desk, newest last.
    pub replies: Vec<String>,
}

/// The key of one record; follows from the reply key, which does not follow from it.
#[derive(Debug, Clone)]
pub struct RecordKey(Secret<[u8; 32]>);

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    version: u8,
    #[n(1)]
    status: u8,
    #[n(2)]
    day: i32,
    #[n(3)]
    replies: Vec<String>,
}

impl RecordKey {
    /// The key of a reply key's record.
    #[must_use]
    pub fn of(reply_key: &Secret<[u8; 32]>) -> Self {
        Self(code::expand(&Hkdf::new(None, reply_key.expose()), b"status record"))
    }

    /// A key that was kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The key itself, to be kept.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

impl StatusRecord {
    /// Writes the record. The oldest replies are left out when there is no room for all.
    ///
    /// # Errors
    /// [`StatusError::TooLong`] when the newest reply alone does not fit.
    pub fn seal(
        &self,
        key: &RecordKey,
        locator: Locator,
        random: &mut dyn Random,
    ) -> Result<[u8; STATUS_LEN], StatusError> {
        let mut plain = self.plain()?;
        plain.resize(PLAIN, 0);
        let nonce: [u8; NONCE] = random.bytes();
        let cipher = XChaCha20Poly1305::new(key.expose().into());
        let sealed = cipher.encrypt_in_place(&nonce.into(), locator.as_bytes(), &mut *plain);
        sealed.map_err(|_| StatusError::TooLong)?;
        let mut record = [0; STATUS_LEN];
        record[..NONCE].copy_from_slice(&nonce);
        record[NONCE..].copy_from_slice(&plain);
        Ok(record)
    }

    /// Opens a record.
    ///
    /// # Errors
    /// [`StatusError::Nothing`] when there is none of this code (or it was changed); the others for bytes that only a
    /// faulty desk writes.
    pub fn open(record: &[u8], key: &RecordKey, locator: Locator) -> Result<Self, StatusError> {
        let record: &[u8; STATUS_LEN] = record.try_into().map_err(|_| StatusError::Length)?;
        let (nonce, sealed) = record.split_at(NONCE);
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| StatusError::Length)?;
        let mut plain = Zeroizing::new(sealed.to_vec());
        let cipher = XChaCha20Poly1305::new(key.expose().into());
        let opened = cipher.decrypt_in_place(&nonce.into(), locator.as_bytes(), &mut *plain);
        opened.map_err(|_| StatusError::Nothing)?;
        let wire: Wire = wire::read(&plain, VERSION).map_err(StatusError::Wire)?;
        let status = Status::of_number(wire.status).ok_or(StatusError::Field)?;
        Ok(Self { status, day: Day(wire.day), replies: wire.replies })
    }

    fn plain(&self) -> Result<Zeroizing<Vec<u8>>, StatusError> {
        for skipped in 0..=self.replies.len() {
            let replies = self.replies[skipped..].to_vec();
            if replies.is_empty() && !self.replies.is_empty() {
                break;
            }
            let wire = Wire { version: VERSION, status: self.status as u8, day: self.day.0, replies };
            let mut plain = Zeroizing::new(Vec::with_capacity(STATUS_LEN));
            wire::write(&wire, &mut plain).map_err(StatusError::Wire)?;
            if plain.len() <= PLAIN {
                return Ok(plain);
            }
        }
        Err(StatusError::TooLong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hamseda_core::OsRandom;
    use proptest::prelude::*;

    const LOCATOR: Locator = Locator::from_bytes([2; 32]);

    fn key() -> RecordKey {
        RecordKey::of(&Secret::new([1; 32]))
    }

    fn seal(record: &StatusRecord) -> [u8; STATUS_LEN] {
        record.seal(&key(), LOCATOR, &mut OsRandom).unwrap()
    }

    proptest! {
        #[test]
        fn a_record_opens_and_keeps_the_newest_replies(
            status in 0u8..7, day: i32, replies in proptest::collection::vec(".{0,800}", 0..6)
        ) {
            let record = StatusRecord { status: Status::of_number(status).unwrap(), day: Day(day), replies };
            let bytes = seal(&record);
            let opened = StatusRecord::open(&bytes, &key(), LOCATOR).unwrap();
            prop_assert_eq!((opened.status, opened.day), (record.status, record.day));
            prop_assert!(record.replies.ends_with(&opened.replies));
            prop_assert_eq!(opened.replies.is_empty(), record.replies.is_empty());
            prop_assert!(seal(&record) != bytes, "every writing has a nonce of its own");
        }

        #[test]
        fn a_changed_record_is_no_record(at in 0..STATUS_LEN, change in 1u8..) {
            let mut bytes = seal(&StatusRecord { status: Status::Held, day: Day(1), replies: vec!["x".into()] });
            bytes[at] ^= change;
            prop_assert!(matches!(StatusRecord::open(&bytes, &key(), LOCATOR), Err(StatusError::Nothing)));
        }
    }

    #[test]
    fn a_record_belongs_to_its_locator_and_its_key() {
        let bytes = seal(&StatusRecord { status: Status::Held, day: Day(1), replies: vec![] });
        let open = |key, locator| StatusRecord::open(&bytes, &key, locator);
        assert!(matches!(open(key(), Locator::from_bytes([3; 32])), Err(StatusError::Nothing)));
        assert!(matches!(open(RecordKey::from_bytes([1; 32]), LOCATOR), Err(StatusError::Nothing)));
    }

    #[test]
    fn the_longest_reply_fits_in_every_script() {
        let reply = "\u{1f54a}".repeat(REPLY_CHARS);
        let record = StatusRecord { status: Status::Counted, day: Day(i32::MIN), replies: vec!["old".into(), reply] };
        assert_eq!(StatusRecord::open(&seal(&record), &key(), LOCATOR).unwrap(), record);
        let long = StatusRecord { replies: vec!["x".repeat(STATUS_LEN)], ..record };
        assert!(matches!(long.seal(&key(), LOCATOR, &mut OsRandom), Err(StatusError::TooLong)));
    }
}
