//! What a file says of the person, the place, the time and the device it comes from: read out of a source with exiftool, and
//! looked for in what was made of it, by three tools that read tags and by its bytes.
//!
//! Knows nothing of Hamseda and needs nothing but `std`: tests of this crate and `cargo xtask bench traces`, which shows
//! other programs' results to it, both take it in.

mod bytes;
mod forms;
mod tags;

use std::path::Path;

pub(crate) use bytes::Output;
pub(crate) use tags::told;

/// A value that a source says of its maker, and the bytes in which it may be written.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    /// exiftool's group and name of it.
    pub(crate) tag: String,
    /// As exiftool prints it.
    pub(crate) value: String,
    forms: Vec<Vec<u8>>,
}

/// Everything that the source at `path` says of its maker.
pub(crate) fn planted(path: &Path) -> Vec<Planted> {
    let mut found: Vec<Planted> = Vec::new();
    for (tag, value) in tags::telling(path) {
        let planted = Planted::new(&tag, &value);
        if !planted.forms.is_empty() && found.iter().all(|p| p.value != value) {
            found.push(planted);
        }
    }
    found
}

impl Planted {
    /// A value with all its forms.
    pub(crate) fn new(tag: &str, value: &str) -> Self {
        Self { tag: tag.into(), value: value.into(), forms: forms::of(tag, value) }
    }
}

/// Runs a program and gives what it printed; what it thinks of the file is said there too.
fn output(program: &str, arguments: &[&str], path: &Path) -> String {
    #[expect(clippy::disallowed_methods, reason = "files are looked at with the usual tools")]
    let output =
        std::process::Command::new(program).args(arguments).arg(path).stdin(std::process::Stdio::null()).output();
    output.map_or_else(|e| format!("{program}: {e}"), |o| String::from_utf8_lossy(&o.stdout).into_owned())
}
