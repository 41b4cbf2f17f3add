//! Sound: 32 bits for every 48 ms, which say how the energies of neighbouring bands change (after Haitsma and Kalker, "A
//! Highly Robust Audio Fingerprinting System", 2002; Chromaprint builds on it). Bands are those of speech, and energies are
//! taken as logarithms: a microphone's or a loudspeaker's colour drops out.

use crate::fft::{Fft, SIZE};

/// Rate that comes in.
const RATE: usize = 48_000;
/// One sample of so many is kept.
const THIN: usize = 6;
/// Kept samples between two hashes: 48 ms.
pub(crate) const HOP: usize = 384;
/// Edges of the lowest and the highest band, hertz.
const BAND_EDGES: (f32, f32) = (300.0, 3_000.0);
/// Bands: one more than bits.
const BANDS: usize = 33;
/// Most hashes that are kept: 38 s.
pub(crate) const MOST_SOUNDS: usize = 800;
/// Windows quieter than the loudest tenth by this factor of power are silence: 35 dB.
const QUIET: f32 = 3.2e-4;
/// Windows below this mean power are silence: −66 dBFS.
const SILENT: f32 = 2.5e-7;
/// Taps of the filter before thinning.
const TAPS: usize = 49;
/// Where it cuts, hertz.
const CUT: f32 = 3_500.0;

/// Hashes of interleaved stereo samples at 48 kHz; 0 stands for silence.
pub(crate) fn sounds(samples: &[f32]) -> Vec<u32> {
    let most = (MOST_SOUNDS + 1) * HOP + SIZE;
    let thin = thin(samples, most);
    let windows = if thin.len() < SIZE { 0 } else { (thin.len() - SIZE) / HOP + 1 };
    let fft = Fft::new();
    let windows: Vec<Window> = (0..windows).map(|i| Window::of(&fft, &thin[i * HOP..i * HOP + SIZE])).collect();
    let mut powers: Vec<f32> = windows.iter().map(|w| w.power).collect();
    powers.sort_by(f32::total_cmp);
    let loud = powers.get(powers.len() * 9 / 10).copied().unwrap_or(0.0);
    let heard = |window: &Window| window.power > SILENT.max(loud * QUIET);
    let pairs = windows.windows(2).take(MOST_SOUNDS);
    pairs.map(|pair| if heard(&pair[0]) && heard(&pair[1]) { hash(&pair[0], &pair[1]).max(1) } else { 0 }).collect()
}

/// One window of sound.
struct Window {
    power: f32,
    /// Logarithms of band energies.
    bands: [f32; BANDS],
}

impl Window {
    fn of(fft: &Fft, samples: &[f32]) -> Self {
        let spectrum = fft.powers(samples);
        let power = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
        let mut bands = [0.0; BANDS];
        let floor = spectrum.iter().sum::<f32>() * 1e-6 + 1e-12;
        for (i, band) in bands.iter_mut().enumerate() {
            *band = (spectrum[bin(i)..bin(i + 1)].iter().sum::<f32>() + floor).ln();
        }
        Self { power, bands }
    }
}

/// The first bin of a band.
fn bin(band: usize) -> usize {
    let (low, high) = BAND_EDGES;
    let hertz = low * (high / low).powf(band as f32 / BANDS as f32);
    (hertz * SIZE as f32 / (RATE / THIN) as f32).round() as usize
}

fn hash(before: &Window, now: &Window) -> u32 {
    let slope = |window: &Window, i: usize| window.bands[i] - window.bands[i + 1];
    (0..BANDS - 1).fold(0, |hash, i| hash << 1 | u32::from(slope(now, i) > slope(before, i)))
}

/// One channel at an eighth of a sixth: 8 kHz, at most `most` samples.
fn thin(samples: &[f32], most: usize) -> Vec<f32> {
    let mono: Vec<f32> = samples.chunks_exact(2).take(most * THIN + TAPS).map(|s| (s[0] + s[1]) / 2.0).collect();
    let filter = filter();
    let apply = |window: &[f32]| window.iter().zip(&filter).map(|(s, f)| s * f).sum();
    mono.windows(TAPS).step_by(THIN).take(most).map(apply).collect()
}

/// A windowed sinc.
fn filter() -> [f32; TAPS] {
    let mut filter = [0.0; TAPS];
    for (i, tap) in filter.iter_mut().enumerate() {
        let x = i as f32 - (TAPS / 2) as f32;
        let angle = std::f32::consts::TAU * CUT / RATE as f32;
        let sinc = if x == 0.0 { 1.0 } else { (angle * x).sin() / (angle * x) };
        let window = 0.5 + 0.5 * (std::f32::consts::TAU * x / (TAPS + 1) as f32).cos();
        *tap = sinc * window;
    }
    let sum: f32 = filter.iter().sum();
    filter.map(|tap| tap / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tones that jump about, as speech does.
    pub(crate) fn babble(seed: u32, seconds: f32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0
        };
        let (mut tones, mut phases) = ([0.0; 4], [0.0f32; 4]);
        (0..(seconds * RATE as f32) as usize)
            .flat_map(|i| {
                if i % 4_000 == 0 {
                    tones = std::array::from_fn(|_| 300.0 + 2_400.0 * next());
                }
                for (phase, tone) in phases.iter_mut().zip(tones) {
                    *phase = (*phase + std::f32::consts::TAU * tone / RATE as f32) % std::f32::consts::TAU;
                }
                let sample = phases.iter().map(|p| p.sin()).sum::<f32>() * 0.1 + next() * 0.01;
                [sample; 2]
            })
            .collect()
    }

    fn errors(a: &[u32], b: &[u32]) -> f32 {
        let bits: u32 = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum();
        bits as f32 / (32 * a.len().min(b.len())) as f32
    }

    #[test]
    fn loudness_and_colour_change_little_and_other_words_change_half() {
        let (one, other) = (babble(1, 4.0), babble(2, 4.0));
        let quiet: Vec<f32> = one.iter().map(|s| s * 0.2).collect();
        // A first-order low pass, as a cheap loudspeaker has it.
        let mut held = 0.0;
        let dull: Vec<f32> = one
            .iter()
            .map(|s| {
                held += 0.1 * (s - held);
                held
            })
            .collect();
        let hashes = sounds(&one);
        assert!(hashes.len() > 70);
        assert!(errors(&hashes, &sounds(&quiet)) < 0.01);
        assert!(errors(&hashes, &sounds(&dull)) < 0.12, "{}", errors(&hashes, &sounds(&dull)));
        assert!(errors(&hashes, &sounds(&other)) > 0.4);
    }

    #[test]
    fn silence_has_no_hash() {
        assert!(sounds(&vec![0.0; 96_000 * 2]).iter().all(|&h| h == 0));
        assert!(sounds(&[]).is_empty() && sounds(&[0.5; 5_000]).is_empty());
        let mut half = babble(3, 4.0);
        half[192_000..].fill(0.0);
        let hashes = sounds(&half);
        assert!(hashes[..30].iter().all(|&h| h != 0) && hashes[50..].iter().all(|&h| h == 0));
    }

    #[test]
    fn no_more_is_kept_than_fits() {
        assert_eq!(sounds(&babble(4, 50.0)).len(), MOST_SOUNDS);
    }
}
