//! A message that is not shown: a card of drawn shapes.
//!
//! Refuses to use anything of the picture but how long it lasts: the frames are decoded to a size in which
//! nothing can be seen, counted and forgotten. The shapes come from a seed that says nothing of the sender.

mod draw;

use hamseda_cage::{Fit, Placement};
use hamseda_core::lattice::{FPS, HEIGHT, WIDTH};

use crate::clip::Source;
use crate::error::PrepareError;
use crate::frames::Frames;
use crate::picture::Shot;
use crate::report::Stopwatch;
use crate::sound::Sound;

/// Longest silent card, frames: 6 s. It is read, not watched.
const MOST_FRAMES: u64 = 6 * FPS as u64;
/// Size at which frames are counted, pixels.
const COUNTING: u32 = 16;

/// Draws the card that stands in the picture's place, as long as the voice, or as a card is read.
pub(crate) fn drawn(
    source: &Source<'_>,
    sound: &Sound,
    seed: &[u8],
    decoding: &mut Stopwatch,
) -> Result<Shot, PrepareError> {
    let (decoded, damage) = decoding.time(|| count(source))?;
    let canvas = Placement { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    let mut frames = Frames::start(source.cage, canvas.centre_square(), 0)?;
    frames.push(&draw::card(seed)?)?;
    let lasts = if sound.frames() > 0 { sound.frames() } else { decoded.min(MOST_FRAMES) };
    Ok(Shot { frames, decoded, damage, lasts })
}

/// Frames that can be decoded, as far as a card is long.
fn count(source: &Source<'_>) -> Result<(u64, Option<String>), PrepareError> {
    let mut decode = source.decode(&source.picture_out(COUNTING, COUNTING, Fit::Exact))?;
    let (mut frame, mut frames) = (Vec::new(), 0);
    while decode.next_frame(&mut frame)? {
        frames += 1;
        if frames == MOST_FRAMES {
            return Ok((frames, None));
        }
    }
    Ok((frames, decode.finish()?.damage))
}
