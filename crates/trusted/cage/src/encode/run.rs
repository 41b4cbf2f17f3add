//! A running encoder: frames go in by a pipe, sound from memory, the result into memory.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;
use std::time::Duration;

use super::options::VideoSpec;
use crate::Cage;
use crate::error::CageError;
use crate::job::{Bounds, Input, Job};
use crate::media::memory_file;

/// Largest encoding, bytes: it is held in memory.
const MAX_BYTES: u64 = 2 << 30;
/// Longest encoding. Frames come as fast as their decoder makes them, so that the clock also runs while we wait for it.
const WALL: Duration = Duration::from_secs(3 * 3600);
/// Frames come in by a pipe of this size: the most an unprivileged process may ask for.
const PIPE_BYTES: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Run {
    job: Job,
    frame_bytes: usize,
    out: File,
}

/// What an encoder wrote, in memory.
#[derive(Debug)]
pub struct Encoded {
    pub(super) file: File,
    bytes: u64,
}

pub(super) fn frames_in(spec: &VideoSpec) -> Vec<String> {
    let mut list: Vec<String> = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-framerate", "30"].map(Into::into).into();
    list.extend(["-video_size".into(), format!("{}x{}", spec.width, spec.height)]);
    list.extend(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"].map(Into::into));
    list.extend(["-color_range", "tv", "-i", "pipe:0"].map(Into::into));
    list
}

pub(super) fn samples_in(sound: &OwnedFd) -> Vec<String> {
    let mut list: Vec<String> = ["-f", "f32le", "-ar", "48000", "-ac", "2", "-i"].map(Into::into).into();
    list.push(inherited(sound));
    list
}

/// The name under which a process opens a descriptor that it inherits.
pub(super) fn inherited(file: &OwnedFd) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

fn head() -> Vec<String> {
    ["-nostdin", "-hide_banner", "-v", "error", "-filter_threads", "1"].map(Into::into).into()
}

impl Run {
    pub(super) fn start(
        cage: &Cage,
        coding: Vec<String>,
        frame_bytes: Option<usize>,
        mut keep: Vec<OwnedFd>,
    ) -> Result<Self, CageError> {
        let out = memory_file()?;
        let target = OwnedFd::from(out.try_clone()?);
        let mut arguments = head();
        arguments.extend(coding);
        // MP4 is written twice (its index moves to the front): the encoder opens it by name, as often as it likes.
        arguments.extend(["-y".into(), inherited(&target)]);
        let bounds = Bounds { cpu_seconds: WALL.as_secs(), memory_bytes: 2 << 30, file_bytes: MAX_BYTES, wall: WALL };
        let input = if frame_bytes.is_some() { Input::Pipe } else { Input::Nothing };
        keep.push(target);
        let job = cage.start(&cage.tools().ffmpeg, &arguments, input, keep, &bounds)?;
        if let Some(stdin) = &job.stdin {
            let _ = rustix::pipe::fcntl_setpipe_size(stdin, PIPE_BYTES);
        }
        Ok(Self { job, frame_bytes: frame_bytes.unwrap_or(0), out })
    }

    pub(super) fn frame(&mut self, frame: &[u8]) -> Result<(), CageError> {
        if frame.len() != self.frame_bytes {
            return Err(CageError::FrameSize { expected: self.frame_bytes, got: frame.len() });
        }
        let Some(stdin) = &mut self.job.stdin else { return Ok(()) };
        match stdin.write_all(frame) {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Err(self.failed()),
            other => Ok(other?),
        }
    }

    /// The encoder is gone: its own words say why.
    fn failed(&mut self) -> CageError {
        self.job.end().map_or_else(|e| e, |end| CageError::Encode { detail: end.complaint })
    }

    pub(super) fn finish(mut self) -> Result<Encoded, CageError> {
        drop(self.job.stdin.take());
        self.job.drain()?;
        let end = self.job.end()?;
        if !end.success() {
            return Err(CageError::Encode { detail: end.complaint });
        }
        let bytes = self.out.metadata()?.len();
        Ok(Encoded { file: self.out, bytes })
    }
}

impl Encoded {
    /// Length in bytes.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.bytes
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// All of it.
    ///
    /// # Errors
    /// When memory fails.
    pub fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.bytes).unwrap_or(0));
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes it to `path`, durable when this returns; the folder's entry is the caller's to make durable.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn save(&mut self, path: &Path) -> io::Result<()> {
        let mut target = File::create(path)?;
        self.file.rewind()?;
        io::copy(&mut self.file, &mut target)?;
        target.sync_all()
    }
}
