//! The desk over real HTTP.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;
mod original;
mod review;
mod twins;
