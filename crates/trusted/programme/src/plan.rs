//! What `choose` returns: segments in film order, every text resolved to one language, every length in lattice units.

use hamseda_core::{ArtefactId, Lang, Local, MessageId, SupporterId, lattice};

/// Title card, 3.2 s.
pub const TITLE_UNITS: u32 = 6;
/// Section card, 2.1 s.
pub const SECTION_UNITS: u32 = 4;
/// Closing card, 8 s: a number, four lines and a hash need that long.
pub const CLOSING_UNITS: u32 = 15;
/// At most so long stands the card of a message without picture and sound, 3.7 s: a place, a name and why.
pub const SILENT_UNITS: u32 = 7;

/// Units a quote stays up: 2 s to find it, then 14 characters a second, within 4.8 and 12.3 s.
///
/// 14 characters a second is the slow end of what subtitling guides ask for (BBC: 160–180 words a minute).
#[must_use]
pub fn quote_units(quote: &str) -> u32 {
    let chars = quote.chars().count() as u64;
    let frames = u64::from(lattice::FPS) * (28 + chars) / 14;
    lattice::units_for_frames(frames).clamp(9, 23)
}

/// A text and the language it is in, which decides its base direction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    /// Language.
    pub lang: Lang,
    /// The words.
    pub text: String,
}

impl Text {
    /// The nearest text to `lang`; `None` where there is none, or only blanks.
    #[must_use]
    pub fn of(local: &Local, lang: Lang) -> Option<Self> {
        let (lang, text) = local.best(lang)?;
        let text = text.trim();
        (!text.is_empty()).then(|| Self { lang, text: text.to_owned() })
    }
}

/// The film's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Language of cards and lower thirds; the start side follows it.
    pub lang: Lang,
    /// Segments in order.
    pub segments: Vec<Segment>,
    /// Pinned messages that may not be shown (not released, or not for the film, or unknown).
    pub missing: Vec<MessageId>,
    /// Messages that a rule wanted and the target length had no room for.
    pub left_out: usize,
}

impl Plan {
    /// Length in lattice units.
    #[must_use]
    pub fn units(&self) -> u32 {
        self.segments.iter().map(|s| s.kind.units()).sum()
    }

    /// Clips in order, wherever they stand.
    pub fn clips(&self) -> impl Iterator<Item = &Clip> {
        self.segments.iter().filter_map(|s| match &s.kind {
            Kind::Title { voice, .. } => voice.as_ref(),
            Kind::Clip(clip) => Some(clip),
            Kind::Section { .. } | Kind::Quote(_) | Kind::Closing { .. } => None,
        })
    }
}

/// One piece of the film. It is made, kept and joined as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Segment {
    /// What it shows.
    pub kind: Kind,
    /// Rises from ink: the second half of a dip between sections.
    pub dip_in: bool,
    /// Sinks into ink: the first half of a dip.
    pub dip_out: bool,
}

/// Kinds of segments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The title card.
    Title {
        /// Slogan.
        slogan: Text,
        /// Campaign line under it.
        line: Option<Text>,
        /// The first clip, whose voice begins one unit before the title ends; it is part of this segment.
        voice: Option<Clip>,
    },
    /// A section card.
    Section {
        /// Heading.
        heading: Text,
    },
    /// A message or a supporter's clip.
    Clip(Clip),
    /// A supporter's words.
    Quote(Quote),
    /// The closing card: the number and how to count it.
    Closing {
        /// The editor's own last line.
        line: Option<Text>,
    },
}

impl Kind {
    /// Length in lattice units.
    #[must_use]
    pub fn units(&self) -> u32 {
        match self {
            Self::Title { voice: None, .. } => TITLE_UNITS,
            Self::Title { voice: Some(clip), .. } => TITLE_UNITS + clip.units - 1,
            Self::Section { .. } => SECTION_UNITS,
            Self::Clip(clip) => clip.units,
            Self::Quote(quote) => quote_units(&quote.text.text),
            Self::Closing { .. } => CLOSING_UNITS,
        }
    }
}

/// Whose clip it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClipSource {
    /// A contributor's message.
    Message(MessageId),
    /// A supporter.
    Supporter(SupporterId),
}

/// A protected master in the film.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clip {
    /// Whose.
    pub source: ClipSource,
    /// The protected master.
    pub master: ArtefactId,
    /// Its length in lattice units; at least 1.
    pub units: u32,
    /// False: the picture is hidden, a card stands for it.
    pub shown: bool,
    /// False: it is silent.
    pub sound: bool,
    /// Language spoken.
    pub lang: Lang,
    /// What the lower third (or the card of a hidden message) says.
    pub caption: Caption,
}

/// Name and detail of a speaker. Both may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Caption {
    /// Name or pseudonym.
    pub name: Option<Text>,
    /// Place and language, or role and country; joined by a middle dot.
    pub detail: Vec<Text>,
}

/// A supporter's words, to be shown as a card.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Quote {
    /// Whose.
    pub supporter: SupporterId,
    /// The words.
    pub text: Text,
    /// Name, role and country.
    pub caption: Caption,
    /// Portrait, a square JPEG.
    pub portrait: Option<ArtefactId>,
}
