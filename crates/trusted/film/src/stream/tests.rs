//! Joining and checking streams that are too small to play but have every part.

use std::path::{Path, PathBuf};

use hamseda_core::lattice::{UNIT_AAC_FRAMES, UNIT_FRAMES};

use super::{Piece, check, mux};
use crate::FilmError;

/// Writes a piece of `units` whose slices hold `mark`.
fn piece(folder: &Path, units: u32, level: u8, mark: u8) -> Piece {
    let name = |ext: &str| folder.join(format!("{units}-{level}-{mark}.{ext}"));
    let start = [0, 0, 0, 1];
    let mut video = [&start[..], &[0x67, 100, 0, level], &start, &[0x68, 0xee], &start, &[6, 5, 1]].concat();
    for frame in 0..units * UNIT_FRAMES {
        video.extend(start);
        video.extend([if frame == 0 { 0x65 } else { 0x41 }, 0x88, mark, 7]);
    }
    let mut audio = Vec::new();
    for _ in 0..units * UNIT_AAC_FRAMES {
        // AAC-LC, 48 kHz, stereo, 9 bytes with the header.
        audio.extend([0xff, 0xf1, 0x4c, 0x80, 0x01, 0x3f, 0xfc, mark, 2]);
    }
    std::fs::write(name("h264"), video).unwrap();
    std::fs::write(name("aac"), audio).unwrap();
    Piece { video: name("h264"), audio: Some(name("aac")), units }
}

fn film(folder: &Path) -> PathBuf {
    let out = folder.join("film.mp4");
    let pieces = [piece(folder, 2, 40, 1), piece(folder, 1, 40, 2), piece(folder, 3, 40, 3)];
    mux(&pieces, &out).unwrap();
    out
}

#[test]
fn a_joined_film_passes_its_check_and_is_the_same_again() {
    let dir = tempfile::tempdir().unwrap();
    let out = film(dir.path());
    check(&out, 6, true).unwrap();
    let bytes = std::fs::read(&out).unwrap();
    film(dir.path());
    assert_eq!(std::fs::read(&out).unwrap(), bytes);
    assert!(matches!(check(&out, 7, true), Err(FilmError::Check { .. })));
    assert!(matches!(check(&out, 6, false), Err(FilmError::Check { .. })));
}

#[test]
fn pieces_that_do_not_fit_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("film.mp4");
    let good = piece(dir.path(), 2, 40, 1);
    let other_settings = piece(dir.path(), 2, 31, 1);
    let too_long = Piece { units: 1, ..good.clone() };
    let silent = Piece { audio: None, ..good.clone() };
    for bad in [other_settings, too_long, silent] {
        assert!(matches!(mux(&[good.clone(), bad], &out), Err(FilmError::Stream(_))));
    }
    assert!(mux(&[], &out).is_err());
}

#[test]
fn damage_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let out = film(dir.path());
    let bytes = std::fs::read(&out).unwrap();
    let damaged = dir.path().join("damaged.mp4");
    let refused = |bytes: &[u8]| {
        std::fs::write(&damaged, bytes).unwrap();
        check(&damaged, 6, true).is_err()
    };
    assert!(refused(&bytes[..bytes.len() - 1]));
    // The length before any slice, and any chunk offset.
    let slice = bytes.windows(6).position(|w| w == [0, 0, 0, 4, 0x65, 0x88]).unwrap();
    let stco = bytes.windows(4).position(|w| w == b"stco").unwrap();
    for at in [slice + 3, stco + 15] {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        assert!(refused(&bytes), "byte {at}");
    }
}
