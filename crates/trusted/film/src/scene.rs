//! What a segment shows, frame by frame: grounds and layers, before anything is encoded.

use std::path::Path;

use hamseda_cage::{Cage, Decode, DecodeSpec, Fit, Media, PictureOut};
use hamseda_core::lattice::UNIT_FRAMES;
use hamseda_core::{ArtefactId, Limits};

use crate::draw::layer::Layer;
use crate::picture::{Picture, Rgb};
use crate::{Artefacts, FilmError};

/// Largest master that is read: ten minutes at a generous rate.
const MASTER_BYTES: u64 = 1 << 30;
/// Frames of each half of a dip.
const DIP: u32 = 3;

/// What is under the layers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ground {
    /// One colour.
    Colour(Rgb),
    /// A protected master, from frame `skip` on.
    Master { id: ArtefactId, units: u32, skip: u32 },
}

/// A part of a segment with one ground. Layers count frames from its beginning.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) frames: u32,
    pub(crate) ground: Ground,
    pub(crate) layers: Vec<Layer>,
}

/// Dips at a segment's ends, towards `colour`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dips {
    pub(crate) colour: Rgb,
    pub(crate) rise: bool,
    pub(crate) sink: bool,
}

impl Dips {
    /// How far `frame` of `frames` is sunk, 0 to 256.
    fn share(self, frame: u32, frames: u32) -> u16 {
        let near = |distance: u32| (DIP.saturating_sub(distance) * 256 / DIP) as u16;
        let rise = if self.rise { near(frame) } else { 0 };
        let sink = if self.sink { near(frames - 1 - frame) } else { 0 };
        rise.max(sink)
    }
}

/// Renders `scenes` one after another and hands each frame to `take`.
pub(crate) fn play(
    cage: &Cage,
    artefacts: &dyn Artefacts,
    scenes: &[Scene],
    dips: Dips,
    mut take: impl FnMut(&Picture) -> Result<(), FilmError>,
) -> Result<(), FilmError> {
    let total = scenes.iter().map(|s| s.frames).sum();
    let mut picture = Picture::film(dips.colour);
    let mut done = 0;
    for scene in scenes {
        let mut master = match scene.ground {
            Ground::Master { id, units, skip } => Some(Master::open(cage, artefacts, id, units, skip)?),
            Ground::Colour(_) => None,
        };
        for frame in 0..scene.frames {
            match (&mut master, scene.ground) {
                (Some(master), _) => master.next(&mut picture)?,
                (None, Ground::Colour(colour)) => picture.fill(colour),
                (None, Ground::Master { .. }) => {}
            }
            scene.layers.iter().for_each(|layer| layer.blend(&mut picture, frame));
            let sunk = dips.share(done, total);
            if sunk > 0 {
                picture.sink(dips.colour, sunk);
            }
            take(&picture)?;
            done += 1;
        }
    }
    Ok(())
}

/// Frames of a protected master.
struct Master {
    id: ArtefactId,
    /// Nothing once it has ended.
    decode: Option<Decode>,
    read: u64,
    wanted: u64,
}

impl Master {
    fn open(cage: &Cage, artefacts: &dyn Artefacts, id: ArtefactId, units: u32, skip: u32) -> Result<Self, FilmError> {
        let media = open_master(artefacts, id)?;
        let spec = DecodeSpec::master(units).without_sound();
        let decode = cage.decode(&media, &spec).map_err(FilmError::cage(format!("master {id}")))?;
        let mut master = Self { id, decode: Some(decode), read: 0, wanted: u64::from(units * UNIT_FRAMES) };
        let mut dropped = Vec::new();
        for _ in 0..skip {
            master.read(&mut dropped)?;
        }
        Ok(master)
    }

    fn next(&mut self, picture: &mut Picture) -> Result<(), FilmError> {
        self.read(&mut picture.data)
    }

    fn read(&mut self, data: &mut Vec<u8>) -> Result<(), FilmError> {
        let cage = || FilmError::cage(format!("master {}", self.id));
        let more = match &mut self.decode {
            Some(decode) => decode.next_frame(data).map_err(cage())?,
            None => false,
        };
        if !more {
            // Why it ended early is known at its end: a machine without a thread to spare is no damaged master.
            if let Some(decode) = self.decode.take() {
                decode.finish().map_err(cage())?;
            }
            return Err(FilmError::Short { master: self.id, got: self.read, wanted: self.wanted });
        }
        self.read += 1;
        Ok(())
    }
}

/// A stored file, ready for the decoder.
pub(crate) fn open_master(artefacts: &dyn Artefacts, id: ArtefactId) -> Result<Media, FilmError> {
    let path = artefacts.find(id)?.ok_or(FilmError::Missing(id))?;
    open_file(&path)
}

fn open_file(path: &Path) -> Result<Media, FilmError> {
    Media::open(path, MASTER_BYTES).map_err(|source| FilmError::Media { what: path.display().to_string(), source })
}

/// A still picture (a portrait), `side` pixels square.
pub(crate) fn still(
    cage: &Cage,
    artefacts: &dyn Artefacts,
    id: ArtefactId,
    side: u32,
) -> Result<tiny_skia::Pixmap, FilmError> {
    let what = || format!("portrait {id}");
    let media = open_master(artefacts, id)?;
    let probe = cage.probe(&media, &Limits::DEFAULT).map_err(FilmError::cage(what()))?;
    let stream = probe.video.into_iter().next().ok_or(FilmError::Missing(id))?;
    let picture = PictureOut { stream, width: side, height: side, fit: Fit::Cover, max_frames: 1 };
    let spec = DecodeSpec { picture: Some(picture), sound: None };
    let mut decode = cage.decode(&media, &spec).map_err(FilmError::cage(what()))?;
    let mut frame = Picture::filled(side as usize, side as usize, Rgb(0, 0, 0));
    if !decode.next_frame(&mut frame.data).map_err(FilmError::cage(what()))? {
        return Err(FilmError::Short { master: id, got: 0, wanted: 1 });
    }
    let rgba = frame.rgb().chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    let size = tiny_skia::IntSize::from_wh(side, side);
    size.and_then(|size| tiny_skia::Pixmap::from_vec(rgba, size)).ok_or(FilmError::Missing(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dip_is_six_frames_and_dark_in_its_middle() {
        let ink = Rgb(22, 24, 29);
        let sinking = Dips { colour: ink, rise: false, sink: true };
        let rising = Dips { colour: ink, rise: true, sink: false };
        let shares = |dips: Dips| (0..16).map(|f| dips.share(f, 16)).collect::<Vec<_>>();
        assert_eq!(shares(sinking)[12..], [0, 85, 170, 256]);
        assert_eq!(shares(rising)[..4], [256, 170, 85, 0]);
        assert!(shares(Dips { rise: false, sink: false, ..rising }).iter().all(|&s| s == 0));
    }
}
