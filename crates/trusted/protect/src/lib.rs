//! From an opened clip to what people may see: protected master, tiles for the wall, poster.
//!
//! Everything is decoded in the cage and encoded anew: one structure whatever the source, 1280 x 720, 30 frames a second,
//! BT.709, 48 kHz stereo at −16 LUFS, whole lattice units, no tag, no time.
//!
//! Refuses to let an unprotected frame or sample out: a choice that can't be honoured here makes the message a silent
//! card of drawn shapes ([`Treatment`]). Of a clip that becomes a card only a small picture is decoded, for its fingerprint.

mod card;
mod clip;
mod error;
mod frames;
mod job;
mod look;
mod loudness;
mod masked;
mod original;
mod picture;
mod portrait;
mod poster;
mod print;
mod recipe;
mod report;
mod sensor;
mod silence;
mod sound;
mod tiles;
mod treatment;
mod twins;
mod yuv;

use std::path::PathBuf;
use std::time::Instant;

use hamseda_cage::{Cage, Media};
use hamseda_core::{Choices, Limits};
use hamseda_fingerprint::Fingerprint;
use serde::{Deserialize, Serialize};

pub use error::{JobError, PrepareError};
pub use job::{Outcome, run_prepare_job};
pub use original::{Original, OriginalProgress, show_original};
pub use portrait::{PORTRAIT_SIDE, portrait};
pub use print::PrintKey;
pub use recipe::{MASTER, POSTER, Recipe, TEMPLATE, TILES};
pub use report::{Report, Spent, Tools};
pub use sensor::SensorVeil;
pub use treatment::{PictureTreatment, Treatment, VoiceTreatment};
pub use twins::Twins;

/// Where the results are written; the caller names and keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// MP4.
    pub master: PathBuf,
    /// Tile file ([`hamseda_core::tiles`]).
    pub tiles: PathBuf,
    /// JPEG, 1280 x 720.
    pub poster: PathBuf,
}

/// What preparing gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prepared {
    /// Length of the master, lattice units.
    pub units: u32,
    /// Whether a picture is shown; otherwise the master is a card.
    pub shown: bool,
    /// Whether anything is heard.
    pub sound: bool,
    /// How it was made.
    pub report: Report,
}

/// Makes the protected master, tiles and poster of `clip`.
///
/// `seed` makes a card unlike any other; it must say nothing of the sender (a message's random id will do).
///
/// # Errors
/// A clip that can't be shown, with the reason in words; or a machine that fails ([`PrepareError::blames_clip`]).
pub fn prepare(
    cage: &Cage,
    clip: &[u8],
    choices: &Choices,
    seed: &[u8],
    limits: &Limits,
    paths: &Paths,
) -> Result<Prepared, PrepareError> {
    Ok(prepare_and_look(cage, clip, choices, seed, limits, paths)?.0)
}

/// As [`prepare`], with the clip's fingerprint. Whoever keeps it seals it.
pub(crate) fn prepare_and_look(
    cage: &Cage,
    clip: &[u8],
    choices: &Choices,
    seed: &[u8],
    limits: &Limits,
    paths: &Paths,
) -> Result<(Prepared, Option<Fingerprint>), PrepareError> {
    let started = Instant::now();
    let media = Media::new(clip).map_err(hamseda_cage::CageError::from)?;
    let probe = cage.probe(&media, limits)?;
    let source = clip::Source::new(cage, &media, &probe, limits)?;
    let spent = Spent { probe: report::since(started), ..Spent::default() };
    clip::make(&source, Treatment::of(choices), seed, paths, spent)
}

/// Makes the master, tiles and poster of a supporter's clip: named people abroad, shown and heard as filmed.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_supporter(cage: &Cage, clip: &[u8], limits: &Limits, paths: &Paths) -> Result<Prepared, PrepareError> {
    let media = Media::new(clip).map_err(hamseda_cage::CageError::from)?;
    let probe = cage.probe(&media, limits)?;
    let source = clip::Source::new(cage, &media, &probe, limits)?;
    Ok(clip::make(&source, Treatment::AS_FILMED, &[], paths, Spent::default())?.0)
}
