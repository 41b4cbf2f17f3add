//! Products of matrices: every convolution but the depthwise ones is one.
//!
//! Each sum is added up in one order and with fused multiply-add, whatever the processor: the same picture gives the same
//! numbers on every machine.

use pulp::{Arch, Simd, WithSimd};

/// Outputs that are computed at once: a whole number of vectors on every processor.
const PANEL: usize = 16;

/// Weights from `ins` numbers to `outs`, and what is added.
#[derive(Debug)]
pub(super) struct Matrix {
    ins: usize,
    outs: usize,
    /// For each 16 outputs: for each input, 16 weights.
    panels: Vec<f32>,
    /// Padded to whole panels.
    bias: Vec<f32>,
}

impl Matrix {
    /// Takes a matrix and its biases from the front of `weights`.
    pub(super) fn read(weights: &mut &[f32], ins: usize, outs: usize) -> Self {
        Self::read_side_by_side(weights, ins, &[outs])
    }

    /// Takes several matrices of the same inputs as one: their outputs follow each other.
    pub(super) fn read_side_by_side(weights: &mut &[f32], ins: usize, outs: &[usize]) -> Self {
        let total = outs.iter().sum();
        let (mut matrix, mut bias) = (vec![0.0; ins * total], Vec::with_capacity(total));
        for &outs in outs {
            let (part, rest) = weights.split_at(ins * outs);
            for (input, row) in part.chunks_exact(outs).enumerate() {
                matrix[input * total + bias.len()..][..outs].copy_from_slice(row);
            }
            let (part, rest) = rest.split_at(outs);
            bias.extend(part);
            *weights = rest;
        }
        Self { ins, outs: total, panels: panels(&matrix, total), bias: padded(bias) }
    }

    /// Inputs.
    pub(super) const fn ins(&self) -> usize {
        self.ins
    }

    /// Outputs.
    pub(super) const fn outs(&self) -> usize {
        self.outs
    }

    /// Multiplies each row of `ins` numbers in `input` into a row of `outs` numbers in `output`.
    pub(super) fn times(&self, arch: Arch, input: &[f32], output: &mut [f32], then: Then<'_>) {
        arch.dispatch(Times { matrix: self, input, output, then });
    }
}

fn panels(matrix: &[f32], outs: usize) -> Vec<f32> {
    let mut panels = Vec::new();
    for first in (0..outs).step_by(PANEL) {
        for row in matrix.chunks_exact(outs) {
            panels.extend(padded(row[first..(first + PANEL).min(outs)].to_vec()));
        }
    }
    panels
}

fn padded(mut row: Vec<f32>) -> Vec<f32> {
    row.resize(row.len().next_multiple_of(PANEL), 0.0);
    row
}

/// What happens to the sums.
#[derive(Debug, Clone, Copy)]
pub(super) enum Then<'a> {
    /// Nothing.
    Keep,
    /// What is below nought becomes nought.
    Relu,
    /// These, as many as there are outputs, are added.
    Add(&'a [f32]),
}

struct Times<'a> {
    matrix: &'a Matrix,
    input: &'a [f32],
    output: &'a mut [f32],
    then: Then<'a>,
}

impl WithSimd for Times<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // As many rows as leave the sums in registers.
        match S::F32_LANES {
            16 => self.run::<S, 12, 1>(simd),
            8 => self.run::<S, 6, 2>(simd),
            4 => self.run::<S, 4, 4>(simd),
            2 => self.run::<S, 1, 8>(simd),
            _ => self.run::<S, 1, 16>(simd),
        }
    }
}

