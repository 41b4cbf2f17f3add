//! The picture of a clip on its way into a master.

use hamseda_cage::{Fit, Placement};
use hamseda_core::lattice::{FPS, HEIGHT, WIDTH};
use hamseda_faces::Findings;

use crate::clip::Source;
use crate::error::PrepareError;
use crate::frames::Frames;
use crate::look::Look;
use crate::report::Stopwatch;
use crate::sound::Sound;

/// A picture that was put into a master.
pub(crate) struct Shot {
    pub(crate) frames: Frames,
    /// Frames of the source that were decoded.
    pub(crate) decoded: u64,
    /// What the decoder complained of.
    pub(crate) damage: Option<String>,
    /// Frames that the master lasts at least.
    pub(crate) lasts: u64,
    /// Who was covered, if somebody was to be.
    pub(crate) faces: Option<Findings>,
    /// What was seen of the source.
    pub(crate) look: Look,
}

/// Decodes the picture, without what `sound` cuts off, into an encoder that runs beside.
pub(crate) fn as_filmed(source: &Source<'_>, sound: &Sound, decoding: &mut Stopwatch) -> Result<Shot, PrepareError> {
    let place = Placement::on_canvas(source.size(), (WIDTH, HEIGHT));
    let expected = source.millis * u64::from(FPS) / 1000;
    let mut frames = Frames::start(source.cage, place.centre_square(), expected / 3)?;
    let mut decode = source.decode(&source.picture_out(WIDTH, HEIGHT, Fit::Canvas))?;
    let shown = sound.shown_frames();
    let mut look = Look::at(place, WIDTH);
    let (mut frame, mut decoded) = (Vec::new(), 0);
    while decoding.time(|| decode.next_frame(&mut frame))? {
        look.frame(&frame);
        if shown.contains(&decoded) {
            frames.push(&frame)?;
        }
        decoded += 1;
    }
    // A picture shorter than the silence before the words: its last frame stands for it.
    if frames.count() == 0 && decoded > 0 {
        frames.push(&frame)?;
    }
    let damage = decode.finish()?.damage;
    Ok(Shot { frames, decoded, damage, lasts: sound.frames(), faces: None, look })
}
