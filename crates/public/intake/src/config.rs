//! What a running intake knows. All of it is public, but for the hash of the desk's token, which opens nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hamseda_core::{Campaign, Clock, Limits};
use hamseda_inbox::Inbox;
use hamseda_seal::token::Issuers;

use crate::IntakeError;
use crate::keys::Keys;

/// Room for ten thousand hostile lines and some more.
const CONNECTIONS: usize = 16_000;

/// How bytes that arrive become parts.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Largest part, bytes.
    pub part_bytes: usize,
    /// Most bytes that one request gathers in memory before they go to the disk.
    pub piece_bytes: usize,
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
            part_bytes: 4 * 1024 * 1024,
            piece_bytes: 128 * 1024,
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
    pub(crate) issuers: Issuers,
    pub(crate) limits: Limits,
    /// Most connections at one time.
    pub(crate) connections: usize,
    /// For conformance suites: any length up to this, and any bytes.
    pub(crate) any_length: Option<u64>,
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
        let issuers = Issuers::new(&campaign.issuers)?;
        let mut token = [0; 32];
        hex::decode_to_slice(pull_token_sha256, &mut token).map_err(|_| IntakeError::PullToken)?;
        let (limits, pace) = (Limits::DEFAULT, Pace::default());
        Ok(Self {
            campaign,
            campaign_toml,
            keys,
            pull_token_sha256: token,
            issuers,
            limits,
            connections: CONNECTIONS,
            any_length: None,
            pace,
            inbox,
            clock,
        })
    }

    /// Takes further key sets from `folder`, one file an epoch, now and whenever a new one is put there.
    ///
    /// # Errors
    /// See [`IntakeError`]; [`IntakeError::OldKeySet`] when `keyset.json` is not the newest.
    pub fn with_key_sets(mut self, folder: PathBuf) -> Result<Self, IntakeError> {
        self.keys = Arc::new(Keys::new(&self.campaign, self.keys.current().to_json().as_bytes())?.with_folder(folder)?);
        Ok(self)
    }

    /// Room for another number of connections than 16,000. When all are taken, somebody uninvited has to leave.
    #[must_use]
    pub const fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// Takes uploads of any bytes and any length up to `longest`, for suites that test the protocol. The program for
    /// contributors is built without it.
    #[cfg(feature = "conformance")]
    #[must_use]
    pub const fn with_any_length(mut self, longest: u64) -> Self {
        self.any_length = Some(longest);
        self
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
