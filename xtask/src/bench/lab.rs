//! Building the instruments, and other people's servers.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::folder;
use crate::shell::{Res, exists, output, run, tool};
use crate::tree;

/// The version that results are told of.
const RUSTUS: &str = "0.5.10";

/// Builds `hamseda-lab` and says where it lies.
///
/// # Errors
/// What cargo says.
pub(crate) fn build(release: bool) -> Res<PathBuf> {
    let mut cargo = tree::cargo();
    cargo.args(["build", "--quiet", "--locked", "-p", "hamseda-lab"]);
    if release {
        cargo.arg("--release");
    }
    run(&mut cargo)?;
    Ok(tree::target().join(if release { "release" } else { "debug" }).join("hamseda-lab"))
}

/// A command of the lab. It mounts a disk of its own, which somebody who isn't root may do in a name space of their own.
pub(crate) fn lab(program: &Path) -> Command {
    let root = output(tool("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root || !exists("unshare") {
        return tool(program);
    }
    let mut command = tool("unshare");
    command.args(["--user", "--map-root-user", "--mount", "--"]).arg(program);
    command
}

/// rustus, installed below `target/bench/tools` when it isn't there; `None` with the reason printed where it can't be.
pub(crate) fn rustus() -> Option<PathBuf> {
    let root = folder().join("tools");
    let program = root.join("bin/rustus");
    if program.is_file() {
        return Some(program);
    }
    println!("Building rustus {RUSTUS} (minutes, once)");
    let mut cargo = tree::cargo();
    cargo.args(["install", "--quiet", "--locked", "rustus", "--version", RUSTUS, "--root"]).arg(&root);
    cargo.env("CARGO_TARGET_DIR", folder().join("build"));
    match run(&mut cargo) {
        Ok(()) => Some(program),
        Err(why) => {
            println!("rustus is left out: {why}");
            None
        }
    }
}
