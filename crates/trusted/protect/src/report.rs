//! How a master was made: kept with the message, shown on the desk. Nothing in it comes from the file's own texts.

use std::time::{Duration, Instant};

use hamseda_cage::{Cage, tool_version};
use hamseda_faces::Findings;
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
    /// Who was covered and what is uncertain about it, if the sender asked for a mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faces: Option<Findings>,
    /// How the voice was altered, if the sender asked for it; what was drawn is not kept anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<hamseda_voice::Report>,
    /// What made it.
    #[serde(default)]
    pub tools: Tools,
    /// Where the time went.
    pub spent: Spent,
}

/// Names and versions of what made a master.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tools {
    /// This program.
    pub hamseda: String,
    /// Decoder and encoder.
    pub ffmpeg: String,
    /// The sandbox they ran in.
    pub cage: String,
}

impl Tools {
    /// Those of this machine.
    pub(crate) fn of(cage: &Cage) -> Self {
        Self {
            hamseda: env!("CARGO_PKG_VERSION").into(),
            ffmpeg: tool_version().unwrap_or_default(),
            cage: cage.kind().as_str().into(),
        }
    }
}

/// Where the time went, milliseconds of wall clock. Decoders and encoders run side by side: each is charged with the time
/// in which the other and we waited for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Sniffing and probing.
    pub probe: u64,
    /// Waiting for decoders, of sound and picture.
    pub decode: u64,
    /// Waiting for encoders, of picture and sound.
    pub encode: u64,
    /// Everything else: trimming, levelling, tiles, poster, disk.
    pub rest: u64,
}

/// A clock that is stopped and started again.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch(Duration);

impl Stopwatch {
    /// Adds the time that `work` takes.
    pub(crate) fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.0 += start.elapsed();
        result
    }

    /// Milliseconds so far.
    pub(crate) fn millis(&self) -> u64 {
        millis(self.0)
    }
}

/// Milliseconds since `start`.
pub(crate) fn since(start: Instant) -> u64 {
    millis(start.elapsed())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
