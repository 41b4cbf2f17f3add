//! Still pictures of the wall for pages, and the map that makes them clickable.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hamseda_core::ArtefactId;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use serde::Serialize;

use crate::FilmError;
use crate::artefacts::Address;
use crate::picture::{Picture, Rgb};
use crate::wall::layout::Area;
use crate::wall::tiles::{Near, Strips, strip_crop};
use crate::wall::video::edges;
use crate::wall::{STILL, VERSION, Wall, put, sample};

/// Width and height of the large still; the small one has half of each.
const LARGE: (usize, usize) = (1920, 1080);
const QUALITY: u8 = 82;
/// Tiles wider than this are decoded from their masters; a wall of a hundred is all strips.
const NEAR: f32 = 170.0;
/// The frame of the strips that is shown: 1 s in.
const FRAME: usize = 30;

/// One tile on the still.
#[derive(Debug, Serialize)]
struct Spot {
    message: hamseda_core::MessageId,
    x: u32,
    y: u32,
    w: u32,
    h: u32,
}

/// `map.json`.
#[derive(Debug, Serialize)]
struct Map {
    /// Size of the still that coordinates refer to.
    width: usize,
    height: usize,
    tiles: Vec<Spot>,
}

impl Wall<'_> {
    /// Where the large and the small still are kept.
    fn still_ids(&self) -> [ArtefactId; 2] {
        ["large", "small"].map(|size| {
            let mut id = Address::new("wall-still", VERSION);
            id.field(size.as_bytes()).value(&self.tiles).value(&QUALITY);
            id.finish()
        })
    }

    /// The stills, if they are kept.
    pub(crate) fn find_stills(&self) -> Result<Option<[PathBuf; 2]>, FilmError> {
        let [large, small] = self.still_ids();
        Ok(self.artefacts.find(large)?.zip(self.artefacts.find(small)?).map(|(large, small)| [large, small]))
    }

    /// Makes the stills.
    pub(crate) fn stills(&self, near: &BTreeMap<usize, Near>) -> Result<[PathBuf; 2], FilmError> {
        let large = self.still(near)?;
        let small = sample::halved(large.frame());
        let keep = |id, picture: &Picture| {
            let path = self.artefacts.scratch(STILL)?;
            std::fs::write(&path, jpeg(picture)?).map_err(FilmError::io(&path))?;
            self.artefacts.keep_from(&self.masters(), id, STILL, &path)
        };
        let [first, second] = self.still_ids();
        Ok([keep(first, &large)?, keep(second, &small)?])
    }

    /// Tiles that a still shows larger than their strips, and the largest width there.
    pub(crate) fn large_on_still(&self) -> (Vec<usize>, usize) {
        let width = |i: &usize| self.areas[*i].w * self.scale();
        let large: Vec<_> = (0..self.areas.len()).filter(|i| width(i) > NEAR).collect();
        let widest = large.iter().map(|i| (width(i) / 2.0).ceil() as usize * 2).max().unwrap_or(2);
        (large, widest)
    }

    fn scale(&self) -> f32 {
        LARGE.0 as f32 / hamseda_core::lattice::WIDTH as f32
    }

    fn still(&self, near: &BTreeMap<usize, Near>) -> Result<Picture, FilmError> {
        let mut picture = Picture::filled(LARGE.0, LARGE.1, Rgb(0x10, 0x12, 0x16));
        let scale = self.scale();
        let mut strips = Strips::default();
        strips.resize(self.largest() * scale);
        for (index, area) in self.areas.iter().enumerate() {
            let (soft, area) = edges(area.scaled(scale));
            if let Some(near) = near.get(&index) {
                let source = near.still.frame();
                let whole = Area { x: 0.0, y: 0.0, w: source.width as f32, h: source.height as f32 };
                sample::draw(&mut picture, area, source, whole, soft);
            } else {
                let tile = (index, &self.tiles[index]);
                let source = strips.frame(self.artefacts, tile, FRAME)?;
                sample::draw(&mut picture, area, source, strip_crop(source.width as f32, area.w / area.h), soft);
            }
        }
        Ok(picture)
    }

    /// Writes who is where on `wall.jpg`.
    pub(crate) fn map(&self, path: &Path) -> Result<(), FilmError> {
        let spot = |(tile, area): (&crate::wall::WallTile, &Area)| {
            let area = area.scaled(self.scale());
            let (left, top) = (area.x.round(), area.y.round());
            let (right, bottom) = ((area.x + area.w).round(), (area.y + area.h).round());
            Spot {
                message: tile.message,
                x: left as u32,
                y: top as u32,
                w: (right - left) as u32,
                h: (bottom - top) as u32,
            }
        };
        let tiles = self.tiles.iter().zip(&self.areas).map(spot).collect();
        let map = Map { width: LARGE.0, height: LARGE.1, tiles };
        put(path, &serde_json::to_vec(&map).unwrap_or_default())
    }
}

/// A picture as JPEG.
pub(crate) fn jpeg(picture: &Picture) -> Result<Vec<u8>, FilmError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(true);
    let (width, height) = (picture.width as u16, picture.height as u16);
    let done = encoder.encode(&picture.rgb(), width, height, ColorType::Rgb);
    done.map_err(|e| FilmError::stream(format!("wall still: {e}")))?;
    Ok(bytes)
}
