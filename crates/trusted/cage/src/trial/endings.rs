//! Attempts after which the stand-in does not come back: to run, print and live on without end.
//!
//! Refuses to take a process for gone before the last descriptor it holds is closed.

use std::io::Read;
use std::process::ChildStdout;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::inside::READY;
use super::orders::Orders;
use super::report::Attempt;
use crate::before_exec::BeforeExec;
use crate::error::CageError;
use crate::job::{Bounds, Input, Job};
use crate::media::sealed;
use crate::{Cage, CageKind};

const AREA: &str = "end";

/// More time than any of these attempts gets.
pub(super) const LONG: Bounds =
    Bounds { cpu_seconds: 60, memory_bytes: 1 << 30, file_bytes: 0, wall: Duration::from_secs(60) };
/// What a process that was killed may take to be gone on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// All of them.
pub(super) fn all(cage: &Cage, role: &[String]) -> Result<Vec<Attempt>, CageError> {
    Ok(vec![
        clock(cage, role)?,
        processor(cage, role)?,
        output(cage, role)?,
        orphan(cage.kind(), role)?,
        old_door(cage, role)?,
    ])
}

/// Runs on when its time is over.
pub(super) fn clock(cage: &Cage, role: &[String]) -> Result<Attempt, CageError> {
    let bounds = Bounds { wall: Duration::from_secs(1), ..LONG };
    let mut job = cage.stand_in(role, &Orders::Spin, Vec::new(), &bounds)?;
    job.drain()?;
    let late = matches!(job.end(), Err(CageError::TimedOut { seconds: 1 }));
    Ok(Attempt::new(AREA, "running on when its time is over", late, if late { "wall clock" } else { "it ran on" }))
}

/// Uses up the processor.
fn processor(cage: &Cage, role: &[String]) -> Result<Attempt, CageError> {
    let mut job = cage.stand_in(role, &Orders::Spin, Vec::new(), &Bounds { cpu_seconds: 1, ..LONG })?;
    job.drain()?;
    let killed = matches!(job.end(), Ok(end) if end.killed());
    let by = if killed { "limit on processor time" } else { "it ran on" };
    Ok(Attempt::new(AREA, "using up the processor", killed, by))
}

/// Prints without end: no more is read than was asked for, and then it is killed.
pub(super) fn output(cage: &Cage, role: &[String]) -> Result<Attempt, CageError> {
    const ENOUGH: usize = 4 << 20;
    let mut job = cage.stand_in(role, &Orders::Flood, Vec::new(), &LONG)?;
    let Some(mut stdout) = job.stdout.take() else { return Ok(Attempt::new(AREA, PRINTING, false, "no output")) };
    stdout.read_exact(&mut vec![0; ENOUGH])?;
    drop(job);
    let gone = ends(stdout);
    Ok(Attempt::new(AREA, PRINTING, gone, if gone { "killed when enough was read" } else { "it lived on" }))
}

const PRINTING: &str = "printing without end";

/// Lives on when the process that started its cage was killed.
pub(super) fn orphan(kind: CageKind, role: &[String]) -> Result<Attempt, CageError> {
    let own = std::env::current_exe().map_err(CageError::Start)?;
    let orders = sealed(&Orders::Orphan(kind, role.to_vec()).to_bytes())?;
    let command = crate::job::command(&own);
    let mut middle = Job::start(command, BeforeExec::default(), role, Input::File(orders), &LONG)?;
    let Some(mut stdout) = middle.stdout.take() else { return Ok(Attempt::new(AREA, ORPHAN, false, "no output")) };
    let ready = says_ready(&mut stdout)?;
    middle.kill();
    let gone = ready && ends(stdout);
    let by = match (ready, gone) {
        (false, _) => "it could not be tried",
        (true, true) => "killed with its parent",
        (true, false) => "it lived on",
    };
    Ok(Attempt::new(AREA, ORPHAN, gone, by))
}

const ORPHAN: &str = "living on when its cage's owner is killed";

/// Asks for a socket by 32-bit numbers, which a filter that looks at numbers only would take for something else.
fn old_door(cage: &Cage, role: &[String]) -> Result<Attempt, CageError> {
    const WHAT: &str = "a socket by 32-bit numbers";
    if cfg!(not(target_arch = "x86_64")) {
        return Ok(Attempt::new(AREA, WHAT, true, "this machine has no such numbers"));
    }
    let mut job = cage.stand_in(role, &Orders::OldDoor, Vec::new(), &LONG)?;
    let mut printed = Vec::new();
    if let Some(stdout) = &mut job.stdout {
        stdout.take(4_096).read_to_end(&mut printed)?;
    }
    let end = job.end()?;
    let text = String::from_utf8_lossy(&printed);
    let tried = text.contains("ready") && !end.success();
    Ok(match text.lines().find(|line| line.starts_with("answer ")) {
        Some(answer) => Attempt::new(AREA, WHAT, false, answer),
        None if tried && end.killed() => Attempt::new(AREA, WHAT, true, "system call filter, which killed it"),
        None if tried => Attempt::new(AREA, WHAT, true, "this kernel has no such numbers"),
        None => Attempt::new(AREA, WHAT, false, "it could not be tried"),
    })
}

/// Waits for the line that says that an ending began.
fn says_ready(stdout: &mut ChildStdout) -> Result<bool, CageError> {
    let (mut said, mut byte) = (Vec::new(), [0; 1]);
    while !said.ends_with(READY) {
        if stdout.read(&mut byte)? == 0 {
            return Ok(false);
        }
        said.push(byte[0]);
    }
    Ok(true)
}

/// Whether a pipe ends in time: it does when every process that holds its other end is gone.
fn ends(mut pipe: ChildStdout) -> bool {
    let (ended, end) = channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        let _ = ended.send(());
    });
    end.recv_timeout(PATIENCE).is_ok()
}
