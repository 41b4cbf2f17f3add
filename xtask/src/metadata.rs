//! What cargo knows of the workspace: packages, licences, who depends on whom.

use crate::json::Json;
use crate::shell::{Res, output};
use crate::tree;

/// When a dependency is linked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In the program, or while it is built.
    Normal,
    /// In tests only.
    Dev,
}

/// A package, of ours or from outside.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// SPDX expression; empty where the package names none.
    pub(crate) licence: String,
    /// Where it was fetched from; empty for our own.
    pub(crate) source: String,
    /// Its folder below `crates/`, or its name elsewhere.
    pub(crate) room: String,
    /// Names of what it depends on directly.
    pub(crate) uses: Vec<(String, Kind)>,
}

/// Packages of the workspace, and with `all` everything they depend on.
///
/// # Errors
/// What cargo says.
pub(crate) fn packages(all: bool) -> Res<Vec<Package>> {
    let mut cargo = tree::cargo();
    cargo.args(["metadata", "--format-version", "1", "--locked", "--all-features"]);
    match all {
        // Only what a Linux machine links: other systems' crates would be fetched just to be read.
        true => cargo.args(["--filter-platform", "x86_64-unknown-linux-gnu"]),
        false => cargo.arg("--no-deps"),
    };
    let text = output(&mut cargo)?;
    let json = Json::parse(&text).ok_or("cargo metadata printed something that is no JSON")?;
    Ok(json.get("packages").list().iter().map(package).collect())
}

fn package(json: &Json) -> Package {
    let use_of = |d: &Json| {
        let kind = if d.get("kind").text() == "dev" { Kind::Dev } else { Kind::Normal };
        (d.get("name").text().to_owned(), kind)
    };
    let text = |key: &str| json.get(key).text().to_owned();
    Package {
        name: text("name"),
        version: text("version"),
        licence: text("license"),
        source: text("source"),
        room: room(json.get("manifest_path").text()),
        uses: json.get("dependencies").list().iter().map(use_of).collect(),
    }
}

/// `shared/core` of `…/crates/shared/core/Cargo.toml`.
fn room(manifest: &str) -> String {
    let folder = manifest.strip_suffix("/Cargo.toml").unwrap_or(manifest);
    let inside = folder.strip_prefix(&format!("{}/", tree::root().display())).unwrap_or(folder);
    inside.strip_prefix("crates/").unwrap_or(inside).to_owned()
}
