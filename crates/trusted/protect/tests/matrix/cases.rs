//! The clips: one line for each way in which phones, browsers and lines spoil a film.

/// How light was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Light {
    /// BT.709.
    Hd,
    /// BT.601, as in small pictures.
    Sd,
    /// BT.709, all codes used.
    FullRange,
    /// BT.601, all codes used.
    Jpeg,
    /// Display P3 primaries.
    P3,
    /// BT.2020, hybrid log-gamma, 10 bits.
    Hlg,
    /// BT.2020, SMPTE ST 2084, 10 bits.
    Pq,
}

impl Light {
    /// Whether a code has more than 8 bits.
    pub(super) const fn deep(self) -> bool {
        matches!(self, Self::Hlg | Self::Pq)
    }
}

/// Frames a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rate {
    /// As a fraction.
    Fixed(u32, u32),
    /// 20, then 60, then 24.
    Variable,
}

/// How a camera stores what a player must turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// ffmpeg's filter that turns the upright picture as it is stored.
    pub(super) stored: &'static str,
    /// `a b c d` of the display matrix that undoes it.
    pub(super) matrix: [i32; 4],
}

/// What happens to the finished file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Nothing,
    /// Its second sound track gets a name that nobody knows.
    UnknownSecondTrack,
    /// Its first one does.
    UnknownFirstTrack,
    /// Only this many hundredths of it arrive.
    Cut(usize),
}

/// What must come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Everything.
    Whole,
    /// As far as it goes.
    Part,
    /// A refusal with these words in it.
    Refused(&'static str),
}

/// One clip.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// For tables.
    pub(crate) name: &'static str,
    /// Ending of the file.
    pub(crate) extension: &'static str,
    /// Stored upright size before it is turned, pixels.
    pub(crate) size: (usize, usize),
    /// Width of a pixel by its height.
    pub(crate) pixel: (usize, usize),
    pub(super) rate: Rate,
    pub(super) light: Light,
    /// Whether the file says which colours it has.
    pub(super) tagged: bool,
    pub(super) turn: Option<Turn>,
    /// ffmpeg's words for the picture.
    pub(super) video: &'static str,
    /// ffmpeg's words for the sound, its rate and channels; nothing: no sound.
    pub(crate) audio: Option<(&'static str, u32, u32)>,
    /// By how many milliseconds the sound begins after the picture.
    pub(super) late: i32,
    pub(super) after: After,
    /// What must come of it.
    pub(crate) expect: Expect,
    /// Whether it belongs to the few that are tried with every change.
    pub(crate) quick: bool,
}

const H264: &str = "-c:v libx264 -preset veryfast -crf 16 -g 30";
const HEVC: &str = "-c:v libx265 -preset ultrafast -crf 12 -tag:v hvc1 -x265-params log-level=none:pools=1";
const VP9: &str = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -crf 16 -b:v 0";
const AAC: Option<(&str, u32, u32)> = Some(("-c:a aac -b:a 128k", 48_000, 2));
const OPUS: Option<(&str, u32, u32)> = Some(("-c:a libopus -b:a 96k", 48_000, 2));

/// What most phones do.
const PLAIN: Case = Case {
    name: "",
    extension: "mp4",
    size: (640, 360),
    pixel: (1, 1),
    rate: Rate::Fixed(30, 1),
    light: Light::Hd,
    tagged: true,
    turn: None,
    video: H264,
    audio: AAC,
    late: 0,
    after: After::Nothing,
    expect: Expect::Whole,
    quick: false,
};

const fn turned(name: &'static str, stored: &'static str, matrix: [i32; 4], size: (usize, usize)) -> Case {
    Case { name, turn: Some(Turn { stored, matrix }), size, ..PLAIN }
}

const fn rated(name: &'static str, frames: u32, of: u32) -> Case {
    Case { name, rate: Rate::Fixed(frames, of), ..PLAIN }
}

