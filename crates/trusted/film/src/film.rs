//! The film: every segment found or made, then joined.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hamseda_cage::Cage;
use hamseda_core::Campaign;
use hamseda_programme::{Kind, Plan, Segment};
use hamseda_tally::Claim;

use crate::draw::page::Palette;
use crate::draw::text::{Fonts, Typesetter};
use crate::segment::{Ids, Studio};
use crate::stream::{Piece, check, mux};
use crate::wall::{jpeg, put};
use crate::words::Phrases;
use crate::{Artefacts, FilmError};

/// Segments made at one time: each keeps a decoder and an encoder busy, about one core together.
const WORKERS: usize = 2;

/// Called with what is done, what there is to do, and a short label of the last thing done. May come from any thread.
pub type Progress<'a> = &'a (dyn Fn(usize, usize, &str) + Sync);

/// What a film is made of.
#[derive(Debug, Clone, Copy)]
pub struct FilmInputs<'a> {
    /// Slogan, colours, floors, address.
    pub campaign: &'a Campaign,
    /// Segments in order.
    pub plan: &'a Plan,
    /// The number on the closing card.
    pub claim: &'a Claim,
    /// SHA-256 of the log's policy file.
    pub policy_sha256: [u8; 32],
}

/// What a build did.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct FilmReport {
    /// Segments whose picture was encoded.
    pub clips_encoded: usize,
    /// Segments that were there already.
    pub clips_reused: usize,
    /// How long the build took.
    pub seconds: f64,
    /// Length of the file.
    pub bytes: u64,
    /// Length of the film, milliseconds.
    pub film_millis: u64,
    /// Length of the film, lattice units.
    pub film_units: u32,
}

/// Makes the film `out`, and `poster.jpg` beside it. Segments that `artefacts` holds are not made again; `out` is replaced only by a film that passed
/// its check.
///
/// # Errors
/// See [`FilmError`]. Segments made before the error are kept.
pub fn build_film(
    artefacts: &dyn Artefacts,
    cage: &Cage,
    inputs: &FilmInputs,
    out: &Path,
    progress: Progress,
) -> Result<FilmReport, FilmError> {
    let started = std::time::Instant::now();
    let FilmInputs { campaign, plan, claim, policy_sha256 } = *inputs;
    let studio = Studio {
        cage,
        artefacts,
        campaign,
        claim,
        policy_sha256,
        lang: plan.lang,
        phrases: Phrases::load(plan.lang)?,
        palette: Palette::of(campaign),
        fonts: Fonts::load(),
        tool: hamseda_cage::tool_version().map_err(FilmError::cage("ffmpeg"))?,
    };
    let mut todo: BTreeMap<Ids, &Segment> = BTreeMap::new();
    for segment in &plan.segments {
        let ids = studio.ids(segment);
        if artefacts.find(ids.video)?.is_none() || artefacts.find(ids.audio)?.is_none() {
            todo.insert(ids, segment);
        }
    }
    let clips_encoded = make_all(&studio, &todo, progress)?;
    let pieces = pieces(&studio, plan)?;
    let units = plan.units();
    let bytes = join(&pieces, units, out)?;
    poster(&studio, plan, &out.with_file_name("poster.jpg"))?;
    Ok(FilmReport {
        clips_encoded,
        clips_reused: plan.segments.len() - clips_encoded,
        seconds: started.elapsed().as_secs_f64(),
        bytes,
        film_millis: hamseda_core::lattice::millis(units),
        film_units: units,
    })
}

/// What a player shows before it plays: the title card.
fn poster(studio: &Studio, plan: &Plan, path: &Path) -> Result<(), FilmError> {
    let mut setter = Typesetter::new(&studio.fonts, studio.lang);
    match plan.segments.first().and_then(|segment| studio.title_still(&mut setter, segment)) {
        Some(picture) => put(path, &jpeg(&picture)?),
        None => Ok(()),
    }
}

/// Makes what is missing, a few segments at a time. Returns how many pictures were encoded.
fn make_all(studio: &Studio, todo: &BTreeMap<Ids, &Segment>, progress: Progress) -> Result<usize, FilmError> {
    let list: Vec<_> = todo.iter().collect();
    let (next, done, encoded) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let failure = Mutex::new(None);
    let work = || -> Result<(), FilmError> {
        let mut setter = Typesetter::new(&studio.fonts, studio.lang);
        while let Some((ids, segment)) = list.get(next.fetch_add(1, Ordering::Relaxed)) {
            if studio.artefacts.find(ids.video)?.is_none() {
                studio.video(&mut setter, segment, ids.video)?;
                encoded.fetch_add(1, Ordering::Relaxed);
            }
            studio.audio(segment, ids.audio)?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, list.len(), label(&segment.kind));
        }
        Ok(())
    };
    progress(0, list.len(), "film");
    std::thread::scope(|scope| {
        for _ in 0..WORKERS.min(list.len()) {
            scope.spawn(|| {
                if let Err(error) = work() {
                    // The others end after the segment they are at.
                    next.store(list.len(), Ordering::Relaxed);
                    if let Ok(mut failure) = failure.lock() {
                        failure.get_or_insert(error);
                    }
                }
            });
        }
    });
    match failure.into_inner() {
        Ok(Some(error)) => Err(error),
        _ => Ok(encoded.into_inner()),
    }
}

const fn label(kind: &Kind) -> &'static str {
    match kind {
        Kind::Title { .. } => "title",
        Kind::Section { .. } => "section",
        Kind::Clip(_) => "clip",
        Kind::Quote(_) => "quote",
        Kind::Closing { .. } => "closing",
    }
}

fn pieces(studio: &Studio, plan: &Plan) -> Result<Vec<Piece>, FilmError> {
    let find = |id| studio.artefacts.find(id)?.ok_or(FilmError::Missing(id));
    let piece = |segment: &Segment| {
        let ids = studio.ids(segment);
        Ok(Piece { video: find(ids.video)?, audio: Some(find(ids.audio)?), units: segment.kind.units() })
    };
    plan.segments.iter().map(piece).collect()
}

/// Joins `pieces` beside `out`, checks the result, and puts it in place.
pub(crate) fn join(pieces: &[Piece], units: u32, out: &Path) -> Result<u64, FilmError> {
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder).map_err(FilmError::io(folder))?;
    }
    let partial = out.with_extension("mp4.partial");
    let bytes = mux(pieces, &partial)?;
    let sound = pieces.iter().any(|p| p.audio.is_some());
    check(&partial, units, sound)?;
    std::fs::rename(&partial, out).map_err(FilmError::io(out))?;
    Ok(bytes)
}