impl Times<'_> {
    /// `ROWS` rows and one panel at a time; a panel is `VECTORS` vectors.
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let Matrix { ins, outs, panels, bias } = self.matrix;
        let (ins, outs) = (*ins, *outs);
        let mut packed = vec![0.0; ins * ROWS];
        let blocks = self.input.chunks(ins * ROWS).zip(self.output.chunks_mut(outs * ROWS));
        for (block, (input, output)) in blocks.enumerate() {
            for (row, numbers) in input.chunks_exact(ins).enumerate() {
                for (to, from) in packed.chunks_exact_mut(ROWS).zip(numbers) {
                    to[row] = *from;
                }
            }
            let panels = panels.chunks_exact(ins * PANEL).zip(bias.chunks_exact(PANEL));
            for (number, (panel, bias)) in panels.enumerate() {
                let sums = tile::<S, ROWS, VECTORS>(simd, &packed, panel, bias);
                let first = number * PANEL;
                let width = PANEL.min(outs - first);
                let rows = output.chunks_exact_mut(outs).zip(&sums).enumerate();
                for (row, (output, sums)) in rows {
                    let output = &mut output[first..first + width];
                    let sums = &bytes::<S, VECTORS>(sums)[..width];
                    match self.then {
                        Then::Keep => output.copy_from_slice(sums),
                        Then::Relu => output.iter_mut().zip(sums).for_each(|(o, s)| *o = s.max(0.0)),
                        Then::Add(more) => {
                            let more = &more[(block * ROWS + row) * outs + first..][..width];
                            output.iter_mut().zip(sums).zip(more).for_each(|((o, s), m)| *o = s + m);
                        }
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn tile<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    packed: &[f32],
    panel: &[f32],
    bias: &[f32],
) -> [[S::f32s; VECTORS]; ROWS] {
    let mut sums = [load::<S, VECTORS>(simd, bias); ROWS];
    for (inputs, weights) in packed.chunks_exact(ROWS).zip(panel.chunks_exact(PANEL)) {
        let weights = load::<S, VECTORS>(simd, weights);
        for (sums, input) in sums.iter_mut().zip(inputs) {
            let input = simd.splat_f32s(*input);
            for (sum, weight) in sums.iter_mut().zip(&weights) {
                *sum = simd.mul_add_f32s(input, *weight, *sum);
            }
        }
    }
    sums
}

#[inline(always)]
fn load<S: Simd, const VECTORS: usize>(simd: S, from: &[f32]) -> [S::f32s; VECTORS] {
    let (from, _) = S::as_simd_f32s(from);
    let mut to = [simd.splat_f32s(0.0); VECTORS];
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    to
}

#[inline(always)]
fn bytes<S: Simd, const VECTORS: usize>(from: &[S::f32s; VECTORS]) -> [f32; PANEL] {
    let mut to = [0.0; PANEL];
    let (vectors, _) = S::as_mut_simd_f32s(&mut to);
    for (to, from) in vectors.iter_mut().zip(from) {
        *to = *from;
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_plain_loops() {
        let wave = |i: usize| ((i * 37 % 101) as f32 - 50.0) / 50.0;
        for (ins, outs, rows) in [(3, 5, 1), (27, 32, 13), (24, 15, 25), (17, 40, 12)] {
            let weights: Vec<f32> = (0..ins * outs + outs).map(wave).collect();
            let input: Vec<f32> = (0..rows * ins).map(|i| wave(i + 7)).collect();
            let more: Vec<f32> = (0..rows * outs).map(wave).collect();
            let matrix = Matrix::read(&mut weights.as_slice(), ins, outs);
            let sum = |r: usize, o: usize| {
                let parts = (0..ins).map(|i| f64::from(input[r * ins + i]) * f64::from(weights[i * outs + o]));
                parts.sum::<f64>() + f64::from(weights[ins * outs + o])
            };
            let mut output = vec![0.0; rows * outs];
            for (then, check) in [
                (Then::Keep, &(|sum: f64, _| sum) as &dyn Fn(f64, usize) -> f64),
                (Then::Relu, &|sum: f64, _| sum.max(0.0)),
                (Then::Add(&more), &|sum: f64, at| sum + f64::from(more[at])),
            ] {
                matrix.times(Arch::new(), &input, &mut output, then);
                for (at, found) in output.iter().enumerate() {
                    let wanted = check(sum(at / outs, at % outs), at);
                    assert!((f64::from(*found) - wanted).abs() < 1e-5, "{ins} {outs} {rows}: {found} {wanted}");
                }
            }
        }
    }
}
