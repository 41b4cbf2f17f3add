//! Where each pixel is taken from: a crop, a rotation, and waves that wander, on a grid of eight pixels.

use std::f32::consts::TAU;

use hamseda_core::lattice::FPS;
use sha2::{Digest as _, Sha256};

use super::warp::{CHUNK, ONE};

/// Distance of grid points, pixels; the warp between them is linear.
const CELL: usize = CHUNK;
/// How much is cut off: 3 % to 5 %. It gives room to the rotation and the waves.
const ZOOM: (f32, f32) = (1.03, 1.05);
/// Rotation, radians either way: 0.2° to 0.6°.
const TURN: (f32, f32) = (0.0035, 0.0105);
/// Waves of each direction, their height (pixels), length (pixels) and period (seconds).
const WAVES: usize = 3;
const HEIGHT: (f32, f32) = (0.7, 1.1);
const LENGTH: (f32, f32) = (300.0, 560.0);
const PERIOD: (f32, f32) = (5.0, 11.0);

/// How far from its own place a pixel is taken, at one moment.
pub(super) struct Field {
    columns: usize,
    across: Axis,
    down: Axis,
}

/// One direction of it.
struct Axis {
    /// What does not move: crop and rotation.
    still: Vec<f32>,
    waves: Vec<Wave>,
    /// All of it now, pixels.
    now: Vec<f32>,
}

/// A wave over the grid, as the two halves of which every phase is a sum.
struct Wave {
    sine: Vec<f32>,
    cosine: Vec<f32>,
    /// Radians a second.
    speed: f32,
}

impl Field {
    pub(super) fn new(random: &[u8; 32], width: usize, height: usize) -> Self {
        let mut numbers = Numbers { random: *random, count: 0 };
        let (columns, rows) = (width.div_ceil(CELL) + 1, height.div_ceil(CELL) + 1);
        let shrink = 1.0 / numbers.between(ZOOM);
        let turn = numbers.between(TURN) * numbers.sign();
        let middle = [width as f32 / 2.0, height as f32 / 2.0];
        // What rotation and waves leave of the margin may be used to shift.
        let reach = WAVES as f32 * HEIGHT.1 + 2.0;
        let mut room = |side: f32, other: f32| {
            let left = (side * (1.0 - shrink) - other * turn.abs()) / 2.0 - reach;
            left.max(0.0) * numbers.between((-1.0, 1.0))
        };
        let shift = [room(middle[0] * 2.0, middle[1] * 2.0), room(middle[1] * 2.0, middle[0] * 2.0)];
        let points: Vec<[f32; 2]> = (0..rows * columns)
            .map(|i| [(i % columns * CELL) as f32 - middle[0], (i / columns * CELL) as f32 - middle[1]])
            .collect();
        // First all rows are moved sideways, then all columns up and down: for turns this small that is a rotation.
        let still = |along: usize, sign: f32| -> Vec<f32> {
            let at = |p: &[f32; 2]| p[along] * (shrink - 1.0) + sign * turn * p[1 - along] + shift[along];
            points.iter().map(at).collect()
        };
        let across = Axis::new(still(0, -1.0), &points, &mut numbers);
        let down = Axis::new(still(1, 1.0), &points, &mut numbers);
        Self { columns, across, down }
    }

    /// Goes to the moment of a frame.
    pub(super) fn move_to(&mut self, frame: u32) {
        let seconds = frame as f32 / FPS as f32;
        self.across.move_to(seconds);
        self.down.move_to(seconds);
    }

    /// For each grid column of luma row `y`, how far sideways; of a plane that was `halved`, in its own pixels.
    pub(super) fn across(&self, y: usize, halved: u32, row: &mut Vec<i32>) {
        self.row(&self.across.now, y, halved, row);
    }

    /// The same, how far up or down.
    pub(super) fn down(&self, y: usize, halved: u32, row: &mut Vec<i32>) {
        self.row(&self.down.now, y, halved, row);
    }

