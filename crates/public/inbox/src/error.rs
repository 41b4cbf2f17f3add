//! What the inbox refuses, with stable codes.

use std::sync::Arc;

use hamseda_core::Coded;
use hamseda_store::StoreError;

/// A verb that was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InboxError {
    /// Never made, finished, expired or removed.
    #[error("there is no such upload; begin again")]
    Unknown,
    /// The bytes offered do not begin where the durable ones end.
    #[error("this upload goes on at byte {expected}; ask for its offset and send from there")]
    Offset {
        /// Where it goes on.
        expected: u64,
    },
    /// More bytes than were declared.
    #[error("these bytes go beyond the declared length; begin again with the right one")]
    TooLong,
    /// A newer request goes on with this upload.
    #[error("a newer request took this upload over; nothing of it is lost")]
    Taken,
    /// Cut into so many pieces that it costs more than it carries.
    #[error("this upload came in too many small pieces; begin again with larger ones")]
    TooManyParts,
    /// A part that tells another story of its file than those that are here.
    #[error(
        "this part does not fit the others of its file; cut the sealed file again and send all parts of one cutting"
    )]
    OtherCut,
    /// Another part of this number is here.
    #[error("another part of this number is here already; one of the two is damaged: send all parts again")]
    OtherPart,
    /// The parts do not make the file that they name.
    #[error("the parts do not make the sealed file that they name; they were removed: send all of them again")]
    NotTheFile,
    /// No room for now.
    #[error("there is no room for more at the moment; try again tomorrow, or use another address of the campaign")]
    Full,
    /// The database or the blobs failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// As [`InboxError::Store`], for everybody whose change was in the same transaction.
    #[error(transparent)]
    Batch(Arc<StoreError>),
    /// The process is ending.
    #[error("the inbox is closing; ask where the upload stands and go on")]
    Stopped,
}

impl InboxError {
    /// Whether the disk had no room for it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full => true,
            Self::Store(error) => error.is_full(),
            Self::Batch(error) => error.is_full(),
            _ => false,
        }
    }
}

impl Coded for InboxError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "inbox-unknown",
            Self::Offset { .. } => "inbox-offset",
            Self::TooLong => "inbox-too-long",
            Self::Taken => "inbox-taken",
            Self::TooManyParts => "inbox-too-many-parts",
            Self::OtherCut => "inbox-other-cut",
            Self::OtherPart => "inbox-other-part",
            Self::NotTheFile => "inbox-not-the-file",
            Self::Full => "inbox-full",
            Self::Store(e) => e.code(),
            Self::Batch(e) => e.code(),
            Self::Stopped => "inbox-stopped",
        }
    }
}
