//! From what was said to how it will sound.

use crate::accent::Accent;
use crate::book::{Book, KEPT};
use crate::course::course;
use crate::speech::Moment;
use crate::synth::Shape;

/// How much of an envelope is other people's nearest words; the rest is the source's own, on the common scale.
const OTHERS: f32 = 0.5;
/// The same for loudness and voicing.
const OTHERS_LOUDNESS: f32 = 0.5;
const OTHERS_VOICED: f32 = 0.5;
/// Moments before and after that are averaged: 5 ms each.
const AROUND: usize = 1;
/// The pace wanders by at most this many moments, 15 ms: lips and voice stay together.
const PACE: f32 = 3.0;
/// Steps between two points of the pace's course and of the melody's: 0.4 to 1 s and 0.2 to 0.6 s.
const PACE_STEPS: (f32, f32) = (80.0, 200.0);
const MELODY_STEPS: (f32, f32) = (40.0, 120.0);
/// The melody wanders by at most this, semitones.
const MELODY: f32 = 2.0;
/// Loudness goes up and down by this, natural logarithm of power a spread (5.6 dB): the same for everybody.
const LOUDNESS: f32 = 1.3;
/// Bounds of it.
const LOUDNESS_BOUNDS: (f32, f32) = (-8.0, 2.5);
/// Amplitude of a moment of mean loudness; the clip is levelled later.
const AMPLITUDE: f32 = 0.05;
/// Voicing of the book's words is a mean and needs to be taken apart again.
const DECIDE: f32 = 1.6;

/// The new voice, moment by moment. Pitch comes from the accent alone.
pub(crate) fn shapes(moments: &[Moment], accent: &Accent, book: &Book) -> Vec<Shape> {
    let count = moments.len();
    let heard: Vec<Option<Moment>> =
        moments.iter().map(|m| (m.open > 0.0).then(|| mixed(m, &book.nearest(m)))).collect();
    let melody = course(&mut accent.seed.stream("melody"), count, MELODY_STEPS);
    let pace = course(&mut accent.seed.stream("pace"), count, PACE_STEPS);
    let shape = |i: usize| {
        let at = (i as f32 + pace[i] * PACE).round().clamp(0.0, count as f32 - 1.0) as usize;
        let around = &heard[at.saturating_sub(AROUND)..(at + AROUND + 1).min(count)];
        let hertz = accent.hertz * (melody[i] * MELODY / 12.0).exp2();
        let Some(now) = mean(around) else { return Shape::silent(hertz) };
        let loudness = (LOUDNESS * now.loudness).clamp(LOUDNESS_BOUNDS.0, LOUDNESS_BOUNDS.1);
        Shape {
            bands: accent.bands(&now.envelope),
            voiced: now.voiced,
            hertz,
            gain: AMPLITUDE * (0.5 * loudness).exp() * now.open,
        }
    };
    (0..count).map(shape).collect()
}

/// What was said, moved towards how others say it.
fn mixed(own: &Moment, others: &Moment) -> Moment {
    let mix = |own: f32, others: f32, share: f32| own + share * (others - own);
    let decided = ((others.voiced - 0.5) * DECIDE + 0.5).clamp(0.0, 1.0);
    let envelope = |k: usize| if k < KEPT { mix(own.envelope[k], others.envelope[k], OTHERS) } else { 0.0 };
    Moment {
        envelope: std::array::from_fn(envelope),
        loudness: mix(own.loudness, others.loudness, OTHERS_LOUDNESS),
        voiced: mix(own.voiced, decided, OTHERS_VOICED),
        open: own.open,
    }
}

/// Of those moments in which something is said; pauses count as quiet.
fn mean(around: &[Option<Moment>]) -> Option<Moment> {
    let said: Vec<&Moment> = around.iter().flatten().collect();
    let count = said.len() as f32;
    let of = |value: &dyn Fn(&Moment) -> f32| said.iter().map(|m| value(m)).sum::<f32>();
    (!said.is_empty()).then(|| Moment {
        envelope: std::array::from_fn(|k| of(&|m| m.envelope[k]) / count),
        loudness: of(&|m| m.loudness) / count,
        voiced: of(&|m| m.voiced) / count,
        open: of(&|m| m.open) / around.len() as f32,
    })
}
