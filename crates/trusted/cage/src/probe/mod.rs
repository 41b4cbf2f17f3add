//! What a clip says it holds, parsed into types. It may lie: decoding is bounded whatever stands here.
//!
//! Refuses more streams, pixels or seconds than the limits allow, and asks ffprobe for no tag at all: names, places and
//! times in the file never reach us.

mod json;
mod orientation;

use std::time::Duration;

use hamseda_core::Limits;

use crate::Cage;
use crate::codec::{Codec, allow_list};
use crate::error::CageError;
use crate::job::{Bounds, Input};
use crate::media::Media;
use crate::sniff::Container;
pub use orientation::Orientation;

/// What a clip says it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The container.
    pub container: Container,
    /// Length, milliseconds, if the file says one.
    pub millis: Option<u64>,
    /// Moving pictures (cover pictures are not counted), in file order.
    pub video: Vec<VideoStream>,
    /// Sound tracks, in file order.
    pub audio: Vec<AudioStream>,
    /// Streams of any kind.
    pub streams: u32,
}

/// One picture stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoStream {
    /// Its number in the file.
    pub index: u32,
    /// Its codec, `None` when it is not one we decode.
    pub codec: Option<Codec>,
    /// Coded width, pixels.
    pub width: u32,
    /// Coded height, pixels.
    pub height: u32,
    /// Width of a pixel divided by its height, as a fraction.
    pub pixel_aspect: (u32, u32),
    /// How to turn it upright.
    pub orientation: Orientation,
    /// Dynamic range and colours.
    pub colour: Colour,
    /// Frames a second, as a fraction, if the file says so.
    pub rate: Option<(u32, u32)>,
    /// Length, milliseconds, if the file says so.
    pub millis: Option<u64>,
    /// First frame after the clip's start, milliseconds.
    pub start_millis: i64,
    /// Frames, if the file says so.
    pub frames: Option<u64>,
}

/// How a picture's numbers mean light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Transfer: HDR pictures are tone-mapped.
    pub transfer: Transfer,
    /// Matrix between YUV and RGB.
    pub matrix: Matrix,
    /// Whether primaries are wider than HD's.
    pub wide: bool,
}

/// Transfer characteristics that change how we decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// Standard range.
    Sdr,
    /// Hybrid log-gamma.
    Hlg,
    /// SMPTE ST 2084.
    Pq,
}

/// YUV matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matrix {
    /// BT.601.
    Bt601,
    /// BT.709.
    Bt709,
    /// BT.2020 non-constant.
    Bt2020,
}

/// One sound track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioStream {
    /// Its number in the file.
    pub index: u32,
    /// Its codec, `None` when it is not one we decode.
    pub codec: Option<Codec>,
    /// Samples a second.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
    /// Length, milliseconds, if the file says so.
    pub millis: Option<u64>,
}

impl VideoStream {
    /// Size in which it is seen: square pixels, upright.
    #[must_use]
    pub fn upright_size(&self) -> (u32, u32) {
        let (num, den) = self.pixel_aspect;
        let wide = u64::from(self.width) * u64::from(num) / u64::from(den.max(1));
        let wide = u32::try_from(wide).unwrap_or(u32::MAX).max(1);
        if self.orientation.swaps_sides() { (self.height, wide) } else { (wide, self.height) }
    }
}

impl Probe {
    /// The first picture stream we can decode.
    #[must_use]
    pub fn picture(&self) -> Option<&VideoStream> {
        self.video.iter().find(|stream| stream.codec.is_some())
    }

    /// The first sound track we can decode (newer phones carry one more that nobody else can).
    #[must_use]
    pub fn sound(&self) -> Option<&AudioStream> {
        self.audio.iter().find(|stream| stream.codec.is_some())
    }
}

/// What ffprobe is asked for; nothing that a sender could have written as text.
const ENTRIES: &str = "format=duration,start_time:\
    stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,color_range,color_space,color_transfer,\
    color_primaries,avg_frame_rate,start_time,duration,sample_rate,channels,nb_frames:\
    stream_disposition=attached_pic:stream_side_data=displaymatrix";

