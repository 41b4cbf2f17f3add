//! An original for one reviewer's eyes: opened in memory, decoded in the cage, marked with who looks and when, encoded anew.
//!
//! Refuses: to run without a view that the vault granted (so it is in the custody chain already); to hand over the sender's
//! bytes, for a reviewer's browser must not decode those; the disk.

mod mark;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hamseda_cage::{AudioSpec, Cage, Fit, H264, Media, Mp4Encoder, Preset, VideoSpec};
use hamseda_core::lattice::{CHANNELS, FPS, SAMPLE_RATE};
use hamseda_core::{Limits, Secret};
use hamseda_open::DeskKey;
use hamseda_vault::{OriginalView, Vault};

use crate::clip::Source;
use crate::error::{JobError, PrepareError};
use crate::job::{off_thread, opened};
use mark::Mark;

/// Enough to judge by, small enough that a minute fits a browser's memory.
const WIDTH: u32 = 960;
const HEIGHT: u32 = 540;
/// Somebody waits: fast rather than small.
const CODING: VideoSpec = VideoSpec {
    width: WIDTH,
    height: HEIGHT,
    h264: H264 {
        preset: Preset::Superfast,
        crf: 26,
        keyint: 32,
        bframes: 0,
        refs: 1,
        lookahead: 0,
        stitchable: false,
        threads: 1,
    },
};
/// Samples of both channels in one frame of the picture.
const FRAME_SAMPLES: usize = (SAMPLE_RATE / FPS * CHANNELS) as usize;

/// What the one who waits may read and say while an original is made.
#[derive(Debug, Default)]
pub struct OriginalProgress {
    frames: AtomicU64,
    of: AtomicU64,
    stop: AtomicBool,
}

impl OriginalProgress {
    /// Frames made, and how many there will be by the clip's own word; it may be wrong, and 0 says it says nothing.
    #[must_use]
    pub fn frames(&self) -> (u64, u64) {
        (self.frames.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }

    /// Nobody waits any more.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// A marked copy.
#[derive(Debug)]
pub struct Original {
    /// MP4.
    pub clip: Secret<Vec<u8>>,
    /// Its length.
    pub millis: u64,
}

/// Makes the marked copy of a message that a reviewer was allowed to see. `at` is the time that the mark tells.
///
/// # Errors
/// A message that can't be opened or decoded, a machine that fails, or [`OriginalProgress::stop`].
pub async fn show_original(
    vault: &Vault,
    cage: &Cage,
    keys: &[DeskKey],
    limits: &Limits,
    view: &OriginalView,
    at: &str,
    progress: &Arc<OriginalProgress>,
) -> Result<Original, JobError> {
    let clip = opened(vault, keys.to_vec(), *limits, view.message()).await?.clip;
    let (cage, limits, progress) = (cage.clone(), *limits, Arc::clone(progress));
    let (reviewer, at) = (view.reviewer().to_owned(), at.to_owned());
    off_thread(move || {
        let mark = Mark::new(&reviewer, &at, WIDTH as usize, HEIGHT as usize);
        marked(&cage, clip.expose(), &mark, &limits, &progress)
    })
    .await
}

fn marked(
    cage: &Cage,
    clip: &[u8],
    mark: &Mark,
    limits: &Limits,
    progress: &OriginalProgress,
) -> Result<Original, JobError> {
    let media = Media::new(clip).map_err(|e| PrepareError::from(hamseda_cage::CageError::from(e)));
    let media = media.map_err(JobError::Prepare)?;
    let probe = cage.probe(&media, limits).map_err(|e| JobError::Prepare(e.into()))?;
    let source = Source::new(cage, &media, &probe, limits).map_err(JobError::Prepare)?;
    progress.of.store(source.millis * u64::from(FPS) / 1000, Ordering::Relaxed);
    encoded(&source, mark, progress)
}

fn encoded(source: &Source<'_>, mark: &Mark, progress: &OriginalProgress) -> Result<Original, JobError> {
    let failed = |e: PrepareError| JobError::Prepare(e);
    let caged = |e: hamseda_cage::CageError| JobError::Prepare(e.into());
    let mut samples = match source.samples() {
        // What was lost is silent here too; the picture can still be judged.
        Err(PrepareError::SoundLost) => Vec::new(),
        other => other.map_err(failed)?,
    };
    let mut decode = source.decode(&source.picture_out(WIDTH, HEIGHT, Fit::Canvas)).map_err(failed)?;
    let mut encoder = Mp4Encoder::start(source.cage, &CODING).map_err(caged)?;
    let (mut frame, mut frames) = (Vec::new(), 0);
    while decode.next_frame(&mut frame).map_err(caged)? {
        if progress.stop.load(Ordering::Relaxed) {
            return Err(JobError::Broken("nobody waits for it any more".into()));
        }
        mark.put_on(&mut frame);
        encoder.frame(&frame).map_err(caged)?;
        frames += 1;
        progress.frames.store(frames, Ordering::Relaxed);
    }
    decode.finish().map_err(caged)?;
    if frames == 0 {
        return Err(failed(PrepareError::NothingDecoded));
    }
    // A player stops where the shorter of two tracks ends.
    samples.resize(samples.len().max(frames as usize * FRAME_SAMPLES), 0.0);
    let mut encoded = encoder.finish(&AudioSpec::MASTER, &samples).map_err(caged)?;
    let clip = Secret::new(encoded.bytes().map_err(|e| failed(e.into()))?);
    Ok(Original { clip, millis: frames * 1000 / u64::from(FPS) })
}
