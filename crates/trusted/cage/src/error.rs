//! What can go wrong with a file or with the cage, each with a code and a sentence a reviewer can act on.

use std::io;

use hamseda_core::Coded;

/// Bytes that are refused before any decoder sees them.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// No bytes.
    #[error("the file is empty; choose the clip again, it may not have been copied completely")]
    Empty,
    /// A kind that is known and not accepted.
    #[error("this is {what}, which is not accepted; {advice}")]
    Unsupported {
        /// What it is, with its article.
        what: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// Nothing that is known.
    #[error("this is not a video; send the clip as the phone recorded it (MP4, MOV, 3GP, WebM or MKV)")]
    Unknown,
    /// An MP4 or MOV whose index is not there.
    #[error("the file is cut short: its index is missing, so nothing in it can be shown; send the whole clip again")]
    CutShort,
    /// More bytes than the limit.
    #[error("the file is larger than {allowed_mib} MiB; send a shorter clip or a smaller picture size")]
    TooLarge {
        /// The limit, MiB.
        allowed_mib: u64,
    },
    /// The operating system refused memory or a file.
    #[error("the clip can't be held in memory ({0}); free memory and try again")]
    Io(#[from] io::Error),
}

impl Coded for MediaError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "media-empty",
            Self::Unsupported { .. } => "media-unsupported",
            Self::Unknown => "media-unknown",
            Self::CutShort => "media-cut-short",
            Self::TooLarge { .. } => "media-too-large",
            Self::Io(_) => "media-io",
        }
    }
}

/// A job in the cage that failed, or a cage that can't be built.
#[derive(Debug, thiserror::Error)]
pub enum CageError {
    /// No sandbox holds here. Nothing is decoded.
    #[error(
        "no sandbox can be built here, so nothing is decoded: {why}. Install bubblewrap (apt install bubblewrap) or use a kernel with Landlock"
    )]
    None {
        /// What each sandbox said.
        why: String,
    },
    /// ffmpeg or ffprobe is not installed.
    #[error("{name} is missing; install it (apt install ffmpeg)")]
    ToolMissing {
        /// Its name.
        name: &'static str,
    },
    /// A process could not be started.
    #[error("a process could not be started ({0}); look at limits on processes and memory")]
    Start(#[source] io::Error),
    /// The wall clock limit.
    #[error(
        "the clip took longer than {seconds} s to read and was stopped; it may be made to waste time, or the machine is busy"
    )]
    TimedOut {
        /// The limit, seconds.
        seconds: u64,
    },
    /// A limit on memory, processor time or system calls ended the process.
    #[error(
        "reading the clip needed more memory or time than is allowed and was stopped; it may be damaged on purpose"
    )]
    Killed,
    /// The machine had no process or memory to spare: its fault, not the clip's.
    #[error("this machine had no process or memory to spare for a decoder; the clip is tried again")]
    Starved,
    /// Damaged, or not what its first bytes say.
    #[error(
        "the clip can't be read: the file is damaged or is not what its first bytes say; ask for it again ({detail})"
    )]
    Unreadable {
        /// What the decoder said, shortened, printable ASCII only.
        detail: String,
    },
    /// A track that no allowed decoder reads.
    #[error(
        "one of its tracks is in a form that is not read here ({codec}); ask for the clip as the phone recorded it, or export it as MP4"
    )]
    Codec {
        /// ffmpeg's name of the form.
        codec: String,
    },
    /// A header and no content.
    #[error("nothing was recorded in it: the file has no picture and no sound; ask for the clip again")]
    Nothing,
    /// More streams than a clip of a phone has.
    #[error(
        "the file holds {found} streams, at most {allowed} are accepted; export it with one picture and one sound track"
    )]
    TooManyStreams {
        /// Found.
        found: u32,
        /// Allowed.
        allowed: u32,
    },
    /// A picture that is too large.
    #[error("the picture is {width} x {height}, at most {allowed} pixels a side are accepted; export it smaller")]
    TooManyPixels {
        /// Width, pixels.
        width: u32,
        /// Height, pixels.
        height: u32,
        /// Largest side, pixels.
        allowed: u32,
    },
    /// Longer than the limit, by its header or when decoded.
    #[error("the clip is longer than {allowed_seconds} s; send a shorter one")]
    TooLong {
        /// The limit, seconds.
        allowed_seconds: u64,
    },
    /// A frame of the wrong size was given to an encoder: a defect in the caller.
    #[error("a frame has {got} bytes where {expected} are needed; report this defect")]
    FrameSize {
        /// Needed, bytes.
        expected: usize,
        /// Given, bytes.
        got: usize,
    },
    /// The encoder failed.
    #[error("encoding failed ({detail}); see `hamseda doctor`")]
    Encode {
        /// What the encoder said, shortened.
        detail: String,
    },
    /// Refused before decoding.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// A pipe or file failed.
    #[error("reading or writing failed ({0}); look at the disk's free space")]
    Io(#[from] io::Error),
}

impl Coded for CageError {
    fn code(&self) -> &'static str {
        match self {
            Self::None { .. } => "cage-none",
            Self::ToolMissing { .. } => "cage-tool-missing",
            Self::Start(_) => "cage-start",
            Self::TimedOut { .. } => "cage-timed-out",
            Self::Killed => "cage-killed",
            Self::Starved => "cage-starved",
            Self::Unreadable { .. } => "media-unreadable",
            Self::Codec { .. } => "media-codec",
            Self::Nothing => "media-nothing",
            Self::TooManyStreams { .. } => "media-too-many-streams",
            Self::TooManyPixels { .. } => "media-too-many-pixels",
            Self::TooLong { .. } => "media-too-long",
            Self::FrameSize { .. } => "encode-frame-size",
            Self::Encode { .. } => "encode-failed",
            Self::Media(inner) => inner.code(),
            Self::Io(_) => "cage-io",
        }
    }
}

impl CageError {
    /// Whether the clip is at fault (it will fail again) and not this machine.
    #[must_use]
    pub const fn blames_clip(&self) -> bool {
        !matches!(
            self,
            Self::None { .. }
                | Self::ToolMissing { .. }
                | Self::Start(_)
                | Self::Starved
                | Self::FrameSize { .. }
                | Self::Encode { .. }
                | Self::Io(_)
                | Self::Media(MediaError::Io(_))
        )
    }
}
