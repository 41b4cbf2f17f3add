//! Points, placements and outlines.

/// A point or a size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

/// Short for a [`Point`].
pub(crate) const fn pt(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// A placement: `x' = a·x + c·y + e`, `y' = b·x + d·y + f`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Affine {
    pub(crate) a: f32,
    pub(crate) b: f32,
    pub(crate) c: f32,
    pub(crate) d: f32,
    pub(crate) e: f32,
    pub(crate) f: f32,
}

impl Affine {
    /// Leaves everything where it is.
    #[cfg(test)]
    pub(crate) const SAME: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    /// Scales, then moves.
    pub(crate) const fn place(scale: f32, x: f32, y: f32) -> Self {
        Self { a: scale, b: 0.0, c: 0.0, d: scale, e: x, f: y }
    }

    /// Turns by `angle` radians about `centre`, then moves.
    pub(crate) fn turn(angle: f32, centre: Point, by: Point) -> Self {
        let (s, c) = angle.sin_cos();
        Self {
            a: c,
            b: s,
            c: -s,
            d: c,
            e: centre.x - c * centre.x + s * centre.y + by.x,
            f: centre.y - s * centre.x - c * centre.y + by.y,
        }
    }

    /// First `inner`, then `self`.
    pub(crate) fn then_inside(&self, inner: &Self) -> Self {
        Self {
            a: self.a * inner.a + self.c * inner.b,
            b: self.b * inner.a + self.d * inner.b,
            c: self.a * inner.c + self.c * inner.d,
            d: self.b * inner.c + self.d * inner.d,
            e: self.a * inner.e + self.c * inner.f + self.e,
            f: self.b * inner.e + self.d * inner.f + self.f,
        }
    }

    /// Where `p` goes.
    #[inline]
    pub(crate) fn apply(&self, p: Point) -> Point {
        pt(self.a * p.x + self.c * p.y + self.e, self.b * p.x + self.d * p.y + self.f)
    }

    /// The way back.
    pub(crate) fn inverse(&self) -> Self {
        let det = self.a * self.d - self.b * self.c;
        let k = if det.abs() < 1e-9 { 0.0 } else { 1.0 / det };
        let (a, b, c, d) = (self.d * k, -self.b * k, -self.c * k, self.a * k);
        Self { a, b, c, d, e: -(a * self.e + c * self.f), f: -(b * self.e + d * self.f) }
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Move(Point),
    Line(Point),
    Curve(Point, Point, Point),
}

/// A closed outline of lines and cubic curves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Path(Vec<Step>);

impl Path {
    /// Begins an outline.
    pub(crate) fn from(x: f32, y: f32) -> Self {
        Self(vec![Step::Move(pt(x, y))])
    }

    /// A straight line.
    pub(crate) fn line(mut self, x: f32, y: f32) -> Self {
        self.0.push(Step::Line(pt(x, y)));
        self
    }

    /// A cubic curve by two handles and its end.
    pub(crate) fn curve(mut self, a: (f32, f32), b: (f32, f32), end: (f32, f32)) -> Self {
        self.0.push(Step::Curve(pt(a.0, a.1), pt(b.0, b.1), pt(end.0, end.1)));
        self
    }

    /// Adds another outline to this shape.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// An ellipse.
    pub(crate) fn ellipse(centre: Point, radii: Point) -> Self {
        // The handle length with which four cubics come within 0.03 % of a circle.
        const K: f32 = 0.552_285;
        let (x, y, rx, ry) = (centre.x, centre.y, radii.x, radii.y);
        let (kx, ky) = (rx * K, ry * K);
        Self::from(x + rx, y)
            .curve((x + rx, y + ky), (x + kx, y + ry), (x, y + ry))
            .curve((x - kx, y + ry), (x - rx, y + ky), (x - rx, y))
            .curve((x - rx, y - ky), (x - kx, y - ry), (x, y - ry))
            .curve((x + kx, y - ry), (x + rx, y - ky), (x + rx, y))
    }

    /// A circle.
    pub(crate) fn circle(x: f32, y: f32, radius: f32) -> Self {
        Self::ellipse(pt(x, y), pt(radius, radius))
    }

    /// A rectangle by its corner and size.
    pub(crate) fn rect(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self::from(x, y).line(x + width, y).line(x + width, y + height).line(x, y + height)
    }

