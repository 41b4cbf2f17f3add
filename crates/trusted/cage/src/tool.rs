//! What is installed on this machine, for starting it and for `hamseda doctor`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::codec::decoders;
use crate::error::CageError;
use crate::sandbox::{CageKind, CageOptions};

/// Encoders we use.
const ENCODERS: [&str; 2] = ["libx264", "aac"];
/// Filters we use.
const FILTERS: [&str; 12] = [
    "scale",
    "fps",
    "format",
    "crop",
    "gblur",
    "lutyuv",
    "overlay",
    "transpose",
    "hflip",
    "vflip",
    "zscale",
    "tonemap",
];

/// ffmpeg's programs.
#[derive(Debug)]
pub(crate) struct Tools {
    pub(crate) ffmpeg: PathBuf,
    pub(crate) ffprobe: PathBuf,
}

impl Tools {
    pub(crate) fn find() -> Result<Self, CageError> {
        let tool = |name| find(name).ok_or(CageError::ToolMissing { name });
        Ok(Self { ffmpeg: tool("ffmpeg")?, ffprobe: tool("ffprobe")? })
    }
}

/// Looks through `PATH`; a link is followed, since the cage shows the program itself.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|p| p.is_file())?;
    std::fs::canonicalize(found).ok()
}

/// What `hamseda doctor` wants to know.
#[derive(Debug, Clone)]
pub struct Facts {
    /// ffmpeg's version, `None` when it or ffprobe is missing.
    pub ffmpeg: Option<String>,
    /// Decoders of our allow-list that this ffmpeg lacks.
    pub missing_decoders: Vec<&'static str>,
    /// Encoders it lacks.
    pub missing_encoders: Vec<&'static str>,
    /// Filters it lacks.
    pub missing_filters: Vec<&'static str>,
    /// bubblewrap's version.
    pub bubblewrap: Option<String>,
    /// The kinds of cage that stand here, strongest first.
    pub cages: Vec<CageKind>,
    /// Why the others don't.
    pub why_not: Vec<String>,
}

/// Looks at this machine; takes about a second.
#[must_use]
pub fn facts() -> Facts {
    let (mut cages, mut why_not) = (Vec::new(), Vec::new());
    for kind in CageOptions::default().kinds {
        match crate::Cage::with(&CageOptions { kinds: vec![kind] }) {
            Ok(_) => cages.push(kind),
            Err(e) => why_not.push(e.to_string()),
        }
    }
    let tools = Tools::find().ok();
    let listed =
        |what: &str| tools.as_ref().and_then(|t| output(&t.ffmpeg, &["-hide_banner", what])).unwrap_or_default();
    Facts {
        ffmpeg: tools.as_ref().and_then(|t| version(&t.ffmpeg)),
        missing_decoders: missing(&listed("-decoders"), decoders()),
        missing_encoders: missing(&listed("-encoders"), ENCODERS),
        missing_filters: missing(&listed("-filters"), FILTERS),
        bubblewrap: find("bwrap").and_then(|path| version(&path)),
        cages,
        why_not,
    }
}

/// ffmpeg's version, part of every artefact's recipe: another build may encode other bytes.
///
/// # Errors
/// When ffmpeg is missing or does not start.
pub fn tool_version() -> Result<String, CageError> {
    version(&Tools::find()?.ffmpeg).ok_or(CageError::ToolMissing { name: "ffmpeg" })
}

/// From a list whose second column is a name.
fn missing(list: &str, wanted: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let has = |name: &&str| !list.lines().any(|line| line.split_whitespace().nth(1) == Some(name));
    wanted.into_iter().filter(has).collect()
}

/// The first line of `--version`, without "Copyright …".
fn version(program: &Path) -> Option<String> {
    let flag = if program.ends_with("bwrap") { "--version" } else { "-version" };
    let text = output(program, &[flag])?;
    let line = text.lines().next()?;
    Some(line.split(" Copyright").next().unwrap_or(line).to_owned())
}

/// What a program of ours (never with hostile input) prints.
pub(crate) fn output(program: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = crate::job::command(program);
    let output = command.env_clear().args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
