//! The sound of a clip: trimmed, treated, levelled, faded.

use std::ops::Range;

use hamseda_core::OsRandom;
use hamseda_core::lattice::{FPS, SAMPLE_RATE, UNIT_FRAMES};

use crate::clip::Source;
use crate::error::PrepareError;
use crate::loudness::{Level, level};
use crate::silence::{Trim, cut, frames_of, trim};
use crate::treatment::VoiceTreatment;

/// Fades that keep cuts from clicking: 10 ms, samples per channel.
const FADE: usize = SAMPLE_RATE as usize / 100;

/// All sound of a clip as recorded, and what is cut off at its ends.
pub(crate) struct Sound {
    treatment: VoiceTreatment,
    recorded: Vec<f32>,
    pub(crate) cuts: Trim,
}

/// Sound of a master.
pub(crate) struct Heard {
    /// Interleaved stereo at 48 kHz, whole lattice units.
    pub(crate) samples: Vec<f32>,
    /// `None` when nothing is heard.
    pub(crate) level: Option<Level>,
    /// What may be told of an altered voice.
    pub(crate) voice: Option<hamseda_voice::Report>,
}

impl Sound {
    /// Decodes it, unless nothing of it is to be heard.
    pub(crate) fn of(source: &Source<'_>, treatment: VoiceTreatment) -> Result<Self, PrepareError> {
        let recorded = if treatment.is_heard() { source.samples()? } else { Vec::new() };
        Ok(Self { cuts: trim(&recorded), treatment, recorded })
    }

    /// All of it as recorded; nothing, where nothing is to be heard.
    pub(crate) fn recorded(&self) -> &[f32] {
        &self.recorded
    }

    /// Video frames it lasts after trimming.
    pub(crate) fn frames(&self) -> u64 {
        frames_of(&self.recorded).saturating_sub(self.cuts.start + self.cuts.end)
    }

    /// Which frames of the picture are shown: it ends where the last word does, if the sound was cut there.
    pub(crate) fn shown_frames(&self) -> Range<u64> {
        let end = if self.cuts.end > 0 { frames_of(&self.recorded) - self.cuts.end } else { u64::MAX };
        self.cuts.start..end
    }

    /// What is heard in a master of `units`.
    pub(crate) fn finish(self, units: u32) -> Result<Heard, PrepareError> {
        let mut samples = cut(&self.recorded, self.cuts.start, u64::from(units * UNIT_FRAMES));
        mute_from(&mut samples, self.frames());
        let mut voice = None;
        match self.treatment {
            VoiceTreatment::AsRecorded | VoiceTreatment::Silent => {}
            // The one chance here: a voice that could be drawn again from anything that is kept would be no protection.
            VoiceTreatment::Altered => {
                let altered = hamseda_voice::alter(&samples, &mut OsRandom);
                samples = altered.samples;
                voice = Some(altered.report);
            }
        }
        let level = level(&mut samples)?;
        fade(&mut samples);
        Ok(Heard { samples, level, voice })
    }
}

/// What was cut at the end must not be heard under the frame that is held.
fn mute_from(samples: &mut [f32], frames: u64) {
    let at = frames as usize * (SAMPLE_RATE / FPS * 2) as usize;
    samples.iter_mut().skip(at).for_each(|s| *s = 0.0);
}

fn fade(samples: &mut [f32]) {
    let count = samples.len() / 2;
    for (i, frame) in samples.chunks_exact_mut(2).enumerate() {
        let near = i.min(count - 1 - i);
        if near < FADE {
            frame.iter_mut().for_each(|s| *s *= near as f32 / FADE as f32);
        }
    }
}
