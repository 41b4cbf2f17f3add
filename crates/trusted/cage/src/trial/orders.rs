//! What the stand-in is told through its standard input, where a decoder finds its clip: what to play, and what an
//! attacker would have learnt of this machine beforehand.

use std::io::Read as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::CageKind;

/// What to play.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Orders {
    /// Try everything in the catalogue.
    Try(Targets),
    /// Try what does no harm where nothing stops it.
    #[cfg(test)]
    TryOutside(Targets),
    /// Never end.
    Spin,
    /// Write without end.
    Flood,
    /// Ask for a call through the 32-bit door.
    OldDoor,
    /// Outside the cage: start a stand-in inside that never ends, and wait to be killed.
    Orphan(CageKind, Vec<String>),
}

/// Where the things lie that must not be reached.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Targets {
    /// A TCP port on 127.0.0.1.
    pub(super) tcp4: u16,
    /// A TCP port on ::1, or 0 where there is no IPv6.
    pub(super) tcp6: u16,
    /// A UDP port on 127.0.0.1.
    pub(super) udp: u16,
    /// A unix socket that everyone may write to.
    pub(super) socket: PathBuf,
    /// Name of an abstract unix socket.
    pub(super) abstract_name: String,
    /// A folder that everyone may read.
    pub(super) folder: PathBuf,
    /// A file in it that everyone may read.
    pub(super) secret: PathBuf,
    /// The process that started the cage, which holds `secret` open …
    pub(super) parent: i32,
    /// … under this number.
    pub(super) descriptor: i32,
    /// The number under which the stand-in's own program is open, if it is.
    pub(super) program: i32,
}

/// Most bytes of orders.
const ORDERS_BYTES: u64 = 16 * 1024;

impl Orders {
    /// Reads them from standard input.
    pub(super) fn read() -> Option<Self> {
        let mut text = String::new();
        std::io::stdin().take(ORDERS_BYTES).read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
