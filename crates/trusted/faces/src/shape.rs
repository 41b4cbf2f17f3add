//! Masks: which part of the picture, and how it is painted.

#[cfg(test)]
use crate::detector::Face;
use crate::picture::Size;

/// From the middle of a mask to its sides, in sizes of the face: ears and hair beside it.
const HALF_WIDTH: f32 = 0.72;
/// From the middle of a mask to its upper and lower end: hair above, chin and neck below.
const HALF_HEIGHT: f32 = 0.86;
/// The middle of a head lies above that of its face, in sizes of the face.
const RISE: f32 = 0.05;
/// Radius of the corners, as a share of the shorter side.
const ROUND: f32 = 0.4;
/// The one colour, as Y, Cb, Cr: a dark grey.
pub(crate) const COLOUR: [u8; 3] = [58, 131, 126];

/// A part of a picture, pixels. Its corners are rounded when it is painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mask {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
}

impl Mask {
    /// The head that belongs to a face: its shape is always the same, only place and size differ.
    pub(crate) fn head(x: f32, y: f32, size: f32) -> Self {
        let y = y - RISE * size;
        let (dx, dy) = (HALF_WIDTH * size, HALF_HEIGHT * size);
        Self { left: x - dx, top: y - dy, right: x + dx, bottom: y + dy }
    }

    /// Larger by this on all sides.
    pub(crate) fn grown(self, by: f32) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    /// The smallest that holds both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// What both share, if anything.
    pub(crate) fn shared(self, other: Self) -> Option<Self> {
        let part = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (part.left < part.right && part.top < part.bottom).then_some(part)
    }

    /// Whether a face's box lies inside, corners included.
    #[cfg(test)]
    pub(crate) fn holds(&self, face: &Face) -> bool {
        let (dx, dy) = (face.width / 2.0, face.height / 2.0);
        let inside = |x: f32, y: f32| self.row(y).is_some_and(|(from, to)| from <= x && x <= to);
        [-dx, dx].iter().all(|dx| [-dy, dy].iter().all(|dy| inside(face.x + dx, face.y + dy)))
    }

    /// From where to where the mask goes at height `y`.
    fn row(&self, y: f32) -> Option<(f32, f32)> {
        if y < self.top || y > self.bottom {
            return None;
        }
        let round = ROUND * (self.right - self.left).min(self.bottom - self.top);
        // How deep the row lies in the rounded part.
        let deep = (self.top + round - y).max(y - (self.bottom - round)).max(0.0);
        let back = round - (round * round - deep * deep).max(0.0).sqrt();
        Some((self.left + back, self.right - back))
    }

    /// At another size of the picture.
    pub(crate) fn scaled(self, x: f32, y: f32) -> Self {
        Self { left: self.left * x, top: self.top * y, right: self.right * x, bottom: self.bottom * y }
    }

    /// Calls `row` for each pair of rows with the columns that are covered in both; all even, so that the coarser planes
    /// of colour are covered exactly where brightness is.
    fn pairs(&self, size: Size, mut row: impl FnMut(usize, std::ops::Range<usize>)) {
        let first = (self.top.max(0.0) / 2.0) as usize;
        let last = ((self.bottom.max(0.0) / 2.0).ceil() as usize).min(size.height / 2);
        for pair in first..last {
            let rows = [0.0, 1.0, 2.0].map(|dy| self.row((pair as f32 * 2.0 + dy).clamp(self.top, self.bottom)));
            let spans = rows.iter().flatten();
            let from = spans.clone().fold(f32::MAX, |least, span| least.min(span.0)).max(0.0);
            let to = spans.fold(0.0, |most: f32, span| most.max(span.1));
            let (from, to) = ((from / 2.0) as usize * 2, ((to / 2.0).ceil() as usize * 2).min(size.width));
            if from < to {
                row(pair, from..to);
            }
        }
    }

    /// Paints a frame (planar YUV 4:2:0) of `size`; nothing of what was there decides what is there then.
    pub(crate) fn paint(&self, data: &mut [u8], size: Size) {
        let (luma, chroma) = data.split_at_mut(size.width * size.height);
        let (cb, cr) = chroma.split_at_mut(luma.len() / 4);
        let half = size.width / 2;
        self.pairs(size, |pair, columns| {
            for y in [2 * pair, 2 * pair + 1] {
                luma[y * size.width..][columns.clone()].fill(COLOUR[0]);
            }
            let columns = columns.start / 2..columns.end / 2;
            cb[pair * half..][columns.clone()].fill(COLOUR[1]);
            cr[pair * half..][columns].fill(COLOUR[2]);
        });
    }
}

/// Paints all of a frame.
pub(crate) fn paint_all(data: &mut [u8], size: Size) {
    let (luma, chroma) = data.split_at_mut(size.width * size.height);
    luma.fill(COLOUR[0]);
    let half = chroma.len() / 2;
    chroma[..half].fill(COLOUR[1]);
    chroma[half..].fill(COLOUR[2]);
}

/// Share of a picture of `size` that masks cover, 0 to 1, on a grid of 64 x 36 points.
pub(crate) fn share(masks: &[Mask], size: Size) -> f64 {
    let (width, height) = (size.width as f32, size.height as f32);
    let point = |i: usize| (((i % 64) as f32 + 0.5) * width / 64.0, ((i / 64) as f32 + 0.5) * height / 36.0);
    let under = |mask: &Mask, (x, y)| mask.row(y).is_some_and(|(from, to)| from <= x && x <= to);
    let covered = (0..64 * 36).filter(|&i| masks.iter().any(|mask| under(mask, point(i)))).count();
    covered as f64 / (64.0 * 36.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn rule_4_a_head_holds_its_face(x in 0f32..600.0, y in 0f32..600.0, w in 10f32..200.0, shape in 0.9f32..1.7) {
            let face = Face { x, y, width: w, height: w * shape, score: 1.0 };
            proptest::prop_assert!(Mask::head(x, y, face.size()).holds(&face));
        }

        #[test]
        fn rule_4_what_is_under_a_mask_says_nothing(
            left in -40f32..80.0, top in -40f32..60.0, width in 1f32..90.0, height in 1f32..90.0, one: u8, two: u8,
        ) {
            let size = Size { width: 64, height: 48 };
            let mask = Mask { left, top, right: left + width, bottom: top + height };
            let painted = |seed: u8| {
                let mut data: Vec<u8> = (0..size.bytes()).map(|i| (i as u8).wrapping_mul(31) ^ seed).collect();
                mask.paint(&mut data, size);
                data
            };
            let (one, two) = (painted(one), painted(two));
            for y in 0..48 {
                let Some((from, to)) = mask.row(y as f32 + 0.5) else { continue };
                for x in (0..64).filter(|&x| from <= x as f32 + 0.5 && x as f32 + 0.5 <= to) {
                    let chroma = 64 * 48 + y / 2 * 32 + x / 2;
                    for at in [y * 64 + x, chroma, chroma + 32 * 24] {
                        proptest::prop_assert_eq!(one[at], two[at]);
                    }
                    proptest::prop_assert_eq!([one[y * 64 + x], one[chroma]], [COLOUR[0], COLOUR[1]]);
                }
            }
        }
    }

    #[test]
    fn all_of_a_frame_is_painted() {
        let size = Size { width: 4, height: 2 };
        let mut data = vec![200; 12];
        paint_all(&mut data, size);
        assert_eq!(data, [[58; 8].as_slice(), &[131; 2], &[126; 2]].concat());
    }
}
