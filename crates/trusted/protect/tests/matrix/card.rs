//! What is filmed: four corners of different colours, a patch of skin, a field that flashes and a bar that moves all the
//! time, so that every frame says when it was taken.

use super::cases::{Light, Rate};
use super::colour::{Rgb, codes};
use super::{MILLIS, flashes, seconds};

/// A rectangle in parts of the picture's width and height: left, top, right, bottom.
pub(super) type Part = [f64; 4];

/// Patches of known colour and where they lie upright. None of them is brighter than tone mapping leaves alone.
pub(super) const PATCHES: [(&str, Part, [u8; 3]); 5] = [
    ("upper left", [0.0, 0.0, 0.25, 0.3], [190, 40, 40]),
    ("upper right", [0.75, 0.0, 1.0, 0.3], [40, 160, 60]),
    ("lower left", [0.0, 0.7, 0.25, 1.0], [50, 60, 180]),
    ("lower right", [0.75, 0.7, 1.0, 1.0], [180, 170, 60]),
    ("skin", [0.3, 0.04, 0.7, 0.24], [190, 140, 115]),
];
const GROUND: Rgb = [0.45, 0.45, 0.45];
/// Black, and white while it flashes.
pub(super) const FLASH: Part = [0.32, 0.36, 0.68, 0.64];
/// The band in which the bar moves.
pub(super) const BAND: Part = [0.28, 0.76, 0.72, 0.96];
/// The bar's left edge at the start and at the end, and its width.
const BAR: (f64, f64, f64) = (0.30, 0.66, 0.04);

/// Where the bar's middle is at a time into the picture.
pub(super) fn bar_at(time: f64) -> f64 {
    BAR.0 + (BAR.1 - BAR.0) * time / seconds(MILLIS) + BAR.2 / 2.0
}

/// The time at which the bar's middle is here.
pub(super) fn time_of_bar(x: f64) -> f64 {
    (x - BAR.2 / 2.0 - BAR.0) / (BAR.1 - BAR.0) * seconds(MILLIS)
}

/// Times of all frames, seconds.
pub(super) fn times(rate: Rate) -> Vec<f64> {
    let all = |n: u32, d: u32| (0..).map(move |i: u32| f64::from(i * d) / f64::from(n));
    match rate {
        Rate::Fixed(n, d) => all(n, d).take_while(|&t| t < seconds(MILLIS) - 0.001).collect(),
        // A second each of 20, 60 and 24 frames a second, as when a phone goes from shade to light.
        Rate::Variable => {
            let part = |start: f64, fps: u32| all(fps, 1).take(fps as usize).map(move |t| start + t);
            part(0.0, 20).chain(part(1.0, 60)).chain(part(2.0, 24)).collect()
        }
    }
}

/// A planar 4:2:0 picture that is drawn on; deep pictures have two bytes a code.
pub(super) struct Card {
    size: (usize, usize),
    light: Light,
    ground: Vec<u8>,
}

impl Card {
    /// A card of this size in this light, with everything that doesn't move.
    pub(super) fn new(size: (usize, usize), light: Light) -> Self {
        let mut card = Self { size, light, ground: Vec::new() };
        let mut frame = vec![0; card.bytes()];
        card.fill(&mut frame, [0.0, 0.0, 1.0, 1.0], GROUND);
        for (_, part, rgb) in PATCHES {
            card.fill(&mut frame, part, rgb.map(|v| f64::from(v) / 255.0));
        }
        card.fill(&mut frame, FLASH, [0.0; 3]);
        card.fill(&mut frame, BAND, [0.1; 3]);
        card.ground = frame;
        card
    }

    /// The frame at a time, seconds.
    pub(super) fn frame(&self, time: f64) -> Vec<u8> {
        let mut frame = self.ground.clone();
        if flashes(time) {
            self.fill(&mut frame, FLASH, [0.9; 3]);
        }
        self.bar(&mut frame, bar_at(time));
        frame
    }

    /// A bar whose edges lie between pixels, so that its middle can be measured finer than a pixel.
    fn bar(&self, frame: &mut [u8], middle: f64) {
        let width = self.size.0 as f64;
        let (left, right) = ((middle - BAR.2 / 2.0) * width, (middle + BAR.2 / 2.0) * width);
        let mut column = |x: f64, share: f64| {
            let level = 0.1 + 0.7 * share;
            self.fill(frame, [x / width, BAND[1] + 0.02, (x + 1.0) / width, BAND[3] - 0.02], [level; 3]);
        };
        column(left.floor(), 1.0 - left.fract());
        column(right.floor(), right.fract());
        let inner = [left.ceil() / width, BAND[1] + 0.02, right.floor() / width, BAND[3] - 0.02];
        self.fill(frame, inner, [0.8; 3]);
    }

    fn bytes_each(&self) -> usize {
        if self.light.deep() { 2 } else { 1 }
    }

    /// Sizes of the three planes.
    fn planes(&self) -> [(usize, usize); 3] {
        let half = (self.size.0.div_ceil(2), self.size.1.div_ceil(2));
        [self.size, half, half]
    }

    fn bytes(&self) -> usize {
        self.planes().iter().map(|(w, h)| w * h).sum::<usize>() * self.bytes_each()
    }

    fn fill(&self, frame: &mut [u8], [left, top, right, bottom]: Part, rgb: Rgb) {
        let each = self.bytes_each();
        let mut start = 0;
        for ((width, height), code) in self.planes().into_iter().zip(codes(rgb, self.light)) {
            let at = |share: f64, length: usize| ((share * length as f64).round() as usize).min(length);
            let row: Vec<u8> =
                (at(left, width)..at(right, width)).flat_map(|_| code.to_le_bytes().into_iter().take(each)).collect();
            for y in at(top, height)..at(bottom, height) {
                let from = start + (y * width + at(left, width)) * each;
                frame[from..from + row.len()].copy_from_slice(&row);
            }
            start += width * height * each;
        }
    }
}
