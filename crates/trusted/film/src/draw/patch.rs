//! A drawing, rasterised once and blended on many frames: only its own rectangle is touched.

use tiny_skia::Pixmap;

use crate::picture::{Picture, to_yuv};

/// A drawing as premultiplied YUV with alpha. Values are 8.8 fixed point, alpha is 0 to 256.
#[derive(Debug, Clone)]
pub(crate) struct Patch {
    /// Left edge on the frame, even.
    pub(crate) x: i32,
    /// Top edge on the frame, even.
    pub(crate) y: i32,
    planes: [Plane; 3],
}

#[derive(Debug, Clone)]
struct Plane {
    width: usize,
    height: usize,
    value: Vec<u16>,
    alpha: Vec<u16>,
}

/// How much of a patch is seen on one frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight {
    /// 0 to 256.
    pub(crate) alpha: u16,
    /// Pixels to the right of and below its place.
    pub(crate) shift: (i32, i32),
    /// First and last column shown, relative to the patch; the rest is left out.
    pub(crate) columns: Option<(i32, i32)>,
}

impl Patch {
    /// Takes the part of `canvas` that is not fully transparent. `None` where nothing was drawn.
    pub(crate) fn cut(canvas: &Pixmap) -> Option<Self> {
        let (left, top, right, bottom) = bounds(canvas)?;
        let (left, top) = (left & !1, top & !1);
        let (right, bottom) = ((right + 2) & !1, (bottom + 2) & !1);
        let (width, height) = (right - left, bottom - top);
        let sample = |x: usize, y: usize| -> ([f32; 3], f32) {
            let pixel = u32::try_from(x).ok().zip(u32::try_from(y).ok()).and_then(|(x, y)| canvas.pixel(x, y));
            pixel.map_or(([0.0; 3], 0.0), |p| {
                let alpha = f32::from(p.alpha()) / 255.0;
                (to_yuv([p.red(), p.green(), p.blue()].map(f32::from), alpha), alpha)
            })
        };
        let mut planes =
            [Plane::new(width, height), Plane::new(width / 2, height / 2), Plane::new(width / 2, height / 2)];
        for y in 0..height {
            for x in 0..width {
                let (yuv, alpha) = sample(left + x, top + y);
                planes[0].put(x, y, yuv[0], alpha);
            }
        }
        // A chroma sample is the mean of its four pixels; premultiplied values make that exact at edges.
        for y in 0..height / 2 {
            for x in 0..width / 2 {
                let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| sample(left + 2 * x + dx, top + 2 * y + dy));
                let alpha = four.iter().map(|s| s.1).sum::<f32>() / 4.0;
                for (i, plane) in planes.iter_mut().enumerate().skip(1) {
                    plane.put(x, y, four.iter().map(|s| s.0[i]).sum::<f32>() / 4.0, alpha);
                }
            }
        }
        Some(Self { x: left as i32, y: top as i32, planes })
    }

    /// Width in pixels.
    pub(crate) fn width(&self) -> i32 {
        self.planes[0].width as i32
    }

    /// Draws it over `frame`. Parts beyond the frame's edge are left out.
    pub(crate) fn blend(&self, frame: &mut Picture, sight: Sight) {
        if sight.alpha == 0 {
            return;
        }
        let (x, y) = (self.x + sight.shift.0, self.y + sight.shift.1);
        let columns = sight.columns.unwrap_or((0, self.width()));
        let (width, height) = (frame.width, frame.height);
        for (i, (plane, target)) in self.planes.iter().zip(frame.planes_mut()).enumerate() {
            let half = usize::from(i > 0);
            let place = ((x >> half) as isize, (y >> half) as isize);
            let columns = ((columns.0 >> half).max(0) as usize, (columns.1 >> half).max(0) as usize);
            plane.blend(target, width >> half, height >> half, place, columns, u32::from(sight.alpha.min(256)));
        }
    }
}

