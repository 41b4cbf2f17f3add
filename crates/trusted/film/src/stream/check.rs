//! Reading a finished film back: is every frame where its index says, and does sound end with picture?

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use hamseda_core::lattice::{UNIT_AAC_FRAMES, UNIT_FRAMES};
use mp4_atom::{Atom, Ftyp, Header, Mdat, Moov, ReadAtom, ReadFrom, Stbl, StszSamples, Trak};

use crate::FilmError;

/// Checks `path` against the number of lattice units it should have.
///
/// Every video sample is read: its slices must fill it exactly. Every track must have one constant frame length, begin at
/// zero and end with the film.
pub(crate) fn check(path: &Path, units: u32, sound: bool) -> Result<(), FilmError> {
    let file = File::open(path).map_err(FilmError::io(path))?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let fault = |what: &str| FilmError::Check { path: path.to_owned(), what: what.to_owned() };
    let broken = |e: mp4_atom::Error| fault(&e.to_string());

    let header = Header::read_from(&mut reader).map_err(broken)?;
    Ftyp::read_atom(&header, &mut reader).map_err(broken)?;
    let header = Header::read_from(&mut reader).map_err(broken)?;
    if header.kind != Moov::KIND {
        return Err(fault("the index does not stand first"));
    }
    let moov = Moov::read_atom(&header, &mut reader).map_err(broken)?;
    let header = Header::read_from(&mut reader).map_err(broken)?;
    let start = reader.stream_position().map_err(FilmError::io(path))?;
    let end = reader.seek(SeekFrom::End(0)).map_err(FilmError::io(path))?;
    if header.kind != Mdat::KIND || header.size.map(|s| s as u64) != Some(end - start) {
        return Err(fault("media does not fill the rest of the file"));
    }
    let tracks = if sound { vec![UNIT_FRAMES, UNIT_AAC_FRAMES] } else { vec![UNIT_FRAMES] };
    if moov.trak.len() != tracks.len() {
        return Err(fault("a track is missing"));
    }
    let mut filled = Vec::new();
    for (track, per_unit) in moov.trak.iter().zip(tracks) {
        let samples = samples_of(track, units, per_unit).map_err(fault)?;
        filled.extend(samples.chunks(per_unit as usize).map(|c| (c[0].0, c.iter().map(|s| s.1).sum::<u64>())));
        if per_unit == UNIT_FRAMES && !slices_fill(&mut reader, &samples).map_err(FilmError::io(path))? {
            return Err(fault("a video sample is not made of whole slices"));
        }
    }
    filled.sort_unstable();
    let joined = filled.iter().try_fold(start, |at, &(offset, bytes)| (offset == at).then_some(at + bytes));
    if joined != Some(end) {
        return Err(fault("chunks overlap or leave gaps"));
    }
    Ok(())
}

/// Offset and length of each sample, after the track's times were found regular.
fn samples_of(track: &Trak, units: u32, per_unit: u32) -> Result<Vec<(u64, u64)>, &'static str> {
    let stbl: &Stbl = &track.mdia.minf.stbl;
    let count = units * per_unit;
    let [times] = stbl.stts.entries.as_slice() else { return Err("timestamps are irregular") };
    let edits: Vec<_> = track.edts.iter().filter_map(|e| e.elst.as_ref()).flat_map(|e| &e.entries).collect();
    if times.sample_count != count
        || u64::from(times.sample_delta) * u64::from(count) != track.mdia.mdhd.duration
        || stbl.ctts.is_some()
        || !matches!(edits.as_slice(), [edit] if edit.media_time == Some(0))
    {
        return Err("timestamps are irregular, or sound and picture differ in length");
    }
    let StszSamples::Different { sizes } = &stbl.stsz.samples else { return Err("sample sizes are missing") };
    let chunks: Vec<u64> = match (&stbl.stco, &stbl.co64) {
        (Some(narrow), None) => narrow.entries.iter().map(|&o| u64::from(o)).collect(),
        (None, Some(wide)) => wide.entries.clone(),
        _ => return Err("chunk offsets are missing"),
    };
    if sizes.len() as u64 != u64::from(count) || chunks.len() as u64 != u64::from(units) {
        return Err("the number of samples is wrong");
    }
    let mut samples = Vec::with_capacity(sizes.len());
    for (sizes, mut at) in sizes.chunks(per_unit as usize).zip(chunks) {
        for &size in sizes {
            samples.push((at, u64::from(size)));
            at += u64::from(size);
        }
    }
    Ok(samples)
}

fn slices_fill(reader: &mut BufReader<File>, samples: &[(u64, u64)]) -> std::io::Result<bool> {
    let mut sample = Vec::new();
    for &(offset, size) in samples {
        reader.seek(SeekFrom::Start(offset))?;
        sample.resize(usize::try_from(size).unwrap_or(usize::MAX), 0);
        reader.read_exact(&mut sample)?;
        let mut rest = sample.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            let Some((slice, after)) = after.split_at_checked(length) else { return Ok(false) };
            // Only slices: types 1 and 5.
            if !slice.first().is_some_and(|b| matches!(b & 0x1f, 1 | 5)) {
                return Ok(false);
            }
            rest = after;
        }
        if !rest.is_empty() || sample.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}
