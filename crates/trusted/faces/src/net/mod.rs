//! The network of CenterFace (MobileNetV2 with a small pyramid on top), computed here: it is 56 plain convolutions of four
//! shapes, so that a general runtime would be a hundred times the code.
//!
//! Refuses: reading a model at run time. The weights are embedded by the build, which knows their hash.

mod depthwise;
mod product;

use pulp::Arch;

use depthwise::Depthwise;
use product::{Matrix, Then};

/// Pictures must be a multiple of this in width and height.
pub(crate) const MULTIPLE: usize = 32;
/// Pixels of the picture for each place of [`Maps`].
pub(crate) const PLACE: usize = 4;
/// Numbers for each place: one for how likely a face is, two for its size, two for its offset, ten for its landmarks.
pub(crate) const NUMBERS: usize = 15;

static WEIGHTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/centerface.weights"));

/// Pixels or what was made of them: rows of pixels of `channels` numbers.
#[derive(Debug, Default)]
pub(crate) struct Tensor {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) data: Vec<f32>,
}

impl Tensor {
    pub(crate) fn new(width: usize, height: usize, channels: usize) -> Self {
        Self { width, height, channels, data: vec![0.0; width * height * channels] }
    }

    fn row(&self, y: usize) -> &[f32] {
        let length = self.width * self.channels;
        &self.data[y * length..][..length]
    }

    fn row_mut(&mut self, y: usize) -> &mut [f32] {
        let length = self.width * self.channels;
        &mut self.data[y * length..][..length]
    }
}

/// Channels of each inverted residual: in, expanded, out; stride; whether the input is added to the output.
const BLOCKS: [(usize, usize, usize, usize, bool); 16] = [
    (16, 96, 24, 2, false),
    (24, 144, 24, 1, true),
    (24, 144, 32, 2, false),
    (32, 192, 32, 1, true),
    (32, 192, 32, 1, true),
    (32, 192, 64, 2, false),
    (64, 384, 64, 1, true),
    (64, 384, 64, 1, true),
    (64, 384, 64, 1, true),
    (64, 384, 96, 1, false),
    (96, 576, 96, 1, true),
    (96, 576, 96, 1, true),
    (96, 576, 160, 2, false),
    (160, 960, 160, 1, true),
    (160, 960, 160, 1, true),
    (160, 960, 320, 1, false),
];
/// Blocks after which the pyramid takes what was found, from the coarsest: 1/32, 1/16, 1/8 and 1/4 of the size.
const TAPS: [usize; 4] = [15, 11, 4, 1];
/// Channels of the pyramid.
const NECK: usize = 24;

/// The network with its weights.
#[derive(Debug)]
pub(crate) struct Net {
    arch: Arch,
    first: Block,
    blocks: Vec<Block>,
    /// Into the pyramid, from the coarsest.
    sides: Vec<Matrix>,
    /// Up to the next finer level, from the coarsest.
    ups: Vec<Matrix>,
    smooth: Matrix,
    heads: Matrix,
}

/// Widens, weighs neighbours, narrows.
#[derive(Debug)]
struct Block {
    widen: Matrix,
    depthwise: Depthwise,
    narrow: Matrix,
    stride: usize,
    adds: bool,
}

impl Block {
    fn read(from: &mut &[f32], (ins, wide, outs, stride, adds): (usize, usize, usize, usize, bool)) -> Self {
        let widen = Matrix::read(from, ins, wide);
        let depthwise = Depthwise::read(from, wide);
        Self { widen, depthwise, narrow: Matrix::read(from, wide, outs), stride, adds }
    }

    /// `size` is that of the widened picture; `gather` puts what its row `y` is made of into a slice.
    fn run(
        &self,
        arch: Arch,
        size: (usize, usize),
        mut gather: impl FnMut(usize, &mut [f32]),
        adds: Option<&Tensor>,
    ) -> Tensor {
        let wide = self.widen.outs();
        let mut out = Tensor::new(size.0 / self.stride, size.1 / self.stride, self.narrow.outs());
        // Four widened rows at a time, with a pixel of nought at both ends: they stay in the processor's cache.
        let mut ring: [Vec<f32>; 4] = std::array::from_fn(|_| vec![0.0; (size.0 + 2) * wide]);
        let outside = vec![0.0; (size.0 + 2) * wide];
        let mut gathered = vec![0.0; size.0 * self.widen.ins()];
        let mut weighed = vec![0.0; out.width * wide];
        let mut widened = 0;
        for y in 0..out.height {
            let last = (y * self.stride + 1).min(size.1 - 1);
            while widened <= last {
                gather(widened, &mut gathered);
                let to = &mut ring[widened % 4][wide..(size.0 + 1) * wide];
                self.widen.times(arch, &gathered, to, Then::Relu);
                widened += 1;
            }
            let row = |dy: usize| match (y * self.stride + dy).checked_sub(1) {
                Some(row) if row < size.1 => ring[row % 4].as_slice(),
                _ => outside.as_slice(),
            };
            self.depthwise.row(arch, [row(0), row(1), row(2)], self.stride, &mut weighed);
            let then = adds.map_or(Then::Keep, |input| Then::Add(input.row(y)));
            self.narrow.times(arch, &weighed, out.row_mut(y), then);
        }
        out
    }

