//! Borders: rows and columns at the edges of a clip that never hold a picture, such as the bars of a player.
//!
//! Refuses to take away more than two fifths at an edge, or a dark clip's whole picture.

use crate::small::{Rect, SIDE};

/// A line is empty when its pixels differ by less than this from their mean, luma levels (mean absolute difference).
const FLAT: f32 = 2.5;
/// And its mean stays the same over the clip to within so many levels.
const STILL: f32 = 3.0;
/// And differs so little from the outermost line's.
const SAME: f32 = 6.0;
/// Most that is taken off at one edge, pixels of the small picture.
const MOST: usize = SIDE * 2 / 5;

/// What is known of a line over the clip.
#[derive(Clone, Copy)]
struct Line {
    roughest: f32,
    least: f32,
    most: f32,
}

/// Looks at small pictures of a clip.
pub(crate) struct Borders {
    rows: Vec<Line>,
    columns: Vec<Line>,
}

impl Borders {
    pub(crate) fn new() -> Self {
        let unseen = Line { roughest: 0.0, least: f32::MAX, most: f32::MIN };
        Self { rows: vec![unseen; SIDE], columns: vec![unseen; SIDE] }
    }

    /// Takes a small picture.
    pub(crate) fn look(&mut self, pixels: &[u8]) {
        for (i, line) in self.rows.iter_mut().enumerate() {
            line.look(|n| pixels[i * SIDE + n]);
        }
        for (i, line) in self.columns.iter_mut().enumerate() {
            line.look(|n| pixels[n * SIDE + i]);
        }
    }

    /// Where the picture is.
    pub(crate) fn picture(&self) -> Rect {
        let share = |lines: usize| lines as f32 / SIDE as f32;
        let (top, bottom) = ends(&self.rows);
        let (left, right) = ends(&self.columns);
        Rect { left: share(left), top: share(top), right: 1.0 - share(right), bottom: 1.0 - share(bottom) }
    }
}

impl Line {
    fn look(&mut self, pixel: impl Fn(usize) -> u8) {
        let mean = (0..SIDE).map(|n| f32::from(pixel(n))).sum::<f32>() / SIDE as f32;
        let rough = (0..SIDE).map(|n| (f32::from(pixel(n)) - mean).abs()).sum::<f32>() / SIDE as f32;
        self.roughest = self.roughest.max(rough);
        self.least = self.least.min(mean);
        self.most = self.most.max(mean);
    }

    fn empty(self, like: f32) -> bool {
        self.roughest < FLAT && self.most - self.least < STILL && (self.least - like).abs() < SAME
    }
}

/// Empty lines at the start and at the end; none where all would go.
fn ends(lines: &[Line]) -> (usize, usize) {
    let empty = |mut lines: &mut dyn Iterator<Item = &Line>, like: f32| -> usize {
        let count = (&mut lines).take_while(|line| line.empty(like)).count();
        // The line that is half border and half picture goes too.
        if count == 0 { 0 } else { count + 1 }
    };
    let first = lines.first().map_or(0.0, |line| line.least);
    let last = lines.last().map_or(0.0, |line| line.least);
    let (start, end) = (empty(&mut lines.iter(), first), empty(&mut lines.iter().rev(), last));
    if start > MOST || end > MOST { (0, 0) } else { (start, end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(top: usize, left: usize, seed: usize) -> Vec<u8> {
        let busy = |x: usize, y: usize| ((x * 7 + y * 13 + seed * 29) % 180) as u8;
        let border = |x: usize, y: usize| y < top || y >= SIDE - top || x < left || x >= SIDE - left;
        (0..SIDE * SIDE)
            .map(|i| match (i % SIDE, i / SIDE) {
                (x, y) if border(x, y) => 16 + (x % 2) as u8,
                (x, y) => busy(x, y),
            })
            .collect()
    }

    fn found(top: usize, left: usize) -> Rect {
        let mut borders = Borders::new();
        (0..5).for_each(|seed| borders.look(&framed(top, left, seed)));
        borders.picture()
    }

    #[test]
    fn bars_are_found_on_every_side() {
        let rect = found(15, 31);
        assert_eq!((rect.top, rect.bottom), (0.125, 0.875));
        assert_eq!((rect.left, rect.right), (0.25, 0.75));
    }

    #[test]
    fn a_picture_without_bars_and_an_empty_one_stay_whole() {
        assert_eq!(found(0, 0), Rect::ALL);
        assert_eq!(found(64, 64), Rect::ALL);
    }
}
