//! One function for each parser that reads bytes from outside: it panics when a promise is broken.
//!
//! The promises: no input panics or hangs; what is taken has one byte form (parse, write again, compare); how the bytes
//! are cut on their way changes nothing; what was sealed opens only unchanged. `fuzz/` runs these under libFuzzer, the
//! tests of this crate run them over seeds and changed seeds on every change.
#![expect(clippy::unwrap_used, reason = "a broken promise is a panic")]

mod fingerprint;
mod media;
mod outside;
mod sealed;
mod seeds;
mod tus;

pub use fingerprint::fingerprint;
pub use media::{probe, report, sniff};
pub use outside::{bundle, form, keyset, letter, parts, small, token, written};
pub use sealed::{framing, header, layout, record};
pub use seeds::seeds;
pub use tus::tus;

/// A target's name and body.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 17] = [
    ("framing", framing),
    ("header", header),
    ("layout", layout),
    ("record", record),
    ("keyset", keyset),
    ("small", small),
    ("letter", letter),
    ("token", token),
    ("parts", parts),
    ("form", form),
    ("bundle", bundle),
    ("written", written),
    ("tus", tus),
    ("sniff", sniff),
    ("probe", probe),
    ("report", report),
    ("fingerprint", fingerprint),
];
