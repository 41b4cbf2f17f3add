//! Frames on their way into a master; tiles and poster are taken as they pass.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use hamseda_cage::{AudioSpec, Cage, H264, Mp4Encoder, Placement, VideoSpec};
use hamseda_core::lattice::{HEIGHT, UNIT_FRAMES, WIDTH, units_for_frames};

use crate::Paths;
use crate::error::PrepareError;
use crate::poster::poster;
use crate::report::Stopwatch;
use crate::tiles::TileMaker;

/// The one shape of every master.
const MASTER: VideoSpec = VideoSpec { width: WIDTH, height: HEIGHT, h264: H264::MASTER };

/// A master that is being made.
pub(crate) struct Frames {
    encoder: Mp4Encoder,
    tiles: TileMaker,
    poster_at: u64,
    poster: Vec<u8>,
    last: Vec<u8>,
    count: u64,
    encoding: Stopwatch,
}

impl Frames {
    /// `square` is what tiles show; the poster is frame `poster_at`, or the last one of a shorter clip.
    pub(crate) fn start(cage: &Cage, square: Placement, poster_at: u64) -> Result<Self, PrepareError> {
        Ok(Self {
            encoder: Mp4Encoder::start(cage, &MASTER)?,
            tiles: TileMaker::new(square),
            poster_at,
            poster: Vec::new(),
            last: Vec::new(),
            count: 0,
            encoding: Stopwatch::default(),
        })
    }

    /// Takes the next frame.
    pub(crate) fn push(&mut self, frame: &[u8]) -> Result<(), PrepareError> {
        self.encoding.time(|| self.encoder.frame(frame))?;
        self.tiles.frame(frame);
        if self.count <= self.poster_at {
            self.poster.clear();
            self.poster.extend_from_slice(frame);
        }
        self.last.clear();
        self.last.extend_from_slice(frame);
        self.count += 1;
        Ok(())
    }

    /// Frames taken.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// Holds the last frame until the master is at least `frames` long and a whole number of lattice units; returns them.
    pub(crate) fn hold(&mut self, frames: u64) -> Result<u32, PrepareError> {
        let units = units_for_frames(frames.max(self.count));
        let last = std::mem::take(&mut self.last);
        while self.count < u64::from(units * UNIT_FRAMES) {
            self.encoding.time(|| self.encoder.frame(&last))?;
            self.tiles.frame(&last);
            self.count += 1;
        }
        Ok(units)
    }

    /// Adds the sound and writes everything; returns the milliseconds for which encoders were waited for.
    pub(crate) fn finish(mut self, samples: &[f32], paths: &Paths) -> Result<u64, PrepareError> {
        let encoder = self.encoder;
        self.encoding.time(|| encoder.finish(&AudioSpec::MASTER, samples))?.save(&paths.master)?;
        write(&paths.tiles, &self.tiles.finish())?;
        write(&paths.poster, &poster(&self.poster)?)?;
        Ok(self.encoding.millis())
    }
}

/// Writes a file, durable when this returns.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
