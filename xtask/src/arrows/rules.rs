//! The rules: which zone a room lies in, what each room may depend on, and which outside crates are kept to which rooms.

use std::fmt;

/// What a machine that holds a room would give away when it is seized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// No secret, no policy.
    Shared,
    /// The machine that may be seized first.
    Public,
    /// The machine behind the door.
    Trusted,
    /// The command line: wires all rooms.
    Program,
    /// Repository chores.
    Chores,
    /// Instruments and fuzz targets: never shipped, so they may look into every room.
    Tools,
}

impl Zone {
    /// By the room's folder.
    pub(super) fn of(room: &str) -> Self {
        match room.split('/').next() {
            Some("shared") => Self::Shared,
            Some("public") => Self::Public,
            Some("trusted") => Self::Trusted,
            Some("hamseda") => Self::Program,
            Some("tools") => Self::Tools,
            _ => Self::Chores,
        }
    }

    /// Whether a room of this zone may depend on one of that.
    pub(super) const fn may_know(self, other: Self) -> bool {
        match (self, other) {
            (_, Self::Program | Self::Chores | Self::Tools) | (Self::Chores, _) => false,
            (Self::Program | Self::Tools, _) | (_, Self::Shared) => true,
            (Self::Public, Self::Public) | (Self::Trusted, Self::Trusted) => true,
            (Self::Shared | Self::Public, Self::Trusted) | (Self::Shared | Self::Trusted, Self::Public) => false,
        }
    }

    /// The reason, for a person.
    pub(super) const fn why_not(self, other: Self) -> &'static str {
        match (self, other) {
            (Self::Chores, _) => "chores have no dependency, so that a fresh clone starts at once",
            (_, Self::Program | Self::Chores | Self::Tools) => "nothing depends on programs and instruments",
            (Self::Trusted, _) => "the trusted machine meets the public one only over HTTP, through road",
            _ => "what may be seized first must not hold code that opens, decides or keeps secrets",
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared => "shared",
            Self::Public => "public",
            Self::Trusted => "trusted",
            Self::Program => "program",
            Self::Chores => "chores",
            Self::Tools => "tools",
        })
    }
}

/// For each crate the rooms it may depend on, without the prefix `hamseda-`; `*` is all that its zone may know. Tests may
/// depend on any room that the zone may know.
pub(super) const ALLOWED: &[(&str, &[&str])] = &[
    ("hamseda-core", &[]),
    ("hamseda-assets", &[]),
    ("hamseda-seal", &["core"]),
    ("hamseda-tally", &["core"]),
    ("hamseda-store", &["core"]),
    ("hamseda-road", &["core"]),
    ("hamseda-inbox", &["core", "store"]),
    ("hamseda-intake", &["core", "seal", "tally", "inbox", "assets"]),
    ("hamseda-open", &["core", "seal"]),
    ("hamseda-vault", &["core", "seal", "tally", "store"]),
    ("hamseda-cage", &["core"]),
    ("hamseda-fingerprint", &[]),
    ("hamseda-faces", &[]),
    ("hamseda-voice", &["core"]),
    ("hamseda-protect", &["core", "seal", "open", "vault", "cage", "faces", "fingerprint", "voice", "assets"]),
    ("hamseda-invite", &["core", "seal", "open", "assets"]),
    ("hamseda-programme", &["core"]),
    ("hamseda-film", &["core", "tally", "programme", "vault", "cage", "assets"]),
    ("hamseda-press", &["core", "tally", "vault", "assets"]),
    ("hamseda-desk", &["core", "seal", "tally", "programme", "vault", "assets"]),
    ("hamseda", &["*"]),
    ("hamseda-lab", &["*"]),
    ("hamseda-fuzz-bodies", &["*"]),
    ("xtask", &[]),
];

/// Outside crates that only some rooms may use.
pub(super) struct Kept {
    pub(super) crates: &'static [&'static str],
    pub(super) rooms: &'static [&'static str],
    pub(super) why: &'static str,
}

/// The same list stands in `deny.toml` as `wrappers`, where it also covers indirect use.
pub(super) const KEPT: &[Kept] = &[
    Kept {
        crates: &["age", "age-core", "hpke"],
        rooms: &["hamseda-seal", "hamseda-open"],
        why: "sealing and opening are reviewed in one place each",
    },
    Kept {
        crates: &["sqlx", "object_store"],
        rooms: &["hamseda-store", "hamseda-inbox", "hamseda-vault"],
        why: "rows and blobs are touched only where they are made durable",
    },
    Kept {
        crates: &["landlock"],
        rooms: &["hamseda-cage", "hamseda"],
        why: "it belongs to the sandbox, and to processes that confine themselves",
    },
    Kept { crates: &["openssl"], rooms: &["hamseda-invite"], why: "it signs invites; TLS is rustls" },
    Kept { crates: &["seccompiler"], rooms: &["hamseda-cage"], why: "there is one sandbox" },
];
