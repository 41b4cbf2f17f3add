//! Pictures of the tiles at the size they are seen: strips from the tile files for most, frames of the masters for the few
//! that are large.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hamseda_cage::{Cage, DecodeSpec};
use hamseda_core::ArtefactId;
use hamseda_core::lattice::{HEIGHT, WIDTH};
use hamseda_core::tiles::{HEAD_BYTES, STEP, STRIPS, Strip, TileSet, TilesError, frame_bytes};

use crate::picture::{Frame, Picture, Rgb};
use crate::scene::open_master;
use crate::wall::WallTile;
use crate::wall::layout::Area;
use crate::wall::sample::{cut, draw, halved};
use crate::{Artefacts, FilmError};

/// Frames of a strip that are kept: 1.6 s, played forth and back.
const STRIP_FRAMES: u16 = 16;
/// Frames of a large tile that are kept, 15 a second.
const NEAR_FRAMES: usize = 40;
/// Film frames between two of them.
const NEAR_STEP: usize = 2;
/// Width at which they are kept, pixels.
const NEAR_WIDTH: usize = 288;
/// The frame that stands for a clip in a still: 1.3 s in, when people have begun to speak.
const STILL_FRAME: usize = 20;
/// Faces are above the middle: where a tile is lower than its square, more is cut from below.
const RAISE: f32 = 0.3;
/// Wider cells than this occur only on walls whose every tile is decoded.
const WIDE: f32 = 1.4;

/// A master's frames for a large tile, cut to the tile's shape.
pub(crate) struct Near {
    frames: Vec<Picture>,
    /// The part of the master that its cell shows.
    pub(crate) crop: Area,
    /// One frame, larger, for stills.
    pub(crate) still: Picture,
}

impl Near {
    /// The picture on `frame` of the film; loops forth and back.
    pub(crate) fn frame(&self, frame: usize) -> Frame<'_> {
        self.frames[bounce(frame / NEAR_STEP, self.frames.len())].frame()
    }
}

/// 0, 1, … n−1, n−2, … 1, 0, 1, …: no jump where a loop ends.
pub(crate) const fn bounce(step: usize, frames: usize) -> usize {
    if frames < 2 {
        return 0;
    }
    let at = step % (2 * frames - 2);
    if at < frames { at } else { 2 * frames - 2 - at }
}

/// Reads masters of the tiles `wanted` whose cells have shape `aspect`, two at a time.
pub(crate) fn read_near(
    cage: &Cage,
    artefacts: &dyn Artefacts,
    tiles: &[WallTile],
    wanted: &[usize],
    aspect: f32,
    still_width: usize,
) -> Result<BTreeMap<usize, Near>, FilmError> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Ok(BTreeMap::new())));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(&index) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let near = read_one(cage, artefacts, &tiles[index], aspect, still_width);
                    let Ok(mut found) = found.lock() else { return };
                    match (near, found.as_mut()) {
                        (Ok(near), Ok(map)) => {
                            map.insert(index, near);
                        }
                        (Err(error), Ok(_)) => *found = Err(error),
                        (_, Err(_)) => return,
                    }
                }
            });
        }
    });
    found.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn read_one(
    cage: &Cage,
    artefacts: &dyn Artefacts,
    tile: &WallTile,
    aspect: f32,
    still_width: usize,
) -> Result<Near, FilmError> {
    let what = || format!("master {}", tile.master);
    let media = open_master(artefacts, tile.master)?;
    let spec = DecodeSpec::master(tile.units).without_sound();
    let mut decode = cage.decode(&media, &spec).map_err(FilmError::cage(what()))?;
    let mut picture = Picture::film(Rgb(0, 0, 0));
    let crop = cell_crop(HEIGHT as f32, aspect);
    let mut near = Near { frames: Vec::new(), crop, still: Picture::filled(2, 2, Rgb(0, 0, 0)) };
    for at in 0..NEAR_FRAMES * NEAR_STEP {
        if !decode.next_frame(&mut picture.data).map_err(FilmError::cage(what()))? {
            break;
        }
        if at % NEAR_STEP > 0 {
            continue;
        }
        if near.frames.is_empty() {
            near.crop = cell_crop(square_side(artefacts, tile, &picture), aspect);
        }
        let height = |width: usize| ((width as f32 / aspect / 2.0).round() as usize * 2).max(2);
        near.frames.push(cut(&picture, near.crop, NEAR_WIDTH, height(NEAR_WIDTH)));
        if near.frames.len() <= STILL_FRAME {
            near.still = cut(&picture, near.crop, still_width, height(still_width));
        }
    }
    if near.frames.is_empty() {
        return Err(FilmError::Short { master: tile.master, got: 0, wanted: 1 });
    }
    Ok(near)
}

/// The part of a master that a cell of shape `aspect` shows: its picture's middle square, cut to that shape. The wide
/// cells of a wall of one or two show more than the square: cutting would take heads off.
pub(crate) fn cell_crop(square: f32, aspect: f32) -> Area {
    let (width, height) = (WIDTH as f32, HEIGHT as f32);
    let (w, h) = match aspect {
        wide if wide > WIDE => ((square * wide).min(width), (square * wide).min(width) / wide),
        broad if broad >= 1.0 => (square, square / broad),
        tall => (square * tall, square),
    };
    Area { x: (width - w) / 2.0, y: (height - square) / 2.0 + (square - h) * RAISE, w, h }
}

