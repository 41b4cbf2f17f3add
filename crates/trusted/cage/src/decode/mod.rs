//! Decoding in the cage: raw frames and samples of a size fixed beforehand come out of two pipes.
//!
//! Refuses more output than was asked for, decoders outside the list of [`crate::Codec`], filters that are not written in
//! `graph`, and any second file: the demuxer is forced and may open one descriptor.

mod graph;
mod patience;
mod placement;
mod tone;

use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::process::ChildStdout;
use std::thread::JoinHandle;
use std::time::Duration;

use hamseda_core::lattice::{CHANNELS, FPS, HEIGHT, SAMPLE_RATE, UNIT_FRAMES, UNIT_SAMPLES, WIDTH};

use crate::codec::allow_list;
use crate::error::CageError;
use crate::job::{Bounds, Input, Job};
use crate::media::Media;
use crate::probe::{AudioStream, VideoStream};
use crate::{Cage, Container};
use patience::{PATIENCE, Patient};
pub use placement::{Fit, Placement};
use tone::Tone;

/// What to decode.
#[derive(Debug, Clone)]
pub struct DecodeSpec {
    /// The picture, if wanted.
    pub picture: Option<PictureOut>,
    /// The sound, if wanted: interleaved stereo at 48 kHz.
    pub sound: Option<SoundOut>,
}

/// Frames that are wanted: planar YUV 4:2:0, BT.709 limited range, 30 a second, upright.
#[derive(Debug, Clone)]
pub struct PictureOut {
    /// Which stream.
    pub stream: VideoStream,
    /// Width, pixels; even.
    pub width: u32,
    /// Height, pixels; even.
    pub height: u32,
    /// How it is put there.
    pub fit: Fit,
    /// Most frames; more are an error.
    pub max_frames: u64,
}

/// Samples that are wanted.
#[derive(Debug, Clone)]
pub struct SoundOut {
    /// Which track.
    pub stream: AudioStream,
    /// Most samples per channel; more are an error.
    pub max_samples: u64,
}

impl PictureOut {
    /// Bytes of one frame.
    #[must_use]
    pub const fn frame_bytes(&self) -> usize {
        self.width as usize * self.height as usize * 3 / 2
    }
}

impl DecodeSpec {
    /// A protected master of ours, `units` of the lattice long: no probe needed, its shape is known.
    #[must_use]
    pub fn master(units: u32) -> Self {
        let stream = VideoStream::of_master(WIDTH, HEIGHT);
        let max_frames = u64::from(units * UNIT_FRAMES);
        let max_samples = u64::from(units) * u64::from(UNIT_SAMPLES);
        Self {
            picture: Some(PictureOut { stream, width: WIDTH, height: HEIGHT, fit: Fit::Exact, max_frames }),
            sound: Some(SoundOut { stream: AudioStream::of_master(), max_samples }),
        }
    }

    /// Only the picture of it.
    #[must_use]
    pub fn without_sound(self) -> Self {
        Self { sound: None, ..self }
    }

    /// Only its sound.
    #[must_use]
    pub fn without_picture(self) -> Self {
        Self { picture: None, ..self }
    }

    /// Length asked for, seconds.
    fn seconds(&self) -> u64 {
        let frames = self.picture.as_ref().map_or(0, |p| p.max_frames / u64::from(FPS));
        let samples = self.sound.as_ref().map_or(0, |s| s.max_samples / u64::from(SAMPLE_RATE));
        frames.max(samples)
    }

    /// A 10-bit 4K picture needs most of the memory; a slow one 4 s of processor time a second.
    fn bounds(&self) -> Bounds {
        let seconds = self.seconds();
        Bounds {
            cpu_seconds: 30 + 8 * seconds,
            memory_bytes: 2 << 30,
            file_bytes: 0,
            wall: Duration::from_secs(60 + 20 * seconds),
        }
    }
}

/// A running decoder. Dropping it ends it.
#[derive(Debug)]
pub struct Decode {
    job: Job,
    stdout: Option<Patient<ChildStdout>>,
    frames: Option<Frames>,
    sound: Option<JoinHandle<io::Result<Samples>>>,
}

/// What came out in the end.
#[derive(Debug, Clone, Default)]
pub struct Decoded {
    /// Frames read.
    pub frames: u64,
    /// Interleaved stereo samples, 48 kHz, full scale ±1.
    pub samples: Vec<f32>,
    /// What the decoder complained of, shortened; what was decoded before and after the damage is here all the same.
    pub damage: Option<String>,
}

