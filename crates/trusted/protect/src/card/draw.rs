//! The card's picture: calm hills of thin lines on the soft accent, a flat line where a voice would be.

use hamseda_core::lattice::{HEIGHT, WIDTH};
use sha2::{Digest as _, Sha256};
use tiny_skia::{Color, LineCap, Paint, PathBuilder, Pixmap, Stroke, Transform};

use crate::error::PrepareError;
use crate::yuv;

/// Soft accent of the look.
const GROUND: [u8; 3] = [0xf7, 0xe6, 0xde];
/// Accent.
const ACCENT: [u8; 3] = [0xb9, 0x3a, 0x0a];
/// Most of the accent in a card's ground: text on it keeps its contrast.
const MOST_TINT: f32 = 0.2;
/// Lines of the pattern.
const LINES: u32 = 15;
/// The flat line: where a waveform stands when there is a voice.
const FLAT_Y: f32 = 360.0;

/// One frame, planar.
pub(super) fn card(seed: &[u8]) -> Result<Vec<u8>, PrepareError> {
    let none = || PrepareError::Library("no picture of the canvas' size".into());
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT).ok_or_else(none)?;
    let mut numbers = Numbers::new(seed);
    // Cards stand side by side on a wall: their grounds differ as paper does.
    let depth = numbers.between(0.0, MOST_TINT);
    pixmap.fill(mixed(depth));
    hills(&mut pixmap, &mut numbers, depth);
    flat_line(&mut pixmap);
    Ok(yuv::frame_from_rgba(pixmap.data(), WIDTH as usize, HEIGHT as usize))
}

/// The ground with this share of the accent.
fn mixed(share: f32) -> Color {
    let mix = |i: usize| (f32::from(GROUND[i]) + (f32::from(ACCENT[i]) - f32::from(GROUND[i])) * share).round() as u8;
    Color::from_rgba8(mix(0), mix(1), mix(2), 255)
}

fn paint(share: f32) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(mixed(share));
    paint
}

/// Lines one under the other, bent by the same three slow waves, paler upwards: a landscape without a place.
fn hills(pixmap: &mut Pixmap, numbers: &mut Numbers, ground: f32) {
    let waves: Vec<[f32; 4]> = (0..3)
        .map(|i| {
            let length = numbers.between(260.0, 620.0) / (1.0 + i as f32 * 0.7);
            [
                numbers.between(30.0, 90.0) / (1.0 + i as f32),
                length,
                numbers.between(0.0, std::f32::consts::TAU),
                numbers.between(-0.5, 0.5),
            ]
        })
        .collect();
    let (top, step) = (numbers.between(250.0, 430.0), numbers.between(22.0, 34.0));
    for line in 0..LINES {
        let depth = line as f32 / LINES as f32;
        let swell = |x: f32| -> f32 {
            let wave = |[height, length, phase, drift]: &[f32; 4]| {
                height * (x / length + phase + drift * line as f32 * 0.6).sin()
            };
            waves.iter().map(wave).sum()
        };
        let mut path = PathBuilder::new();
        let at = |x: f32| top + line as f32 * step + swell(x) * (0.55 + depth);
        path.move_to(-8.0, at(-8.0));
        (0..=(WIDTH + 16) / 8).map(|i| i as f32 * 8.0).for_each(|x| path.line_to(x, at(x)));
        if let Some(path) = path.finish() {
            let stroke = Stroke { width: 1.2 + depth * 1.6, ..Stroke::default() };
            pixmap.stroke_path(&path, &paint(ground + 0.08 + depth * 0.3), &stroke, Transform::identity(), None);
        }
    }
}

fn flat_line(pixmap: &mut Pixmap) {
    let mut path = PathBuilder::new();
    let middle = WIDTH as f32 / 2.0;
    path.move_to(middle - 150.0, FLAT_Y);
    path.line_to(middle + 150.0, FLAT_Y);
    if let Some(path) = path.finish() {
        let stroke = Stroke { width: 6.0, line_cap: LineCap::Round, ..Stroke::default() };
        pixmap.stroke_path(&path, &paint(1.0), &stroke, Transform::identity(), None);
    }
}

/// Numbers from a seed, the same on every machine.
struct Numbers {
    seed: Vec<u8>,
    count: u32,
}

impl Numbers {
    fn new(seed: &[u8]) -> Self {
        Self { seed: seed.to_vec(), count: 0 }
    }

    fn between(&mut self, least: f32, most: f32) -> f32 {
        let hash =
            Sha256::new().chain_update(b"hamseda card").chain_update(self.count.to_be_bytes()).chain_update(&self.seed);
        self.count += 1;
        let bytes = hash.finalize();
        let share = u16::from_be_bytes([bytes[0], bytes[1]]);
        least + (most - least) * f32::from(share) / f32::from(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_differ_by_their_seed_alone() {
        let first = card(b"one").unwrap();
        assert_eq!(first, card(b"one").unwrap());
        let changed = first.iter().zip(card(b"two").unwrap()).filter(|(a, b)| **a != *b).count();
        assert!(changed > first.len() / 50, "{changed} of {} bytes", first.len());
    }
}
