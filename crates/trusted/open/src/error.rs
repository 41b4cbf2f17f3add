//! Why a file did not open, one variant for each cause: it is what custody records and what a reviewer reads.

use hamseda_core::Coded;
use hamseda_seal::{KeySetError, LetterError, RecordError, ShapeError};

/// A sealed file that is not opened. Nothing of its content was released.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The header is not that of a sealed message.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// No stanza opens with the keys given.
    #[error("sealed to other keys than those given; open it with the desk keys of the key set it was sealed to")]
    UnknownRecipient,
    /// The header's MAC is wrong.
    #[error("the header was changed after sealing; ask for the sealed file again by another road")]
    HeaderMac,
    /// The file ends early.
    #[error("the sealed file was cut; ask for the rest, or for the file again")]
    Truncated,
    /// Something follows the last chunk.
    #[error("something was added after the end of the sealed file; ask for the file again")]
    TrailingBytes,
    /// A chunk belongs to another place of the same file.
    #[error("the pieces of the sealed file are in the wrong order, or one is missing; join the parts again by number")]
    Reordered,
    /// A chunk fails authentication.
    #[error("the sealed file was damaged or changed after sealing; ask for the file again")]
    Tampered,
    /// Larger than the largest class.
    #[error("the sealed file is larger than the largest size class; raise the limit if the campaign allows it")]
    TooLarge,
    /// The plaintext has the length of no class.
    #[error("opens, but has the length of no size class: not made by a Hamseda sealer")]
    Length,
    /// The plaintext doesn't start with the magic.
    #[error("opens, but is not a Hamseda message: it does not start with hamseda1")]
    Magic,
    /// The record can't be believed.
    #[error("opens, but {0}")]
    Record(#[from] RecordError),
    /// Not a letter that can be believed.
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// The record's clip length is zero or does not fit.
    #[error("opens, but the record states a clip length that is not possible")]
    ClipLength,
    /// A larger class than the clip needs.
    #[error("opens, but was padded to another size class than its clip needs")]
    Class,
    /// Something stands where zeros must be.
    #[error("opens, but the padding after the clip holds something else than zeros")]
    Padding,
    /// The sealed file can't be read.
    #[error("the sealed file can't be read: {0}")]
    Read(#[source] std::io::Error),
    /// The sink takes no more.
    #[error("the opened clip can't be handed on: {0}")]
    Sink(#[source] std::io::Error),
}

impl Coded for OpenError {
    fn code(&self) -> &'static str {
        match self {
            Self::Shape(error) => error.code(),
            Self::UnknownRecipient => "open-unknown-recipient",
            Self::HeaderMac => "open-header-mac",
            Self::Truncated => "open-truncated",
            Self::TrailingBytes => "open-trailing-bytes",
            Self::Reordered => "open-reordered",
            Self::Tampered => "open-tampered",
            Self::TooLarge => "open-too-large",
            Self::Length => "open-length",
            Self::Magic => "open-magic",
            Self::Record(error) => error.code(),
            Self::Letter(error) => error.code(),
            Self::ClipLength => "open-clip-length",
            Self::Class => "open-class",
            Self::Padding => "open-padding",
            Self::Read(_) => "open-read",
            Self::Sink(_) => "open-sink",
        }
    }
}

/// A key that can't be made, kept or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Not an age file protected by a passphrase.
    #[error("this is not a passphrase-protected key file; check that it is the right file and whole")]
    NotAKeyFile,
    /// The passphrase doesn't open it.
    #[error("the passphrase does not open this key file; try again, and check the keyboard layout")]
    Passphrase,
    /// An empty passphrase.
    #[error("a key file needs a passphrase; choose at least five random words")]
    NoPassphrase,
    /// The file asks for more work than is sane.
    #[error("the key file asks for an unreasonable amount of work to open; it was not made by Hamseda")]
    Work,
    /// A work factor out of range.
    #[error("a work factor is from 1 to 22")]
    WorkFactor,
    /// The file opened, but holds another kind of secret.
    #[error("the file opens, but does not hold a {0}; choose the right key file")]
    OtherSecret(&'static str),
    /// The key set can't be signed.
    #[error(transparent)]
    KeySet(#[from] KeySetError),
    /// Encryption itself failed.
    #[error("the key could not be protected; nothing was written")]
    Encrypt,
}

impl Coded for KeyFileError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAKeyFile => "keyfile-not-a-key-file",
            Self::Passphrase => "keyfile-passphrase",
            Self::NoPassphrase => "keyfile-no-passphrase",
            Self::Work => "keyfile-work",
            Self::WorkFactor => "keyfile-work-factor",
            Self::OtherSecret(_) => "keyfile-other-secret",
            Self::KeySet(error) => error.code(),
            Self::Encrypt => "keyfile-encrypt",
        }
    }
}
