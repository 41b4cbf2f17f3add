//! What the stand-in says of its attempts, a line of JSON each, and what stopped them in words.
//!
//! Refuses to read more into a line than stands there: the stand-in is not trusted either.

use serde::{Deserialize, Serialize};

use crate::CageKind;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// Which attempt, as the catalogue calls it.
    pub(super) what: String,
    /// What became of it.
    pub(super) outcome: Outcome,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// The kernel refused with this error number.
    Refused(i32),
    /// Nothing was there to be taken.
    Nothing(String),
    /// It worked; what was seen.
    Through(String),
}

/// One thing the stand-in tried, and what stopped it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// `network`, `files`, `devices`, `processes`, `kernel`, `limits` or `end`.
    pub area: &'static str,
    /// What was tried.
    pub what: &'static str,
    /// Whether it failed, as it must.
    pub stopped: bool,
    /// What stopped it, or what was seen.
    pub by: String,
}

impl Attempt {
    pub(super) fn new(area: &'static str, what: &'static str, stopped: bool, by: impl Into<String>) -> Self {
        Self { area, what, stopped, by: by.into() }
    }
}

/// Longest text that is kept of what the stand-in saw, characters.
const SEEN_CHARS: usize = 80;

impl Outcome {
    /// Whether it was stopped, and by what.
    pub(super) fn judged(&self, walls: CageKind) -> (bool, String) {
        match self {
            Self::Refused(number) => (true, stopper(*number, walls)),
            Self::Nothing(text) => (true, printable(text)),
            Self::Through(text) => (false, printable(text)),
        }
    }
}

/// The lines in what a stand-in printed; what is no line of its own is left out.
pub(super) fn lines(printed: &[u8]) -> Vec<Line> {
    let text = String::from_utf8_lossy(printed);
    text.lines().filter(|line| line.starts_with('{')).filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Reads what a stand-in printed: of each line, whether the attempt was stopped, and by what (printable ASCII, short).
///
/// Public so that it can be fuzzed: these bytes come out of the cage.
#[must_use]
pub fn read_report(printed: &[u8]) -> Vec<(bool, String)> {
    lines(printed).iter().map(|line| line.outcome.judged(CageKind::Bubblewrap)).collect()
}

/// Printable ASCII only, and not much of it.
fn printable(text: &str) -> String {
    text.chars().filter(|c| matches!(c, ' '..='~')).take(SEEN_CHARS).collect()
}

/// The wall behind an error number.
fn stopper(number: i32, walls: CageKind) -> String {
    let name = match (number, walls) {
        (libc::ENOSYS, _) => "system call filter",
        (libc::ENOENT | libc::ENOTDIR, CageKind::Bubblewrap) => "empty root, it is not there",
        (libc::ENOENT | libc::ENOTDIR, CageKind::Landlock) => "it is not there",
        (libc::EACCES, CageKind::Landlock) => "Landlock",
        (libc::EACCES, CageKind::Bubblewrap) => "no permission",
        (libc::EROFS, _) => "read-only root",
        (libc::EPERM, _) => "no privilege",
        (libc::ENXIO, _) => "no terminal",
        (libc::ENOMEM, _) => "limit on memory",
        (libc::EAGAIN, _) => "limit on threads",
        (libc::EMFILE, _) => "limit on descriptors",
        (libc::EFBIG, _) => "limit on file size",
        _ => return format!("refused ({})", printable(&std::io::Error::from_raw_os_error(number).to_string())),
    };
    name.to_owned()
}
