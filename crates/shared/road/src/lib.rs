//! Clients: sending a sealed file by tus (also through SOCKS), a contributor's small questions, and the desk's pull from the
//! intake.
//!
//! Refuses: opening or checking what it carries; following redirects; cookies, a user agent, system proxies; SOCKS
//! variants that look names up on this machine, and onion addresses without a proxy, for such a look-up tells the network
//! where somebody is going.

pub mod ask;
mod error;
mod get;
mod http;
pub mod pull;
pub mod tus;

pub use error::RoadError;
pub use get::get;
