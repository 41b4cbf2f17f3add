//! A message that is not shown: a card of drawn shapes.
//!
//! Refuses to show anything of the picture but how long it lasts: the frames are decoded small, counted, looked at for a
//! fingerprint that is sealed, and forgotten. The shapes come from a seed that says nothing of the sender.

mod draw;

use hamseda_cage::{Fit, Placement};
use hamseda_core::lattice::{FPS, HEIGHT, WIDTH};

use crate::clip::Source;
use crate::error::PrepareError;
use crate::frames::Frames;
use crate::look::Look;
use crate::picture::Shot;
use crate::report::Stopwatch;
use crate::sound::Sound;

/// Longest silent card, frames: 6 s. It is read, not watched.
const MOST_FRAMES: u64 = 6 * FPS as u64;
/// Size at which frames are counted, pixels: what a fingerprint sees.
const COUNTING: u32 = 128;
/// Frames that a fingerprint needs: 30 s.
const LOOKED_FRAMES: u64 = 30 * FPS as u64;

/// Draws the card that stands in the picture's place, as long as the voice, or as a card is read.
pub(crate) fn drawn(
    source: &Source<'_>,
    sound: &Sound,
    seed: &[u8],
    decoding: &mut Stopwatch,
) -> Result<Shot, PrepareError> {
    let (decoded, damage, look) = decoding.time(|| count(source))?;
    let canvas = Placement { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    let mut frames = Frames::start(source.cage, canvas.centre_square(), 0)?;
    frames.push(&draw::card(seed)?)?;
    let lasts = if sound.frames() > 0 { sound.frames() } else { decoded.min(MOST_FRAMES) };
    Ok(Shot { frames, decoded, damage, lasts, faces: None, look })
}

/// Frames that can be decoded, as far as they are looked at.
fn count(source: &Source<'_>) -> Result<(u64, Option<String>, Look), PrepareError> {
    let mut decode = source.decode(&source.picture_out(COUNTING, COUNTING, Fit::Exact))?;
    let (mut frame, mut frames, mut look) = (Vec::new(), 0, Look::whole(COUNTING, COUNTING));
    while decode.next_frame(&mut frame)? {
        look.frame(&frame);
        frames += 1;
        if frames == LOOKED_FRAMES {
            return Ok((frames, None, look));
        }
    }
    Ok((frames, decode.finish()?.damage, look))
}
