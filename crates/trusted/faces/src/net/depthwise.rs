//! Depthwise convolutions: each channel is weighed with its own 3 x 3 neighbours.

use pulp::{Arch, Simd, WithSimd};

/// 3 x 3 weights for each channel, and what is added; what is below nought becomes nought.
#[derive(Debug)]
pub(super) struct Depthwise {
    channels: usize,
    /// Nine times `channels` weights.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Depthwise {
    /// Takes weights and biases from the front of `weights`.
    pub(super) fn read(weights: &mut &[f32], channels: usize) -> Self {
        let (own, rest) = weights.split_at(9 * channels);
        let (bias, rest) = rest.split_at(channels);
        *weights = rest;
        Self { channels, weights: own.to_vec(), bias: bias.to_vec() }
    }

    /// Computes a row of pixels from three rows, each with one pixel of nought at both ends; every `stride`-th pixel.
    pub(super) fn row(&self, arch: Arch, rows: [&[f32]; 3], stride: usize, output: &mut [f32]) {
        arch.dispatch(Row { kernel: self, rows, stride, output });
    }
}

struct Row<'a> {
    kernel: &'a Depthwise,
    rows: [&'a [f32]; 3],
    stride: usize,
    output: &'a mut [f32],
}

impl WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let n = self.kernel.channels;
        let (bias, _) = S::as_simd_f32s(&self.kernel.bias);
        let nought = simd.splat_f32s(0.0);
        for (x, output) in self.output.chunks_exact_mut(n).enumerate() {
            let (output, _) = S::as_mut_simd_f32s(output);
            let bias = &bias[..output.len()];
            output.copy_from_slice(bias);
            for (y, row) in self.rows.iter().enumerate() {
                let place = |dx: usize| S::as_simd_f32s(&row[(x * self.stride + dx) * n..][..n]).0;
                let weight = |dx: usize| S::as_simd_f32s(&self.kernel.weights[(y * 3 + dx) * n..][..n]).0;
                let (a, b, c) = (place(0), place(1), place(2));
                let (u, v, w) = (weight(0), weight(1), weight(2));
                let len = output.len();
                let (a, b, c) = (&a[..len], &b[..len], &c[..len]);
                let (u, v, w) = (&u[..len], &v[..len], &w[..len]);
                for (i, output) in output.iter_mut().enumerate() {
                    let sum = simd.mul_add_f32s(a[i], u[i], *output);
                    let sum = simd.mul_add_f32s(b[i], v[i], sum);
                    *output = simd.mul_add_f32s(c[i], w[i], sum);
                }
            }
            for output in output {
                *output = simd.max_f32s(*output, nought);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_that_of_plain_loops() {
        let wave = |i: usize| ((i * 29 % 97) as f32 - 48.0) / 48.0;
        let (channels, width) = (32, 7);
        let weights: Vec<f32> = (0..10 * channels).map(wave).collect();
        let rows: [Vec<f32>; 3] = [1, 2, 3].map(|k| (0..(width + 2) * channels).map(|i| wave(i * k)).collect());
        let kernel = Depthwise::read(&mut weights.as_slice(), channels);
        for stride in [1, 2] {
            let outs = width.div_ceil(stride);
            let mut output = vec![0.0; outs * channels];
            kernel.row(Arch::new(), [&rows[0], &rows[1], &rows[2]], stride, &mut output);
            for (at, found) in output.iter().enumerate() {
                let (x, c) = (at / channels, at % channels);
                let mut sum = weights[9 * channels + c];
                for (y, row) in rows.iter().enumerate() {
                    for dx in 0..3 {
                        sum += row[(x * stride + dx) * channels + c] * weights[(y * 3 + dx) * channels + c];
                    }
                }
                assert!((found - sum.max(0.0)).abs() < 1e-5, "{stride}: {found} {sum}");
            }
        }
    }
}
