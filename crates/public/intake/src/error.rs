//! What keeps the intake from starting.

use std::path::PathBuf;

use hamseda_core::campaign::CampaignError;
use hamseda_core::{Coded, TextsError};
use hamseda_seal::{IssuerError, KeySetError};

/// Settings the intake can't run with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// `campaign.toml` is not usable.
    #[error(transparent)]
    Campaign(#[from] CampaignError),
    /// `keyset.json` is not usable.
    #[error("key set: {0}")]
    KeySet(#[from] KeySetError),
    /// The campaign file names no key.
    #[error(
        "campaign.toml has no campaign_key, so nobody can tell the campaign's key set from another; copy the file that \
         hamseda init wrote"
    )]
    NoPin,
    /// An older key set was put back.
    #[error(
        "keyset.json is of epoch {epoch}, but keysets/ holds epoch {newest}: an older key set was put back. Put the newest \
         in place with: hamseda keyset install"
    )]
    OldKeySet {
        /// Epoch of `keyset.json`.
        epoch: u32,
        /// Highest epoch there is.
        newest: u32,
    },
    /// A key set can't be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// An issuer's key is not usable.
    #[error("campaign.toml, issuers: {0}")]
    Issuers(#[from] IssuerError),
    /// The token's hash is not one.
    #[error("pull_token_sha256 is 64 hex digits: printf %s \"$TOKEN\" | sha256sum")]
    PullToken,
    /// A file of texts that was built in is broken.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// What pages tell their script could not be written.
    #[error("the pages' facts: {0}")]
    Facts(#[from] serde_json::Error),
}

impl Coded for IntakeError {
    fn code(&self) -> &'static str {
        match self {
            Self::Campaign(_) => "intake-campaign",
            Self::KeySet(e) => e.code(),
            Self::NoPin => "intake-no-pin",
            Self::OldKeySet { .. } => "intake-old-key-set",
            Self::File { .. } => "intake-file",
            Self::Issuers(e) => e.code(),
            Self::PullToken => "intake-pull-token",
            Self::Texts(_) => "intake-texts",
            Self::Facts(_) => "intake-facts",
        }
    }
}
