//! What a running intake knows. All of it is public, but for the hash of the desk's token, which opens nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hamseda_core::{Campaign, Clock, Limits};
use hamseda_inbox::Inbox;

use crate::IntakeError;
use crate::keys::Keys;

/// How bytes that arrive become parts.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Largest part, bytes. One request never holds more than this in memory.
    pub part_bytes: usize,
    /// Parts smaller than this, bytes, are written only when a request ends.
    pub least_bytes: usize,
    /// Bytes wait at most this long for their part to fill up: a line that dies unnoticed costs no more.
    pub flush: Duration,
    /// A request on which nothing comes for this long has ended.
    pub idle: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            part_bytes: 2 * 1024 * 1024,
            least_bytes: 64 * 1024,
            flush: Duration::from_secs(10),
            idle: Duration::from_secs(60),
        }
    }
}

/// Everything [`crate::serve`] needs.
#[derive(Clone)]
pub struct Config {
    pub(crate) campaign: Campaign,
    pub(crate) campaign_toml: String,
    pub(crate) keys: Arc<Keys>,
    pub(crate) pull_token_sha256: [u8; 32],
    pub(crate) limits: Limits,
    pub(crate) pace: Pace,
    pub(crate) inbox: Inbox,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Config {
    /// Checks what the public machine was given: `campaign.toml` and `keyset.json` as they lie on its disk, and the
    /// SHA-256 (hex) of the token with which the desk pulls.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub fn new(
        campaign_toml: String,
        keyset_json: &[u8],
        pull_token_sha256: &str,
        inbox: Inbox,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, IntakeError> {
        let campaign = Campaign::parse(&campaign_toml)?;
        let keys = Arc::new(Keys::new(&campaign, keyset_json)?);
        let mut token = [0; 32];
        hex::decode_to_slice(pull_token_sha256, &mut token).map_err(|_| IntakeError::PullToken)?;
        let (limits, pace) = (Limits::DEFAULT, Pace::default());
        Ok(Self { campaign, campaign_toml, keys, pull_token_sha256: token, limits, pace, inbox, clock })
    }

    /// Takes further key sets from `folder`, one file an epoch, now and whenever a new one is put there.
    ///
    /// # Errors
    /// See [`IntakeError`]; [`IntakeError::OldKeySet`] when `keyset.json` is not the newest.
    pub fn with_key_sets(mut self, folder: PathBuf) -> Result<Self, IntakeError> {
        self.keys = Arc::new(Keys::new(&self.campaign, self.keys.current().to_json().as_bytes())?.with_folder(folder)?);
        Ok(self)
    }

    /// Other limits than [`Limits::DEFAULT`].
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Another pace than the default.
    #[must_use]
    pub const fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }
}
