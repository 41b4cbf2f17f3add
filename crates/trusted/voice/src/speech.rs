//! What of a recording is speech, and its envelopes on a scale that is the same for everybody.
//!
//! Each number of the envelope, and the loudness, is replaced by its rank within the message, spread as a bell. So the
//! long-term spectrum goes, with the microphone, the room and the length of the throat as far as they show in it, and so
//! does how loud and how evenly somebody speaks. What is left is which sounds follow each other.

use crate::cepstrum::{Cepstrum, ORDER, cepstrum};
use crate::envelope::Frame;

/// Quieter than the loud frames by this much is no speech: natural logarithm of power, 30 dB.
const BELOW_LOUD: f32 = 7.0;
/// Speech is louder than the quietest frames by this much: 3 dB.
const ABOVE_NOISE: f32 = 0.7;
/// However noisy, what is this much below the loud frames is noise: 17 dB.
const SURELY: f32 = 4.0;
/// Digital silence: no frame of it is speech.
const SILENCE: f32 = -15.0;
/// Ranks stay off the ends of the bell.
const ENDS: f32 = 0.004;
/// The logistic curve with this factor runs along the bell's (to 0.01).
const LOGISTIC: f32 = 1.702;

/// One moment, every [`crate::spectrum::HOP`], on the common scale: mean 0, spread 1 in speech.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moment {
    /// The first number, the mean of the bands, is loudness again and isn't used.
    pub(crate) envelope: Cepstrum,
    pub(crate) loudness: f32,
    /// 0 (noise) to 1 (voice).
    pub(crate) voiced: f32,
    /// 0 (pause) to 1 (speech).
    pub(crate) open: f32,
}

/// All moments of a message; none of them open where nothing is said.
pub(crate) fn moments(frames: &[Frame]) -> Vec<Moment> {
    let gate = gate(frames);
    let speech: Vec<bool> = frames.iter().map(|f| f.power > gate).collect();
    let envelopes: Vec<Cepstrum> = frames.iter().map(|f| cepstrum(&f.bands)).collect();
    let ranked = |value: &dyn Fn(usize) -> f32| {
        let values: Vec<f32> = (0..frames.len()).map(value).collect();
        spread(&values, &speech)
    };
    let columns: Vec<Vec<f32>> = (0..ORDER).map(|k| ranked(&|i| envelopes[i][k])).collect();
    let loudness = ranked(&|i| frames[i].power);
    let moment = |(i, frame): (usize, &Frame)| Moment {
        envelope: std::array::from_fn(|k| columns[k][i]),
        loudness: loudness[i],
        voiced: frame.voiced,
        open: (frame.power - gate + 1.0).clamp(0.0, 1.0),
    };
    frames.iter().enumerate().map(moment).collect()
}

/// The power above which a frame is speech.
fn gate(frames: &[Frame]) -> f32 {
    let mut powers: Vec<f32> = frames.iter().map(|f| f.power).collect();
    powers.sort_by(f32::total_cmp);
    let at = |hundredths: usize| powers.get(powers.len().saturating_sub(1) * hundredths / 100).copied();
    let (loud, noise) = (at(95).unwrap_or(SILENCE), at(5).unwrap_or(SILENCE));
    (loud - BELOW_LOUD).max(noise.min(loud - SURELY) + ABOVE_NOISE).max(SILENCE + 1.0)
}

/// Each value's place among those of speech, as a bell has it.
fn spread(values: &[f32], speech: &[bool]) -> Vec<f32> {
    let mut sorted: Vec<f32> = values.iter().zip(speech).filter(|(_, speech)| **speech).map(|(v, _)| *v).collect();
    sorted.sort_by(f32::total_cmp);
    let count = sorted.len() as f32 + 1.0;
    let place = |value: &f32| {
        let below = sorted.partition_point(|other| other < value) as f32;
        let share = ((below + 0.5) / count).clamp(ENDS, 1.0 - ENDS);
        (share / (1.0 - share)).ln() / LOGISTIC
    };
    values.iter().map(place).collect()
}
