//! Why a site could not be built or checked.

use std::io;
use std::path::{Path, PathBuf};

use hamseda_core::Coded;

/// What stopped the press.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// A file could not be read or written.
    #[error("{at}: {why}; check that the disk has room and that the folder may be written, then build again")]
    Io {
        /// The file.
        at: PathBuf,
        /// What the system said.
        why: io::Error,
    },
    /// The target folder holds something else.
    #[error("{0} is not empty and holds no site; choose another folder, or empty this one")]
    NotASite(PathBuf),
    /// A path inside the site that is not allowed.
    #[error("{0:?} is not a path inside a site")]
    Path(String),
    /// A clip is not the one its P leaf commits to.
    #[error(
        "{0} is not the file that was logged when it was published; run `hamseda fsck`, and publish the clip again"
    )]
    Changed(PathBuf),
    /// A picture that can't be read.
    #[error("{at}: {why}; prepare this message again")]
    Picture {
        /// The picture.
        at: PathBuf,
        /// What the decoder said.
        why: String,
    },
    /// A page could not be written from its template.
    #[error("page {page}: {why}")]
    Page {
        /// The page's path.
        page: String,
        /// What the template said.
        why: String,
    },
    /// The log's parts don't belong together.
    #[error("log: {0}; run `hamseda fsck`")]
    Log(#[from] hamseda_tally::TallyError),
    /// Manifest or its signature.
    #[error("{site}: {why}; get a fresh copy from the campaign, or build the site again")]
    Manifest {
        /// The site.
        site: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A published message's row or file is gone from the vault.
    #[error("the vault lost {0}, which a published message needs; run `hamseda fsck`, then prepare the message again")]
    Lost(String),
    /// The vault.
    #[error("{0}")]
    Vault(#[from] hamseda_vault::VaultError),
    /// The signer refused.
    #[error("the manifest could not be signed: {0}; check the log key")]
    Sign(String),
}

impl PressError {
    pub(crate) fn io(at: &Path, why: io::Error) -> Self {
        Self::Io { at: at.to_owned(), why }
    }
}

impl Coded for PressError {
    fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "press-io",
            Self::NotASite(_) => "press-not-a-site",
            Self::Path(_) => "press-path",
            Self::Changed(_) => "press-clip-changed",
            Self::Picture { .. } => "press-picture",
            Self::Page { .. } => "press-page",
            Self::Log(_) => "press-log",
            Self::Manifest { .. } => "press-manifest",
            Self::Lost(_) => "press-lost",
            Self::Vault(_) => "press-vault",
            Self::Sign(_) => "press-sign",
        }
    }
}
