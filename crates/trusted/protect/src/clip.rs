//! A clip becomes a master, tiles and poster: upright, levelled, trimmed, on the one canvas, picture and voice as treated.

use std::time::Instant;

use hamseda_cage::{AudioStream, Cage, DecodeSpec, Decoded, Fit, Media, PictureOut, Probe, SoundOut, VideoStream};
use hamseda_core::Limits;
use hamseda_core::lattice::{FPS, SAMPLE_RATE};
use hamseda_fingerprint::Fingerprint;

use crate::error::PrepareError;
use crate::masked::masked;
use crate::picture::{Shot, as_filmed};
use crate::report::{Report, Spent, Stopwatch, Tools, since};
use crate::sound::{Heard, Sound};
use crate::treatment::{PictureTreatment, Treatment};
use crate::{Paths, Prepared, TEMPLATE, card};

/// Half a second: nothing is said in less.
const LEAST_FRAMES: u64 = FPS as u64 / 2;
/// A damaged clip must give a whole second.
const LEAST_DAMAGED_FRAMES: u64 = FPS as u64;
/// A clip with a picture that can be decoded.
pub(crate) struct Source<'a> {
    pub(crate) cage: &'a Cage,
    media: &'a Media,
    picture: &'a VideoStream,
    sound: Option<&'a AudioStream>,
    /// Length its header gives, or 0.
    pub(crate) millis: u64,
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
    pub(crate) fn samples(&self) -> Result<Vec<f32>, PrepareError> {
        let Some(stream) = self.sound.cloned() else { return Ok(Vec::new()) };
        let max_samples = (self.limits.clip_millis / 1000 + 1) * u64::from(SAMPLE_RATE);
        let spec = DecodeSpec { picture: None, sound: Some(SoundOut { stream, max_samples }) };
        let Decoded { samples, damage, .. } = self.decode(&spec)?.finish()?;
        let silent = samples.iter().all(|&s| s == 0.0);
        // A microphone that was switched off records silence; damage that comes out as silence lost somebody's words.
        if samples.is_empty() || (silent && damage.is_some()) { Err(PrepareError::SoundLost) } else { Ok(samples) }
    }
}

/// Makes master, tiles and poster of a clip, and its fingerprint.
pub(crate) fn make(
    source: &Source<'_>,
    treatment: Treatment,
    seed: &[u8],
    paths: &Paths,
    mut spent: Spent,
) -> Result<(Prepared, Option<Fingerprint>), PrepareError> {
    let clock = Instant::now();
    let mut decoding = Stopwatch::default();
    let sound = decoding.time(|| Sound::of(source, treatment.voice))?;
    let shot = match treatment.picture {
        PictureTreatment::AsFilmed => as_filmed(source, &sound, &mut decoding)?,
        PictureTreatment::Masked => masked(source, &sound, &mut decoding)?,
        PictureTreatment::Card => card::drawn(source, &sound, seed, &mut decoding)?,
    };
    let Shot { mut frames, decoded, damage, lasts, faces, look } = shot;
    enough(decoded, damage.as_deref())?;
    let print = look.finish(sound.recorded());
    let units = frames.hold(lasts)?;
    let cuts = sound.cuts;
    let Heard { samples, level, voice } = sound.finish(units)?;
    spent.decode = decoding.millis();
    spent.encode = frames.finish(&samples, paths)?;
    spent.rest = since(clock).saturating_sub(spent.decode + spent.encode);
    let round = |value: f64| (value * 10.0).round() / 10.0;
    let report = Report {
        treatment,
        template: TEMPLATE,
        source_millis: decoded * 1000 / u64::from(FPS),
        source_size: source.size(),
        damage,
        trimmed_frames: (cuts.start, cuts.end),
        loudness_before: level.map(|l| round(l.before)),
        gain_db: level.map(|l| round(l.gain_db)),
        faces,
        voice,
        tools: Tools::of(source.cage),
        spent,
    };
    let prepared = Prepared { units, shown: treatment.picture.is_shown(), sound: level.is_some(), report };
    Ok((prepared, print))
}

/// Refuses what is too short to say anything.
fn enough(frames: u64, damage: Option<&str>) -> Result<(), PrepareError> {
    let least = if damage.is_some() { LEAST_DAMAGED_FRAMES } else { LEAST_FRAMES };
    match frames {
        0 => Err(PrepareError::NothingDecoded),
        n if n < least => Err(PrepareError::TooShort { millis: n * 1000 / u64::from(FPS) }),
        _ => Ok(()),
    }
}
