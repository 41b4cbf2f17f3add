//! The wall: one speaker, then all of them, then the number; a still of it, and a map that says who is where.
//!
//! Every message has one tile, every tile one message: nothing is repeated to fill a gap. Composed by copying rows of
//! small pictures that exist since the message was prepared; only what is seen large is decoded again.

mod camera;
mod layout;
mod sample;
mod still;
mod tiles;
mod video;

use std::collections::BTreeMap;
use std::path::Path;

use hamseda_cage::Cage;
use hamseda_core::lattice::{HEIGHT, WIDTH};
use hamseda_core::{ArtefactId, Campaign, Lang, MessageId};
use hamseda_tally::Claim;
use hamseda_vault::ArtefactKind;

use crate::artefacts::Address;
use crate::draw::page::Palette;
use crate::draw::text::Fonts;
use crate::film::{Progress, join};
use crate::stream::Piece;
use crate::words::Phrases;
use crate::{Artefacts, FilmError};
use layout::{Area, grid, middle};
pub(crate) use still::jpeg;
use tiles::{Near, read_near};

/// Changes whenever the same tiles would give another wall.
const VERSION: u32 = 1;
const VIDEO: ArtefactKind = ArtefactKind::new("wall", "h264");
const STILL: ArtefactKind = ArtefactKind::new("wall-still", "jpg");

/// A message that may be on the wall: released, and its sender allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WallTile {
    /// Message.
    pub message: MessageId,
    /// Its protected master.
    pub master: ArtefactId,
    /// Its tile file ([`hamseda_core::tiles`]).
    pub tiles: ArtefactId,
    /// Length of the master in lattice units.
    pub units: u32,
    /// Whether the master shows a picture; the wall begins with one that does.
    pub shown: bool,
}

/// What a wall is made of.
#[derive(Debug, Clone, Copy)]
pub struct WallInputs<'a> {
    /// Colours.
    pub campaign: &'a Campaign,
    /// Messages, in any order.
    pub tiles: &'a [WallTile],
    /// The number that rises over the wall.
    pub claim: &'a Claim,
    /// Language of the number's words.
    pub lang: Lang,
}

/// What a build did.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct WallReport {
    /// Messages on the wall.
    pub tiles: usize,
    /// Films encoded: 1, or 0 when nothing had changed.
    pub walls_encoded: usize,
    /// How long the build took.
    pub seconds: f64,
    /// Length of `wall.mp4`.
    pub bytes: u64,
}

/// Tiles in their places.
pub(crate) struct Wall<'a> {
    cage: &'a Cage,
    artefacts: &'a dyn Artefacts,
    tiles: Vec<WallTile>,
    areas: Vec<Area>,
    focus: usize,
}

/// Makes `wall.mp4`, `wall.jpg` (1920 × 1080), `wall-small.jpg` (960 × 540) and `map.json` in the folder `out`.
///
/// # Errors
/// See [`FilmError`]; a wall of nothing is [`FilmError::EmptyWall`].
pub fn build_wall(
    artefacts: &dyn Artefacts,
    cage: &Cage,
    inputs: &WallInputs,
    out: &Path,
    progress: Progress,
) -> Result<WallReport, FilmError> {
    let started = std::time::Instant::now();
    std::fs::create_dir_all(out).map_err(FilmError::io(out))?;
    let wall = Wall::new(cage, artefacts, inputs)?;
    let tool = hamseda_cage::tool_version().map_err(FilmError::cage("ffmpeg"))?;
    let (fonts, phrases, palette) = (Fonts::load(), Phrases::load(inputs.lang)?, Palette::of(inputs.campaign));

    let number = video::Number { fonts: &fonts, phrases: &phrases, palette, inputs };
    let id = wall.id(&tool, &number);
    let (found, stills) = (artefacts.find(id)?, wall.find_stills()?);
    let walls_encoded = usize::from(found.is_none());
    let near = if found.is_none() || stills.is_none() { wall.near()? } else { BTreeMap::new() };
    let stream = match found {
        Some(path) => path,
        None => {
            let path = artefacts.scratch(VIDEO)?;
            wall.encode(&near, &number, progress)?.save(&path).map_err(FilmError::io(&path))?;
            artefacts.keep_from(&wall.masters(), id, VIDEO, &path)?
        }
    };
    let stills = stills.map_or_else(|| wall.stills(&near), Ok)?;
    let piece = Piece { video: stream, audio: None, units: video::UNITS };
    let bytes = join(&[piece], video::UNITS, &out.join("wall.mp4"))?;
    for (name, kept) in ["wall.jpg", "wall-small.jpg"].iter().zip(stills) {
        put(&out.join(name), &std::fs::read(&kept).map_err(FilmError::io(&kept))?)?;
    }
    wall.map(&out.join("map.json"))?;
    Ok(WallReport { tiles: wall.tiles.len(), walls_encoded, seconds: started.elapsed().as_secs_f64(), bytes })
}

impl<'a> Wall<'a> {
    /// Gives each message its place: by id, which is random and says nothing of time or place, with the longest shown
    /// message in the middle.
    fn new(cage: &'a Cage, artefacts: &'a dyn Artefacts, inputs: &WallInputs) -> Result<Self, FilmError> {
        let mut tiles = inputs.tiles.to_vec();
        tiles.sort_by_key(|t| t.message);
        tiles.dedup_by_key(|t| t.message);
        let longest = tiles.iter().enumerate().max_by_key(|(i, t)| (t.shown, t.units, std::cmp::Reverse(*i)));
        let speaker = longest.map(|(i, _)| i).ok_or(FilmError::EmptyWall)?;
        let (width, height) = (WIDTH as f32, HEIGHT as f32);
        let areas = grid(tiles.len(), width, height);
        let focus = middle(&areas, width, height);
        tiles.swap(speaker, focus);
        Ok(Self { cage, artefacts, tiles, areas, focus })
    }

    /// What all of it shows.
    fn masters(&self) -> Vec<ArtefactId> {
        self.tiles.iter().map(|tile| tile.master).collect()
    }

    /// Where the film is kept.
    fn id(&self, tool: &str, number: &video::Number) -> ArtefactId {
        let video::Number { fonts, phrases, palette, inputs } = number;
        let mut id = Address::new("wall", VERSION);
        id.field(tool.as_bytes()).value(&video::CODING).value(&self.tiles).field(&fonts.sha256).value(palette);
        id.value(&inputs.lang).value(&inputs.claim.text(phrases.lang));
        id.finish()
    }

    /// Frames of the masters that film or still show large.
    fn near(&self) -> Result<BTreeMap<usize, Near>, FilmError> {
        let (on_still, widest) = self.large_on_still();
        let mut wanted = self.ever_large();
        wanted.extend(on_still);
        wanted.sort_unstable();
        wanted.dedup();
        read_near(self.cage, self.artefacts, &self.tiles, &wanted, self.aspect(), widest)
    }

    /// Longest side of any cell.
    fn largest(&self) -> f32 {
        self.areas.iter().map(|a| a.w.max(a.h)).fold(0.0, f32::max)
    }

    /// Shape of most cells.
    fn aspect(&self) -> f32 {
        let area = self.areas[self.focus];
        area.w / area.h
    }
}

/// Writes a file completely or not at all.
/// Replaces a file by a whole one.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<(), FilmError> {
    let partial = path.with_extension("partial");
    std::fs::write(&partial, bytes).map_err(FilmError::io(&partial))?;
    std::fs::File::open(&partial).and_then(|f| f.sync_all()).map_err(FilmError::io(&partial))?;
    std::fs::rename(&partial, path).map_err(FilmError::io(path))
}
