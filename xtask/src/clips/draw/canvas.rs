//! A picture and the ways to put paint on it.
//!
//! Pixels are kept as encoders want them, one plane each for luma and the two colour differences: mixing is linear, so it
//! gives the same there as in RGB, and whole rows are mixed at once.

use super::colour::Shade;
use super::{Affine, Coverage, Paint, Path, Rgb};

/// Planar YUV 4:4:4, BT.709 limited range, rows from the top.
#[derive(Debug, Clone)]
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    planes: [Vec<u8>; 3],
    scratch: Coverage,
    row: Row,
}

/// One row's shares and colours, kept between calls for their memory.
#[derive(Debug, Clone, Default)]
struct Row {
    shares: Vec<u16>,
    colours: [Vec<u16>; 3],
}

impl Canvas {
    /// A picture of one colour.
    pub(crate) fn new(width: usize, height: usize, colour: Rgb) -> Self {
        let planes = colour.yuv().map(|value| vec![value; width * height]);
        Self { width, height, planes, scratch: Coverage::default(), row: Row::default() }
    }

    /// Takes over the pixels of a picture of the same size.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        for (to, from) in self.planes.iter_mut().zip(&other.planes) {
            to.copy_from_slice(from);
        }
    }

    /// The picture with colours at half the resolution, as video is stored; `out` is replaced. Sides must be even.
    pub(crate) fn yuv420(&self, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&self.planes[0]);
        for plane in &self.planes[1..] {
            for rows in plane.chunks_exact(2 * self.width) {
                let (upper, lower) = rows.split_at(self.width);
                let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
                let four =
                    |(a, b): (&[u8], &[u8])| u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
                out.extend(pairs.map(|pair| ((four(pair) + 2) >> 2) as u8));
            }
        }
    }

    /// All three planes at full resolution.
    pub(crate) fn yuv444(&self) -> Vec<u8> {
        self.planes.concat()
    }

    /// Fills a placed outline.
    pub(crate) fn fill(&mut self, path: &Path, place: &Affine, paint: Paint) {
        let mut coverage = std::mem::take(&mut self.scratch);
        coverage.draw(path, place, (self.width, self.height));
        self.put(&coverage, None, place, paint);
        self.scratch = coverage;
    }

    /// Fills the part of a placed outline that lies within `mask`.
    pub(crate) fn fill_within(&mut self, mask: &Coverage, path: &Path, place: &Affine, paint: Paint) {
        let mut coverage = std::mem::take(&mut self.scratch);
        coverage.draw(path, place, (self.width, self.height));
        self.put(&coverage, Some(mask), place, paint);
        self.scratch = coverage;
    }

    /// The coverage of a placed outline, to fill within.
    pub(crate) fn mask(&self, path: &Path, place: &Affine) -> Coverage {
        let mut coverage = Coverage::default();
        coverage.draw(path, place, (self.width, self.height));
        coverage
    }

    fn put(&mut self, coverage: &Coverage, mask: Option<&Coverage>, place: &Affine, paint: Paint) {
        let shader = paint.prepare(place);
        let Row { shares, colours } = &mut self.row;
        for row in 0..coverage.height {
            let y = coverage.top + row;
            let cells = &coverage.area[row * (coverage.width + 2)..][..coverage.width];
            let Some(first) = cells.iter().position(|&c| c > 0.002) else { continue };
            let last = cells.iter().rposition(|&c| c > 0.002).unwrap_or(first);
            let (cells, left) = (&cells[first..=last], coverage.left + first);
            shares.clear();
            shares.extend(cells.iter().map(|&c| (c * 256.0) as i32 as u16));
            if let Some(mask) = mask {
                mask.dim(shares, left, y);
            }
            let start = y * self.width + left;
            let planes = self.planes.iter_mut().map(|p| &mut p[start..start + cells.len()]);
            match shader.row(left, y, shares, colours) {
                Shade::One(colour) => planes.zip(colour).for_each(|(plane, value)| mix_flat(plane, value, shares)),
                Shade::Many => planes.zip(&*colours).for_each(|(plane, values)| mix(plane, values, shares)),
            }
        }
    }

    /// Throws the picture out of focus: three box blurs of `radius` pixels come close to a Gaussian.
    pub(crate) fn defocus(&mut self, radius: usize) {
        if radius == 0 {
            return;
        }
        let (w, h) = (self.width, self.height);
        for plane in &mut self.planes {
            for _ in 0..3 {
                (0..h).for_each(|y| blur_line(plane, y * w, 1, w, radius));
                (0..w).for_each(|x| blur_line(plane, x, w, h, radius));
            }
        }
    }

    /// Darkens towards the corners and dithers luma by one step, so that wide gradients show no bands.
    pub(crate) fn finish(&mut self, vignette: f32, seed: u64) {
        let (w, h) = (self.width as f32, self.height as f32);
        let mut noise = seed | 1;
        for i in 0..self.width * self.height {
            let (x, y) = ((i % self.width) as f32 / w - 0.5, (i / self.width) as f32 / h - 0.5);
            let k = 1.0 - vignette * (x * x + y * y) * 2.0;
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            let grain = (noise >> 40 & 0xff) as f32 / 255.0 * 1.4 - 0.7;
            for (plane, (black, grain)) in self.planes.iter_mut().zip([(16.0, grain), (128.0, 0.0), (128.0, 0.0)]) {
                plane[i] = ((f32::from(plane[i]) - black) * k + black + grain + 0.5) as u8;
            }
        }
    }
}

