//! The intake over real TCP on loopback, with real sealed files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod blind;
mod clients;
mod crash;
mod pages;
mod protocol;
mod pull;
mod races;
mod resume;
mod road;
mod shape;
mod support;
