//! Making one segment: its picture and its sound, each kept under the hash of what it was made from.

use std::path::PathBuf;

use hamseda_cage::{AudioEncoder, AudioSpec, Cage, DecodeSpec, H264, VideoEncoder, VideoSpec};
use hamseda_core::lattice::{HEIGHT, UNIT_AAC_FRAMES, UNIT_FRAMES, UNIT_SAMPLES, WIDTH};
use hamseda_core::{ArtefactId, Campaign, Lang};
use hamseda_programme::{Clip, Kind, SECTION_UNITS, Segment, TITLE_UNITS, Text};
use hamseda_tally::Claim;
use hamseda_vault::ArtefactKind;

use crate::artefacts::Address;
use crate::draw::cards::{Card, Desk};
use crate::draw::closing::Closing;
use crate::draw::lower_third;
use crate::draw::page::Palette;
use crate::draw::text::{Fonts, Typesetter};
use crate::picture::Picture;
use crate::scene::{Dips, Ground, Scene, open_master, play, still};
use crate::sound;
use crate::stream::AdtsFrames;
use crate::words::Phrases;
use crate::{Artefacts, FilmError};

/// Changes whenever the same inputs would give another picture or sound.
const VERSION: u32 = 1;
/// Pictures of segments.
const VIDEO: ArtefactKind = ArtefactKind::new("segment", "h264");
/// Sounds of segments.
const AUDIO: ArtefactKind = ArtefactKind::new("segment-sound", "aac");
/// No B frames: decoding order is display order, so that joins need no offsets and every player begins at zero.
pub(crate) const CODING: VideoSpec =
    VideoSpec { width: WIDTH, height: HEIGHT, h264: H264 { bframes: 0, ..H264::FILM } };
const SOUND: AudioSpec = AudioSpec { kbps: 128 };
/// Bars of a hidden message's waveform.
const BARS: usize = 96;

/// What all segments of a film share.
pub(crate) struct Studio<'a> {
    pub(crate) cage: &'a Cage,
    pub(crate) artefacts: &'a dyn Artefacts,
    pub(crate) campaign: &'a Campaign,
    pub(crate) claim: &'a Claim,
    pub(crate) policy_sha256: [u8; 32],
    pub(crate) lang: Lang,
    pub(crate) phrases: Phrases,
    pub(crate) palette: Palette,
    pub(crate) fonts: Fonts,
    /// Version of the encoder's build.
    pub(crate) tool: String,
}

/// The addresses of a segment's picture and sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ids {
    pub(crate) video: ArtefactId,
    pub(crate) audio: ArtefactId,
}

/// Where a segment's sound comes from.
#[derive(Debug, Clone, Copy)]
enum Voice {
    Silence,
    /// A master's sound after some units of silence.
    Master {
        id: ArtefactId,
        units: u32,
        after: u32,
    },
}

