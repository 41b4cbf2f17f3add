//! Sound of a segment: stereo 48 kHz, made so that its AAC frames can stand beside any other segment's.
//!
//! An AAC frame overlaps its neighbours. A segment therefore begins and ends in silence: its first 1,024 samples are muted
//! (21 ms), then 10 ms rise, and the last 10 ms fall. The encoder's delay of one frame falls into that muted frame:
//! it is given the sound from sample 1,024 on, so that frame `k` decodes to samples `1,024 k …` and no edit list or
//! player has to know of any delay.

use hamseda_core::lattice::{CHANNELS, SAMPLE_RATE, UNIT_SAMPLES};

/// Interleaved samples in one AAC frame.
const FRAME: usize = 1024 * CHANNELS as usize;
/// Interleaved samples of a fade.
const FADE: usize = (SAMPLE_RATE / 100 * CHANNELS) as usize;

/// Interleaved samples of `units`.
pub(crate) const fn samples_of(units: u32) -> usize {
    units as usize * (UNIT_SAMPLES * CHANNELS) as usize
}

/// Cuts or pads `samples` to `units`, fades both ends, and moves them one AAC frame forward for the encoder.
pub(crate) fn for_encoder(mut samples: Vec<f32>, units: u32) -> Vec<f32> {
    let length = samples_of(units);
    samples.resize(length, 0.0);
    samples.drain(..FRAME.min(length));
    let channels = CHANNELS as usize;
    rise(&mut samples);
    for (step, pair) in samples.rchunks_exact_mut(channels).take(FADE / channels).enumerate() {
        pair.iter_mut().for_each(|s| *s *= (step * channels) as f32 / FADE as f32);
    }
    samples.resize(length, 0.0);
    samples
}

/// Fades the first 10 ms in.
pub(crate) fn rise(samples: &mut [f32]) {
    let channels = CHANNELS as usize;
    for (step, pair) in samples.chunks_exact_mut(channels).take(FADE / channels).enumerate() {
        pair.iter_mut().for_each(|s| *s *= (step * channels) as f32 / FADE as f32);
    }
}

/// Loudness of `bars` equal parts, 0 to 1, the loudest near 1: for drawing.
pub(crate) fn levels(samples: &[f32], bars: usize) -> Vec<f32> {
    let part = samples.len().div_ceil(bars).max(1);
    let rms = |part: &[f32]| {
        let sum: f64 = part.iter().map(|&s| f64::from(s) * f64::from(s)).sum();
        (sum / part.len().max(1) as f64).sqrt()
    };
    let mut levels: Vec<_> = samples.chunks(part).map(rms).collect();
    levels.resize(bars, 0.0);
    let loudest = levels.iter().copied().fold(0.0, f64::max);
    // Below −60 dBFS it is the room, not the speaker: drawing that large would show speech where there is none.
    if loudest < 0.001 {
        return vec![0.0; bars];
    }
    levels.iter().map(|l| (l / loudest).powf(0.7) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_begins_and_ends_in_silence() {
        let out = for_encoder(vec![0.5; samples_of(1)], 1);
        assert_eq!(out.len(), samples_of(1));
        assert_eq!(&out[..2], [0.0, 0.0]);
        assert_eq!(out[FADE], 0.5);
        let end = samples_of(1) - FRAME;
        assert_eq!(out[end - FADE - 1], 0.5);
        assert_eq!(out[end - 1], 0.0);
        assert!(out[end..].iter().all(|&s| s == 0.0));
    }

    #[test]
    fn short_sound_is_padded_and_long_sound_cut() {
        assert_eq!(for_encoder(Vec::new(), 2).len(), samples_of(2));
        assert_eq!(for_encoder(vec![0.1; samples_of(3)], 2).len(), samples_of(2));
    }

    #[test]
    fn levels_are_relative_and_silence_is_flat() {
        let mut samples = vec![0.0; 960];
        samples[480..].fill(0.3);
        assert_eq!(levels(&samples, 2), [0.0, 1.0]);
        assert_eq!(levels(&[0.0001; 960], 4), [0.0; 4]);
        assert_eq!(levels(&[], 3), [0.0; 3]);
    }
}
