//! A frame made small: luma on a fixed square, whatever the clip's shape, and averages over any rectangle of it.

/// Side of a small picture, pixels. PDQ wants 64; crops to a half still fill that.
pub(crate) const SIDE: usize = 128;
/// Pixels of a small picture.
pub(crate) const PIXELS: usize = SIDE * SIDE;

/// The part of a frame that is picture, pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: usize,
    /// Upper edge.
    pub y: usize,
    /// Width; at least 1.
    pub width: usize,
    /// Height; at least 1.
    pub height: usize,
}

/// A rectangle of a picture, as shares of its sides: (0, 0, 1, 1) is all of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
}

impl Rect {
    pub(crate) const ALL: Self = Self { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

    /// The square of side `share` whose free space lies `x` and `y` (0 to 1) before it.
    pub(crate) fn part(share: f32, x: f32, y: f32) -> Self {
        let (left, top) = ((1.0 - share) * x, (1.0 - share) * y);
        Self { left, top, right: left + share, bottom: top + share }
    }

    /// `other`, a rectangle of the whole, as a rectangle of this one; what lies outside is cut off.
    pub(crate) fn around(self, other: Self) -> Self {
        let (w, h) = (self.right - self.left, self.bottom - self.top);
        let share = |v: f32, start: f32, length: f32| ((v - start) / length).clamp(0.0, 1.0);
        Self {
            left: share(other.left, self.left, w),
            top: share(other.top, self.top, h),
            right: share(other.right, self.left, w),
            bottom: share(other.bottom, self.top, h),
        }
    }

    /// `inner` of this rectangle, as a rectangle of the picture.
    pub(crate) fn within(self, inner: Self) -> Self {
        let (w, h) = (self.right - self.left, self.bottom - self.top);
        Self {
            left: self.left + inner.left * w,
            top: self.top + inner.top * h,
            right: self.left + inner.right * w,
            bottom: self.top + inner.bottom * h,
        }
    }
}

/// Adds the area of a luma plane to `sums`, made small: each pixel becomes the mean of the block it stands for.
pub(crate) fn shrink(luma: &[u8], stride: usize, area: Area, sums: &mut [u16]) {
    let edge = |i: usize, length: usize| i * length / SIDE;
    let block = |i, length| edge(i, length)..edge(i + 1, length).max(edge(i, length) + 1);
    let mut row_sums = vec![0u32; area.width];
    for (y, out) in sums.chunks_exact_mut(SIDE).enumerate() {
        let rows = block(y, area.height);
        row_sums.fill(0);
        for row in rows.clone() {
            let start = (area.y + row) * stride + area.x;
            for (sum, &value) in row_sums.iter_mut().zip(&luma[start..start + area.width]) {
                *sum += u32::from(value);
            }
        }
        for (x, out) in out.iter_mut().enumerate() {
            let columns = block(x, area.width);
            let count = (rows.len() * columns.len()) as u32;
            let sum: u32 = row_sums[columns].iter().sum();
            *out += ((sum + count / 2) / count) as u16;
        }
    }
}

/// Sums over all rectangles from the upper left corner: any average in four look-ups.
pub(crate) struct Sums(Vec<f32>);

/// Sums per row and column: one more than pixels.
const EDGES: usize = SIDE + 1;

impl Sums {
    pub(crate) fn of(pixels: &[u8]) -> Self {
        let mut sums = vec![0.0f32; EDGES * EDGES];
        for (y, row) in pixels.chunks_exact(SIDE).enumerate() {
            let mut sum = 0.0;
            for (x, &value) in row.iter().enumerate() {
                sum += f32::from(value);
                sums[(y + 1) * EDGES + x + 1] = sums[y * EDGES + x + 1] + sum;
            }
        }
        Self(sums)
    }

    /// The sum left of `x` and above `y`, pixels and parts of pixels.
    fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x.clamp(0.0, SIDE as f32), y.clamp(0.0, SIDE as f32));
        let (column, row) = ((x as usize).min(SIDE - 1), (y as usize).min(SIDE - 1));
        let (right, down) = (x - column as f32, y - row as f32);
        let line = |row: usize| {
            let (a, b) = (self.0[row * EDGES + column], self.0[row * EDGES + column + 1]);
            a + (b - a) * right
        };
        line(row) + (line(row + 1) - line(row)) * down
    }

    /// The rectangle on a grid of `count` by `count` means.
    pub(crate) fn grid(&self, rect: Rect, count: usize, out: &mut Vec<f32>) {
        let side = SIDE as f32;
        let step_x = (rect.right - rect.left) * side / count as f32;
        let step_y = (rect.bottom - rect.top) * side / count as f32;
        let corner = |i: usize, start: f32, step: f32| start * side + i as f32 * step;
        let line = |y: usize| -> Vec<f32> {
            (0..=count).map(|x| self.at(corner(x, rect.left, step_x), corner(y, rect.top, step_y))).collect()
        };
        out.clear();
        let mut above = line(0);
        for y in 0..count {
            let below = line(y + 1);
            out.extend((0..count).map(|x| (below[x + 1] - below[x] - above[x + 1] + above[x]) / (step_x * step_y)));
            above = below;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_averaged_and_what_lies_beside_it_is_left_out() {
        let (stride, area) = (400, Area { x: 50, y: 20, width: 256, height: 384 });
        let inside = |x: usize, y: usize| (50..306).contains(&x) && (20..404).contains(&y);
        let luma: Vec<u8> = (0..400 * 420)
            .map(|i| match (i % 400, i / 400) {
                (x, y) if inside(x, y) => {
                    if (x + y) % 2 == 0 {
                        10
                    } else {
                        20
                    }
                }
                _ => 255,
            })
            .collect();
        let mut sums = vec![0; PIXELS];
        shrink(&luma, stride, area, &mut sums);
        assert!(sums.iter().all(|&v| v == 15));
    }

    #[test]
    fn a_frame_smaller_than_the_square_is_repeated() {
        let luma: Vec<u8> = (0..64 * 64).map(|i| (i % 64) as u8).collect();
        let mut sums = vec![0; PIXELS];
        shrink(&luma, 64, Area { x: 0, y: 0, width: 64, height: 64 }, &mut sums);
        assert_eq!(sums[..6], [0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn means_of_rectangles_are_means() {
        let pixels: Vec<u8> = (0..PIXELS).map(|i| (i % SIDE + i / SIDE / 2) as u8).collect();
        let (sums, mut grid) = (Sums::of(&pixels), Vec::new());
        sums.grid(Rect::ALL, SIDE, &mut grid);
        assert!(grid.iter().zip(&pixels).all(|(mean, &pixel)| (mean - f32::from(pixel)).abs() < 0.5));
        sums.grid(Rect::part(0.5, 1.0, 0.0), 2, &mut grid);
        let quarter = |x: usize, y: usize| {
            let block = (0..32 * 32).map(|i| f32::from(pixels[(y * 32 + i / 32) * SIDE + 64 + x * 32 + i % 32]));
            block.sum::<f32>() / 1024.0
        };
        for (i, mean) in grid.iter().enumerate() {
            assert!((mean - quarter(i % 2, i / 2)).abs() < 0.5);
        }
    }
}
