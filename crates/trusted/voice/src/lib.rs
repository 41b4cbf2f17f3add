//! Another voice: what is said stays, who says it goes.
//!
//! The sound is taken apart 200 times a second into pitch, loudness and spectral envelope. Pitch is dropped: the melody is
//! drawn. Envelope and loudness lose everything that is the same throughout the message (the throat's length, the
//! microphone, the room), are moved towards other people's nearest sounds, and are spoken by a voice drawn for this message
//! alone. Whoever has the same tool and recordings of a suspect must guess that voice.
//!
//! Pure: no I/O, no process, chance comes as an argument. Refuses to tell what it drew: the numbers can't be printed and
//! are wiped. Words, dialect and pace remain: `docs/BENCHMARKS.md` says what an attacker still gets.

mod accent;
mod book;
mod cepstrum;
mod convert;
mod course;
mod draw;
mod envelope;
mod pitch;
mod resample;
mod spectrum;
mod speech;
mod synth;
#[cfg(test)]
mod tests;

use hamseda_core::Random;
use serde::{Deserialize, Serialize};

use accent::Accent;
use book::BOOK;
use spectrum::Fourier;

#[doc(hidden)]
pub use book::learn;

/// Number of the way voices are altered. It is part of an artefact's name: raise it when the same message would sound
/// different in kind.
pub const VERSION: u32 = 1;

/// A message in another voice.
#[derive(Debug, Clone, PartialEq)]
pub struct Altered {
    /// As many as went in, in the same form; both channels alike.
    pub samples: Vec<f32>,
    /// What may be told about it.
    pub report: Report,
}

/// What may be told: nothing in it was drawn, and nothing describes the source's voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// Length, milliseconds.
    pub millis: u64,
}

/// Speaks interleaved stereo samples at 48 kHz in another voice. Length and, to 20 ms, timing are kept; silence stays
/// silence; an odd sample at the end is silent. Samples that are no numbers count as silence.
///
/// Loudness is not the source's: level it afterwards.
#[must_use]
pub fn alter(samples: &[f32], random: &mut dyn Random) -> Altered {
    let mono: Vec<f32> = samples.chunks_exact(2).map(|pair| sane(0.5 * (pair[0] + pair[1]))).collect();
    let voice = speak(&mono, random);
    let mut out: Vec<f32> = voice.into_iter().flat_map(|s| [s, s]).collect();
    out.resize(samples.len(), 0.0);
    let report = Report { version: VERSION, millis: mono.len() as u64 / 48 };
    Altered { samples: out, report }
}

/// One channel at 48 kHz.
fn speak(mono: &[f32], random: &mut dyn Random) -> Vec<f32> {
    let accent = Accent::draw(random, &BOOK);
    let low = resample::down(mono);
    let mut fourier = Fourier::new();
    let frames = envelope::frames(&low, &mut fourier);
    let shapes = convert::shapes(&speech::moments(&frames), &accent, &BOOK);
    let mut noise = accent.seed.stream("noise");
    let voice = synth::synthesise(&shapes, accent.breath, low.len(), &mut noise, &mut fourier);
    resample::up(&voice, mono.len())
}

/// Decoders give numbers from -1 to 1; whatever else comes must not poison its neighbours.
fn sane(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-4.0, 4.0) } else { 0.0 }
}
