//! The catalogue: everything the stand-in tries, by area. Each attempt says itself whether it was stopped.
//!
//! An attempt that fails for a reason that is no wall (a wrong argument, a busy address) counts as having got through:
//! then the kernel let it come that far.

mod files;
mod grow;
mod kernel;
mod network;
mod processes;

use std::io;

use super::call::{Arguments, call};
use super::orders::Targets;
use super::report::Outcome;

/// One attempt.
pub(super) struct Spec {
    pub(super) area: &'static str,
    pub(super) what: &'static str,
    pub(super) run: fn(&Targets) -> Outcome,
}

/// All attempts that come back with an answer, in the order in which they are made. Those that eat memory are last.
pub(super) fn all() -> Vec<Spec> {
    let areas = [network::attempts(), files::attempts(), processes::attempts(), kernel::attempts(), grow::attempts()];
    areas.into_iter().flatten().collect()
}

/// Those that do no harm where nothing stops them, and there get through: they show that the attempts are real.
#[cfg(test)]
pub(super) fn harmless() -> Vec<Spec> {
    [network::attempts(), files::readings()].into_iter().flatten().collect()
}

const fn spec(area: &'static str, what: &'static str, run: fn(&Targets) -> Outcome) -> Spec {
    Spec { area, what, run }
}

/// A call that the filter must not know: any other answer comes from behind it.
fn filtered(number: libc::c_long, arguments: Arguments<'_>) -> Outcome {
    match call(number, arguments) {
        Err(libc::ENOSYS) => Outcome::Refused(libc::ENOSYS),
        Err(number) => Outcome::Through(format!("the kernel looked at it (error {number})")),
        Ok(answer) => Outcome::Through(format!("the kernel did it ({answer})")),
    }
}

/// As [`filtered`], through the standard library.
fn unheard<T>(result: io::Result<T>) -> Outcome {
    match result {
        Ok(_) => Outcome::Through("it worked".into()),
        Err(e) if e.raw_os_error() == Some(libc::ENOSYS) => Outcome::Refused(libc::ENOSYS),
        Err(e) => Outcome::Through(format!("the kernel looked at it ({e})")),
    }
}

/// Errors that a wall answers with when a file is asked for by name.
const WALLS: [i32; 7] =
    [libc::ENOENT, libc::ENOTDIR, libc::EACCES, libc::EPERM, libc::EROFS, libc::ENOSYS, libc::ENXIO];

/// A file or folder that must not be there, not be open to us, or not be changed.
fn closed<T>(result: io::Result<T>) -> Outcome {
    match result {
        Ok(_) => Outcome::Through("it worked".into()),
        Err(e) => match e.raw_os_error() {
            Some(number) if WALLS.contains(&number) => Outcome::Refused(number),
            _ => Outcome::Through(format!("it came as far as {e}")),
        },
    }
}

/// The first of several attempts that gets through, else the first refusal.
fn each(outcomes: impl IntoIterator<Item = Outcome>) -> Outcome {
    let mut first = None;
    for outcome in outcomes {
        if matches!(outcome, Outcome::Through(_)) {
            return outcome;
        }
        first.get_or_insert(outcome);
    }
    first.unwrap_or_else(|| Outcome::Nothing("nothing to try".into()))
}
