//! Preparing real clips with the real cage, and the worker's job with real seals and a real vault.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod any_phone;
mod common;
mod job;
mod masked;
#[path = "../matrix/mod.rs"]
mod matrix;
mod no_traces;
mod prepare;
#[path = "../traces/mod.rs"]
mod traces;
mod twins;
mod voice;
