//! Frames as they are decoded, and the pictures that are made of them for the detector.

use crate::net::Tensor;

/// Width and height, pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Width; even.
    pub width: usize,
    /// Height; even.
    pub height: usize,
}

impl Size {
    /// Bytes of a frame: planar YUV 4:2:0.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.width * self.height * 3 / 2
    }
}

/// A decoded frame: planar YUV 4:2:0, BT.709 limited range.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    pub(crate) size: Size,
    luma: &'a [u8],
    cb: &'a [u8],
    cr: &'a [u8],
}

impl<'a> Frame<'a> {
    /// `None` when `data` is not a frame of this size.
    #[must_use]
    pub fn new(data: &'a [u8], size: Size) -> Option<Self> {
        let whole = data.len() == size.bytes() && size.width.is_multiple_of(2) && size.height.is_multiple_of(2);
        let (luma, chroma) = data.split_at_checked(size.width * size.height).filter(|_| whole)?;
        let (cb, cr) = chroma.split_at(chroma.len() / 2);
        Some(Self { size, luma, cb, cr })
    }

    /// Its brightness, coarsely: 32 x 18 means.
    pub(crate) fn thumb(&self) -> Thumb {
        let Size { width, height } = self.size;
        let mut thumb = [0; THUMB.0 * THUMB.1];
        for (at, mean) in thumb.iter_mut().enumerate() {
            let (column, row) = (at % THUMB.0, at / THUMB.0);
            let span =
                |i: usize, n: usize, length: usize| i * length / n..((i + 1) * length / n).max(i * length / n + 1);
            let (mut sum, mut count) = (0, 0);
            for y in span(row, THUMB.1, height).step_by(2) {
                let pixels = &self.luma[y * width..][span(column, THUMB.0, width)];
                sum += pixels.iter().step_by(2).map(|&v| u32::from(v)).sum::<u32>();
                count += pixels.len().div_ceil(2) as u32;
            }
            *mean = (sum / count.max(1)) as u8;
        }
        Thumb(thumb)
    }
}

const THUMB: (usize, usize) = (32, 18);

/// A frame's brightness, coarsely.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thumb([u8; THUMB.0 * THUMB.1]);

impl Thumb {
    /// Mean difference, 0 to 255, of two frames whose overall brightness was made equal.
    pub(crate) fn difference(&self, other: &Self) -> f32 {
        let mean = |thumb: &Self| thumb.0.iter().map(|&v| i32::from(v)).sum::<i32>() / thumb.0.len() as i32;
        let shift = mean(self) - mean(other);
        let sum: i32 = self.0.iter().zip(&other.0).map(|(&a, &b)| (i32::from(a) - i32::from(b) - shift).abs()).sum();
        sum as f32 / self.0.len() as f32
    }

    /// Brightness of the brightest fiftieth part, 16 to 235.
    fn bright(&self) -> u8 {
        let mut sorted = self.0;
        sorted.sort_unstable();
        sorted[sorted.len() * 49 / 50]
    }

    /// What dark pictures are multiplied with before they are looked at: up to four times.
    pub(crate) fn gain(&self) -> f32 {
        (170.0 / (f32::from(self.bright()) - 16.0).max(1.0)).clamp(1.0, 4.0)
    }
}

/// A picture for the detector: red, green and blue, 0 to 255, pixel by pixel.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// Width, pixels.
    pub width: usize,
    /// Height, pixels.
    pub height: usize,
    /// Three numbers for each pixel.
    pub data: Vec<f32>,
}

impl Picture {
    /// With black to the right and below, so that both sides are multiples of `multiple`.
    pub(crate) fn padded(&self, multiple: usize) -> Tensor {
        let [width, height] = [self.width, self.height].map(|side| side.next_multiple_of(multiple));
        let mut tensor = Tensor::new(width, height, 3);
        let rows = tensor.data.chunks_exact_mut(width * 3).zip(self.data.chunks_exact(self.width * 3));
        rows.for_each(|(to, from)| to[..from.len()].copy_from_slice(from));
        tensor
    }
}

/// Through what a frame is looked at: which part, how large, turned by how much, brightened by how much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lens {
    /// Middle of what is seen, pixels of the frame.
    pub(crate) middle: (f32, f32),
    /// Pixels of the frame for each pixel of the picture.
    pub(crate) scale: f32,
    /// Clockwise, radians: a head that leans by this stands upright in the picture.
    pub(crate) turn: f32,
    /// Size of the picture.
    pub(crate) size: (usize, usize),
    /// Light is multiplied with this.
    pub(crate) gain: f32,
}

