//! Between 48 kHz, in which films are made, and 16 kHz, in which a voice is taken apart: a windowed sinc, whole factors.

use std::f32::consts::PI;
use std::sync::LazyLock;

/// 48 kHz / 16 kHz.
pub(crate) const FACTOR: usize = 3;
/// Taps of the filter, at 48 kHz; odd, so that it delays by whole samples (which are taken back).
const TAPS: usize = 193;
/// Edge of the pass band, as a share of 48 kHz: 7.5 kHz. Above it is air, not words.
const EDGE: f32 = 7_500.0 / 48_000.0;

/// Sum of taps 1.
static FILTER: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let middle = (TAPS / 2) as f32;
    let tap = |i: usize| {
        let x = i as f32 - middle;
        let sinc = if x == 0.0 { 2.0 * EDGE } else { (2.0 * PI * EDGE * x).sin() / (PI * x) };
        let phase = 2.0 * PI * i as f32 / (TAPS - 1) as f32;
        sinc * (0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos())
    };
    let taps: Vec<f32> = (0..TAPS).map(tap).collect();
    let sum: f32 = taps.iter().sum();
    taps.into_iter().map(|t| t / sum).collect()
});

/// One channel at 48 kHz to 16 kHz; the length is a third, rounded up.
pub(crate) fn down(samples: &[f32]) -> Vec<f32> {
    let half = TAPS / 2;
    let at = |centre: usize| {
        let first = centre.saturating_sub(half);
        let last = (centre + half + 1).min(samples.len());
        let taps = &FILTER[first + half - centre..];
        samples[first..last].iter().zip(taps).map(|(s, t)| s * t).sum()
    };
    (0..samples.len().div_ceil(FACTOR)).map(|i| at(i * FACTOR)).collect()
}

/// One channel at 16 kHz to `length` samples at 48 kHz.
pub(crate) fn up(samples: &[f32], length: usize) -> Vec<f32> {
    let half = TAPS / 2;
    let at = |place: usize| {
        // Only every third sample of the stretched signal isn't zero.
        let first = place.saturating_sub(half).div_ceil(FACTOR);
        let last = ((place + half) / FACTOR + 1).min(samples.len());
        let tap = |i: usize| FILTER[i * FACTOR + half - place];
        (first..last).map(|i| samples[i] * tap(i)).sum::<f32>() * FACTOR as f32
    };
    (0..length).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, length: usize) -> Vec<f32> {
        (0..length).map(|i| (2.0 * PI * hertz * i as f32 / 48_000.0).sin()).collect()
    }

    #[test]
    fn there_and_back_keeps_words_and_time() {
        for length in [0, 1, 2, 3, 4_799, 4_800, 4_801] {
            let source = tone(1_000.0, length);
            let back = up(&down(&source), length);
            assert_eq!(back.len(), length);
            let inner = length.saturating_sub(400).max(400).min(length);
            for i in 400.min(length)..inner {
                assert!((back[i] - source[i]).abs() < 0.01, "sample {i} of {length}");
            }
        }
    }

    #[test]
    fn what_16_khz_can_not_hold_is_left_out() {
        let loud = down(&tone(11_000.0, 9_600)).iter().fold(0.0f32, |m, s| m.max(s.abs()));
        assert!(loud < 0.3, "only the ends ring: {loud}");
        let middle = down(&tone(11_000.0, 9_600))[200..3_000].iter().fold(0.0f32, |m, s| m.max(s.abs()));
        assert!(middle < 0.001, "{middle}");
    }
}
