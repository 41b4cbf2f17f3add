//! `cargo xtask tus-conformance`: the intake's upload layer without its shape check, for suites that test tus.

use crate::options::Options;
use crate::shell::{Res, run};
use crate::tree;

/// `cargo xtask tus-conformance [--listen ADDR] [--folder DIR] [--debug]`
pub(crate) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &["listen", "folder"], &["debug"])?;
    if let Some(word) = options.words.first() {
        return Err(format!("{word:?} is not known here; see cargo xtask help"));
    }
    let mut cargo = tree::cargo();
    cargo.args(["run", "--quiet", "--locked", "-p", "hamseda-intake", "--example", "tus_conformance"]);
    if !options.has("debug") {
        cargo.arg("--release");
    }
    cargo.args(["--", "--listen", options.get("listen").unwrap_or("127.0.0.1:1080")]);
    if let Some(folder) = options.get("folder") {
        cargo.args(["--folder", folder]);
    }
    run(&mut cargo)
}
