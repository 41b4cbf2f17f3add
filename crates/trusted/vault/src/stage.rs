//! The stages of a message as types. Only the verb that takes a message there makes one, and what needs a stage asks for
//! its type: nothing unreleased can be handed to the film or the site.

use hamseda_core::{ArtefactId, Choices, LeafIndex, MessageId, SealedHash, Secret};
use hamseda_tally::Tag;

/// What preparing a message gave, and the sender's record that came inside the seal.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Protected master: MP4, whole lattice units.
    pub master: ArtefactId,
    /// Raw tile proxies for the wall.
    pub tiles: ArtefactId,
    /// Still picture.
    pub poster: ArtefactId,
    /// Length of the master, lattice units.
    pub units: u32,
    /// Whether a picture is shown; otherwise the master is a card.
    pub shown: bool,
    /// Whether anything is heard.
    pub sound: bool,
    /// What its sender chose.
    pub choices: Choices,
    /// The receipt's tag.
    pub tag: Tag,
    /// Commitment to the receipt's randomness.
    pub r_commitment: [u8; 32],
    /// Commitment to the withdrawal secret.
    pub w_commitment: [u8; 32],
    /// Key for answers, when the sender wants any.
    pub reply_key: Option<Secret<[u8; 32]>>,
    /// Size class of the seal.
    pub size_class: u8,
    /// Fingerprint for finding duplicates; zeros when there is none.
    pub fingerprint: [u8; 32],
    /// How the parts were made: tools, versions, parameters, findings.
    pub report: serde_json::Value,
}

/// A message whose sealed bytes are durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub(crate) id: MessageId,
    pub(crate) sealed: SealedHash,
}

/// A message with a protected master, waiting for a decision or held.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) id: MessageId,
    pub(crate) parts: Parts,
}

/// A message that will be counted with the next batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub(crate) id: MessageId,
    pub(crate) tag: Tag,
    pub(crate) tag_was_taken: bool,
}

/// A message whose leaf is in the log.
#[derive(Debug, Clone)]
pub struct Released {
    pub(crate) id: MessageId,
    pub(crate) parts: Parts,
    pub(crate) leaf: LeafIndex,
}

impl Stored {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }

    /// Hash of its sealed file.
    #[must_use]
    pub const fn sealed(&self) -> SealedHash {
        self.sealed
    }
}

impl Prepared {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }

    /// Its parts.
    #[must_use]
    pub const fn parts(&self) -> &Parts {
        &self.parts
    }
}

impl Accepted {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }

    /// The tag of its leaf.
    #[must_use]
    pub const fn tag(&self) -> Tag {
        self.tag
    }

    /// Whether the device's tag or w-commitment was in use already, so that a fresh tag was drawn.
    #[must_use]
    pub const fn tag_was_taken(&self) -> bool {
        self.tag_was_taken
    }
}

impl Released {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }

    /// Its parts.
    #[must_use]
    pub const fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Its leaf. For the desk and auditors only: beside a clip it would name a face to whoever holds the receipt.
    #[must_use]
    pub const fn leaf(&self) -> LeafIndex {
        self.leaf
    }
}
