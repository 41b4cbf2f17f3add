//! A covered picture on a fill of itself: what lies beside a portrait clip.
//!
//! The cage makes the same fill for pictures that are shown as filmed, but from frames that nobody covered. Here it is made
//! of the covered frame: nothing else goes in.

use crate::picture::Size;

/// The fill is blurred at this part of the canvas, as the cage does it.
const SHRINK: usize = 4;
/// Three means over this many pixels look like the cage's blur (a bell curve of 10 pixels).
const BLUR: usize = 19;

/// Puts `picture` (planar YUV 4:2:0 of `size`) at `at` on a `canvas` that is filled with the picture itself: enlarged,
/// blurred, darkened by 45 % and a little paler.
///
/// # Panics
/// When the picture has another size, or doesn't fit there; all numbers must be even.
#[must_use]
pub fn on_fill(picture: &[u8], size: Size, at: (usize, usize), canvas: Size) -> Vec<u8> {
    assert_eq!(picture.len(), size.bytes(), "a picture of another size");
    assert!(at.0 + size.width <= canvas.width && at.1 + size.height <= canvas.height, "a picture that doesn't fit");
    let mut out = Vec::with_capacity(canvas.bytes());
    let mut planes = picture;
    for (plane, half) in [(Light::Luma, 1), (Light::Chroma, 2), (Light::Chroma, 2)] {
        let from = Plane { data: &[], width: size.width / half, height: size.height / half };
        let (data, rest) = planes.split_at(from.width * from.height);
        planes = rest;
        let from = Plane { data, ..from };
        let to = (canvas.width / half, canvas.height / half);
        let small = (even(to.0 / SHRINK), even(to.1 / SHRINK));
        let blurred = plane.darker(blurred(covering(&from, small), small));
        let first = out.len();
        enlarge(&Plane { data: &blurred, width: small.0, height: small.1 }, to, &mut out);
        let (x, y) = (at.0 / half, at.1 / half);
        for (row, line) in data.chunks_exact(from.width).enumerate() {
            out[first + (y + row) * to.0 + x..][..from.width].copy_from_slice(line);
        }
    }
    out
}

const fn even(side: usize) -> usize {
    side.next_multiple_of(2)
}

/// One plane of a picture.
struct Plane<'a> {
    data: &'a [u8],
    width: usize,
    height: usize,
}

/// What the numbers of a plane mean.
#[derive(Clone, Copy)]
enum Light {
    Luma,
    Chroma,
}

impl Light {
    fn darker(self, plane: Vec<f32>) -> Vec<u8> {
        let change = |v: f32| match self {
            Self::Luma => 16.0 + (v - 16.0) * 0.55,
            Self::Chroma => 128.0 + (v - 128.0) * 0.75,
        };
        plane.into_iter().map(|v| change(v).round() as u8).collect()
    }
}

/// The middle of a plane, as large as fills `to`: each pixel is the mean of what it stands for.
fn covering(from: &Plane<'_>, to: (usize, usize)) -> Vec<f32> {
    // Pixels of the plane for each pixel that is made.
    let scale = (from.width as f32 / to.0 as f32).min(from.height as f32 / to.1 as f32);
    let start = |side: usize, to: usize| (side as f32 - to as f32 * scale) / 2.0;
    let (left, top) = (start(from.width, to.0), start(from.height, to.1));
    let span = |start: f32, i: usize, side: usize| {
        let first = ((start + i as f32 * scale) as usize).min(side - 1);
        first..((start + (i + 1) as f32 * scale) as usize).clamp(first + 1, side)
    };
    let mut out = Vec::with_capacity(to.0 * to.1);
    for y in 0..to.1 {
        let rows = span(top, y, from.height);
        for x in 0..to.0 {
            let columns = span(left, x, from.width);
            let count = (rows.len() * columns.len()) as f32;
            let lines = rows.clone().map(|row| &from.data[row * from.width..][columns.clone()]);
            let sum: u32 = lines.flatten().map(|&v| u32::from(v)).sum();
            out.push(sum as f32 / count);
        }
    }
    out
}

