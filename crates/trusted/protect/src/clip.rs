//! A clip as filmed: upright, levelled, trimmed, on the one canvas.

use std::time::Instant;

use hamseda_cage::{
    AudioStream, Cage, DecodeSpec, Decoded, Fit, Media, PictureOut, Placement, Probe, SoundOut, VideoStream,
};
use hamseda_core::Limits;
use hamseda_core::lattice::{FPS, HEIGHT, SAMPLE_RATE, UNIT_FRAMES, WIDTH};

use crate::error::PrepareError;
use crate::frames::Frames;
use crate::loudness::{Level, level};
use crate::report::{Report, Spent, Stopwatch, since};
use crate::silence::{Trim, cut, frames_of, trim};
use crate::treatment::Treatment;
use crate::{Paths, Prepared, TEMPLATE};

/// Half a second: nothing is said in less.
pub(crate) const LEAST_FRAMES: u64 = FPS as u64 / 2;
/// A damaged clip must give a whole second.
const LEAST_DAMAGED_FRAMES: u64 = FPS as u64;
/// Fades that keep cuts from clicking: 10 ms, samples per channel.
const FADE: usize = SAMPLE_RATE as usize / 100;

/// A clip with a picture that can be decoded.
pub(crate) struct Source<'a> {
    pub(crate) cage: &'a Cage,
    media: &'a Media,
    picture: &'a VideoStream,
    sound: Option<&'a AudioStream>,
    millis: u64,
    limits: Limits,
}

impl<'a> Source<'a> {
    /// Refuses clips without a picture, and those whose sound exists in a form that is not read here.
    pub(crate) fn new(
        cage: &'a Cage,
        media: &'a Media,
        probe: &'a Probe,
        limits: &Limits,
    ) -> Result<Self, PrepareError> {
        let picture = match probe.picture() {
            Some(picture) if !probe.container.is_still() => picture,
            _ if probe.video.is_empty() => return Err(PrepareError::NoPicture),
            _ => return Err(PrepareError::PictureCodec),
        };
        let sound = probe.sound();
        if sound.is_none() && !probe.audio.is_empty() {
            return Err(PrepareError::SoundCodec);
        }
        let millis = picture.millis.or(probe.millis).unwrap_or(0);
        Ok(Self { cage, media, picture, sound, millis, limits: *limits })
    }

    /// Upright size, pixels.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.picture.upright_size()
    }

    /// The picture at a size, with at most the frames that the limits allow (and one second more: rates are rounded).
    pub(crate) fn picture_out(&self, width: u32, height: u32, fit: Fit) -> DecodeSpec {
        let max_frames = self.limits.clip_millis * u64::from(FPS) / 1000 + u64::from(FPS);
        let picture = Some(PictureOut { stream: self.picture.clone(), width, height, fit, max_frames });
        DecodeSpec { picture, sound: None }
    }

    /// Starts decoding.
    pub(crate) fn decode(&self, spec: &DecodeSpec) -> Result<hamseda_cage::Decode, PrepareError> {
        Ok(self.cage.decode(self.media, spec)?)
    }

    /// All its sound, as recorded.
    fn samples(&self) -> Result<Vec<f32>, PrepareError> {
        let Some(stream) = self.sound.cloned() else { return Ok(Vec::new()) };
        let max_samples = (self.limits.clip_millis / 1000 + 1) * u64::from(SAMPLE_RATE);
        let spec = DecodeSpec { picture: None, sound: Some(SoundOut { stream, max_samples }) };
        let Decoded { samples, damage, .. } = self.decode(&spec)?.finish()?;
        let silent = samples.iter().all(|&s| s == 0.0);
        // A microphone that was switched off records silence; damage that comes out as silence lost somebody's words.
        if samples.is_empty() || (silent && damage.is_some()) { Err(PrepareError::SoundLost) } else { Ok(samples) }
    }
}

/// Makes master, tiles and poster of a clip as it was filmed.
pub(crate) fn as_filmed(source: &Source<'_>, paths: &Paths, spent: &mut Spent) -> Result<Prepared, PrepareError> {
    let clock = Instant::now();
    let mut decoding = Stopwatch::default();
    let samples = decoding.time(|| source.samples())?;
    let cuts = trim(&samples);
    let Picture { mut frames, decoded, damage } = picture(source, cuts, &samples, &mut decoding)?;
    enough(decoded, damage.as_deref())?;
    let sounding = frames_of(&samples).saturating_sub(cuts.start + cuts.end);
    let units = frames.hold(sounding)?;
    let mut samples = cut(&samples, cuts.start, u64::from(units * UNIT_FRAMES));
    mute_from(&mut samples, sounding);
    let level = level(&mut samples)?;
    fade(&mut samples);
    spent.decode = decoding.millis();
    spent.encode = frames.finish(&samples, paths)?;
    spent.rest = since(clock).saturating_sub(spent.decode + spent.encode);
    Ok(prepared(source, units, decoded, cuts, damage, level, *spent))
}

/// A picture that was decoded into a master.
struct Picture {
    frames: Frames,
    /// Frames of the source.
    decoded: u64,
    damage: Option<String>,
}

/// Decodes the picture, without what `cuts` leaves out, into an encoder that runs beside.
fn picture(
    source: &Source<'_>,
    cuts: Trim,
    samples: &[f32],
    decoding: &mut Stopwatch,
) -> Result<Picture, PrepareError> {
    let place = Placement::on_canvas(source.size(), (WIDTH, HEIGHT));
    let expected = source.millis * u64::from(FPS) / 1000;
    let mut frames = Frames::start(source.cage, place.centre_square(), expected / 3)?;
    let mut decode = source.decode(&source.picture_out(WIDTH, HEIGHT, Fit::Canvas))?;
    // The picture ends where the last word does, if it was to be cut there.
    let end = if cuts.end > 0 { frames_of(samples) - cuts.end } else { u64::MAX };
    let (mut frame, mut decoded) = (Vec::new(), 0);
    while decoding.time(|| decode.next_frame(&mut frame))? {
        if (cuts.start..end).contains(&decoded) {
            frames.push(&frame)?;
        }
        decoded += 1;
    }
    // A picture shorter than the silence before the words: its last frame stands for it.
    if frames.count() == 0 && decoded > 0 {
        frames.push(&frame)?;
    }
    let damage = decode.finish()?.damage;
    Ok(Picture { frames, decoded, damage })
}

/// Refuses what is too short to say anything.
pub(crate) fn enough(frames: u64, damage: Option<&str>) -> Result<(), PrepareError> {
    let least = if damage.is_some() { LEAST_DAMAGED_FRAMES } else { LEAST_FRAMES };
    match frames {
        0 => Err(PrepareError::NothingDecoded),
        n if n < least => Err(PrepareError::TooShort { millis: n * 1000 / u64::from(FPS) }),
        _ => Ok(()),
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

fn prepared(
    source: &Source<'_>,
    units: u32,
    decoded: u64,
    cuts: Trim,
    damage: Option<String>,
    level: Option<Level>,
    spent: Spent,
) -> Prepared {
    let round = |value: f64| (value * 10.0).round() / 10.0;
    let report = Report {
        treatment: Treatment::AsFilmed,
        template: TEMPLATE,
        source_millis: decoded * 1000 / u64::from(FPS),
        source_size: source.size(),
        damage,
        trimmed_frames: (cuts.start, cuts.end),
        loudness_before: level.map(|l| round(l.before)),
        gain_db: level.map(|l| round(l.gain_db)),
        spent,
    };
    Prepared { units, shown: true, sound: level.is_some(), report }
}
