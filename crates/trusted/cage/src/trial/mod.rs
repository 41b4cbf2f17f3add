//! A stand-in for a decoder that a clip has taken over, and what became of everything it tried.
//!
//! The stand-in is this same program, started again inside the walls that decoders get. Its program is an open
//! descriptor, so nothing more is shown to it than to a decoder. What it reports is not believed alone: listeners and a
//! folder outside say whether something arrived, and an attempt without a report counts as having got through.
//!
//! Refuses to try walls other than those that decode.

mod attempts;
mod call;
mod endings;
mod inside;
mod orders;
mod planted;
mod report;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::PathBuf;

use crate::error::CageError;
use crate::job::{Bounds, End, Input, Job};
use crate::media::sealed;
use crate::sandbox::Libraries;
use crate::{Cage, CageKind};
pub use inside::play;
use orders::Orders;
use planted::Planted;
pub use report::{Attempt, read_report};

/// What became of a trial.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Which walls were tried.
    pub walls: CageKind,
    /// Every attempt, in the order in which they were made.
    pub attempts: Vec<Attempt>,
    /// What these walls leave open and no attempt counts.
    pub known: &'static [&'static str],
}

impl Trial {
    /// Whether every attempt was stopped.
    #[must_use]
    pub fn held(&self) -> bool {
        self.attempts.iter().all(|attempt| attempt.stopped)
    }
}

/// Most bytes that a stand-in's report may have; it has about 15 KiB.
const REPORT_BYTES: u64 = 1 << 20;
/// Processor time and memory of a stand-in that reports.
const BOUNDS: Bounds = Bounds { cpu_seconds: 20, ..endings::LONG };

impl Cage {
    /// Runs the stand-in inside, and tells what stopped each of its attempts. Takes about four seconds.
    ///
    /// `role` are the arguments that make this program call [`play`].
    ///
    /// # Errors
    /// When the trial could not be made; not when something got through ([`Trial::held`]).
    pub fn trial(&self, role: &[String]) -> Result<Trial, CageError> {
        let mut attempts = self.tries(role)?;
        attempts.extend(endings::all(self, role)?);
        Ok(Trial { walls: self.kind(), attempts, known: known(self.kind()) })
    }

    /// The attempts that come back with an answer.
    fn tries(&self, role: &[String]) -> Result<Vec<Attempt>, CageError> {
        let planted = Planted::new()?;
        // The program's own number is known only once it is open, so the orders are written then.
        let program = File::open("/proc/self/exe").map_err(CageError::Start)?;
        let targets = planted.targets(program.as_raw_fd())?;
        let job = self.start_stand_in(program.into(), role, &Orders::Try(targets), Vec::new(), &BOUNDS)?;
        let (printed, end) = read(job)?;
        let mut attempts = judged(&printed, self.kind(), &end.complaint);
        let arrived = planted.arrived();
        let by = if arrived.is_empty() { "nothing arrived".to_owned() } else { arrived.join(", ") };
        attempts.push(Attempt::new("network", "anything at the sockets outside", arrived.is_empty(), by));
        Ok(attempts)
    }

    /// Starts a stand-in inside.
    fn stand_in(
        &self,
        role: &[String],
        orders: &Orders,
        keep: Vec<OwnedFd>,
        bounds: &Bounds,
    ) -> Result<Job, CageError> {
        let program = File::open("/proc/self/exe").map_err(CageError::Start)?;
        self.start_stand_in(program.into(), role, orders, keep, bounds)
    }

    fn start_stand_in(
        &self,
        program: OwnedFd,
        role: &[String],
        orders: &Orders,
        mut keep: Vec<OwnedFd>,
        bounds: &Bounds,
    ) -> Result<Job, CageError> {
        let own = std::env::current_exe().map_err(CageError::Start)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", program.as_raw_fd()));
        keep.push(program);
        let (command, mut before) = self.0.sandbox.command(&path, &Libraries::of(&[&own]), bounds)?;
        before.keep.extend(keep);
        Job::start(command, before, role, Input::File(sealed(&orders.to_bytes())?), bounds)
    }
}

/// All that a stand-in prints, and how it ended.
fn read(mut job: Job) -> Result<(Vec<u8>, End), CageError> {
    use std::io::Read as _;
    let mut printed = Vec::new();
    if let Some(stdout) = &mut job.stdout {
        stdout.take(REPORT_BYTES).read_to_end(&mut printed)?;
    }
    job.drain()?;
    Ok((printed, job.end()?))
}

/// Each attempt of the catalogue with its answer; one that stayed without is no success of the walls.
fn judged(printed: &[u8], walls: CageKind, complaint: &str) -> Vec<Attempt> {
    let lines = report::lines(printed);
    let judge = |spec: &attempts::Spec| match lines.iter().find(|line| line.what == spec.what) {
        Some(line) => {
            let (stopped, by) = line.outcome.judged(walls);
            Attempt::new(spec.area, spec.what, stopped, by)
        }
        None => Attempt::new(spec.area, spec.what, false, format!("no answer ({complaint})")),
    };
    attempts::all().iter().map(judge).collect()
}

/// What is known to stay open.
const fn known(walls: CageKind) -> &'static [&'static str] {
    match walls {
        CageKind::Bubblewrap => &[],
        CageKind::Landlock => &[
            "Landlock closes files and folders but does not hide them: whoever knows a path can ask whether it is there \
             and how large it is. bubblewrap hides them.",
        ],
    }
}