    fn row(&self, grid: &[f32], y: usize, halved: u32, row: &mut Vec<i32>) {
        let at = y / CELL * self.columns;
        let low = (y % CELL) as f32 / CELL as f32;
        let scale = ONE as f32 / (1 << halved) as f32;
        let (upper, lower) = (&grid[at..at + self.columns], &grid[at + self.columns..at + 2 * self.columns]);
        row.clear();
        let points = upper.iter().zip(lower).step_by(1 << halved);
        row.extend(points.map(|(a, b)| ((a + (b - a) * low) * scale) as i32));
        // The last cell of a halved plane may reach beyond the grid.
        row.extend(row.last().copied());
    }
}

impl Axis {
    fn new(still: Vec<f32>, points: &[[f32; 2]], numbers: &mut Numbers) -> Self {
        let waves = (0..WAVES).map(|_| Wave::new(points, numbers)).collect();
        Self { now: still.clone(), still, waves }
    }

    fn move_to(&mut self, seconds: f32) {
        self.now.copy_from_slice(&self.still);
        for wave in &self.waves {
            let (s, c) = (wave.speed * seconds).sin_cos();
            for ((now, sine), cosine) in self.now.iter_mut().zip(&wave.sine).zip(&wave.cosine) {
                *now += sine * c + cosine * s;
            }
        }
    }
}

impl Wave {
    fn new(points: &[[f32; 2]], numbers: &mut Numbers) -> Self {
        let (height, towards) = (numbers.between(HEIGHT), numbers.between((0.0, TAU)));
        let (length, phase) = (numbers.between(LENGTH), numbers.between((0.0, TAU)));
        let speed = TAU / numbers.between(PERIOD) * numbers.sign();
        let (y, x) = towards.sin_cos();
        let angle = |p: &[f32; 2]| TAU / length * (p[0] * x + p[1] * y) + phase;
        Self {
            sine: points.iter().map(|p| height * angle(p).sin()).collect(),
            cosine: points.iter().map(|p| height * angle(p).cos()).collect(),
            speed,
        }
    }
}

/// Numbers out of random bytes.
struct Numbers {
    random: [u8; 32],
    count: u32,
}

impl Numbers {
    fn share(&mut self) -> f32 {
        self.count += 1;
        let hash = Sha256::new().chain_update(b"hamseda sensor 1").chain_update(self.count.to_be_bytes());
        let hash = hash.chain_update(self.random).finalize();
        f32::from(u16::from_be_bytes([hash[0], hash[1]])) / f32::from(u16::MAX)
    }

    fn between(&mut self, (least, most): (f32, f32)) -> f32 {
        least + (most - least) * self.share()
    }

    fn sign(&mut self) -> f32 {
        if self.share() < 0.5 { -1.0 } else { 1.0 }
    }
}

impl Drop for Numbers {
    fn drop(&mut self) {
        self.random = [0; 32];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_is_taken_from_inside_and_neighbours_stay_neighbours() {
        for seed in 0..40 {
            let mut field = Field::new(&[seed; 32], 1280, 720);
            for frame in [0, 77, 1000] {
                field.move_to(frame);
                let columns = field.columns;
                for (i, (x, y)) in field.across.now.iter().zip(&field.down.now).enumerate() {
                    let place = [(i % columns * CELL) as f32 + x, (i / columns * CELL) as f32 + y];
                    let inside = |v: f32, side: f32| (-0.5..side + 0.5).contains(&v);
                    assert!(inside(place[0], 1280.0) && inside(place[1], 720.0), "{place:?} with {seed} at {frame}");
                }
                for grid in [&field.across.now, &field.down.now] {
                    for row in grid.chunks_exact(columns) {
                        let steep = row.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
                        assert!(steep <= 1.0, "{steep} pixels in one chunk: three taps don't reach");
                    }
                }
            }
        }
    }
}
