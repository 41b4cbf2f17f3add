//! Other processes: seeing, stopping, becoming and making them.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use super::{Outcome, Spec, closed, each, filtered, spec};
use crate::trial::orders::Targets;

const AREA: &str = "processes";

pub(super) fn attempts() -> Vec<Spec> {
    [others(), own()].into_iter().flatten().collect()
}

/// What it might do to others.
fn others() -> Vec<Spec> {
    const SEIZE: libc::c_long = libc::PTRACE_SEIZE as libc::c_long;
    vec![
        spec(AREA, "seeing other processes", seen),
        spec(AREA, "stopping its parent (kill)", |t| filtered(libc::SYS_kill, &[t.parent.into(), 0])),
        spec(AREA, "a signal to a thread", |t| {
            each([libc::SYS_tkill, libc::SYS_tgkill].map(|n| filtered(n, &[t.parent.into(), t.parent.into(), 0])))
        }),
        spec(AREA, "a queued signal", |t| filtered(libc::SYS_rt_sigqueueinfo, &[t.parent.into()])),
        spec(AREA, "a signal through a pipe's owner", |_| {
            let fcntl = |command: libc::c_int| filtered(libc::SYS_fcntl, &[1, command.into(), 0]);
            const SETSIG: libc::c_int = 10;
            const SETOWN_EX: libc::c_int = 15;
            each([libc::F_SETOWN, SETSIG, SETOWN_EX, libc::F_NOTIFY].map(fcntl))
        }),
        spec(AREA, "ptrace of its parent", |t| filtered(libc::SYS_ptrace, &[SEIZE, t.parent.into()])),
        spec(AREA, "reading another's memory", |t| filtered(libc::SYS_process_vm_readv, &[t.parent.into()])),
        spec(AREA, "writing another's memory", |t| filtered(libc::SYS_process_vm_writev, &[t.parent.into()])),
        spec(AREA, "a descriptor of another process", |t| {
            let number = |n| filtered(n, &[t.parent.into(), t.descriptor.into()]);
            each([libc::SYS_pidfd_open, libc::SYS_pidfd_getfd, libc::SYS_pidfd_send_signal].map(number))
        }),
        spec(AREA, "comparing processes (kcmp)", |t| filtered(libc::SYS_kcmp, &[t.parent.into(), t.parent.into()])),
        spec(AREA, "another's priority and place", |t| {
            let numbers = [libc::SYS_setpriority, libc::SYS_sched_setscheduler, libc::SYS_sched_setaffinity];
            each(numbers.map(|n| filtered(n, &[t.parent.into()])))
        }),
        spec(AREA, "another's limits", |t| filtered(libc::SYS_prlimit64, &[t.parent.into(), 0, 1])),
    ]
}

/// What it might become or make.
fn own() -> Vec<Spec> {
    vec![
        spec(AREA, "a copy of itself (fork)", |_| forks()),
        spec(AREA, "a copy by clone3", |_| filtered(libc::SYS_clone3, &[])),
        spec(AREA, "another program beside it", |_| {
            #[expect(clippy::disallowed_methods, reason = "plays the attacker")]
            let started = Command::new("/proc/self/exe").stdin(Stdio::null()).stdout(Stdio::null()).status();
            super::unheard(started)
        }),
        spec(AREA, "becoming a shell", |_| becomes(&["/bin/sh", "/bin/bash", "/usr/bin/env", "/usr/bin/python3"])),
        spec(AREA, "becoming what its clip holds", |_| becomes(&["/proc/self/fd/0"])),
        spec(AREA, "a program written to memory", |_| {
            each([libc::SYS_memfd_create, libc::SYS_memfd_secret, libc::SYS_execveat].map(|n| filtered(n, &[])))
        }),
        spec(AREA, "living on when its parent dies", |_| {
            filtered(libc::SYS_prctl, &[libc::PR_SET_PDEATHSIG.into(), 0])
        }),
        spec(AREA, "a session of its own", |_| each([libc::SYS_setsid, libc::SYS_setpgid].map(|n| filtered(n, &[-1])))),
        spec(AREA, "wider limits", |_| {
            each([libc::SYS_setrlimit, libc::SYS_prlimit64].map(|n| filtered(n, &[0, 1, 1])))
        }),
        spec(AREA, "a timer or alarm", |_| {
            each([libc::SYS_timer_create, libc::SYS_timerfd_create, libc::SYS_setitimer].map(|n| filtered(n, &[-1])))
        }),
    ]
}

/// Numbers in /proc: its own, and the first process of its own room.
fn seen(targets: &Targets) -> Outcome {
    let me = rustix::process::getpid().as_raw_pid();
    let first = rustix::process::getppid().map_or(1, rustix::process::Pid::as_raw_pid);
    match fs::read_dir("/proc") {
        Err(e) => closed::<()>(Err(e)),
        Ok(list) => {
            let numbers = list.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
            let others: Vec<_> = numbers.filter(|n| ![me, first, 1].contains(n)).take(5).collect();
            if others.is_empty() && targets.parent != first {
                Outcome::Nothing("it is alone".into())
            } else {
                Outcome::Through(format!("{others:?}"))
            }
        }
    }
}

/// Every way to make a process that this machine has, with and without new namespaces.
fn forks() -> Outcome {
    let signal = libc::c_long::from(libc::SIGCHLD);
    let clone = |flags: libc::c_int| filtered(libc::SYS_clone, &[signal | libc::c_long::from(flags)]);
    let spaces = [libc::CLONE_NEWUSER, libc::CLONE_NEWNET, libc::CLONE_NEWPID, libc::CLONE_NEWNS, libc::CLONE_PARENT];
    let first = clone(0);
    #[cfg(target_arch = "x86_64")]
    let first = each([first, filtered(libc::SYS_fork, &[])]);
    each([first].into_iter().chain(spaces.map(clone)))
}

/// Comes back only if it fails; if it does not, the stand-in is gone and its later attempts stay without an answer.
fn becomes(programs: &[&str]) -> Outcome {
    each(programs.iter().map(|program| {
        #[expect(clippy::disallowed_methods, reason = "plays the attacker")]
        let error = Command::new(program).arg("-c").arg(":").exec();
        closed::<()>(Err(error))
    }))
}
