//! What can go wrong while a film or a wall is made.

use std::path::{Path, PathBuf};

use hamseda_core::{ArtefactId, Coded, TextsError};

/// A film or wall that could not be made. Nothing half-made stands in its place; artefacts made so far are kept.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    /// A file could not be read or written.
    #[error("{path}: {source}; check space and rights, then build again")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The decoder or an encoder failed.
    #[error("{what}: {source}")]
    Cage {
        /// What was being made.
        what: String,
        /// Why.
        source: hamseda_cage::CageError,
    },
    /// A stored file could not be decoded.
    #[error("{what}: {source}; prepare it again")]
    Media {
        /// What was being read.
        what: String,
        /// Why.
        source: hamseda_cage::MediaError,
    },
    /// A protected master is not there.
    #[error("artefact {0} is missing; run `hamseda fsck`, then build again")]
    Missing(ArtefactId),
    /// The store of artefacts failed.
    #[error(transparent)]
    Vault(#[from] hamseda_vault::VaultError),
    /// An encoder wrote something that can't be joined.
    #[error("encoded stream: {0}; delete the artefact and build again")]
    Stream(String),
    /// The finished file failed its check.
    #[error("{path}: {what}; it was not put in place")]
    Check {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A master is shorter than the plan says.
    #[error("master {master} ends early: {got} frames of {wanted}; prepare it again")]
    Short {
        /// Which.
        master: ArtefactId,
        /// Frames decoded.
        got: u64,
        /// Frames the plan counts on.
        wanted: u64,
    },
    /// A wall of nothing.
    #[error("no message may be shown on the wall; accept some whose senders allow it, then build again")]
    EmptyWall,
    /// The film's own words are damaged.
    #[error(transparent)]
    Texts(#[from] TextsError),
}

impl FilmError {
    /// For `map_err`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    /// For `map_err`.
    pub(crate) fn cage(what: impl Into<String>) -> impl FnOnce(hamseda_cage::CageError) -> Self {
        let what = what.into();
        move |source| Self::Cage { what, source }
    }

    pub(crate) fn stream(what: impl Into<String>) -> Self {
        Self::Stream(what.into())
    }
}

impl Coded for FilmError {
    fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "film-file",
            Self::Cage { source, .. } => source.code(),
            Self::Media { source, .. } => source.code(),
            Self::Missing(_) => "film-missing",
            Self::Vault(source) => source.code(),
            Self::Stream(_) => "film-stream",
            Self::Check { .. } => "film-check",
            Self::Short { .. } => "film-short",
            Self::EmptyWall => "film-empty-wall",
            Self::Texts(_) => "film-texts",
        }
    }
}
