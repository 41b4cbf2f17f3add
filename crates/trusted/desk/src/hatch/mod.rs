//! The hatch between worker and desk: a unix socket through which an original comes that a reviewer asked to see.
//!
//! The desk holds no key, so it asks a worker of the same machine and the same user. The worker looks the request up in the
//! custody chain, opens the message in memory and hands a marked copy over, which the desk keeps in memory.
//!
//! Refuses: peers that run as another user, a folder that others may enter, lines and clips without a bound.

mod socket;
mod wire;

pub use socket::{Hatch, Opening};
pub use wire::{Answer, Order, Why, order, say, send};

pub(crate) use wire::{Heard, hear};
