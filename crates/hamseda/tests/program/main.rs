//! Tests of the real program: its processes are started, killed and asked, as an operator does.

#![expect(clippy::disallowed_methods, reason = "these tests start the real program and ffmpeg")]
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]
#![expect(clippy::print_stderr, reason = "a skipped test says why")]

mod blind;
mod cage;
mod canary;
mod circle;
mod common;
mod crash;
mod docs;
mod help;
mod keyset;
mod seized;
mod stick;
mod unreadable;
mod withdrawal;
mod zones;
