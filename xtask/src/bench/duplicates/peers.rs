//! vPDQ and videohash, from PyPI, on the same files.

use std::path::{Path, PathBuf};

use super::Clip;
use super::copies::{COPIES, folder};
use crate::say::Bar;
use crate::shell::{Res, each_line, succeeds, tool};
use crate::{stamp, tree};

/// What they need; vPDQ is built from source (cmake comes with pip, ffmpeg's headers with Debian's libav…-dev packages).
const PACKAGES: [&[&str]; 2] = [&["videohash==3.0.1", "Pillow==9.5.0", "setuptools<81"], &["vpdq==0.2.5"]];

/// Prints a row for each of them and each kind of copy.
pub(super) fn ask(dir: &Path, clips: &[Clip], bar: &Bar, row: &mut dyn FnMut(&str)) -> Res<String> {
    let Some(python) = python()? else {
        return Ok("videohash can't be had here (Python 3 with venv, and PyPI)".into());
    };
    let mut text = String::new();
    for clip in clips {
        text.push_str(&format!("{}\t{}\toriginal\t{}\n", clip.name, clip.group, clip.path.display()));
        for copy in COPIES {
            let file = folder(dir, clip).join(format!("{}.mp4", copy.file));
            text.push_str(&format!("{}\t{}\t{}\t{}\n", clip.name, clip.group, copy.name, file.display()));
        }
    }
    let list = dir.join("peers.tsv");
    std::fs::write(&list, text).map_err(|e| e.to_string())?;
    let all = clips.len() * (COPIES.len() + 1);
    let mut command = tool(python);
    command.arg(tree::path("e2e/bench/duplicates.py")).arg(&list).env("OMP_NUM_THREADS", "1");
    let status = each_line(&mut command, |line| match line.strip_prefix("done ").and_then(|n| n.parse().ok()) {
        Some(done) => bar.set(done, all),
        None => row(line),
    })?;
    if status.success() { Ok(format!("{all} files asked about")) } else { Err(format!("peers: {status}")) }
}

/// A Python that has them below `target/bench`; vPDQ is left out where it can't be built.
fn python() -> Res<Option<PathBuf>> {
    let folder = super::folder().join("duplicates-python");
    let (python, mark) = (folder.join("bin/python"), folder.join(".made-from"));
    let recipe = format!("{PACKAGES:?}");
    if stamp::says(&mark, &recipe) {
        return Ok(Some(python));
    }
    let install = |packages: &[&str]| {
        succeeds(tool(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages))
    };
    if !succeeds(tool("python3").args(["-m", "venv", "--clear"]).arg(&folder)) || !install(PACKAGES[0]) {
        return Ok(None);
    }
    if !install(PACKAGES[1]) {
        println!("  vPDQ can't be built here: apt-get install pkg-config g++ libavdevice-dev libavfilter-dev");
    }
    stamp::set(&mark, &recipe)?;
    Ok(Some(python))
}
