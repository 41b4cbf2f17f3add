//! Clips, and what came of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hamseda_cage::{Cage, DecodeSpec, Decoded, Media};
use hamseda_core::{Choices, Lang, Limits, Picture, Uses, Voice};
use hamseda_protect::{Paths, PrepareError, Prepared, prepare};

/// Runs a program of this machine and returns what it printed.
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    #[expect(clippy::disallowed_methods, reason = "tests make and look at clips with the usual tools")]
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs ffmpeg with `arguments` (split at spaces) and returns the file it wrote with this extension.
pub(crate) fn clip(extension: &str, arguments: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("clip.{extension}"));
    let mut all: Vec<&str> = ["-nostdin", "-v", "error", "-y"].to_vec();
    all.extend(arguments.split_whitespace());
    all.push(path.to_str().unwrap());
    run("ffmpeg", &all);
    std::fs::read(path).unwrap()
}

/// A file of the corpus, if it is here.
#[expect(clippy::print_stdout, reason = "says what was not tested")]
pub(crate) fn corpus(name: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("HAMSEDA_CORPUS").map(PathBuf::from) else {
        println!("skipped: HAMSEDA_CORPUS is not set");
        return None;
    };
    Some(std::fs::read(folder.join(name)).unwrap())
}

/// What preparing gave, with its files.
pub(crate) struct Made {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) prepared: Prepared,
    pub(crate) paths: Paths,
}

pub(crate) fn choices(picture: Picture, voice: Voice) -> Choices {
    Choices { picture, voice, lang: Lang::Fa, place: None, pseudonym: None, uses: Uses::PUBLIC }
}

pub(crate) fn make(clip: &[u8], picture: Picture, voice: Voice) -> Result<Made, PrepareError> {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let paths = Paths { master: at("master.mp4"), tiles: at("tiles.bin"), poster: at("poster.jpg") };
    let cage = Cage::new().unwrap();
    let prepared = prepare(&cage, clip, &choices(picture, voice), b"seed", &Limits::DEFAULT, &paths)?;
    Ok(Made { prepared, paths, folder })
}

pub(crate) fn as_filmed(clip: &[u8]) -> Result<Made, PrepareError> {
    make(clip, Picture::Show, Voice::Keep)
}

impl Made {
    /// All frames and samples of the master.
    pub(crate) fn decode(&self) -> (Vec<Vec<u8>>, Decoded) {
        let media = Media::open(&self.paths.master, 1 << 30).unwrap();
        let mut decode = Cage::new().unwrap().decode(&media, &DecodeSpec::master(self.prepared.units)).unwrap();
        let (mut frames, mut frame) = (Vec::new(), Vec::new());
        while decode.next_frame(&mut frame).unwrap() {
            frames.push(frame.clone());
        }
        (frames, decode.finish().unwrap())
    }

    /// What ffprobe and exiftool see in the master, without what must differ: lengths, sizes, rates of bits.
    pub(crate) fn structure(&self) -> String {
        let master = self.paths.master.to_str().unwrap();
        let differing = ["duration", "bit_rate", "nb_frames", "size=", "filename", "probe_score", "nb_read"];
        let seen = run("ffprobe", &["-v", "error", "-show_streams", "-show_format", "-of", "flat", master]);
        seen.lines().filter(|line| !differing.iter().any(|word| line.contains(word))).collect::<Vec<_>>().join("\n")
    }
}

/// Everything under a folder, as one text of names.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
