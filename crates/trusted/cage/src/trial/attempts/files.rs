//! Files, folders and devices: reading what is not its own, leaving something behind.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::{Outcome, Spec, closed, each, filtered, spec};
use crate::trial::orders::Targets;

const AREA: &str = "files";
const DEVICES: &str = "devices";
const BY_NAME: libc::c_long = libc::AT_FDCWD as libc::c_long;

pub(super) fn attempts() -> Vec<Spec> {
    [readings(), devices(), writings(), changes()].into_iter().flatten().collect()
}

/// What reads without changing anything.
pub(super) fn readings() -> Vec<Spec> {
    vec![
        spec(AREA, "another sender's clip by its path", |t| read(&t.secret)),
        spec(AREA, "the same through the parent's root", |t| {
            let below = t.secret.strip_prefix("/").unwrap_or(&t.secret);
            read(Path::new(&format!("/proc/{}/root", t.parent)).join(below))
        }),
        spec(AREA, "the same through the parent's descriptor", |t| {
            read(format!("/proc/{}/fd/{}", t.parent, t.descriptor))
        }),
        spec(AREA, "the folder of clips", |t| closed(fs::read_dir(&t.folder))),
        spec(AREA, "the users of this machine", |_| read("/etc/passwd")),
        spec(AREA, "the parent's environment", |t| read(format!("/proc/{}/environ", t.parent))),
        spec(AREA, "the parent's arguments", |t| read(format!("/proc/{}/cmdline", t.parent))),
        spec(AREA, "the parent's memory", |t| closed(fs::File::open(format!("/proc/{}/mem", t.parent)))),
        spec(AREA, "its own environment", |_| {
            // bubblewrap says where it stands (PWD=/), and that is all.
            let mine: Vec<_> = std::env::vars_os().filter(|(name, _)| name != "PWD").collect();
            if mine.is_empty() {
                Outcome::Nothing("empty environment".into())
            } else {
                Outcome::Through(format!("{mine:?}"))
            }
        }),
        spec(AREA, "descriptors left open", descriptors),
        spec(AREA, "folders of people and programs", |_| {
            each(["/home", "/root", "/var", "/tmp", "/opt", "/srv", "/run", "/mnt"].map(|f| closed(fs::read_dir(f))))
        }),
        spec(AREA, "this machine's lasting number", |_| {
            each(["/etc/machine-id", "/var/lib/dbus/machine-id", "/sys/class/dmi/id/product_uuid"].map(read))
        }),
        spec(AREA, "the kernel's settings", |_| {
            each(["/proc/sys/kernel/hostname", "/proc/sys/kernel/random/boot_id", "/proc/sys/kernel/version"].map(read))
        }),
        spec(AREA, "this machine's name", |_| filtered(libc::SYS_uname, &[])),
        spec(AREA, "mounts, cards and disks (/sys)", |_| {
            each(["/sys", "/sys/class/net", "/sys/block"].map(|f| closed(fs::read_dir(f))))
        }),
    ]
}

fn devices() -> Vec<Spec> {
    vec![
        spec(DEVICES, "the terminal", |_| open_any(&["/dev/tty", "/dev/ptmx", "/dev/console", "/dev/tty0"])),
        spec(DEVICES, "the kernel's log and memory", |_| {
            open_any(&["/dev/kmsg", "/dev/mem", "/proc/kcore", "/dev/port"])
        }),
        spec(DEVICES, "disks", |_| open_any(&["/dev/sda", "/dev/vda", "/dev/nvme0n1", "/dev/loop-control"])),
        spec(DEVICES, "camera, microphone, screen, keyboard", |_| {
            open_any(&["/dev/video0", "/dev/snd/controlC0", "/dev/dri/card0", "/dev/fb0", "/dev/input/event0"])
        }),
        spec(DEVICES, "virtual machines, tunnels, user file systems", |_| {
            open_any(&["/dev/kvm", "/dev/net/tun", "/dev/fuse", "/dev/vhost-net"])
        }),
        spec(DEVICES, "shared memory of this machine", |_| closed(fs::read_dir("/dev/shm"))),
    ]
}

fn writings() -> Vec<Spec> {
    vec![
        spec(AREA, "a new file in a folder for all", |_| each(["/tmp", "/var/tmp", "/dev/shm", "/run"].map(leave))),
        spec(AREA, "a new file beside the clips", |t| leave(&t.folder)),
        spec(AREA, "a new file at the root", |_| each(["/", "/dev", "/proc", "/etc", "/usr", "/lib"].map(leave))),
        spec(AREA, "a new file among the libraries", |_| {
            each(["/lib", "/usr/lib", "/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu"].map(leave))
        }),
        spec(AREA, "a file without a name", |t| {
            let folders = ["/tmp", "/var/tmp", "/", "/lib"].map(Path::new);
            each(
                folders
                    .into_iter()
                    .chain([t.folder.as_path()])
                    .map(|folder| closed(OpenOptions::new().write(true).custom_flags(libc::O_TMPFILE).open(folder))),
            )
        }),
        spec(AREA, "over another sender's clip", |t| closed(OpenOptions::new().append(true).open(&t.secret))),
        spec(AREA, "over its own clip", |_| closed(OpenOptions::new().append(true).open("/proc/self/fd/0"))),
        spec(AREA, "over its own program", |_| closed(busy(OpenOptions::new().append(true).open("/proc/self/exe")))),
        spec(AREA, "over a library", |_| closed(OpenOptions::new().append(true).open("/etc/ld.so.cache"))),
        spec(AREA, "the kernel's settings, to change them", |_| {
            let paths = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/fs/cgroup/cgroup.procs"];
            each(paths.map(|path| closed(OpenOptions::new().write(true).open(path))))
        }),
    ]
}

