//! What a contributor chose about their own message. The safest value is always the default.

use serde::{Deserialize, Serialize};

use crate::{Lang, PlaceId};

/// How the sender wants to be seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Picture {
    /// No picture: the message becomes a card.
    #[default]
    Hide,
    /// Heads under an opaque mask.
    Mask,
    /// As filmed.
    Show,
}

/// How the sender wants to be heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Voice {
    /// Not at all: words only.
    #[default]
    Mute,
    /// Resynthesised so that the speaker can't be recognised.
    Alter,
    /// As recorded.
    Keep,
}

/// What the message may be used for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uses {
    /// In the film.
    pub film: bool,
    /// On the wall and the site.
    pub wall: bool,
    /// In the number. A message that is only counted is never shown.
    pub count: bool,
    /// Held as testimony: kept sealed, not published, not counted.
    pub testimony: bool,
}

impl Uses {
    /// Film, wall and count.
    pub const PUBLIC: Self = Self { film: true, wall: true, count: true, testimony: false };

    /// Whether anything of the message may be shown to the world.
    #[must_use]
    pub const fn published(self) -> bool {
        (self.film || self.wall) && !self.testimony
    }
}

/// Everything a contributor decides. Travels inside the seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// Picture.
    pub picture: Picture,
    /// Voice.
    pub voice: Voice,
    /// Language spoken.
    pub lang: Lang,
    /// Place shown, as coarse as the sender wants; `None` shows none.
    pub place: Option<PlaceId>,
    /// Pseudonym shown; `None` shows none. At most [`crate::Limits::pseudonym_chars`] characters.
    pub pseudonym: Option<String>,
    /// Uses allowed.
    pub uses: Uses,
}
