//! What shapes a sound: its spectral envelope, read between the harmonics so that pitch doesn't show in it.

use realfft::num_complex::Complex32;

use crate::pitch::{Pitch, pitches};
use crate::spectrum::{BAND_FLOOR, BANDS, BIN_HERTZ, BINS, Fourier, HOP, SIZE, band_hertz, hann};

/// Samples that a frame looks at: 30 ms.
const WINDOW: usize = 480;
/// Width over which noise is evened out, hertz.
const NOISE_WIDTH: f32 = 150.0;

/// One frame, every [`HOP`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    /// Natural logarithm of the power in each band.
    pub(crate) bands: [f32; BANDS],
    /// Natural logarithm of the power of the frame.
    pub(crate) power: f32,
    /// 0 (noise) to 1 (voice).
    pub(crate) voiced: f32,
}

/// Takes `signal` (16 kHz) apart.
pub(crate) fn frames(signal: &[f32], fourier: &mut Fourier) -> Vec<Frame> {
    let window = hann(WINDOW);
    let filters = filters();
    let (mut buffer, mut spectrum) = (vec![0.0; SIZE], vec![Complex32::default(); BINS]);
    let mut frame = |(i, pitch): (usize, Pitch)| {
        buffer.fill(0.0);
        for (j, (slot, w)) in buffer.iter_mut().zip(&window).enumerate() {
            let place = (i * HOP + j).checked_sub(WINDOW / 2);
            *slot = w * place.and_then(|p| signal.get(p)).copied().unwrap_or(0.0);
        }
        fourier.forward(&mut buffer, &mut spectrum);
        let power: Vec<f32> = spectrum.iter().map(Complex32::norm_sqr).collect();
        let width = NOISE_WIDTH + pitch.voiced * (pitch.hertz.max(100.0) - NOISE_WIDTH);
        let smooth = evened(&power, width / BIN_HERTZ);
        let bands = std::array::from_fn(|band| (filter_sum(&filters[band], &smooth) + BAND_FLOOR).ln());
        let whole = power.iter().sum::<f32>() / WINDOW as f32 + BAND_FLOOR;
        Frame { bands, power: whole.ln(), voiced: pitch.voiced }
    };
    pitches(signal).into_iter().enumerate().map(&mut frame).collect()
}

/// Mean over `width` bins (fractions count): as wide as a pitch, it sees one harmonic wherever it stands.
fn evened(power: &[f32], width: f32) -> Vec<f32> {
    let mut sums = Vec::with_capacity(power.len() + 1);
    let mut sum = 0.0f64;
    sums.push(0.0);
    for &p in power {
        sum += f64::from(p);
        sums.push(sum);
    }
    let upto = |edge: f32| {
        let edge = edge.clamp(0.0, power.len() as f32);
        let i = edge as usize;
        sums[i] + f64::from(edge.fract()) * f64::from(power.get(i).copied().unwrap_or(0.0))
    };
    (0..power.len())
        .map(|i| {
            let middle = i as f32 + 0.5;
            ((upto(middle + width / 2.0) - upto(middle - width / 2.0)) / f64::from(width)) as f32
        })
        .collect()
}

type Filter = Vec<(usize, f32)>;

/// Triangles that overlap by half, each with area one.
fn filters() -> Vec<Filter> {
    (0..BANDS)
        .map(|band| {
            let [low, middle, high] = [-1.0, 0.0, 1.0].map(|d| band_hertz(band as f32 + d) / BIN_HERTZ);
            let weight = |bin: usize| {
                let x = bin as f32;
                let w = if x < middle { (x - low) / (middle - low) } else { (high - x) / (high - middle) };
                w.max(0.0)
            };
            let taps: Filter = (0..BINS).map(|bin| (bin, weight(bin))).filter(|tap| tap.1 > 0.0).collect();
            let area: f32 = taps.iter().map(|tap| tap.1).sum();
            taps.into_iter().map(|(bin, w)| (bin, w / area)).collect()
        })
        .collect()
}

fn filter_sum(filter: &Filter, power: &[f32]) -> f32 {
    filter.iter().map(|&(bin, weight)| weight * power[bin]).sum()
}
