//! One loudness for all voices: EBU R128, −16 LUFS, true peaks at most −1 dBTP.

use std::collections::VecDeque;

use ebur128::{EbuR128, Mode};
use hamseda_core::lattice::{CHANNELS, SAMPLE_RATE};

use crate::error::PrepareError;

/// Integrated loudness of every master, LUFS.
const TARGET_LUFS: f64 = -16.0;
/// Above this gain it is the room that gets loud, not the voice, decibels. Many whisper: a whisper into a phone at arm's
/// length needs 30.
const MAX_GAIN_DB: f64 = 36.0;
/// Sample peaks are held here, so that true peaks stay below −1 dBTP after AAC as well, decibels full scale.
const CEILING_DB: f64 = -2.5;
/// True peaks before encoding, dBTP.
const TRUE_PEAK_DB: f64 = -1.8;
/// The limiter begins to turn down this long before a peak and ends as long after it: 5 ms.
const REACH: usize = SAMPLE_RATE as usize / 200;
/// Limiting lowers the loudness a little; further rounds make up for it.
const ROUNDS: u32 = 4;
/// Near enough to the target to stop, LU.
const NEAR: f64 = 0.1;

const CHANNEL_COUNT: usize = CHANNELS as usize;

/// What was measured and done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Level {
    /// Before, LUFS.
    pub(crate) before: f64,
    /// Gain given, decibels.
    pub(crate) gain_db: f64,
}

/// Brings interleaved stereo samples to the target; `None` when there is nothing to hear.
pub(crate) fn level(samples: &mut [f32]) -> Result<Option<Level>, PrepareError> {
    let before = loudness(samples)?;
    if !before.is_finite() {
        samples.fill(0.0);
        return Ok(None);
    }
    let source = samples.to_vec();
    let mut gain_db = 0.0;
    let mut now = before;
    for _ in 0..ROUNDS {
        gain_db = f64::min(gain_db + TARGET_LUFS - now, MAX_GAIN_DB);
        let gain = amplitude(gain_db);
        samples.iter_mut().zip(&source).for_each(|(out, s)| *out = s * gain);
        limit(samples, amplitude(CEILING_DB));
        now = loudness(samples)?;
        if (now - TARGET_LUFS).abs() < NEAR {
            break;
        }
    }
    let peak = true_peak(samples)?;
    let over = amplitude(TRUE_PEAK_DB) / peak as f32;
    if over < 1.0 {
        samples.iter_mut().for_each(|s| *s *= over);
    }
    Ok(Some(Level { before, gain_db }))
}

/// Integrated loudness, LUFS.
fn loudness(samples: &[f32]) -> Result<f64, PrepareError> {
    meter(samples, Mode::I)?.loudness_global().map_err(library)
}

/// Largest true peak of either channel, 1 being full scale. Costs far more than loudness.
fn true_peak(samples: &[f32]) -> Result<f64, PrepareError> {
    let meter = meter(samples, Mode::TRUE_PEAK)?;
    let peaks =
        (0..CHANNELS).map(|channel| meter.true_peak(channel)).collect::<Result<Vec<_>, _>>().map_err(library)?;
    Ok(peaks.into_iter().fold(0.0, f64::max))
}

fn meter(samples: &[f32], mode: Mode) -> Result<EbuR128, PrepareError> {
    let mut meter = EbuR128::new(CHANNELS, SAMPLE_RATE, mode).map_err(library)?;
    meter.add_frames_f32(samples).map_err(library)?;
    Ok(meter)
}

fn library(error: ebur128::Error) -> PrepareError {
    PrepareError::Library(error.to_string())
}

fn amplitude(db: f64) -> f32 {
    10f64.powf(db / 20.0) as f32
}

/// Turns down around peaks so that no sample exceeds `ceiling`. Both channels get the same gain: nothing moves sideways.
fn limit(samples: &mut [f32], ceiling: f32) {
    let needed: Vec<f32> = samples
        .chunks_exact(CHANNEL_COUNT)
        .map(|frame| {
            let peak = frame.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
            if peak > ceiling { ceiling / peak } else { 1.0 }
        })
        .collect();
    if needed.iter().all(|&gain| gain >= 1.0) {
        return;
    }
    // The least gain within reach, then its mean over the same reach: smooth, and never above what a peak needs.
    let gains = mean_around(&least_around(&needed));
    for (frame, gain) in samples.chunks_exact_mut(CHANNEL_COUNT).zip(gains) {
        frame.iter_mut().for_each(|s| *s = (*s * gain).clamp(-ceiling, ceiling));
    }
}

/// For each place the least of the values at most [`REACH`] away.
fn least_around(values: &[f32]) -> Vec<f32> {
    let mut rising: VecDeque<usize> = VecDeque::new();
    let mut out = Vec::with_capacity(values.len());
    let mut next = 0;
    for i in 0..values.len() {
        while next < values.len() && next <= i + REACH {
            while rising.back().is_some_and(|&last| values[last] >= values[next]) {
                rising.pop_back();
            }
            rising.push_back(next);
            next += 1;
        }
        while rising.front().is_some_and(|&first| first + REACH < i) {
            rising.pop_front();
        }
        out.push(rising.front().map_or(1.0, |&least| values[least]));
    }
    out
}

/// For each place the mean of the values at most [`REACH`] away.
fn mean_around(values: &[f32]) -> Vec<f32> {
    let mut sums = Vec::with_capacity(values.len() + 1);
    let mut sum = 0.0f64;
    sums.push(sum);
    for &value in values {
        sum += f64::from(value);
        sums.push(sum);
    }
    (0..values.len())
        .map(|i| {
            let (from, to) = (i.saturating_sub(REACH), (i + REACH + 1).min(values.len()));
            ((sums[to] - sums[from]) / (to - from) as f64) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: u32, seconds: usize, loud: f32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(747_796_405).wrapping_add(1);
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            loud * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
        };
        // Speech-like: bursts and pauses.
        (0..seconds * 96_000).map(|i| if i / 20_000 % 3 == 0 { next() * 0.05 } else { next() }).collect()
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]
        #[test]
        fn every_voice_ends_at_one_loudness_without_clipping(seed: u32, loud in 0.02f32..1.0) {
            let mut samples = noise(seed, 3, loud);
            level(&mut samples).unwrap().unwrap();
            let (after, peak) = (loudness(&samples).unwrap(), true_peak(&samples).unwrap());
            proptest::prop_assert!((after - TARGET_LUFS).abs() < 0.5, "{after} LUFS");
            proptest::prop_assert!(20.0 * peak.log10() <= -1.0, "{peak} true peak");
        }

        #[test]
        fn a_limited_sample_is_never_above_the_ceiling(values in proptest::collection::vec(-4.0f32..4.0, 0..3000)) {
            let mut samples = values;
            samples.truncate(samples.len() / 2 * 2);
            limit(&mut samples, 0.7);
            proptest::prop_assert!(samples.iter().all(|s| s.abs() <= 0.7));
        }
    }

    #[test]
    fn silence_stays_silence() {
        let mut samples = vec![0.000_01; 96_000];
        assert_eq!(level(&mut samples).unwrap(), None);
        assert!(samples.iter().all(|&s| s == 0.0));
        assert_eq!(level(&mut []).unwrap(), None);
    }
}
