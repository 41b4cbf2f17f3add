//! Starting another process of this same program, for `hamseda run` (intake, desk, worker: each with its own rights).

use std::ffi::OsStr;
use std::io;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::before_exec::BeforeExec;
use crate::error::CageError;

/// Another process of this program. Killed when dropped, and when we die.
#[derive(Debug)]
pub struct Process(Child);

/// Starts this program again with `arguments` and no environment but what `environment` names. It shares our terminal's
/// output and has no input.
///
/// # Errors
/// When it can't be started.
pub fn spawn_self<A: AsRef<OsStr>>(arguments: &[A], environment: &[(&str, &OsStr)]) -> Result<Process, CageError> {
    let program = std::env::current_exe().map_err(CageError::Start)?;
    let mut command = crate::job::command(&program);
    command.args(arguments).env_clear().envs(environment.iter().copied()).stdin(std::process::Stdio::null());
    BeforeExec::default().attach(&mut command);
    crate::job::spawn(command).map(Process).map_err(CageError::Start)
}

impl Process {
    /// Its process number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Its exit status if it has ended.
    ///
    /// # Errors
    /// When the system can't tell.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.0.try_wait()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When the system can't tell.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }

    /// Asks it to end (SIGTERM), and kills it when it has not done so after `patience`.
    ///
    /// # Errors
    /// When the system can't tell.
    pub fn terminate(&mut self, patience: Duration) -> io::Result<ExitStatus> {
        if let Some(status) = self.0.try_wait()? {
            return Ok(status);
        }
        let process = crate::job::descriptor(&self.0)?;
        // Not yet waited for, so the number is still this process's.
        kill_process(Pid::from_child(&self.0), Signal::TERM)?;
        let watchdog = crate::job::Watchdog::over(process, patience);
        let status = self.0.wait();
        watchdog.fired();
        status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
