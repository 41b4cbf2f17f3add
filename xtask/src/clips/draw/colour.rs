//! Colours and what a shape is filled with.

use super::{Affine, Point};

/// A colour, 0 to 1 per channel, in the display's own (gamma) space: flat art is mixed there, as paint programs do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rgb(pub(crate) [f32; 3]);

impl Rgb {
    /// From `0xrrggbb`.
    pub(crate) const fn hex(code: u32) -> Self {
        Self([((code >> 16) & 0xff) as f32 / 255.0, ((code >> 8) & 0xff) as f32 / 255.0, (code & 0xff) as f32 / 255.0])
    }

    /// `self` at 0, `other` at 1.
    pub(crate) fn mix(self, other: Self, t: f32) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + (other.0[i] - self.0[i]) * t))
    }

    /// Darker by `t` of 0 to 1, towards a warm black so that shadows on skin don't turn grey.
    pub(crate) fn shade(self, t: f32) -> Self {
        self.mix(Self([0.10, 0.05, 0.07]), t)
    }

    /// Lighter by `t` of 0 to 1.
    pub(crate) fn tint(self, t: f32) -> Self {
        self.mix(Self([1.0, 0.98, 0.95]), t)
    }

    /// Multiplied channel by channel, as light of that colour does.
    pub(crate) fn lit(self, light: Self) -> Self {
        Self(std::array::from_fn(|i| (self.0[i] * light.0[i]).clamp(0.0, 1.0)))
    }

    /// BT.709 luma and colour differences, limited range.
    pub(crate) fn yuv(self) -> [u8; 3] {
        let [r, g, b] = self.0.map(|c| c.clamp(0.0, 1.0));
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let (u, v) = ((b - y) / 1.8556, (r - y) / 1.5748);
        [16.0 + 219.0 * y, 128.0 + 224.0 * u, 128.0 + 224.0 * v].map(|c| (c + 0.5) as u8)
    }
}

/// What fills a shape. `alpha` multiplies the shape's coverage.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Paint {
    /// One colour.
    Flat(Rgb, f32),
    /// From the first point's colour to the second's.
    Linear { from: Point, to: Point, start: (Rgb, f32), end: (Rgb, f32) },
    /// From the centre's colour to the rim's, over an ellipse.
    Radial { centre: Point, radii: Point, start: (Rgb, f32), end: (Rgb, f32) },
}

impl Paint {
    /// A spot that fades to nothing at the rim.
    pub(crate) const fn glow(centre: Point, radii: Point, colour: Rgb, alpha: f32) -> Self {
        Self::Radial { centre, radii, start: (colour, alpha), end: (colour, 0.0) }
    }

    /// An opaque linear gradient.
    pub(crate) const fn blend(from: Point, to: Point, start: Rgb, end: Rgb) -> Self {
        Self::Linear { from, to, start: (start, 1.0), end: (end, 1.0) }
    }

    /// The paint in pixels, ready to be asked row by row.
    pub(super) fn prepare(self, place: &Affine) -> Prepared {
        match self {
            Self::Flat(colour, alpha) => Prepared { table: vec![entry(colour, alpha)], axis: Axis::None },
            Self::Linear { from, to, start, end } => {
                let (a, b) = (place.apply(from), place.apply(to));
                let (dx, dy) = (b.x - a.x, b.y - a.y);
                let length = (dx * dx + dy * dy).max(1e-6);
                let axis = Axis::Linear { x: dx / length, y: dy / length, at: -(a.x * dx + a.y * dy) / length };
                Prepared { table: table(start, end, |t| t), axis }
            }
            Self::Radial { centre, radii, start, end } => {
                let unit = Affine { a: radii.x, b: 0.0, c: 0.0, d: radii.y, e: centre.x, f: centre.y };
                let inverse = place.then_inside(&unit).inverse();
                // Looked up by the square of the distance, which spares a root for every pixel; with a soft shoulder:
                // light falls off slowly first, then fast, then slowly again.
                let ease = |square: f32| square * (3.0 - 2.0 * square.sqrt());
                Prepared { table: table(start, end, ease), axis: Axis::Radial(inverse) }
            }
        }
    }
}

/// Luma, two colour differences, and alpha 0 to 256.
type Entry = [u16; 4];

fn entry(colour: Rgb, alpha: f32) -> Entry {
    let [y, u, v] = colour.yuv().map(u16::from);
    [y, u, v, (alpha.clamp(0.0, 1.0) * 256.0) as u16]
}

fn table(start: (Rgb, f32), end: (Rgb, f32), ease: impl Fn(f32) -> f32) -> Vec<Entry> {
    let step = |i: usize| {
        let t = ease(i as f32 / 255.0);
        entry(start.0.mix(end.0, t), start.1 + (end.1 - start.1) * t)
    };
    (0..256).map(step).collect()
}

enum Axis {
    None,
    Linear {
        x: f32,
        y: f32,
        at: f32,
    },
    /// From pixels to a circle of radius 1.
    Radial(Affine),
}

/// A paint bound to pixels.
pub(super) struct Prepared {
    table: Vec<Entry>,
    axis: Axis,
}

/// How a row is coloured.
pub(super) enum Shade {
    /// In one colour.
    One([u8; 3]),
    /// Pixel by pixel.
    Many,
}

impl Prepared {
    /// Multiplies the `shares` of a row that begins at pixel (`x`, `y`) by alpha, and gives its colours: one, or many,
    /// which are put into `colours`.
    pub(super) fn row(&self, x: usize, y: usize, shares: &mut [u16], colours: &mut [Vec<u16>; 3]) -> Shade {
        let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
        let index = |t: f32| ((t * 255.0) as i32).clamp(0, 255) as usize;
        match &self.axis {
            Axis::None => {
                let [y, u, v, alpha] = self.table[0];
                if alpha < 256 {
                    shares.iter_mut().for_each(|share| *share = dimmed(*share, alpha));
                }
                return Shade::One([y as u8, u as u8, v as u8]);
            }
            Axis::Linear { x, y, at } => {
                let start = px * x + py * y + at;
                self.look_up(shares, colours, |i| index(start + i as f32 * x));
            }
            Axis::Radial(inverse) => {
                let from = inverse.apply(Point { x: px, y: py });
                self.look_up(shares, colours, |i| {
                    let (dx, dy) = (from.x + i as f32 * inverse.a, from.y + i as f32 * inverse.b);
                    index(dx * dx + dy * dy)
                });
            }
        }
        Shade::Many
    }

    #[inline]
    fn look_up(&self, shares: &mut [u16], colours: &mut [Vec<u16>; 3], index: impl Fn(usize) -> usize) {
        let [ys, us, vs] = colours;
        for values in [&mut *ys, us, vs] {
            values.resize(shares.len(), 0);
        }
        for (i, (((share, y), u), v)) in shares.iter_mut().zip(ys).zip(us).zip(vs).enumerate() {
            let entry = self.table[index(i)];
            (*y, *u, *v) = (entry[0], entry[1], entry[2]);
            *share = dimmed(*share, entry[3]);
        }
    }
}

/// One share of another; both 0 to 256.
#[inline]
pub(super) fn dimmed(share: u16, by: u16) -> u16 {
    ((u32::from(share) * u32::from(by)) >> 8) as u16
}
