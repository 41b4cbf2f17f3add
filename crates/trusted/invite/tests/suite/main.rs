//! Issuer, circle and contributor, with the files that go between them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;
mod foreign;
mod hands;
mod sheet;
mod unlinkable;
