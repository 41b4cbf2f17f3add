//! An onion service of a private Tor network on loopback.

use crate::shell::Res;

pub(super) fn main(_words: &[String]) -> Res {
    Err("not written yet".into())
}
