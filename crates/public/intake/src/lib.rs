//! The public HTTP server: the campaign's pages, uploads by tus 1.0, and the desk's pull.
//!
//! It is the machine that may be seized first, and is blind: it holds public keys only, checks the shape of what arrives
//! byte by byte, and hands it to the inbox.
//!
//! Refuses: anything that is not a sealed message of an allowed length (415, and what came is dropped); to give content
//! to anybody but the desk; to keep or log an address, agent, file name, metadata header or time finer than a day; to say
//! whether an invite was good, spent or bad; to slow the invited because others flood; cookies, third parties; to call the
//! desk (the desk pulls).

mod config;
mod crowd;
mod error;
pub mod form;
mod headers;
mod housekeeping;
mod import;
mod keys;
mod lane;
mod pages;
mod pull;
mod roads;
mod router;
mod server;
mod stop;
mod tus;

pub use config::{Config, Pace};
pub use error::IntakeError;
pub use import::{Import, Imported, Refused};
pub use server::serve;
