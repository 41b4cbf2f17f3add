//! The moving wall: 12 s from one speaker to all, the number in the last of them, then time to read it.

use hamseda_cage::{Decode, DecodeSpec, Encoded, H264, VideoEncoder, VideoSpec};
use hamseda_core::lattice::{FPS, HEIGHT, UNIT_FRAMES, WIDTH};
use std::collections::BTreeMap;

use crate::FilmError;
use crate::draw::cards::Desk;
use crate::draw::layer::Layer;
use crate::draw::page::Palette;
use crate::draw::text::{Fonts, Typesetter};
use crate::film::Progress;
use crate::picture::{Picture, Rgb};
use crate::scene::open_master;
use crate::wall::camera::{Camera, View};
use crate::wall::layout::Area;
use crate::wall::tiles::{Near, Strips, cell_crop, strip_crop};
use crate::wall::{Wall, WallInputs, sample};
use crate::words::Phrases;

/// Length: 14.9 s.
pub(crate) const UNITS: u32 = 28;
/// Frames of the pull-back.
const PULL: u32 = 12 * FPS;
/// Frames in which the number rises: the last second of the pull-back.
const RISE: u32 = FPS;
/// Under the tiles.
const NIGHT: Rgb = Rgb(0x10, 0x12, 0x16);
/// Wider tiles than the largest strip look soft: they are decoded.
const NEAR: f32 = 160.0;
/// Most tiles that are decoded: each keeps about 4 MB.
const MOST_NEAR: usize = 40;
/// Tiles lower than this have no gap between them and hard edges.
const SMALL: f32 = 48.0;
/// Half the gap between tiles, as a share of their height.
pub(crate) const GAP: f32 = 0.006;
/// Thousands of moving tiles need many bits; at this size nobody sees the loss.
pub(crate) const CODING: VideoSpec =
    VideoSpec { width: WIDTH, height: HEIGHT, h264: H264 { bframes: 0, crf: 25, ..H264::FILM } };

/// What the number is drawn with.
pub(crate) struct Number<'a> {
    pub(crate) fonts: &'a Fonts,
    pub(crate) phrases: &'a Phrases,
    pub(crate) palette: Palette,
    pub(crate) inputs: &'a WallInputs<'a>,
}

impl Number<'_> {
    fn layers(&self) -> Vec<Layer> {
        let mut setter = Typesetter::new(self.fonts, self.inputs.lang);
        let mut desk = Desk { setter: &mut setter, palette: self.palette, lang: self.inputs.lang };
        desk.wall_number(self.inputs.claim, self.phrases, PULL - RISE, RISE)
    }
}

impl Wall<'_> {
    /// Composes and encodes all frames.
    pub(crate) fn encode(
        &self,
        near: &BTreeMap<usize, Near>,
        number: &Number,
        progress: Progress,
    ) -> Result<Encoded, FilmError> {
        let total = (UNITS * UNIT_FRAMES) as usize;
        progress(0, total, "wall");
        let camera = self.camera();
        let mut composer =
            Composer { wall: self, camera, near, strips: Strips::default(), speaker: Speaker::default() };
        let layers = number.layers();
        let mut encoder = VideoEncoder::start(self.cage, &CODING).map_err(FilmError::cage("wall encoder"))?;
        let mut picture = Picture::film(NIGHT);
        for frame in 0..total {
            composer.compose(&mut picture, frame)?;
            layers.iter().for_each(|layer| layer.blend(&mut picture, frame as u32));
            encoder.frame(&picture.data).map_err(FilmError::cage("wall encoder"))?;
            if frame % 16 == 15 {
                progress(frame + 1, total, "wall");
            }
        }
        encoder.finish().map_err(FilmError::cage("wall encoder"))
    }

    fn camera(&self) -> Camera {
        Camera { focus: self.areas[self.focus], width: WIDTH as f32, height: HEIGHT as f32 }
    }

    /// Tiles that are ever seen larger than their strips, the nearest to the speaker first; not more than fit in memory.
    pub(crate) fn ever_large(&self) -> Vec<usize> {
        let camera = self.camera();
        let views: Vec<_> = (0..=PULL).step_by(6).map(|f| camera.view(f as f32 / (PULL - 1) as f32)).collect();
        let large = |area: Area| views.iter().any(|v| v.on_screen(area, camera.width).is_some_and(|a| a.w > NEAR));
        let (x, y) = camera.focus.centre();
        let distance = |i: usize| {
            let centre = self.areas[i].centre();
            (centre.0 - x).hypot(centre.1 - y)
        };
        let mut wanted: Vec<_> = (0..self.areas.len()).filter(|&i| large(self.areas[i])).collect();
        wanted.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        wanted.truncate(MOST_NEAR);
        wanted
    }
}

