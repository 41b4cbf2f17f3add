//! Laying one clip's motion over another's: at which offset, speed, turn and cut they agree best, and how well.

use std::array;

use crate::motion::{CELLS, GRID, Motion};

/// Fewest steps that must overlap: 1 s.
const LEAST_STEPS: usize = 10;
/// And at least this share of the shorter clip.
const LEAST_SHARE: f32 = 0.6;
/// And this share of the motion of either.
const LEAST_POWER: f32 = 0.4;
/// Fewest cells that must overlap.
const LEAST_CELLS: usize = 9;
/// Points across and down of a cell at which the other clip is read.
const POINTS: usize = 3;

/// How a picture is turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    None,
    Mirror,
    Half,
    Right,
    Left,
}

impl Turn {
    pub(crate) const ALL: [Self; 5] = [Self::None, Self::Mirror, Self::Half, Self::Right, Self::Left];

    /// Where a point of the turned picture lies in the other; both from −½ to ½.
    fn back(self, x: f32, y: f32) -> (f32, f32) {
        match self {
            Self::None => (x, y),
            Self::Mirror => (-x, y),
            Self::Half => (-x, -y),
            Self::Right => (y, -x),
            Self::Left => (-y, x),
        }
    }
}

/// Where in one picture the other lies: centre, and share of its sides. A share above 1 means that it shows more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) turn: Turn,
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Place {
    /// The same picture, turned.
    pub(crate) const fn turned(turn: Turn) -> Self {
        Self { turn, x: 0.5, y: 0.5, width: 1.0, height: 1.0 }
    }
}

/// One step as numbers.
type Step = [f32; CELLS];

/// A clip's steps, laid into the other's grid.
struct Laid {
    steps: Vec<Step>,
    /// 1 for cells of the other that this clip covers.
    covered: Step,
}

/// How well two clips agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fit {
    /// Correlation over all cells and steps that overlap: 1 is the same motion, 0 another.
    pub(crate) score: f32,
    /// Steps that overlap.
    pub(crate) steps: usize,
    pub(crate) place: Place,
    pub(crate) speed: f32,
    /// Step of the first clip at which the second begins.
    pub(crate) offset: f32,
}

/// Two clips whose motion is to be laid over one another.
pub(crate) struct Pair {
    one: Vec<Step>,
    two: Vec<Step>,
}

impl Pair {
    pub(crate) fn new(one: &Motion, two: &Motion) -> Self {
        let numbers = |motion: &Motion| motion.steps.iter().map(|step| step.map(f32::from)).collect();
        Self { one: numbers(one), two: numbers(two) }
    }

    /// The best fit over whole offsets, for one place and speed.
    pub(crate) fn scan(&self, place: Place, speed: f32) -> Option<Fit> {
        let laid = self.lay(place)?;
        let one: Vec<Step> = retimed(&laid.steps, speed, 0.0, laid.steps.len());
        let (m, n) = (one.len() as isize, self.two.len() as isize);
        let mut best: Option<Fit> = None;
        let least = self.least(one.len()) as isize;
        let power = self.power(&laid.covered);
        for offset in least - n..=m - least {
            let from = offset.max(0);
            let to = (offset + n).min(m);
            let (a, b) =
                (&one[from as usize..to as usize], &self.two[(from - offset) as usize..(to - offset) as usize]);
            let Some(score) = correlation(a, b, &laid.covered, power) else { continue };
            if best.is_none_or(|best| score > best.score) {
                let fit = Fit { score, steps: a.len(), place, speed, offset: offset as f32 * speed };
                best = Some(fit);
            }
        }
        best
    }

    /// The fit at one place, speed and offset.
    pub(crate) fn at(&self, place: Place, speed: f32, offset: f32) -> Option<Fit> {
        let laid = self.lay(place)?;
        // The second clip's step `t` is the first's step `offset + speed t`.
        let first = (-offset / speed).ceil().max(0.0) as usize;
        let start = offset + first as f32 * speed;
        let rest = self.two.get(first..)?;
        let one = retimed(&laid.steps, speed, start, rest.len());
        let count = one.len().min(rest.len());
        if count < self.least((laid.steps.len() as f32 / speed) as usize) {
            return None;
        }
        let score = correlation(&one[..count], &rest[..count], &laid.covered, self.power(&laid.covered))?;
        Some(Fit { score, steps: count, place, speed, offset })
    }

