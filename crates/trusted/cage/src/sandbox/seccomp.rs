//! The system calls a decoder may make: an allow-list. Everything else looks like a kernel that lacks the call (`ENOSYS`),
//! so that C libraries fall back where they can.
//!
//! Not in it, among much else: sockets, new processes, namespaces, mounts, ptrace, keys, bpf, io_uring, userfaultfd,
//! other processes' memory, signals to others, this machine's name, and every call that changes a file by name.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition as Condition,
    SeccompFilter, SeccompRule as Rule,
};

/// Calls allowed with any arguments.
#[rustfmt::skip]
const ALLOWED: &[c_long] = &[
    // descriptors that are there already, and files by name (the other walls say which)
    libc::SYS_read, libc::SYS_write, libc::SYS_readv, libc::SYS_writev, libc::SYS_pread64, libc::SYS_pwrite64,
    libc::SYS_lseek, libc::SYS_close, libc::SYS_close_range, libc::SYS_fstat, libc::SYS_newfstatat, libc::SYS_statx,
    libc::SYS_statfs, libc::SYS_fstatfs, libc::SYS_openat, libc::SYS_faccessat, libc::SYS_faccessat2,
    libc::SYS_readlinkat, libc::SYS_getcwd, libc::SYS_getdents64, libc::SYS_dup, libc::SYS_dup3,
    libc::SYS_pipe2, libc::SYS_ppoll, libc::SYS_pselect6, libc::SYS_fadvise64, libc::SYS_ftruncate,
    // memory
    libc::SYS_mmap, libc::SYS_munmap, libc::SYS_mprotect, libc::SYS_mremap, libc::SYS_madvise, libc::SYS_brk,
    libc::SYS_mlock,
    // threads and signals within the process
    libc::SYS_futex, libc::SYS_set_robust_list, libc::SYS_get_robust_list, libc::SYS_set_tid_address, libc::SYS_rseq,
    libc::SYS_sched_yield, libc::SYS_sched_getaffinity, libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn, libc::SYS_sigaltstack, libc::SYS_membarrier,
    // who and when
    libc::SYS_getpid, libc::SYS_gettid, libc::SYS_getppid, libc::SYS_getuid, libc::SYS_geteuid, libc::SYS_getgid,
    libc::SYS_getegid, libc::SYS_clock_gettime, libc::SYS_clock_getres, libc::SYS_clock_nanosleep, libc::SYS_nanosleep,
    libc::SYS_gettimeofday, libc::SYS_getrandom, libc::SYS_sysinfo, libc::SYS_getrusage,
    // start and end; bubblewrap enters the filter before it starts the program and waits for it
    libc::SYS_execve, libc::SYS_exit, libc::SYS_exit_group, libc::SYS_restart_syscall, libc::SYS_wait4,
];

/// Older forms that only x86-64 has.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const ALLOWED_HERE: &[c_long] = &[
    libc::SYS_open, libc::SYS_stat, libc::SYS_lstat, libc::SYS_access, libc::SYS_readlink, libc::SYS_pipe,
    libc::SYS_dup2, libc::SYS_poll, libc::SYS_select, libc::SYS_time, libc::SYS_getrlimit, libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[c_long] = &[];

/// The filter, compiled for this machine.
pub(super) fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<c_long, Vec<Rule>> = BTreeMap::new();
    rules.extend(ALLOWED.iter().chain(ALLOWED_HERE).map(|&call| (call, vec![])));
    rules.insert(libc::SYS_clone, vec![thread_only()?]);
    rules.insert(libc::SYS_prlimit64, vec![asking_only()?]);
    rules.insert(libc::SYS_prctl, vec![name_only()?]);
    rules.insert(libc::SYS_fcntl, own_descriptors_only()?);
    let missing = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    SeccompFilter::new(rules, missing, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// `clone` makes threads of the same process, in the same namespaces. (`clone3` hides its flags from a filter; the C
/// library falls back to `clone` when it is missing.)
fn thread_only() -> Result<Rule, seccompiler::BackendError> {
    let namespaces = libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWNET
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWUTS;
    let thread = u64::from(libc::CLONE_THREAD.cast_unsigned());
    let looked_at = u64::from(namespaces.cast_unsigned()) | thread;
    Rule::new(vec![Condition::new(0, Len::Qword, Op::MaskedEq(looked_at), thread)?])
}

/// `prlimit64` reads limits; it sets none.
fn asking_only() -> Result<Rule, seccompiler::BackendError> {
    Rule::new(vec![Condition::new(2, Len::Qword, Op::Eq, 0)?])
}

/// `prctl` gives a thread its name.
fn name_only() -> Result<Rule, seccompiler::BackendError> {
    let name = u64::from(libc::PR_SET_NAME.cast_unsigned());
    Rule::new(vec![Condition::new(0, Len::Dword, Op::Eq, name)?])
}

/// `fcntl` copies a descriptor and reads or sets its flags. What else it can do reaches others: it sends signals to the
/// owner of a pipe, locks and leases shared files, and takes memory for pipes that a user's other processes then lack.
fn own_descriptors_only() -> Result<Vec<Rule>, seccompiler::BackendError> {
    let commands = [libc::F_DUPFD, libc::F_DUPFD_CLOEXEC, libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_SETFL];
    let rule = |command: libc::c_int| {
        Rule::new(vec![Condition::new(1, Len::Dword, Op::Eq, u64::from(command.cast_unsigned()))?])
    };
    commands.into_iter().map(rule).collect()
}

/// The filter as the array of `struct sock_filter` that `bwrap --seccomp` reads.
pub(super) fn bytes(filter: &BpfProgram) -> Vec<u8> {
    let instruction = |i: &seccompiler::sock_filter| {
        let [c0, c1] = i.code.to_ne_bytes();
        let [k0, k1, k2, k3] = i.k.to_ne_bytes();
        [c0, c1, i.jt, i.jf, k0, k1, k2, k3]
    };
    filter.iter().flat_map(instruction).collect()
}
