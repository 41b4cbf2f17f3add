//! The codebook: envelopes of other people, and their voices' means and spreads. Learned once from synthetic and freely
//! given voices (`book/README.md` says which), never from anybody's message.

mod learn;

use std::sync::LazyLock;

pub use learn::learn;

use crate::cepstrum::{Cepstrum, ORDER};
use crate::speech::Moment;

/// Numbers of an envelope that are compared and kept; the finer ones are hair, not words.
pub(crate) const KEPT: usize = 20;
/// Numbers a word has: an envelope, loudness, how voiced.
const WORD: usize = ORDER + 2;
/// What loudness and voicing count when words are compared, beside the envelope's numbers (which count by their spread).
const LOUDNESS_WEIGHT: f32 = 0.3;
const VOICED_WEIGHT: f32 = 0.5;
/// How sharply the nearest words are preferred: smaller is coarser.
const SOFTNESS: f32 = 0.3;

/// Written by `cargo run --release -p hamseda-voice --example book`.
static BYTES: &[u8] = include_bytes!("../book/book.bin");

/// The one book.
pub(crate) static BOOK: LazyLock<Book> = LazyLock::new(|| Book::read(BYTES));

/// One person's voice in the long run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Person {
    pub(crate) mean: Cepstrum,
    pub(crate) spread: Cepstrum,
}

/// Words and persons.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Book {
    pub(crate) people: Vec<Person>,
    words: Vec<[f32; WORD]>,
    /// What each number counts in a comparison.
    weights: [f32; WORD],
}

impl Book {
    fn read(bytes: &[u8]) -> Self {
        let mut numbers = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        let mut next = || numbers.next().unwrap_or_default();
        let people = next() as usize;
        let words = next() as usize;
        let mut some = || std::array::from_fn(|_| next());
        let people: Vec<Person> = (0..people).map(|_| Person { mean: some(), spread: some() }).collect();
        let words = (0..words).map(|_| std::array::from_fn(|_| next())).collect();
        Self { weights: weights(&people), people, words }
    }

    /// What other people's words come nearest to `moment`: their mean, the nearest counting most.
    pub(crate) fn nearest(&self, moment: &Moment) -> Moment {
        let here = word(moment);
        let far = |word: &[f32; WORD]| -> f32 {
            let parts = word.iter().zip(&here).zip(&self.weights);
            parts.map(|((a, b), weight)| ((a - b) * weight).powi(2)).sum()
        };
        let distances: Vec<f32> = self.words.iter().map(far).collect();
        let least = distances.iter().copied().fold(f32::MAX, f32::min);
        let (mut sum, mut total) = ([0.0; WORD], 0.0);
        for (word, distance) in self.words.iter().zip(distances) {
            let weight = ((least - distance) / SOFTNESS).exp();
            // Far words weigh nothing: most of them.
            if weight > 1e-4 {
                total += weight;
                sum.iter_mut().zip(word).for_each(|(s, w)| *s += weight * w);
            }
        }
        let mean = sum.map(|s| s / total);
        Moment {
            envelope: std::array::from_fn(|k| mean[k]),
            loudness: mean[ORDER],
            voiced: mean[ORDER + 1],
            open: moment.open,
        }
    }
}

fn word(moment: &Moment) -> [f32; WORD] {
    std::array::from_fn(|k| match k {
        ORDER => moment.loudness,
        k if k > ORDER => moment.voiced,
        k => moment.envelope[k],
    })
}

fn weights(people: &[Person]) -> [f32; WORD] {
    std::array::from_fn(|k| match k {
        ORDER => LOUDNESS_WEIGHT,
        k if k > ORDER => VOICED_WEIGHT,
        k if k == 0 || k >= KEPT => 0.0,
        k => people.iter().map(|p| p.spread[k]).sum::<f32>() / people.len().max(1) as f32,
    })
}