/// All of them.
#[rustfmt::skip]
pub(crate) const CASES: &[Case] = &[
    turned("upright, 16:9", "null", [1, 0, 0, 1], (640, 360)),
    Case { quick: true, ..turned("turned by 90", "transpose=cclock", [0, 1, -1, 0], (360, 640)) },
    turned("turned by 180", "hflip,vflip", [-1, 0, 0, -1], (640, 360)),
    turned("turned by 270", "transpose=clock", [0, -1, 1, 0], (360, 640)),
    turned("mirrored", "hflip", [-1, 0, 0, 1], (640, 360)),
    turned("upside down mirrored", "vflip", [1, 0, 0, -1], (640, 360)),
    turned("turned by 90, mirrored", "transpose=cclock_flip", [0, 1, 1, 0], (360, 640)),
    Case { quick: true, ..turned("turned by 270, mirrored", "transpose=clock_flip", [0, -1, -1, 0], (360, 640)) },
    Case { quick: true, rate: Rate::Variable, name: "variable rate", ..PLAIN },
    rated("24 fps", 24, 1),
    rated("25 fps", 25, 1),
    Case { quick: true, ..rated("29.97 fps", 30_000, 1001) },
    rated("50 fps", 50, 1),
    rated("60 fps", 60, 1),
    rated("120 fps", 120, 1),
    Case { name: "BT.601, tagged", light: Light::Sd, ..PLAIN },
    Case { name: "small, untagged", light: Light::Sd, tagged: false, size: (640, 480), ..PLAIN },
    Case { name: "HD, untagged", tagged: false, size: (1280, 720), ..PLAIN },
    Case { name: "full range", light: Light::FullRange, ..PLAIN },
    Case { name: "Display P3", light: Light::P3, video: HEVC, extension: "mov", ..PLAIN },
    Case { name: "HLG, 10 bit", quick: true, light: Light::Hlg, video: HEVC, extension: "mov", ..PLAIN },
    Case { name: "PQ, 10 bit", quick: true, light: Light::Pq, video: HEVC, ..PLAIN },
    Case { name: "HLG, turned by 90", light: Light::Hlg, video: HEVC, extension: "mov",
        ..turned("", "transpose=cclock", [0, 1, -1, 0], (360, 640)) },
    Case { name: "square", size: (480, 480), ..PLAIN },
    Case { name: "odd sizes (VP9)", quick: true, extension: "webm", size: (637, 363), video: VP9, audio: OPUS, ..PLAIN },
    Case { name: "oblong pixels", size: (480, 360), pixel: (4, 3), ..PLAIN },
    Case { name: "1080p", size: (1920, 1080), ..PLAIN },
    Case { name: "44.1 kHz mono", quick: true, audio: Some(("-c:a aac -b:a 64k", 44_100, 1)), ..PLAIN },
    Case { name: "8 kHz mono", audio: Some(("-c:a aac -b:a 24k", 8_000, 1)), ..PLAIN },
    Case { name: "no sound", quick: true, audio: None, ..PLAIN },
    Case { name: "unknown second sound track", quick: true, extension: "mov", after: After::UnknownSecondTrack, ..PLAIN },
    Case { name: "unknown first sound track", extension: "mov", after: After::UnknownFirstTrack, ..PLAIN },
    Case { name: "sound 50 ms late", quick: true, late: 50, ..PLAIN },
    Case { name: "sound 50 ms early", late: -50, ..PLAIN },
    Case { name: "sound 50 ms late, MKV", extension: "mkv", late: 50, ..PLAIN },
    Case { name: "B-frames, fragmented", extension: "mp4", video: "-c:v libx264 -preset veryfast -crf 16 -bf 3 -g 30 -movflags frag_keyframe+empty_moov+delay_moov", ..PLAIN },
    Case { name: "WebM without length (VP8)", quick: true, extension: "webm", video: "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 4M -live 1", audio: OPUS, light: Light::Sd, tagged: false, ..PLAIN },
    Case { name: "old 3GP (H.263, AMR)", extension: "3gp", size: (352, 288), pixel: (12, 11), light: Light::Sd, tagged: false,
        rate: Rate::Fixed(15, 1), video: "-c:v h263 -q:v 2", audio: Some(("-c:a copy", 8_000, 1)), ..PLAIN },
    Case { name: "MPEG-4 Visual, MP3", extension: "mp4", light: Light::Sd, tagged: false, video: "-c:v mpeg4 -q:v 2",
        audio: Some(("-c:a libmp3lame -b:a 96k", 44_100, 2)), ..PLAIN },
    Case { name: "MJPEG, PCM", extension: "mov", light: Light::Jpeg, tagged: false, video: "-c:v mjpeg -q:v 2",
        audio: Some(("-c:a pcm_s16le", 48_000, 1)), ..PLAIN },
    Case { name: "cut short, index first", quick: true, video: "-c:v libx264 -preset veryfast -crf 16 -g 30 -movflags +faststart",
        after: After::Cut(60), expect: Expect::Part, ..PLAIN },
    Case { name: "cut short, MKV", extension: "mkv", after: After::Cut(60), expect: Expect::Part, ..PLAIN },
    Case { name: "cut short, index gone", quick: true, after: After::Cut(60), expect: Expect::Refused("cut short"), ..PLAIN },
    Case { name: "AVI", quick: true, extension: "avi", video: "-c:v mpeg4 -q:v 2", audio: Some(("-c:a libmp3lame", 44_100, 2)),
        expect: Expect::Refused("AVI file, which is not accepted; send the clip as the phone recorded it, or export it as MP4"), ..PLAIN },
];
