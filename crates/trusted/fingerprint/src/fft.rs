//! A Fourier transform of one size, for sound: Cooley and Tukey's, radix 2.

use std::f32::consts::TAU;

/// Samples of a window: 512 ms at 8 kHz.
pub(crate) const SIZE: usize = 4096;

/// Tables of the transform.
pub(crate) struct Fft {
    window: Vec<f32>,
    turns: Vec<(f32, f32)>,
}

impl Fft {
    pub(crate) fn new() -> Self {
        let angle = |i: usize| TAU * i as f32 / SIZE as f32;
        Self {
            window: (0..SIZE).map(|i| 0.5 - 0.5 * angle(i).cos()).collect(),
            turns: (0..SIZE / 2).map(|i| (angle(i).cos(), -angle(i).sin())).collect(),
        }
    }

    /// Powers of the lower half of the spectrum of [`SIZE`] samples under a Hann window.
    pub(crate) fn powers(&self, samples: &[f32]) -> Vec<f32> {
        let mut values: Vec<(f32, f32)> = vec![(0.0, 0.0); SIZE];
        for (i, (sample, window)) in samples.iter().zip(&self.window).enumerate() {
            values[i.reverse_bits() >> (usize::BITS - SIZE.ilog2())] = (sample * window, 0.0);
        }
        let mut half = 1;
        while half < SIZE {
            for block in values.chunks_exact_mut(half * 2) {
                let (low, high) = block.split_at_mut(half);
                for (i, (a, b)) in low.iter_mut().zip(high).enumerate() {
                    let (re, im) = self.turns[i * (SIZE / 2 / half)];
                    let turned = (b.0 * re - b.1 * im, b.0 * im + b.1 * re);
                    *b = (a.0 - turned.0, a.1 - turned.1);
                    *a = (a.0 + turned.0, a.1 + turned.1);
                }
            }
            half *= 2;
        }
        values[..SIZE / 2].iter().map(|(re, im)| re * re + im * im).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spectrum_is_the_sum_it_is_defined_as() {
        let samples: Vec<f32> = (0..SIZE).map(|i| ((i * i * 7 + i * 13) % 101) as f32 / 50.0 - 1.0).collect();
        let powers = Fft::new().powers(&samples);
        for bin in [0, 1, 77, 500, 2047] {
            let (mut re, mut im) = (0.0f64, 0.0f64);
            for (i, &sample) in samples.iter().enumerate() {
                let window = 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / SIZE as f64).cos();
                let angle = std::f64::consts::TAU * (i * bin % SIZE) as f64 / SIZE as f64;
                re += f64::from(sample) * window * angle.cos();
                im -= f64::from(sample) * window * angle.sin();
            }
            let wanted = (re * re + im * im) as f32;
            assert!((powers[bin] - wanted).abs() <= 1e-3 * wanted.max(1.0), "{bin}: {} {wanted}", powers[bin]);
        }
    }
}