    fn least(&self, one: usize) -> usize {
        ((one.min(self.two.len()) as f32 * LEAST_SHARE) as usize).max(LEAST_STEPS)
    }

    /// The first clip in the grid of the second.
    fn lay(&self, place: Place) -> Option<Laid> {
        let reads: [Vec<(usize, f32)>; CELLS] = array::from_fn(|cell| reads(place, cell % GRID, cell / GRID));
        let covered: Step = array::from_fn(|cell| if reads[cell].is_empty() { 0.0 } else { 1.0 });
        if covered.iter().filter(|&&c| c > 0.0).count() < LEAST_CELLS {
            return None;
        }
        let lay = |step: &Step| array::from_fn(|cell| reads[cell].iter().map(|&(from, w)| step[from] * w).sum());
        Some(Laid { steps: self.one.iter().map(lay).collect(), covered })
    }

    /// All motion of the second clip in some cells.
    fn power(&self, covered: &Step) -> f32 {
        self.two.iter().map(|step| step.iter().zip(covered).map(|(v, c)| v * v * c).sum::<f32>()).sum()
    }
}

/// Of two stretches of steps; nothing where they hold too little of `power`: two calm ends say nothing about the rest.
fn correlation(a: &[Step], b: &[Step], covered: &Step, power: f32) -> Option<f32> {
    let (mut ab, mut aa, mut bb) = ([0.0f32; CELLS], [0.0f32; CELLS], [0.0f32; CELLS]);
    for (a, b) in a.iter().zip(b) {
        for i in 0..CELLS {
            ab[i] += a[i] * b[i];
            aa[i] += a[i] * a[i];
            bb[i] += b[i] * b[i];
        }
    }
    let sum = |v: &Step| v.iter().zip(covered).map(|(v, c)| v * c).sum::<f32>();
    let (ab, aa, bb) = (sum(&ab), sum(&aa), sum(&bb));
    if aa < 1.0 || bb < 1.0 || bb < LEAST_POWER * power { None } else { Some(ab / (aa * bb).sqrt()) }
}

/// Which cells of the first clip make a cell of the second, with weights; empty when most of it lies outside.
fn reads(place: Place, column: usize, row: usize) -> Vec<(usize, f32)> {
    let mut weights = [0.0f32; CELLS];
    let mut inside = 0;
    for point in 0..POINTS * POINTS {
        let part = |i: usize, cell: usize| (cell as f32 + (i as f32 + 0.5) / POINTS as f32) / GRID as f32 - 0.5;
        let (x, y) = place.turn.back(part(point % POINTS, column), part(point / POINTS, row));
        let (x, y) = (place.x + x * place.width, place.y + y * place.height);
        if (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y) {
            inside += 1;
            spread(x, y, &mut weights);
        }
    }
    if inside * 2 < POINTS * POINTS {
        return Vec::new();
    }
    let all = (0..).zip(weights).filter(|(_, w)| *w > 0.0);
    all.map(|(cell, w)| (cell, w / inside as f32)).collect()
}

/// Gives a point to the four cells around it.
fn spread(x: f32, y: f32, weights: &mut [f32; CELLS]) {
    let last = (GRID - 1) as f32;
    let (x, y) = ((x * GRID as f32 - 0.5).clamp(0.0, last), (y * GRID as f32 - 0.5).clamp(0.0, last));
    let (column, row) = (x as usize, y as usize);
    let (right, down) = (x - column as f32, y - row as f32);
    let (next, below) = ((column + 1).min(GRID - 1), (row + 1).min(GRID - 1));
    weights[row * GRID + column] += (1.0 - right) * (1.0 - down);
    weights[row * GRID + next] += right * (1.0 - down);
    weights[below * GRID + column] += (1.0 - right) * down;
    weights[below * GRID + next] += right * down;
}

/// At most `most` steps from `start` on, at another speed.
fn retimed(steps: &[Step], speed: f32, start: f32, most: usize) -> Vec<Step> {
    let at = |t: usize| start + t as f32 * speed;
    let inside = |t: &usize| at(*t) <= steps.len() as f32 - 1.0;
    let mix = |t: usize| {
        let from = at(t) as usize;
        let (a, b, part) = (&steps[from], &steps[(from + 1).min(steps.len() - 1)], at(t) - from as f32);
        array::from_fn(|i| a[i] + (b[i] - a[i]) * part)
    };
    (0..((most as f32 / speed.min(1.0)) as usize + 1)).take_while(inside).map(mix).collect()
}
