//! `cargo xtask bench sensor [SECONDS ...]`: a planted sensor pattern in clips as a hidden sender's are published, as plain scaling
//! and coding leave it, and how well an attacker who knows the pattern finds it. By default clips of 10 and 60 s.

use std::path::PathBuf;

use super::{folder, keep};
use crate::json::Json;
use crate::shell::{Res, output, run, succeeds, tool};
use crate::{stamp, tree};

/// What the attacker computes with.
const PYTHON: &str = "numpy==2.4.6\nscipy==1.17.1\n";

/// `cargo xtask bench sensor`
pub(super) fn main(words: &[String]) -> Res {
    let seconds = if words.is_empty() { vec!["10".to_owned(), "60".to_owned()] } else { words.to_vec() };
    if seconds.iter().any(|word| word.parse::<u32>().is_err()) {
        return Err("cargo xtask bench sensor takes lengths of clips, seconds".into());
    }
    let python = python()?;
    let mut cargo = tree::cargo();
    run(cargo.args(["build", "--quiet", "--locked", "--release", "-p", "hamseda-protect", "--example", "sensor"]))?;
    let room = folder().join("sensor");
    std::fs::create_dir_all(&room).map_err(|e| e.to_string())?;
    let mut attack = tool(python);
    attack.arg(tree::path("e2e/bench/sensor.py")).arg(tree::target().join("release/examples/sensor")).arg(&room);
    let told = output(attack.args(&seconds));
    let _ = std::fs::remove_dir_all(&room);
    let rows: Vec<String> = told?.lines().map(str::to_owned).collect();
    println!("clip                    s       PCE  correlation   kbit/s  ms a frame: treated + encoded");
    for row in rows.iter().filter_map(|row| Json::parse(row)) {
        let number = |name: &str| row.get(name).number().unwrap_or_default();
        println!(
            "{:<20} {:>4} {:>9.1} {:>12.4} {:>8.0}  {:.1} + {:.1}",
            row.get("clip").text(),
            number("seconds"),
            number("pce"),
            number("correlation"),
            number("kbps"),
            number("treat_ms"),
            number("encode_ms")
        );
    }
    keep("sensor", &rows)
}

/// A Python with the attacker's packages, in an environment of its own below `target/`.
fn python() -> Res<PathBuf> {
    let folder = folder().join("tools/sensor-python");
    let (mark, python) = (folder.join(".made-from"), folder.join("bin/python"));
    if !stamp::says(&mark, PYTHON) {
        println!("Installing numpy and scipy from PyPI (the attacker computes with them)");
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
        let made = succeeds(tool("python3").args(["-m", "venv", "--clear"]).arg(&folder))
            && succeeds(tool(&python).args(pip).args(PYTHON.lines()));
        if !made {
            return Err("numpy and scipy can't be had here (Python 3 with venv, and PyPI)".into());
        }
        stamp::set(&mark, PYTHON)?;
    }
    Ok(python)
}
