//! Tests of sealing and opening as a whole; they live here because only this room can open.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod archive;
mod common;
mod interop;
mod keys;
mod letter;
mod round_trip;
mod vectors;