/// The same cut of a tile, `side` pixels square.
pub(crate) fn strip_crop(side: f32, aspect: f32) -> Area {
    let (w, h) = if aspect >= 1.0 { (side, side / aspect) } else { (side * aspect, side) };
    Area { x: (side - w) / 2.0, y: (side - h) * RAISE, w, h }
}

/// Side of the square that the tile file was cut from, in pixels of the master. A portrait clip stands on a fill of
/// itself and its square is narrower; the tile's first frame tells how much.
fn square_side(artefacts: &dyn Artefacts, tile: &WallTile, first: &Picture) -> f32 {
    const SIDE: u16 = 20;
    let full = HEIGHT as f32;
    let Ok(strip) = find(artefacts, tile.tiles).and_then(|path| read_strip(&path, SIDE)) else { return full };
    let Some(wanted) = strip.data.get(..frame_bytes(strip.side)) else { return full };
    let small = halved(halved(first.frame()).frame());
    let mut seen = Picture::filled(usize::from(strip.side), usize::from(strip.side), Rgb(0, 0, 0));
    let target = Area { x: 0.0, y: 0.0, w: f32::from(strip.side), h: f32::from(strip.side) };
    let mut distance = |side: f32| {
        let crop = Area { x: (WIDTH as f32 - side) / 8.0, y: (full - side) / 8.0, w: side / 4.0, h: side / 4.0 };
        let (fitting, crop) = crate::wall::sample::near(&small, crop, target.w);
        draw(&mut seen, target, fitting.frame(), crop, false);
        let luma = usize::from(strip.side).pow(2);
        seen.data.iter().zip(wanted).take(luma).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>()
    };
    let whole = distance(full);
    let best = (36..90).map(|step| step as f32 * 8.0).map(|side| (distance(side), side)).min_by_key(|(d, _)| *d);
    // Only a clearly better match: plain pictures look alike at every size.
    best.filter(|(d, _)| d * 2 < whole).map_or(full, |(_, side)| side)
}

/// Strips of one size, read when they are first seen.
#[derive(Default)]
pub(crate) struct Strips {
    side: u16,
    strips: BTreeMap<usize, Strip>,
    /// Files of the tiles, asked for once: the store may be a database.
    paths: BTreeMap<usize, PathBuf>,
}

impl Strips {
    /// From now on tiles are seen at up to `width` pixels: strips of another size are done with.
    pub(crate) fn resize(&mut self, width: f32) {
        let side = STRIPS.iter().map(|s| s.0).filter(|&s| f32::from(s) >= width).min().unwrap_or(STRIPS[0].0);
        if side != self.side {
            self.side = side;
            self.strips.clear();
        }
    }

    /// The picture of tile `index` on `frame` of the film.
    pub(crate) fn frame(
        &mut self,
        artefacts: &dyn Artefacts,
        (index, tile): (usize, &WallTile),
        frame: usize,
    ) -> Result<Frame<'_>, FilmError> {
        let strip = match self.strips.entry(index) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let path = match self.paths.entry(index) {
                    Entry::Occupied(path) => path.into_mut(),
                    Entry::Vacant(path) => path.insert(find(artefacts, tile.tiles)?),
                };
                entry.insert(read_strip(path, self.side)?)
            }
        };
        let side = usize::from(strip.side);
        let at = bounce(frame / STEP as usize, strip.frames());
        Ok(Frame { width: side, height: side, data: strip.frame(at) })
    }
}

fn find(artefacts: &dyn Artefacts, id: ArtefactId) -> Result<PathBuf, FilmError> {
    artefacts.find(id)?.ok_or(FilmError::Missing(id))
}

fn read_strip(path: &Path, side: u16) -> Result<Strip, FilmError> {
    let strip = read_part(path, side).map_err(FilmError::io(path))?;
    strip.map_err(|error| FilmError::Stream(format!("{}: {error}", path.display())))
}

/// The first frames of the strip of `side`, or of the next larger one.
fn read_part(path: &Path, side: u16) -> std::io::Result<Result<Strip, TilesError>> {
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let place = match TileSet::places(&head) {
        Ok(places) => {
            let fitting = places.iter().filter(|p| p.side >= side).min_by_key(|p| p.side);
            fitting.or_else(|| places.iter().max_by_key(|p| p.side)).copied()
        }
        Err(error) => return Ok(Err(error)),
    };
    let Some(place) = place.filter(|p| p.frames > 0) else { return Ok(Err(TilesError)) };
    let mut data = vec![0; frame_bytes(place.side) * usize::from(place.frames.min(STRIP_FRAMES))];
    file.seek(SeekFrom::Start(place.offset))?;
    file.read_exact(&mut data)?;
    Ok(Ok(Strip { side: place.side, data }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_goes_forth_and_back() {
        let steps: Vec<_> = (0..9).map(|s| bounce(s, 4)).collect();
        assert_eq!(steps, [0, 1, 2, 3, 2, 1, 0, 1, 2]);
        assert_eq!((bounce(7, 1), bounce(7, 0)), (0, 0));
    }

    #[test]
    fn a_cell_shows_the_same_part_of_master_and_tile() {
        for aspect in [0.8, 1.0, 1.3] {
            let (master, strip) = (cell_crop(720.0, aspect), strip_crop(160.0, aspect));
            let scale = 720.0 / 160.0;
            assert!((master.x - 280.0 - strip.x * scale).abs() < 0.01 && (master.y - strip.y * scale).abs() < 0.01);
            assert!((master.w - strip.w * scale).abs() < 0.01 && (master.h - strip.h * scale).abs() < 0.01);
        }
    }
}