impl Lens {
    /// All of a frame, at `scale` pixels of it for each pixel of the picture, turned by quarters.
    pub(crate) fn whole(size: Size, scale: f32, quarters: u8, gain: f32) -> Self {
        let [width, height] = [size.width, size.height].map(|side| ((side as f32 / scale).round() as usize).max(1));
        let turned = quarters % 2 == 1;
        Self {
            middle: (size.width as f32 / 2.0, size.height as f32 / 2.0),
            scale,
            turn: f32::from(quarters) * std::f32::consts::FRAC_PI_2,
            size: if turned { (height, width) } else { (width, height) },
            gain,
        }
    }

    /// Where a point of the picture lies in the frame.
    pub(crate) fn place(&self, x: f32, y: f32) -> (f32, f32) {
        let (sin, cos) = self.turn.sin_cos();
        let (dx, dy) = (x - self.size.0 as f32 / 2.0, y - self.size.1 as f32 / 2.0);
        let (dx, dy) = (dx * self.scale, dy * self.scale);
        (self.middle.0 + dx * cos - dy * sin, self.middle.1 + dx * sin + dy * cos)
    }

    /// What is seen of a frame; black outside.
    pub(crate) fn see(&self, frame: &Frame<'_>) -> Picture {
        let (width, height) = self.size;
        let mut data = Vec::with_capacity(width * height * 3);
        let (sin, cos) = self.turn.sin_cos();
        let step = (cos * self.scale, sin * self.scale);
        for y in 0..height {
            let (mut px, mut py) = self.place(0.5, y as f32 + 0.5);
            for _ in 0..width {
                data.extend(rgb(frame, px - 0.5, py - 0.5, self.gain));
                px += step.0;
                py += step.1;
            }
        }
        Picture { width, height, data }
    }
}

/// A pixel between pixels; brightness from the four around, colour from the nearest.
fn rgb(frame: &Frame<'_>, x: f32, y: f32, gain: f32) -> [f32; 3] {
    let Size { width, height } = frame.size;
    if x < -0.5 || y < -0.5 || x > width as f32 - 0.5 || y > height as f32 - 0.5 {
        return [0.0; 3];
    }
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (left, top) = (x as usize, y as usize);
    let (right, below) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (fx, fy) = (x - left as f32, y - top as f32);
    let at = |x: usize, y: usize| f32::from(frame.luma[y * width + x]);
    let above = at(left, top) * (1.0 - fx) + at(right, top) * fx;
    let under = at(left, below) * (1.0 - fx) + at(right, below) * fx;
    let light = (above * (1.0 - fy) + under * fy - 16.0) * (255.0 / 219.0) * gain;
    let near = ((y + 0.5) as usize).min(height - 1) / 2 * (width / 2) + ((x + 0.5) as usize).min(width - 1) / 2;
    // BT.709, limited range.
    let cb = (f32::from(frame.cb[near]) - 128.0) * (255.0 / 224.0) * gain;
    let cr = (f32::from(frame.cr[near]) - 128.0) * (255.0 / 224.0) * gain;
    [light + 1.5748 * cr, light - 0.1873 * cb - 0.4681 * cr, light + 1.8556 * cb].map(|v| v.clamp(0.0, 255.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_lens_sees_what_is_there() {
        let size = Size { width: 8, height: 4 };
        let mut data = vec![16; 32];
        data[8 + 6] = 235; // column 6 of row 1
        data.extend([128; 16]);
        let frame = Frame::new(&data, size).unwrap();
        let upright = Lens::whole(size, 1.0, 0, 1.0).see(&frame);
        assert_eq!(upright.data.iter().position(|&v| v > 200.0), Some((8 + 6) * 3));
        for quarters in 1..4 {
            let lens = Lens::whole(size, 1.0, quarters, 1.0);
            let seen = lens.see(&frame);
            let at = seen.data.chunks(3).position(|v| v[0] > 200.0).unwrap();
            let (x, y) = lens.place((at % seen.width) as f32 + 0.5, (at / seen.width) as f32 + 0.5);
            assert!((x - 6.5).abs() < 0.01 && (y - 1.5).abs() < 0.01, "{quarters}: {x} {y}");
        }
    }

    #[test]
    fn a_frame_of_another_size_is_refused() {
        assert!(Frame::new(&[0; 48], Size { width: 8, height: 4 }).is_some());
        assert!(Frame::new(&[0; 47], Size { width: 8, height: 4 }).is_none());
        assert!(Frame::new(&[0; 9], Size { width: 3, height: 2 }).is_none());
    }
}
