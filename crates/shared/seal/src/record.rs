//! The record inside a seal: what the contributor chose, and the facts the log needs. Always 16 KiB, always last.
//!
//! CBOR, one byte string for one record: it is decoded, encoded again and compared, which refuses unknown and
//! repeated fields, other orders and longer ways to write a number. After it the block is zeros.

use minicbor::{Decode, Decoder, Encode};
use zeroize::Zeroizing;

use hamseda_core::{Choices, Limits, Picture, Secret, Uses, Voice};

use crate::code::CodeKeys;
use crate::error::RecordError;

/// Length of the record's block, bytes.
pub const RECORD_LEN: usize = 16 * 1024;

const VERSION: u8 = 1;

/// What the contributor decides before sealing.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Protection, place, name, uses.
    pub choices: Choices,
    /// Key under which the desk writes status and replies; `None` when the contributor wants no code.
    pub reply_key: Option<Secret<[u8; 32]>>,
    /// What takes the message back; drawn at random where no code gives it.
    pub withdrawal: Option<Secret<[u8; 32]>>,
}

impl Draft {
    /// A draft without a code.
    #[must_use]
    pub const fn new(choices: Choices) -> Self {
        Self { choices, reply_key: None, withdrawal: None }
    }

    /// A draft whose status is read, and which is taken back, with a code.
    #[must_use]
    pub fn with_code(choices: Choices, keys: CodeKeys) -> Self {
        Self { choices, reply_key: Some(keys.reply_key), withdrawal: Some(keys.withdrawal) }
    }

    /// Whether the choices can be written.
    ///
    /// # Errors
    /// [`RecordError::Pseudonym`].
    pub fn check(&self, limits: &Limits) -> Result<(), RecordError> {
        check_pseudonym(self.choices.pseudonym.as_deref(), limits)
    }
}

/// Everything a sealed message says about itself.
#[derive(Debug, Clone)]
pub struct Record {
    /// True length of the clip, bytes.
    pub clip_len: u64,
    /// What the contributor chose.
    pub choices: Choices,
    /// Public tag.
    pub tag: [u8; 16],
    /// Commitment to the randomness behind the tag.
    pub r_commitment: [u8; 32],
    /// Commitment to the withdrawal secret.
    pub w_commitment: [u8; 32],
    /// Key for status and replies.
    pub reply_key: Option<Secret<[u8; 32]>>,
}

/// The record as CBOR: a map with small numbers as keys, ascending; a field that is `None` is left out.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    version: u8,
    #[n(1)]
    clip_len: u64,
    #[cbor(n(2), with = "minicbor::bytes")]
    tag: [u8; 16],
    #[cbor(n(3), with = "minicbor::bytes")]
    r_commitment: [u8; 32],
    #[cbor(n(4), with = "minicbor::bytes")]
    w_commitment: [u8; 32],
    /// 0 hide, 1 mask, 2 show.
    #[n(5)]
    picture: u8,
    /// 0 mute, 1 alter, 2 keep.
    #[n(6)]
    voice: u8,
    /// Language code.
    #[n(7)]
    lang: String,
    /// Bits: 1 film, 2 wall, 4 count, 8 testimony.
    #[n(8)]
    uses: u8,
    #[n(9)]
    place: Option<String>,
    #[n(10)]
    pseudonym: Option<String>,
    #[cbor(n(11), with = "minicbor::bytes")]
    reply_key: Option<[u8; 32]>,
}

/// The one field that every version has.
#[derive(Decode)]
#[cbor(map)]
struct WireVersion {
    #[n(0)]
    version: u8,
}

impl Record {
    /// The record's block.
    ///
    /// # Errors
    /// [`RecordError::Pseudonym`].
    pub fn to_block(&self, limits: &Limits) -> Result<Zeroizing<Vec<u8>>, RecordError> {
        check_pseudonym(self.choices.pseudonym.as_deref(), limits)?;
        let mut block = self.to_wire().encode()?;
        if block.len() > RECORD_LEN {
            return Err(RecordError::Field("a record of more than 16 KiB"));
        }
        block.resize(RECORD_LEN, 0);
        Ok(block)
    }

    /// Reads a record's block.
    ///
    /// # Errors
    /// See [`RecordError`]; nothing of a record that is wrong anywhere is believed.
    pub fn from_block(block: &[u8; RECORD_LEN], limits: &Limits) -> Result<Self, RecordError> {
        let version = minicbor::decode::<WireVersion>(block).map_err(cbor)?.version;
        if version != VERSION {
            return Err(RecordError::Version(version));
        }
        let mut decoder = Decoder::new(block);
        let wire: Wire = decoder.decode().map_err(cbor)?;
        let (cbor, rest) = block.split_at(decoder.position());
        if wire.encode()?.as_slice() != cbor {
            return Err(RecordError::NotCanonical);
        }
        if rest.iter().any(|&byte| byte != 0) {
            return Err(RecordError::Trailing);
        }
        let record = wire.into_record()?;
        check_pseudonym(record.choices.pseudonym.as_deref(), limits)?;
        Ok(record)
    }

