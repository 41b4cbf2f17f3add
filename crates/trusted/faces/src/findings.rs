//! What was found, for the report that is kept with a message and shown on the desk.

use serde::{Deserialize, Serialize};

/// How sure one can be of a masked clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// What looked.
    pub detector: DetectorFacts,
    /// Frames of the clip, 30 a second.
    pub frames: u64,
    /// Pictures that the detector looked at, close looks included.
    pub looks: u64,
    /// Faces that it found in them.
    pub faces: u64,
    /// Heads that were followed.
    pub tracks: u64,
    /// Frames that are covered as a whole.
    pub whole_frames: u64,
    /// Share of the picture that is covered, 0 to 1, over all frames.
    pub covered_share: f64,
    /// Moments to look at.
    pub uncertain: Vec<Moment>,
}

/// What looked for faces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetectorFacts {
    /// Which weights.
    pub name: String,
    /// What computed them.
    pub runtime: String,
}

/// From when to when something was uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds from the clip's start.
    pub from_ms: u64,
    /// The first millisecond after it.
    pub to_ms: u64,
    /// What.
    pub why: Why,
}

/// Why a moment is uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nobody was found in this shot: all of it is covered.
    NobodyFound,
    /// A head was lost where it may still be: all of the picture is covered.
    Lost,
    /// A head appeared where it may have been before: all of the picture is covered until then.
    Appeared,
    /// There were more faces than can be followed: all of the picture is covered.
    Crowd,
    /// A head was not seen for a while and found again: the mask is as large as it may have moved.
    LostAndFound,
    /// A head left through the picture's edge, and nobody else is in sight: nothing is covered.
    Left,
}

impl Why {
    /// Whether the whole picture is covered for it.
    #[must_use]
    pub const fn covers_all(self) -> bool {
        matches!(self, Self::NobodyFound | Self::Lost | Self::Appeared | Self::Crowd)
    }
}
