//! One process: started, bounded in time, its complaints kept short, killed when nobody wants it any more.
//!
//! Refuses to leave anything running: dropping a [`Job`] kills the process and waits for it.

use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::before_exec::BeforeExec;
use crate::error::CageError;

/// Bounds of one process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Processor time, seconds.
    pub(crate) cpu_seconds: u64,
    /// Address space, bytes.
    pub(crate) memory_bytes: u64,
    /// Largest file it may write, bytes.
    pub(crate) file_bytes: u64,
    /// Wall clock.
    pub(crate) wall: Duration,
}

impl Default for Bounds {
    /// Enough to look at a clip's header.
    fn default() -> Self {
        Self { cpu_seconds: 10, memory_bytes: 1 << 30, file_bytes: 0, wall: Duration::from_secs(20) }
    }
}

/// What the process reads from its standard input.
pub(crate) enum Input {
    Nothing,
    File(OwnedFd),
    Pipe,
}

/// The one place where a command is made.
#[expect(clippy::disallowed_methods, reason = "every process of the project is started through this function")]
pub(crate) fn command(program: &Path) -> Command {
    Command::new(program)
}

/// A running process.
#[derive(Debug)]
pub(crate) struct Job {
    child: Child,
    process: Arc<OwnedFd>,
    watchdog: Option<Watchdog>,
    complaints: Option<JoinHandle<String>>,
    wall: Duration,
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) stdout: Option<ChildStdout>,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct End {
    status: ExitStatus,
    /// What it wrote to standard error, shortened and made printable.
    pub(crate) complaint: String,
}

impl End {
    pub(crate) fn success(&self) -> bool {
        self.status.success()
    }

    /// What ended it, if that was not its own decision.
    pub(crate) fn ended_from_outside(&self) -> Option<CageError> {
        if self.killed() {
            return Some(CageError::Killed);
        }
        // EAGAIN: no thread or process could be started. A file that makes the decoder say so only earns a few more tries.
        let starved = !self.success() && self.complaint.contains("Resource temporarily unavailable");
        starved.then_some(CageError::Starved)
    }

    /// Whether a limit or the filter ended it. bubblewrap reports a signal as 128 + its number.
    pub(crate) fn killed(&self) -> bool {
        let signal = self.status.signal().or_else(|| self.status.code().filter(|c| *c > 128).map(|c| c - 128));
        signal.is_some_and(|s| [libc::SIGKILL, libc::SIGXCPU, libc::SIGSYS, libc::SIGXFSZ].contains(&s))
    }
}

impl Job {
    /// Starts `command` with `arguments`.
    pub(crate) fn start(
        mut command: Command,
        before: BeforeExec,
        arguments: &[String],
        input: Input,
        bounds: &Bounds,
    ) -> Result<Self, CageError> {
        before.attach(&mut command);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(match input {
            Input::Nothing => Stdio::null(),
            Input::File(file) => Stdio::from(file),
            Input::Pipe => Stdio::piped(),
        });
        let mut child = spawn(command).map_err(CageError::Start)?;
        share_less(&child);
        let process = descriptor(&child).map_err(|e| {
            let _ = child.kill();
            CageError::Start(e)
        })?;
        let complaints = child.stderr.take().map(|stderr| std::thread::spawn(move || summary(stderr)));
        Ok(Self {
            watchdog: Some(Watchdog::over(Arc::clone(&process), bounds.wall)),
            wall: bounds.wall,
            complaints,
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            process,
            child,
        })
    }

    /// Reads standard output to its end and forgets it.
    pub(crate) fn drain(&mut self) -> Result<(), CageError> {
        if let Some(stdout) = &mut self.stdout {
            io::copy(stdout, &mut io::sink())?;
        }
        Ok(())
    }

