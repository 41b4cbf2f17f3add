//! What is done with a message, from its sender's choices. Picture and voice are treated apart.

use hamseda_core::{Choices, Picture, Voice};
use serde::{Deserialize, Serialize};

/// What is done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Treatment {
    /// With its picture.
    pub picture: PictureTreatment,
    /// With its sound.
    pub voice: VoiceTreatment,
}

/// What is done with the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureTreatment {
    /// Shown as filmed.
    AsFilmed,
    /// Shown with every head covered.
    Masked,
    /// A card of drawn shapes in its place.
    Card,
}

/// What is done with the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VoiceTreatment {
    /// Heard as recorded.
    AsRecorded,
    /// The words, in a voice that was drawn for this message.
    Altered,
    /// Not decoded at all.
    Silent,
}

impl Treatment {
    /// A supporter's clip: a named person abroad, shown and heard.
    pub const AS_FILMED: Self = Self { picture: PictureTreatment::AsFilmed, voice: VoiceTreatment::AsRecorded };

    /// What the sender chose, picture and voice each on its own: the page said what either choice hides and what it doesn't.
    #[must_use]
    pub const fn of(choices: &Choices) -> Self {
        Self { picture: PictureTreatment::of(choices.picture), voice: VoiceTreatment::of(choices.voice) }
    }
}

impl PictureTreatment {
    const fn of(picture: Picture) -> Self {
        match picture {
            Picture::Show => Self::AsFilmed,
            Picture::Mask => Self::Masked,
            Picture::Hide => Self::Card,
        }
    }

    /// The word in recipes and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AsFilmed => "as-filmed",
            Self::Masked => "masked",
            Self::Card => "card",
        }
    }

    /// Whether frames of the clip are seen, in whatever form.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        !matches!(self, Self::Card)
    }
}

impl VoiceTreatment {
    const fn of(voice: Voice) -> Self {
        match voice {
            Voice::Keep => Self::AsRecorded,
            Voice::Alter => Self::Altered,
            Voice::Mute => Self::Silent,
        }
    }

    /// The word in recipes and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AsRecorded => "as-recorded",
            Self::Altered => "altered",
            Self::Silent => "silent",
        }
    }

    /// Whether samples of the clip are heard, in whatever form.
    #[must_use]
    pub const fn is_heard(self) -> bool {
        !matches!(self, Self::Silent)
    }
}
