//! Errors of what is copied by hand, and of status records, letters and small files.

use hamseda_core::Coded;

use super::UnknownWord;

/// Text that is not a code or a receipt, as a person wrote it down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrittenError {
    /// Too few or too many.
    #[error("there are {found} {what} here, and it has {want}; check for one that is missing or was read twice")]
    Count {
        /// "words" or "digits".
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there must be.
        want: usize,
    },
    /// A word of no list.
    #[error("word {place}: {word}")]
    Unknown {
        /// Its place, from 1.
        place: usize,
        /// The word, and those it may have been.
        word: UnknownWord,
    },
    /// A group of digits above the end of the list.
    #[error("group {place} is too large a number; look again at what was written down")]
    Range {
        /// Its place, from 1.
        place: usize,
    },
    /// Words and digits, or words of two languages.
    #[error("write either words of one language or digits, not both; nothing else belongs there")]
    Mixed,
}

impl WrittenError {
    pub(crate) const fn words(found: usize, want: usize) -> Self {
        Self::Count { what: "words", found, want }
    }

    pub(crate) const fn digits(found: usize, want: usize) -> Self {
        Self::Count { what: "digits", found, want }
    }
}

impl Coded for WrittenError {
    fn code(&self) -> &'static str {
        match self {
            Self::Count { .. } => "word-count",
            Self::Unknown { word, .. } => word.code(),
            Self::Range { .. } => "digits",
            Self::Mixed => "word-mixed",
        }
    }
}

/// CBOR that is not written in the one allowed way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not CBOR of this kind.
    #[error("it can't be read: {0}")]
    Cbor(String),
    /// A version this program doesn't know.
    #[error("it has version {0}; update this program")]
    Version(u8),
    /// The same facts, written in another way, or a field nobody knows.
    #[error("it is not written in the one allowed way, or has a field that is not known")]
    NotCanonical,
    /// Something stands where zeros must be.
    #[error("something follows it where zeros must be")]
    Trailing,
}

/// A status record that can't be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// No record of this code.
    #[error(
        "nothing is known under this code; the desk writes once a day, so look again tomorrow, and check every word"
    )]
    Nothing,
    /// Not 4,096 bytes.
    #[error("an answer has 4096 bytes, and this has not; fetch it again")]
    Length,
    /// The inside can't be believed.
    #[error("the status record: {0}; tell the campaign by another way")]
    Wire(WireError),
    /// A status nobody knows.
    #[error("the status record names a status that is not known; update this program")]
    Field,
    /// The newest reply does not fit.
    #[error("the reply is too long for a record; shorten it")]
    TooLong,
}

impl Coded for StatusError {
    fn code(&self) -> &'static str {
        match self {
            Self::Nothing => "status-none",
            Self::Length => "status-length",
            Self::Wire(WireError::Cbor(_)) => "status-cbor",
            Self::Wire(WireError::Version(_)) => "status-version",
            Self::Wire(WireError::NotCanonical) => "status-not-canonical",
            Self::Wire(WireError::Trailing) => "status-trailing",
            Self::Field => "status-field",
            Self::TooLong => "status-too-long",
        }
    }
}

/// A letter that can't be written or believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// Another length.
    #[error("a letter is 16 KiB long inside its seal, and this is not")]
    Length,
    /// Another kind of file.
    #[error("opens, but is not a letter")]
    Magic,
    /// The inside can't be believed.
    #[error("the letter: {0}")]
    Wire(WireError),
    /// An empty or too long text.
    #[error("a letter has 1 to 4000 characters and no control characters; shorten it")]
    Text,
}

impl Coded for LetterError {
    fn code(&self) -> &'static str {
        match self {
            Self::Length => "letter-length",
            Self::Magic => "letter-magic",
            Self::Wire(WireError::Cbor(_)) => "letter-cbor",
            Self::Wire(WireError::Version(_)) => "letter-version",
            Self::Wire(WireError::NotCanonical) => "letter-not-canonical",
            Self::Wire(WireError::Trailing) => "letter-trailing",
            Self::Text => "letter-text",
        }
    }
}

/// Bytes that are not a small file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmallFileError {
    /// Not 4,096 bytes.
    #[error("a small file has 4096 bytes; this one has not: it was cut, or is something else")]
    Length,
    /// None of the kinds.
    #[error("this is not a small file of this program; make it again from the code")]
    Kind,
    /// Something stands where zeros must be.
    #[error("this small file was changed; make it again from the code")]
    Trailing,
}

impl Coded for SmallFileError {
    fn code(&self) -> &'static str {
        match self {
            Self::Length => "small-length",
            Self::Kind => "small-kind",
            Self::Trailing => "small-trailing",
        }
    }
}