/// Most JSON that is read; a clip with 16 streams needs about 12 KiB.
const JSON_BYTES: u64 = 256 * 1024;

impl Cage {
    /// Asks ffprobe, inside the cage, what `media` holds.
    ///
    /// # Errors
    /// Damaged files, more than `limits` allow, or a machine that fails ([`CageError::blames_clip`] tells which).
    pub fn probe(&self, media: &Media, limits: &Limits) -> Result<Probe, CageError> {
        let bounds = Bounds { wall: Duration::from_secs(20), ..Bounds::default() };
        let arguments = arguments(media.container());
        let ffprobe = &self.tools().ffprobe;
        let (json, end) = self.ask(ffprobe, &arguments, Input::File(media.descriptor()?), &bounds, JSON_BYTES)?;
        if let Some(error) = end.ended_from_outside() {
            return Err(error);
        }
        if !end.success() {
            let unreadable = |detail| CageError::Unreadable { detail };
            return Err(refused_codec(&end.complaint).unwrap_or_else(|| unreadable(end.complaint)));
        }
        Probe::read(&json, media.container(), limits)
    }
}

impl Probe {
    /// Reads ffprobe's answer about a clip, as [`Cage::probe`] does with what came out of the cage. Public so that it can be
    /// fuzzed.
    ///
    /// # Errors
    /// An answer that makes no sense, holds nothing, or holds more than `limits` allow.
    pub fn read(json: &[u8], container: Container, limits: &Limits) -> Result<Self, CageError> {
        let probe = json::parse(json, container).map_err(|e| CageError::Unreadable { detail: e.to_string() })?;
        if probe.streams == 0 {
            return Err(CageError::Nothing);
        }
        within(&probe, limits)?;
        Ok(probe)
    }
}

/// ffprobe gives up on a file when one track's decoder is not allowed.
fn refused_codec(complaint: &str) -> Option<CageError> {
    let (codec, _) = complaint.strip_prefix("Codec (")?.split_once(") not on whitelist")?;
    Some(CageError::Codec { codec: codec.to_owned() })
}

fn arguments(container: Container) -> Vec<String> {
    let mut list: Vec<String> =
        ["-v", "error", "-protocol_whitelist", "file", "-max_streams", "1000"].map(Into::into).into();
    list.extend(["-codec_whitelist".into(), allow_list(), "-f".into(), container.demuxer().into()]);
    list.extend(["-show_entries", ENTRIES, "-of", "json=compact=1", "/proc/self/fd/0"].map(Into::into));
    list
}

fn within(probe: &Probe, limits: &Limits) -> Result<(), CageError> {
    if probe.streams > limits.streams {
        return Err(CageError::TooManyStreams { found: probe.streams, allowed: limits.streams });
    }
    let allowed = limits.side_pixels;
    if let Some(large) = probe.video.iter().find(|s| s.width.max(s.height) > allowed) {
        return Err(CageError::TooManyPixels { width: large.width, height: large.height, allowed });
    }
    let longest = probe.video.iter().filter_map(|s| s.millis).chain(probe.millis).max();
    if longest.is_some_and(|millis| millis > limits.clip_millis) {
        return Err(CageError::TooLong { allowed_seconds: limits.clip_millis / 1000 });
    }
    Ok(())
}

impl VideoStream {
    /// The picture of a protected master, whose shape is always the same.
    pub(crate) fn of_master(width: u32, height: u32) -> Self {
        Self {
            index: 0,
            codec: Codec::video("h264"),
            width,
            height,
            pixel_aspect: (1, 1),
            orientation: Orientation::default(),
            colour: Colour { transfer: Transfer::Sdr, matrix: Matrix::Bt709, wide: false },
            rate: Some((hamseda_core::lattice::FPS, 1)),
            millis: None,
            start_millis: 0,
            frames: None,
        }
    }
}

impl AudioStream {
    /// The sound of a protected master.
    pub(crate) fn of_master() -> Self {
        use hamseda_core::lattice::{CHANNELS, SAMPLE_RATE};
        Self { index: 1, codec: Codec::audio("aac"), rate: SAMPLE_RATE, channels: CHANNELS, millis: None }
    }
}
