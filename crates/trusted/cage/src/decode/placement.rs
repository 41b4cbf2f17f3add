//! Where a picture stands on its canvas. Integers only.

/// How a picture is put on the wanted size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Whole, centred, on a blurred darkened fill of itself. A picture that is off by less than 2 % is cropped to fill.
    Canvas,
    /// Filling everything, cropped at its longer sides.
    Cover,
    /// Scaled without regard to shape; for pictures that have the size already.
    Exact,
}

/// A rectangle on the canvas, pixels; all even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// Fills narrower than this share of the side look like a mistake: crop instead.
const SLACK_PERCENT: u64 = 2;

impl Placement {
    /// Where [`Fit::Canvas`] puts a picture of `size` on `canvas`.
    #[must_use]
    pub fn on_canvas(size: (u32, u32), canvas: (u32, u32)) -> Self {
        let (width, height) = contain(size, canvas);
        let near = |inner: u32, outer: u32| u64::from(outer - inner) * 100 < u64::from(outer) * SLACK_PERCENT;
        if near(width, canvas.0) && near(height, canvas.1) {
            return Self { x: 0, y: 0, width: canvas.0, height: canvas.1 };
        }
        let middle = |inner: u32, outer: u32| (outer - inner) / 4 * 2;
        Self { x: middle(width, canvas.0), y: middle(height, canvas.1), width, height }
    }

    /// The largest square in its middle.
    #[must_use]
    pub fn centre_square(self) -> Self {
        let side = self.width.min(self.height);
        let middle = |start: u32, length: u32| start + (length - side) / 4 * 2;
        Self { x: middle(self.x, self.width), y: middle(self.y, self.height), width: side, height: side }
    }

    /// Whether it fills `canvas`.
    pub(super) fn fills(self, canvas: (u32, u32)) -> bool {
        (self.width, self.height) == canvas
    }
}

/// The largest even size of this shape inside `canvas`.
fn contain(size: (u32, u32), canvas: (u32, u32)) -> (u32, u32) {
    let (w, h) = (u64::from(size.0.max(1)), u64::from(size.1.max(1)));
    let (cw, ch) = (u64::from(canvas.0), u64::from(canvas.1));
    let even = |v: u64, most: u32| u32::try_from(v.div_ceil(2) * 2).unwrap_or(most).clamp(2, most);
    if w * ch >= h * cw { (canvas.0, even(h * cw / w, canvas.1)) } else { (even(w * ch / h, canvas.0), canvas.1) }
}

/// The smallest even size of this shape that covers `canvas`, at most 16 times as large.
pub(super) fn cover(size: (u32, u32), canvas: (u32, u32)) -> (u32, u32) {
    let (w, h) = (u64::from(size.0.max(1)), u64::from(size.1.max(1)));
    let (cw, ch) = (u64::from(canvas.0), u64::from(canvas.1));
    let even = |v: u64, least: u32| u32::try_from(v.div_ceil(2) * 2).unwrap_or(u32::MAX).clamp(least, least * 16);
    if w * ch >= h * cw {
        (even((w * ch).div_ceil(h), canvas.0), canvas.1)
    } else {
        (canvas.0, even((h * cw).div_ceil(w), canvas.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_picture_lies_inside_its_canvas(w in 1u32..9000, h in 1u32..9000) {
            let canvas = (1280, 720);
            for p in [Placement::on_canvas((w, h), canvas), Placement::on_canvas((w, h), canvas).centre_square()] {
                proptest::prop_assert!(p.x + p.width <= canvas.0 && p.y + p.height <= canvas.1);
                proptest::prop_assert!([p.x, p.y, p.width, p.height].iter().all(|v| v % 2 == 0) && p.width > 0);
            }
            let (cw, ch) = cover((w, h), canvas);
            proptest::prop_assert!(cw >= canvas.0 && ch >= canvas.1);
        }
    }

    #[test]
    fn shapes_of_phones() {
        let at = |w, h| Placement::on_canvas((w, h), (1280, 720));
        assert_eq!(at(1920, 1080), Placement { x: 0, y: 0, width: 1280, height: 720 });
        assert_eq!(at(848, 480), Placement { x: 0, y: 0, width: 1280, height: 720 });
        assert_eq!(at(640, 480), Placement { x: 160, y: 0, width: 960, height: 720 });
        assert_eq!(at(1080, 1920), Placement { x: 436, y: 0, width: 406, height: 720 });
        assert_eq!(at(640, 480).centre_square(), Placement { x: 280, y: 0, width: 720, height: 720 });
    }
}