#[derive(Debug)]
struct Frames {
    bytes: usize,
    size: (usize, usize),
    /// For HDR pictures: what turns them into SDR, and a frame as it comes from the decoder.
    tone: Option<(&'static Tone, Vec<u8>)>,
    left: u64,
    read: u64,
}

#[derive(Debug)]
struct Samples {
    bytes: Vec<u8>,
    over: bool,
}

/// What a pipe holds, bytes: the most an unprivileged process may ask for.
const PIPE_BYTES: usize = 1 << 20;

impl Cage {
    /// Starts decoding `media`. Read all frames with [`Decode::next_frame`], then call [`Decode::finish`].
    ///
    /// # Errors
    /// A stream whose codec is not one we decode, or a machine that fails.
    pub fn decode(&self, media: &Media, spec: &DecodeSpec) -> Result<Decode, CageError> {
        // The picture goes to standard output; sound as well when it is alone, else to a pipe of its own.
        let mut keep = Vec::new();
        let mut sound_pipe = None;
        let mut sound_target = 1;
        if spec.sound.is_some() && spec.picture.is_some() {
            let (reader, writer) = io::pipe()?;
            let writer = OwnedFd::from(writer);
            sound_target = std::os::fd::AsRawFd::as_raw_fd(&writer);
            keep.push(writer);
            sound_pipe = Some(reader);
        }
        let arguments = arguments(media.container(), spec, sound_target)?;
        let ffmpeg = &self.tools().ffmpeg;
        let mut job = self.start(ffmpeg, &arguments, Input::File(media.descriptor()?), keep, &spec.bounds())?;
        if let Some(stdout) = &job.stdout {
            // Only fewer switches between processes: any size works.
            let _ = rustix::pipe::fcntl_setpipe_size(stdout, PIPE_BYTES);
        }
        let mut stdout = job.stdout.take().map(|pipe| Patient { pipe, patience: PATIENCE });
        let sound = match (&spec.sound, sound_pipe) {
            // Beside a picture it waits for whoever reads frames, however long they take.
            (Some(wanted), Some(pipe)) => Some(collect(pipe, wanted)),
            (Some(wanted), None) => stdout.take().map(|stdout| collect(stdout, wanted)),
            (None, _) => None,
        };
        let frames = spec.picture.as_ref().map(Frames::of);
        Ok(Decode { job, stdout, frames, sound })
    }
}

impl Decode {
    /// Reads the next frame into `frame`, which gets its size. `false` at the end.
    ///
    /// # Errors
    /// More frames than were asked for ([`CageError::TooLong`]), or a pipe that fails.
    pub fn next_frame(&mut self, frame: &mut Vec<u8>) -> Result<bool, CageError> {
        let (Some(frames), Some(stdout)) = (&mut self.frames, &mut self.stdout) else { return Ok(false) };
        frame.resize(frames.bytes, 0);
        let raw = frames.tone.as_mut().map_or(&mut *frame, |(_, deep)| deep);
        if !read_whole(stdout, raw).map_err(|e| given_up(&self.job, e))? {
            return Ok(false);
        }
        if let Some((tone, deep)) = &frames.tone {
            tone.apply(deep, frame, frames.size);
        }
        if frames.left == 0 {
            return Err(CageError::TooLong { allowed_seconds: frames.read / u64::from(FPS) });
        }
        frames.left -= 1;
        frames.read += 1;
        Ok(true)
    }

