//! How much of a sound is voiced, and its pitch: only to read the envelope between harmonics. Neither the pitch nor its
//! course leaves this crate: the new voice's melody is drawn ([`crate::melody`]).

use crate::spectrum::{HOP, RATE};

/// 16 kHz → 4 kHz: pitch lies low, and the search gets sixteen times cheaper.
const THIN: usize = 4;
/// Samples that are compared, at 4 kHz: 40 ms, two periods of the lowest voice.
const WINDOW: usize = 160;
/// Shortest and longest period, samples at 4 kHz: 400 Hz and 62.5 Hz.
const PERIODS: (usize, usize) = (10, 64);
/// A shorter period wins when its likeness is this share of the best: multiples of a period fit as well as it does.
const SHORTER: f32 = 0.88;
/// The likeness of a signal with itself above which it is voiced, and below which it isn't.
const VOICED: (f32, f32) = (0.6, 0.4);

/// Of one frame.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Pitch {
    /// Hertz; a guess where `voiced` is small.
    pub(crate) hertz: f32,
    /// 0 (noise) to 1 (voice).
    pub(crate) voiced: f32,
}

/// For every [`HOP`] of `signal` (16 kHz).
pub(crate) fn pitches(signal: &[f32]) -> Vec<Pitch> {
    let thin = thin(signal);
    let frames = signal.len().div_ceil(HOP);
    let raw: Vec<Pitch> = (0..frames).map(|i| pitch(&thin, i * HOP / THIN)).collect();
    (0..frames).map(|i| median(&raw[i.saturating_sub(2)..(i + 3).min(frames)])).collect()
}

/// Mean of each eight samples, twice, every fourth: good enough to look for a period in.
fn thin(signal: &[f32]) -> Vec<f32> {
    let mean = |values: &[f32]| -> Vec<f32> {
        let mut sum = 0.0f64;
        let mut out = Vec::with_capacity(values.len());
        for i in 0..values.len() + 4 {
            sum += f64::from(values.get(i).copied().unwrap_or(0.0));
            if i >= 8 {
                sum -= f64::from(values[i - 8]);
            }
            if i >= 4 {
                out.push((sum / 8.0) as f32);
            }
        }
        out
    };
    mean(&mean(signal)).into_iter().step_by(THIN).collect()
}

fn pitch(thin: &[f32], centre: usize) -> Pitch {
    let first = centre.saturating_sub((WINDOW + PERIODS.0) / 2);
    let Some(window) = thin.get(first..first + WINDOW + PERIODS.1 + 1) else { return Pitch::default() };
    let mean = window.iter().sum::<f32>() / window.len() as f32;
    let centred: Vec<f32> = window.iter().map(|s| s - mean).collect();
    let here = &centred[..WINDOW];
    let own: f32 = here.iter().map(|s| s * s).sum();
    if own < 1e-9 {
        return Pitch::default();
    }
    let likeness = |period: usize| {
        let there = &centred[period..period + WINDOW];
        let (mut product, mut other) = (0.0, 0.0);
        for (a, b) in here.iter().zip(there) {
            product += a * b;
            other += b * b;
        }
        product / (own * other).sqrt().max(1e-9)
    };
    let all: Vec<f32> = (PERIODS.0 - 1..=PERIODS.1).map(likeness).collect();
    let peak = |i: &usize| all[*i] >= all[i - 1] && all[*i] >= *all.get(i + 1).unwrap_or(&-1.0);
    let best = (1..all.len()).filter(peak).map(|i| all[i]).fold(0.0f32, f32::max);
    let Some(at) = (1..all.len()).filter(peak).find(|&i| all[i] >= SHORTER * best) else { return Pitch::default() };
    let period = (PERIODS.0 - 1 + at) as f32 + summit(all[at - 1], all[at], *all.get(at + 1).unwrap_or(&all[at]));
    Pitch { hertz: RATE / THIN as f32 / period, voiced: ((best - VOICED.1) / (VOICED.0 - VOICED.1)).clamp(0.0, 1.0) }
}

/// Where a parabola through three values has its summit, relative to the middle one.
fn summit(before: f32, at: f32, after: f32) -> f32 {
    let bend = before - 2.0 * at + after;
    if bend.abs() < 1e-6 { 0.0 } else { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) }
}

fn median(around: &[Pitch]) -> Pitch {
    let middle = |mut values: Vec<f32>| {
        values.sort_by(f32::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    Pitch {
        hertz: middle(around.iter().map(|p| p.hertz).collect()),
        voiced: middle(around.iter().map(|p| p.voiced).collect()),
    }
}