/// Three means over [`BLUR`] pixels (half as many for planes of colour), across and down.
fn blurred(mut plane: Vec<f32>, (width, height): (usize, usize)) -> Vec<f32> {
    // The cage blurs planes of colour over as many of their own pixels as those of light.
    let mut line = Vec::new();
    for _ in 0..3 {
        for row in plane.chunks_exact_mut(width) {
            mean(row.iter().copied(), &mut line);
            row.copy_from_slice(&line);
        }
        for x in 0..width {
            mean((0..height).map(|y| plane[y * width + x]), &mut line);
            line.iter().enumerate().for_each(|(y, v)| plane[y * width + x] = *v);
        }
    }
    plane
}

/// Means over [`BLUR`] numbers around each; beyond the ends, the last one stands.
fn mean(from: impl ExactSizeIterator<Item = f32> + Clone, to: &mut Vec<f32>) {
    const HALF: usize = BLUR / 2;
    let (first, last) = (from.clone().next().unwrap_or_default(), from.clone().last().unwrap_or_default());
    let wide: Vec<f32> =
        std::iter::repeat_n(first, HALF + 1).chain(from).chain(std::iter::repeat_n(last, HALF)).collect();
    let mut sum: f32 = wide[..BLUR].iter().sum();
    to.clear();
    for (gone, new) in wide.iter().zip(&wide[BLUR..]) {
        sum += new - gone;
        to.push(sum / BLUR as f32);
    }
}

/// Appends a plane at a larger size, between its pixels in a straight line.
fn enlarge(from: &Plane<'_>, to: (usize, usize), out: &mut Vec<u8>) {
    /// Steps between two pixels, for integers.
    const ONE: usize = 256;
    let place = |i: usize, from: usize, to: usize| {
        let at = ((2 * i + 1) * from * ONE / (2 * to)).saturating_sub(ONE / 2).min((from - 1) * ONE);
        (at / ONE, (at / ONE + 1).min(from - 1), (at % ONE) as u32)
    };
    let columns: Vec<_> = (0..to.0).map(|x| place(x, from.width, to.0)).collect();
    let mut line = vec![0u32; from.width];
    for y in 0..to.1 {
        let (above, below, part) = place(y, from.height, to.1);
        let row = |y: usize| &from.data[y * from.width..][..from.width];
        for ((to, a), b) in line.iter_mut().zip(row(above)).zip(row(below)) {
            *to = u32::from(*a) * (ONE as u32 - part) + u32::from(*b) * part;
        }
        out.extend(columns.iter().map(|&(left, right, part)| {
            let mixed = line[left] * (ONE as u32 - part) + line[right] * part;
            ((mixed + (1 << 15)) >> 16) as u8
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: Size = Size { width: 320, height: 180 };
    const PORTRAIT: Size = Size { width: 102, height: 180 };

    #[test]
    fn the_picture_stands_in_the_middle_of_its_own_dark_blur() {
        let picture: Vec<u8> = [vec![216; 102 * 180], vec![100; 51 * 90], vec![160; 51 * 90]].concat();
        let out = on_fill(&picture, PORTRAIT, (108, 0), CANVAS);
        assert_eq!(out.len(), CANVAS.bytes());
        for (i, v) in out[..320 * 180].iter().enumerate() {
            let inside = (108..210).contains(&(i % 320));
            assert_eq!(*v, if inside { 216 } else { 126 }, "{i}"); // 16 + 200 * 0.55
        }
        assert_eq!((out[320 * 180], out[320 * 180 + 160 * 90]), (107, 152)); // three quarters of the way from 128
    }

    #[test]
    fn rule_4_nothing_but_the_covered_picture_makes_the_fill() {
        // Bright where a mask is, which only the covered frame lacks.
        let size = PORTRAIT;
        let mask = crate::shape::Mask { left: 20.0, top: 40.0, right: 80.0, bottom: 120.0 };
        let covered = |face: u8| {
            let mut picture = vec![90; size.bytes()];
            (60..90).for_each(|y| picture[y * 102 + 40..][..20].fill(face));
            mask.paint(&mut picture, size);
            on_fill(&picture, size, (108, 0), CANVAS)
        };
        assert_eq!(covered(235), covered(16));
    }
}
