//! Fourier transforms of one size, and the scale on which ears hear.

use std::f32::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// Samples a second at which a voice is taken apart.
pub(crate) const RATE: f32 = 16_000.0;
/// Samples from one frame to the next: 5 ms.
pub(crate) const HOP: usize = 80;
/// Samples of a transform.
pub(crate) const SIZE: usize = 1_024;
/// Bins of its spectrum.
pub(crate) const BINS: usize = SIZE / 2 + 1;
/// Hertz from one bin to the next.
pub(crate) const BIN_HERTZ: f32 = RATE / SIZE as f32;
/// Bands of hearing.
pub(crate) const BANDS: usize = 40;
/// Power that nobody hears: keeps logarithms finite (samples reach from -1 to 1; a frame sums some hundred).
pub(crate) const BAND_FLOOR: f32 = 1e-8;
/// Lowest and highest edge of a band, hertz.
const RANGE: (f32, f32) = (50.0, 7_600.0);

/// Both directions, with their scratch space.
pub(crate) struct Fourier {
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
    scratch: Vec<Complex32>,
}

impl Fourier {
    pub(crate) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, back) = (planner.plan_fft_forward(SIZE), planner.plan_fft_inverse(SIZE));
        let most = forward.get_scratch_len().max(back.get_scratch_len());
        Self { forward, back, scratch: vec![Complex32::default(); most] }
    }

    /// Spectrum of `signal` ([`SIZE`] samples, overwritten) into `out` ([`BINS`]).
    pub(crate) fn forward(&mut self, signal: &mut [f32], out: &mut [Complex32]) {
        let scratch = &mut self.scratch[..self.forward.get_scratch_len()];
        let sizes_fit = self.forward.process_with_scratch(signal, out, scratch);
        debug_assert!(sizes_fit.is_ok());
    }

    /// Signal of `spectrum` ([`BINS`], overwritten), times [`SIZE`].
    pub(crate) fn back(&mut self, spectrum: &mut [Complex32], out: &mut [f32]) {
        // The library refuses a spectrum that no real signal has.
        spectrum[0].im = 0.0;
        spectrum[BINS - 1].im = 0.0;
        let scratch = &mut self.scratch[..self.back.get_scratch_len()];
        let sizes_fit = self.back.process_with_scratch(spectrum, out, scratch);
        debug_assert!(sizes_fit.is_ok());
    }
}

/// A raised cosine whose halves add up to one at half its length.
pub(crate) fn hann(length: usize) -> Vec<f32> {
    (0..length).map(|i| 0.5 - 0.5 * (2.0 * PI * i as f32 / length as f32).cos()).collect()
}

fn mel(hertz: f32) -> f32 {
    1_127.0 * (1.0 + hertz / 700.0).ln()
}

fn hertz(mel: f32) -> f32 {
    700.0 * ((mel / 1_127.0).exp() - 1.0)
}

/// Middle of a band (fractions allowed), hertz.
pub(crate) fn band_hertz(band: f32) -> f32 {
    let (low, high) = (mel(RANGE.0), mel(RANGE.1));
    hertz(low + (high - low) * (band + 1.0) / (BANDS + 1) as f32)
}

/// Where a frequency lies among the bands.
pub(crate) fn band_of(frequency: f32) -> f32 {
    let (low, high) = (mel(RANGE.0), mel(RANGE.1));
    (mel(frequency) - low) / (high - low) * (BANDS + 1) as f32 - 1.0
}

/// Value of a vector between its places, ends held.
pub(crate) fn between(values: &[f32], place: f32) -> f32 {
    let place = place.clamp(0.0, (values.len() - 1) as f32);
    let (i, part) = (place as usize, place.fract());
    let next = values[(i + 1).min(values.len() - 1)];
    values[i] + part * (next - values[i])
}