impl Studio<'_> {
    /// Where the results of `segment` are kept.
    pub(crate) fn ids(&self, segment: &Segment) -> Ids {
        let mut video = Address::new("segment-video", VERSION);
        video.field(self.tool.as_bytes()).value(&CODING).field(&self.fonts.sha256).value(&self.palette);
        video.value(&self.lang).value(segment);
        match &segment.kind {
            Kind::Closing { .. } => {
                let floors = (self.campaign.floors, &self.campaign.site_url, &self.campaign.origin);
                video.value(&self.claim.text(self.phrases.lang)).field(&self.policy_sha256).value(&floors);
                video.field(self.phrases.source.as_bytes());
            }
            Kind::Clip(clip) | Kind::Title { voice: Some(clip), .. } if !clip.shown => {
                video.value(&self.campaign.country).field(self.phrases.source.as_bytes());
            }
            _ => {}
        }
        let mut audio = Address::new("segment-sound", VERSION);
        audio.field(self.tool.as_bytes()).value(&SOUND).value(&voice(&segment.kind)).value(&segment.kind.units());
        Ids { video: video.finish(), audio: audio.finish() }
    }

    /// The picture of `segment`, made if it isn't kept yet.
    pub(crate) fn video(
        &self,
        setter: &mut Typesetter,
        segment: &Segment,
        id: ArtefactId,
    ) -> Result<PathBuf, FilmError> {
        if let Some(path) = self.artefacts.find(id)? {
            return Ok(path);
        }
        let mut desk = Desk { setter, palette: self.palette, lang: self.lang };
        let scenes = self.scenes(&mut desk, &segment.kind)?;
        let mut encoder = VideoEncoder::start(self.cage, &CODING).map_err(FilmError::cage("video encoder"))?;
        let dips = Dips { colour: self.palette.ink, rise: segment.dip_in, sink: segment.dip_out };
        play(self.cage, self.artefacts, &scenes, dips, |picture| {
            encoder.frame(&picture.data).map_err(FilmError::cage("video encoder"))
        })?;
        let mut encoded = encoder.finish().map_err(FilmError::cage("video encoder"))?;
        let path = self.artefacts.scratch(VIDEO)?;
        encoded.save(&path).map_err(FilmError::io(&path))?;
        self.artefacts.keep_from(&masters(&segment.kind), id, VIDEO, &path)
    }

    /// The title card as it stands once everything on it has come in; nothing for any other segment.
    pub(crate) fn title_still(&self, setter: &mut Typesetter, segment: &Segment) -> Option<Picture> {
        let Kind::Title { slogan, line, .. } = &segment.kind else { return None };
        let card = Desk { setter, palette: self.palette, lang: self.lang }.title(slogan, line.as_ref());
        let mut picture = Picture::film(card.ground);
        card.layers.iter().for_each(|layer| layer.blend(&mut picture, TITLE_UNITS * UNIT_FRAMES / 2));
        Some(picture)
    }

    /// The sound of `segment`, made if it isn't kept yet.
    pub(crate) fn audio(&self, segment: &Segment, id: ArtefactId) -> Result<PathBuf, FilmError> {
        if let Some(path) = self.artefacts.find(id)? {
            return Ok(path);
        }
        let units = segment.kind.units();
        let samples = match voice(&segment.kind) {
            Voice::Silence => Vec::new(),
            Voice::Master { id, units, after } => {
                let mut samples = vec![0.0; sound::samples_of(after)];
                let mut heard = self.samples(id, units)?;
                sound::rise(&mut heard);
                samples.extend(heard);
                samples
            }
        };
        let samples = sound::for_encoder(samples, units);
        let mut encoded =
            AudioEncoder::encode(self.cage, &SOUND, &samples).map_err(FilmError::cage("sound encoder"))?;
        let path = self.artefacts.scratch(AUDIO)?;
        let frames = AdtsFrames::parse(encoded.bytes().map_err(FilmError::io(&path))?)?;
        // The frames after these hold nothing but the encoder's run-out.
        let whole = frames.write(0..(units * UNIT_AAC_FRAMES) as usize);
        std::fs::write(&path, whole).map_err(FilmError::io(&path))?;
        self.artefacts.keep_from(&masters(&segment.kind), id, AUDIO, &path)
    }

    fn samples(&self, id: ArtefactId, units: u32) -> Result<Vec<f32>, FilmError> {
        let media = open_master(self.artefacts, id)?;
        let mut spec = DecodeSpec::master(units).without_picture();
        if let Some(sound) = &mut spec.sound {
            // An AAC track ends with a whole frame.
            sound.max_samples += u64::from(UNIT_SAMPLES);
        }
        let decode = self.cage.decode(&media, &spec).map_err(FilmError::cage(format!("master {id}")))?;
        Ok(decode.finish().map_err(FilmError::cage(format!("master {id}")))?.samples)
    }

    fn scenes(&self, desk: &mut Desk, kind: &Kind) -> Result<Vec<Scene>, FilmError> {
        let of = |card: Card, units: u32| Scene {
            frames: units * UNIT_FRAMES,
            ground: Ground::Colour(card.ground),
            layers: card.layers,
        };
        Ok(match kind {
            Kind::Title { slogan, line, voice } => {
                let title = of(desk.title(slogan, line.as_ref()), TITLE_UNITS);
                // The clip's first unit is heard under the title; its picture begins with the second.
                let clip = voice.as_ref().map(|clip| self.clip(desk, clip, 1)).transpose()?;
                std::iter::once(title).chain(clip).collect()
            }
            Kind::Section { heading } => vec![of(desk.section(heading), SECTION_UNITS)],
            Kind::Clip(clip) => vec![self.clip(desk, clip, 0)?],
            Kind::Quote(quote) => {
                let portrait = quote.portrait.map(|id| still(self.cage, self.artefacts, id, 320)).transpose()?;
                vec![of(desk.quote(quote, portrait.as_ref()), kind.units())]
            }
            Kind::Closing { line } => {
                let Self { campaign, claim, policy_sha256, .. } = *self;
                let closing = Closing { campaign, claim, policy_sha256, line: line.as_ref() };
                vec![of(desk.closing(&self.phrases, &closing), kind.units())]
            }
        })
    }

    /// A clip from unit `skip` on.
    fn clip(&self, desk: &mut Desk, clip: &Clip, skip: u32) -> Result<Scene, FilmError> {
        let frames = (clip.units - skip) * UNIT_FRAMES;
        if clip.shown {
            let layers = desk.lower_third(&clip.caption, lower_third::ramp(0, frames)).into_iter().collect();
            let ground = Ground::Master { id: clip.master, units: clip.units, skip: skip * UNIT_FRAMES };
            return Ok(Scene { frames, ground, layers });
        }
        let levels = if clip.sound {
            let samples = self.samples(clip.master, clip.units)?;
            sound::levels(samples.get(sound::samples_of(skip)..).unwrap_or_default(), BARS)
        } else {
            vec![0.0; BARS]
        };
        let why = self.phrases.get(if clip.sound { "hidden-picture" } else { "hidden-both" });
        let country = Text::of(&self.campaign.country, self.lang);
        let country = country.unwrap_or(Text { lang: self.lang, text: self.campaign.origin.clone() });
        let card = desk.hidden(&clip.caption, &country, (self.phrases.lang, &why), &levels, frames);
        Ok(Scene { frames, ground: Ground::Colour(card.ground), layers: card.layers })
    }
}

/// Masters that a segment shows or sounds.
fn masters(kind: &Kind) -> Vec<ArtefactId> {
    match kind {
        Kind::Clip(clip) | Kind::Title { voice: Some(clip), .. } => vec![clip.master],
        _ => Vec::new(),
    }
}

const fn voice(kind: &Kind) -> Voice {
    match kind {
        Kind::Title { voice: Some(clip), .. } if clip.sound => {
            Voice::Master { id: clip.master, units: clip.units, after: TITLE_UNITS - 1 }
        }
        Kind::Clip(clip) if clip.sound => Voice::Master { id: clip.master, units: clip.units, after: 0 },
        _ => Voice::Silence,
    }
}
