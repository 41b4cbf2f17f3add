//! `cargo xtask bench duplicates`: how many copies of a clip are found, and how many clips are merged that must not be:
//! ours beside vPDQ and videohash, on the same files.
//!
//! Half of the people and sources are for tuning (`--tune`), of the other half copies are made and scored.

mod copies;
mod peers;
mod sources;

use std::path::{Path, PathBuf};

use super::{folder, keep};
use crate::json::Json;
use crate::options::Options;
use crate::say::Steps;
use crate::shell::{Res, output, run};
use crate::tree;

use copies::COPIES;

/// Clips of which copies are made, unless another number is asked for.
const SCORED: usize = 80;

/// A clip that is like no other.
#[derive(Debug, Clone)]
struct Clip {
    name: String,
    /// Clips of one group show one person in one room.
    group: String,
    path: PathBuf,
    /// Whether anything is heard in it.
    sound: bool,
    /// Whether thresholds may be set by it.
    tune: bool,
}

/// `cargo xtask bench duplicates`
pub(super) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &["clips", "peers", "judge"], &["tune", "quick"])?;
    let dir = folder().join("duplicates");
    // A program that was built before: what it took stays taken.
    let judge = options.get("judge").map_or_else(build, |path| Ok(path.into()))?;
    let mut clips = Vec::new();
    let mut steps = Steps::new();
    steps.step("Drawing and cutting clips", |bar| {
        clips = sources::all(&dir, bar)?;
        Ok(format!("{} clips of {} groups", clips.len(), groups(&clips)))
    })?;
    // Every clip is in the index; copies are made of those that are scored.
    let scored = clips.iter().filter(|clip| clip.tune == options.has("tune")).cloned().collect();
    let scored = spread(scored, options.count("clips")?.unwrap_or(SCORED));
    steps.step("Copying clips", |bar| {
        for (done, clip) in clips.iter().enumerate() {
            copies::original(&dir, clip, &judge)?;
            bar.set(done + 1, clips.len());
        }
        for (done, clip) in scored.iter().enumerate() {
            copies::make(&dir, clip, &scored[(done + scored.len() / 2) % scored.len()], &judge)?;
            bar.set(done + 1, scored.len());
        }
        Ok(format!("{} copies of {} kinds", scored.len() * COPIES.len(), COPIES.len()))
    })?;
    let mut rows = Vec::new();
    for row in output(std::process::Command::new(&judge).arg("judge").arg(list(&dir, &clips, &scored)?))?.lines() {
        add(&mut rows, row);
    }
    let few = spread(scored, options.count("peers")?.unwrap_or(24));
    if !options.has("quick") {
        steps.step("Asking others", |bar| peers::ask(&dir, &few, bar, &mut |row| add(&mut rows, row)))?;
        for row in output(std::process::Command::new(&judge).arg("speed"))?.lines() {
            add(&mut rows, row);
        }
    }
    steps.table();
    keep(if options.has("tune") { "duplicates-tune" } else { "duplicates" }, &rows)
}

/// Every so-manieth clip, so that `most` of all kinds remain.
fn spread(clips: Vec<Clip>, most: usize) -> Vec<Clip> {
    let (all, kept) = (clips.len(), most.min(clips.len()));
    let chosen = |i: &usize| (i + 1) * kept / all > i * kept / all;
    clips.into_iter().enumerate().filter(|(i, _)| chosen(i)).map(|(_, clip)| clip).collect()
}

fn groups(clips: &[Clip]) -> usize {
    clips.iter().map(|clip| clip.group.as_str()).collect::<std::collections::BTreeSet<_>>().len()
}

/// What takes fingerprints and judges them.
fn build() -> Res<PathBuf> {
    let mut cargo = tree::cargo();
    run(cargo.args(["build", "--quiet", "--release", "-p", "hamseda-fingerprint", "--example", "duplicates"]))?;
    Ok(tree::target().join("release/examples/duplicates"))
}

/// A list of all fingerprints: clip, group, copy, file.
fn list(dir: &Path, clips: &[Clip], scored: &[Clip]) -> Res<PathBuf> {
    let line = |clip: &Clip, copy: &str, file: &str| {
        let print = copies::folder(dir, clip).join(format!("{file}.print"));
        format!("{}\t{}\t{copy}\t{}\n", clip.name, clip.group, print.display())
    };
    let mut text: String = clips.iter().map(|clip| line(clip, "original", "original")).collect();
    for clip in scored {
        text.extend(COPIES.iter().map(|copy| line(clip, copy.name, copy.file)));
    }
    let path = dir.join("list.tsv");
    std::fs::write(&path, text).map_err(|e| e.to_string())?;
    Ok(path)
}

fn add(rows: &mut Vec<String>, row: &str) {
    match Json::parse(row) {
        Some(json) if json.get("line").text() != "" => println!("  {}", json.get("line").text()),
        Some(_) => {}
        None => return println!("  {row}"),
    }
    rows.push(row.to_owned());
}
