//! What an encoding may choose, and ffmpeg's arguments for it.

/// x264's speed, from fast and large to slow and small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preset {
    /// For tests and previews.
    Ultrafast,
    /// For protected masters on small machines.
    Superfast,
    /// For protected masters.
    Veryfast,
    /// For films.
    Fast,
    /// For films, with time.
    Medium,
}

impl Preset {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ultrafast => "ultrafast",
            Self::Superfast => "superfast",
            Self::Veryfast => "veryfast",
            Self::Fast => "fast",
            Self::Medium => "medium",
        }
    }
}

/// How H.264 is encoded. Always High profile at level 4.0, closed groups of pictures, an IDR frame first, no SEI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct H264 {
    /// Speed.
    pub preset: Preset,
    /// Constant rate factor, 0 (lossless) to 51.
    pub crf: u8,
    /// Frames between IDR frames; also the least, so that each group is of this length.
    pub keyint: u16,
    /// B-frames in a row.
    pub bframes: u8,
    /// Reference frames.
    pub refs: u8,
    /// Frames looked ahead.
    pub lookahead: u16,
    /// One SPS and PPS whatever the quality, so that encodings of one preset join by copying (`stitchable=1`).
    pub stitchable: bool,
    /// Threads. The bytes depend on it: keep it fixed.
    pub threads: u8,
}

impl H264 {
    /// Protected masters: good enough to be encoded once more.
    pub const MASTER: Self = Self {
        preset: Preset::Veryfast,
        crf: 20,
        keyint: 64,
        bframes: 0,
        refs: 1,
        lookahead: 10,
        stitchable: true,
        threads: 1,
    };

    /// Clips of a film: joined by copying.
    pub const FILM: Self = Self {
        preset: Preset::Veryfast,
        crf: 22,
        keyint: 64,
        bframes: 2,
        refs: 2,
        lookahead: 16,
        stitchable: true,
        threads: 1,
    };
}

/// Size and quality of an encoding, at 30 frames a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VideoSpec {
    /// Width, pixels; even.
    pub width: u32,
    /// Height, pixels; even.
    pub height: u32,
    /// How.
    pub h264: H264,
}

/// Quality of the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AudioSpec {
    /// Kilobits a second.
    pub kbps: u16,
}

impl AudioSpec {
    /// Speech with room.
    pub const MASTER: Self = Self { kbps: 160 };
}

/// Same structure, no version strings.
const BITEXACT: [&str; 4] = ["-fflags", "+bitexact", "-map_metadata", "-1"];

pub(super) fn video(spec: &VideoSpec) -> Vec<String> {
    let H264 { preset, crf, keyint, bframes, refs, lookahead, stitchable, threads } = spec.h264;
    let flags = format!(
        "keyint={keyint}:min-keyint={keyint}:scenecut=0:open-gop=0:bframes={bframes}:b-adapt=0:ref={refs}:\
         rc-lookahead={lookahead}:stitchable={}:threads={threads}:lookahead-threads=1:sliced-threads=0:force-cfr=1",
        u8::from(stitchable)
    );
    let mut list: Vec<String> = ["-c:v", "libx264", "-preset", preset.as_str()].map(Into::into).into();
    list.extend(["-crf".into(), crf.to_string(), "-x264-params".into(), flags]);
    list.extend(["-profile:v", "high", "-level:v", "4.0", "-pix_fmt", "yuv420p"].map(Into::into));
    list.extend(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"].map(Into::into));
    list.extend(["-color_range", "tv", "-chroma_sample_location", "left"].map(Into::into));
    list.extend(["-flags:v", "+bitexact"].map(Into::into));
    // x264 signs its work with all its options in an SEI message.
    list.extend(["-bsf:v", "filter_units=remove_types=6"].map(Into::into));
    list.extend(BITEXACT.map(Into::into));
    list
}

/// A raw H.264 stream of ours without B-frames as an input.
pub(super) fn stream_in(name: &str) -> Vec<String> {
    ["-f", "h264", "-framerate", "30", "-i", name].map(Into::into).into()
}

pub(super) fn audio(spec: &AudioSpec) -> Vec<String> {
    let mut list: Vec<String> =
        ["-c:a", "aac", "-profile:a", "aac_low", "-flags:a", "+bitexact"].map(Into::into).into();
    list.extend(["-b:a".into(), format!("{}k", spec.kbps), "-ar".into(), "48000".into(), "-ac".into(), "2".into()]);
    list.extend(BITEXACT.map(Into::into));
    list
}

/// One structure: the index first, a timescale in which frames of 1/30 s are whole.
pub(super) fn mp4() -> Vec<String> {
    ["-movflags", "+faststart", "-video_track_timescale", "15360", "-f", "mp4"].map(Into::into).into()
}
