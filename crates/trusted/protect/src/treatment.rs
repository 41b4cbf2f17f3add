//! What is done with a message, from its sender's choices.

use hamseda_core::{Choices, Picture, Voice};
use serde::{Deserialize, Serialize};

/// What is done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// Picture and voice as recorded: the sender chose both.
    AsFilmed,
    /// A card of drawn shapes, without sound.
    SilentCard,
}

impl Treatment {
    /// Anything but "show" and "keep" asks for a protection that this version does not give, and half a protection is
    /// none: a hidden face with a bare voice, or a muted clip with lips to read, identifies. So it becomes a card.
    #[must_use]
    pub const fn of(choices: &Choices) -> Self {
        match (choices.picture, choices.voice) {
            (Picture::Show, Voice::Keep) => Self::AsFilmed,
            (Picture::Show, Voice::Alter | Voice::Mute) | (Picture::Mask | Picture::Hide, _) => Self::SilentCard,
        }
    }

    /// The word in recipes and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AsFilmed => "as-filmed",
            Self::SilentCard => "silent-card",
        }
    }
}