    /// Waits for the process to end by itself.
    ///
    /// # Errors
    /// [`CageError::TimedOut`] when the wall clock ended it.
    pub(crate) fn end(&mut self) -> Result<End, CageError> {
        drop(self.stdin.take());
        drop(self.stdout.take());
        let status = self.child.wait()?;
        let complaint = self.complaints.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        if self.watchdog.take().is_some_and(Watchdog::fired) {
            return Err(CageError::TimedOut { seconds: self.wall.as_secs() });
        }
        Ok(End { status, complaint })
    }

    /// Ends it now.
    pub(crate) fn kill(&self) {
        kill(&self.process);
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

/// Where the kernel shares the processor out among sessions (sched(7), "autogroup"), a job's nice value counts only within
/// its own session: the session gets one as well. Elsewhere there is no such file, and the first value counts.
fn share_less(child: &Child) {
    let _ = std::fs::write(format!("/proc/{}/autogroup", child.id()), "10");
}

/// A descriptor of a process that has not been waited for.
pub(crate) fn descriptor(child: &Child) -> io::Result<Arc<OwnedFd>> {
    Ok(Arc::new(pidfd_open(Pid::from_child(child), PidfdFlags::empty())?))
}

/// By descriptor, not by number: a number may belong to another process by now.
fn kill(process: &OwnedFd) {
    let _ = pidfd_send_signal(process, Signal::KILL);
}

/// Kills a process that outstays its time.
#[derive(Debug)]
pub(crate) struct Watchdog {
    stop: Sender<()>,
    thread: JoinHandle<bool>,
}

impl Watchdog {
    pub(crate) fn over(process: Arc<OwnedFd>, wall: Duration) -> Self {
        let (stop, stopped): (_, Receiver<()>) = channel();
        let thread = std::thread::spawn(move || {
            let late = stopped.recv_timeout(wall) == Err(RecvTimeoutError::Timeout);
            if late {
                kill(&process);
            }
            late
        });
        Self { stop, thread }
    }

    /// Calls it off; whether it had to kill.
    pub(crate) fn fired(self) -> bool {
        drop(self.stop);
        self.thread.join().unwrap_or(false)
    }
}

/// Most bytes of standard error that are looked at.
const COMPLAINT_BYTES: u64 = 4_096;
/// Most characters of it that are kept.
const COMPLAINT_CHARS: usize = 160;

/// The first line, printable ASCII only: the text may quote the hostile file.
fn summary(mut stderr: impl Read) -> String {
    let mut head = Vec::new();
    let _ = stderr.by_ref().take(COMPLAINT_BYTES).read_to_end(&mut head);
    let _ = io::copy(&mut stderr, &mut io::sink());
    let text = String::from_utf8_lossy(&head);
    let line = text.lines().map(without_address).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|c| matches!(c, ' '..='~')).take(COMPLAINT_CHARS).collect()
}

/// ffmpeg begins lines with `[mov,mp4 @ 0x5615ef235d40] `: an address says nothing and differs each time.
fn without_address(line: &str) -> &str {
    match line.split_once("] ") {
        Some((head, rest)) if head.starts_with('[') => rest.trim(),
        _ => line.trim(),
    }
}

type Order = (Command, Sender<io::Result<Child>>);

/// Starts a process from a thread that lives as long as we do. The kernel's "die with the parent" means the *thread* that
/// started a process, and threads of a pool come and go.
pub(crate) fn spawn(command: Command) -> io::Result<Child> {
    static STARTER: OnceLock<Sender<Order>> = OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (sender, orders) = channel::<Order>();
        std::thread::spawn(move || {
            for (mut command, answer) in orders {
                let _ = answer.send(command.spawn());
            }
        });
        sender
    });
    let (answer, started) = channel();
    let gone = || io::Error::other("the thread that starts processes is gone");
    starter.send((command, answer)).map_err(|_| gone())?;
    started.recv().map_err(|_| gone())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_short_and_printable() {
        let said = format!("\n[mov @ 0x55] moov \x1b[31matom\u{202e} not found{}\nsecond", "x".repeat(9_000));
        let text = summary(said.as_bytes());
        assert!(text.starts_with("moov [31matom not foundxx"), "{text}");
        assert_eq!(text.len(), COMPLAINT_CHARS);
    }
}
