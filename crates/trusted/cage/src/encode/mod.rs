//! Encoders for frames and samples that we made ourselves, also inside the cage.
//!
//! Refuses options as text: what may differ between encodings is a field of [`H264`]. The same input gives the same
//! bytes: no time, no version string, no random number, constant names, one structure whatever went in.

mod options;
mod run;
mod tags;

use std::os::fd::OwnedFd;

use hamseda_core::lattice::{CHANNELS, FPS, SAMPLE_RATE};

use crate::Cage;
use crate::error::CageError;
use crate::media::sealed;
pub use options::{AudioSpec, H264, Preset, VideoSpec};
pub use run::Encoded;
use run::Run;

/// Encodes frames to raw H.264 (Annex B).
#[derive(Debug)]
pub struct VideoEncoder(Run);

impl VideoEncoder {
    /// Starts an encoder.
    ///
    /// # Errors
    /// When the machine fails.
    pub fn start(cage: &Cage, spec: &VideoSpec) -> Result<Self, CageError> {
        let mut list = run::frames_in(spec);
        list.extend(options::video(spec));
        list.extend(["-f".into(), "h264".into()]);
        Run::start(cage, list, Some(spec.frame_bytes()), Vec::new()).map(Self)
    }

    /// Takes one frame: planar YUV 4:2:0, BT.709 limited range.
    ///
    /// # Errors
    /// A frame of the wrong size, or an encoder that failed.
    pub fn frame(&mut self, frame: &[u8]) -> Result<(), CageError> {
        self.0.frame(frame)
    }

    /// Waits for the last byte.
    ///
    /// # Errors
    /// An encoder that failed.
    pub fn finish(self) -> Result<Encoded, CageError> {
        self.0.finish()
    }
}

/// Encodes frames and samples to one MP4: H.264 and AAC, the index first, no metadata.
#[derive(Debug)]
pub struct Mp4Encoder {
    cage: Cage,
    video: VideoEncoder,
}

impl Mp4Encoder {
    /// Starts an encoder. It uses no B-frames, whatever `spec` says: frames are shown in the order in which they lie.
    ///
    /// # Errors
    /// When the machine fails.
    pub fn start(cage: &Cage, spec: &VideoSpec) -> Result<Self, CageError> {
        let spec = VideoSpec { h264: H264 { bframes: 0, ..spec.h264 }, ..*spec };
        Ok(Self { cage: cage.clone(), video: VideoEncoder::start(cage, &spec)? })
    }

    /// Takes one frame: planar YUV 4:2:0, BT.709 limited range.
    ///
    /// # Errors
    /// A frame of the wrong size, or an encoder that failed.
    pub fn frame(&mut self, frame: &[u8]) -> Result<(), CageError> {
        self.video.frame(frame)
    }

    /// Adds the sound (interleaved stereo, 48 kHz) and waits for the last byte.
    ///
    /// # Errors
    /// An encoder that failed.
    pub fn finish(self, audio: &AudioSpec, samples: &[f32]) -> Result<Encoded, CageError> {
        let video = OwnedFd::from(self.video.finish()?.file);
        let sound = sealed(&bytes(samples))?;
        let mut list = options::stream_in(&run::inherited(&video));
        list.extend(run::samples_in(&sound));
        list.extend(["-map", "0:0", "-map", "1:0", "-c:v", "copy"].map(Into::into));
        list.extend(options::audio(audio));
        list.extend(options::mp4());
        let mut made = Run::start(&self.cage, list, None, vec![sound, video])?.finish()?;
        tags::blank(&mut made.file)?;
        Ok(made)
    }
}

/// Encodes samples to AAC in ADTS frames.
#[derive(Debug)]
pub struct AudioEncoder;

impl AudioEncoder {
    /// Encodes interleaved stereo samples at 48 kHz. The first AAC frame is the encoder's run-up of 1,024 samples.
    ///
    /// # Errors
    /// When the machine fails.
    pub fn encode(cage: &Cage, audio: &AudioSpec, samples: &[f32]) -> Result<Encoded, CageError> {
        let sound = sealed(&bytes(samples))?;
        let mut list = run::samples_in(&sound);
        list.extend(options::audio(audio));
        list.extend(["-f".into(), "adts".into()]);
        Run::start(cage, list, None, vec![sound])?.finish()
    }
}

fn bytes(samples: &[f32]) -> Vec<u8> {
    samples.iter().flat_map(|s| s.to_le_bytes()).collect()
}

impl VideoSpec {
    /// Bytes of one frame.
    #[must_use]
    pub const fn frame_bytes(&self) -> usize {
        self.width as usize * self.height as usize * 3 / 2
    }
}

const _: () = assert!(FPS == 30 && SAMPLE_RATE == 48_000 && CHANNELS == 2, "options are written for this clock");
