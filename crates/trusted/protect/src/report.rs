//! How a master was made: kept with the message, shown on the desk. Nothing in it comes from the file's own texts.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::treatment::Treatment;

/// Findings and parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What was done with the message.
    pub treatment: Treatment,
    /// [`crate::TEMPLATE`].
    pub template: u32,
    /// Length of the source, milliseconds, as decoded.
    pub source_millis: u64,
    /// Upright size of the source, pixels.
    pub source_size: (u32, u32),
    /// What the decoder complained of.
    pub damage: Option<String>,
    /// Silence cut off at the start and the end, video frames.
    pub trimmed_frames: (u64, u64),
    /// Integrated loudness before, LUFS; `None` without sound.
    pub loudness_before: Option<f64>,
    /// Gain that was given, decibels.
    pub gain_db: Option<f64>,
    /// Where the time went.
    pub spent: Spent,
}

/// Where the time went, milliseconds: of wall clock, but for `decode` and `encode`, which run side by side and are processor
/// time of the decoders and encoders alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Sniffing and probing.
    pub probe: u64,
    /// Decoding the sound.
    pub sound: u64,
    /// Decoding the picture and encoding it.
    pub picture: u64,
    /// Levelling and encoding the sound, putting both together.
    pub finish: u64,
    /// Processor time of all decoders.
    #[serde(default)]
    pub decode: u64,
    /// Processor time of all encoders.
    #[serde(default)]
    pub encode: u64,
}

/// Milliseconds since `start`.
pub(crate) fn since(start: Instant) -> u64 {
    millis(start.elapsed())
}

/// A time in whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
