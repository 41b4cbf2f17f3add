//! What can go wrong, each with a stable code.

mod codes;

use hamseda_core::{Coded, Day};

pub use codes::{LetterError, SmallFileError, StatusError, WireError, WrittenError};

/// Text or bytes that are not a hybrid recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a post-quantum age recipient; one starts with age1pq1 and is about 1,960 characters long")]
pub struct RecipientError;

/// Text that is not a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a receipt is 14 digits; check for one that is missing or was misread")]
pub struct ParseReceiptError;

/// A word that is not in the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{word}” is not one of the words{}; look again at what was written down", proposal(.near))]
pub struct UnknownWord {
    /// As it was written.
    pub word: String,
    /// Words it may have been, at most three.
    pub near: Vec<&'static str>,
}

fn proposal(near: &[&'static str]) -> String {
    if near.is_empty() { String::new() } else { format!(", but these are: {}", near.join(", ")) }
}

impl Coded for UnknownWord {
    fn code(&self) -> &'static str {
        "word-unknown"
    }
}

/// Bytes or text that can't be an invite token. Servers answer it like a good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an invite; copy the whole link, or go on without one")]
pub struct TokenError;

impl Coded for TokenError {
    fn code(&self) -> &'static str {
        "token"
    }
}

/// Issuers that a campaign can't have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// Not RSA 2048 with exponent 65537.
    #[error("an issuer's key is RSA 2048 with exponent 65537, as base64 of its SubjectPublicKeyInfo; copy it again")]
    Key,
    /// One key twice.
    #[error("two issuers have the same key; each signs with its own")]
    Repeated,
}

impl Coded for IssuerError {
    fn code(&self) -> &'static str {
        match self {
            Self::Key => "issuer-key",
            Self::Repeated => "issuer-repeated",
        }
    }
}

/// A key set that must not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// Not the JSON of a key set.
    #[error("key set: {0}; fetch the file again from the campaign")]
    Json(#[from] serde_json::Error),
    /// Readable, but written in another way than the one allowed.
    #[error("key set: the file was reformatted or changed on its way; fetch it again, byte for byte")]
    NotCanonical,
    /// A format this version doesn't know.
    #[error("key set: made by another version of Hamseda; update this one")]
    Format,
    /// The origin can't be a log origin.
    #[error("key set: the origin is a name without blanks or '+', such as orvana.example/we-can")]
    Origin,
    /// A recipient that can't be read.
    #[error("key set: {0}")]
    Recipient(#[from] RecipientError),
    /// Too few or too many recipients.
    #[error("key set: holds {0} desk keys; 2 to 8 are allowed, so that the loss of one is not fatal")]
    Count(usize),
    /// One recipient twice.
    #[error("key set: names one desk key twice, which would leave nothing when that key is lost")]
    Repeated,
    /// The campaign key is not a valid Ed25519 key.
    #[error("key set: the campaign key is not a valid Ed25519 key")]
    CampaignKey,
    /// Signed by another campaign than the one that is pinned.
    #[error(
        "key set: signed by another campaign key than the one expected; do not seal, ask the campaign by another way"
    )]
    OtherCampaign,
    /// The signature doesn't fit.
    #[error(
        "key set: the signature does not fit; do not seal, fetch the file again or ask the campaign by another way"
    )]
    Signature,
    /// Signed already.
    #[error("key set: signed already; put it in place with: hamseda keyset install")]
    Signed,
    /// Another campaign's key set, signed by the pinned key.
    #[error("key set: made for {found:?}, not for {expected:?}; copy the files of one campaign")]
    OtherOrigin {
        /// Origin in the key set.
        found: String,
        /// The campaign's.
        expected: String,
    },
    /// Two different sets of one epoch.
    #[error(
        "key set: another one of epoch {0} is here already; somebody signed two, so don't use either before you know why"
    )]
    Fork(u32),
    /// Older than one already seen.
    #[error("key set: of epoch {epoch}, but epoch {current} is in use; an older one is never put back")]
    Rollback {
        /// Epoch of the one given.
        epoch: u32,
        /// Epoch in use.
        current: u32,
    },
    /// The key set has run out.
    #[error("key set: ran out after {expires} (today is {today}); fetch the current one from the campaign")]
    Expired {
        /// Last day of use.
        expires: Day,
        /// Today.
        today: Day,
    },
}

