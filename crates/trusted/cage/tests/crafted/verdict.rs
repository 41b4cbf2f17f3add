//! How a crafted file ends, in words.

use std::time::{Duration, Instant};

use hamseda_cage::{Cage, CageError, DecodeSpec, Fit, Media, PictureOut, SoundOut};
use hamseda_core::{Coded as _, Limits};

use crate::trap::SECRET;

/// Size and length to which a file is decoded: five seconds of a small picture.
const SIZE: (u32, u32) = (64, 48);
const MAX_FRAMES: u64 = 150;
const MAX_SAMPLES: u64 = 5 * 48_000;
/// Probing may take 20 s of wall clock; decoding five seconds may take 60 + 20 × 5.
const LIMIT: Duration = Duration::from_secs(20 + 160);

pub(crate) struct Verdict {
    pub(crate) text: String,
    refusal: Option<CageError>,
    took: Duration,
    leaked: bool,
}

pub(crate) fn of(cage: &Cage, bytes: &[u8]) -> Verdict {
    let started = Instant::now();
    let mut seen = Seen::default();
    let ended = work(cage, bytes, &mut seen);
    let refusal = ended.as_ref().err().map(ToString::to_string);
    let everything = [seen.said.as_bytes(), &seen.came, refusal.as_deref().unwrap_or_default().as_bytes()].concat();
    let leaked = everything.windows(SECRET.len()).any(|w| w == SECRET.as_bytes());
    let (text, refusal) = match ended {
        Ok(text) => (text, None),
        Err(e) if limited(&e) => (format!("{} stopped by a limit", seen.stage), Some(e)),
        Err(e) => (format!("{} {}: {}", seen.stage, e.code(), without_detail(&e)), Some(e)),
    };
    Verdict { text, refusal, took: started.elapsed(), leaked }
}

impl Verdict {
    /// The clip is blamed, not the machine; the sentence can be read; no limit was passed; nothing came out.
    pub(crate) fn assert_fair(&self, name: &str) {
        assert!(!self.leaked, "{name}: the secret came out");
        assert!(self.took < LIMIT, "{name} took {:?}", self.took);
        let Some(refusal) = &self.refusal else { return };
        assert!(refusal.blames_clip(), "{name}: {refusal}");
        let sentence = refusal.to_string();
        assert!(sentence.len() > 30 && sentence.len() < 400, "{name}: {sentence}");
        assert!(sentence.chars().all(|c| matches!(c, ' '..='~')), "{name}: {sentence:?}");
    }
}

#[derive(Default)]
struct Seen {
    stage: &'static str,
    said: String,
    came: Vec<u8>,
}

fn work(cage: &Cage, bytes: &[u8], seen: &mut Seen) -> Result<String, CageError> {
    seen.stage = "not decoded,";
    let media = Media::new(bytes)?;
    seen.stage = "looked at,";
    let probe = cage.probe(&media, &Limits::DEFAULT)?;
    seen.said = format!("{probe:?}");
    seen.stage = "decoded,";
    let (width, height) = SIZE;
    let picture = probe.picture().cloned();
    let picture = picture.map(|stream| PictureOut { stream, width, height, fit: Fit::Exact, max_frames: MAX_FRAMES });
    let sound = probe.sound().cloned().map(|stream| SoundOut { stream, max_samples: MAX_SAMPLES });
    if picture.is_none() && sound.is_none() {
        return Ok(format!("looked at, {} streams, none that is decoded", probe.streams));
    }
    let mut decode = cage.decode(&media, &DecodeSpec { picture, sound })?;
    let mut frame = Vec::new();
    while decode.next_frame(&mut frame)? {
        seen.came.extend_from_slice(&frame);
    }
    let decoded = decode.finish()?;
    seen.came.extend(decoded.samples.iter().flat_map(|sample| sample.to_le_bytes()));
    seen.said.extend(decoded.damage.as_deref());
    let tenths = decoded.samples.len() / 2 / 4_800;
    Ok(format!("decoded, {} frames, {}.{} s of sound", decoded.frames, tenths / 10, tenths % 10))
}

/// Which of the limits comes first differs between machines.
const fn limited(error: &CageError) -> bool {
    matches!(error, CageError::TimedOut { .. } | CageError::Killed)
}

/// What ffmpeg said in its own words differs between its versions.
fn without_detail(error: &CageError) -> String {
    let sentence = error.to_string();
    match error {
        CageError::Unreadable { detail } => sentence.replace(detail.as_str(), "…"),
        _ => sentence,
    }
}
