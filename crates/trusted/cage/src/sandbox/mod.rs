//! The walls: what a process in the cage can reach, and a self-test that they stand.
//!
//! Two kinds, tried in this order; where neither holds, nothing is decoded.
//! 1. bubblewrap: own namespaces, an empty root with read-only libraries, seccomp, limits.
//! 2. Landlock and seccomp and limits, where user namespaces are switched off.
//!
//! Refuses a kind whose self-test fails: a decoder must start, and a socket and a file must be refused.

mod bubblewrap;
mod landlock;
mod libraries;
mod seccomp;
mod selftest;

use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Resource;

use crate::before_exec::BeforeExec;
use crate::error::CageError;
use crate::job::Bounds;
pub(crate) use libraries::Libraries;

/// Which walls stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CageKind {
    /// bubblewrap with seccomp and limits.
    Bubblewrap,
    /// Landlock with seccomp and limits.
    Landlock,
}

impl CageKind {
    /// For reports: `bubblewrap` or `landlock`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bubblewrap => "bubblewrap",
            Self::Landlock => "landlock",
        }
    }
}

/// How to build a cage.
#[derive(Debug, Clone)]
pub struct CageOptions {
    /// Kinds to try, in order.
    pub kinds: Vec<CageKind>,
}

impl Default for CageOptions {
    fn default() -> Self {
        Self { kinds: vec![CageKind::Bubblewrap, CageKind::Landlock] }
    }
}

/// User and group of processes in the cage when we run as root: `nobody`.
const NOBODY: u32 = 65_534;
/// Processes and threads a job may add to those its user has.
/// The kernel counts all processes of that user, also those of other jobs that start meanwhile: a decoder takes about 20.
const MORE_TASKS: u64 = 512;
/// Open descriptors of a job.
const MAX_FILES: u64 = 256;

/// Walls that were tested.
#[derive(Debug)]
pub(crate) struct Sandbox {
    pub(crate) kind: CageKind,
    bubblewrap: Option<PathBuf>,
    filter: seccompiler::BpfProgram,
}

impl Sandbox {
    /// The first kind that passes its self-test with `decoder`.
    pub(crate) fn build(options: &CageOptions, decoder: &Path, libraries: &Libraries) -> Result<Self, CageError> {
        let mut why = Vec::new();
        for &kind in &options.kinds {
            match Self::of(kind).and_then(|sandbox| selftest::run(&sandbox, decoder, libraries).map(|()| sandbox)) {
                Ok(sandbox) => {
                    tracing::debug!(kind = kind.as_str(), "cage stands");
                    return Ok(sandbox);
                }
                Err(reason) => why.push(format!("{}: {reason}", kind.as_str())),
            }
        }
        Err(CageError::None { why: why.join("; ") })
    }

    fn of(kind: CageKind) -> Result<Self, String> {
        let filter = seccomp::filter().map_err(|e| format!("no system call filter ({e})"))?;
        let bubblewrap = match kind {
            CageKind::Bubblewrap => Some(crate::tool::find("bwrap").ok_or("bwrap is not installed")?),
            CageKind::Landlock => None,
        };
        Ok(Self { kind, bubblewrap, filter })
    }

    /// A command that runs `program` inside, with what it must give up first.
    pub(crate) fn command(
        &self,
        program: &Path,
        libraries: &Libraries,
        bounds: &Bounds,
    ) -> Result<(Command, BeforeExec), CageError> {
        let mut before = BeforeExec { limits: limits(bounds), yields: true, ..BeforeExec::default() };
        let mut command = if let Some(bubblewrap) = &self.bubblewrap {
            let filter = crate::media::sealed(&seccomp::bytes(&self.filter)).map_err(CageError::Start)?;
            let command = bubblewrap::command(bubblewrap, program, libraries, &filter);
            before.keep.push(filter);
            command
        } else {
            let ruleset = landlock::ruleset(program, libraries).map_err(|why| CageError::None { why })?;
            before.landlock = Some(ruleset);
            before.seccomp = Some(self.filter.clone());
            crate::job::command(program)
        };
        command.env_clear().current_dir("/");
        drop_root(&mut command);
        Ok((command, before))
    }
}

/// A service that runs as root must not lend that to a decoder.
fn drop_root(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
}

fn limits(bounds: &Bounds) -> Vec<(Resource, u64)> {
    vec![
        (Resource::Cpu, bounds.cpu_seconds),
        (Resource::As, bounds.memory_bytes),
        (Resource::Fsize, bounds.file_bytes),
        (Resource::Nofile, MAX_FILES),
        (Resource::Core, 0),
        // One of the libraries keeps a little memory from being swapped and complains when it can not.
        (Resource::Memlock, 64 * 1024),
        (Resource::Nproc, tasks_of_our_user() + MORE_TASKS),
    ]
}

/// Threads that the user of the cage has now: the kernel's limit counts them all, also outside.
fn tasks_of_our_user() -> u64 {
    let root = rustix::process::geteuid().is_root();
    let user = if root { NOBODY } else { rustix::process::geteuid().as_raw() };
    let Ok(processes) = std::fs::read_dir("/proc") else { return 4_096 };
    let status = processes.flatten().filter_map(|p| std::fs::read_to_string(p.path().join("status")).ok());
    status.filter_map(|text| threads_if(&text, user)).sum()
}

fn threads_if(status: &str, user: u32) -> Option<u64> {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
    (field("Uid:")?.parse() == Ok(user)).then(|| field("Threads:")?.parse().ok())?
}
