//! The picture of a clip with every head covered: watched once, small, then decoded again and covered.
//!
//! Refuses to let a frame pass that is not covered as planned: everything that is made of frames (the master, the fill
//! beside a portrait clip, tiles, the poster) is made of covered ones. What the plan doesn't know is covered as a whole.

use hamseda_cage::{Fit, Placement};
use hamseda_core::lattice::{FPS, HEIGHT, WIDTH};
use hamseda_faces::{CenterFace, Plan, Size, Watcher, on_fill};

use crate::clip::Source;
use crate::error::PrepareError;
use crate::frames::Frames;
use crate::look::Look;
use crate::picture::Shot;
use crate::report::Stopwatch;
use crate::sound::Sound;

const CANVAS: Size = Size { width: WIDTH as usize, height: HEIGHT as usize };

/// Decodes the picture twice: small, to see where the heads are, and as large as it is shown, to cover them.
pub(crate) fn masked(source: &Source<'_>, sound: &Sound, decoding: &mut Stopwatch) -> Result<Shot, PrepareError> {
    let place = Placement::on_canvas(source.size(), (WIDTH, HEIGHT));
    let size = Size { width: place.width as usize, height: place.height as usize };
    // What nearly fills the canvas is cropped to fill it, in both passes alike; the rest keeps its shape.
    let fit = if size == CANVAS { Fit::Cover } else { Fit::Exact };
    let plan = plan(source, size, fit, decoding)?;
    let expected = source.millis * u64::from(FPS) / 1000;
    let mut frames = Frames::start(source.cage, place.centre_square(), expected / 3)?;
    let mut decode = source.decode(&source.picture_out(place.width, place.height, fit))?;
    let shown = sound.shown_frames();
    let mut look = Look::whole(place.width, place.height);
    let (mut frame, mut decoded) = (Vec::new(), 0);
    let push = |frames: &mut Frames, number: u64, frame: &mut [u8]| {
        plan.cover(number, frame, size);
        if size == CANVAS {
            return frames.push(frame);
        }
        frames.push(&on_fill(frame, size, (place.x as usize, place.y as usize), CANVAS))
    };
    while decoding.time(|| decode.next_frame(&mut frame))? {
        look.frame(&frame);
        if shown.contains(&decoded) {
            push(&mut frames, decoded, &mut frame)?;
        }
        decoded += 1;
    }
    // A picture shorter than the silence before the words: its last frame stands for it.
    if frames.count() == 0 && decoded > 0 {
        push(&mut frames, decoded - 1, &mut frame)?;
    }
    let damage = decode.finish()?.damage;
    Ok(Shot { frames, decoded, damage, lasts: sound.frames(), faces: Some(plan.findings().clone()), look })
}

/// Watches all frames.
fn plan(source: &Source<'_>, size: Size, fit: Fit, decoding: &mut Stopwatch) -> Result<Plan, PrepareError> {
    let small = Watcher::<CenterFace>::size_for(size);
    let mut watcher = Watcher::new(CenterFace::new(), small);
    let mut decode = source.decode(&source.picture_out(small.width as u32, small.height as u32, fit))?;
    let mut frame = Vec::new();
    while decoding.time(|| decode.next_frame(&mut frame))? {
        watcher.watch(&frame);
    }
    decode.finish()?;
    Ok(watcher.finish())
}
