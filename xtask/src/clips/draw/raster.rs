//! Exact-area coverage of an outline, by the signed-area accumulation that font rasterisers use.

use super::{Affine, Path, Point, pt};

/// How much of each pixel a shape covers, 0 to 1, within a box of the picture.
#[derive(Debug, Clone, Default)]
pub(crate) struct Coverage {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) area: Vec<f32>,
}

impl Coverage {
    /// Rasterises `path` for a picture of `size` pixels, reusing the memory of `self`.
    pub(crate) fn draw(&mut self, path: &Path, place: &Affine, size: (usize, usize)) {
        let (mut low, mut high) = (pt(f32::MAX, f32::MAX), pt(f32::MIN, f32::MIN));
        path.edges(place, |a, b| {
            for p in [a, b] {
                low = pt(low.x.min(p.x), low.y.min(p.y));
                high = pt(high.x.max(p.x), high.y.max(p.y));
            }
        });
        let clamp = |v: f32, max: usize| v.clamp(0.0, max as f32);
        self.left = clamp(low.x.floor(), size.0) as usize;
        self.top = clamp(low.y.floor(), size.1) as usize;
        self.width = (clamp(high.x.ceil(), size.0) as usize).saturating_sub(self.left);
        self.height = (clamp(high.y.ceil(), size.1) as usize).saturating_sub(self.top);
        self.area.clear();
        self.area.resize((self.width + 2) * self.height, 0.0);
        if self.width == 0 || self.height == 0 {
            return;
        }
        let (dx, dy) = (self.left as f32, self.top as f32);
        path.edges(place, |a, b| self.edge(pt(a.x - dx, a.y - dy), pt(b.x - dx, b.y - dy)));
        self.sum();
    }

    /// Turns the accumulated differences into areas.
    fn sum(&mut self) {
        for row in self.area.chunks_exact_mut(self.width + 2) {
            let mut total = 0.0;
            for cell in row {
                total += *cell;
                *cell = total.abs().min(1.0);
            }
        }
    }

    /// Multiplies the shares of a row that begins at pixel (`x`, `y`) by the share that is covered here.
    pub(super) fn dim(&self, shares: &mut [u16], x: usize, y: usize) {
        let inside = (self.top..self.top + self.height).contains(&y);
        let cells = if inside { &self.area[(y - self.top) * (self.width + 2)..][..self.width] } else { &[] };
        let before = self.left.saturating_sub(x).min(shares.len());
        let skipped = x.saturating_sub(self.left).min(cells.len());
        let (outside, rest) = shares.split_at_mut(before);
        outside.fill(0);
        let mut cells = cells[skipped..].iter();
        for share in rest {
            *share = cells.next().map_or(0, |&cell| (f32::from(*share) * cell) as u16);
        }
    }

    /// Cuts an edge at the left and right rim: what lies outside is pushed onto the rim, where it counts the same.
    fn edge(&mut self, a: Point, b: Point) {
        if a.y == b.y {
            return;
        }
        let right = self.width as f32;
        let mut cuts = [0.0, 1.0, 1.0, 1.0];
        let mut n = 1;
        for rim in [0.0, right] {
            let t = (rim - a.x) / (b.x - a.x);
            if t > 0.0 && t < 1.0 {
                cuts[n] = t;
                n += 1;
            }
        }
        cuts[1..n].sort_by(f32::total_cmp);
        cuts[n] = 1.0;
        let along = |t: f32| pt((a.x + (b.x - a.x) * t).clamp(0.0, right), a.y + (b.y - a.y) * t);
        for pair in cuts[..=n].windows(2) {
            self.inner_edge(along(pair[0]), along(pair[1]));
        }
    }

