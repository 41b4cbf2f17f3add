//! Preparing real clips with the real cage, and the worker's job with real seals and a real vault.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;
mod job;
mod prepare;
