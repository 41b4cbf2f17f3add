//! A voice from shapes: pulses at a drawn pitch and noise, through the envelope of each moment.

use realfft::num_complex::Complex32;

use crate::draw::Stream;
use crate::spectrum::{BANDS, BIN_HERTZ, BINS, Fourier, HOP, RATE, SIZE, band_of, between, hann};

/// One moment of the new voice, every [`HOP`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    /// Natural logarithm of the power in each band, for an excitation of power one.
    pub(crate) bands: [f32; BANDS],
    /// 0 (noise) to 1 (voice).
    pub(crate) voiced: f32,
    /// Pitch, hertz.
    pub(crate) hertz: f32,
    /// Amplitude.
    pub(crate) gain: f32,
}

impl Shape {
    /// Nothing is heard, but time goes on.
    pub(crate) const fn silent(hertz: f32) -> Self {
        Self { bands: [0.0; BANDS], voiced: 0.0, hertz, gain: 0.0 }
    }
}

/// Voice turns into breath over this many hertz.
const BREATH_SLOPE: f32 = 400.0;
/// Share of noise below it: no voice is pure.
const HUSK: f32 = 0.015;

/// Makes `length` samples at 16 kHz. Voice turns into breath around `breath` hertz.
pub(crate) fn synthesise(
    shapes: &[Shape],
    breath: f32,
    length: usize,
    stream: &mut Stream,
    fourier: &mut Fourier,
) -> Vec<f32> {
    let window = hann(2 * HOP);
    let tone = pulses(shapes, length, stream);
    let noise: Vec<f32> = (0..length).map(|_| stream.bell()).collect();
    let places: Vec<f32> = (0..BINS).map(|bin| band_of(bin as f32 * BIN_HERTZ)).collect();
    let purity: Vec<f32> =
        (0..BINS).map(|bin| (1.0 - HUSK) / (1.0 + ((bin as f32 * BIN_HERTZ - breath) / BREATH_SLOPE).exp())).collect();
    let mut out = vec![0.0; length + SIZE];
    let mut buffer = vec![0.0; SIZE];
    let [mut filter, mut voice, mut air] = [(); 3].map(|()| vec![Complex32::default(); BINS]);
    for (i, shape) in shapes.iter().enumerate().filter(|(_, shape)| shape.gain > 0.0) {
        let start = (i * HOP).saturating_sub(HOP);
        let skip = (start + HOP).saturating_sub(i * HOP);
        let cut = |signal: &[f32], buffer: &mut [f32]| {
            buffer.fill(0.0);
            let source = signal.get(start..).unwrap_or_default();
            for (slot, (s, w)) in buffer.iter_mut().zip(source.iter().zip(&window[skip.min(2 * HOP)..])) {
                *slot = s * w * shape.gain;
            }
        };
        cut(&tone, &mut buffer);
        fourier.forward(&mut buffer, &mut voice);
        cut(&noise, &mut buffer);
        fourier.forward(&mut buffer, &mut air);
        least_phase(&shape.bands, &places, fourier, &mut buffer, &mut filter);
        for bin in 0..BINS {
            let pure = shape.voiced * purity[bin];
            filter[bin] *= voice[bin] * pure.sqrt() + air[bin] * (1.0 - pure).sqrt();
        }
        fourier.back(&mut filter, &mut buffer);
        out[start..start + SIZE].iter_mut().zip(&buffer).for_each(|(o, s)| *o += s / SIZE as f32);
    }
    out.truncate(length);
    out
}

/// One pulse a period, of power one on the mean; each lies between two samples, so that pitch glides.
fn pulses(shapes: &[Shape], length: usize, stream: &mut Stream) -> Vec<f32> {
    let mut out = vec![0.0; length + 1];
    let mut phase = stream.unit();
    for i in 0..length {
        let Some(shape) = shapes.get((i + HOP / 2) / HOP).or(shapes.last()) else { break };
        let step = shape.hertz / RATE;
        phase += step;
        if phase >= 1.0 {
            phase -= 1.0;
            let late = phase / step;
            let height = step.recip().sqrt();
            out[i] += height * late;
            out[i + 1] += height * (1.0 - late);
        }
    }
    out.truncate(length);
    out
}

/// The filter with these band powers that rings the shortest: its phase follows from its magnitude, through the cepstrum.
fn least_phase(
    bands: &[f32; BANDS],
    places: &[f32],
    fourier: &mut Fourier,
    buffer: &mut [f32],
    filter: &mut [Complex32],
) {
    for (slot, &place) in filter.iter_mut().zip(places) {
        *slot = Complex32::new(0.5 * between(bands, place), 0.0);
    }
    fourier.back(filter, buffer);
    for (i, c) in buffer.iter_mut().enumerate() {
        *c *= match i {
            0 => 1.0,
            _ if i < SIZE / 2 => 2.0,
            _ if i == SIZE / 2 => 1.0,
            _ => 0.0,
        } / SIZE as f32;
    }
    fourier.forward(buffer, filter);
    filter.iter_mut().for_each(|z| *z = z.exp());
}
