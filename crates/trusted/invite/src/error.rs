//! What can go wrong, each with a stable code.

use hamseda_core::{Coded, TextsError};
use hamseda_open::KeyFileError;
use hamseda_seal::IssuerError;

/// An invite that was not asked for, signed or printed.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// A file of another kind.
    #[error("this is no {0}: {1}; check which file was meant")]
    File(&'static str, serde_json::Error),
    /// A file of another version.
    #[error("this is no {0} that this version reads; update it, or ask for the file again")]
    Format(&'static str),
    /// Another campaign's.
    #[error("made for the campaign {found:?}, not for {expected:?}; check which file was meant")]
    Origin {
        /// Campaign in the file.
        found: String,
        /// The one expected.
        expected: String,
    },
    /// Another issuer's.
    #[error("made for another issuer's key than this one ({0}); send it to that issuer")]
    OtherIssuer(String),
    /// The campaign has none.
    #[error("this campaign has no such issuer; make one with: hamseda circle issuer")]
    NoIssuer,
    /// A number of invites that is not possible.
    #[error("a request asks for 1 to {0} invites; split a larger one")]
    Count(usize),
    /// A circle without a usable name.
    #[error("a circle's name has 1 to 60 characters and no line feeds")]
    Circle,
    /// A number that can't be a blinded message.
    #[error("invite {0} of the request can't be signed: it is damaged; ask the circle for the request again")]
    Blinded(usize),
    /// The answer doesn't belong to the secrets.
    #[error("the answer does not fit these secrets; each answer belongs to the secrets of its own request")]
    OtherAnswer,
    /// A signature that is none.
    #[error(
        "invite {0} of the answer is not signed by the issuer of this campaign; ask the issuer for the answer again"
    )]
    Signature(usize),
    /// The key file.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// A key of another kind.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The ledger can't be read or written.
    #[error("{}: {source}", path.display())]
    Ledger {
        /// The file.
        path: std::path::PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A line of the ledger is not one.
    #[error("line {0} of the ledger of issued invites is damaged; restore the file from its copy")]
    LedgerLine(usize),
    /// The QR code or the page could not be made.
    #[error("the sheet could not be made: {0}")]
    Sheet(String),
    /// A file of texts that was built in is broken.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// The arithmetic failed.
    #[error("computing with the key failed ({0}); nothing was signed")]
    Arithmetic(#[from] openssl::error::ErrorStack),
}

impl Coded for InviteError {
    fn code(&self) -> &'static str {
        match self {
            Self::File(..) => "invite-file",
            Self::Format(_) => "invite-format",
            Self::Origin { .. } => "invite-origin",
            Self::OtherIssuer(_) => "invite-other-issuer",
            Self::NoIssuer => "invite-no-issuer",
            Self::Count(_) => "invite-count",
            Self::Circle => "invite-circle",
            Self::Blinded(_) => "invite-blinded",
            Self::OtherAnswer => "invite-other-answer",
            Self::Signature(_) => "invite-signature",
            Self::KeyFile(error) => error.code(),
            Self::Issuer(error) => error.code(),
            Self::Ledger { .. } => "invite-ledger",
            Self::LedgerLine(_) => "invite-ledger-line",
            Self::Sheet(_) => "invite-sheet",
            Self::Texts(_) => "invite-texts",
            Self::Arithmetic(_) => "invite-arithmetic",
        }
    }
}
