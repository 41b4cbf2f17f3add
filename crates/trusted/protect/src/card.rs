//! A message that is not shown: a card of drawn shapes, in silence.
//!
//! Refuses to use anything of the picture or the voice but how long they last: the frames are decoded to a size in which
//! nothing can be seen, counted and forgotten. The shapes come from a seed that says nothing of the sender.

mod draw;

use std::time::Instant;

use hamseda_cage::{Fit, Placement};
use hamseda_core::lattice::{CHANNELS, FPS, HEIGHT, UNIT_FRAMES, UNIT_SAMPLES, WIDTH, units_for_frames};

use crate::clip::{Source, enough};
use crate::error::PrepareError;
use crate::frames::Frames;
use crate::report::{Report, Spent, Stopwatch, since};
use crate::treatment::Treatment;
use crate::{Paths, Prepared, TEMPLATE};

/// Longest card, frames: 6 s. It is read, not watched.
const MOST_FRAMES: u64 = 6 * FPS as u64;
/// Size at which frames are counted, pixels.
const COUNTING: u32 = 16;

/// Makes master, tiles and poster of a message whose sender asked not to be seen or heard.
pub(crate) fn silent(
    source: &Source<'_>,
    seed: &[u8],
    paths: &Paths,
    spent: &mut Spent,
) -> Result<Prepared, PrepareError> {
    let clock = Instant::now();
    let mut decoding = Stopwatch::default();
    let (decoded, damage) = decoding.time(|| count(source))?;
    enough(decoded, damage.as_deref())?;
    let units = units_for_frames(decoded.min(MOST_FRAMES));
    let canvas = Placement { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    let mut frames = Frames::start(source.cage, canvas.centre_square(), 0)?;
    frames.push(&draw::card(seed)?)?;
    frames.hold(u64::from(units * UNIT_FRAMES))?;
    spent.decode = decoding.millis();
    spent.encode = frames.finish(&vec![0.0; (units * UNIT_SAMPLES * CHANNELS) as usize], paths)?;
    spent.rest = since(clock).saturating_sub(spent.decode + spent.encode);
    let report = Report {
        treatment: Treatment::SilentCard,
        template: TEMPLATE,
        source_millis: decoded * 1000 / u64::from(FPS),
        source_size: source.size(),
        damage,
        trimmed_frames: (0, 0),
        loudness_before: None,
        gain_db: None,
        spent: *spent,
    };
    Ok(Prepared { units, shown: false, sound: false, report })
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
