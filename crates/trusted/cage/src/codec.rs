//! The decoders that may run. A name in a file chooses from this list or chooses nothing.

/// A codec and the one decoder of ffmpeg that may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Codec {
    name: &'static str,
    decoder: &'static str,
}

impl Codec {
    /// Its name as ffprobe gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    pub(crate) const fn decoder(self) -> &'static str {
        self.decoder
    }

    pub(crate) fn video(name: &str) -> Option<Self> {
        VIDEO.iter().copied().find(|codec| codec.name == name)
    }

    pub(crate) fn audio(name: &str) -> Option<Self> {
        AUDIO.iter().copied().find(|codec| codec.name == name)
    }
}

const fn codec(name: &'static str, decoder: &'static str) -> Codec {
    Codec { name, decoder }
}

/// Pictures: what phones, cameras and browsers record, and stills for portraits.
const VIDEO: &[Codec] = &[
    codec("h264", "h264"),
    codec("hevc", "hevc"),
    codec("vp8", "vp8"),
    codec("vp9", "vp9"),
    codec("av1", "libdav1d"),
    codec("mpeg4", "mpeg4"),
    codec("h263", "h263"),
    codec("mjpeg", "mjpeg"),
    codec("png", "png"),
    codec("webp", "webp"),
];

/// Sound.
const AUDIO: &[Codec] = &[
    codec("aac", "aac"),
    codec("mp3", "mp3float"),
    codec("opus", "opus"),
    codec("vorbis", "vorbis"),
    codec("mp2", "mp2float"),
    codec("ac3", "ac3"),
    codec("amr_nb", "amrnb"),
    codec("amr_wb", "amrwb"),
    codec("alac", "alac"),
    codec("flac", "flac"),
    codec("pcm_s16le", "pcm_s16le"),
    codec("pcm_s16be", "pcm_s16be"),
    codec("pcm_s24le", "pcm_s24le"),
    codec("pcm_s24be", "pcm_s24be"),
    codec("pcm_f32le", "pcm_f32le"),
    codec("pcm_u8", "pcm_u8"),
];

/// Subtitles beside a picture: their tracks are counted and never decoded, but ffprobe gives up on a file when it may not
/// open one.
const COUNTED: &[&str] = &["mov_text", "subrip", "srt", "webvtt", "ass", "ssa"];

/// Every decoder, for ffmpeg's own allow-list and for `doctor`.
pub(crate) fn decoders() -> impl Iterator<Item = &'static str> {
    VIDEO.iter().chain(AUDIO).map(|codec| codec.decoder)
}

/// The value of `-codec_whitelist`.
pub(crate) fn allow_list() -> String {
    decoders().chain(COUNTED.iter().copied()).collect::<Vec<_>>().join(",")
}
