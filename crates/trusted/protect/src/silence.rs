//! Silence before the first word and after the last, in video frames.
//!
//! Refuses to cut much: somebody may be speaking with their hands, so at most a third of a clip and three seconds at
//! each end are cut, and nothing is cut where the sound says little.

use hamseda_core::lattice::{CHANNELS, FPS, SAMPLE_RATE};

/// Samples (all channels) that sound during one video frame.
const FRAME_SAMPLES: usize = (SAMPLE_RATE / FPS * CHANNELS) as usize;
/// Shorter silence stays: 0.6 s.
const LEAST: u64 = 18;
/// What stays of a longer one, as breath: 0.3 s.
const BREATH: u64 = 9;
/// Most that is cut at one end: 3 s.
const MOST: u64 = 90;
/// Quieter than the loudest tenth of a clip by this factor is silence: 30 dB.
const QUIET: f32 = 0.032;

/// Frames to cut at the start and at the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Trim {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// What to cut of a clip with this sound.
pub(crate) fn trim(samples: &[f32]) -> Trim {
    let loudness: Vec<f32> = samples.chunks_exact(FRAME_SAMPLES).map(rms).collect();
    let mut sorted = loudness.clone();
    sorted.sort_by(f32::total_cmp);
    let Some(&loud) = sorted.get(sorted.len() * 9 / 10) else { return Trim::default() };
    let heard = |level: &&f32| **level > loud * QUIET && **level > 0.000_5;
    let voiced = loudness.iter().filter(heard).count();
    if voiced * 4 < loudness.len() {
        return Trim::default();
    }
    let before = loudness.iter().take_while(|level| !heard(level)).count() as u64;
    let after = loudness.iter().rev().take_while(|level| !heard(level)).count() as u64;
    let most = MOST.min(loudness.len() as u64 / 3);
    let cut = |silent: u64| if silent > LEAST { (silent - BREATH).min(most) } else { 0 };
    Trim { start: cut(before), end: cut(after) }
}

fn rms(samples: &[f32]) -> f32 {
    let sum: f32 = samples.iter().map(|s| s * s).sum();
    (sum / samples.len() as f32).sqrt()
}

/// The samples that belong to `frames` video frames from frame `start` on, silence where there are none.
pub(crate) fn cut(samples: &[f32], start: u64, frames: u64) -> Vec<f32> {
    let (start, length) = (start as usize * FRAME_SAMPLES, frames as usize * FRAME_SAMPLES);
    let mut out: Vec<f32> = samples.iter().skip(start).take(length).copied().collect();
    out.resize(length, 0.0);
    out
}

/// Video frames that the samples last, begun ones included.
pub(crate) fn frames_of(samples: &[f32]) -> u64 {
    samples.len().div_ceil(FRAME_SAMPLES) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tenths of a second of a tone at each level.
    fn sound(levels: &[f32]) -> Vec<f32> {
        let wave = |i: usize| (i as f32 * 0.05).sin();
        levels.iter().flat_map(|&level| (0..9_600).map(move |i| level * wave(i))).collect()
    }

    #[test]
    fn long_silence_is_cut_to_a_breath() {
        let [quiet, voice] = [[0.0; 20], [0.3; 20]];
        let at = |parts: &[&[f32]]| trim(&sound(&parts.concat()));
        assert_eq!(at(&[&quiet, &voice, &quiet]), Trim { start: 51, end: 51 });
        assert_eq!(at(&[&quiet[..5], &voice, &quiet[..5]]), Trim::default());
        assert_eq!(at(&[&quiet, &quiet, &voice, &voice]), Trim { start: 80, end: 0 }, "at most a third");
    }

    #[test]
    fn a_clip_that_says_little_is_left_alone() {
        assert_eq!(trim(&sound(&[[0.0; 40].as_slice(), &[0.5], &[0.0; 10]].concat())), Trim::default());
        assert_eq!(trim(&[]), Trim::default());
    }
}