/// Calls that change a file by its name, or a file's nature.
fn changes() -> Vec<Spec> {
    vec![
        spec(AREA, "a new folder", |_| filtered(libc::SYS_mkdirat, &[BY_NAME])),
        spec(AREA, "a new device", |_| filtered(libc::SYS_mknodat, &[BY_NAME])),
        spec(AREA, "a link", |_| each([libc::SYS_linkat, libc::SYS_symlinkat].map(|n| filtered(n, &[BY_NAME])))),
        spec(AREA, "removing a file", |_| filtered(libc::SYS_unlinkat, &[BY_NAME])),
        spec(AREA, "renaming a file", |_| filtered(libc::SYS_renameat2, &[BY_NAME])),
        spec(AREA, "making a file a program (chmod)", |_| {
            each([libc::SYS_fchmodat, libc::SYS_fchmod].map(|n| filtered(n, &[-1])))
        }),
        spec(AREA, "giving a file away (chown)", |_| {
            each([libc::SYS_fchownat, libc::SYS_fchown].map(|n| filtered(n, &[-1])))
        }),
        spec(AREA, "a file's times and attributes", |_| {
            each([libc::SYS_utimensat, libc::SYS_setxattr, libc::SYS_fsetxattr].map(|n| filtered(n, &[-1])))
        }),
        spec(AREA, "cutting a file by its name", |_| filtered(libc::SYS_truncate, &[0, -1])),
        spec(AREA, "taking up disk beforehand", |_| filtered(libc::SYS_fallocate, &[-1])),
        spec(AREA, "a file by its handle, past its path", |_| {
            each([libc::SYS_name_to_handle_at, libc::SYS_open_by_handle_at].map(|n| filtered(n, &[-1])))
        }),
        spec(AREA, "watching files of others", |_| {
            each([libc::SYS_inotify_init1, libc::SYS_fanotify_init].map(|n| filtered(n, &[-1])))
        }),
        spec(AREA, "a lock or lease on a shared file", |_| {
            let fcntl = |command: libc::c_int| filtered(libc::SYS_fcntl, &[1, command.into()]);
            each([
                fcntl(libc::F_SETLEASE),
                fcntl(libc::F_SETLK),
                fcntl(libc::F_OFD_SETLK),
                filtered(libc::SYS_flock, &[-1]),
            ])
        }),
        spec(AREA, "sealing memory it shares", |_| filtered(libc::SYS_fcntl, &[0, libc::F_ADD_SEALS.into(), 0])),
    ]
}

fn read(path: impl AsRef<Path>) -> Outcome {
    match fs::read(path) {
        // A file that opens and gives nothing (the environment of a process without one) gives nothing away.
        Ok(bytes) if bytes.is_empty() => Outcome::Nothing("empty".into()),
        other => closed(other),
    }
}

fn open_any(paths: &[&str]) -> Outcome {
    each(paths.iter().map(|path| closed(OpenOptions::new().read(true).open(path))))
}

fn leave(folder: impl AsRef<Path>) -> Outcome {
    let path = folder.as_ref().join("left-behind");
    let made = OpenOptions::new().write(true).create_new(true).open(&path);
    if made.is_ok() {
        // Only where no wall stands: a trial leaves nothing behind.
        let _ = fs::remove_file(&path);
    }
    closed(made)
}

/// A program that runs can't be written, whoever asks: that is a wall of the kernel's own.
fn busy<T>(result: io::Result<T>) -> io::Result<T> {
    result.map_err(|e| match e.raw_os_error() {
        Some(libc::ETXTBSY) => io::Error::from_raw_os_error(libc::EPERM),
        _ => e,
    })
}

/// Which numbers are open beside standard input, output and error.
fn descriptors(targets: &Targets) -> Outcome {
    let open: Vec<i32> = (3..1024).filter(|&n| n != targets.program && is_open(n)).collect();
    if open.is_empty() {
        Outcome::Nothing("none but its clip and two pipes".into())
    } else {
        Outcome::Through(format!("{open:?}"))
    }
}

fn is_open(number: i32) -> bool {
    crate::trial::call::call(libc::SYS_fcntl, &[number.into(), libc::F_GETFD.into()]).is_ok()
}
