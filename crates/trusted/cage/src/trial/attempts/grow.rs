//! Growing without end: memory, threads, descriptors, pipes.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, mpsc};

use super::{Outcome, Spec, filtered, spec};

const AREA: &str = "limits";

pub(super) fn attempts() -> Vec<Spec> {
    vec![
        spec(AREA, "four gigabytes at once", |_| match Vec::<u8>::new().try_reserve_exact(4 << 30) {
            Ok(()) => Outcome::Through("it got them".into()),
            Err(_) => Outcome::Refused(libc::ENOMEM),
        }),
        spec(AREA, "memory piece by piece", |_| pieces()),
        spec(AREA, "descriptors without end", |_| descriptors()),
        spec(AREA, "pipes that hold much", |_| filtered(libc::SYS_fcntl, &[1, libc::F_SETPIPE_SZ.into(), 1 << 20])),
        spec(AREA, "memory that is never swapped", |_| locked()),
        spec(AREA, "threads without end", |_| threads()),
    ]
}

/// More than any job is allowed, bytes.
const TOO_MUCH: usize = 8 << 30;

/// Reserves without touching: what is limited is the address space, so that nobody else need go short for the trial.
fn pieces() -> Outcome {
    const PIECE: usize = 16 << 20;
    let mut held = Vec::with_capacity(TOO_MUCH / PIECE);
    while held.len() < TOO_MUCH / PIECE {
        let mut piece = Vec::<u8>::new();
        if piece.try_reserve_exact(PIECE).is_err() {
            return Outcome::Refused(libc::ENOMEM);
        }
        held.push(piece);
    }
    Outcome::Through("8 GiB".into())
}

fn descriptors() -> Outcome {
    let mut held: Vec<OwnedFd> = Vec::with_capacity(2 * 100_000);
    while held.len() < 200_000 {
        match rustix::pipe::pipe() {
            Ok((a, b)) => held.extend([a, b]),
            Err(e) => return Outcome::Refused(e.raw_os_error()),
        }
    }
    Outcome::Through("200,000".into())
}

/// Most that may be locked: pages that one library wants to keep, and no more.
const LOCKED: usize = 1 << 20;

fn locked() -> Outcome {
    let pages = vec![1_u8; LOCKED];
    match super::call(libc::SYS_mlock, &[pages.as_ptr() as libc::c_long, LOCKED as libc::c_long]) {
        Err(number) => Outcome::Refused(number),
        Ok(_) => Outcome::Through("a megabyte".into()),
    }
}

fn threads() -> Outcome {
    const MANY: usize = 20_000;
    let (hold, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let mut started = 0;
    let stopped = loop {
        let held = Arc::clone(&held);
        let small = std::thread::Builder::new().stack_size(16 * 1024);
        match small.spawn(move || held.lock().is_ok_and(|held| held.recv().is_ok())) {
            Ok(_) if started < MANY => started += 1,
            Ok(_) => break Outcome::Through(format!("{MANY}")),
            Err(e) => break Outcome::Refused(e.raw_os_error().unwrap_or(libc::EAGAIN)),
        }
    };
    drop(hold);
    stopped
}
