//! The checksum extension: what a PATCH says its bytes sum to.
//!
//! SHA-1 is what the protocol demands of every server; it guards against a line that garbles, not against a person.

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// What `Tus-Checksum-Algorithm` offers.
pub(super) const OFFERED: &str = "sha1,sha256";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Sha1, Self::Sha256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }
}

/// What a request says of its body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) algorithm: Algorithm,
    pub(super) sum: Vec<u8>,
}

/// A sum under way.
pub(super) struct Sum {
    so_far: Context,
    expected: Vec<u8>,
}

impl Sum {
    pub(super) fn of(expected: Expected) -> Self {
        let algorithm = match expected.algorithm {
            Algorithm::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Algorithm::Sha256 => &SHA256,
        };
        Self { so_far: Context::new(algorithm), expected: expected.sum }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.so_far.update(bytes);
    }

    /// Whether the bytes are those that were meant.
    pub(super) fn fits(&self) -> bool {
        self.so_far.clone().finish().as_ref() == self.expected
    }
}