impl Coded for KeySetError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "keyset-json",
            Self::NotCanonical => "keyset-not-canonical",
            Self::Format => "keyset-format",
            Self::Origin => "keyset-origin",
            Self::Recipient(_) => "keyset-recipient",
            Self::Count(_) => "keyset-count",
            Self::Repeated => "keyset-repeated",
            Self::CampaignKey => "keyset-campaign-key",
            Self::OtherCampaign => "keyset-other-campaign",
            Self::Signature => "keyset-signature",
            Self::Signed => "keyset-signed",
            Self::OtherOrigin { .. } => "keyset-other-origin",
            Self::Fork(_) => "keyset-fork",
            Self::Rollback { .. } => "keyset-rollback",
            Self::Expired { .. } => "keyset-expired",
        }
    }
}

/// A record that must not be written or believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Not CBOR of a record.
    #[error("the record inside the seal can't be read: {0}")]
    Cbor(String),
    /// A version this program doesn't know.
    #[error("the record inside the seal has version {0}; update the desk to read it")]
    Version(u8),
    /// The same facts, written in another way, or a field nobody knows.
    #[error("the record inside the seal is not written in the one allowed way, or has a field that is not known")]
    NotCanonical,
    /// Something follows the record in its block.
    #[error("something follows the record inside the seal; a message has one record")]
    Trailing,
    /// A field has a value that is not allowed.
    #[error("the record inside the seal: {0} is not allowed")]
    Field(&'static str),
    /// A name too long or unprintable.
    #[error("the name to show has 1 to {0} characters and no control characters; choose a shorter one")]
    Pseudonym(usize),
}

impl Coded for RecordError {
    fn code(&self) -> &'static str {
        match self {
            Self::Cbor(_) => "record-cbor",
            Self::Version(_) => "record-version",
            Self::NotCanonical => "record-not-canonical",
            Self::Trailing => "record-trailing",
            Self::Field(_) => "record-field",
            Self::Pseudonym(_) => "record-pseudonym",
        }
    }
}

/// Sealing failed. What was written so far is of no use: delete it.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// More than the largest class holds.
    #[error("the clip is larger than {max} bytes; shorten it or record at a lower quality")]
    TooLong {
        /// Largest clip, bytes.
        max: u64,
    },
    /// The choices can't be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The clip can't be read.
    #[error("the clip can't be read: {0}")]
    Read(#[source] std::io::Error),
    /// The sealed file can't be written.
    #[error("the sealed file can't be written: {0}")]
    Write(#[source] std::io::Error),
    /// Encryption itself failed.
    #[error("encrypting failed; nothing was sent. Fetch the key set again")]
    Wrap,
}

impl Coded for SealError {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "seal-too-long",
            Self::Record(error) => error.code(),
            Self::Read(_) => "seal-read",
            Self::Write(_) => "seal-write",
            Self::Wrap => "seal-wrap",
        }
    }
}

/// Bytes that are not the outside of a sealed message. Says nothing about the inside, which only a desk key shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// The first line is not age's.
    #[error("this is not a sealed message; seal the clip first, never send it as it is")]
    NotAge,
    /// A stanza of another kind.
    #[error("encrypted to a key of a kind that is not allowed here; seal with the campaign's key set")]
    ForeignStanza,
    /// Fewer stanzas than the key set has keys.
    #[error("encrypted to fewer keys than the campaign's key set has; fetch the current key set and seal again")]
    TooFewStanzas,
    /// More stanzas than the key set has keys.
    #[error("encrypted to more keys than the campaign's key set has; fetch the current key set and seal again")]
    ExtraStanza,
    /// A byte of the header is none of those allowed at its place.
    #[error("the header of the sealed message is damaged; send it again from the sealed file")]
    Malformed,
    /// The length is none of the classes'.
    #[error("a sealed message never has this length; the file was cut or added to, or sealed with another key set")]
    Length,
    /// More bytes than announced.
    #[error("more bytes came than were announced; send the sealed file again")]
    TooLong,
    /// Fewer bytes than announced.
    #[error("{missing} bytes are still missing; send the rest")]
    TooShort {
        /// Bytes still to come.
        missing: u64,
    },
}

impl Coded for ShapeError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAge => "shape-not-age",
            Self::ForeignStanza => "shape-foreign-stanza",
            Self::TooFewStanzas => "shape-too-few-stanzas",
            Self::ExtraStanza => "shape-extra-stanza",
            Self::Malformed => "shape-malformed",
            Self::Length => "shape-length",
            Self::TooLong => "shape-too-long",
            Self::TooShort { .. } => "shape-too-short",
        }
    }
}
