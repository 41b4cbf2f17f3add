//! Weakens what a camera's sensor writes into every picture: each pixel of a chip is a little too bright or too dark, always
//! the same, so that clips can be tied to a phone.
//!
//! Each message gets its own crop and rotation, a slow wandering warp of a few pixels that no two moments share, and loses its
//! faintest grain. Whoever averages frames to find the pattern averages different places of the chip. The parameters come from
//! random bytes that are drawn for one clip and forgotten.
//!
//! It weakens, it never removes: scene, lens and what is left of the pattern in strong texture stay. Refuses to add anything:
//! every pixel is a mix of neighbours.

mod field;
mod grain;
mod warp;

use field::Field;

/// Makes the frames of one clip useless as a camera's fingerprint, one after the other.
pub struct SensorVeil {
    field: Field,
    width: usize,
    height: usize,
    frame: u32,
    /// One plane, warped sideways.
    half_way: Vec<u8>,
    /// One plane, as it was.
    before: Vec<u8>,
}

impl SensorVeil {
    /// For planar YUV 4:2:0 whose sides are multiples of 16. `random` must be fresh for each clip and kept nowhere.
    #[must_use]
    pub fn new(random: &[u8; 32], width: usize, height: usize) -> Self {
        let field = Field::new(random, width, height);
        Self { field, width, height, frame: 0, half_way: Vec::new(), before: Vec::new() }
    }

    /// Treats the next frame in place.
    pub fn frame(&mut self, frame: &mut [u8]) {
        self.field.move_to(self.frame);
        self.frame += 1;
        let (luma, chroma) = frame.split_at_mut(self.width * self.height);
        self.plane(luma, self.width, self.height, 0);
        grain::weaken(luma, self.width, self.height, &mut self.before);
        let (width, height) = (self.width / 2, self.height / 2);
        for plane in chroma.chunks_exact_mut(width * height) {
            self.plane(plane, width, height, 1);
        }
    }

    /// Warps a plane whose sides are halved `halved` times.
    fn plane(&mut self, plane: &mut [u8], width: usize, height: usize, halved: u32) {
        self.half_way.resize(plane.len(), 0);
        warp::sideways(plane, &mut self.half_way, width, |y, row| self.field.across(y << halved, halved, row));
        warp::upright(&self.half_way, plane, width, height, |y, row| self.field.down(y << halved, halved, row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (usize, usize) = (320, 192);

    fn scene() -> Vec<u8> {
        let wave = |i: usize| {
            let (x, y) = ((i % SIZE.0) as f32, (i / SIZE.0) as f32);
            (120.0 + 60.0 * (x / 23.0).sin() * (y / 17.0).cos()) as u8
        };
        let mut frame: Vec<u8> = (0..SIZE.0 * SIZE.1).map(wave).collect();
        frame.resize(SIZE.0 * SIZE.1 * 3 / 2, 128);
        frame
    }

    fn veiled(seed: u8, frames: usize) -> Vec<Vec<u8>> {
        let mut veil = SensorVeil::new(&[seed; 32], SIZE.0, SIZE.1);
        (0..frames)
            .map(|_| {
                let mut frame = scene();
                veil.frame(&mut frame);
                frame
            })
            .collect()
    }

    fn difference(a: &[u8], b: &[u8]) -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
    }

    #[test]
    fn every_clip_and_every_moment_is_bent_in_its_own_way() {
        let (one, two) = (veiled(1, 91), veiled(2, 1));
        assert_eq!(one[0], veiled(1, 1)[0], "the same bytes give the same picture");
        let apart = [difference(&one[0], &scene()), difference(&one[0], &two[0])];
        assert!(apart.iter().all(|d| *d > 1.0), "{apart:?}");
        assert!(difference(&one[0], &one[90]) > 0.2, "three seconds later it lies elsewhere");
        assert!(difference(&one[0], &one[1]) < 0.2, "from frame to frame it hardly moves");
    }

    #[test]
    fn nothing_new_comes_into_the_picture() {
        for frame in veiled(3, 40) {
            let (luma, chroma) = frame.split_at(SIZE.0 * SIZE.1);
            assert!(luma.iter().all(|v| (58..=182).contains(v)), "brighter or darker than anything in the scene");
            assert!(chroma.iter().all(|v| *v == 128));
        }
    }
}