    fn after(&self, arch: Arch, input: &Tensor) -> Tensor {
        let gather = |y: usize, to: &mut [f32]| to.copy_from_slice(input.row(y));
        self.run(arch, (input.width, input.height), gather, self.adds.then_some(input))
    }
}

impl Net {
    /// The network with the embedded weights.
    pub(crate) fn new() -> Self {
        let weights: Vec<f32> = WEIGHTS.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let from = &mut weights.as_slice();
        let first = Block::read(from, (27, 32, 16, 1, false));
        let blocks = BLOCKS.iter().map(|&shape| Block::read(from, shape)).collect();
        let (mut sides, mut ups) = (Vec::new(), Vec::new());
        for (level, &tap) in TAPS.iter().enumerate() {
            if level > 0 {
                ups.push(Matrix::read(from, NECK, 4 * NECK));
            }
            sides.push(Matrix::read(from, BLOCKS[tap].2, NECK));
        }
        let smooth = Matrix::read(from, 9 * NECK, NECK);
        let heads = Matrix::read_side_by_side(from, NECK, &[1, 2, 2, 10]);
        debug_assert!(from.is_empty(), "the build wrote more weights than the network has");
        Self { arch: Arch::new(), first, blocks, sides, ups, smooth, heads }
    }

    /// [`NUMBERS`] for each place of the picture (red, green, blue, 0 to 255; sides multiples of [`MULTIPLE`]).
    pub(crate) fn run(&self, picture: &Tensor) -> Tensor {
        let half = (picture.width / 2, picture.height / 2);
        let gather = |y: usize, to: &mut [f32]| neighbours(picture, y, 2, to);
        let mut levels = Vec::new();
        let mut now = self.first.run(self.arch, half, gather, None);
        for (number, block) in self.blocks.iter().enumerate() {
            let next = block.after(self.arch, &now);
            if TAPS.contains(&number) {
                levels.push(self.side(levels.len(), &next));
            }
            now = next;
        }
        let mut found = Tensor::default();
        for (level, side) in levels.into_iter().rev().enumerate() {
            found = match level.checked_sub(1) {
                None => side,
                Some(up) => self.up(&self.ups[up], &found, side),
            };
        }
        self.head(&found)
    }

    /// What goes into the pyramid from the level that is reached as the `nth`, fine to coarse.
    fn side(&self, nth: usize, from: &Tensor) -> Tensor {
        let matrix = &self.sides[self.sides.len() - 1 - nth];
        let mut to = Tensor::new(from.width, from.height, NECK);
        matrix.times(self.arch, &from.data, &mut to.data, Then::Relu);
        to
    }

    /// `coarse` at twice its size, added to `fine`.
    fn up(&self, matrix: &Matrix, coarse: &Tensor, mut fine: Tensor) -> Tensor {
        let mut four = vec![0.0; coarse.width * 4 * NECK];
        for y in 0..coarse.height {
            matrix.times(self.arch, coarse.row(y), &mut four, Then::Relu);
            for dy in 0..2 {
                let pixels = fine.row_mut(2 * y + dy).chunks_exact_mut(2 * NECK);
                for (two, four) in pixels.zip(four.chunks_exact(4 * NECK)) {
                    let four = &four[dy * 2 * NECK..][..2 * NECK];
                    two.iter_mut().zip(four).for_each(|(to, from)| *to += from);
                }
            }
        }
        fine
    }

    fn head(&self, from: &Tensor) -> Tensor {
        let mut out = Tensor::new(from.width, from.height, NUMBERS);
        let mut gathered = vec![0.0; from.width * 9 * NECK];
        let mut smooth = vec![0.0; from.width * NECK];
        for y in 0..from.height {
            neighbours(from, y, 1, &mut gathered);
            self.smooth.times(self.arch, &gathered, &mut smooth, Then::Relu);
            self.heads.times(self.arch, &smooth, out.row_mut(y), Then::Keep);
        }
        out
    }
}

/// For each `stride`-th pixel of row `y * stride`: its 3 x 3 neighbours, one after the other; nought outside.
fn neighbours(from: &Tensor, y: usize, stride: usize, to: &mut [f32]) {
    let n = from.channels;
    for (x, to) in to.chunks_exact_mut(9 * n).enumerate() {
        for (dy, to) in to.chunks_exact_mut(3 * n).enumerate() {
            let row = (y * stride + dy).checked_sub(1).filter(|&row| row < from.height);
            let Some(row) = row.map(|row| from.row(row)) else {
                to.fill(0.0);
                continue;
            };
            for (dx, to) in to.chunks_exact_mut(n).enumerate() {
                match (x * stride + dx).checked_sub(1).filter(|&x| x < from.width) {
                    Some(x) => to.copy_from_slice(&row[x * n..][..n]),
                    None => to.fill(0.0),
                }
            }
        }
    }
}
