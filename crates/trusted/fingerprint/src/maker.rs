//! From frames and samples to a fingerprint, while they pass by. Memory is bounded whatever the clip's length: 5 MB for the
//! first half minute, 16 KB for each second after.

use crate::border::Borders;
use crate::inset::Edges;
use crate::moments::choose;
use crate::motion::{MOST_STEPS, STEP_FRAMES, STEPS_PER_SECOND, motion};
use crate::pdq::{Hash, INPUT};
use crate::print::{ACTIVE, Fingerprint, HASHES, HEART, INSET, MIRRORED, Moment, Span, VIEWS};
use crate::small::{Area, PIXELS, Rect, Sums, shrink};
use crate::sound::sounds;

/// Moments whose whole pictures differ by no more than this are one.
const ALIKE: u32 = 12;
/// Share of a clip's activity that lies beside the part that moves, at each edge.
const BESIDE: f32 = 0.02;
/// And beside the heart of it, which stays the same when the picture is cut.
const BESIDE_HEART: f32 = 0.12;
/// Most small pictures that are kept: enough for a clip of ten minutes.
const MOST_PICTURES: usize = MOST_STEPS + 1 + 600;

/// Makes a fingerprint of the frames it is shown.
pub struct Maker {
    area: Area,
    stride: usize,
    sums: Vec<u16>,
    in_step: u32,
    /// Steps that are complete.
    steps: usize,
    pictures: Vec<(usize, Vec<u8>)>,
    borders: Borders,
    edges: Edges,
}

impl Maker {
    /// For frames whose luma rows are `stride` bytes apart and whose picture is `area`; `None` when that makes no sense.
    #[must_use]
    pub fn new(area: Area, stride: usize) -> Option<Self> {
        let sane = area.width > 0 && area.height > 0 && area.x.checked_add(area.width)? <= stride;
        sane.then(|| Self {
            area,
            stride,
            sums: vec![0; PIXELS],
            in_step: 0,
            steps: 0,
            pictures: Vec::new(),
            borders: Borders::new(),
            edges: Edges::new(),
        })
    }

    /// Takes the luma of the next frame, thirty a second. One that is too short is left out.
    pub fn frame(&mut self, luma: &[u8]) {
        let end = (self.area.y + self.area.height - 1).saturating_mul(self.stride) + self.area.x + self.area.width;
        // Of what comes after the first half minute one step a second is kept.
        let second = self.steps.is_multiple_of(STEPS_PER_SECOND);
        let wanted = self.steps <= MOST_STEPS || (second && self.pictures.len() < MOST_PICTURES);
        if luma.len() < end {
            return;
        }
        if wanted {
            shrink(luma, self.stride, self.area, &mut self.sums);
        }
        self.in_step += 1;
        if self.in_step == STEP_FRAMES {
            self.step(wanted);
        }
    }

    fn step(&mut self, wanted: bool) {
        if wanted {
            let count = self.in_step as u16;
            let picture: Vec<u8> = self.sums.iter().map(|sum| ((sum + count / 2) / count) as u8).collect();
            if self.steps.is_multiple_of(STEPS_PER_SECOND / 2) {
                self.borders.look(&picture);
                self.edges.look(&picture);
            }
            self.pictures.push((self.steps, picture));
            self.sums.fill(0);
        }
        self.steps += 1;
        self.in_step = 0;
    }

    /// The fingerprint, with the clip's sound: interleaved stereo samples at 48 kHz, none for a silent clip.
    #[must_use]
    pub fn finish(mut self, samples: &[f32]) -> Fingerprint {
        // A clip shorter than a step is a picture all the same.
        if self.pictures.is_empty() && self.in_step > 0 {
            self.step(true);
        }
        let picture = self.borders.picture();
        let close = self.pictures.iter().map(|(_, p)| p.as_slice()).take(MOST_STEPS + 1);
        let (motion, activity) = motion(close, picture);
        let active = activity.rect(BESIDE);
        let inset = self.edges.inset().map(|inset| picture.around(inset));
        let parts = Parts { picture, active, heart: activity.rect(BESIDE_HEART), inset };
        let moments = self.moments(&parts);
        let inset = inset.map_or(Span::ALL, Span::of);
        Fingerprint { active: Span::of(active), inset, moments, motion, sounds: sounds(samples) }
    }

    fn moments(&self, parts: &Parts) -> Vec<Moment> {
        let mut changes = vec![0.0; self.pictures.len()];
        for (change, pair) in changes.iter_mut().skip(1).zip(self.pictures.windows(2)) {
            let sum: u32 = pair[0].1.iter().zip(&pair[1].1).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            *change = sum as f32 / PIXELS as f32;
        }
        let mut moments: Vec<Moment> = Vec::new();
        for i in choose(&changes) {
            let (step, pixels) = &self.pictures[i];
            let moment = Moment { step: u16::try_from(*step).unwrap_or(u16::MAX), views: parts.views(pixels) };
            let seen = |other: &Moment| other.views[0].distance(moment.views[0]) <= ALIKE;
            if !moments.iter().any(seen) {
                moments.push(moment);
            }
        }
        moments
    }
}

/// Where in a clip's pictures what is: the picture within its borders, and parts of that.
struct Parts {
    picture: Rect,
    active: Rect,
    heart: Rect,
    inset: Option<Rect>,
}

impl Parts {
    /// Hashes of all views of a small picture.
    fn views(&self, pixels: &[u8]) -> [Hash; HASHES] {
        let sums = Sums::of(pixels);
        let mut grid = Vec::with_capacity(INPUT * INPUT);
        let mut hash = |rect: Rect| {
            sums.grid(self.picture.within(rect), INPUT, &mut grid);
            Hash::of(&grid)
        };
        let mut hashes = [Hash::default(); HASHES];
        for (slot, &(share, x, y)) in hashes.iter_mut().zip(&VIEWS) {
            *slot = hash(Rect::part(share, x, y));
        }
        hashes[ACTIVE] = hash(self.active);
        hashes[HEART] = hash(self.heart);
        hashes[INSET] = self.inset.map_or(Hash::default(), hash);
        sums.grid(self.picture, INPUT, &mut grid);
        grid.chunks_exact_mut(INPUT).for_each(<[f32]>::reverse);
        hashes[MIRRORED] = Hash::of(&grid);
        hashes
    }
}
