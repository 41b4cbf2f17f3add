//! What keeps the intake from starting.

use hamseda_core::campaign::CampaignError;
use hamseda_core::{Coded, TextsError};
use hamseda_seal::KeySetError;

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
    /// The key set is another campaign's.
    #[error("the key set is for {keyset:?}, the campaign is {campaign:?}; copy the files of one campaign")]
    OtherCampaign {
        /// Origin in the key set.
        keyset: String,
        /// Origin in the campaign file.
        campaign: String,
    },
    /// The token's hash is not one.
    #[error("pull_token_sha256 is 64 hex digits: printf %s \"$TOKEN\" | sha256sum")]
    PullToken,
    /// A file of texts that was built in is broken.
    #[error(transparent)]
    Texts(#[from] TextsError),
}

impl Coded for IntakeError {
    fn code(&self) -> &'static str {
        match self {
            Self::Campaign(_) => "intake-campaign",
            Self::KeySet(e) => e.code(),
            Self::OtherCampaign { .. } => "intake-other-campaign",
            Self::PullToken => "intake-pull-token",
            Self::Texts(_) => "intake-texts",
        }
    }
}
