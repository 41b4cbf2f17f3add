//! The voice of one message: drawn, used, wiped. No two messages get the same.

use hamseda_core::Random;
use zeroize::Zeroize;

use crate::book::{Book, KEPT};
use crate::cepstrum::{Cepstrum, ORDER, bands};
use crate::draw::{Seed, Stream};
use crate::spectrum::{BANDS, band_hertz, band_of, between};

/// Bends of the space of envelopes: each lifts one side of it and lowers the other.
const BENDS: usize = 24;
/// Numbers that a bend looks at.
const LOOKS_AT: usize = 16;
/// How steep bends are.
const STEEP: f32 = 0.35;

/// How strongly a voice is changed; the figures behind it are in `docs/BENCHMARKS.md`.
mod strength {
    /// All bends together, in spreads.
    pub(super) const BEND: f32 = 0.7;
    /// Each number's own stretch, natural logarithm.
    pub(super) const STRETCH: f32 = 0.2;
    /// Each number's own offset, in spreads.
    pub(super) const OFFSET: f32 = 0.25;
    /// Length of the throat, octaves either way.
    pub(super) const THROAT: f32 = 0.2;
    /// Slope and bow of the spectrum, cepstrum.
    pub(super) const SLOPE: f32 = 0.3;
}

struct Bend {
    middle: f32,
    direction: [f32; LOOKS_AT],
    lifts: [f32; KEPT],
}

/// Everything that is random about one message's voice. Can't be printed; wiped when dropped.
pub(crate) struct Accent {
    pub(crate) seed: Seed,
    mean: Cepstrum,
    spread: Cepstrum,
    stretch: [f32; KEPT],
    offset: [f32; KEPT],
    bends: Vec<Bend>,
    throat: f32,
    /// The melody's middle, hertz.
    pub(crate) hertz: f32,
    /// Voice turns into breath here, hertz.
    pub(crate) breath: f32,
}

impl Accent {
    /// Draws one.
    pub(crate) fn draw(random: &mut dyn Random, book: &Book) -> Self {
        let seed = Seed::new(random);
        let mut stream = seed.stream("target");
        let (mean, spread) = nobody(book, &mut stream);
        let mut lean = || stream.within(-1.0, 1.0);
        let throat = (lean() * strength::THROAT).exp2();
        let slopes = [lean(), lean()].map(|s| s * strength::SLOPE);
        let hertz = 100.0 * stream.within(-0.3, 0.9).exp2();
        let breath = stream.within(2_800.0, 4_500.0);
        let mut accent = seed.stream("accent");
        let mut mean = mean;
        mean[1] += slopes[0];
        mean[2] += slopes[1];
        Self {
            mean,
            spread,
            stretch: std::array::from_fn(|_| (accent.bell() * strength::STRETCH).exp()),
            offset: std::array::from_fn(|_| accent.bell() * strength::OFFSET),
            bends: (0..BENDS).map(|_| bend(&mut accent)).collect(),
            throat,
            hertz,
            breath,
            seed,
        }
    }

    /// The bands in which an envelope of the common scale sounds in this voice, total power one.
    pub(crate) fn bands(&self, envelope: &Cepstrum) -> [f32; BANDS] {
        let bent = self.bent(envelope);
        let whole: Cepstrum = std::array::from_fn(|k| match k {
            0 => 0.0,
            k if k >= KEPT => 0.0,
            k => self.mean[k] + self.spread[k] * bent[k],
        });
        let narrow = bands(&whole);
        let place = |band: usize| band_of((band_hertz(band as f32) * self.throat).max(20.0));
        let mut out: [f32; BANDS] = std::array::from_fn(|band| between(&narrow, place(band)));
        let power: f32 = out.iter().enumerate().map(|(band, b)| b.exp() * width(band)).sum();
        out.iter_mut().for_each(|b| *b -= power.max(1e-9).ln());
        out
    }

    fn bent(&self, envelope: &Cepstrum) -> [f32; KEPT] {
        let mut out: [f32; KEPT] = std::array::from_fn(|k| envelope[k] * self.stretch[k] + self.offset[k]);
        for bend in &self.bends {
            let along: f32 = bend.direction.iter().zip(&envelope[1..]).map(|(d, e)| d * e).sum();
            let side = (bend.middle + along).tanh();
            out.iter_mut().zip(&bend.lifts).for_each(|(o, lift)| *o += side * lift);
        }
        out
    }
}

impl Drop for Accent {
    fn drop(&mut self) {
        self.mean.zeroize();
        self.spread.zeroize();
        self.stretch.zeroize();
        self.offset.zeroize();
        for bend in &mut self.bends {
            bend.middle.zeroize();
            bend.direction.zeroize();
            bend.lifts.zeroize();
        }
        self.throat.zeroize();
        self.hertz.zeroize();
        self.breath.zeroize();
    }
}

/// A mixture of the book's people, who is in it and how much being drawn.
fn nobody(book: &Book, stream: &mut Stream) -> (Cepstrum, Cepstrum) {
    let shares: Vec<f32> = book.people.iter().map(|_| -stream.unit().max(1e-4).ln()).collect();
    let whole: f32 = shares.iter().sum();
    let (mut mean, mut spread) = ([0.0; ORDER], [0.0; ORDER]);
    for (person, share) in book.people.iter().zip(shares) {
        for k in 0..ORDER {
            mean[k] += share / whole * person.mean[k];
            spread[k] += share / whole * person.spread[k];
        }
    }
    (mean, spread)
}

fn bend(stream: &mut Stream) -> Bend {
    let lift = strength::BEND / (BENDS as f32).sqrt();
    Bend {
        middle: stream.bell(),
        direction: std::array::from_fn(|_| stream.bell() * STEEP),
        lifts: std::array::from_fn(|_| stream.bell() * lift),
    }
}

/// A band's share of all hertz.
fn width(band: usize) -> f32 {
    (band_hertz(band as f32 + 0.5) - band_hertz(band as f32 - 0.5)) / 8_000.0
}
