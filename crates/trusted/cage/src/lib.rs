//! Runs decoders on hostile bytes in a sandbox; the only crate that spawns.
