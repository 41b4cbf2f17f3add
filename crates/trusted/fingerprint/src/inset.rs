//! A picture that was laid into another: four straight edges that stay where they are while what they part moves.
//!
//! Refuses nothing: a window or a door may look like one. It is found again in a copy, and only proposes.

use crate::small::{Rect, SIDE};

/// Edges are looked for between pixels this far apart: an edge seldom falls between two.
const APART: usize = 2;
/// How much stronger an edge is than what lies this far beside it.
const BESIDE: usize = 4;
/// Luma levels by which each of the four is stronger.
const LEAST: f32 = 5.0;
/// Lines of each direction that may be edges.
const CANDIDATES: usize = 14;
/// Shortest and longest side, pixels of the small picture.
const SIDES: std::ops::RangeInclusive<usize> = 36..=122;

/// Looks at small pictures of a clip.
pub(crate) struct Edges {
    /// Differences across columns, column by column, and across rows, row by row.
    columns: Vec<f32>,
    rows: Vec<f32>,
    count: f32,
}

/// For each line the sums of its ridge from its start.
struct Ridges(Vec<[f32; SIDE + 1]>);

impl Edges {
    pub(crate) fn new() -> Self {
        Self { columns: vec![0.0; SIDE * SIDE], rows: vec![0.0; SIDE * SIDE], count: 0.0 }
    }

    /// Takes a small picture.
    pub(crate) fn look(&mut self, pixels: &[u8]) {
        for y in 0..SIDE {
            for x in 0..SIDE - APART {
                let at = y * SIDE + x;
                self.columns[x * SIDE + y] += f32::from(pixels[at].abs_diff(pixels[at + APART]));
            }
        }
        for y in 0..SIDE - APART {
            for x in 0..SIDE {
                let at = y * SIDE + x;
                self.rows[at] += f32::from(pixels[at].abs_diff(pixels[at + APART * SIDE]));
            }
        }
        self.count += 1.0;
    }

    /// The picture within the picture, as shares of the whole.
    pub(crate) fn inset(&self) -> Option<Rect> {
        let (columns, rows) = (Ridges::of(&self.columns, self.count), Ridges::of(&self.rows, self.count));
        let (xs, ys) = (columns.candidates(), rows.candidates());
        let mut best: Option<(f32, Rect)> = None;
        for (&left, &right) in pairs(&xs) {
            for (&top, &bottom) in pairs(&ys) {
                let upright = columns.mean(left, top, bottom).min(columns.mean(right, top, bottom));
                let level = rows.mean(top, left, right).min(rows.mean(bottom, left, right));
                let score = upright.min(level);
                if score > LEAST && best.is_none_or(|(other, _)| score > other) {
                    best = Some((score, rect(left, top, right, bottom)));
                }
            }
        }
        best.map(|(_, rect)| rect)
    }
}

/// Lines far enough apart.
fn pairs(lines: &[usize]) -> impl Iterator<Item = (&usize, &usize)> {
    lines
        .iter()
        .flat_map(move |a| lines.iter().map(move |b| (a, b)))
        .filter(|(a, b)| a < b && SIDES.contains(&(*b - *a)))
}

fn rect(left: usize, top: usize, right: usize, bottom: usize) -> Rect {
    let share = |line: usize| (line + APART / 2 + 1).min(SIDE) as f32 / SIDE as f32;
    Rect { left: share(left), top: share(top), right: share(right), bottom: share(bottom) }
}

impl Ridges {
    fn of(lines: &[f32], count: f32) -> Self {
        let at = |line: usize, place: usize| lines[line * SIDE + place];
        let ridge = |line: usize, place: usize| {
            let beside = at(line.saturating_sub(BESIDE), place).max(at((line + BESIDE).min(SIDE - 1), place));
            (at(line, place) - beside) / count.max(1.0)
        };
        Self((0..SIDE).map(|line| sums(|place| ridge(line, place))).collect())
    }

    /// The mean along a line between two places.
    fn mean(&self, line: usize, from: usize, to: usize) -> f32 {
        (self.0[line][to] - self.0[line][from]) / (to - from) as f32
    }

    /// The lines with the strongest stretch of the shortest length.
    fn candidates(&self) -> Vec<usize> {
        let length = *SIDES.start();
        let strength = |line: &usize| {
            (0..=SIDE - length).map(|from| self.mean(*line, from, from + length)).fold(f32::MIN, f32::max)
        };
        let mut lines: Vec<(f32, usize)> = (0..SIDE).map(|line| (strength(&line), line)).collect();
        lines.sort_by(|a, b| b.0.total_cmp(&a.0));
        lines.iter().take(CANDIDATES).map(|(_, line)| *line).collect()
    }
}

fn sums(value: impl Fn(usize) -> f32) -> [f32; SIDE + 1] {
    let mut sums = [0.0; SIDE + 1];
    for place in 0..SIDE {
        sums[place + 1] = sums[place] + value(place);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waves that move, with other waves laid into them.
    fn pictures(inset: Option<[usize; 4]>) -> Edges {
        let mut edges = Edges::new();
        for t in 0..8usize {
            let wave = |x: usize, y: usize, speed: f32, size: f32| {
                let (x, y, t) = (x as f32, y as f32, t as f32);
                (128.0 + 70.0 * ((x / size + t * speed).sin() * (y / (size + 3.0) - t * speed * 0.7).cos())) as u8
            };
            let inside = |x: usize, y: usize| {
                inset.is_some_and(|[left, top, right, bottom]| (left..right).contains(&x) && (top..bottom).contains(&y))
            };
            let pixel = |x, y| if inside(x, y) { wave(x, y, 1.3, 9.0) } else { wave(x, y, 0.9, 17.0) };
            edges.look(&(0..SIDE * SIDE).map(|i| pixel(i % SIDE, i / SIDE)).collect::<Vec<_>>());
        }
        edges
    }

    #[test]
    fn a_picture_in_a_picture_is_found() {
        let found = pictures(Some([10, 50, 74, 120])).inset().unwrap();
        let wanted = Rect { left: 10.0, top: 50.0, right: 74.0, bottom: 120.0 };
        let near = |found: f32, wanted: f32| (found * SIDE as f32 - wanted).abs() <= 2.0;
        assert!(near(found.left, wanted.left) && near(found.right, wanted.right), "{found:?}");
        assert!(near(found.top, wanted.top) && near(found.bottom, wanted.bottom), "{found:?}");
    }

    #[test]
    fn a_plain_picture_has_none() {
        assert_eq!(pictures(None).inset(), None);
    }
}
