//! What a child does to itself between `fork` and `exec`: the only unsafe code of the project.
//!
//! Between the two only async-signal-safe calls are allowed, since another thread may have held a lock when the process
//! was copied. So everything is prepared by the parent (numbers, a filter, a Landlock ruleset), and the child makes bare
//! system calls on it: no allocation, no lock, no panic.

use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::io::{Errno, FdFlags, fcntl_setfd};
use rustix::process::{Pid, Resource, Rlimit, Signal};
use seccompiler::BpfProgram;

/// How far jobs stand behind pages that people wait for: a tenth of the weight (nice(7)).
const NICE: i32 = 10;

/// What the child gives up before it becomes another program.
#[derive(Debug, Default)]
pub(crate) struct BeforeExec {
    /// Descriptors that the program inherits under the same numbers; all others but 0, 1 and 2 are closed.
    pub(crate) keep: Vec<OwnedFd>,
    /// Limits, soft and hard alike.
    pub(crate) limits: Vec<(Resource, u64)>,
    /// Whether it takes the processor only when nobody who answers a person wants it.
    pub(crate) yields: bool,
    /// Landlock ruleset to enter.
    pub(crate) landlock: Option<OwnedFd>,
    /// System call filter to enter, after everything else.
    pub(crate) seccomp: Option<BpfProgram>,
}

impl BeforeExec {
    /// Makes `command` do all this in its child.
    #[expect(unsafe_code, reason = "std marks pre_exec unsafe; `enter` keeps to async-signal-safe calls")]
    pub(crate) fn attach(self, command: &mut Command) {
        let parent = rustix::process::getpid();
        // SAFETY: the closure runs in the child after fork. `enter` only makes system calls on memory that the parent
        // prepared; it neither allocates nor locks nor unwinds.
        unsafe { command.pre_exec(move || self.enter(parent)) };
    }

    fn enter(&self, parent: Pid) -> io::Result<()> {
        rustix::process::setsid()?;
        die_with(parent)?;
        close_all_later();
        if self.yields {
            // A service that was started with less of it already may be refused; then it has that.
            let _ = rustix::process::nice(NICE);
        }
        for descriptor in &self.keep {
            fcntl_setfd(descriptor.as_fd(), FdFlags::empty())?;
        }
        for &(resource, value) in &self.limits {
            rustix::process::setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?;
        }
        if let Some(ruleset) = &self.landlock {
            rustix::thread::set_no_new_privs(true)?;
            restrict_self(ruleset)?;
        }
        match &self.seccomp {
            // An error of seccompiler may hold a String; the bare errno is enough.
            Some(filter) => seccompiler::apply_filter(filter).map_err(|_| io::Error::from(Errno::ACCESS)),
            None => Ok(()),
        }
    }
}

/// Asks the kernel to kill the child when the thread that started it ends, and sees to it that it has not ended already.
fn die_with(parent: Pid) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if rustix::process::getppid() == Some(parent) { Ok(()) } else { Err(Errno::SRCH.into()) }
}

/// Marks every descriptor above 2 to be closed by `exec`, also those a library opened without care. A kernel before 5.11
/// refuses; ours are opened that way to begin with.
#[expect(unsafe_code, reason = "no safe wrapper of close_range(2) exists in rustix")]
fn close_all_later() {
    const ALL: libc::c_uint = libc::c_uint::MAX;
    let flags = libc::CLOSE_RANGE_CLOEXEC.cast_signed();
    // SAFETY: plain numbers; with CLOEXEC nothing is closed now.
    unsafe { libc::close_range(3, ALL, flags) };
}

#[expect(unsafe_code, reason = "the landlock crate's wrapper allocates, which is forbidden here")]
fn restrict_self(ruleset: &OwnedFd) -> io::Result<()> {
    let no_flags: libc::c_uint = 0;
    // SAFETY: landlock_restrict_self(2) takes a descriptor, which `ruleset` keeps open, and flags.
    let result = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), no_flags) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
