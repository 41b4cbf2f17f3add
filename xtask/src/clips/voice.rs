//! Speech by `espeak-ng`, its samples, and how loud it is from frame to frame.

use std::path::Path;

use crate::random::Random;
use crate::shell::{Res, output, tool};

/// Mono 16-bit samples.
#[derive(Debug, Clone)]
pub(crate) struct Speech {
    /// Samples a second.
    pub(crate) rate: u32,
    pub(crate) samples: Vec<i16>,
}

/// Silence before the first word, seconds.
const LEAD: f32 = 0.35;
/// Silence after the last, seconds.
const TAIL: f32 = 0.45;
/// How far a phone's microphone hisses: amplitude of 32,768.
const HISS: f32 = 24.0;

impl Speech {
    /// Speaks `text` with `voice`, such as `fa+f3 62 138`: espeak voice, pitch 0 to 99, words a minute.
    ///
    /// # Errors
    /// What espeak-ng says, or a voice that has not three words.
    pub(crate) fn speak(text: &str, voice: &str, seed: u64, scratch: &Path) -> Res<Self> {
        let words: Vec<_> = voice.split_whitespace().collect();
        let [name, pitch, speed] = words[..] else {
            return Err(format!("voice {voice:?}: expected a name, a pitch and a speed"));
        };
        output(tool("espeak-ng").args(["-v", name, "-p", pitch, "-s", speed, "-w"]).arg(scratch).arg(text))?;
        let bytes = std::fs::read(scratch).map_err(|e| format!("{}: {e}", scratch.display()))?;
        let said = Self::read(&bytes).ok_or("espeak-ng wrote no 16-bit mono WAV")?;
        Ok(said.in_a_room(seed))
    }

    /// Reads a WAV of one 16-bit channel. Lengths in the header may be wrong, as they are when it was written to a pipe.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
        let mut rate = None;
        loop {
            let (head, body) = rest.split_at_checked(8)?;
            let length = u32::from_le_bytes(head[4..8].try_into().ok()?) as usize;
            let chunk = &body[..length.min(body.len())];
            match &head[..4] {
                b"fmt " if chunk.get(..4)? == [1, 0, 1, 0] && chunk.get(14..16)? == [16, 0] => {
                    rate = Some(u32::from_le_bytes(chunk.get(4..8)?.try_into().ok()?));
                }
                b"data" => {
                    let samples = chunk.chunks_exact(2).map(|s| i16::from_le_bytes([s[0], s[1]])).collect();
                    return Some(Self { rate: rate?, samples });
                }
                _ => {}
            }
            rest = body.get(length + length % 2..)?;
        }
    }

    /// Puts silence around it and a little hiss under it.
    fn in_a_room(self, seed: u64) -> Self {
        let still = |seconds: f32| std::iter::repeat_n(0i16, (seconds * self.rate as f32) as usize);
        let trimmed = trim(&self.samples);
        let mut random = Random::new(seed ^ 0x4155);
        let all = still(LEAD).chain(trimmed.iter().copied()).chain(still(TAIL));
        let samples = all.map(|s| s.saturating_add((random.between(-HISS, HISS)) as i16)).collect();
        Self { rate: self.rate, samples }
    }

    /// Length, seconds.
    pub(crate) fn seconds(&self) -> f32 {
        self.samples.len() as f32 / self.rate as f32
    }

    /// A WAV file's bytes.
    pub(crate) fn wav(&self) -> Vec<u8> {
        let data = self.samples.len() as u32 * 2;
        let mut out = b"RIFF".to_vec();
        out.extend((36 + data).to_le_bytes());
        out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        out.extend(self.rate.to_le_bytes());
        out.extend((self.rate * 2).to_le_bytes());
        out.extend([2, 0, 16, 0]);
        out.extend(b"data");
        out.extend(data.to_le_bytes());
        out.extend(self.samples.iter().flat_map(|s| s.to_le_bytes()));
        out
    }

    /// For each of `frames` moments, `fps` a second: how loud and how bright it sounds, 0 to 1 each.
    pub(crate) fn envelope(&self, frames: usize, fps: f32) -> Vec<(f32, f32)> {
        let half = (self.rate as f32 * 0.025) as usize;
        let raw: Vec<(f32, f32)> = (0..frames)
            .map(|i| {
                let middle = (i as f32 / fps * self.rate as f32) as usize;
                let from = middle.saturating_sub(half).min(self.samples.len());
                let to = (middle + half).min(self.samples.len());
                measure(&self.samples[from..to])
            })
            .collect();
        let mut sorted: Vec<f32> = raw.iter().map(|r| r.0).collect();
        sorted.sort_by(f32::total_cmp);
        let loud = sorted.get(sorted.len() * 95 / 100).copied().unwrap_or(1.0).max(HISS * 8.0);
        let mut open = 0.0;
        let shape = |(rms, crossings): (f32, f32)| {
            let target = ((rms / loud - 0.06) * 1.1).clamp(0.0, 1.0).powf(0.7);
            // Jaws open faster than they close.
            open += (target - open) * if target > open { 0.65 } else { 0.45 };
            (if open < 0.03 { 0.0 } else { open }, (crossings * 5.0).clamp(0.0, 1.0))
        };
        raw.into_iter().map(shape).collect()
    }
}

fn trim(samples: &[i16]) -> &[i16] {
    let heard = |s: &i16| s.unsigned_abs() > 200;
    let from = samples.iter().position(heard).unwrap_or(0);
    let to = samples.iter().rposition(heard).map_or(samples.len(), |i| i + 1);
    &samples[from..to.max(from)]
}

/// Root mean square, and the share of sign changes.
fn measure(samples: &[i16]) -> (f32, f32) {
    if samples.is_empty() {
        return (0.0, 0.0);
    }
    let count = samples.len() as f32;
    let power: f32 = samples.iter().map(|&s| f32::from(s) * f32::from(s)).sum();
    let crossings = samples.windows(2).filter(|w| (w[0] < 0) != (w[1] < 0)).count();
    ((power / count).sqrt(), crossings as f32 / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(seconds: f32) -> Speech {
        let rate = 22_050u32;
        let samples = (0..(seconds * rate as f32) as usize).map(|i| ((i as f32 * 0.1).sin() * 9000.0) as i16).collect();
        Speech { rate, samples }
    }

    #[test]
    fn a_wav_reads_back() {
        let speech = tone(0.2);
        let back = Speech::read(&speech.wav()).unwrap();
        assert_eq!((back.rate, back.samples), (speech.rate, speech.samples));
        assert!(Speech::read(b"RIFF\0\0\0\0WAVE").is_none());
    }

    #[test]
    fn a_wav_from_a_pipe_claims_too_much_and_is_read_all_the_same() {
        let mut bytes = tone(0.1).wav();
        bytes[40..44].copy_from_slice(&0x7fff_f000u32.to_le_bytes());
        assert_eq!(Speech::read(&bytes).unwrap().samples.len(), tone(0.1).samples.len());
    }

    #[test]
    fn the_mouth_is_shut_before_the_first_word_and_open_during_it() {
        let speech = tone(1.0).in_a_room(1);
        let envelope = speech.envelope((speech.seconds() * 30.0) as usize, 30.0);
        assert_eq!(envelope[3].0, 0.0);
        assert!(envelope[25].0 > 0.7, "{:?}", envelope[25]);
        assert!(envelope.last().unwrap().0 < 0.1);
    }
}
