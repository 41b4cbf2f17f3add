//! Clips for tests, made by ffmpeg as needed.

use std::process::{Command, Stdio};

use hamseda_cage::{Cage, CageError, CageKind, CageOptions, Media, Probe};
use hamseda_core::Limits;

/// Runs ffmpeg with `arguments` (split at spaces) and returns the file it wrote with this extension.
pub(crate) fn clip(extension: &str, arguments: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("clip.{extension}"));
    #[expect(clippy::disallowed_methods, reason = "tests make their own clips")]
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(arguments.split_whitespace())
        .arg(&path)
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "ffmpeg could not make {arguments}");
    std::fs::read(path).unwrap()
}

/// Both kinds of cage, those that stand here.
#[expect(clippy::print_stdout, reason = "says what was not tested")]
pub(crate) fn cages() -> Vec<Cage> {
    let kinds = [CageKind::Bubblewrap, CageKind::Landlock];
    let made = kinds.map(|kind| Cage::with(&CageOptions { kinds: vec![kind] }));
    let standing: Vec<_> =
        made.into_iter().filter_map(|cage| cage.map_err(|e| println!("skipped: {e}")).ok()).collect();
    assert!(!standing.is_empty(), "no cage stands on this machine");
    standing
}

/// The strongest of them.
pub(crate) fn cage() -> Cage {
    Cage::new().unwrap()
}

/// Probes bytes as they come.
pub(crate) fn probe(cage: &Cage, bytes: &[u8]) -> Result<Probe, CageError> {
    cage.probe(&Media::new(bytes)?, &Limits::DEFAULT)
}
