//! Corners of the kernel that decoders never need and in which holes were found before.

use libc::c_long;

use super::{Spec, each, filtered, spec};

const AREA: &str = "kernel";

pub(super) fn attempts() -> Vec<Spec> {
    [spaces(), power(), corners()].into_iter().flatten().collect()
}

/// New rooms inside the room: each brings rights over new parts of the kernel.
fn spaces() -> Vec<Spec> {
    vec![
        spec(AREA, "a new user namespace", |_| filtered(libc::SYS_unshare, &[libc::CLONE_NEWUSER.into()])),
        spec(AREA, "new mount and network namespaces", |_| {
            each([libc::CLONE_NEWNS, libc::CLONE_NEWNET].map(|flag| filtered(libc::SYS_unshare, &[flag.into()])))
        }),
        spec(AREA, "somebody else's namespace", |_| filtered(libc::SYS_setns, &[-1])),
        spec(AREA, "a thread in a new namespace", |_| {
            let thread = libc::CLONE_THREAD | libc::CLONE_SIGHAND | libc::CLONE_VM;
            filtered(libc::SYS_clone, &[c_long::from(thread | libc::CLONE_NEWUSER)])
        }),
        spec(AREA, "mounting", |_| each([libc::SYS_mount, libc::SYS_umount2].map(|n| filtered(n, &[])))),
        spec(AREA, "mounting, the new way", |_| {
            let calls = [libc::SYS_fsopen, libc::SYS_open_tree, libc::SYS_move_mount, libc::SYS_mount_setattr];
            each(calls.map(|n| filtered(n, &[])))
        }),
        spec(AREA, "another root", |_| each([libc::SYS_chroot, libc::SYS_pivot_root].map(|n| filtered(n, &[])))),
    ]
}

/// Rights and things that stop a machine.
fn power() -> Vec<Spec> {
    vec![
        spec(AREA, "another user", |_| {
            let calls = [libc::SYS_setuid, libc::SYS_setgid, libc::SYS_setresuid, libc::SYS_setgroups];
            each(calls.map(|n| filtered(n, &[-1, -1, -1])))
        }),
        spec(AREA, "capabilities", |_| filtered(libc::SYS_capset, &[])),
        spec(AREA, "a module for the kernel", |_| {
            each([libc::SYS_init_module, libc::SYS_finit_module, libc::SYS_delete_module].map(|n| filtered(n, &[-1])))
        }),
        spec(AREA, "another kernel (kexec)", |_| filtered(libc::SYS_kexec_load, &[-1, -1, 0, -1])),
        spec(AREA, "switching the machine off", |_| filtered(libc::SYS_reboot, &[0, 0, 0])),
        spec(AREA, "its clock and its name", |_| {
            each([libc::SYS_clock_settime, libc::SYS_adjtimex, libc::SYS_sethostname].map(|n| filtered(n, &[-1, -1])))
        }),
        spec(AREA, "swap and quotas", |_| each([libc::SYS_swapon, libc::SYS_quotactl].map(|n| filtered(n, &[-1])))),
        spec(AREA, "the kernel's log by call", |_| filtered(libc::SYS_syslog, &[10])),
    ]
}

fn corners() -> Vec<Spec> {
    vec![
        spec(AREA, "io_uring", |_| {
            let calls = [libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register];
            each(calls.map(|n| filtered(n, &[1])))
        }),
        spec(AREA, "old asynchronous reading (io_setup)", |_| filtered(libc::SYS_io_setup, &[1])),
        spec(AREA, "bpf", |_| filtered(libc::SYS_bpf, &[])),
        spec(AREA, "perf events", |_| filtered(libc::SYS_perf_event_open, &[])),
        spec(AREA, "userfaultfd", |_| filtered(libc::SYS_userfaultfd, &[])),
        spec(AREA, "keyrings", |_| {
            each([
                filtered(libc::SYS_keyctl, &[0, -4]),
                filtered(libc::SYS_add_key, &[]),
                filtered(libc::SYS_request_key, &[]),
            ])
        }),
        spec(AREA, "shared memory and queues (System V)", |_| {
            each([libc::SYS_shmget, libc::SYS_msgget, libc::SYS_semget].map(|n| filtered(n, &[1])))
        }),
        spec(AREA, "message queues", |_| filtered(libc::SYS_mq_open, &[])),
        spec(AREA, "device controls (ioctl), typing into a terminal", |_| {
            each([0, 1, 2].map(|descriptor| filtered(libc::SYS_ioctl, &[descriptor, libc::TIOCSTI as c_long])))
        }),
        spec(AREA, "moving pages between pipes and files", |_| {
            let calls =
                [libc::SYS_splice, libc::SYS_vmsplice, libc::SYS_tee, libc::SYS_sendfile, libc::SYS_copy_file_range];
            each(calls.map(|n| filtered(n, &[-1, -1])))
        }),
        spec(AREA, "pages of memory between nodes", |_| {
            each([libc::SYS_mbind, libc::SYS_migrate_pages, libc::SYS_move_pages].map(|n| filtered(n, &[-1])))
        }),
        spec(AREA, "memory keys and odd maps", |_| {
            each([libc::SYS_pkey_alloc, libc::SYS_remap_file_pages].map(|n| filtered(n, &[-1])))
        }),
        spec(AREA, "a filter or walls of its own", |_| {
            each([libc::SYS_seccomp, libc::SYS_landlock_create_ruleset].map(|n| filtered(n, &[0, 0, 1])))
        }),
        spec(AREA, "waiting machinery (epoll, eventfd, signalfd)", |_| {
            each([libc::SYS_epoll_create1, libc::SYS_eventfd2, libc::SYS_signalfd4].map(|n| filtered(n, &[-1])))
        }),
        spec(AREA, "another nature (personality)", |_| filtered(libc::SYS_personality, &[0xffff_ffff])),
        #[cfg(target_arch = "x86_64")]
        spec(AREA, "the processor's ports and tables", |_| {
            each([libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt].map(|n| filtered(n, &[-1])))
        }),
    ]
}
