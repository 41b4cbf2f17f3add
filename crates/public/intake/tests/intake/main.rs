//! The intake over real TCP on loopback, with real sealed files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod blind;
mod checksum;
mod clients;
mod conformance;
mod crash;
mod epochs;
mod finished;
mod grammar;
mod lanes;
mod model;
mod pages;
mod protocol;
mod pull;
mod races;
mod resume;
mod road;
mod roads;
mod rules;
mod shape;
mod support;
