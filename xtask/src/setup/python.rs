//! Tus clients from PyPI, in an environment of their own below `target/`. Tests drive them against the intake; where they
//! can't be had, those tests say so and are skipped.

use std::path::PathBuf;

use crate::shell::{Res, succeeds, tool};
use crate::{stamp, tree};

fn folder() -> PathBuf {
    tree::target().join("tools/tus-python")
}

/// The Python that has the clients: the one that `HAMSEDA_TUS_PYTHON` names, or ours where set-up made one.
pub(crate) fn tus_python() -> Option<PathBuf> {
    let named = std::env::var_os("HAMSEDA_TUS_PYTHON").map(PathBuf::from);
    named.or_else(|| Some(folder().join("bin/python")).filter(|python| python.is_file()))
}

/// Makes the environment where that is possible. Returns whether it was there already, or can't be made.
///
/// # Errors
/// The list of packages can't be read.
pub(super) fn ensure() -> Res<bool> {
    if std::env::var_os("HAMSEDA_TUS_PYTHON").is_some() {
        return Ok(true);
    }
    let list = tree::path("e2e/interop/tus-requirements.txt");
    let recipe = std::fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?;
    let (folder, mark) = (folder(), folder().join(".made-from"));
    if stamp::says(&mark, &recipe) {
        return Ok(true);
    }
    println!("Installing two tus clients from PyPI (tests: they send to the intake)");
    let made = succeeds(tool("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        && succeeds(
            tool(folder.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"])
                .arg("-r")
                .arg(&list),
        );
    if made {
        stamp::set(&mark, &recipe)?;
        return Ok(false);
    }
    // An environment without its packages would fail the tests instead of skipping them.
    let _ = std::fs::remove_dir_all(&folder);
    println!("  they can't be had here (Python 3 with venv, and PyPI): their tests will say so and be skipped");
    Ok(true)
}
