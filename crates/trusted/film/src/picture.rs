//! A raw frame: planar YUV 4:2:0, BT.709, limited range, and the sums between it and RGB.

use hamseda_core::lattice::{HEIGHT, WIDTH};

/// An opaque colour, 8-bit sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Rgb(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Rgb {
    /// This colour with `share`/100 of it over `ground`.
    pub(crate) fn over(self, ground: Self, share: u16) -> Self {
        let mix = |a: u8, b: u8| ((u16::from(a) * share + u16::from(b) * (100 - share)) / 100) as u8;
        Self(mix(self.0, ground.0), mix(self.1, ground.1), mix(self.2, ground.2))
    }

    /// Y, Cb, Cr.
    pub(crate) fn yuv(self) -> [u8; 3] {
        let [y, u, v] = to_yuv([self.0, self.1, self.2].map(f32::from), 1.0);
        [y, u, v].map(|c| c.round().clamp(0.0, 255.0) as u8)
    }
}

/// BT.709 limited range. `rgb` is premultiplied with `alpha` (0 to 1) and 0 to 255; so is the result, offsets included.
pub(crate) fn to_yuv([r, g, b]: [f32; 3], alpha: f32) -> [f32; 3] {
    let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [
        16.0 * alpha + luma * (219.0 / 255.0),
        128.0 * alpha + (b - luma) / 1.8556 * (224.0 / 255.0),
        128.0 * alpha + (r - luma) / 1.5748 * (224.0 / 255.0),
    ]
}

/// The inverse of [`to_yuv`] for an opaque sample.
pub(crate) fn to_rgb(y: u8, u: u8, v: u8) -> [u8; 3] {
    let y = (f32::from(y) - 16.0) * (255.0 / 219.0);
    let u = (f32::from(u) - 128.0) * (255.0 / 224.0);
    let v = (f32::from(v) - 128.0) * (255.0 / 224.0);
    let r = y + 1.5748 * v;
    let b = y + 1.8556 * u;
    let g = (y - 0.2126 * r - 0.0722 * b) / 0.7152;
    [r, g, b].map(|c| c.round().clamp(0.0, 255.0) as u8)
}

/// A frame. Sides are even.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Width of luma, pixels.
    pub(crate) width: usize,
    /// Height of luma, pixels.
    pub(crate) height: usize,
    /// Y, then U, then V.
    pub(crate) data: Vec<u8>,
}

/// Bytes of a frame.
pub(crate) const fn bytes_of(width: usize, height: usize) -> usize {
    width * height * 3 / 2
}

/// A frame that lies somewhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Y, then U, then V; [`bytes_of`] long.
    pub(crate) data: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Y, U and V.
    pub(crate) fn planes(self) -> [&'a [u8]; 3] {
        let (y, rest) = self.data.split_at(self.width * self.height);
        let (u, v) = rest.split_at(rest.len() / 2);
        [y, u, v]
    }
}

impl Picture {
    /// This frame, borrowed.
    pub(crate) fn frame(&self) -> Frame<'_> {
        Frame { width: self.width, height: self.height, data: &self.data }
    }

    /// A frame of one colour.
    pub(crate) fn filled(width: usize, height: usize, colour: Rgb) -> Self {
        let mut picture = Self { width, height, data: vec![0; bytes_of(width, height)] };
        picture.fill(colour);
        picture
    }

    /// A film frame of one colour.
    pub(crate) fn film(colour: Rgb) -> Self {
        Self::filled(WIDTH as usize, HEIGHT as usize, colour)
    }

    /// Makes it one colour.
    pub(crate) fn fill(&mut self, colour: Rgb) {
        let [y, u, v] = colour.yuv();
        let planes = self.planes_mut();
        for (plane, value) in planes.into_iter().zip([y, u, v]) {
            plane.fill(value);
        }
    }

    /// Y, U and V.
    pub(crate) fn planes(&self) -> [&[u8]; 3] {
        self.frame().planes()
    }

    /// Y, U and V.
    pub(crate) fn planes_mut(&mut self) -> [&mut [u8]; 3] {
        let (y, rest) = self.data.split_at_mut(self.width * self.height);
        let half = rest.len() / 2;
        let (u, v) = rest.split_at_mut(half);
        [y, u, v]
    }

    /// Mixes the whole frame towards `colour`; `share` of 256 is the colour alone.
    pub(crate) fn sink(&mut self, colour: Rgb, share: u16) {
        let share = u32::from(share.min(256));
        let yuv = colour.yuv();
        for (plane, value) in self.planes_mut().into_iter().zip(yuv) {
            let add = u32::from(value) * share + 128;
            for p in plane {
                *p = ((u32::from(*p) * (256 - share) + add) >> 8) as u8;
            }
        }
    }

    /// Packed RGB, for still images.
    pub(crate) fn rgb(&self) -> Vec<u8> {
        let [luma, u, v] = self.planes();
        let half = self.width / 2;
        let mut out = Vec::with_capacity(self.width * self.height * 3);
        for (row, line) in luma.chunks_exact(self.width).enumerate() {
            let at = row / 2 * half;
            for (column, &y) in line.iter().enumerate() {
                let chroma = at + column / 2;
                out.extend(to_rgb(y, u[chroma], v[chroma]));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_colour_survives_the_trip(r: u8, g: u8, b: u8) {
            let [y, u, v] = Rgb(r, g, b).yuv();
            let back = to_rgb(y, u, v);
            for (before, after) in [r, g, b].into_iter().zip(back) {
                proptest::prop_assert!(before.abs_diff(after) <= 3, "{:?} {:?}", (r, g, b), back);
            }
        }
    }

    #[test]
    fn sinking_ends_in_the_colour() {
        let ink = Rgb(0x16, 0x18, 0x1d);
        let mut picture = Picture::filled(4, 2, Rgb(250, 248, 244));
        picture.sink(ink, 0);
        assert_eq!(picture, Picture::filled(4, 2, Rgb(250, 248, 244)));
        picture.sink(ink, 256);
        assert_eq!(picture, Picture::filled(4, 2, ink));
    }
}