impl Plane {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, value: vec![0; width * height], alpha: vec![0; width * height] }
    }

    fn put(&mut self, x: usize, y: usize, value: f32, alpha: f32) {
        let at = y * self.width + x;
        self.value[at] = (value * 256.0).round().clamp(0.0, 65_535.0) as u16;
        self.alpha[at] = (alpha * 256.0).round() as u16;
    }

    fn blend(
        &self,
        target: &mut [u8],
        width: usize,
        height: usize,
        (x, y): (isize, isize),
        columns: (usize, usize),
        ramp: u32,
    ) {
        let first = columns.0.max((-x).max(0) as usize);
        let last = columns.1.min(self.width).min((width as isize - x).max(0) as usize);
        if first >= last {
            return;
        }
        for row in 0..self.height {
            let at = y + row as isize;
            if at < 0 || at >= height as isize {
                continue;
            }
            let start = (at * width as isize + x + first as isize) as usize;
            let from = row * self.width;
            let source = self.value[from + first..from + last].iter().zip(&self.alpha[from + first..from + last]);
            for (pixel, (&value, &alpha)) in target[start..start + last - first].iter_mut().zip(source) {
                let cover = u32::from(alpha) * ramp;
                *pixel = ((u32::from(*pixel) * (65_536 - cover) + u32::from(value) * ramp + 32_768) >> 16) as u8;
            }
        }
    }
}

/// Left, top, right, bottom (inclusive) of what was drawn.
fn bounds(canvas: &Pixmap) -> Option<(usize, usize, usize, usize)> {
    let width = canvas.width() as usize;
    let mut found: Option<(usize, usize, usize, usize)> = None;
    for (y, row) in canvas.pixels().chunks_exact(width).enumerate() {
        let Some(left) = row.iter().position(|p| p.alpha() > 0) else { continue };
        let right = row.iter().rposition(|p| p.alpha() > 0).unwrap_or(left);
        found = Some(found.map_or((left, y, right, y), |(l, t, r, _)| (l.min(left), t, r.max(right), y)));
    }
    found
}

#[cfg(test)]
mod tests {
    use tiny_skia::{Color, Paint, Rect, Transform};

    use super::*;
    use crate::picture::Rgb;

    const WHOLE: Sight = Sight { alpha: 256, shift: (0, 0), columns: None };

    fn square(x: f32, y: f32, colour: Color) -> Pixmap {
        let mut canvas = Pixmap::new(64, 32).unwrap();
        let paint = Paint { shader: tiny_skia::Shader::SolidColor(colour), ..Paint::default() };
        canvas.fill_rect(Rect::from_xywh(x, y, 8.0, 8.0).unwrap(), &paint, Transform::identity(), None);
        canvas
    }

    #[test]
    fn an_opaque_square_replaces_and_the_rest_stays() {
        let patch = Patch::cut(&square(10.0, 6.0, Color::from_rgba8(185, 58, 10, 255))).unwrap();
        let ground = Rgb(250, 248, 244);
        let mut frame = Picture::filled(64, 32, ground);
        patch.blend(&mut frame, WHOLE);
        let rgb = frame.rgb();
        let at = |x: usize, y: usize| &rgb[(y * 64 + x) * 3..][..3];
        let [y, u, v] = Rgb(185, 58, 10).yuv();
        assert_eq!(at(12, 8), crate::picture::to_rgb(y, u, v));
        let plain = Picture::filled(64, 32, ground).rgb();
        assert_eq!(at(9, 6), &plain[..3]);
        assert_eq!(at(18, 13), &plain[..3]);
    }

    #[test]
    fn half_alpha_is_half_way_and_edges_may_be_crossed() {
        let patch = Patch::cut(&square(0.0, 0.0, Color::WHITE)).unwrap();
        let mut frame = Picture::filled(64, 32, Rgb(0, 0, 0));
        patch.blend(&mut frame, Sight { alpha: 128, ..WHOLE });
        assert!(frame.planes()[0][0].abs_diff(126) <= 1, "{}", frame.planes()[0][0]);
        for shift in [(-5, -5), (60, 28), (500, 500), (-500, 3)] {
            patch.blend(&mut frame, Sight { shift, ..WHOLE });
        }
    }

    #[test]
    fn nothing_drawn_is_nothing_to_blend() {
        assert!(Patch::cut(&Pixmap::new(8, 8).unwrap()).is_none());
    }
}
