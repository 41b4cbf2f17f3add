//! The stand-in itself: reads its orders as a decoder reads a clip, and does as an attacker would who owns the process.

use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;

use super::attempts::{self, Spec};
use super::orders::{Orders, Targets};
use super::report::Line;
use crate::{Cage, CageKind, CageOptions};

/// Printed when an ending begins.
pub(super) const READY: &[u8] = b"\nready\n";

/// Plays the stand-in. Called in a process that [`Cage::trial`] started, and does nothing anywhere else.
///
/// Returns whether there were orders.
#[must_use]
pub fn play() -> bool {
    let Some(orders) = Orders::read() else { return false };
    match orders {
        Orders::Try(targets) => try_all(&attempts::all(), &targets),
        #[cfg(test)]
        Orders::TryOutside(targets) => try_all(&attempts::harmless(), &targets),
        Orders::Spin => {
            print(READY);
            loop {
                std::hint::spin_loop();
            }
        }
        Orders::Flood => {
            print(READY);
            let block = [b'x'; 65_536];
            loop {
                print(&block);
            }
        }
        Orders::OldDoor => old_door(),
        Orders::Orphan(kind, role) => leave_an_orphan(kind, &role),
    }
    true
}

fn try_all(specs: &[Spec], targets: &Targets) {
    for spec in specs {
        let line = Line { what: spec.what.to_owned(), outcome: (spec.run)(targets) };
        // On a line of its own, whatever else the program prints.
        let text = serde_json::to_string(&line).unwrap_or_default();
        print(format!("\n{text}\n").as_bytes());
    }
}

/// A pipe whose other end is gone ends a decoder as well.
fn print(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    if out.write_all(bytes).and_then(|()| out.flush()).is_err() {
        std::process::abort();
    }
}

fn old_door() {
    print(READY);
    #[cfg(target_arch = "x86_64")]
    print(format!("\nanswer {}\n", super::call::socket_by_the_old_door()).as_bytes());
}

/// Outside the cage: a stand-in inside gets our own standard output, so that whoever reads it knows when both are gone.
fn leave_an_orphan(kind: CageKind, role: &[String]) {
    let Ok(cage) = Cage::with(&CageOptions { kinds: vec![kind] }) else { return };
    let Ok(ours) = std::io::stdout().as_fd().try_clone_to_owned() else { return };
    let Ok(mut job) = cage.stand_in(role, &Orders::Spin, vec![ours], &super::endings::LONG) else { return };
    let started = job.stdout.as_mut().is_some_and(|out| out.read_exact(&mut [0; READY.len()]).is_ok());
    if started {
        print(READY);
        // Until somebody kills us, and for no longer than the job's own time.
        let _ = job.drain();
    }
}
