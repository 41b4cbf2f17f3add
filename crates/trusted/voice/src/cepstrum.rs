//! Envelopes as a few numbers: the cosine transform of the bands, of which only the broad strokes are kept.

use std::f32::consts::PI;
use std::sync::LazyLock;

use crate::spectrum::BANDS;

/// Numbers that are kept, the first being the mean of the bands.
pub(crate) const ORDER: usize = 24;
/// An envelope's broad strokes.
pub(crate) type Cepstrum = [f32; ORDER];

/// Orthogonal up to the scale that [`bands`] takes back.
static COSINES: LazyLock<Vec<[f32; BANDS]>> = LazyLock::new(|| {
    let cosine = |k: usize, band: usize| (PI * k as f32 * (band as f32 + 0.5) / BANDS as f32).cos();
    (0..ORDER).map(|k| std::array::from_fn(|band| cosine(k, band))).collect()
});

/// Of bands.
pub(crate) fn cepstrum(bands: &[f32; BANDS]) -> Cepstrum {
    std::array::from_fn(|k| bands.iter().zip(&COSINES[k]).map(|(b, c)| b * c).sum::<f32>() / BANDS as f32)
}

/// Back to bands.
pub(crate) fn bands(cepstrum: &Cepstrum) -> [f32; BANDS] {
    std::array::from_fn(|band| {
        let others = (1..ORDER).map(|k| cepstrum[k] * COSINES[k][band]).sum::<f32>();
        cepstrum[0] + 2.0 * others
    })
}
