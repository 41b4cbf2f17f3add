//! `cargo xtask bench duplicates`: how many copies of a clip are found, and how many clips are merged that must not be:
//! ours beside vPDQ and videohash, on the same files.
//!
//! Half of the people and sources are for tuning (`--tune`), the other half is what is scored.

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
    let options = Options::read(words, &["clips", "peers"], &["tune", "quick"])?;
    let dir = folder().join("duplicates");
    let judge = build()?;
    let mut clips = Vec::new();
    let mut steps = Steps::new();
    steps.step("Drawing and cutting clips", |bar| {
        clips = sources::all(&dir, bar)?;
        Ok(format!("{} clips of {} groups", clips.len(), groups(&clips)))
    })?;
    clips.retain(|clip| clip.tune == options.has("tune"));
    if let Some(most) = options.count("clips")? {
        clips = spread(clips, most);
    }
    steps.step("Copying them", |bar| {
        for (done, clip) in clips.iter().enumerate() {
            copies::make(&dir, clip, &clips[(done + clips.len() / 2) % clips.len()], &judge)?;
            bar.set(done + 1, clips.len());
        }
        Ok(format!("{} copies of {} kinds", clips.len() * COPIES.len(), COPIES.len()))
    })?;
    let mut rows = Vec::new();
    for row in output(std::process::Command::new(&judge).arg("judge").arg(list(&dir, &clips)?))?.lines() {
        add(&mut rows, row);
    }
    let few = spread(clips, options.count("peers")?.unwrap_or(24));
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
fn list(dir: &Path, clips: &[Clip]) -> Res<PathBuf> {
    let mut text = String::new();
    for clip in clips {
        for copy in COPIES {
            let file = copies::folder(dir, clip).join(format!("{}.print", copy.file));
            text.push_str(&format!("{}\t{}\t{}\t{}\n", clip.name, clip.group, copy.name, file.display()));
        }
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
