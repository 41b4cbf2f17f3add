//! Why a message can't be prepared, in words for the reviewer's queue.

use std::io;

use hamseda_cage::CageError;
use hamseda_core::Coded;
use hamseda_open::OpenError;
use hamseda_vault::VaultError;

/// A clip that gave no master.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The cage refused or failed.
    #[error(transparent)]
    Cage(#[from] CageError),
    /// No picture at all.
    #[error("there is no picture in it, only sound; ask for a video")]
    NoPicture,
    /// A picture in a form we don't read.
    #[error("its picture is in a form that is not read here; ask for the clip as the phone recorded it")]
    PictureCodec,
    /// Sound that nobody can hear.
    #[error("it had sound, but none of it can be decoded; ask for the clip as the phone recorded it")]
    SoundCodec,
    /// Sound that comes out as nothing.
    #[error("it had sound, but came out silent: the sound is damaged; ask for the clip again")]
    SoundLost,
    /// Not one frame.
    #[error("not one picture in it can be decoded: it is damaged; ask for the clip again")]
    NothingDecoded,
    /// Shorter than anything that is said.
    #[error("it lasts {millis} ms, which is too short to show; ask for the clip again")]
    TooShort {
        /// Its length.
        millis: u64,
    },
    /// A file of ours can't be written or is not what we wrote.
    #[error("a result can't be written ({0}); look at the disk's free space")]
    Io(#[from] io::Error),
    /// Loudness can't be measured, a picture not compressed: a defect.
    #[error("a library refused its input ({0}); report this defect")]
    Library(String),
}

impl PrepareError {
    /// Whether the clip is at fault, so that trying again is useless.
    #[must_use]
    pub const fn blames_clip(&self) -> bool {
        match self {
            Self::Cage(inner) => inner.blames_clip(),
            Self::Io(_) | Self::Library(_) => false,
            _ => true,
        }
    }
}

impl Coded for PrepareError {
    fn code(&self) -> &'static str {
        match self {
            Self::Cage(inner) => inner.code(),
            Self::NoPicture => "clip-no-picture",
            Self::PictureCodec => "clip-picture-codec",
            Self::SoundCodec => "clip-sound-codec",
            Self::SoundLost => "clip-sound-lost",
            Self::NothingDecoded => "clip-nothing-decoded",
            Self::TooShort { .. } => "clip-too-short",
            Self::Io(_) => "prepare-io",
            Self::Library(_) => "prepare-library",
        }
    }
}

/// A job that this machine could not do; another attempt may.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The vault failed, or the lease is lost.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The sealed bytes could not be read.
    #[error(transparent)]
    Open(OpenError),
    /// Preparing failed through no fault of the clip.
    #[error(transparent)]
    Prepare(PrepareError),
    /// The work was broken off.
    #[error("preparing was broken off ({0}); it runs again")]
    Broken(String),
}

impl Coded for JobError {
    fn code(&self) -> &'static str {
        match self {
            Self::Vault(inner) => inner.code(),
            Self::Open(inner) => inner.code(),
            Self::Prepare(inner) => inner.code(),
            Self::Broken(_) => "prepare-broken-off",
        }
    }
}