    /// Waits for the decoder's end; frames that were not read are lost.
    ///
    /// # Errors
    /// Nothing could be decoded, too much came out, or a limit ended the process.
    pub fn finish(mut self) -> Result<Decoded, CageError> {
        if let Some(stdout) = &mut self.stdout {
            io::copy(stdout, &mut io::sink()).map_err(|e| given_up(&self.job, e))?;
        }
        let samples = match self.sound.take().map(JoinHandle::join) {
            Some(Ok(samples)) => Some(samples.map_err(|e| given_up(&self.job, e))?),
            Some(Err(_)) => return Err(io::Error::other("the thread that reads sound failed").into()),
            None => None,
        };
        let end = self.job.end()?;
        if let Some(over) = samples.as_ref().filter(|s| s.over) {
            let seconds = over.bytes.len() as u64 / (4 * u64::from(CHANNELS) * u64::from(SAMPLE_RATE));
            return Err(CageError::TooLong { allowed_seconds: seconds });
        }
        if let Some(error) = end.ended_from_outside() {
            return Err(error);
        }
        let decoded = Decoded {
            frames: self.frames.as_ref().map_or(0, |f| f.read),
            samples: samples.map(|s| floats(&s.bytes)).unwrap_or_default(),
            damage: Some(end.complaint.clone()).filter(|text| !text.is_empty()),
        };
        if !end.success() && decoded.frames == 0 && decoded.samples.is_empty() {
            return Err(CageError::Unreadable { detail: end.complaint });
        }
        Ok(decoded)
    }
}

impl Frames {
    fn of(picture: &PictureOut) -> Self {
        let bytes = picture.frame_bytes();
        let tone = Tone::of(graph::deep(&picture.stream)).map(|tone| (tone, vec![0; 2 * bytes]));
        let size = (picture.width as usize, picture.height as usize);
        Self { bytes, size, tone, left: picture.max_frames, read: 0 }
    }
}

/// A job that gives nothing any more is ended, and its clip is to blame.
fn given_up(job: &Job, error: io::Error) -> CageError {
    if error.kind() != io::ErrorKind::TimedOut {
        return error.into();
    }
    job.kill();
    CageError::TimedOut { seconds: PATIENCE.as_secs() }
}

/// Fills `frame`; `false` at the end of the stream, also in the middle of a frame.
fn read_whole(source: &mut impl Read, frame: &mut [u8]) -> io::Result<bool> {
    match source.read_exact(frame) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(e),
    }
}

/// Reads samples beside the frames, so that neither pipe blocks the other.
fn collect(mut pipe: impl Read + Send + 'static, wanted: &SoundOut) -> JoinHandle<io::Result<Samples>> {
    let limit = wanted.max_samples * u64::from(CHANNELS) * 4;
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.by_ref().take(limit).read_to_end(&mut bytes)?;
        let over = io::copy(&mut pipe, &mut io::sink())? > 0;
        Ok(Samples { bytes, over })
    })
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let clean = |v: f32| if v.is_finite() { v.clamp(-8.0, 8.0) } else { 0.0 };
    bytes.chunks_exact(4).map(|b| clean(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))).collect()
}

fn arguments(container: Container, spec: &DecodeSpec, sound_target: i32) -> Result<Vec<String>, CageError> {
    let unknown = || CageError::Unreadable { detail: "its codec is not one that is read here".into() };
    let mut list = strings(&["-nostdin", "-hide_banner", "-v", "error", "-threads", "1", "-filter_threads", "1"]);
    list.extend(strings(&["-filter_complex_threads", "1", "-noautorotate", "-protocol_whitelist", "file"]));
    list.extend(["-codec_whitelist".into(), allow_list(), "-max_pixels".into(), MAX_PIXELS.to_string()]);
    if let Some(picture) = &spec.picture {
        let codec = picture.stream.codec.ok_or_else(unknown)?;
        list.extend(["-c:v".into(), codec.decoder().into()]);
    }
    if let Some(sound) = &spec.sound {
        let codec = sound.stream.codec.ok_or_else(unknown)?;
        list.extend(["-c:a".into(), codec.decoder().into()]);
    }
    list.extend(["-f".into(), container.demuxer().into(), "-i".into(), "/proc/self/fd/0".into()]);
    list.extend(["-filter_complex".into(), graph::of(spec)]);
    if let Some(picture) = &spec.picture {
        // One more than allowed: then it is known that there was more.
        list.extend(["-map".into(), "[v]".into(), "-frames:v".into(), (picture.max_frames + 1).to_string()]);
        list.extend(strings(&["-c:v", "rawvideo", "-f", "rawvideo", "pipe:1"]));
    }
    if spec.sound.is_some() {
        list.extend(strings(&["-map", "[a]", "-c:a", "pcm_f32le", "-f", "f32le"]));
        list.push(format!("pipe:{sound_target}"));
    }
    Ok(list)
}

/// `core::Limits::side_pixels` squared by default: a header may say less than the frames hold.
const MAX_PIXELS: u64 = 4_096 * 4_096;

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|&s| s.to_owned()).collect()
}
