//! Still pictures of the wall for pages, and the map that makes them clickable.

use std::path::Path;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use serde::Serialize;

use crate::FilmError;
use crate::artefacts::Address;
use crate::picture::{Picture, Rgb};
use crate::wall::layout::Area;
use crate::wall::tiles::{Strips, read_near, strip_crop};
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
    /// Writes `wall.jpg` and `wall-small.jpg` to `out`.
    pub(crate) fn stills(&self, out: &Path) -> Result<(), FilmError> {
        let ids = ["large", "small"].map(|size| {
            let mut id = Address::new("wall-still", VERSION);
            id.field(size.as_bytes()).value(&self.tiles).value(&QUALITY);
            id.finish()
        });
        let names = ["wall.jpg", "wall-small.jpg"];
        if let (Some(large), Some(small)) = (self.artefacts.find(ids[0])?, self.artefacts.find(ids[1])?) {
            for (name, from) in names.iter().zip([large, small]) {
                put(&out.join(name), &std::fs::read(&from).map_err(FilmError::io(&from))?)?;
            }
            return Ok(());
        }
        let large = self.still()?;
        let small = sample::halved(large.frame());
        for ((name, id), picture) in names.iter().zip(ids).zip([&large, &small]) {
            let bytes = jpeg(picture)?;
            let path = self.artefacts.scratch(STILL)?;
            std::fs::write(&path, &bytes).map_err(FilmError::io(&path))?;
            self.artefacts.keep(id, STILL, &path)?;
            put(&out.join(name), &bytes)?;
        }
        Ok(())
    }

    fn scale(&self) -> f32 {
        LARGE.0 as f32 / hamseda_core::lattice::WIDTH as f32
    }

    fn still(&self) -> Result<Picture, FilmError> {
        let mut picture = Picture::filled(LARGE.0, LARGE.1, Rgb(0x10, 0x12, 0x16));
        let scale = self.scale();
        let large: Vec<_> = (0..self.areas.len()).filter(|&i| self.areas[i].w * scale > NEAR).collect();
        let width = large.iter().map(|&i| (self.areas[i].w * scale / 2.0).ceil() as usize * 2).max().unwrap_or(2);
        let near = read_near(self.cage, self.artefacts, &self.tiles, &large, self.aspect(), width)?;
        let mut strips = Strips::default();
        for (index, area) in self.areas.iter().enumerate() {
            let (soft, area) = edges(area.scaled(scale));
            if let Some(near) = near.get(&index) {
                let source = near.still.frame();
                let whole = Area { x: 0.0, y: 0.0, w: source.width as f32, h: source.height as f32 };
                sample::draw(&mut picture, area, source, whole, soft);
            } else {
                let tile = (index, &self.tiles[index]);
                let source = strips.frame(self.artefacts, tile, area.w.max(area.h), FRAME)?;
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

fn jpeg(picture: &Picture) -> Result<Vec<u8>, FilmError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(true);
    let (width, height) = (picture.width as u16, picture.height as u16);
    let done = encoder.encode(&picture.rgb(), width, height, ColorType::Rgb);
    done.map_err(|e| FilmError::stream(format!("wall still: {e}")))?;
    Ok(bytes)
}
