//! The clock of film and masters: integers only, so that sound and picture can't drift apart.
//!
//! 30 frames and 48,000 samples a second meet every 16 frames: 16 / 30 s = 25,600 samples = 25 AAC frames of 1,024.
//! Every clip, card and transition is a whole number of these units, so any of them joins any other by copying.

/// Video frames a second.
pub const FPS: u32 = 30;
/// Audio samples a second and channel.
pub const SAMPLE_RATE: u32 = 48_000;
/// Audio channels.
pub const CHANNELS: u32 = 2;
/// Video frames in one lattice unit.
pub const UNIT_FRAMES: u32 = 16;
/// AAC frames (1,024 samples each) in one lattice unit.
pub const UNIT_AAC_FRAMES: u32 = 25;
/// Samples per channel in one lattice unit.
pub const UNIT_SAMPLES: u32 = UNIT_AAC_FRAMES * 1024;
/// Width of masters and of the 16:9 film, pixels.
pub const WIDTH: u32 = 1280;
/// Height of masters and of the 16:9 film, pixels.
pub const HEIGHT: u32 = 720;

/// Units that hold `frames` video frames (rounded up; at least one).
#[must_use]
pub const fn units_for_frames(frames: u64) -> u32 {
    let units = frames.div_ceil(UNIT_FRAMES as u64);
    if units == 0 { 1 } else { units as u32 }
}

/// Length of `units`, milliseconds, rounded to the nearest.
#[must_use]
pub const fn millis(units: u32) -> u64 {
    (units as u64 * UNIT_FRAMES as u64 * 1000 + FPS as u64 / 2) / FPS as u64
}

const _: () = assert!(UNIT_SAMPLES * FPS == UNIT_FRAMES * SAMPLE_RATE, "the lattice must close");