struct Composer<'a> {
    wall: &'a Wall<'a>,
    camera: Camera,
    near: &'a BTreeMap<usize, Near>,
    strips: Strips,
    speaker: Speaker,
}

impl Composer<'_> {
    fn compose(&mut self, picture: &mut Picture, frame: usize) -> Result<(), FilmError> {
        let view = self.camera.view(frame as f32 / (PULL - 1) as f32);
        picture.fill(NIGHT);
        self.strips.resize(self.wall.largest() * self.camera.width / view.area.w);
        for index in (0..self.wall.areas.len()).filter(|&i| i != self.wall.focus) {
            self.tile(picture, &view, index, frame)?;
        }
        self.focus(picture, &view, frame)
    }

    fn tile(&mut self, picture: &mut Picture, view: &View, index: usize, frame: usize) -> Result<(), FilmError> {
        let Some(area) = view.on_screen(self.wall.areas[index], self.camera.width) else { return Ok(()) };
        let (soft, area) = edges(area);
        // Speakers don't begin in step.
        let frame = frame + index * 37 % 97;
        let aspect = area.w / area.h;
        if let Some(near) = self.near.get(&index).filter(|_| area.w > NEAR * 0.5) {
            let source = near.frame(frame);
            let whole = Area { x: 0.0, y: 0.0, w: source.width as f32, h: source.height as f32 };
            sample::draw(picture, area, source, whole, soft);
            return Ok(());
        }
        let tile = (index, &self.wall.tiles[index]);
        let source = self.strips.frame(self.wall.artefacts, tile, frame)?;
        sample::draw(picture, area, source, strip_crop(source.width as f32, aspect), soft);
        Ok(())
    }

    /// The speaker of the beginning, over the neighbours while it still has the film's shape.
    fn focus(&mut self, picture: &mut Picture, view: &View, frame: usize) -> Result<(), FilmError> {
        let area = self.camera.focus_area(view.settled);
        let Some(screen) = view.on_screen(area, self.camera.width) else { return Ok(()) };
        if screen.w < NEAR && view.settled >= 1.0 {
            self.speaker = Speaker::default();
            return self.tile(picture, view, self.wall.focus, frame);
        }
        let source = self.speaker.next(self.wall)?;
        let (width, height) = (WIDTH as f32, HEIGHT as f32);
        let last =
            self.near.get(&self.wall.focus).map_or_else(|| cell_crop(height, self.wall.aspect()), |near| near.crop);
        let mix = |first: f32, last: f32| first + (last - first) * view.settled;
        let crop = Area { x: mix(0.0, last.x), y: mix(0.0, last.y), w: mix(width, last.w), h: mix(height, last.h) };
        // The gap opens as the tile settles: at the beginning nothing may show at the frame's edges.
        let (soft, inner) = edges(screen);
        let area = Area {
            x: mix(screen.x, inner.x),
            y: mix(screen.y, inner.y),
            w: mix(screen.w, inner.w),
            h: mix(screen.h, inner.h),
        };
        let (source, crop) = sample::near(source, crop, area.w);
        sample::draw(picture, area, source.frame(), crop, soft);
        Ok(())
    }
}

/// Whether a tile has soft edges, and its area without the gap.
pub(crate) fn edges(area: Area) -> (bool, Area) {
    let soft = area.h >= SMALL;
    (soft, if soft { area.shrunk(area.h * GAP) } else { area })
}

/// The speaker's master at full size; begins again when it ends.
#[derive(Default)]
struct Speaker {
    decode: Option<Decode>,
    picture: Option<Picture>,
}

impl Speaker {
    fn next(&mut self, wall: &Wall) -> Result<&Picture, FilmError> {
        let tile = &wall.tiles[wall.focus];
        let what = || format!("master {}", tile.master);
        let picture = self.picture.get_or_insert_with(|| Picture::film(NIGHT));
        for _ in 0..2 {
            let decode = match &mut self.decode {
                Some(decode) => decode,
                none => {
                    let media = open_master(wall.artefacts, tile.master)?;
                    let spec = DecodeSpec::master(tile.units).without_sound();
                    none.insert(wall.cage.decode(&media, &spec).map_err(FilmError::cage(what()))?)
                }
            };
            if decode.next_frame(&mut picture.data).map_err(FilmError::cage(what()))? {
                return Ok(picture);
            }
            self.decode = None;
        }
        Err(FilmError::Short { master: tile.master, got: 0, wanted: 1 })
    }
}