    /// A brush stroke along a quadratic curve, `width` wide in the middle and `tip` of that at its ends.
    pub(crate) fn stroke(a: Point, bend: Point, b: Point, width: f32, tip: f32) -> Self {
        const PIECES: usize = 12;
        let spine = |t: f32| {
            let u = 1.0 - t;
            pt(u * u * a.x + 2.0 * u * t * bend.x + t * t * b.x, u * u * a.y + 2.0 * u * t * bend.y + t * t * b.y)
        };
        let side = |t: f32, sign: f32| {
            let (p, q) = (spine((t - 0.02).max(0.0)), spine((t + 0.02).min(1.0)));
            let (dx, dy) = (q.x - p.x, q.y - p.y);
            let length = (dx * dx + dy * dy).sqrt().max(1e-6);
            let half = 0.5 * width * (tip + (1.0 - tip) * (std::f32::consts::PI * t).sin().max(0.0).sqrt());
            let at = spine(t);
            pt(at.x - dy / length * half * sign, at.y + dx / length * half * sign)
        };
        let mut steps = Vec::with_capacity(2 * PIECES + 2);
        for i in 0..=PIECES {
            steps.push(Step::Line(side(i as f32 / PIECES as f32, 1.0)));
        }
        for i in (0..=PIECES).rev() {
            steps.push(Step::Line(side(i as f32 / PIECES as f32, -1.0)));
        }
        if let Some(Step::Line(p)) = steps.first().copied() {
            steps[0] = Step::Move(p);
        }
        Self(steps)
    }

    /// The same outline seen in a mirror standing at x = 0, beside itself.
    pub(crate) fn mirrored(&self) -> Self {
        let flip = |p: Point| pt(-p.x, p.y);
        let step = |s: &Step| match *s {
            Step::Move(p) => Step::Move(flip(p)),
            Step::Line(p) => Step::Line(flip(p)),
            Step::Curve(a, b, c) => Step::Curve(flip(a), flip(b), flip(c)),
        };
        Self(self.0.iter().map(step).collect())
    }

    /// Calls `each` with the straight edges of the placed, closed outline.
    pub(super) fn edges(&self, place: &Affine, mut each: impl FnMut(Point, Point)) {
        let (mut first, mut at) = (pt(0.0, 0.0), pt(0.0, 0.0));
        for step in &self.0 {
            match *step {
                Step::Move(p) => {
                    if at != first {
                        each(at, first);
                    }
                    (first, at) = (place.apply(p), place.apply(p));
                }
                Step::Line(p) => {
                    let next = place.apply(p);
                    each(at, next);
                    at = next;
                }
                Step::Curve(a, b, c) => {
                    let (a, b, c) = (place.apply(a), place.apply(b), place.apply(c));
                    let from = at;
                    let reach = (a.x - from.x).abs() + (a.y - from.y).abs() + (b.x - a.x).abs() + (b.y - a.y).abs();
                    let pieces = ((reach.sqrt() * 2.6) as usize).clamp(4, 48);
                    for i in 1..=pieces {
                        let next = cubic(from, a, b, c, i as f32 / pieces as f32);
                        each(at, next);
                        at = next;
                    }
                }
            }
        }
        each(at, first);
    }
}

fn cubic(from: Point, a: Point, b: Point, to: Point, t: f32) -> Point {
    let u = 1.0 - t;
    let (w0, w1, w2, w3) = (u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t);
    pt(w0 * from.x + w1 * a.x + w2 * b.x + w3 * to.x, w0 * from.y + w1 * a.y + w2 * b.y + w3 * to.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_back() {
        let place = Affine::turn(0.3, pt(4.0, 5.0), pt(1.0, -2.0)).then_inside(&Affine::place(3.0, 7.0, 9.0));
        let p = place.inverse().apply(place.apply(pt(2.0, -1.0)));
        assert!((p.x - 2.0).abs() < 1e-3 && (p.y + 1.0).abs() < 1e-3, "{p:?}");
    }

    #[test]
    fn outlines_are_closed() {
        let mut sum = pt(0.0, 0.0);
        let path = Path::from(1.0, 1.0).line(5.0, 1.0).curve((6.0, 2.0), (6.0, 4.0), (5.0, 5.0));
        path.and(Path::circle(9.0, 9.0, 2.0)).edges(&Affine::SAME, |a, b| {
            sum = pt(sum.x + b.x - a.x, sum.y + b.y - a.y);
        });
        assert!(sum.x.abs() < 1e-3 && sum.y.abs() < 1e-3, "{sum:?}");
    }
}
