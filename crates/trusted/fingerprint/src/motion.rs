//! Motion: how the brightness of 64 cells changes from tenth to tenth of a second. Captions, still backgrounds, colours and
//! the room drop out of it; what stays is what a person did, and when. Two messages of one person in one room differ here.

use crate::small::{Rect, Sums};

/// Frames (of 30 a second) that are averaged into one step.
pub(crate) const STEP_FRAMES: u32 = 3;
/// Steps a second.
pub(crate) const STEPS_PER_SECOND: usize = 10;
/// Most steps that are kept: half a minute.
pub(crate) const MOST_STEPS: usize = 300;
/// Cells across and down.
pub(crate) const GRID: usize = 8;
/// Cells of a step.
pub(crate) const CELLS: usize = GRID * GRID;
/// Largest value of a cell: four bits with a sign.
const LARGEST: f32 = 7.0;
/// A change as large as the clip's root mean square becomes this value.
const USUAL: f32 = 2.5;

/// Steps of a clip's motion.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Motion {
    /// Root mean square of the changes, 1/256 luma levels.
    pub(crate) strength: u16,
    /// Changes, square roots of shares of the strength, −7 to 7.
    pub(crate) steps: Vec<[i8; CELLS]>,
}

/// Of small pictures that follow one another by tenths of a second. Returns it and where in `picture` it is.
pub(crate) fn motion<'a>(pictures: impl Iterator<Item = &'a [u8]>, picture: Rect) -> (Motion, Activity) {
    let mut changes = Vec::new();
    let (mut last, mut cells): (Option<Vec<f32>>, _) = (None, Vec::new());
    let mut activity = Activity::new();
    for pixels in pictures {
        let sums = Sums::of(pixels);
        sums.grid(picture, GRID, &mut cells);
        if let Some(last) = &last {
            changes.push(change(last, &cells));
        }
        activity.look(&sums, picture);
        last = Some(cells.clone());
    }
    let power: f32 = changes.iter().flatten().map(|c| c * c).sum();
    let rms = (power / (changes.len() * CELLS).max(1) as f32).sqrt();
    let level = |c: f32| (c.signum() * (c.abs() / rms.max(1e-3)).sqrt() * USUAL).round().clamp(-LARGEST, LARGEST) as i8;
    let steps = changes.iter().map(|step| step.map(level)).collect();
    (Motion { strength: (rms * 256.0).round().min(65_535.0) as u16, steps }, activity)
}

/// The change of each cell but for what all have in common: a lamp, a camera's exposure.
fn change(last: &[f32], now: &[f32]) -> [f32; CELLS] {
    let mut change = [0.0; CELLS];
    change.iter_mut().zip(now.iter().zip(last)).for_each(|(change, (now, last))| *change = now - last);
    let mean = change.iter().sum::<f32>() / CELLS as f32;
    change.map(|c| c - mean)
}

/// Cells across and down in which activity is found.
const FINE: usize = 32;
/// Changes below this are noise, luma levels.
const NOISE: f32 = 1.0;

/// Where a clip moves.
pub(crate) struct Activity {
    last: Vec<f32>,
    cells: Vec<f32>,
    sum: Vec<f32>,
}

impl Activity {
    fn new() -> Self {
        Self { last: Vec::new(), cells: Vec::new(), sum: vec![0.0; FINE * FINE] }
    }

    fn look(&mut self, sums: &Sums, picture: Rect) {
        std::mem::swap(&mut self.last, &mut self.cells);
        sums.grid(picture, FINE, &mut self.cells);
        for ((sum, now), last) in self.sum.iter_mut().zip(&self.cells).zip(&self.last) {
            *sum += ((now - last).abs() - NOISE).max(0.0);
        }
    }

    /// The part that moves, with the share `beside` of all activity beyond each edge of it.
    pub(crate) fn rect(&self, beside: f32) -> Rect {
        let row = |y: usize| self.sum[y * FINE..(y + 1) * FINE].iter().sum::<f32>();
        let column = |x: usize| self.sum.iter().skip(x).step_by(FINE).sum::<f32>();
        let (top, bottom) = ends(&(0..FINE).map(row).collect::<Vec<_>>(), beside);
        let (left, right) = ends(&(0..FINE).map(column).collect::<Vec<_>>(), beside);
        let rect = Rect { left, top, right, bottom };
        if right - left < 0.15 || bottom - top < 0.15 { Rect::ALL } else { rect }
    }
}

/// Between which shares of a side all but the share `beside` of the activity lies, at each end.
fn ends(activity: &[f32], beside: f32) -> (f32, f32) {
    let all: f32 = activity.iter().sum();
    let find = |wanted: f32| {
        let mut sum = 0.0;
        for (i, &value) in activity.iter().enumerate() {
            if sum + value >= wanted && value > 0.0 {
                return (i as f32 + (wanted - sum) / value) / activity.len() as f32;
            }
            sum += value;
        }
        1.0
    };
    if all > 0.0 { (find(all * beside), find(all * (1.0 - beside))) } else { (0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::small::{PIXELS, SIDE};

    /// A bright square that goes its way over a grey ground.
    fn walk(steps: usize, bright: u8) -> Vec<Vec<u8>> {
        let square = |t: usize, x: usize, y: usize| (20 + t..52 + t).contains(&x) && (40..72).contains(&y);
        (0..steps)
            .map(|t| (0..PIXELS).map(|i| if square(t * 2, i % SIDE, i / SIDE) { bright } else { 90 }).collect())
            .collect()
    }

    fn of(pictures: &[Vec<u8>]) -> (Motion, Rect) {
        let (motion, activity) = motion(pictures.iter().map(Vec::as_slice), Rect::ALL);
        (motion, activity.rect(0.02))
    }

    #[test]
    fn what_moves_is_found_and_what_stands_is_not() {
        let (motion, rect) = of(&walk(20, 200));
        assert_eq!(motion.steps.len(), 19);
        assert!(motion.strength > 256);
        assert!((rect.top - 40.0 / 128.0).abs() < 0.03 && (rect.bottom - 72.0 / 128.0).abs() < 0.03, "{rect:?}");
        assert!(rect.left > 0.12 && rect.right < 0.75, "{rect:?}");
        let (still, rect) = of(&vec![walk(1, 200).remove(0); 9]);
        assert_eq!((still.strength, rect), (0, Rect::ALL));
        assert!(still.steps.iter().flatten().all(|&c| c == 0));
    }

    #[test]
    fn a_lamp_that_is_lit_is_no_motion() {
        let lit: Vec<Vec<u8>> = (0..8).map(|t| vec![90 + (t % 2) * 40; PIXELS]).collect();
        assert_eq!(of(&lit).0.strength, 0);
    }

    #[test]
    fn contrast_changes_strength_and_nothing_else() {
        let (loud, quiet) = (of(&walk(20, 200)).0, of(&walk(20, 145)).0);
        assert_eq!(loud.steps, quiet.steps);
        assert!(loud.strength > quiet.strength);
    }
}
