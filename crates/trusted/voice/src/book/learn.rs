//! Making the book, once, from other people's voices. Runs on a developer's machine only.

use crate::book::{Person, WORD, weights, word};
use crate::cepstrum::{Cepstrum, cepstrum};
use crate::draw::Seed;
use crate::envelope::{Frame, frames};
use crate::spectrum::Fourier;
use crate::speech::{Moment, moments};

/// Words in the book: fewer sound coarse, many more bring little and lie closer to who speaks.
const WORDS: usize = 128;
/// Of a voice's moments every so many are looked at.
const EVERY: usize = 5;
/// Rounds of bringing words to the middle of what is nearest to them.
const ROUNDS: usize = 20;

/// Always the same start: the book is the same wherever it is made.
struct Same;

impl hamseda_core::Random for Same {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// The book's bytes from recordings at 16 kHz: those of `people` give voices and words, those of `sounds` only words (of
/// languages that none of the people speaks).
#[must_use]
pub fn learn(people: &[Vec<f32>], sounds: &[Vec<f32>]) -> Vec<u8> {
    let mut fourier = Fourier::new();
    let (mut seen, mut persons) = (Vec::new(), Vec::new());
    for (i, signal) in people.iter().chain(sounds).enumerate() {
        let frames = frames(signal, &mut fourier);
        let moments = moments(&frames);
        if i < people.len() {
            persons.push(person(&frames, &moments));
        }
        seen.extend(moments.iter().filter(|m| m.open >= 1.0).step_by(EVERY).map(word));
    }
    let words = words(&seen, &weights(&persons));
    let counts = [persons.len() as f32, words.len() as f32];
    let persons = persons.iter().flat_map(|p| p.mean.into_iter().chain(p.spread));
    counts.into_iter().chain(persons).chain(words.into_iter().flatten()).flat_map(f32::to_le_bytes).collect()
}

fn person(frames: &[Frame], moments: &[Moment]) -> Person {
    let spoken: Vec<Cepstrum> =
        frames.iter().zip(moments).filter(|(_, m)| m.open >= 1.0).map(|(f, _)| cepstrum(&f.bands)).collect();
    let count = spoken.len().max(1) as f32;
    let mean: Cepstrum = std::array::from_fn(|k| spoken.iter().map(|c| c[k]).sum::<f32>() / count);
    let off = |k: usize| spoken.iter().map(|c| (c[k] - mean[k]).powi(2)).sum::<f32>() / count;
    Person { mean, spread: std::array::from_fn(|k| off(k).sqrt()) }
}

/// Lloyd's way: each word moves to the mean of the moments that are nearest to it.
fn words(seen: &[[f32; WORD]], weights: &[f32; WORD]) -> Vec<[f32; WORD]> {
    let mut stream = Seed::new(&mut Same).stream("book");
    let mut any = || seen[(stream.unit() * seen.len() as f32) as usize % seen.len()];
    let mut words: Vec<[f32; WORD]> = (0..WORDS).map(|_| any()).collect();
    for _ in 0..ROUNDS {
        let mut sums = vec![([0.0f32; WORD], 0.0f32); words.len()];
        for moment in seen {
            let (sum, count) = &mut sums[nearest(&words, moment, weights)];
            sum.iter_mut().zip(moment).for_each(|(s, m)| *s += m);
            *count += 1.0;
        }
        for (word, (sum, count)) in words.iter_mut().zip(sums) {
            *word = if count > 0.0 { sum.map(|s| s / count) } else { any() };
        }
    }
    words
}

fn nearest(words: &[[f32; WORD]], moment: &[f32; WORD], weights: &[f32; WORD]) -> usize {
    let far = |word: &[f32; WORD]| -> f32 {
        word.iter().zip(moment).zip(weights).map(|((a, b), w)| ((a - b) * w).powi(2)).sum()
    };
    let all = words.iter().map(far).enumerate();
    all.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(i, _)| i)
}