/// Mixes a row with one value. Shares are 0 to 256.
fn mix_flat(row: &mut [u8], value: u8, shares: &[u16]) {
    for (pixel, &share) in row.iter_mut().zip(shares) {
        *pixel = ((u16::from(*pixel) * (256 - share) + u16::from(value) * share + 128) >> 8) as u8;
    }
}

/// Mixes a row with a row of values.
fn mix(row: &mut [u8], values: &[u16], shares: &[u16]) {
    for ((pixel, &value), &share) in row.iter_mut().zip(values).zip(shares) {
        *pixel = ((u16::from(*pixel) * (256 - share) + value * share + 128) >> 8) as u8;
    }
}

/// One running-sum box blur along a line of `count` values, each `step` after the one before.
fn blur_line(values: &mut [u8], start: usize, step: usize, count: usize, radius: usize) {
    let size = (2 * radius + 1) as u32;
    let line: Vec<u8> = (0..count).map(|i| values[start + i * step]).collect();
    let get = |i: usize| u32::from(line[i.saturating_sub(radius).min(count - 1)]);
    let mut sum: u32 = (0..=2 * radius).map(get).sum();
    for i in 0..count {
        values[start + i * step] = ((sum + size / 2) / size) as u8;
        sum = sum + get(i + 2 * radius + 1) - get(i);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clips::draw::pt;

    const GREY: Rgb = Rgb([0.5, 0.5, 0.5]);

    #[test]
    fn covered_pixels_take_the_colour_and_others_keep_theirs() {
        let mut canvas = Canvas::new(8, 4, GREY);
        canvas.fill(&Path::rect(2.0, 1.0, 3.0, 2.0), &Affine::SAME, Paint::Flat(Rgb::hex(0xffffff), 1.0));
        let luma = canvas.planes[0].clone();
        assert_eq!((luma[8 + 2], luma[8 + 4], luma[8 + 5], luma[2]), (235, 235, 126, 126));
    }

    #[test]
    fn a_gradient_runs_from_its_first_colour_to_its_second() {
        let mut canvas = Canvas::new(64, 2, GREY);
        let paint = Paint::blend(pt(0.0, 0.0), pt(64.0, 0.0), Rgb::hex(0), Rgb::hex(0xffffff));
        canvas.fill(&Path::rect(0.0, 0.0, 64.0, 2.0), &Affine::SAME, paint);
        let row = &canvas.planes[0][..64];
        assert!(row[0] <= 18 && row[63] >= 232 && row.is_sorted(), "{row:?}");
    }

    #[test]
    fn out_of_focus_keeps_the_mean() {
        let mut canvas = Canvas::new(32, 32, Rgb::hex(0));
        canvas.fill(&Path::rect(14.0, 14.0, 4.0, 4.0), &Affine::SAME, Paint::Flat(Rgb::hex(0xffffff), 1.0));
        let sum = |c: &Canvas| c.planes[0].iter().map(|&v| u32::from(v)).sum::<u32>();
        let before = sum(&canvas);
        canvas.defocus(2);
        assert!(sum(&canvas).abs_diff(before) < 1024 && canvas.planes[0].iter().max() < Some(&200));
    }

    #[test]
    fn video_has_half_the_colours() {
        let mut out = Vec::new();
        Canvas::new(6, 4, Rgb::hex(0xff0000)).yuv420(&mut out);
        assert_eq!((out.len(), out[0], out[24], out[30]), (36, 63, 102, 240));
    }
}
