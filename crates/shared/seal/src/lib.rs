//! The sealed message: what a contributor's device writes and the intake may look at.
//!
//! A sealed message is an age v1 file (<https://c2sp.org/age>) with one post-quantum hybrid stanza per key of the
//! campaign's key set, around `hamseda1 | clip | zeros up to a size class | 16 KiB record`. Any age tool that knows
//! `mlkem768x25519` and holds a desk key opens it.
//!
//! Refuses: to open anything (that is `hamseda-open`, on the trusted machine), to hold a secret key, to seal to a key
//! set that is not signed or has run out, to write a stanza of any other kind, and to say anything about a message's
//! length finer than its class.
//!
//! Header and payload are written here and not by the `age` crate, because that crate adds a random "grease" stanza
//! (which would mark files of our command line), takes no randomness as an argument and has no post-quantum
//! recipients. It stays a foreign reader in the tests of `hamseda-open`, beside typage.

mod bech;
pub mod bundle;
mod carried;
mod class;
mod code;
mod device;
mod error;
pub mod format;
pub mod handover;
mod keyset;
mod keysets;
mod letter;
pub mod parts;
mod receipt;
mod recipient;
mod record;
mod sealer;
mod shape;
mod small;
mod status;
mod stream;
pub mod token;
mod wire;
pub mod words;
mod written;

pub use carried::{CARRIED_MAGIC_LEN, Carried};
pub use class::SizeClass;
pub use code::{Code, CodeKeys, locator};
pub use device::{DeviceSecrets, handle, r_commitment, tag, w_commitment};
pub use error::{
    IssuerError, KeySetError, LetterError, ParseReceiptError, RecipientError, RecordError, SealError, ShapeError,
    SmallFileError, StatusError, TokenError, UnknownWord, WireError, WrittenError,
};
pub use keyset::{CurrentKeySet, KeySet, KeySetTerms, MAX_RECIPIENTS, MIN_RECIPIENTS};
pub use keysets::KeySets;
pub use letter::{LETTER_CHARS, LETTER_MAGIC, LETTER_PLAIN_LEN, Letter, check_letter, letter_len};
pub use receipt::Receipt;
pub use recipient::Recipient;
pub use record::{Draft, RECORD_LEN, Record};
pub use sealer::{MAGIC, Sealed, Sealer, seal};
pub use shape::{ShapeCheck, check_header};
pub use small::{SMALL_LEN, SmallFile};
pub use status::{REPLY_CHARS, RecordKey, STATUS_LEN, Status, StatusRecord};
