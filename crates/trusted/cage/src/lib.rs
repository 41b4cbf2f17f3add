//! The cage: hostile media is decoded only here, in a process that owns nothing.
//!
//! Assume that a sender's file takes over the decoder. What it then finds is an empty room: no network, no file but the
//! clip itself (in memory, sealed), no environment, no other process, bounded memory, time and output. Raw frames and
//! samples of a size fixed beforehand come out; our own encoders, which never see a hostile byte, run in the same room.
//!
//! This is the only crate that starts processes. It refuses to decode where no sandbox holds ([`CageError::None`]).

mod before_exec;
mod codec;
mod decode;
mod encode;
mod error;
mod job;
mod media;
mod probe;
mod process;
mod sandbox;
mod sniff;
mod speak;
mod tool;
mod trial;

use std::path::Path;
use std::sync::Arc;

pub use codec::Codec;
pub use decode::{Decode, DecodeSpec, Decoded, Fit, PictureOut, Placement, SoundOut};
pub use encode::{AudioEncoder, AudioSpec, Encoded, H264, Mp4Encoder, Preset, VideoEncoder, VideoSpec};
pub use error::{CageError, MediaError};
pub use media::Media;
pub use probe::{AudioStream, Colour, Matrix, Orientation, Probe, Transfer, VideoStream};
pub use process::{Process, spawn_self};
pub use sandbox::{CageKind, CageOptions};
pub use sniff::Container;
pub use speak::{SPOKEN, SpeakError, machine_voice};
pub use tool::{Facts, facts, tool_version};
pub use trial::{Attempt, Trial, play, read_report};

use job::{Bounds, End, Input, Job};
use sandbox::{Libraries, Sandbox};
use tool::Tools;

/// A cage whose walls were tested. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sandbox: Sandbox,
    tools: Tools,
    libraries: Libraries,
}

impl Cage {
    /// Builds the strongest cage this machine can hold and tests it.
    ///
    /// # Errors
    /// No ffmpeg, or no sandbox that passes its test.
    pub fn new() -> Result<Self, CageError> {
        Self::with(&CageOptions::default())
    }

    /// Builds a cage of one of the kinds in `options`.
    ///
    /// # Errors
    /// As [`Cage::new`].
    pub fn with(options: &CageOptions) -> Result<Self, CageError> {
        let tools = Tools::find()?;
        let libraries = Libraries::of(&[&tools.ffmpeg, &tools.ffprobe]);
        let sandbox = Sandbox::build(options, &tools.ffmpeg, &libraries)?;
        Ok(Self(Arc::new(Inner { sandbox, tools, libraries })))
    }

    /// Which walls stand.
    #[must_use]
    pub fn kind(&self) -> CageKind {
        self.0.sandbox.kind
    }

    fn tools(&self) -> &Tools {
        &self.0.tools
    }

    /// Starts `program` inside; it inherits `keep` under the same numbers.
    fn start(
        &self,
        program: &Path,
        arguments: &[String],
        input: Input,
        keep: Vec<std::os::fd::OwnedFd>,
        bounds: &Bounds,
    ) -> Result<Job, CageError> {
        let (command, mut before) = self.0.sandbox.command(program, &self.0.libraries, bounds)?;
        before.keep.extend(keep);
        Job::start(command, before, arguments, input, bounds)
    }

    /// Runs `program` inside to its end and returns at most `limit` bytes of what it printed.
    fn ask(
        &self,
        program: &Path,
        arguments: &[String],
        input: Input,
        bounds: &Bounds,
        limit: u64,
    ) -> Result<(Vec<u8>, End), CageError> {
        use std::io::Read as _;
        let mut job = self.start(program, arguments, input, Vec::new(), bounds)?;
        let mut printed = Vec::new();
        if let Some(stdout) = &mut job.stdout {
            stdout.take(limit).read_to_end(&mut printed)?;
        }
        job.drain()?;
        Ok((printed, job.end()?))
    }
}
