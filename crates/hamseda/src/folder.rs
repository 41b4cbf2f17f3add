//! The campaign folder: where everything lies, and its two settings files. Opens no database and no key.

use std::fs;
use std::path::{Path, PathBuf};

use hamseda_core::{Campaign, Limits};
use serde::{Deserialize, Serialize};

use crate::failure::{At, Failure};

/// A campaign folder and the paths inside it.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A folder that holds a campaign.
    pub(crate) fn open(root: &Path) -> Result<Self, Failure> {
        let folder = Self { root: fs::canonicalize(root).at(root)? };
        if !folder.campaign_file().is_file() {
            let what = format!("{} holds no campaign.toml; make a campaign with: hamseda init DIR", root.display());
            return Err(Failure::refused("folder", what));
        }
        Ok(folder)
    }

    /// A folder that will hold one.
    #[cfg(feature = "trusted")]
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn campaign_file(&self) -> PathBuf {
        self.path("campaign.toml")
    }

    pub(crate) fn keyset_file(&self) -> PathBuf {
        self.path("keyset.json")
    }

    #[cfg(feature = "trusted")]
    pub(crate) fn key(&self, name: &str) -> PathBuf {
        self.root.join("keys").join(name)
    }

    pub(crate) fn campaign(&self) -> Result<Campaign, Failure> {
        let path = self.campaign_file();
        let text = fs::read_to_string(&path).at(&path)?;
        Campaign::parse(&text).map_err(|e| Failure::refused("campaign-file", format!("{}: {e}", path.display())))
    }

    /// Settings of the trusted machine.
    #[cfg(feature = "trusted")]
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        self.toml("hamseda.toml")
    }

    /// Settings of the public machine.
    #[cfg(feature = "intake")]
    pub(crate) fn intake_settings(&self) -> Result<IntakeSettings, Failure> {
        self.toml("intake.toml")
    }

    fn toml<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Result<T, Failure> {
        let path = self.path(name);
        let text = fs::read_to_string(&path).at(&path)?;
        toml::from_str(&text).map_err(|e| Failure::refused("settings", format!("{}: {e}", path.display())))
    }

    /// A store's URL with a relative path made absolute within the folder.
    pub(crate) fn store_url(&self, url: &str) -> String {
        for scheme in ["sqlite:", "file:"] {
            if let Some(path) = url.strip_prefix(scheme) {
                return format!("{scheme}{}", self.root.join(path).display());
            }
        }
        url.to_owned()
    }
}

/// `hamseda.toml`: the trusted machine.
#[cfg(feature = "trusted")]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) vault: StoreSettings,
}

/// `intake.toml`: the public machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntakeSettings {
    /// SHA-256 of the token with which the desk pulls, hex.
    pub(crate) pull_token_sha256: String,
    pub(crate) inbox: StoreSettings,
    #[serde(default)]
    pub(crate) limits: IntakeLimits,
}

/// How much the public machine holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct IntakeLimits {
    /// Bytes of all messages that are on its disk.
    pub(crate) inbox_bytes: u64,
    /// Of these, what uninvited senders may take; the rest is kept for the invited.
    pub(crate) quarantine_bytes: u64,
    /// Unfinished uploads at one time, in each of the two lanes.
    pub(crate) open_uploads: u32,
    /// Days after which an unfinished upload is removed.
    pub(crate) upload_days: i32,
}

impl Default for IntakeLimits {
    fn default() -> Self {
        let Limits { inbox_bytes, quarantine_bytes, open_uploads, upload_days, .. } = Limits::DEFAULT;
        Self { inbox_bytes, quarantine_bytes, open_uploads, upload_days }
    }
}

impl From<&IntakeLimits> for Limits {
    fn from(limits: &IntakeLimits) -> Self {
        let IntakeLimits { inbox_bytes, quarantine_bytes, open_uploads, upload_days } = *limits;
        Self { inbox_bytes, quarantine_bytes, open_uploads, upload_days, ..Self::DEFAULT }
    }
}

/// Where a room keeps rows and bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreSettings {
    /// `sqlite:PATH` (relative to the folder) or `postgres://…`.
    pub(crate) database: String,
    /// `file:PATH` (relative to the folder).
    pub(crate) blobs: String,
}