    fn to_wire(&self) -> Wire {
        let choices = &self.choices;
        Wire {
            version: VERSION,
            clip_len: self.clip_len,
            tag: self.tag,
            r_commitment: self.r_commitment,
            w_commitment: self.w_commitment,
            picture: match choices.picture {
                Picture::Hide => 0,
                Picture::Mask => 1,
                Picture::Show => 2,
            },
            voice: match choices.voice {
                Voice::Mute => 0,
                Voice::Alter => 1,
                Voice::Keep => 2,
            },
            lang: choices.lang.code().to_owned(),
            uses: uses_to_bits(choices.uses),
            place: choices.place.as_ref().map(ToString::to_string),
            pseudonym: choices.pseudonym.clone(),
            reply_key: self.reply_key.as_ref().map(|key| *key.expose()),
        }
    }
}

impl Wire {
    fn encode(&self) -> Result<Zeroizing<Vec<u8>>, RecordError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(RECORD_LEN));
        minicbor::encode(self, &mut *bytes).map_err(|error| RecordError::Cbor(error.to_string()))?;
        Ok(bytes)
    }

    fn into_record(self) -> Result<Record, RecordError> {
        let choices = Choices {
            picture: match self.picture {
                0 => Picture::Hide,
                1 => Picture::Mask,
                2 => Picture::Show,
                _ => return Err(RecordError::Field("picture")),
            },
            voice: match self.voice {
                0 => Voice::Mute,
                1 => Voice::Alter,
                2 => Voice::Keep,
                _ => return Err(RecordError::Field("voice")),
            },
            lang: self.lang.parse().map_err(|_| RecordError::Field("language"))?,
            place: self.place.map(|place| place.parse()).transpose().map_err(|_| RecordError::Field("place"))?,
            pseudonym: self.pseudonym,
            uses: uses_from_bits(self.uses).ok_or(RecordError::Field("uses"))?,
        };
        Ok(Record {
            clip_len: self.clip_len,
            choices,
            tag: self.tag,
            r_commitment: self.r_commitment,
            w_commitment: self.w_commitment,
            reply_key: self.reply_key.map(Secret::new),
        })
    }
}

const fn uses_to_bits(uses: Uses) -> u8 {
    uses.film as u8 | (uses.wall as u8) << 1 | (uses.count as u8) << 2 | (uses.testimony as u8) << 3
}

fn uses_from_bits(bits: u8) -> Option<Uses> {
    let bit = |i: u8| bits >> i & 1 == 1;
    (bits < 16).then(|| Uses { film: bit(0), wall: bit(1), count: bit(2), testimony: bit(3) })
}

fn check_pseudonym(pseudonym: Option<&str>, limits: &Limits) -> Result<(), RecordError> {
    let fine = |name: &str| {
        (1..=limits.pseudonym_chars).contains(&name.chars().count()) && !name.chars().any(char::is_control)
    };
    if pseudonym.is_none_or(fine) { Ok(()) } else { Err(RecordError::Pseudonym(limits.pseudonym_chars)) }
}

fn cbor(error: minicbor::decode::Error) -> RecordError {
    RecordError::Cbor(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hamseda_core::Lang;

    fn record() -> Record {
        let choices = Choices {
            picture: Picture::Mask,
            voice: Voice::Alter,
            lang: Lang::Fa,
            place: Some("miravan".parse().unwrap()),
            pseudonym: Some("دریا".into()),
            uses: Uses::PUBLIC,
        };
        let reply_key = Some(Secret::new([4; 32]));
        Record { clip_len: 70_000, choices, tag: [1; 16], r_commitment: [2; 32], w_commitment: [3; 32], reply_key }
    }

    fn block(record: &Record) -> [u8; RECORD_LEN] {
        record.to_block(&Limits::DEFAULT).unwrap().as_slice().try_into().unwrap()
    }

    /// The format, byte by byte: the sealer in the browser writes the same.
    #[test]
    fn a_record_is_these_bytes() {
        let bytes = block(&record());
        let cbor = [
            &b"\xac\x00\x01\x01\x1a\x00\x01\x11\x70\x02\x50"[..],
            &[1; 16],
            b"\x03\x58\x20",
            &[2; 32],
            b"\x04\x58\x20",
            &[3; 32],
            b"\x05\x01\x06\x01\x07\x62fa\x08\x07\x09\x67miravan\x0a\x68",
            "دریا".as_bytes(),
            b"\x0b\x58\x20",
            &[4; 32],
        ]
        .concat();
        assert_eq!(bytes[..cbor.len()], cbor);
        assert!(bytes[cbor.len()..].iter().all(|&byte| byte == 0));
    }

    #[test]
    fn a_field_that_is_none_is_left_out() {
        let mut record = record();
        (record.choices.place, record.choices.pseudonym, record.reply_key) = (None, None, None);
        let bytes = block(&record);
        assert_eq!(bytes[0], 0xa9);
        assert_eq!(Record::from_block(&bytes, &Limits::DEFAULT).unwrap().choices, record.choices);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

        /// One meaning, one byte string: what is still accepted after a change means exactly the changed bytes.
        #[test]
        fn what_is_accepted_is_written_the_same(at in 0usize..200, byte: u8) {
            let mut bytes = block(&record());
            bytes[at] = byte;
            if let Ok(read) = Record::from_block(&bytes, &Limits::DEFAULT) {
                proptest::prop_assert!(block(&read) == bytes);
            }
        }

        #[test]
        fn rubbish_is_refused_calmly(start in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..64)) {
            let mut bytes = [0; RECORD_LEN];
            bytes[..start.len()].copy_from_slice(&start);
            proptest::prop_assert!(Record::from_block(&bytes, &Limits::DEFAULT).is_err());
        }
    }
}