    fn inner_edge(&mut self, a: Point, b: Point) {
        if a.y == b.y {
            return;
        }
        let (sign, a, b) = if a.y < b.y { (1.0, a, b) } else { (-1.0, b, a) };
        let slope = (b.x - a.x) / (b.y - a.y);
        let mut x = if a.y < 0.0 { a.x - a.y * slope } else { a.x };
        let stride = self.width + 2;
        let last = (b.y.ceil().max(0.0) as usize).min(self.height);
        for y in a.y.max(0.0) as usize..last {
            let dy = ((y + 1) as f32).min(b.y) - (y as f32).max(a.y);
            let next = (x + slope * dy).clamp(0.0, self.width as f32);
            row(&mut self.area[y * stride..(y + 1) * stride], x, next, dy * sign);
            x = next;
        }
    }
}

/// Adds one row's share of an edge that runs from `x` to `next` and is worth `d`.
fn row(cells: &mut [f32], x: f32, next: f32, d: f32) {
    let (x0, x1) = if x < next { (x, next) } else { (next, x) };
    let (floor, ceil) = (x0.floor(), x1.ceil());
    let (i, j) = (floor as usize, ceil as usize);
    if j <= i + 1 {
        let middle = 0.5 * (x + next) - floor;
        cells[i] += d - d * middle;
        cells[i + 1] += d * middle;
        return;
    }
    let s = 1.0 / (x1 - x0);
    let from = x0 - floor;
    let first = 0.5 * s * (1.0 - from) * (1.0 - from);
    let to = x1 - ceil + 1.0;
    let end = 0.5 * s * to * to;
    cells[i] += d * first;
    if j == i + 2 {
        cells[i + 1] += d * (1.0 - first - end);
    } else {
        let second = s * (1.5 - from);
        cells[i + 1] += d * (second - first);
        for cell in &mut cells[i + 2..j - 1] {
            *cell += d * s;
        }
        let before = second + (j - i - 3) as f32 * s;
        cells[j - 1] += d * (1.0 - before - end);
    }
    cells[j] += d * end;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(path: &Path, size: (usize, usize)) -> f32 {
        let mut coverage = Coverage::default();
        coverage.draw(path, &Affine::SAME, size);
        coverage.area.chunks_exact(coverage.width + 2).flat_map(|row| &row[..coverage.width]).sum()
    }

    #[test]
    fn a_shape_covers_its_area() {
        assert!((total(&Path::rect(2.25, 3.5, 4.5, 5.0), (20, 20)) - 22.5).abs() < 1e-3);
        assert!((total(&Path::circle(10.0, 10.0, 6.0), (20, 20)) - 36.0 * std::f32::consts::PI).abs() < 1.0);
        let slanted = Path::from(1.0, 1.0).line(17.0, 4.0).line(3.0, 18.0);
        assert!((total(&slanted, (20, 20)) - 0.5 * (16.0f32 * 17.0 - 2.0 * 3.0)).abs() < 0.05);
    }

    #[test]
    fn what_hangs_over_the_rim_is_cut_off() {
        assert!((total(&Path::rect(-5.0, -5.0, 10.0, 10.0), (20, 20)) - 25.0).abs() < 1e-3);
        assert!((total(&Path::rect(15.0, 15.0, 10.0, 10.0), (20, 20)) - 25.0).abs() < 1e-3);
        assert!((total(&Path::circle(20.0, 10.0, 6.0), (20, 20)) - 18.0 * std::f32::consts::PI).abs() < 1.0);
        assert_eq!(total(&Path::rect(40.0, 40.0, 10.0, 10.0), (20, 20)), 0.0);
    }

    #[test]
    fn a_mask_dims_what_lies_outside_it() {
        let mut mask = Coverage::default();
        mask.draw(&Path::rect(3.0, 1.0, 2.0, 1.0), &Affine::SAME, (10, 4));
        for (x, y, expected) in
            [(0, 1, [0, 0, 0, 256, 256, 0]), (4, 1, [256, 0, 0, 0, 0, 0]), (0, 2, [0; 6]), (8, 1, [0; 6])]
        {
            let mut shares = [256; 6];
            mask.dim(&mut shares, x, y);
            assert_eq!(shares, expected, "from {x}, {y}");
        }
    }
}
